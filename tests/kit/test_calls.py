"""The plan of calls is read strictly; runs are judged by facts alone."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from containment import default_calls, write_form

from kit.calls import judged, read_plan
from kit.errors import DamagedVault
from kit.sandbox.model import Limits, Run

LIMITS = Limits(wall_s=100.0, cpu_s=80)
FINE = Run(exit=0, stopped=None, wall_s=2.0, cpu_s=1.0, starved_s=0.1, rss_bytes=1, stdout=b"", stderr=b"")


def test_the_plan_names_what_each_call_is_shown(tmp_path: Path) -> None:
    """A late call sees the folder `late` under the name `events`."""
    form = write_form(tmp_path / "form")
    plan = {call.name: call for call in read_plan(form)}
    assert len(plan) == 9
    batch = form / "stages" / "batch" / "p1"
    late = plan["predict_real_p1_late"].inputs(form)
    assert late == {"entities.parquet": batch / "entities.parquet", "events": batch / "late", "requests.parquet": batch / "requests" / "late.parquet"}
    assert plan["predict_real_p1_served"].inputs(form)["events"] == batch / "events"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": "../../x"}, "plain name"),
        ({"command": "run"}, "train, validate, predict"),
        ({"data": None}, "data of a train call"),
        ({"data": "no-such"}, "stages/data/no-such"),
        ({"name": "train_again"}, "twice"),
    ],
)
def test_a_damaged_plan_says_what_is_wrong(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    """Before anything is run."""
    calls = default_calls()
    calls[0] |= change
    with pytest.raises(DamagedVault, match=why):
        read_plan(write_form(tmp_path / "form", calls=calls))


def test_a_model_that_nothing_trains_is_an_error(tmp_path: Path) -> None:
    """The call and the training are named."""
    with pytest.raises(DamagedVault, match="'predict_real_p1_served' needs the model of 'train_real'"):
        read_plan(write_form(tmp_path / "form", calls=default_calls()[3:]))
    (tmp_path / "form" / "calls.json").write_text(json.dumps([]))
    with pytest.raises(DamagedVault, match=r"calls\.json"):
        read_plan(tmp_path / "form")


@pytest.mark.parametrize(
    ("facts", "first", "second"),
    [
        ({}, "ok", "ok"),
        ({"exit": 1}, "crashed", "crashed"),
        ({"exit": 139}, "crashed", "crashed"),
        ({"exit": 1, "stderr": b"Traceback\nMemoryError\n"}, "memory", "memory"),
        ({"exit": 137, "stopped": "cpu"}, "timeout_cpu", "timeout_cpu"),
        ({"exit": 137, "cpu_s": 81.0}, "timeout_cpu", "timeout_cpu"),
        ({"exit": 137, "stopped": "memory"}, "memory", "memory"),
        ({"exit": 137, "stopped": "output"}, "output_too_large", "output_too_large"),
        ({"exit": 137, "stopped": "flood"}, "flooded", "flooded"),
        ({"exit": 137}, None, "crashed"),
        ({"exit": 137, "stopped": "wall", "cpu_s": 0.2, "starved_s": 1.0}, None, "hung"),
        ({"exit": 137, "stopped": "wall", "cpu_s": 20.0, "starved_s": 70.0}, None, "timeout_wall"),
        ({"exit": 137, "stopped": "wall", "cpu_s": 0.2, "starved_s": None}, None, "timeout_wall"),
    ],
)
def test_a_run_is_judged_by_what_ended_it(facts: dict[str, Any], first: str | None, second: str) -> None:
    """None asks for another run; what is ours is never taken for theirs, nor a sleep for a busy machine."""
    run = replace(FINE, **facts)
    assert judged(run, LIMITS, last=False) == first
    assert judged(run, LIMITS, last=True) == second
