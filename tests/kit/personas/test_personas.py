"""The folder is the registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit import personas as package
from kit.personas import Persona, personas


def test_every_file_declares_one_persona() -> None:
    """One a file, under the file's name, with a line of summary; demo's two can be imported by name."""
    files = {p.stem for p in Path(package.__path__[0]).glob("*.py") if not p.stem.startswith("_")}
    found = personas()
    assert set(found) == files >= {"careful", "inherited"}
    for id, persona in found.items():
        assert persona.id == id
        assert persona.summary.endswith(".")
        assert callable(persona.write)


def test_a_file_of_another_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the file and what it should declare."""
    (tmp_path / "lazy.py").write_text("PERSONA = 3\n")
    monkeypatch.setattr(package, "__path__", [str(tmp_path)])
    with pytest.raises(TypeError, match=r"lazy\.py: expected PERSONA"):
        personas()


def test_a_persona_is_plain_data() -> None:
    """It can be made anywhere."""
    made = Persona(id="x", summary="Does x.", write=lambda takehome, form, out: out)
    assert made.write(Path("a"), Path("b"), Path("c")) == Path("c")
