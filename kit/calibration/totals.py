"""The total of findings and a pipeline that were measured apart, by the grader's own formula."""

from __future__ import annotations

from graders.rubric import Rubric


def total(rubric: Rubric, *, findings: float, behaviour: float, claims: float, skill: float | None, overclaimed: bool = False) -> float:
    """T = clip(45 F + F U (30 B + 25 C), 0, 100), held at 59 where a knock-out applies (docs/design/rubric.md).

    `findings`, `behaviour`, `claims` are F, B, C; `skill` is the production skill in skill units, None where it was not measured (the floor
    is then open, as in grading). The constants are the rubric's.
    """
    rules = rubric.total
    opened = 1.0 if skill is None else min(1.0, max(0.0, (skill - rules.skill_low) / rules.skill_span))
    gate = min(1.0, max(0.0, findings / rules.gate_findings)) * opened
    whole = rules.findings * findings + gate * (rules.behaviour * behaviour + rules.claims * claims)
    clipped = min(100.0, max(0.0, whole))
    held = findings < rubric.knock_outs.findings or overclaimed
    return round(min(clipped, rules.knock_out) if held else clipped, 2)
