"""A folder of declarations as a table: one file each, which declares what it is under its own name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Protocol, TypeVar


class Named(Protocol):
    """Whatever carries the name of its file."""

    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=Named)


def declared(package: str, path: Iterable[str], kind: type[T]) -> dict[str, T]:
    """What every file of a package declares, by id: `PERSONA = Persona(id="<file>", ...)` and the like, named after the kind in capitals.

    Folders and files that begin with _ declare nothing. Raises TypeError when a file declares none or one of another name.
    """
    found: dict[str, T] = {}
    attribute = kind.__name__.upper()
    for module in sorted(m.name for m in pkgutil.iter_modules(path) if not m.ispkg and not m.name.startswith("_")):
        made = getattr(importlib.import_module(f"{package}.{module}"), attribute, None)
        if not isinstance(made, kind) or made.id != module:
            raise TypeError(f"{package.replace('.', '/')}/{module}.py: expected {attribute} = {kind.__name__}(id={module!r}, ...); got {made!r}")
        found[module] = made
    return found
