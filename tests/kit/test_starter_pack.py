"""What `submit` packs, what it leaves out, what it says about both, and when it refuses: by the intake's own limits."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from starter_form import TEMPLATE, contents, make_form, run, write

from kit import archive, names, submission
from kit.submission import intake


@pytest.fixture(scope="module")
def pack() -> ModuleType:
    """candidate_template/pack.py, which no package of the kit may import."""
    spec = importlib.util.spec_from_file_location("starter_pack", TEMPLATE / "pack.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a dataclass looks its module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def takehome(tmp_path_factory: pytest.TempPathFactory) -> Path:
    form = tmp_path_factory.mktemp("form")
    return write(form, make_form(form, "binary"), form / "out")


@pytest.fixture
def desk(takehome: Path, tmp_path: Path) -> Path:
    """A candidate's own copy, in a folder with a space in its name."""
    return Path(shutil.copytree(takehome, tmp_path / "my work"))


def put(folder: Path, *files: str) -> None:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def packed(folder: Path) -> set[str]:
    with zipfile.ZipFile(folder / "submission.zip") as made:
        return set(made.namelist())


CLUTTER = (
    ".venv/bin/x.py", "venv/lib/x.py", "my env/pyvenv.cfg", "my env/lib/x.py", "forge/conda-meta/history", "work/.venv/x.py", "node_modules/a/b.js",
    ".git/HEAD", "work/.git/config", ".hg/store", "pipeline/__pycache__/model.cpython-311.pyc", "pipeline/old.pyc", ".mypy_cache/3.11/x.json",
    ".ipynb_checkpoints/a-checkpoint.ipynb", "work/.ipynb_checkpoints/b.py", ".jupyter_cache/x", ".pytest_cache/v/x", ".DS_Store", "work/.DS_Store",
    "mlruns/0/meta.yaml", ".idea/x.xml", "pipeline.egg-info/PKG-INFO", "model/model.joblib", "model/venv2/pyvenv.cfg", "model/venv2/x.py",
    "out/validation.json", "out/__pycache__/y.py", "data/mine.csv",
)  # fmt: skip
OWN = (
    "pipeline/features/window.py", "pipeline/table.pkl", "pipeline/data/__init__.py", "pipeline/model/net.py", "notebooks/look.ipynb",
    "work/model.py", "work/env/settings.toml", "suspects.csv", ".gitignore", "models/small.parquet", "data/reader.py",
    "model/net.py", "out/plots/draw.py",
)  # fmt: skip


def test_clutter_stays_and_every_folder_of_code_goes(desk: Path) -> None:
    """Caches, environments, version control and what was handed out stay, by name and by what they are; the candidate's own work goes whole."""
    before = set(contents(desk))
    put(desk, *CLUTTER, *OWN)
    done = run(desk, "submit", "--anyway")
    assert done.returncode == 0, done.stdout + done.stderr
    expected = {name for name in before if name.split("/")[0] not in {"data", "samples", "practice"}} | set(OWN)
    assert packed(desk) == expected
    assert not re.search(r"^  made again.*submission", run(desk, "submit", "--anyway").stdout, re.M), "a zip of before goes without saying"
    for line in (
        r"  installed packages +\.venv/, forge/, my env/, node_modules/, venv/, work/\.venv/",
        r"  version control +\.git/, \.hg/, work/\.git/",
        r"  handed out +data/, practice/, samples/",
        r"  made again +model/, out/",
        r"  records of runs +mlruns/",
        r"  caches +\S.* and \d+ more",
    ):
        assert re.search(f"^{line}$", done.stdout, re.M), line
    summary = re.search(r"^submission\.zip: (\d+) files, (\d+ KiB), as a zip (\d+ KiB)\. Send this one file\.$", done.stdout, re.M)
    assert summary
    assert int(summary[1]) == len(expected)
    counts = [int(count) for count in re.findall(r"^  \S.* (\d+) files? +[\d.]+ [KM]iB$", done.stdout, re.M)]
    assert sum(counts) == len(expected)


def test_zip_and_folder_are_taken_in_alike(desk: Path, tmp_path: Path) -> None:
    """The intake passes over the same clutter when it is handed the folder itself."""
    put(desk, *CLUTTER, *OWN)
    assert run(desk, "submit", "--anyway").returncode == 0
    by_zip, by_folder = intake(desk / "submission.zip", tmp_path / "a"), intake(desk, tmp_path / "b")
    assert set(contents(by_zip.folder)) == set(contents(by_folder.folder)) == packed(desk)
    assert by_zip.sha256 == by_folder.sha256
    assert not (by_folder.folder / "samples").exists()


def test_copies_of_the_given_data_stay_under_any_name(desk: Path) -> None:
    """A table is known by its content; one that the candidate changed is theirs and goes."""
    copies = {
        "data/train.parquet": "backup/train.parquet",
        "data/events/desk.parquet": "pipeline/raw.parquet",
        "samples/a/requests.parquet": "r.parquet",
    }
    for source, target in copies.items():
        (desk / target).parent.mkdir(exist_ok=True)
        shutil.copyfile(desk / source, desk / target)
    (desk / "backup" / "mended.parquet").write_bytes((desk / "data" / "train.parquet").read_bytes() + b"x")
    done = run(desk, "submit", "--anyway")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^  copies of the given data +r\.parquet, backup/train\.parquet, pipeline/raw\.parquet$", done.stdout, re.M)
    assert not set(copies.values()) & packed(desk)
    assert "backup/mended.parquet" in packed(desk)


