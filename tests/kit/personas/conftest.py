"""Two small forms, and what each persona wrote for them, made once a process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from persona_form import make_case, make_form, run

from generators.case import Case
from kit.personas import personas
from kit.personas._form import Form

WANTED = {
    "subscription_churn": {"unit_switch", "copied_rows"},
    "home_pricing": {"time_shuffled_split", "wrong_row_join", "window_past_decision"},
}


@dataclass(frozen=True)
class Mini:
    """A small form with its take-home, and the submissions made for it."""

    case: Case
    takehome: Path
    folder: Path
    submission: Callable[[str], Path]
    """The submission of a persona."""

    @property
    def form(self) -> Form:
        return Form.open(self.takehome, self.folder)


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Mini]:
    """The small form of a scenario."""

    @cache
    def made(scenario: str) -> Mini:
        folder = tmp_path_factory.mktemp(scenario)
        case = make_case(scenario, WANTED[scenario])
        takehome, form = make_form(case, folder)
        return Mini(case=case, takehome=takehome, folder=form, submission=cache(lambda id: personas()[id].write(takehome, form, folder / id)))

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


@pytest.fixture
def scored(tmp_path: Path) -> Callable[..., pd.Series]:
    """Scores of a submission for a probe of the first batch, by entity; trained on the take-home's data unless a model is given."""

    def answer(mini: Mini, id: str, probe: str = "served", *, model: Path | None = None, home: Path | None = None) -> pd.Series:
        submission = mini.submission(id)
        if model is None:
            model = tmp_path / f"model_{id}"
            if not model.exists():
                run(submission, "train", "--data", mini.takehome / "data", "--model", model)
        batch = tmp_path / f"batch_{probe}"
        if not batch.exists():
            batch.mkdir()
            stage = mini.folder / "stages" / "batch" / "p1"
            (batch / "entities.parquet").symlink_to(stage / "entities.parquet")
            (batch / "events").symlink_to(stage / ("late" if probe == "late" else "events"))
            (batch / "requests.parquet").symlink_to(stage / "requests" / f"{probe}.parquet")
        out = tmp_path / f"{id}_{probe}.parquet"
        run(submission, "predict", "--data", batch, "--model", model, "--out", out, home=home)
        requests = pd.read_parquet(batch / "requests.parquet", columns=["request_id", "entity_id"])
        joined = requests.merge(pd.read_parquet(out), on="request_id", validate="one_to_one")
        assert len(joined) == len(requests)
        return joined.set_index("entity_id")["score"].sort_index()

    return answer


@pytest.fixture
def validated(tmp_path: Path) -> Callable[[Path, Path], dict[str, float]]:
    """What a submission's `validate` reports on a data folder."""

    def answer(submission: Path, data: Path) -> dict[str, float]:
        out = tmp_path / "validation.json"
        run(submission, "validate", "--data", data, "--out", out)
        said: dict[str, float] = json.loads(out.read_text())
        return said

    return answer
