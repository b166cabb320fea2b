"""Pass, refer or fail, and whether a person has to look."""

from __future__ import annotations

from dataclasses import dataclass

from graders.model import Verdict
from graders.probes import Production
from graders.rubric import Rubric


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The verdict with its reason."""

    verdict: Verdict
    reason: str
    needs_person: bool


def decide(total: float, knock_outs: tuple[str, ...], broken: str | None, produced: Production, rubric: Rubric) -> Decision:
    """The verdict on a total. A knock-out is not referred; a grade that our own fault left incomplete always is."""
    mark, sem = rubric.total.pass_mark, rubric.total.sem
    if produced.value is None and broken is None:
        reason = "Our instruments gave no production score: the grade is incomplete. Run the grading again before deciding anything."
        return Decision(verdict=Verdict.REFER, reason=reason, needs_person=True)
    person = broken is not None
    after = f" {broken} A person should look whether a small slip is the cause." if broken else ""
    if knock_outs:
        return Decision(verdict=Verdict.FAIL, reason=f"Knocked out by {' and by '.join(knock_outs)}.{after}", needs_person=person)
    if abs(total - mark) <= sem:
        near = f"{total:.2f} lies within one standard error of measurement ({sem:g}) of the pass mark {mark:g}"
        reason = f"{near}: use the second form or the oral part.{after}"
        return Decision(verdict=Verdict.REFER, reason=reason, needs_person=person)
    side = "above" if total > mark else "below"
    reason = f"{total:.2f} lies more than one standard error of measurement ({sem:g}) {side} the pass mark {mark:g}.{after}"
    return Decision(verdict=Verdict.PASS if total > mark else Verdict.FAIL, reason=reason, needs_person=person)
