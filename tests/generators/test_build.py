"""What a build leaves for the vault: every file of the contract, the same content each time."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from written_form import Written

from generators import build
from generators.build import build_form, content_digest, write
from generators.model import Blueprint, GenerationError


def test_every_file_of_the_contract_is_there(form: Written) -> None:
    """The folder of a form as docs/contracts.md lists it, without what the vault adds."""
    top = {p.name for p in form.folder.iterdir()}
    assert top == {
        "given",
        "honest",
        "samples",
        "stages",
        "outcomes",
        "blueprint.json",
        "key.json",
        "truth.parquet",
        "calls.json",
        "spec.json",
        "brief.json",
    }
    streams = {f"{s.name}.parquet" for s in form.made.case.scenario.streams} | {"amendments.parquet"}
    tables = {f"{t}.parquet" for t in ("train", "holdout", "acceptance", "serving_log")}
    for folder in (form.folder / "given", *(form.folder / "stages" / "data").iterdir()):
        assert {p.name for p in folder.glob("*.parquet")} == tables | {"entities.parquet"}
        assert {p.name for p in (folder / "events").iterdir()} == streams
    assert {p.name for p in (form.folder / "honest").iterdir()} == tables
    assert {p.name for p in (form.folder / "stages" / "data").iterdir()} == {"real", "repaired", "null", "duplicates", "control_a", "control_b"}
    assert {p.name for p in (form.folder / "stages" / "batch").iterdir()} == {"p1", "p2", "p3", "p4"}
    for sample in ("a", "b"):
        assert {p.name for p in (form.folder / "samples" / sample).iterdir()} == {"requests.parquet", "entities.parquet", "events"}
    for name in ("blueprint.json", "key.json", "calls.json", "spec.json", "brief.json"):
        assert isinstance(json.loads((form.folder / name).read_text()), dict)


def test_writing_again_gives_the_same_content(form: Written, tmp_path: Path) -> None:
    """Equal digests of every given file, and equal JSON."""
    again = write(form.made, tmp_path, lambda stage, fraction: None)
    assert again == form.built
    assert set(again.digests) == {p.relative_to(form.folder).as_posix() for p in (form.folder / "given").rglob("*.parquet")}
    for name in ("key.json", "brief.json", "spec.json", "calls.json", "blueprint.json"):
        assert (tmp_path / name).read_text() == (form.folder / name).read_text()


def test_digest_is_of_the_content(tmp_path: Path) -> None:
    """Other compression, same digest; another value, name, type, order or null, another digest."""
    base = pa.table({"a": pa.array([1, 2, None]), "b": pa.array(["x", "yz", ""])})
    pq.write_table(base, tmp_path / "one.parquet", compression="zstd")
    pq.write_table(base, tmp_path / "two.parquet", compression="none", row_group_size=1)
    assert content_digest(tmp_path / "one.parquet") == content_digest(tmp_path / "two.parquet")
    digests = {content_digest(tmp_path / "one.parquet")}
    others = (
        pa.table({"a": pa.array([1, 3, None]), "b": base["b"]}),
        pa.table({"c": base["a"], "b": base["b"]}),
        pa.table({"a": pa.array([1.0, 2.0, None]), "b": base["b"]}),
        pa.table({"a": base["a"].take(pa.array([1, 0, 2])), "b": base["b"]}),
        pa.table({"a": pa.array([1, 2, 0]), "b": base["b"]}),
        pa.table({"a": base["a"], "b": pa.array(["xy", "z", ""])}),
        pa.table({"a": base["a"], "b": pa.array(["x", "yz", None])}),
    )
    for number, other in enumerate(others):
        pq.write_table(other, tmp_path / f"{number}.parquet")
        digests.add(content_digest(tmp_path / f"{number}.parquet"))
    assert len(digests) == 1 + len(others)


def test_unknown_scenario_leaves_nothing(tmp_path: Path) -> None:
    """The message names the nearest; no folder is made."""
    with pytest.raises(GenerationError, match="Did you mean 'home_pricing'"):
        build_form(bytes(32), "ada", "1", scenario="home_prices", out=tmp_path / "form")
    assert not (tmp_path / "form").exists()


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_same_secret_same_form_whatever_the_workers(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, jobs: int) -> None:
    """A whole short form, built with one and with two processes, has the digests of another build."""
    first = build_form(bytes(32), "ada", "1", scenario="home_pricing", form="short", out=tmp_path / "first", jobs=2)
    again = build_form(bytes(32), "ada", "1", scenario="home_pricing", form="short", out=tmp_path / "again", jobs=jobs)
    assert first == again
    other = build_form(bytes(32), "ben", "1", scenario="home_pricing", form="short", out=tmp_path / "other", jobs=2)
    assert not set(first.digests.values()) & set(other.digests.values())


def test_draws_that_are_known_to_be_refused_are_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one is, and the reasons stay with the form."""
    drawn: list[int] = []

    def refused(plan: Blueprint, *_: object, **__: object) -> tuple[Blueprint, dict[str, object], list[str]]:
        drawn.append(plan.attempt)
        return plan, {}, ["told apart"]

    monkeypatch.setattr(build, "tune_all", refused)
    options = {"scenario": "home_pricing", "form": "short", "level": "mid", "progress": lambda *_: None, "attempts": 4}
    with pytest.raises(GenerationError, match="told apart"):
        build.make_form(bytes(32), "ada", "1", known=("a reason", "another"), **options)
    assert drawn == [2, 3]
