"""What there is to draw from: one declaration a file, found by listing the folders.

A scenario file declares SCENARIO, a mechanism file MECHANISM, a decoy file DECOY, each with the file's name as its id. A team's own
packages can add more through the entry point groups `takehome.scenarios`, `takehome.mechanisms` and `takehome.decoys`.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from generators.kinds import Decoy, Mechanism
from generators.model import FAMILIES, Scenario


def _collect(package: str, attribute: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for info in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if not info.ispkg and not info.name.startswith("_"):
            declaration = getattr(importlib.import_module(f"{package}.{info.name}"), attribute)
            if declaration.id != info.name:
                raise ValueError(f"{package}.{info.name} declares the id {declaration.id!r}; name the file and the id alike")
            found[declaration.id] = declaration
    return found


def _with_entries(found: dict[str, Any], group: str) -> Mapping[str, Any]:
    for entry in entry_points(group=group):
        declaration = entry.load()
        found[declaration.id] = declaration
    return MappingProxyType(dict(sorted(found.items())))


@cache
def scenarios() -> Mapping[str, Scenario]:
    """Every scenario by id."""
    return _with_entries(_collect("generators.scenarios", "SCENARIO"), "takehome.scenarios")


@cache
def mechanisms() -> Mapping[str, Mechanism]:
    """Every mechanism by id, all families together."""
    found: dict[str, Mechanism] = {}
    for family in FAMILIES:
        found |= _collect(f"generators.defects.{family}", "MECHANISM")
    return _with_entries(found, "takehome.mechanisms")


@cache
def decoys() -> Mapping[str, Decoy]:
    """Every decoy by id."""
    return _with_entries(_collect("generators.decoys", "DECOY"), "takehome.decoys")


@cache
def marks() -> Mapping[str, str]:
    """What `source` says of the entries that a decoy marks, by its id; only decoys that mark any."""
    return MappingProxyType({id: decoy.source for id, decoy in decoys().items() if decoy.source})


def nearest(id: str, known: Mapping[str, Any]) -> str:
    """What to say to someone who named an id that is not there."""
    close = difflib.get_close_matches(id, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"{id!r} is not known.{hint} There are: {', '.join(known)}."
