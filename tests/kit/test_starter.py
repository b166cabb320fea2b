"""The take-home as written: complete, quiet about its faults, the same every time, or not there at all."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from starter_form import ID, TASKS, TEMPLATE, contents, make_form, write

from kit.errors import InputError, InternalError
from kit.starter import EVIDENCE, WHEN, write_takehome


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, dict[str, Any]]]:
    """A small form for each task."""
    made = {}
    for task in TASKS:
        folder = tmp_path_factory.mktemp(task)
        made[task] = (folder, make_form(folder, task))
    return made


@pytest.fixture(scope="module")
def takehomes(forms: dict[str, tuple[Path, dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The take-home of each, as issued; tests that change one copy it first."""
    return {task: write(folder, brief, tmp_path_factory.mktemp("out")) for task, (folder, brief) in forms.items()}


@pytest.mark.parametrize("task", TASKS)
def test_holds_what_a_candidate_needs_and_nothing_else(task: str, takehomes: dict[str, Path], forms: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    """Templates rendered, data and samples byte for byte, the grader's own statistics, and only public facts in takehome.json."""
    form, _ = forms[task]
    found = contents(takehomes[task])
    expected = {f"data/{name}": data for name, data in contents(form / "given").items()}
    expected |= {f"samples/{name}": data for name, data in contents(form / "samples").items()}
    expected["evidence.py"] = EVIDENCE.read_bytes()
    assert {name: found[name] for name in expected} == expected
    templates = {
        path.relative_to(TEMPLATE).as_posix().removesuffix(".j2")
        for path in TEMPLATE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert set(found) == set(expected) | templates | {"takehome.json"}
    written = json.loads(found["takehome.json"])
    assert set(written) == {"schema", "id", "kit_version", "commitment", "data"}
    assert set(written["data"]) == {name.removeprefix("data/") for name in expected if name.startswith("data/")}


@pytest.mark.parametrize("task", TASKS)
def test_reads_like_hand_written_work(task: str, takehomes: dict[str, Path], forms: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    """No template mark is left, the other task's words are absent, every column and kind is described, Python files compile."""
    other = {"binary": ("mae", "Regressor"), "regression": ("roc_auc", "Classifier")}[task]
    folder = takehomes[task]
    for source in TEMPLATE.rglob("*.j2"):
        name = source.relative_to(TEMPLATE).as_posix().removesuffix(".j2")
        text = (folder / name).read_text()
        assert not re.search(r"\{%|%\}|\{#|\{\{ ?[a-z]|Undefined", text), name
        assert "\n\n\n\n" not in text, name
        if name.startswith("pipeline/"):
            assert not any(word in text for word in other), name
    for path in folder.rglob("*.py"):
        compile(path.read_text(), str(path), "exec")
    brief = forms[task][1]
    assert all(f"`{column['name']}`" in (folder / "DATA.md").read_text() for column in brief["columns"])
    assert all(f"`{entry['kind']}`" in (folder / "README.md").read_text() for entry in brief["glossary"])
    assert "rows \\| to train on" in (folder / "DATA.md").read_text()


def test_needs_nothing_of_the_kit(takehomes: dict[str, Path]) -> None:
    """No file of the starter imports the kit's packages, or anything that is not in requirements.txt."""
    own = {"pipeline", "evidence", "run", "pack", "check_documents"}
    allowed = {"joblib", "numpy", "pandas", "pyarrow", "pytest", "sklearn", *own, *sys.stdlib_module_names}
    for path in takehomes["binary"].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= allowed, path.name
    for name in ("run.py", "pack.py"):
        module = ast.parse((takehomes["binary"] / name).read_text())
        imported = {alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names}
        imported |= {node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
        assert {word.split(".")[0] for word in imported} <= {"pack", *sys.stdlib_module_names}, name


def test_written_twice_gives_the_same_zip(forms: dict[str, tuple[Path, dict[str, Any]]], tmp_path: Path) -> None:
    """Equal bytes, whatever the time and order of the source; one time, sorted names and plain modes for all files."""
    form, brief = forms["binary"]
    first = write(form, brief, tmp_path / "one")
    os.utime(form / "given" / "train.parquet", (1, 1))
    write(form, brief, tmp_path / "two")
    assert (tmp_path / "one" / "t.zip").read_bytes() == (tmp_path / "two" / "t.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one" / "t.zip") as archive:
        entries = archive.infolist()
        assert {entry.filename.removeprefix(f"{ID}/"): archive.read(entry) for entry in entries} == contents(first)
    assert {(entry.date_time, entry.external_attr >> 16) for entry in entries} == {(WHEN, 0o100644)}
    assert len({path.stat().st_mtime for path in (first, *first.rglob("*"))}) == 1


def test_a_folder_alone(forms: dict[str, tuple[Path, dict[str, Any]]], tmp_path: Path) -> None:
    """Where nobody sends a zip none is written; the folder is the same."""
    form, brief = forms["binary"]
    whole = write(form, brief, tmp_path / "one")
    alone = write_takehome(
        brief, form / "given", template=TEMPLATE, out=tmp_path / "two", takehome=json.loads((whole / "takehome.json").read_text()), zip_path=None
    )
    assert contents(alone) == contents(whole)
    assert [path.name for path in (tmp_path / "two").iterdir()] == [ID]


def test_no_half_written_takehome(forms: dict[str, tuple[Path, dict[str, Any]]], tmp_path: Path) -> None:
    """What cannot be written leaves nothing behind, and what stands there is never written over."""
    form, brief = forms["binary"]
    wrong = [
        ({**brief, "notes": None, "glossary": [{"kind": "x"}]}, "check_documents.py.j2|README.md.j2"),
        ({name: value for name, value in brief.items() if name != "stakes"}, "stakes"),
        ({**brief, "columns": brief["columns"][1:]}, "calls_28d"),
        ({**brief, "metric": "f1"}, "f1"),
        ({**brief, "id": "../out"}, "same id"),
        ({**brief, "calendar": {**brief["calendar"], "export_cut": "in May"}}, "in May"),
    ]
    out = tmp_path / "out"
    for changed, word in wrong:
        with pytest.raises(InternalError, match=word):
            write(form, changed, out)
        assert not out.exists() or not list(out.iterdir())
    folder = write(form, brief, out)
    (folder / "MEMO.md").write_text("mine")
    with pytest.raises(InputError, match="there already"):
        write(form, brief, out)
    assert (folder / "MEMO.md").read_text() == "mine"


def test_refuses_data_that_is_not_for_candidates(forms: dict[str, tuple[Path, dict[str, Any]]], tmp_path: Path) -> None:
    """A stray file, a metadata note or a missing sample batch stops the writing."""
    source, brief = forms["binary"]
    form = Path(shutil.copytree(source, tmp_path / "form"))
    (form / "given" / "key.json").write_text("{}")
    with pytest.raises(InternalError, match=r"key\.json"):
        write(form, brief, tmp_path / "out")
    (form / "given" / "key.json").unlink()
    kept = (form / "given" / "holdout.parquet").read_bytes()
    pq.write_table(pq.read_table(form / "given" / "holdout.parquet").replace_schema_metadata({"edit": "1"}), form / "given" / "holdout.parquet")
    with pytest.raises(InternalError, match="metadata"):
        write(form, brief, tmp_path / "out")
    (form / "given" / "holdout.parquet").write_bytes(kept)
    (form / "samples" / "b" / "requests.parquet").unlink()
    with pytest.raises(InternalError, match=r"b/requests\.parquet"):
        write(form, brief, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_the_public_rubric_is_the_one_that_scores(takehomes: dict[str, Path]) -> None:
    """The payoff table and the shares in the README follow from the formulae and from rubric.toml."""
    text = (takehomes["binary"] / "README.md").read_text()
    raw = tomllib.loads((EVIDENCE.parent / "rubric.toml").read_text())
    steps = (0.5, 0.7, 0.9, 1.0)
    assert "| " + " | ".join(f"{3 * p**2 - 2 * p**3:+.2f}" for p in steps) + " |" in text
    assert "| " + " | ".join(f"{-2 * p**3:+.2f}" for p in steps) + " |" in text
    for part in ("findings", "behaviour", "claims"):
        assert f"**{part.capitalize()}, {raw['total'][part]:.0f} points.**" in text
    shares = re.findall(r"^\| (\d+)% \|", text, re.M)
    assert sorted(map(int, shares)) == sorted(round(100 * share) for share in raw["shares"].values())
    mark, sem = raw["total"]["pass_mark"], raw["total"]["sem"]
    assert f"**Verdict.** The mark is {mark:.0f}. From {mark - sem:.0f} to {mark + sem:.0f} the team" in text
    for page in ("hiring", "candidate"):
        said = (EVIDENCE.parents[1] / "docs" / f"{page}.md").read_text(encoding="utf-8")
        assert f"{mark - sem:.0f} to {mark + sem:.0f}" in said
        assert f"held at {raw['total']['knock_out']:.0f}" in said or f"a total at {raw['total']['knock_out']:.0f}" in said
    assert f"held at {raw['total']['knock_out']:.0f} when findings stay below {100 * raw['knock_outs']['findings']:.0f}%" in text
    assert raw["total"]["gate_findings"] == 1
    assert "count in proportion to your findings" in text
    assert f"At most {raw['findings']['most']} findings" in text
