"""The vault's log: what was issued and graded, when, chained so that a changed or removed line shows.

One JSON object a line: `{"seq", "at", "event", "subject", "digest", "note", "previous", "hash"}`. `digest` is that of the sealed manifest, `hash` the
SHA-256 of the line without `hash`, and `previous` the hash of the line before. A chain does not show that lines at its end are gone, so `audit.head`
beside the log holds the number and the hash of the last line. The log holds ids and digests only, so a person's data can be erased
from the vault without breaking the chain.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kit import files
from kit.errors import DamagedVault

GENESIS = "0" * 64
HEAD = "audit.head"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the log."""

    seq: int
    """Position, from 1."""
    at: str
    """When it was written, ISO-8601 in UTC."""
    event: str
    """`issued`, `graded`, `regraded` or `rotated`."""
    subject: str
    """Take-home id, `<id>/<grade>` or the secret's generation."""
    digest: str
    """SHA-256 of the manifest that was sealed, or empty."""
    note: str
    """`recovered` when a crash had come between the seal and its line."""
    previous: str
    hash: str

    def expected_hash(self) -> str:
        """The hash that this line must carry."""
        body = {name: value for name, value in asdict(self).items() if name != "hash"}
        return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


class AuditLog:
    """The chained log of one vault. Append only while holding the vault's lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head = path.with_name(HEAD)

    def entries(self) -> list[Entry]:
        """Every entry, oldest first, with the chain checked. A last line cut short by a crash does not count. Raises DamagedVault naming the line."""
        reach = self._reach()  # before the log: whoever writes in between makes the log longer, never shorter
        lines = self.path.read_bytes().split(b"\n")[:-1] if self.path.exists() else []
        found: list[Entry] = []
        for number, line in enumerate(lines, 1):
            previous = found[-1].hash if found else GENESIS
            try:
                raw: Any = json.loads(line)
                entry = Entry(**raw)
            except (ValueError, TypeError):
                raise DamagedVault(
                    f"audit.log line {number} must be one JSON object with {', '.join(Entry.__dataclass_fields__)}; got {line[:60]!r}."
                    " Restore audit.log from a backup."
                ) from None
            if entry.seq != number or entry.previous != previous or entry.hash != entry.expected_hash():
                raise DamagedVault(
                    f"audit.log line {number} does not fit the chain: it, or one before it, was changed or removed. Restore audit.log from a backup."
                )
            found.append(entry)
        if reach is not None and (len(found) < reach[0] or found[reach[0] - 1].hash != reach[1]):
            raise DamagedVault(
                f"audit.log must hold the line {reach[0]} that {HEAD} names; it ends with line {len(found)}, or was written anew."
                " Restore both from one backup."
            )
        return found

    def _reach(self) -> tuple[int, str] | None:
        """Number and hash of the last line, as the head has them; None for a log without a head. A crash may leave the head one line behind."""
        try:
            raw = json.loads(self.head.read_text(encoding="utf-8"))
            seq, hash_ = raw["seq"], raw["hash"]
            if not isinstance(seq, int) or seq < 1 or not isinstance(hash_, str):
                raise ValueError("seq must be a number from 1, hash a text")
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedVault(f"{HEAD} cannot be read ({type(error).__name__}: {error}). Restore it and audit.log from one backup.") from None
        return seq, hash_

    def append(self, event: str, subject: str, *, digest: str = "", note: str = "") -> Entry:
        """Add a line, durably. A torn last line left by a crash is cut off first."""
        before = self.entries()
        last = before[-1].hash if before else GENESIS
        at = datetime.now(UTC).isoformat(timespec="seconds")
        draft = Entry(seq=len(before) + 1, at=at, event=event, subject=subject, digest=digest, note=note, previous=last, hash="")
        line = json.dumps({**asdict(draft), "hash": draft.expected_hash()}, sort_keys=True, ensure_ascii=False)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            content = self.path.read_bytes()
            os.ftruncate(descriptor, content.rfind(b"\n") + 1)
            os.lseek(descriptor, 0, os.SEEK_END)
            files.checkpoint("before_log")
            data = (line + "\n").encode()
            while data:
                data = data[os.write(descriptor, data) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        entry = Entry(**json.loads(line))
        files.checkpoint("before_head")
        files.write_durably(self.head, json.dumps({"seq": entry.seq, "hash": entry.hash}) + "\n")
        return entry
