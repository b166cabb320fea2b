"""A whole form in small, drawn and written by the real engine but neither tuned nor certified, and its take-home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from generators.blueprint import draw
from generators.build import Certified, write
from generators.case import Case, assemble
from generators.catalog import mechanisms, scenarios
from generators.certify import Certificate
from generators.features import World
from generators.model import Blueprint
from generators.reference import Gain, Reference
from generators.rows import offline_rows, serving_rows
from generators.seeding import Stream
from generators.world import Setting
from kit.starter import write_takehome

SECRET = bytes(range(32))
SLOTS = 700
TEMPLATE = Path(__file__).resolve().parents[2] / "candidate_template"
REFERENCE = Reference(
    m_base=0.5, m_ref=0.8, m_inherited=0.7, tau=0.05, gain={}, training_shift={"inherited": 0.1, "noise": 0.0, "se": 0.01},
    null={"s0": 0.01, "inherited": 0.2}, duplicates={"s0": 0.01, "inherited": 0.1}, control={"a": 0.2, "b": 0.3},
    skew={"inherited": 0.05, "se": 0.01}, metric_se=0.01, holdout_inherited=0.9, n_positive=300, validation=0.8, validation_se=0.01,
    without_decoys=0.7,
)  # fmt: skip


def plan_with(scenario: str, wanted: set[str], *, slots: int = SLOTS, form: str = "short") -> tuple[Blueprint, Stream]:
    """The first of the drawn plans that plants all the mechanisms wanted, and its stream."""
    for candidate in range(400):
        stream = Stream.root(SECRET, f"mini {candidate}", "personas")
        plan = draw(stream, scenario, form=form, level="mid")
        if wanted <= {f.mechanism for f in plan.faults}:
            return replace(plan, slots=slots), stream
    raise AssertionError(f"no plan of 400 holds {sorted(wanted)}; the catalogue has {sorted(mechanisms())}")


def make_case(scenario: str, wanted: set[str], *, slots: int = SLOTS, form: str = "short") -> Case:
    """Every table of such a plan in memory."""
    plan, stream = plan_with(scenario, wanted, slots=slots, form=form)
    for fault in plan.faults:
        mechanism = mechanisms()[fault.mechanism]
        if mechanism.leak:  # without tuning nothing would leak
            site = plan.spec[fault.site]
            channel = plan.channel(f"{site.stream}.{site.type}")
            plan = plan.with_channel(replace(channel, **{mechanism.leaks_by: 0.8}))
    world = World(plan, scenarios()[scenario], Setting(stream=stream.child("world")))
    return assemble(plan, stream, world, offline_rows(world, stream), serving_rows(world, stream), {})


def make_form(case: Case, folder: Path) -> tuple[Path, Path]:
    """The take-home and the form's folder of a case."""
    form = folder / "form"
    gain = {f.id: Gain(reference=0.0, inherited=0.1, se=0.01) for f in case.faults.columns}
    made = Certified(case=case, reference=replace(REFERENCE, gain=gain), certificate=Certificate(checks=()), probes={}, attempts=())
    write(made, form, lambda stage, fraction: None)
    brief = json.loads((form / "brief.json").read_text(encoding="utf-8"))
    public = {"schema": 1, "id": case.plan.id, "kit_version": "0", "commitment": "0" * 64}
    takehome = write_takehome(
        brief, form / "given", template=TEMPLATE, out=folder / "out", takehome=public, samples=form / "samples", zip_path=folder / "takehome.zip"
    )
    return takehome, form


def run(submission: Path, *words: str | Path, home: Path | None = None) -> str:
    """One command of a submission in a process of its own; what it printed."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    places = {} if home is None else {"HOME": str(home), "TMPDIR": str(home)}
    command = [sys.executable, "-B", "-m", "pipeline", *map(str, words)]
    done = subprocess.run(command, cwd=submission, env={**os.environ, **threads, **places}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
