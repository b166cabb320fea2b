"""Two small forms, and what each persona wrote for them, made once a process."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from persona_form import Mini, make_case, make_form

from kit.personas import _submission, personas

WANTED = {
    "subscription_churn": {"unit_switch", "copied_rows"},
    "home_pricing": {"time_shuffled_split", "wrong_row_join", "window_past_decision"},
}
SAID = {"estimate": 0.7, "low": 0.68, "high": 0.72, "n": 4000}


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Mini]:
    """The small form of a scenario."""

    @cache
    def made(scenario: str) -> Mini:
        folder = tmp_path_factory.mktemp(scenario)
        case = make_case(scenario, WANTED[scenario])
        takehome, form = make_form(case, folder)
        said = {"metric": "roc_auc" if case.scenario.task == "binary" else "mae", **SAID}

        @cache
        def submission(id: str) -> Path:
            with pytest.MonkeyPatch.context() as patch:  # to run every pipeline for its estimate would take minutes
                patch.setattr(_submission, "validate", lambda submission, data: said)
                patch.setattr(_submission, "inherited_estimate", lambda form: said)
                return personas()[id].write(takehome, form, folder / id)

        return Mini(case=case, takehome=takehome, folder=form, submission=submission)

    return made


@pytest.fixture(scope="session")
def churn(mini: Callable[[str], Mini]) -> Mini:
    return mini("subscription_churn")


@pytest.fixture(scope="session")
def home(mini: Callable[[str], Mini]) -> Mini:
    return mini("home_pricing")


@pytest.fixture(params=["churn", "home"])
def each(request: pytest.FixtureRequest) -> Mini:
    """Both small forms, one after the other."""
    found: Mini = request.getfixturevalue(request.param)
    return found
