"""The attacks: every file beside this one that does not begin with an underscore holds one family, as a tuple `ATTACKS`. No list is edited."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from attacks._attack import Attack

__all__ = ["Attack", "attacks", "families"]


@functools.cache
def families() -> tuple[str, ...]:
    """Names of the families, which are the names of their files."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")))


@functools.cache
def attacks(family: str | None = None) -> tuple[Attack, ...]:
    """Every attack, or those of one family, in the order of their declaration."""
    chosen = families() if family is None else (family,)
    return tuple(attack for name in chosen for attack in importlib.import_module(f"{__name__}.{name}").ATTACKS)
