"""What every criterion keeps: one declaration a file, a share, and bounded, explained results for every sort of submission."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from small_form import FOOLED, careful, inherited

import graders.criteria as folder
from graders.criteria import Criterion, criteria
from graders.evidence import Evidence
from graders.key import Key
from graders.model import Outcome
from graders.probes import compare, mean_rank_shift, paired_gain
from graders.rubric import Rubric

EVERY = pytest.mark.parametrize("criterion", criteria(), ids=lambda c: c.id)


def test_every_file_is_found_and_has_a_share(rubric: Rubric) -> None:
    files = {p.stem for p in Path(folder.__file__).parent.glob("*.py")} - {"__init__"}
    assert {c.id for c in criteria()} == files == set(rubric.shares)


@pytest.fixture
def broken_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(folder, "__path__", [str(tmp_path)])
    yield tmp_path
    for name in [m for m in sys.modules if m.startswith("graders.criteria.bad_")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bad_none", "X = 1\n"),
        ("bad_type", "CRITERION = 'me'\n"),
        ("bad_name", "from graders.criteria import Criterion\nCRITERION = Criterion(id='other', title='t', measure=print)\n"),
    ],
)
def test_a_broken_file_is_named(broken_folder: Path, name: str, text: str) -> None:
    (broken_folder / f"{name}.py").write_text(text, encoding="utf-8")
    with pytest.raises(TypeError, match=f"{name}.py: expected CRITERION"):
        criteria()


@EVERY
def test_a_careful_pipeline_earns_all(criterion: Criterion, evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    found = criterion.measure(evidence_of(scores=careful), key, rubric)
    assert (found.outcome, found.earned, found.counts) == (Outcome.SCORED, 1.0, True)
    assert found.reason.endswith(".")


@EVERY
@pytest.mark.parametrize("side", ["submission", "instrument"])
def test_failures_have_a_side(criterion: Criterion, side: str, evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    """Nothing answered: the submission's side earns nothing and keeps its share, ours gives the share away."""
    found = criterion.measure(evidence_of(failed={c.name: side for c in key.calls}), key, rubric)
    assert found.earned == 0
    assert found.counts is (side == "submission")
    assert (found.outcome is Outcome.INSTRUMENT_FAULT) is (side == "instrument")


@EVERY
def test_what_a_form_cannot_measure_gives_its_share_away(
    criterion: Criterion, evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric
) -> None:
    """Inherited effects below their noise: five parts cannot be measured; the two without an inherited effect can."""
    r = key.truth.reference
    small = {
        "gain": {"f1": r.gain["f1"].model_copy(update={"inherited": 0.02})},
        "training_shift": r.training_shift.model_copy(update={"inherited": 0.015}),
        "null": r.null.model_copy(update={"inherited": 0.03}),
        "duplicates": r.duplicates.model_copy(update={"inherited": 0.03}),
        "skew": r.skew.model_copy(update={"inherited": 0.02}),
    }
    other = Key(key.folder, key.truth.model_copy(update={"reference": r.model_copy(update=small)}), key.calls)
    found = criterion.measure(evidence_of(scores=inherited), other, rubric)
    assert found.counts is (criterion.id in ("independence", "reproducibility"))
    assert found.counts or found.outcome is Outcome.NOT_SCORABLE


WITHOUT_INHERITED = {"independence", "reproducibility"}
"""Nothing of the inherited pipeline is measured for these: it keeps both promises."""


@EVERY
def test_the_inherited_pipeline_measures_what_it_is_compared_with(
    criterion: Criterion, evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric
) -> None:
    """One unit a criterion: under a key that measured the very imitation, its `value` is the `inherited` beside it, and past `none`."""
    evidence = evidence_of(scores=inherited, validations=FOOLED)
    r = key.truth.reference
    leaks, moved = compare(evidence, key, ("real", "leak_f1"), ("real", "honest")), compare(evidence, key, ("real", "served"), ("repaired", "served"))
    skew = compare(evidence, key, ("real", "honest"), ("real", "served"))
    own = {
        "gain": {"f1": r.gain["f1"].model_copy(update={"reference": 0.01, "inherited": paired_gain(key, leaks)})},
        "training_shift": r.training_shift.model_copy(update={"inherited": mean_rank_shift(moved)}),
        "null": r.null.model_copy(update={"inherited": FOOLED["null"] - 0.5}),
        "duplicates": r.duplicates.model_copy(update={"inherited": FOOLED["duplicates"] - 0.5}),
        "skew": r.skew.model_copy(update={"inherited": paired_gain(key, skew)}),
    }
    measured = Key(key.folder, key.truth.model_copy(update={"reference": r.model_copy(update=own)}), key.calls)
    found = criterion.measure(evidence, measured, rubric)
    assert found.outcome is Outcome.SCORED
    numbers = found.numbers
    assert ("inherited" not in numbers) is (criterion.id in WITHOUT_INHERITED)
    if criterion.id in WITHOUT_INHERITED:
        return
    values = [numbers["value"]] if "value" in numbers else [numbers["f1"], numbers["worst"]]
    assert values == [pytest.approx(numbers["inherited"], rel=1e-9)] * len(values)
    full, none = numbers["full"], numbers["none"]
    assert full is not None
    assert none is not None
    assert full < none < (numbers["inherited"] or 0)
    assert found.earned == 0


@EVERY
def test_constant_scores_are_measured_without_a_crash(criterion: Criterion, evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    found = criterion.measure(evidence_of(scores=lambda m, p, o: np.zeros(len(o))), key, rubric)
    assert 0 <= found.earned <= 1
    assert found.outcome is Outcome.SCORED
