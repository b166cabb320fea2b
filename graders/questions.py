"""Interview questions made from this candidate's own work: a miss, a false alarm, the best hit, a counterfactual, the claim."""

from __future__ import annotations

from collections.abc import Sequence

from graders.model import ClaimResult, FaultResult, FindingResult

MOST = 5


def questions(faults: Sequence[FaultResult], findings: Sequence[FindingResult], claims: Sequence[ClaimResult]) -> tuple[str, ...]:
    """Up to five questions, one of each sort first; further misses fill up what the work gives no occasion for."""
    asked = [q for q in (_miss(faults, 0), _false_alarm(findings), _best_hit(faults), _counterfactual(faults), _claim(claims)) if q]
    further = 1
    while len(asked) < MOST and (question := _miss(faults, further)):
        asked.append(question)
        further += 1
    return tuple(asked[:MOST])


def _miss(faults: Sequence[FaultResult], which: int) -> str | None:
    """A missed fault's own question, the plainest first."""
    missed = sorted((f for f in faults if not f.found), key=lambda f: (f.level, f.id))
    if which >= len(missed):
        return None
    fault = missed[which]
    return fault.question or f"Look at {fault.locus} together: how would you check whether it can be trusted?"


def _false_alarm(findings: Sequence[FindingResult]) -> str | None:
    alarms = sorted((f for f in findings if f.verdict in ("false_alarm", "miss")), key=lambda f: (-f.confidence, f.number))
    if not alarms:
        return None
    f = alarms[0]
    return f"You accused {f.locus} at {f.confidence:g}. Which record would have shown that it is sound, and what would dropping it for nothing cost?"


def _best_hit(faults: Sequence[FaultResult]) -> str | None:
    found = sorted((f for f in faults if f.found), key=lambda f: (-f.credit, -f.level, f.id))
    if not found:
        return None
    return f"You found what is wrong with {found[0].locus}. What made you look there first, and how would you convince the team that owns the source?"


def _counterfactual(faults: Sequence[FaultResult]) -> str | None:
    found = sorted((f for f in faults if f.found), key=lambda f: (-f.credit, -f.level, f.id))
    if not found:
        return None
    f = found[-1]
    return f"Suppose {f.twin_locus} were broken in the same way as {f.locus}. Which of your checks would have shown it, and which would not?"


def _claim(claims: Sequence[ClaimResult]) -> str | None:
    mine = next((c for c in claims if c.id == "mine"), None)
    if mine is None or mine.truth is None:
        return None
    if mine.point is None:
        return f"You promised no score for your pipeline; production gave {mine.truth:.4g}. What should the team have expected, and why?"
    said = f"You promised {mine.point:.4g} and production gave {mine.truth:.4g}."
    return f"{said} Where did your estimate come from, and what would you watch in the first week?"
