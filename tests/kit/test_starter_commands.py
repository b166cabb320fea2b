"""The starter as a candidate uses it: its own commands, with nothing of the kit."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error, roc_auc_score
from starter_form import COLUMNS, ID, TASKS, contents, make_form, run, write

from graders.findings import parse_findings
from graders.rubric import load_rubric
from kit.submission import intake

CLAIMS = "[claim.mine]\npoint = 0.7\nlow = 0.6\nhigh = 0.8\n[claim.inherited]\npoint = 0.6\nlow = 0.5\nhigh = 0.7\n"
FINDING = """
[[finding]]
locus = {{ kind = "column", table = "train", column = "calls_28d" }}
family = "future_timestamp"
confidence = 0.9
action = "fix"
why = "It counts calls of the week after."
citations = [
  {{ row = "{0}", value = 3, should_be = 2 }},
  {{ table = "train", row = "{1}", column = "calls_28d", value = 3, should_be = "null" }},
  {{ row = "{2}", value = 1, should_be = 0 }},
]
statistic = {{ name = "recomputed_difference", table = "train", column = "calls_28d", value = 0.25 }}
"""


@pytest.fixture(scope="module")
def takehomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small take-home for each task, as issued; tests that change one copy it first."""
    made = {}
    for task in TASKS:
        form = tmp_path_factory.mktemp(task)
        made[task] = write(form, make_form(form, task), form / "out")
    return made


@pytest.fixture
def desk(takehomes: dict[str, Path], tmp_path: Path) -> Path:
    """A candidate's own copy of the binary take-home, in a folder with a space in its name."""
    return Path(shutil.copytree(takehomes["binary"], tmp_path / "my work"))


@pytest.mark.parametrize("task", TASKS)
def test_baseline_is_the_computation_that_the_generator_mirrors(task: str, takehomes: dict[str, Path], tmp_path: Path) -> None:
    """The inherited score equals boosted trees on the sorted columns with sorted category codes, to the last digit."""
    folder = Path(shutil.copytree(takehomes[task], tmp_path / "work"))
    done = run(folder, "baseline")
    assert done.returncode == 0, done.stderr
    train, holdout = (pd.read_parquet(folder / "data" / f"{name}.parquet") for name in ("train", "holdout"))
    codes = {name: code for code, name in enumerate(sorted(train["plan"].unique()))}
    x, x_new = (frame.assign(plan=frame["plan"].map(codes))[sorted(COLUMNS)].to_numpy(dtype=np.float64) for frame in (train, holdout))
    settings = {"max_iter": 150, "learning_rate": 0.1, "max_leaf_nodes": 31, "min_samples_leaf": 10, "early_stopping": False, "random_state": 0}
    if task == "binary":
        score = roc_auc_score(holdout["label"], HistGradientBoostingClassifier(**settings).fit(x, train["label"]).predict_proba(x_new)[:, 1])
    else:
        score = mean_absolute_error(
            holdout["label"], HistGradientBoostingRegressor(loss="absolute_error", **settings).fit(x, train["label"]).predict(x_new)
        )
    report = json.loads((folder / "out" / "validation.json").read_text())
    assert report["estimate"] == pytest.approx(score, rel=1e-9)
    assert report["low"] < report["estimate"] < report["high"]
    assert report["n"] == len(holdout)
    assert f"{report['estimate']:,.{3 if task == 'binary' else 2}f}" in done.stdout


@pytest.mark.parametrize("task", TASKS)
def test_fresh_takehome_is_checked_and_tested(task: str, takehomes: dict[str, Path], tmp_path: Path) -> None:
    """`check` runs all four commands, asks for the claims and says that it is no score; `test` passes."""
    folder = Path(shutil.copytree(takehomes[task], tmp_path / "work"))
    before = contents(folder)
    done = run(folder, "check")
    assert done.returncode == 1
    assert re.findall(r"^  (ok|to do|mend) +(\S+)", done.stdout.split("Pipeline")[1], re.M) == [
        ("ok", "validate:"),
        ("ok", "train:"),
        ("ok", "predict"),
        ("ok", "predict"),
    ]
    assert done.stdout.count("fill in point, low and high") == 2
    assert "mend" not in done.stdout
    assert done.stdout.rstrip().endswith("It is no score and says nothing about right or wrong.")
    tested = run(folder, "test")
    assert tested.returncode == 0, tested.stdout
    assert contents(folder) == before


