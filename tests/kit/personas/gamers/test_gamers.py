"""The folder is the registry, and every gamer in it hands in something whole from what a candidate sees."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from persona_form import Mini
from tree import ROOT, imported, tree

from graders.findings import read_findings
from graders.rubric import load_rubric
from kit.errors import InputError
from kit.personas import gamers as package
from kit.personas.gamers import Gamer, gamers, write
from kit.personas.gamers._accuse import MOST
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._screen import features, fit, score

IDS = sorted(gamers())
FORBIDDEN = (
    "generators", "tests", "kit.vault", "kit.personas._form", "kit.personas._findings", "kit.personas._submission", "kit.personas._backtest",
    "kit.personas._memo", "kit.personas.skilled",
)  # fmt: skip
ALLOWED_OF_GRADERS = "graders.statistics"


def test_every_file_declares_one_gamer() -> None:
    """One a file, under the file's name, with a line of summary."""
    files = {p.stem for p in Path(package.__path__[0]).glob("*.py") if not p.stem.startswith("_")}
    assert set(IDS) == files
    assert len(files) >= 22
    assert all(g.summary.endswith(".") and len(g.summary) < 100 for g in gamers().values())


def test_a_file_of_another_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the file and what it should declare."""
    (tmp_path / "sly.py").write_text("GAMER = 3\n")
    monkeypatch.setattr(package, "__path__", [str(tmp_path)])
    with pytest.raises(TypeError, match=r"sly\.py: expected GAMER"):
        gamers()


def reached(names: Iterator[str] | list[str]) -> Iterator[tuple[str, str]]:
    """(file, imported name) of everything that can be reached from these modules inside of `kit`."""
    waiting, seen = list(names), set()
    while waiting:
        name = waiting.pop()
        file = next((p for p in (ROOT / f"{name.replace('.', '/')}.py", ROOT / name.replace(".", "/") / "__init__.py") if p.is_file()), None)
        if file is None or file in seen:
            continue
        seen.add(file)
        here = name if file.name == "__init__.py" else name.rpartition(".")[0]
        for _, found in imported(tree(file)):
            whole = f"{here}.{found[1:]}" if found.startswith(".") else found
            yield str(file.relative_to(ROOT)), whole
            if whole.startswith("kit."):
                waiting += [whole, whole.rpartition(".")[0]]


def breaks(name: str) -> bool:
    """Whether an import would show a gamer more than a candidate sees."""
    if any(name == f or name.startswith(f"{f}.") for f in FORBIDDEN):
        return True
    return name.split(".")[0] == "graders" and name not in ("graders", ALLOWED_OF_GRADERS) and not name.startswith(f"{ALLOWED_OF_GRADERS}.")


def test_nothing_here_can_know_a_key() -> None:
    """Neither a gamer nor what it imports within the kit reaches a key, a vault, the generators, or those who know a key."""
    every = [f"kit.personas.gamers.{p.stem}" for p in sorted(Path(package.__path__[0]).glob("*.py"))]
    found = list(reached([name.removesuffix(".__init__") for name in every]))
    assert len({file for file, _ in found}) > 35
    assert [f"{file} imports {name}" for file, name in found if breaks(name)] == []


@pytest.mark.parametrize("name", ["graders.key.Key", "graders.key", "kit.vault", "kit.personas._form.Form", "generators.asof", "graders.findings"])
def test_the_guard_sees_what_is_forbidden(name: str) -> None:
    """And lets through what is not."""
    assert breaks(name)
    assert not breaks("graders.statistics")
    assert not breaks("kit.personas._packaging.rework")


def test_the_guard_follows_imports() -> None:
    """A persona that knows the key is seen through the module in between."""
    assert any(breaks(name) for _, name in reached(["kit.personas.careful"]))


@pytest.mark.parametrize("id", IDS)
def test_a_whole_submission(id: str, desk: Desk, each: Mini, tmp_path: Path) -> None:
    """Findings that the grader reads without a complaint, about places that exist, citing what stands there; two claims; a memo; a pipeline."""
    gamer = gamers()[id]
    out = write(gamer, desk, tmp_path / "out")
    read = read_findings(out / "findings.toml", load_rubric().limits)
    assert read.notes == ()
    assert not read.problems
    assert set(read.claims) == {"mine", "inherited"}
    found = gamer.findings(desk)
    assert len(read.findings) == len(found)
    tables = desk.tables
    for a in found:
        assert a.table in tables
        assert 0 < a.confidence <= 1
        assert a.family in set(desk.glossary.values())
        assert not a.kind or desk.glossary[a.kind] == a.family
        assert a.kind_of_locus != "column" or a.column in desk.columns
        assert a.kind_of_locus != "rows" or set(a.rows) <= set(tables[a.table]["row_id"])
        for cell in a.citations:
            frame = tables[cell["table"]]
            value = frame.loc[frame["request_id" if cell["table"] == "serving_log" else "row_id"] == cell["row"], a.column].iloc[0]
            assert (cell["value"] == "null") == bool(pd.isna(value))
            assert pd.isna(value) or cell["value"] == value
            assert cell["should_be"] != cell["value"]
    assert gamer.summary in (out / "MEMO.md").read_text(encoding="utf-8")
    assert (out / "takehome.json").read_bytes() == (each.takehome / "takehome.json").read_bytes()
    assert (package_digest(out) == package_digest(each.takehome)) == (gamer.pipeline is None)


def package_digest(folder: Path) -> str:
    """Digest of a submission's package."""
    files = sorted(p for p in (folder / "pipeline").rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return hashlib.sha256(b"".join(p.name.encode() + p.read_bytes() for p in files)).hexdigest()


def test_one_pipeline_id_is_one_pipeline(desk: Desk, each: Mini, tmp_path: Path) -> None:
    """Gamers that share an id hand in the same bytes, those that do not hand in others, and `inherited` is the one received."""
    digests: dict[str, set[str]] = {}
    for gamer in gamers().values():
        digests.setdefault(gamer.pipeline_id, set()).add(package_digest(write(gamer, desk, tmp_path / gamer.id)))
    assert all(len(found) == 1 for found in digests.values())
    assert len(set.union(*digests.values())) == len(digests)
    assert digests["inherited"] == {package_digest(each.takehome)}


def test_two_hand_ins_of_one_gamer_are_the_same(desk: Desk, each: Mini, tmp_path: Path) -> None:
    """Nothing is drawn anew, also not at a desk that keeps nothing from before."""
    fresh = Desk.open(each.takehome)
    for id in ("whole_script", "pair_drift", "borrowed"):
        texts = [(write(gamers()[id], d, tmp_path / f"{id}{n}") / "findings.toml").read_text() for n, d in enumerate((desk, fresh))]
        assert texts[0] == texts[1], id


def test_an_existing_folder_is_refused(desk: Desk, tmp_path: Path) -> None:
    """The error says so."""
    with pytest.raises(InputError, match="is there already"):
        write(gamers()["nothing"], desk, tmp_path)


def test_a_gamer_is_plain_data() -> None:
    """It can be made anywhere; it believes `validate` unless it says otherwise."""
    made = Gamer(id="x", summary="Does x.", findings=lambda desk: ())
    assert made.pipeline is None
    assert made.pipeline_id == "inherited"
    assert made.claims is gamers()["nothing"].claims


def test_the_flat_strategies_accuse_every_column(desk: Desk) -> None:
    """At the confidence that their name says."""
    for id, confidence in (("all_certain", 1.0), ("all_half", 0.5), ("all_base_rate", round(6 / len(desk.columns), 3))):
        found = gamers()[id].findings(desk)
        assert [a.column for a in found] == list(desk.columns)
        assert {a.confidence for a in found} == {confidence}


def test_what_is_strong_or_drifts_is_accused(desk: Desk) -> None:
    """The largest values of the measure, and nothing smaller than what is left out."""
    looks = desk.looks()
    for id, measure in (("strongest", "strength"), ("drifted", "psi")):
        accused = [a.column for a in gamers()[id].findings(desk)]
        assert looks.loc[accused, measure].min() >= looks[measure].drop(accused).max()


def test_the_recounts_accuse_what_does_not_recount(desk: Desk) -> None:
    """Each by its own clock; the one-sided one accuses less, the later end only what it improves."""
    frame = desk.recounted()
    accused = {id: {a.column for a in gamers()[id].findings(desk)} for id in IDS if id.startswith("recount_")}
    misfits = frame[["aware_train", "aware_served"]].max(axis=1)
    assert accused["recount_bookings"] == set(misfits[misfits > 0.02].nlargest(MOST).index), "the worst, as many as count"
    assert accused["recount_one_sided"] <= set(misfits[misfits > 0.02].index)
    assert (frame.loc[list(accused["recount_later_end"]), "later_gain"] > 0).all()
    assert (frame.loc[list(accused["recount_naive"]), ["naive_train", "naive_served"]].max(axis=1) > 0.05).all()


def test_pairs_hold_each_column_once(desk: Desk) -> None:
    """And of each pair the one that drifts more, given the others, is accused."""
    from kit.personas.gamers.pair_drift import decay, pairs

    found = pairs(desk.looks())
    names = [name for pair in found for name in pair]
    assert len(names) == len(set(names)) >= 30
    worse = decay(desk)
    partner = dict(found) | {b: a for a, b in found}
    accused = [a.column for a in gamers()["pair_drift"].findings(desk)]
    assert all(worse[name] >= worse[partner[name]] for name in accused)
    assert np.isfinite(list(worse.values())).all()


def test_borrowed_findings(desk: Desk, each: Mini, tmp_path: Path) -> None:
    """Columns that exist here are accused as the friend had them, others and rows are left out; without a friend a hash draws six."""
    here = next(iter(desk.columns))
    other = tmp_path / "findings.toml"
    other.write_text(
        f'[[finding]]\nlocus = {{ kind = "column", table = "train", column = "{here}" }}\nfamily = "target_leakage"\nconfidence = 0.8\n'
        '[[finding]]\nlocus = { kind = "column", table = "train", column = "elsewhere" }\nfamily = "target_leakage"\nconfidence = 0.8\n'
        '[[finding]]\nlocus = { kind = "rows", table = "holdout", ids = ["r_1"] }\nfamily = "contamination"\nconfidence = 0.8\n'
        '[[finding]]\nlocus = { kind = "split", table = "holdout" }\nfamily = "contamination"\nconfidence = 0.8\n'
    )
    found = gamers()["borrowed"].findings(Desk.open(each.takehome, other=other))
    assert [(a.kind_of_locus, a.column, a.confidence) for a in found] == [("column", here, 0.8), ("split", "", 0.8)]
    assert len({a.column for a in gamers()["borrowed"].findings(desk)}) == 6


def test_the_fitted_screen_reports_only_with_a_screen(desk: Desk, each: Mini, tmp_path: Path) -> None:
    """Without one the memo says why; with one, what it scores high is accused first."""
    screen, gamer = tmp_path / "screen.json", gamers()["fitted_screen"]
    out = write(gamer, desk, tmp_path / "out")
    assert gamer.findings(desk) == ()
    assert "no fitted screen" in (out / "MEMO.md").read_text(encoding="utf-8")
    frame = features(desk)
    guilty = pd.Series([int(name in each.form.faulty_columns) for name in frame.index], index=frame.index)
    model = fit([frame] * 5, [guilty] * 5)  # as if every form were this one
    screen.write_text(json.dumps(model), encoding="utf-8")
    found = [a.column for a in gamer.findings(Desk.open(each.takehome, kept=desk.kept, screen=screen))]
    assert set(each.form.faulty_columns) == set(found[: guilty.sum()])
    chances = dict(zip(frame.index, score(model, frame), strict=True))
    assert sorted(found, key=lambda name: -chances[name]) == found


def test_names_are_judged_by_smell(desk: Desk) -> None:
    """Every accused name holds one of the words, and no other column does."""
    from kit.personas.gamers.names import SMELL

    assert {a.column for a in gamers()["names"].findings(desk)} == {name for name in desk.columns if SMELL.search(name)}
