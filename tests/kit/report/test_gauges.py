"""A measured number lands where its points say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from samples import SAMPLES, middling, strong

from graders.model import Outcome, Part
from kit.report.gauges import gauges, limits


def part(**measured: float | None) -> Part:
    common: dict[str, Any] = {"id": "x", "title": "X", "outcome": Outcome.SCORED, "earned": 1.0, "share": 1.0, "points": 1.0, "possible": 1.0}
    return Part(**common, reason="", measured=measured)


@pytest.mark.parametrize(
    ("value", "full", "none", "place"),
    [
        (0.1, 0.1, 0.5, 25),
        (0.5, 0.1, 0.5, 75),
        (0.3, 0.1, 0.5, 50),
        (9.0, 0.1, 0.5, 97.5),
        (-9.0, 0.1, 0.5, 2.5),
        (0.999, 0.999, 0.98, 25),
        (0.97, 0.999, 0.98, 97.5),
    ],
)
def test_the_left_quarter_is_full_marks_and_the_right_quarter_none(value: float, full: float, none: float, place: float) -> None:
    """Whether small or large values are good, the scale reads the same way and nothing leaves it."""
    (gauge,) = gauges(part(value=value, full=full, none=none), names={})
    assert gauge.place == pytest.approx(place)


def test_a_single_limit_has_two_sides_only() -> None:
    """With nothing between full and none a number is on the good side or on the other."""
    found = gauges(part(full=1e-6, order=0.0, late=0.2), names={})
    assert [(gauge.label, gauge.place) for gauge in found] == [("later events in the folder", 87.5), ("requests in another order", 12.5)]


def test_leaks_carry_the_names_of_their_columns() -> None:
    """Fault ids are told as columns, and the summary number is not shown beside what it sums up."""
    leak = middling().behaviour.parts[0]
    assert [gauge.label for gauge in gauges(leak, names={"f1": "retention_calls_30d"})] == ["retention_calls_30d", "f3"]


def test_parts_without_a_number_have_no_gauge() -> None:
    """Nothing measured, or two equal trainings: the reason alone is shown."""
    assert gauges(part(), names={}) == []
    assert gauges(strong().behaviour.parts[-1], names={}) == []
    assert limits(part()) == ""


def test_limits_quote_the_inherited_number() -> None:
    """What the pipeline as handed over does is quoted in the unit of the value; the part that is a share of it says 1."""
    assert "as handed over: 0.0682" in limits(part(value=0.01, full=0.005, none=0.03, inherited=0.0682))
    assert limits(middling().behaviour.parts[1]) == "Full marks at 0.1, none at 0.5; the pipeline as handed over: 1"
    assert "as handed over" not in limits(part(value=0.3, full=0.1, none=0.5))


def test_numbers_in_another_unit_get_no_gauge() -> None:
    """Rank changes stand beside a share: they are on no scale of it, measured or not."""
    beside = {"full": 0.1, "none": 0.5, "inherited": 1.0, "ranks_inherited": 0.07, "ranks_noise": 0.004}
    assert gauges(part(**beside), names={}) == []
    assert [gauge.value for gauge in gauges(part(**beside, value=0.3, ranks=0.02), names={})] == ["0.3"]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_inherited_number_earns_nothing_on_the_scale_it_stands_beside(name: str) -> None:
    """In the unit of the thresholds it lies on the bad side of both."""
    parts = [p for p in SAMPLES[name]().behaviour.parts if p.measured.get("inherited") is not None]
    assert len(parts) >= 3
    for p in parts:
        (gauge,) = gauges(replace(p, measured={**{k: p.measured[k] for k in ("full", "none")}, "value": p.measured["inherited"]}), names={})
        assert gauge.place > 75, p.id