def test_a_good_submission_is_packed_and_taken_in(desk: Path) -> None:
    """With claims and a finding, `submit` writes a zip that the kit's intake and its reader of findings accept without a remark."""
    rows = pd.read_parquet(desk / "data" / "train.parquet")["row_id"].tolist()[:3]
    (desk / "findings.toml").write_text(FINDING.format(*rows) + CLAIMS)
    (desk / "notes").mkdir()
    (desk / "notes" / "scratch.md").write_text("mine")
    (desk / "my env").mkdir()
    (desk / "my env" / "pyvenv.cfg").write_text("")
    done = run(desk, "submit")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 finding can be read" in done.stdout
    taken = intake(desk / "submission.zip", desk / "taken")
    assert taken.takehome_id == ID
    assert taken.notes == ()
    names = set(contents(taken.folder))
    assert {"pipeline/__main__.py", "evidence.py", "findings.toml", "MEMO.md", "takehome.json", "notes/scratch.md"} <= names
    assert not [name for name in names if name.split("/")[0] in {"data", "samples", "practice", "model", "out", "my env"}]
    read = parse_findings((taken.folder / "findings.toml").read_text(), load_rubric().limits, folder=taken.folder)
    assert (len(read.findings), set(read.claims), read.notes) == (1, {"mine", "inherited"}, ())


def test_submit_does_not_pack_an_unfinished_form_by_accident(desk: Path) -> None:
    """Without claims it writes nothing and says how to hand in all the same; `--anyway` does; without MEMO.md nothing does."""
    refused = run(desk, "submit")
    assert refused.returncode == 1
    assert "--anyway" in refused.stderr
    assert not (desk / "submission.zip").exists()
    assert run(desk, "submit", "--anyway").returncode == 0
    assert intake(desk / "submission.zip", desk / "taken").takehome_id == ID
    (desk / "MEMO.md").unlink()
    without = run(desk, "submit", "--anyway")
    assert without.returncode == 1
    assert "MEMO.md" in without.stderr


def test_check_names_every_slip_in_the_findings(desk: Path) -> None:
    """Each wrong field is named with what was expected and what came; nothing is said about whether a finding is right."""
    base = FINDING.format(*pd.read_parquet(desk / "data" / "train.parquet")["row_id"].tolist()[:3])
    slips = [
        ('family = "future_timestamp"', 'family = "leakage"', "family must be one of"),
        ("confidence = 0.9", "confidence = 90", "confidence must be a number between 0 and 1; got '90'"),
        ('action = "fix"', 'action = "repair"', "action must be one of drop, fix, keep"),
        ('why = "It counts calls of the week after."', 'why = ""', "why must be a sentence"),
        ('column = "calls_28d" }\nfamily', 'column = "calls_29d" }\nfamily', "locus.column must be a column of train; got 'calls_29d'"),
        ("value = 3, should_be = 2", "value = 3", "citations[1] lacks should_be"),
        ('table = "train", row', 'table = "holdout", row', "do not occur in holdout"),
        ("should_be = 0 }", "should_be = true }", "should_be must be a number or a text"),
        ('name = "recomputed_difference"', 'name = "ks"', "statistic.name must be one of auc"),
        ("value = 0.25", 'value = "a quarter"', "statistic.value must be a number"),
        ('confidence = 0.9', 'kind = "gremlins"\nconfidence = 0.9', "kind must be a kind of the glossary"),
        ('kind = "column", table = "train", column = "calls_28d"', 'kind = "rows", table = "train", file = "../x.csv"', "locus.file must be"),
        ('kind = "column", table = "train", column = "calls_28d"', 'kind = "rows", table = "train"', "needs either ids"),
    ]  # fmt: skip
    text = ""
    for old, new, _ in slips:
        assert old in base
        text += base.replace(old, new)
    (desk / "findings.toml").write_text(text + CLAIMS.replace("low = 0.6", "low = 0.75"))
    done = run(desk, "check", "--documents")
    assert done.returncode == 1
    for number, (_, _, message) in enumerate(slips, 1):
        assert any(line.strip().startswith(f"mend    finding {number}:") and message in line for line in done.stdout.splitlines()), message
    assert "claim.mine: low <= point <= high must hold" in done.stdout
    assert "claim.inherited has a point" in done.stdout
    (desk / "findings.toml").write_text("[[finding]]\nlocus = \n")
    assert "line 2" in run(desk, "check", "--documents").stdout


