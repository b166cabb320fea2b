"""The checklist finds copies and shuffled splits with evidence, and leaves honest sets alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from persona_form import Mini

from graders.findings import read_findings
from graders.findings_score import score_findings
from graders.rubric import load_rubric
from kit.personas._writing import findings_toml
from kit.personas.gamers._contamination import checklist
from kit.personas.gamers._desk import Desk


def test_every_fault_of_rows_and_splits_is_found(desk: Desk, each: Mini, tmp_path: Path) -> None:
    """With pairs or a statistic that hold, and nothing else is accused: the checklist is what it claims to be."""
    found = checklist(desk, overlap=False)
    (tmp_path / "findings.toml").write_text(findings_toml(found, {}, tmp_path))
    rubric = load_rubric()
    scored = score_findings(read_findings(tmp_path / "findings.toml", rubric.limits), each.form.key, rubric)
    wanted = {f.id for f in each.form.key.truth.faults if f.locus.kind != "column"}
    assert set(scored.credits) == wanted
    assert wanted
    assert all(r.verdict == "hit" and r.verified for r in scored.results), [r.reason for r in scored.results]


def test_returning_entities_are_a_hunch(home: Mini, churn: Mini, seat: Callable[[Mini], Desk]) -> None:
    """Reported only on request, only where no other check fires, with little confidence."""
    for mini in (home, churn):
        desk = seat(mini)
        plain, more = checklist(desk, overlap=False), checklist(desk, overlap=True)
        assert all(a in more for a in plain)
        extra = [a for a in more if a not in plain]
        assert not {a.table for a in extra} & {a.table for a in plain}
        assert all(a.confidence < 0.25 and len(a.pairs) == 5 for a in extra)
