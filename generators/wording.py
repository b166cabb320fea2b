"""The sentences of the data dictionary: by decoy, several that mean the same, of which a form draws one for each column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter

from generators.catalog import decoys

Wording = Mapping[str, tuple[str, ...]]
"""Sentences by the id of the decoy they describe. They begin small and end without a full stop; `{period}` and the like are filled in."""
LONGEST = 400
"""Letters of a sentence."""


def public() -> dict[str, tuple[str, ...]]:
    """The kit's own sentences, which everybody can read in its source."""
    return {id: decoy.sentences for id, decoy in sorted(decoys().items()) if decoy.sentences}


def completed(own: Wording) -> dict[str, tuple[str, ...]]:
    """The sentences that forms draw from: a team's own, and the kit's where it has none."""
    return {**public(), **own}


def blanks(sentence: str) -> set[str]:
    """The names in curly brackets. Raises ValueError for brackets that hold none, or more than a name."""
    found = set()
    for _, name, spec, conversion in Formatter().parse(sentence):
        if name is not None:
            if not name.isidentifier() or spec or conversion:
                raise ValueError(f"curly brackets must hold a name alone, as {{period}} does; got {name!r}")
            found.add(name)
    return found


def flaws(id: str, sentences: Iterable[object]) -> list[str]:
    """What is wrong with a team's own sentences for a decoy; nothing, when the list is empty."""
    known = public()
    if id not in known:
        return [f"{id}: expected one of {', '.join(known)}"]
    wanted = blanks(known[id][0])
    found, seen = [], set()
    for number, sentence in enumerate(sentences, 1):
        if not isinstance(sentence, str) or not sentence.strip():
            found.append(f"{id}, sentence {number}: expected text in quotation marks, got {sentence!r}")
            continue
        if len(sentence) > LONGEST or not sentence.isprintable():
            found.append(f"{id}, sentence {number}: expected one line of at most {LONGEST} letters, got {len(sentence)}")
        try:
            held = blanks(sentence)
        except ValueError as error:
            found.append(f"{id}, sentence {number}: {error}")
            continue
        if held != wanted:
            found.append(f"{id}, sentence {number}: expected {_named(wanted)}, got {_named(held)}")
        if sentence in seen:
            found.append(f"{id}, sentence {number}: the same as one before it")
        seen.add(sentence)
    return found if seen or found else [f"{id}: expected at least one sentence, got none"]


def _named(names: set[str]) -> str:
    """Names as they stand in a sentence."""
    return " and ".join(f"{{{name}}}" for name in sorted(names)) or "nothing in curly brackets"