def test_check_finds_a_pipeline_that_would_fail_when_graded(desk: Path) -> None:
    """A pipeline that leans on files beside it, writes where it may not, or leaves requests out is told so."""
    (desk / "pipeline" / "__main__.py").write_text(
        "import json, sys\nfrom pathlib import Path\nimport pandas as pd\n"
        "command, options = sys.argv[1], dict(zip(sys.argv[2::2], sys.argv[3::2]))\n"
        "if command == 'train':\n    Path(options['--model']).mkdir(); Path(options['--model'], 'm').write_text('1')\n"
        "    Path('log.txt').write_text('x')\n"
        "elif command == 'validate':\n    pd.read_parquet('data/train.parquet')\n"
        "else:\n    Path(options['--model'], 'cache').write_text('1')\n"
        "    t = pd.read_parquet(options['--data'] + '/requests.parquet')[['request_id']].iloc[1:]\n"
        "    t.assign(score=1.0).to_parquet(options['--out'])\n"
    )
    done = run(desk, "check")
    assert done.returncode == 1
    assert "validate: ended with exit code 1" in done.stdout
    assert "data/train.parquet" in done.stdout
    assert "each of the 90 requests is expected once; got 89 rows" in done.stdout
    assert "predict changed the model folder" in done.stdout
    assert "wrote into the project folder" in done.stdout


def test_the_worked_example_is_true(takehomes: dict[str, Path]) -> None:
    """Every number of the practice text comes out of its code, and the finding shown in both places is read without a remark."""
    folder = takehomes["binary"]
    done = run(folder, "practice")
    assert done.returncode == 0, done.stderr
    text = (folder / "practice" / "README.md").read_text()
    finding = text.split("```toml")[1].split("```")[0]
    shown = re.findall(r"\{ table.*\}", finding.split("statistic")[0])
    assert len(shown) == 3
    assert all(line in done.stdout for line in shown)
    assert "differs in 26 of 42" in done.stdout
    assert "in 26 of 42 rows and `workshop_visits_28d` in 7" in text
    value = tomllib.loads(finding)["finding"][0]["statistic"]["value"]
    assert f"recomputed_difference = {value}" in done.stdout
    comments = [line.removeprefix("# ") for line in (folder / "findings.toml").read_text().splitlines()]
    start = comments.index("[[finding]]")
    example = "\n".join(comments[start : comments.index("#", start)])
    assert tomllib.loads(example) == {"finding": [{**tomllib.loads(finding)["finding"][0], "confidence": 0.9}]}
    read = parse_findings(finding, load_rubric().limits)
    assert (len(read.findings), read.notes) == (1, ())


def test_lists_its_targets_and_refuses_others(takehomes: dict[str, Path]) -> None:
    """`run.py` alone and `make` alone list every target; an unknown one says which there are."""
    folder = takehomes["binary"]
    listed = re.findall(r"^  (\w+) ", run(folder).stdout, re.M)
    assert listed == ["setup", "baseline", "practice", "check", "test", "submit"]
    in_makefile = re.findall(r"^(\w+): +; @\$\(PYTHON\) run.py \w+", (folder / "Makefile").read_text(), re.M)
    assert in_makefile == listed
    unknown = run(folder, "grade")
    assert unknown.returncode == 2
    assert "expected one of setup" in unknown.stderr
