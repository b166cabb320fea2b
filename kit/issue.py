"""Issuing: one unique take-home for one candidate, sealed in the vault and written out for sending.

    vault secret + candidate + round -> build_form -> starter rendered around it -> sealed -> folder and zip in `out`

The order makes a crash harmless: nothing is written to `out` before the form is sealed, and what is written there always comes from the zip that the
vault keeps. Asking again for the same candidate and round gives the same take-home.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graders.rubric import DEFAULT as DEFAULT_RUBRIC
from kit import files
from kit.errors import InputError, InternalError, KitError, one_of, unwritable
from kit.record import Record, clean_name
from kit.scratch import scratch
from kit.secret import commitment
from kit.vault import SealedForm, Vault, writing
from kit.version import VERSION

Progress = Callable[[str, float | None], None]
"""Called with the stage in words and the fraction of it that is done (None: not known)."""

FORMS = ("short", "standard", "long")
LEVELS = ("junior", "mid", "senior")
DEFAULTS = {"scenario": "subscription_churn", "form": "standard", "level": "mid"}
LONG_NEEDS = 24
"""Mechanisms the catalogue must hold before a long form (12 faults) is offered, so that a long form is not all of them."""
TEMPLATE = Path(__file__).resolve().parent.parent / "candidate_template"
TAKEHOME_SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A take-home that was issued, now or before."""

    id: str
    candidate: str
    round: str
    scenario: str
    form: str
    level: str
    folder: Path
    """The take-home as written out; a folder that stood there already was left as it was."""
    zip: Path
    """The same as one file to send."""
    again: bool
    """Whether this candidate had it already."""
    attempts: tuple[str, ...] = ()
    """Why earlier draws of the form were refused."""
    commitment: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {**asdict(self), "folder": str(self.folder), "zip": str(self.zip), "attempts": list(self.attempts)}


def issue(
    vault: Vault,
    candidate: str,
    *,
    out: Path,
    round_: str = "1",
    scenario: str | None = None,
    form: str | None = None,
    level: str | None = None,
    progress: Progress | None = None,
) -> Issued:
    """The candidate's take-home of this round: made and sealed the first time, returned unchanged every time after.

    What is left None takes the default (`subscription_churn`, `standard`, and the round's level or `mid`) the first time, and what was issued after.
    Raises InputError for an unknown choice, for options unlike those it was issued with, and for a level unlike the rest of the round's.
    """
    candidate, round_ = clean_name(candidate, what="a candidate"), clean_name(round_, what="a round")
    check_choices(scenario=scenario, form=form, level=level)
    out = _prepare_out(out, vault)
    tell = progress or (lambda stage, fraction: None)
    with vault.issuing_to(candidate, round_, waiting=lambda: tell("waiting for another process that issues to the same candidate", None)):
        sealed = vault.find(candidate, round_)
        again = sealed is not None
        if sealed is not None:
            differences = sealed.record.differences(scenario=scenario, form=form, level=level)
            if differences:
                raise InputError(
                    f"{candidate!r} has take-home {sealed.id} in round {round_!r} already, with other options: {'; '.join(differences)}."
                    " Leave the options out to get the same one again, or issue a second one with another --round."
                )
        else:
            level = level_for_round(vault, round_, level)
            sealed = _make(vault, candidate, round_, scenario=scenario or DEFAULTS["scenario"], form=form or DEFAULTS["form"], level=level, tell=tell)
        tell("writing the take-home out", None)
        folder, zip_path = deliver(sealed, out)
    record = sealed.record
    return Issued(
        id=sealed.id,
        candidate=record.candidate,
        round=record.round,
        scenario=record.scenario,
        form=record.form,
        level=record.level,
        folder=folder,
        zip=zip_path,
        again=again,
        attempts=record.attempts,
        commitment=record.commitment,
    )


def check_choices(*, scenario: str | None, form: str | None, level: str | None) -> None:
    """Raise InputError unless each choice that was made is one that the kit offers now."""
    from generators import catalog

    if scenario is not None:
        one_of("--scenario", scenario, catalog.scenarios())
    if form is not None:
        one_of("--form", form, FORMS)
        held = len(catalog.mechanisms())
        if form == "long" and held < LONG_NEEDS:
            raise InputError(
                f"--form long needs a catalogue of at least {LONG_NEEDS} mechanisms, so that a form is not all of them; this one holds {held}."
                " Use --form standard, or add mechanisms of your own."
            )
    if level is not None:
        one_of("--level", level, LEVELS)


