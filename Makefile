# `make` alone lists the targets. Each does its own set-up: all it needs is Python 3.11 or later, make and git.
SHELL := bash
VENV ?= .venv
WORKERS ?= 3
ARGS ?=
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
PACKAGES := kit generators graders

# One thread a process: numbers do not depend on the machine's cores, and workers do not fight over them.
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export MKL_NUM_THREADS = 1

.DEFAULT_GOAL := help
.PHONY: help setup sandbox demo test test-slow test-hostile imitations fuzz bench forms calibrate manual checkers lint format types issue grade doctor clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): requirements/kit.txt requirements/dev.txt pyproject.toml scripts/setup
	@scripts/setup $(VENV)
	@touch $@

setup: $(READY) sandbox ## make the environment (.venv); every other target does this by itself

sandbox:
	@scripts/need-sandbox

demo: setup ## the main job from end to end: issue a take-home, grade two submissions of it (ARGS="--secret HEX --scenario ID")
	@$(VENV)/bin/takehome demo $(ARGS)

issue: $(READY) ## issue a take-home: make issue CANDIDATE=ada@example.org (ARGS="--scenario ID --level senior")
	@[ -n "$(CANDIDATE)" ] || { echo 'Expected a candidate, e.g. make issue CANDIDATE=ada@example.org; got none.' >&2; exit 2; }
	@$(VENV)/bin/takehome issue "$(CANDIDATE)" $(ARGS)

grade: setup ## grade a submission: make grade SUBMISSION=path/to/submission.zip (ARGS="--out FOLDER")
	@[ -n "$(SUBMISSION)" ] || { echo 'Expected a submission, e.g. make grade SUBMISSION=path/to/submission.zip; got none.' >&2; exit 2; }
	@$(VENV)/bin/takehome grade "$(SUBMISSION)" $(ARGS)

doctor: $(READY) ## what this machine can do, and how to mend what it cannot
	@$(VENV)/bin/takehome doctor $(ARGS)

test: setup ## every test but the slow ones, in under ten minutes on two cores (ARGS="-k words")
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-slow: setup ## the slow statistical and end-to-end studies
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m slow $(ARGS)

fuzz: $(READY) ## the parsers of submissions under a coverage-guided fuzzer, 30 seconds each (ARGS="--seconds 300 archive findings")
	@$(PY) tests/fuzz/run.py $(ARGS)

test-hostile: setup ## the hostile submissions that `make test` does not run, through the real grader (minutes)
	@$(PY) -m pytest -n $(WORKERS) --dist load -m hostile $(ARGS) tests/hostile

forms: $(READY) ## twenty forms a scenario with fresh secrets: acceptance rate, seconds, reasons of refusal (slow)
	@$(PY) benchmarks/forms.py $(ARGS)

imitations: setup ## nine imitation submissions through the real grader, on both scenarios; writes benchmarks/imitations.json (slow)
	@$(PY) benchmarks/imitations.py $(ARGS)

calibrate: setup ## the long study of the measurement (hours; goes on where it stopped): docs/calibration.json and the manual (ARGS="--forms 30 ...")
	@$(VENV)/bin/takehome calibrate --work calibration --forms 211 --pipelines 20 --screen --warm $(ARGS)
	@cp calibration/calibration.json docs/calibration.json
	@$(MAKE) --no-print-directory manual

manual: $(READY) ## docs/manual.md from docs/manual.md.j2 and docs/calibration.json
	@$(PY) -m kit.calibration.manual

checkers: $(READY) ## deepchecks and evidently as candidates, in environments of their own; writes benchmarks/checkers.json (slow; ARGS="--vault FOLDER")
	@$(PY) benchmarks/checkers.py $(ARGS)

bench: setup ## speed and memory as ratios measured in one run; writes benchmarks/results.json
	@$(PY) benchmarks/bench.py $(ARGS)

lint: $(READY) ## ruff: rules and format
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

format: $(READY) ## mend what ruff can mend
	@$(VENV)/bin/ruff check --fix --quiet .
	@$(VENV)/bin/ruff format --quiet .

types: $(READY) ## mypy --strict over the three packages
	@$(VENV)/bin/mypy --strict $(addprefix -p ,$(PACKAGES))

clean: ## remove the environment and caches; vaults and take-homes stay
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
