"""Everything that the kit can say no with.

    KitError                     exit code 1
    |-- InputError          2    an argument, a roster or a folder that was handed in cannot be used
    |   |-- RosterError     2    a roster: row and column are named
    |   `-- SubmissionError 2    a submission that cannot be taken in, or not judged as it is
    |-- VaultError          3    the vault cannot be used, or holds something that it should not
    |   |-- UnknownTakehome 3    an id that the vault does not know
    |   `-- DamagedVault    3    a sealed file, a manifest or the log is not what was sealed
    |-- MachineError        4    this machine lacks something: a sandbox, a runtime, a folder to write to
    `-- InternalError       70   a mistake of the kit itself; the bug is ours

A message says what was expected, what came (name and repr) and what to do next. The command line prints it without a traceback;
`--debug` shows where it came from.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class KitError(Exception):
    """A failure that a person can read and act on."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class InputError(KitError):
    """Something handed to the kit cannot be used as it is."""

    exit_code = 2


class RosterError(InputError):
    """A roster has rows or columns that cannot be used; the message lists each with its row and column."""


class SubmissionError(InputError):
    """A submission cannot be taken in; the message says what is missing or not allowed."""


class VaultError(KitError):
    """The vault cannot be used for what was asked."""

    exit_code = 3


class UnknownTakehome(VaultError):
    """The vault does not know this take-home id."""


class DamagedVault(VaultError):
    """Something in the vault differs from what was sealed."""


class MachineError(KitError):
    """This machine lacks something that the command needs."""

    exit_code = 4


class InternalError(KitError):
    """The kit itself made a mistake."""

    exit_code = 70


def nearest(value: str, choices: Iterable[str]) -> str:
    """The choice that looks most like `value`, as a sentence to end an error with: ` Did you mean 'mid'?`; empty when nothing is near.

    >>> nearest("subscription_chrun", ["subscription_churn", "home_pricing"])
    " Did you mean 'subscription_churn'?"
    >>> nearest("xyz", ["subscription_churn"])
    ''
    """
    found = difflib.get_close_matches(value, list(choices), n=1, cutoff=0.6)
    return f" Did you mean {found[0]!r}?" if found else ""


def one_of(name: str, value: str, choices: Iterable[str]) -> str:
    """`value` itself when it is one of `choices`; else an InputError that lists them and suggests the nearest."""
    known = sorted(choices)
    if value in known:
        return value
    raise InputError(f"{name} must be one of {', '.join(known)}; got {value!r}.{nearest(value, known)}")


def unwritable(out: object, error: OSError, *, then: str = "Give another.") -> MachineError:
    """The error for an `--out` that cannot be written to; `then` is what to do next, in a sentence."""
    return MachineError(f"--out must be a folder that can be written; {str(out)!r} gave: {error.strerror or error}. {then}")
