"""A folder of declarations: its files, and nothing else in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from kit.personas._registry import declared


@dataclass(frozen=True)
class Tool:
    """Something that files declare."""

    id: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that nobody has imported yet."""
    folder = tmp_path / f"toolbox_{tmp_path.name}"
    folder.mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_only_files_that_say_something_are_asked(folder: Path) -> None:
    """By name; folders and files that begin with _ are passed over."""
    text = "from {here} import Tool\nTOOL = Tool(id='{id}')\n"
    for id in ("saw", "hammer"):
        (folder / f"{id}.py").write_text(text.format(here=__name__, id=id))
    (folder / "_shared.py").write_text("raise RuntimeError('not to be imported')")
    (folder / "__init__.py").write_text("")
    assert list(declared(folder.name, [str(folder)], Tool)) == ["hammer", "saw"]


@pytest.mark.parametrize("text", ["", "TOOL = 3\n", "from {here} import Tool\nTOOL = Tool(id='pliers')\n"])
def test_a_file_that_declares_something_else_is_named(folder: Path, text: str) -> None:
    """Nothing, a thing of another kind, or one of another name."""
    (folder / "__init__.py").write_text("")
    (folder / "saw.py").write_text(text.format(here=__name__))
    with pytest.raises(TypeError, match=r"toolbox_\w+/saw\.py: expected TOOL = Tool\(id='saw'"):
        declared(folder.name, [str(folder)], Tool)
