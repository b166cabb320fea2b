"""`takehome catalog`: what a form can be made of."""

from __future__ import annotations

from typing import Any

import click

from kit.commands.common import command, emit, say


@click.command("catalog")
@command
def catalog_command(as_json: bool) -> None:
    """List scenarios, mechanisms (the faults that can be planted) and decoys (their honest look-alikes), a line on each."""
    from generators import catalog

    kinds = {"scenarios": catalog.scenarios(), "mechanisms": catalog.mechanisms(), "decoys": catalog.decoys()}
    listed = {kind: {id_: _about(item) for id_, item in sorted(items.items())} for kind, items in kinds.items()}
    if as_json:
        emit(listed)
        return
    width = max((len(id_) for items in listed.values() for id_ in items), default=0)
    for kind, items in listed.items():
        say(f"{kind} ({len(items)})")
        for id_, about in items.items():
            family = f"[{about['family']}] " if "family" in about else ""
            say(f"  {id_:<{width}}  {family}{about['title']}")
        say()


def _about(item: Any) -> dict[str, str]:
    title = getattr(item, "summary", None) or item.title
    family = getattr(item, "family", None)
    return {"title": str(title)} | ({"family": str(family)} if family else {})
