"""Strategies that would pass without doing the work: each sees the issued take-home and nothing else, and the study must show that it fails.

To add one, write `gamers/<id>.py` with GAMER = Gamer(id="<id>", ...); nothing else is edited. They are made as strong as their idea allows:
confidences that pay best, evidence wherever a script can produce it. Nothing here may know a key or how forms are generated.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kit.errors import InputError
from kit.personas._packaging import start
from kit.personas._registry import declared
from kit.personas._writing import Accusation, Promise, findings_toml
from kit.personas.gamers._claims import believed
from kit.personas.gamers._desk import Desk


@dataclass(frozen=True, kw_only=True)
class Gamer:
    """One strategy."""

    id: str
    """Name of its file."""
    summary: str
    """What it does, in one line."""
    findings: Callable[[Desk], tuple[Accusation, ...]]
    """What it accuses."""
    claims: Callable[[Desk, Path], Mapping[str, Promise]] = believed
    """(desk, submission folder) -> `mine` and `inherited`."""
    pipeline: Callable[[Desk, Path], None] | None = None
    """Changes the package folder in place; None: handed in as received."""
    pipeline_id: str = "inherited"
    """Gamers with byte-identical pipelines share one, so that a study runs it once."""
    contained: bool = False
    """Whether its pipeline reaches for what a sandbox closes, so that it shows nothing without one."""


def gamers() -> dict[str, Gamer]:
    """Every gamer of this folder, by id. Raises TypeError when a file declares none or one of another name."""
    return declared(__name__, __path__, Gamer)


def write(gamer: Gamer, desk: Desk, out: Path) -> Path:
    """The gamer's complete submission in the new folder `out`: pipeline, takehome.json, findings.toml, MEMO.md."""
    if out.exists():
        raise InputError(f"a gamer writes into a new folder; {str(out)!r} is there already. Give another.")
    package = start(desk.takehome, out)
    if gamer.pipeline is not None:
        gamer.pipeline(desk, package)
    claims = gamer.claims(desk, out)
    for leftover in list(package.rglob("__pycache__")):
        shutil.rmtree(leftover)
    found = gamer.findings(desk)
    (out / "findings.toml").write_text(findings_toml(found, claims, out), encoding="utf-8")
    (out / "MEMO.md").write_text(_memo(gamer, desk, found, claims), encoding="utf-8")
    return out


def _memo(gamer: Gamer, desk: Desk, found: tuple[Accusation, ...], claims: Mapping[str, Promise]) -> str:
    mine = claims["mine"]
    named = ", ".join(f"`{a.column or a.table}`" for a in found[:24]) or "nothing"
    unfit = (
        "\n\nThere was no fitted screen to score the columns with, so nothing is reported." if "screen" in gamer.id and desk.screen is None else ""
    )
    return (
        f"# Memo: can we launch?\n\n**How this was made:** {gamer.summary}\n\n## What you can trust\nProduction should give "
        f"{desk.metric} {mine.point:.4g} ({mine.low:.4g} to {mine.high:.4g}).\n\n## What you cannot trust\nAccused: {named}.{unfit}\n"
    )
