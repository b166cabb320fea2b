"""Intake: a folder or a zip becomes a read-only copy with one digest, or a refusal with a code."""

import os
import stat
from pathlib import Path

import pytest
from containment import write_submission, zipped

from kit.submission import SubmissionRefused, intake


def _refused(source: Path, into: Path) -> SubmissionRefused:
    with pytest.raises(SubmissionRefused) as refused:
        intake(source, into)
    assert not into.exists()
    return refused.value


def test_zip_and_folder_give_the_same_digest(tmp_path: Path) -> None:
    """Also when the zip wraps everything in one folder."""
    folder = write_submission(tmp_path / "mine")
    (folder / "data").mkdir()
    (folder / "data" / "train.parquet").write_text("handed out")
    (folder / "pipeline" / "__pycache__").mkdir()
    (folder / "pipeline" / "__pycache__" / "x.pyc").write_text("cache")
    by_folder = intake(folder, tmp_path / "a")
    wrapped = tmp_path / "wrapped"
    wrapped.mkdir()
    clean = write_submission(wrapped / "mine")
    by_zip = intake(zipped(clean, tmp_path / "flat"), tmp_path / "b")
    by_wrapped_zip = intake(zipped(wrapped, tmp_path / "deep"), tmp_path / "c")
    assert by_folder.sha256 == by_zip.sha256 == by_wrapped_zip.sha256
    assert by_folder.takehome_id == "toy-0001"
    assert by_folder.notes == ()
    (clean / "MEMO.md").write_text("Changed.\n")
    assert intake(clean, tmp_path / "d").sha256 != by_zip.sha256


def test_the_copy_is_read_only(tmp_path: Path) -> None:
    """Every file and folder, whatever the original allowed."""
    taken = intake(write_submission(tmp_path / "mine"), tmp_path / "taken")
    assert all(path.stat().st_mode & 0o222 == 0 for path in (taken.folder, *taken.folder.rglob("*")))


def test_what_is_missing_is_noted_and_does_not_stop(tmp_path: Path) -> None:
    """No pipeline, no findings, no memo: three notes."""
    taken = intake(write_submission(tmp_path / "mine", None, findings=None, memo=None), tmp_path / "taken")
    assert not taken.has_pipeline
    assert [note.split()[0] for note in taken.notes] == ["pipeline/__main__.py", "findings.toml", "MEMO.md"]


def test_a_hand_in_without_its_id_is_refused(tmp_path: Path) -> None:
    """The message says which file and what to do."""
    folder = write_submission(tmp_path / "mine")
    (folder / "takehome.json").unlink()
    refused = _refused(folder, tmp_path / "taken")
    assert refused.code == "intake_no_takehome"
    assert "takehome.json" in str(refused)
    assert "Put back" in str(refused)


@pytest.mark.parametrize("text", ["{", "[]", '{"id": 5}', '{"id": "../../etc"}', '{"id": "a", "id": "b"}', '{"id": NaN}'])
def test_an_id_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    """Nothing that could be a path is ever looked up."""
    folder = write_submission(tmp_path / "mine")
    (folder / "takehome.json").write_text(text)
    assert _refused(folder, tmp_path / "taken").code == "intake_bad_takehome"


def test_links_and_special_files_are_refused(tmp_path: Path) -> None:
    """In a folder as in a zip; a link is never followed."""
    folder = write_submission(tmp_path / "mine")
    (folder / "key.json").symlink_to("/etc/passwd")
    assert _refused(folder, tmp_path / "taken").code == "entry_link"
    (folder / "key.json").unlink()
    os.mkfifo(folder / "pipe")
    assert _refused(folder, tmp_path / "taken").code == "entry_special"


def test_an_environment_inside_is_left_out_by_any_name(tmp_path: Path) -> None:
    """Its links would refuse an honest hand-in."""
    folder = write_submission(tmp_path / "mine")
    (folder / "my-env").mkdir()
    (folder / "my-env" / "pyvenv.cfg").write_text("")
    (folder / "my-env" / "python").symlink_to("/usr/bin/python3")
    taken = intake(folder, tmp_path / "taken")
    assert not (taken.folder / "my-env").exists()


def test_names_that_would_overwrite_each_other_are_refused(tmp_path: Path) -> None:
    """Two spellings of one name."""
    folder = write_submission(tmp_path / "mine")
    (folder / "memo.MD").write_text("another")
    assert _refused(folder, tmp_path / "taken").code == "name_duplicate"


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    """Counted while walking, so that a huge tree is not copied first."""
    folder = write_submission(tmp_path / "mine")
    (folder / "many").mkdir()
    for number in range(2001):
        (folder / "many" / str(number)).touch()
    assert _refused(folder, tmp_path / "taken").code == "too_many_entries"


def test_nothing_and_no_zip_are_refused(tmp_path: Path) -> None:
    """A wrong path and a tar."""
    assert _refused(tmp_path / "nowhere", tmp_path / "taken").code == "intake_missing"
    (tmp_path / "x.tar.gz").write_bytes(b"\x1f\x8b\x08 tar")
    refused = _refused(tmp_path / "x.tar.gz", tmp_path / "taken")
    assert refused.code == "intake_not_zip"
    assert "x.tar.gz" in str(refused)


def test_intake_leaves_the_original_as_it_was(tmp_path: Path) -> None:
    """Modes and content."""
    folder = write_submission(tmp_path / "mine")
    before = {path: (stat.S_IMODE(path.stat().st_mode), path.stat().st_mtime_ns) for path in folder.rglob("*")}
    intake(folder, tmp_path / "taken")
    assert {path: (stat.S_IMODE(path.stat().st_mode), path.stat().st_mtime_ns) for path in folder.rglob("*")} == before


def test_compiled_code_is_left_out_of_a_zip_as_of_a_folder(tmp_path: Path) -> None:
    """Python may run it in place of the source beside it, unread: what a person reviews would not be what ran."""
    folder = write_submission(tmp_path / "mine")
    clean = intake(folder, tmp_path / "clean").sha256
    (folder / "pipeline" / "__pycache__").mkdir()
    for name in ("__pycache__/__init__.cpython-311.pyc", "__pycache__/notes.txt", "hidden.pyc", "old.pyo"):
        (folder / "pipeline" / name).write_bytes(b"compiled")
    by_folder, by_zip = intake(folder, tmp_path / "a"), intake(zipped(folder, tmp_path / "flat"), tmp_path / "b")
    assert sorted(path.name for path in (by_zip.folder / "pipeline").iterdir()) == ["__init__.py", "__main__.py"]
    assert clean == by_folder.sha256 == by_zip.sha256
