"""The control of `validate`: an estimate counts only if it tracks the truth where nothing is wrong.

In two clean worlds of unlike, undisclosed strength the estimate must come within a quarter of the skill that honest work has there (or within
three standard errors, where the world is weak): that of the reference, of a pipeline that drops the faulty columns, or between the two.
An estimate that is constant, copied from a claim or low by design earns nothing in the null and the duplicate worlds.
"""

from __future__ import annotations

from dataclasses import dataclass

from graders.criteria import Measured, failed, not_measurable, scored
from graders.evidence import CallResult, Evidence
from graders.key import Key, World
from graders.probes import on_line, validated
from graders.rubric import Errors, Rubric


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """Whether `validate` tracks the truth in both control worlds."""

    holds: bool
    words: str
    fault: CallResult | None = None
    """Our own failure, which settles nothing."""


def tracking(evidence: Evidence, key: Key, rubric: Rubric) -> Tracking:
    """How `validate` does in the two control worlds."""
    control, rules = key.truth.reference.control, rubric.behaviour
    words = []
    holds = True
    noise = rules.control_errors * key.truth.reference.null.s0
    for world, honest in (("control_a", control.a), ("control_b", control.b)):
        skill = validated(evidence, key, world)
        if isinstance(skill, CallResult):
            if skill.side == "instrument":
                return Tracking(holds=False, words="", fault=skill)
            return Tracking(holds=False, words=f"`validate` failed in a clean control world ({skill.outcome}: {skill.message})")
        low, high = sorted((honest.repaired, honest.dropped))
        holds &= low - max(rules.control_units * abs(low), noise) <= skill <= high + max(rules.control_units * abs(high), noise)
        words.append(f"{skill:.3f} where honest work has {honest.repaired:.3f} ({honest.dropped:.3f} without the faulty columns)")
    return Tracking(holds=holds, words=f"in the two clean control worlds `validate` says {words[0]} and {words[1]}")


def illusion(evidence: Evidence, key: Key, rubric: Rubric, *, world: str, reference: World, rules: Errors, what: str) -> Measured:
    """How much skill `validate` sees in a world that has none, between chance and half of the inherited pipeline's illusion."""
    full, none = rules.full_errors * reference.s0, rules.none_share * reference.inherited
    needed = rules.errors_needed if rules.errors_needed is not None else rubric.behaviour.errors_needed
    numbers: dict[str, float | None] = {"full": full, "none": none, "inherited": reference.inherited, "s0": reference.s0}
    if reference.inherited < needed * reference.s0 or none <= full:
        return not_measurable(f"The inherited pipeline's own illusion {what} is too small on this form to measure this part.", **numbers)
    skill = validated(evidence, key, world)
    if isinstance(skill, CallResult):
        return failed(skill)
    control = tracking(evidence, key, rubric)
    if control.fault is not None:
        return failed(control.fault)
    numbers["value"] = skill
    if not control.holds:
        return scored(0.0, f"Does not count, because the estimate does not track the truth: {control.words}.", **numbers)
    reason = f"Skill above chance that `validate` sees {what}: {skill:.3f} (full marks up to {full:.3f}, none from {none:.3f}); {control.words}."
    return scored(on_line(skill, full=full, none=none), reason, **numbers)
