"""A file in the right folder is in the catalogue; a team's own packages can add more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import generators
from generators import catalog
from generators.kinds import Decoy
from generators.model import FAMILIES

ROOT = Path(generators.__file__).parent


def ids(folder: Path) -> set[str]:
    return {file.stem for file in folder.glob("*.py") if not file.stem.startswith("_")}


@pytest.fixture
def empty_cache() -> Iterator[None]:
    """The catalogue is read anew within the test and again after it."""
    for kind in (catalog.scenarios, catalog.mechanisms, catalog.decoys):
        kind.cache_clear()
    yield
    for kind in (catalog.scenarios, catalog.mechanisms, catalog.decoys):
        kind.cache_clear()


def test_every_file_is_in_the_catalogue_under_its_own_name() -> None:
    """No list is kept by hand: what lies in the folders is what there is."""
    assert set(catalog.scenarios()) >= ids(ROOT / "scenarios")
    assert set(catalog.decoys()) >= ids(ROOT / "decoys")
    for family in FAMILIES:
        files = ids(ROOT / "defects" / family)
        assert {m.id for m in catalog.mechanisms().values() if m.family == family} >= files
    for found in (catalog.scenarios(), catalog.decoys(), catalog.mechanisms()):
        assert all(id == declaration.id for id, declaration in found.items())
        assert list(found) == sorted(found)


def test_the_catalogue_cannot_be_changed_by_a_reader() -> None:
    """It is shared by everything in the process."""
    with pytest.raises(TypeError):
        catalog.decoys()["mine"] = Decoy(id="mine", summary="x")  # type: ignore[index]


def test_a_team_can_add_its_own(monkeypatch: pytest.MonkeyPatch, empty_cache: None) -> None:
    """Whatever is registered under the entry point groups is found beside the kit's own."""
    mine = Decoy(id="our_own", summary="A cause of our own.", roles=("count",))

    def registered(*, group: str) -> list[Any]:
        return [SimpleNamespace(load=lambda: mine)] if group == "takehome.decoys" else []

    monkeypatch.setattr(catalog, "entry_points", registered)
    assert catalog.decoys()["our_own"] is mine
    assert "our_own" not in catalog.mechanisms()


def test_file_and_id_have_to_be_named_alike(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The message names the file's module, the id, and what to do."""
    package = tmp_path / "broken_catalogue"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "one_name.py").write_text("from generators.kinds import Decoy\nDECOY = Decoy(id='another_name', summary='x')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ValueError, match=r"broken_catalogue\.one_name declares the id 'another_name'; name the file and the id alike"):
        catalog._collect("broken_catalogue", "DECOY")


def test_an_unknown_id_gets_the_nearest_and_the_whole_list() -> None:
    """One typo is enough to be helped."""
    said = catalog.nearest("small_event", catalog.decoys())
    assert "'small_event' is not known. Did you mean 'small_events'?" in said
    assert all(id in said for id in catalog.decoys())
    assert "Did you mean" not in catalog.nearest("zzzz", catalog.decoys())
