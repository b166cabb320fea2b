"""Decisions are excused by the days of sentences, and a misfit counts where none speaks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from persona_form import Mini

from kit.personas.gamers._dates import KINDS, PERIOD, SENTENCE, _excused, unexcused
from kit.personas.gamers._desk import OFFLINE, Desk
from kit.personas.gamers._suspects import LEAST, without_excuse, without_reason

AT = pd.Series(pd.to_datetime(["2024-01-01", "2024-03-01", "2024-05-01", "2024-07-01"], utc=True))
OPENS = AT - pd.Timedelta(days=28)


def test_a_window_that_meets_the_days_is_excused() -> None:
    """From the first day on to a window behind the last, and to where the sentence dates entries later; any of several sentences will do."""
    early = "Entries dated 2024-02-10 to 2024-04-01 may be missing."
    assert _excused([early], OPENS, AT).tolist() == [False, True, False, False]
    late = "What happened 2024-02-10 to 2024-04-01 can stand in the log up to 14 days late."
    assert _excused([late], OPENS, AT).tolist() == [False, True, True, False]
    assert _excused([early, "Of 2024-06-10 to 2024-12-01 some are lost."], OPENS, AT).tolist() == [False, True, False, True]
    assert not _excused(["Weekends are left out."], OPENS, AT).any()


def test_fewer_sentences_excuse_less(desk: Desk) -> None:
    """Where a share is known with all sentences it is known without any, and a pattern that no sentence holds leaves none."""
    everything = unexcused(desk, OFFLINE)
    nothing = unexcused(desk, OFFLINE, pd.Series("no such word", index=desk.recounted().index))
    assert list(everything.index) == list(desk.recounted().index)
    assert everything.notna().sum() < nothing.notna().sum()
    dated = [name for name in everything.index if PERIOD.search(desk.columns[name].meaning)]
    assert dated
    without = everything.index.difference(dated)
    pd.testing.assert_series_equal(everything[without], nothing[without])


def test_a_sentence_about_all_of_the_time_clears_by_its_dates_alone(desk: Desk, each: Mini) -> None:
    """Beside a fault as beside a twin one sentence speaks of all of the time, so that dates without kinds find little."""
    accused = {a.column for a in without_excuse(desk)}
    cleared = [name for name in each.form.faulty_columns if len(PERIOD.findall(desk.columns[name].meaning)) == 2]
    assert cleared
    assert not accused & set(cleared)


def test_by_kinds_only_what_misfits_is_accused(desk: Desk) -> None:
    """Whoever knows the sentences by their words accuses columns that differ, and each kind has its words in some entry of the catalogue."""
    nothing = pd.Series("no such word", index=desk.recounted().index)
    misfits = pd.concat([unexcused(desk, OFFLINE, nothing), unexcused(desk, ("serving_log",), nothing)], axis=1).max(axis=1)
    found = without_reason(desk)
    assert found
    assert all(misfits[str(accused.column)] > LEAST for accused in found)
    said = [s for c in desk.columns.values() for s in SENTENCE.split(c.meaning) if PERIOD.search(s)]
    matched = np.array([[bool(pd.Series([s]).str.contains(words).iloc[0]) for words in KINDS.values()] for s in said])
    of = dict(zip(KINDS, matched.T, strict=True))
    assert not (of["event"] & (of["later"] | of["served"])).any(), "words of one kind stand in a sentence of another"
    assert of["event"].any()
    assert of["later"].any()
