"""Taking what a run left: plain files only, within size, and everything else refused by its code."""

import os
import socket
from pathlib import Path

import pytest

from kit.sandbox.outputs import BadOutput, copy_file, copy_tree, opened, remove_tree


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output folder as a run would have left it."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def _code(output: Path, to: Path, *, limit: int = 100) -> str:
    with opened(output) as folder, pytest.raises(BadOutput) as bad:
        copy_file(folder, "x", to, limit=limit)
    assert not to.exists()
    return bad.value.code


def test_a_plain_file_is_copied_closed_to_others(output: Path, tmp_path: Path) -> None:
    """Bytes and size; mode 0600."""
    (output / "x").write_bytes(b"abc")
    with opened(output) as folder:
        assert copy_file(folder, "x", tmp_path / "copy", limit=3) == 3
    assert (tmp_path / "copy").read_bytes() == b"abc"
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600


def test_links_are_never_followed(output: Path, tmp_path: Path) -> None:
    """To a file of ours, and dangling."""
    (tmp_path / "key").write_text("secret")
    (output / "x").symlink_to(tmp_path / "key")
    assert _code(output, tmp_path / "copy") == "output_not_file"
    (output / "x").unlink()
    (output / "x").symlink_to("/nowhere")
    assert _code(output, tmp_path / "copy") == "output_not_file"
    (output / "x").unlink()
    os.link(tmp_path / "key", output / "x")
    assert _code(output, tmp_path / "copy") == "output_not_file"


def test_special_files_are_not_opened(output: Path, tmp_path: Path) -> None:
    """A FIFO would hang a reader, a socket and a folder are no files."""
    os.mkfifo(output / "x")
    assert _code(output, tmp_path / "copy") == "output_not_file"
    (output / "x").unlink()
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(output / "x"))
    assert _code(output, tmp_path / "copy") == "output_not_file"
    (output / "x").unlink()
    (output / "x").mkdir()
    assert _code(output, tmp_path / "copy") == "output_not_file"


def test_missing_and_too_large_are_told_apart(output: Path, tmp_path: Path) -> None:
    """A sparse file counts by its length."""
    (output / "other").touch()
    with opened(output) as folder, pytest.raises(BadOutput, match="'other'") as bad:
        copy_file(folder, "x", tmp_path / "copy", limit=100)
    assert bad.value.code == "output_missing"
    with (output / "x").open("wb") as file:
        file.truncate(101)
    assert _code(output, tmp_path / "copy") == "output_too_large"


def test_modes_that_close_the_folder_do_not_help(output: Path, tmp_path: Path) -> None:
    """chmod 0 on everything."""
    (output / "model" / "deep").mkdir(parents=True)
    (output / "model" / "deep" / "a").write_text("x")
    for path in (output / "model" / "deep" / "a", output / "model" / "deep", output / "model", output):
        path.chmod(0)
    with opened(output) as folder:
        assert copy_tree(folder, "model", tmp_path / "copy", size=10, entries=10) == 1
    assert (tmp_path / "copy" / "deep" / "a").read_text() == "x"


def test_a_tree_is_bounded_in_size_count_and_depth(output: Path, tmp_path: Path) -> None:
    """Each bound alone."""
    model = output / "model"
    (model / "a" / "b").mkdir(parents=True)
    (model / "a" / "b" / "f").write_text("12345")
    for number, bounds in enumerate(({"size": 4, "entries": 9}, {"size": 9, "entries": 2}, {"size": 9, "entries": 9, "depth": 2})):
        with opened(output) as folder, pytest.raises(BadOutput) as bad:
            copy_tree(folder, "model", tmp_path / str(number), **bounds)
        assert bad.value.code == "output_too_large"


def test_a_link_in_a_tree_refuses_it(output: Path, tmp_path: Path) -> None:
    """Folders are entered by descriptor, links are not."""
    (output / "model").mkdir()
    (output / "model" / "sub").symlink_to("/etc")
    with opened(output) as folder, pytest.raises(BadOutput, match="a link"):
        copy_tree(folder, "model", tmp_path / "copy", size=100, entries=10)


def test_a_tree_deeper_than_any_path_is_removed(tmp_path: Path) -> None:
    """And a link in it stays unfollowed."""
    (tmp_path / "keep").mkdir()
    (tmp_path / "keep" / "file").touch()
    top = tmp_path / "top"
    top.mkdir()
    (top / "link").symlink_to(tmp_path / "keep")
    here = os.open(top, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d" * 60, dir_fd=here)
        below = os.open("d" * 60, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    top.chmod(0)
    remove_tree(top)
    assert not top.exists()
    assert (tmp_path / "keep" / "file").exists()
    remove_tree(top)
