"""A script that looks for the job that went wrong finds it behind every leak, and behind the honest column beside it as well."""

from __future__ import annotations

import numpy as np
from persona_form import Mini

from generators.catalog import decoys, mechanisms
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._jobs import LEAST
from kit.personas.gamers._suspects import TO_THE_LAST, worked

SHIFTS = {"final_status": "later", "post_outcome_process": "later", "window_past_decision": "later", "event_time_not_recorded_at": "grace"}
SHIFTS |= {"backfilled_gaps": "next", "refund_trace": "final"}
"""The job that each leak is made by."""


def test_the_job_comes_out_behind_fault_and_twin(desk: Desk, each: Mini) -> None:
    """To the last cell, wherever the definition was found; a twin that has another cause than its mirror only looks like it."""
    frame, found, features = desk.jobs(), desk.ruled(), each.form.definitions.features
    twins = {d.twin_of: d for d in each.form.key.truth.decoys}
    seen = 0
    for fault in each.form.column_faults():
        if not mechanisms()[fault.mechanism].leak:
            continue
        twin, name = twins[fault.id], str(fault.locus.column)
        columns = [name, str(twin.locus.column)] if twin.decoy == mechanisms()[fault.mechanism].mirror else [name]
        for column in columns:
            plain = [rule for rule in features[column]["rules"] if not decoys()[rule].aside]
            if [found.loc[column, "rule"]] != (plain or [""]):
                continue  # where a wrong rule fits better, no job of it comes out
            job = frame.loc[column]
            assert job["left"] <= TO_THE_LAST, (fault.mechanism, column, job.to_dict())
            assert job["job"] == SHIFTS[fault.mechanism]
            seen += 1
    assert seen >= 2


def test_only_what_misfits_is_looked_at(desk: Desk) -> None:
    """What a column's own definition brings out needs no job; the accused of training are those that one brings out whole."""
    frame = desk.jobs()
    assert set(frame.index) == set(desk.ruled().index[desk.ruled()["ruled_train"] > LEAST])
    accused = {a.column for a in worked(desk) if a.table == "train"}
    assert accused <= set(frame.index[frame["left"] <= TO_THE_LAST])
    assert frame["left"].between(0, 1).all()
    assert np.isin(frame["job"], ["later", "longer", "grace", "filled", "next", "final"]).all()