def level_for_round(vault: Vault, round_: str, level: str | None) -> str:
    """The level that a new take-home of this round gets. Raises InputError for one unlike the rest: a round is equally hard for all."""
    known = vault.level_of(round_)
    if known is None:
        return level or DEFAULTS["level"]
    if level is not None and level != known[0]:
        raise InputError(
            f"--level must be {known[0]!r} in round {round_!r}, as for the {known[1]} take-home(s) issued in it, so that it is equally hard for all;"
            f" got {level!r}. Leave --level out, or give these candidates a round of their own with --round."
        )
    return known[0]


def _make(vault: Vault, candidate: str, round_: str, *, scenario: str, form: str, level: str, tell: Progress) -> SealedForm:
    from generators.build import build_form
    from generators.model import GenerationError
    from kit import wording
    from kit.starter import write_takehome

    own = wording.read(vault.root)
    with vault.incoming() as work, writing(vault.root):
        made = work / "form"
        made.mkdir(mode=0o700)
        try:
            built = build_form(vault.secret.value, candidate, round_, scenario=scenario, form=form, level=level, out=made, progress=tell, wording=own)
        except GenerationError as error:
            raise KitError(f"no {form} form of {scenario} at level {level} could be made for {candidate!r}: {error}. Nothing was issued.") from error
        shutil.copyfile(DEFAULT_RUBRIC, made / "rubric.toml")  # frozen at issue: a later kit scores this form as it was promised
        files.checkpoint("built")
        nonce = secrets.token_bytes(32)
        promise = commitment(nonce, _read(made / "key.json"))
        # No form, no level: they would tell a candidate how many faults there are. The starter adds the digests of the data.
        takehome = {"schema": TAKEHOME_SCHEMA, "id": built.id, "kit_version": VERSION, "commitment": promise}
        tell("writing the starter", None)
        write_takehome(
            json.loads(_read(made / "brief.json")),
            made / "given",
            template=TEMPLATE,
            out=work / "takehome",
            takehome=takehome,
            zip_path=made / "takehome.zip",
        )
        files.checkpoint("starter")
        if not (made / "takehome.zip").is_file():
            raise InternalError("the starter must leave takehome.zip in the form; it is missing. Nothing was issued.")
        record = Record(
            candidate=candidate,
            round=round_,
            scenario=scenario,
            form=form,
            level=level,
            issued_at=datetime.now(UTC).isoformat(timespec="seconds"),
            generation=vault.secret.current,
            commitment=promise,
            nonce=nonce.hex(),
            kit_version=VERSION,
            attempts=tuple(built.attempts),
            digests=dict(built.digests),
        )
        tell("sealing", None)
        return vault.seal_form(built.id, made, record)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InternalError(f"a build must leave {path.name} in the form; it is missing. Nothing was issued.") from None


def _prepare_out(out: Path, vault: Vault) -> Path:
    out = vault.outside(out, why=", since it is sent to candidates")
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise unwritable(out, error) from error
    return out


def deliver(form: SealedForm, out: Path) -> tuple[Path, Path]:
    """Write `out/<id>/` and `out/<id>.zip` from the vault's zip; returns both.

    A folder or zip that stands there already is left as it is (somebody may have worked in it); both appear whole or not at all.
    """
    form.verify(only=["takehome.zip"])
    folder, zip_path = out / form.id, out / f"{form.id}.zip"
    try:
        with scratch(out, kind=".takehome-") as work:
            if not zip_path.exists():
                shutil.copyfile(form.takehome_zip, work / "copy.zip")
                files.checkpoint("copied:zip")
                os.replace(work / "copy.zip", zip_path)
            files.checkpoint("delivered:zip")
            if not folder.exists():
                unpacked = _unpack(form.takehome_zip, work / "unpacked", form.id)
                files.checkpoint("unpacked")
                os.rename(unpacked, folder)
            files.checkpoint("delivered:folder")
    except OSError as error:
        then = f"Take-home {form.id} is sealed in the vault: issue again with another --out to get it."
        raise unwritable(out, error, then=then) from error
    return folder, zip_path


def _unpack(source: Path, target: Path, id_: str) -> Path:
    """Unpack the kit's own zip (sealed and verified) with its permissions; returns the folder that holds the take-home's files."""
    target.mkdir()
    with zipfile.ZipFile(source) as archive:
        for info in archive.infolist():
            path = Path(archive.extract(info, target))
            mode = (info.external_attr >> 16) & 0o777
            if mode and not info.is_dir():
                path.chmod(mode)
    return target / id_ if (target / id_).is_dir() and len(list(target.iterdir())) == 1 else target
