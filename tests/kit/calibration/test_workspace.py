"""A study goes on where it was, under the code it was begun with."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.calibration import workspace
from kit.calibration.workspace import Workspace, candidate_digest, engine_digest, grader_digest
from kit.errors import InputError

ABOUT = {"form": "short", "level": "mid", "scenarios": []}


def test_rows_are_there_when_it_is_opened_again(tmp_path: Path) -> None:
    """With the same seed; a name without a row has none."""
    work = Workspace.open(tmp_path / "study", ABOUT)
    work.keep("found", "f000.careful.abc", {"value": 1.5})
    again = Workspace.open(tmp_path / "study", ABOUT)
    assert again.seed == work.seed
    assert again.has("found", "f000.careful.abc")
    assert not again.has("found", "f001.careful.abc")
    assert list(again.rows("found")) == [("f000.careful.abc", {"value": 1.5})]
    assert again.read("found", "f000.careful.abc") == {"value": 1.5}
    assert list(again.rows("ran")) == []
    again.drop("found", "f000.careful.abc")
    again.drop("found", "f000.careful.abc")
    assert list(work.rows("found")) == []


def test_a_seed_repeats_a_study(tmp_path: Path) -> None:
    """The same streams; another seed for the same folder is refused."""
    one, two = (Workspace.open(tmp_path / name, ABOUT, seed=bytes(32)) for name in ("one", "two"))
    assert one.stream == two.stream
    with pytest.raises(InputError, match="another --seed"):
        Workspace.open(tmp_path / "one", ABOUT, seed=bytes([1] * 32))


def test_other_code_or_another_question_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows would not fit together."""
    Workspace.open(tmp_path / "study", ABOUT)
    with pytest.raises(InputError, match="begun of something else"):
        Workspace.open(tmp_path / "study", {**ABOUT, "level": "senior"})
    monkeypatch.setattr(workspace, "engine_digest", lambda: "another")
    with pytest.raises(InputError, match="begun with other code"):
        Workspace.open(tmp_path / "study", ABOUT)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """Nothing is written into it; a record that cannot be read is named."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="holds other things"):
        Workspace.open(tmp_path, ABOUT)
    assert [f.name for f in tmp_path.iterdir()] == ["thesis.txt"]
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "study.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        Workspace.open(broken, ABOUT)


def test_a_row_that_was_cut_off_is_no_row(tmp_path: Path) -> None:
    """What a killed write leaves has another name."""
    work = Workspace.open(tmp_path / "study", ABOUT)
    work.keep("found", "f000.a.b", [1])
    (tmp_path / "study" / "rows" / "found" / ".f001.a.b.json.0123456789ab").write_text("[")
    assert [name for name, _ in work.rows("found")] == ["f000.a.b"]
    with pytest.raises(ValueError, match="small letters"):
        work.keep("found", "../f000", [1])


def test_digests_follow_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another file, another digest; each candidate has its own."""
    assert engine_digest() == engine_digest()
    assert candidate_digest("skilled", "expert") != candidate_digest("skilled", "novice")
    for part in ("generators", "candidate_template", "graders"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "a.py").write_text("1")
    monkeypatch.setattr(workspace, "ROOT", tmp_path)
    engine, grader = engine_digest(), grader_digest()
    (tmp_path / "graders" / "a.py").write_text("2")
    assert engine_digest() == engine
    assert grader_digest() != grader
    grader = grader_digest()
    (tmp_path / "generators" / "a.py").write_text("2")
    assert engine_digest() != engine
    assert grader_digest() == grader