def test_links_and_pipes_stay_and_are_named(desk: Path) -> None:
    """Neither can be taken in; a pipeline that is only a link is said to be missing."""
    (desk / "shortcut.csv").symlink_to(desk / "data" / "train.parquet")
    (desk / "elsewhere").symlink_to(desk / "data")
    os.mkfifo(desk / "pipe")
    done = run(desk, "submit", "--anyway")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^  links +elsewhere/, shortcut\.csv$", done.stdout, re.M)
    assert re.search(r"^  special files +pipe$", done.stdout, re.M)
    assert not {"shortcut.csv", "pipe"} & packed(desk)
    (desk / "pipeline").rename(desk / "real")
    (desk / "pipeline").symlink_to("real")
    refused = run(desk, "submit", "--anyway")
    assert refused.returncode == 1
    assert "Cannot hand in without pipeline/__main__.py" in refused.stderr
    assert "not as links" in refused.stderr


def test_too_much_is_refused_with_what_to_move(desk: Path) -> None:
    """Too many files and too many bytes: how much, where most of it is, which files are largest; the earlier zip is named as such."""
    assert run(desk, "submit", "--anyway").returncode == 0
    (desk / "frames" / "all").mkdir(parents=True)
    for number in range(2001):
        (desk / "frames" / "all" / f"{number}.json").touch()
    (desk / "models" / "try1").mkdir(parents=True)
    with (desk / "models" / "try1" / "forest.pkl").open("wb") as file:
        file.truncate(300 * 2**20)
    done = run(desk, "submit", "--anyway")
    assert done.returncode == 1
    assert "Nothing written, because this would not be taken in:" in done.stderr
    assert re.search(r"- 2,0\d\d files; at most 2,000 are taken\. Most are in frames/all/ \(2,001 files\)\.$", done.stderr, re.M)
    assert re.search(r"- 300\.\d MiB; at most 200\.0 MiB are taken\. Most is in models/try1/ \(300\.0 MiB\)\. ", done.stderr)
    assert "The largest files: models/try1/forest.pkl (300.0 MiB).\n" in done.stderr
    assert "Delete or move out what the pipeline does not need. The submission.zip that is there is an earlier one." in done.stderr
    assert not (desk / "submission.zip.part").exists()
    shutil.rmtree(desk / "frames")
    shutil.rmtree(desk / "models")
    assert run(desk, "submit", "--anyway").returncode == 0


def test_a_file_that_shrinks_too_much_is_refused(desk: Path) -> None:
    """The intake takes no zip that unpacks to more than two hundred times its size."""
    with (desk / "zeros.bin").open("wb") as file:
        file.truncate(60 * 2**20)
    done = run(desk, "submit", "--anyway")
    assert done.returncode == 1
    assert "more than 200 times its size" in done.stderr
    assert "zeros.bin (60.0 MiB)" in done.stderr
    assert not (desk / "submission.zip").exists()
    assert not (desk / "submission.zip.part").exists()


def test_names_that_would_be_refused_are_named(desk: Path) -> None:
    """Long, deep, odd and doubled names, each with its reason, and never raw on the terminal."""
    put(desk, "a" * 120 + "/" + "b" * 120, "/".join("x" * 13), "at 10:30.txt", "red\x1b[31m.txt", "Notes.md", "notes.md")
    done = run(desk, "submit", "--anyway")
    assert done.returncode == 1
    for words in ("longer than 200 bytes", "more than 12 folders deep", "a backslash or a colon", "a control or direction character"):
        assert words in done.stderr
    assert "rename 'Notes.md' or 'notes.md'" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    checked = run(desk, "check")
    assert checked.returncode == 1
    assert "rename 'Notes.md' or 'notes.md'" in checked.stdout, "check says it before the last evening"
    assert "\x1b" not in checked.stdout + checked.stderr


def test_limits_and_lists_are_those_of_the_intake(pack: ModuleType) -> None:
    """The starter cannot import the kit, so each number and name is held against the kit's own."""
    assert (pack.MAX_FILES, pack.MAX_BYTES, pack.MAX_RATIO, pack.RATIO_FREE_BYTES) == (
        archive.MAX_ENTRIES, archive.MAX_BYTES, archive.MAX_RATIO, archive.RATIO_FREE_BYTES,
    )  # fmt: skip
    assert (pack.MAX_NAME_BYTES, pack.MAX_LEVELS) == (names.MAX_BYTES, names.MAX_LEVELS)
    assert pack.HANDED_OUT | pack.MADE_AGAIN == submission.LEFT_OUT
    assert pack.VERSIONS | pack.EDITORS | pack.INSTALLED | pack.CACHES == submission.CLUTTER
    assert pack.CACHE_ENDINGS == submission.CLUTTER_ENDINGS
    assert (pack.RUN_RECORDS, set(pack.INSTALLED_MARKS)) == (submission.CLUTTER_FOLDERS, set(submission.ENVIRONMENT_MARKS))
    for name in ("a/b.py", "a:b", "a\\b", "a\x07", "\u202ea", "x" * 200, "x" * 201, "/".join("x" * 12), "/".join("x" * 13), "é" * 101, " ", "\udc80"):
        assert (pack.name_fault(name) is None) == (names.fault_of(name) is None), name
    assert pack.folded("Ｍemo.MD") == names.folded("memo.md")
