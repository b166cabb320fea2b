"""The issue record: who a take-home was issued to, how, and the commitment to its key."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, dataclass, field
from typing import Any

from kit.errors import DamagedVault, InputError

SCHEMA = 1
LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class Record:
    """What `record.json` of a form holds. The candidate's name is nowhere else."""

    candidate: str
    round: str
    scenario: str
    form: str
    level: str
    issued_at: str
    """ISO-8601 in UTC."""
    generation: int
    """Generation of the team's secret that it was drawn from."""
    commitment: str
    """SHA-256 of nonce and key, as issued in takehome.json."""
    nonce: str
    """256 bits in hexadecimal; never issued."""
    kit_version: str
    attempts: tuple[str, ...] = ()
    """Why earlier draws of this form were refused."""
    digests: dict[str, str] = field(default_factory=dict)
    """Content digest of each table."""
    schema: int = SCHEMA

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str, *, what: str) -> Record:
        """Read back what `to_json` wrote. Raises DamagedVault naming `what`."""
        try:
            raw: dict[str, Any] = json.loads(text)
            raw["attempts"] = tuple(raw["attempts"])
            return cls(**raw)
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedVault(f"{what}: record.json cannot be read ({type(error).__name__}: {error}). Restore the folder from a backup.") from None

    def differences(self, *, scenario: str | None, form: str | None, level: str | None) -> list[str]:
        """How a wish differs from what was issued, e.g. `form is 'standard', not 'short'`; None wishes nothing."""
        wishes = {"scenario": (self.scenario, scenario), "form": (self.form, form), "level": (self.level, level)}
        return [f"{name} is {issued!r}, not {wish!r}" for name, (issued, wish) in wishes.items() if wish is not None and wish != issued]


def clean_name(value: str, *, what: str) -> str:
    """A candidate's or a round's name as it is filed: trimmed and in one Unicode form. Raises InputError for an empty, long or unprintable one."""
    name = unicodedata.normalize("NFC", value).strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InputError(f"{what} must be 1 to {LONGEST_NAME} printable characters, for example an e-mail address or a number; got {value!r}")
    return name
