"""A person of some skill hands in a whole submission whose pipeline does what its findings say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from persona_form import Mini

from graders.findings import read_findings
from graders.rubric import load_rubric
from kit.errors import InputError
from kit.personas.skilled import _submission, skilled
from kit.personas.skilled._judgement import judge, known
from kit.personas.skilled._submission import LESS, promises, work, write

SAID = {"metric": "roc_auc", "estimate": 0.8, "low": 0.79, "high": 0.81, "n": 4000}
SHOWN = {**SAID, "estimate": 0.95, "low": 0.94, "high": 0.96}


def test_levels_stand_in_order_of_skill() -> None:
    """At least six, each with a habit of repair, split and claim."""
    levels = list(skilled().values())
    assert len(levels) >= 6
    assert [level.theta for level in levels] == sorted({level.theta for level in levels})
    assert {level.claim for level in levels} == {"holdout", "validated", "backtest"}


def test_what_is_accused_is_repaired(churn: Mini) -> None:
    """Recomputed or left out; who changes nothing has no plan; a clean split needs a fault of rows or split to be understood."""
    key = churn.form.key
    levels = skilled()
    everything = judge(key, 50.0, np.random.default_rng(0), known(key))
    columns = set(churn.form.faulty_columns)
    expert, able, novice = (work(churn.form, levels[id], everything) for id in ("expert", "able", "novice"))
    assert expert is not None
    assert able is not None
    assert set(expert.settings.at_training) == set(expert.settings.at_scoring) == columns
    assert (set(able.settings.dropped), able.settings.at_training) == (columns, ())
    assert novice is None
    assert expert.settings.evaluation == "clean"
    blind = work(churn.form, levels["expert"], replace(everything, found=()))
    assert blind is not None
    assert blind.settings.evaluation == "holdout"


def test_promises_follow_the_habit(churn: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    """The holdout as shown; one's own estimate and a guess below it; a back test that knows what was understood and no more."""
    key, levels = churn.form.key, skilled()
    judged = judge(key, 0.5, np.random.default_rng(1), known(key))
    asked = []
    monkeypatch.setattr(_submission, "inherited_estimate", lambda form, known: asked.append(tuple(known)) or {**SAID, "estimate": 0.7})
    shown, own, tested = (promises(churn.form, levels[id], judged, SHOWN, SAID) for id in ("beginner", "solid", "expert"))
    assert (shown["mine"].point, shown["inherited"].point) == (0.8, 0.95)
    assert own["inherited"].point == pytest.approx(own["mine"].point - LESS * (own["mine"].point - 0.5), abs=1e-5)
    assert tested["inherited"].point < tested["mine"].point
    assert asked == [judged.found]


def test_the_hand_in_is_whole_and_written_once(churn: Mini, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The four required files, findings that read without a note; a folder that exists is left alone."""
    monkeypatch.setattr(_submission, "validate", lambda submission, data: SAID)
    monkeypatch.setattr(_submission, "inherited_estimate", lambda form, known: SAID)
    out = tmp_path / "hand-in"
    judged = write(skilled()["strong"], churn.takehome, churn.folder, out, rng=np.random.default_rng(2))
    found = read_findings(out / "findings.toml", load_rubric().limits)
    assert (len(found.findings), found.notes, set(found.claims)) == (len(judged.accusations), (), {"mine", "inherited"})
    assert json.loads((out / "takehome.json").read_text())["id"] == churn.form.key.truth.id
    assert (out / "pipeline" / "__main__.py").is_file()
    assert "Memo" in (out / "MEMO.md").read_text()
    with pytest.raises(InputError, match="new folder"):
        write(skilled()["strong"], churn.takehome, churn.folder, out, rng=np.random.default_rng(2))
