"""Every lost point with its reason: the losses and the total make 100, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graders.model import Loss


@dataclass(frozen=True, kw_only=True)
class Exact:
    """A loss before rounding."""

    section: str
    points: float
    reason: str
    ref: str = ""


def settle(total: float, exact: Sequence[Exact]) -> tuple[Loss, ...]:
    """Losses in whole cents that make 100 with the (already rounded) total; largest first, nothing below a cent.

    Each is rounded down, and the missing cents go to those with the largest remainders.
    """
    exact = [e for e in exact if e.points > 1e-12]
    cents = [int(e.points * 100) for e in exact]
    missing = round(10_000 - total * 100) - sum(cents)
    if not 0 <= missing <= len(exact):  # a fault of ours: some points would be lost without a reason
        raise ArithmeticError(f"losses of {sum(e.points for e in exact):.4f} do not make 100 with a total of {total:.2f}")
    by_remainder = sorted(range(len(exact)), key=lambda i: (cents[i] - exact[i].points * 100, i))
    for i in by_remainder[:missing]:
        cents[i] += 1
    losses = [Loss(section=e.section, points=c / 100, reason=e.reason, ref=e.ref) for e, c in zip(exact, cents, strict=True) if c]
    return tuple(sorted(losses, key=lambda loss: (-loss.points, loss.section, loss.ref, loss.reason)))


def scaled(exact: Sequence[Exact], points: float) -> list[Exact]:
    """The same losses shrunk so that together they are at most `points`: what a floor spares."""
    whole = sum(e.points for e in exact)
    factor = min(1.0, max(0.0, points) / whole) if whole > 0 else 1.0
    return [replace(e, points=e.points * factor) for e in exact]
