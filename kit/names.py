"""Which names a hand-in may use: the same rules for an entry of a zip and for a file of a folder."""

from __future__ import annotations

import re
import unicodedata

MAX_BYTES = 200
MAX_LEVELS = 12
DRIVE = re.compile(r"^[A-Za-z]:")


def fault_of(name: str) -> str | None:
    """The outcome code that refuses a relative name with forward slashes, or None when it may be used.

    >>> fault_of("pipeline/__main__.py") is None
    True
    >>> fault_of("../key.json")
    'name_parent'
    """
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for character in name) or not name.strip():
        return "name_control"
    if "\\" in name:
        return "name_backslash"
    if DRIVE.match(name) or ":" in name:
        return "name_drive"
    if name.startswith("/"):
        return "name_absolute"
    parts = name.removesuffix("/").split("/")
    if ".." in parts:
        return "name_parent"
    if "." in parts or "" in parts:
        return "name_absolute" if parts[0] == "" else "name_parent"
    if len(name.encode()) > MAX_BYTES:
        return "name_long"
    if len(parts) > MAX_LEVELS:
        return "name_deep"
    return None


def folded(name: str) -> str:
    """The name as a machine sees it that ignores case and Unicode form: two names that fold to one would overwrite each other."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
