"""The team's secret: 256 bits by generation, from which every take-home of this vault is drawn.

`secret.json` holds each generation, the number of the current one, and the key under which candidates are looked up. Rotating adds a generation
and makes it current; take-homes issued before keep theirs, and nothing is drawn again from a secret in order to be graded.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, replace
from typing import Any

from kit.errors import DamagedVault, InputError

SECRET_BYTES = 32
SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Secret:
    """The secrets of one vault."""

    generations: dict[int, bytes]
    """Secret by generation, 32 bytes each."""
    current: int
    """The generation that new take-homes are drawn from."""
    index_key: bytes
    """Key of the candidate lookup. It never rotates: a candidate issued under an old generation is still found."""

    @classmethod
    def fresh(cls, first: bytes | None = None) -> Secret:
        """A new secret from the system's entropy; `first` sets the first generation (32 bytes), which repeats a demo."""
        if first is not None and len(first) != SECRET_BYTES:
            raise InputError(f"a secret must be {SECRET_BYTES} bytes; got {len(first)} bytes")
        return cls(generations={1: first or secrets.token_bytes(SECRET_BYTES)}, current=1, index_key=secrets.token_bytes(SECRET_BYTES))

    @property
    def value(self) -> bytes:
        """The current generation's bytes."""
        return self.generations[self.current]

    def rotated(self) -> Secret:
        """The same secrets with a new generation, which is now the current one."""
        new = max(self.generations) + 1
        return replace(self, generations={**self.generations, new: secrets.token_bytes(SECRET_BYTES)}, current=new)

    def lookup(self, candidate: str, round_: str) -> str:
        """The name under which (candidate, round) is filed: a keyed digest, so that file names tell nobody's name."""
        text = json.dumps([candidate, round_], ensure_ascii=False).encode()
        return hmac.new(self.index_key, text, hashlib.sha256).hexdigest()[:40]

    def to_json(self) -> str:
        generations = {str(number): value.hex() for number, value in sorted(self.generations.items())}
        return json.dumps({"schema": SCHEMA, "current": self.current, "generations": generations, "index_key": self.index_key.hex()}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, *, where: str) -> Secret:
        """Read back what `to_json` wrote. Raises DamagedVault that names `where` and never shows the content."""
        try:
            raw: dict[str, Any] = json.loads(text)
            generations = {int(number): bytes.fromhex(value) for number, value in raw["generations"].items()}
            secret = cls(generations=generations, current=int(raw["current"]), index_key=bytes.fromhex(raw["index_key"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedVault(
                f"{where} must hold the vault's secrets as JSON (schema {SCHEMA}); it does not ({type(error).__name__}). Restore it from a backup."
            ) from None
        lengths = {len(value) for value in (*secret.generations.values(), secret.index_key)}
        if secret.current not in secret.generations or lengths != {SECRET_BYTES}:
            raise DamagedVault(f"{where} must hold secrets of {SECRET_BYTES} bytes and name a current one that exists. Restore it from a backup.")
        return secret


def parse_secret(text: str) -> bytes:
    """The 32 bytes that 64 hexadecimal digits stand for."""
    try:
        value = bytes.fromhex(text.strip())
    except ValueError:
        value = b""
    if len(value) != SECRET_BYTES:
        raise InputError(
            f"--secret must be {2 * SECRET_BYTES} hexadecimal digits (a demo prints the one it used); got {len(text.strip())} characters."
        )
    return value


def commitment(nonce: bytes, key_text: str) -> str:
    """SHA-256 of the nonce followed by the canonical bytes of key.json: what is issued with a take-home so that a dispute can be settled later.

    Canonical: parsed, then sorted keys, no spaces, UTF-8. The nonce stays in the vault; without it the digest could be tried against guesses.
    """
    canonical = json.dumps(json.loads(key_text), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return hashlib.sha256(nonce + canonical).hexdigest()
