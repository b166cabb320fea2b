"""A team's own sentences for the data dictionary, in `wording.toml` of its vault.

    wording.toml -> read, every sentence checked -> the engine draws from them -> DATA.md

The kit's own sentences are public: a program that holds them knows which of them a column has without reading. One that meets others does not.
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

from generators import wording
from generators.catalog import decoys
from generators.wording import Wording
from kit.errors import InputError
from kit.vault import WORDING

FILE = WORDING
_HEAD = """\
# Sentences of DATA.md, by the innocent cause that they describe. Say the same in words of your own: forms issued from now on draw from what stands
# here. Keep what stands in curly brackets, begin with a small letter, leave the full stop out, and write several for each cause if you can.
# A sentence must say no more and no less than the kit's, each "may" included: most of these sentences stand with faulty columns as well, and who
# reads carefully has to come to the same conclusion. Keep this file secret.
# A cause that you delete here keeps the kit's sentences. `takehome vault wording` checks the file.
"""


def read(root: Path) -> dict[str, tuple[str, ...]]:
    """The team's own sentences by decoy; none where the vault has no such file. Raises InputError that names every flaw."""
    path = root / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{FILE} in the vault must be a text file in UTF-8; reading it gave: {error}. Mend it, or move it away.") from None
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{FILE} in the vault must be TOML, lists of sentences by cause; got: {error}. Mend it, or move it away.") from None
    found = []
    for id, sentences in table.items():
        if isinstance(sentences, list):
            found += wording.flaws(id, sentences)
        else:
            found.append(f"{id}: expected a list of sentences, got {type(sentences).__name__}")
    if found:
        raise InputError(
            f"{FILE} in the vault must hold sentences that can stand for the kit's:\n  " + "\n  ".join(found) + "\nMend them; nothing was issued."
        )
    return {id: tuple(sentences) for id, sentences in table.items()}


def draft(root: Path) -> Path:
    """Write the kit's sentences into the vault as a draft for the team's own; returns its path. Raises FileExistsError rather than replace one."""
    path = root / FILE
    parts = [_HEAD]
    for id, sentences in wording.public().items():
        lines = [f"# {decoys()[id].summary}", f"{id} = [", *(f"    {json.dumps(s, ensure_ascii=False)}," for s in sentences), "]"]
        parts.append("\n".join(lines) + "\n")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(parts))
    return path


def borrowed(own: Wording) -> list[str]:
    """Causes for which a form can still draw a sentence that is public."""
    held = wording.completed(own)
    return [id for id, public in wording.public().items() if set(public) & set(held[id])]
