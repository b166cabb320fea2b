"""The vault: the folder where issued forms, their keys and their grades are kept for good.

    vault.json                     says that this folder is a vault
    secret.json                    the team's secret by generation
    wording.toml                   sentences of the team's own for the data dictionary, if it wrote any
    audit.log, audit.head          what was issued and graded, chained, and where the chain ends
    index/<keyed digest>           which form a candidate got in a round; names are never file names
    forms/<id>/                    one sealed form; its grades grow beside the seal under grades/<n>
    incoming/<random>/             work that is not sealed yet
    lock, locks/<keyed digest>     held while sealing, and while issuing to one candidate

A form or a grade is made under `incoming`, gets its manifest last, and is renamed into place: that rename is the moment it exists. Its line in the
log follows; the next writer adds the line if a crash came between, and sweeps away whatever has neither a manifest nor a line.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graders.model import Scorecard
from kit import files
from kit.audit import HEAD, AuditLog
from kit.errors import DamagedVault, InputError, UnknownTakehome, VaultError, nearest
from kit.record import Record, clean_name
from kit.secret import Secret
from kit.settle import settle
from kit.version import VERSION

SCHEMA = 1
MARK = "vault.json"
WORDING = "wording.toml"
FOLDERS = ("forms", "index", "incoming", "locks")
_OURS = {MARK, "lock", "secret.json", "audit.log", HEAD, WORDING, *FOLDERS}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,63}")


@dataclass(frozen=True)
class SealedForm:
    """One issued form in the vault."""

    id: str
    folder: Path
    record: Record

    @property
    def takehome_zip(self) -> Path:
        """What the candidate was given."""
        return self.folder / "takehome.zip"

    def verify(self, only: list[str] | None = None) -> None:
        """Raise DamagedVault unless the sealed files (all, or just `only`) are what was sealed."""
        files.verify_folder(self.folder, what=f"take-home {self.id}", only=only, ignore="grades")

    def grades(self) -> list[int]:
        """Numbers of the grades that exist, oldest first."""
        folder = self.folder / "grades"
        if not folder.is_dir():
            return []
        return sorted(int(each.name) for each in folder.iterdir() if each.name.isdigit() and (each / files.MANIFEST).is_file())

    def grade(self, number: int | None = None) -> tuple[int, Path]:
        """Number and folder of one grade, the latest by default, checked against its manifest."""
        known = self.grades()
        if not known:
            raise VaultError(f"take-home {self.id} has no grade yet: grade a submission of it first (takehome grade SUBMISSION)")
        wanted = known[-1] if number is None else number
        if wanted not in known:
            raise VaultError(f"take-home {self.id} must have a grade {wanted} for this; it has {', '.join(map(str, known))}")
        folder = self.folder / "grades" / str(wanted)
        files.verify_folder(folder, what=f"grade {wanted} of {self.id}")
        return wanted, folder

    def scorecard(self, number: int | None = None) -> tuple[int, Scorecard]:
        """Number and scorecard of one grade, the latest by default. Raises VaultError for one that another version of the kit laid out otherwise."""
        found, folder = self.grade(number)
        try:
            return found, Scorecard.from_json((folder / "scorecard.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise VaultError(
                f"grade {found} of {self.id} must have a scorecard.json that this kit can read; got {type(error).__name__}: {error}."
                " Score it again: takehome regrade ID"
            ) from error


@contextlib.contextmanager
def writing(root: Path) -> Iterator[None]:
    """Turn any failure to write inside the block into a VaultError that says what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise VaultError(
            f"the vault {str(root)!r} must be a folder that can be written; got: {reason} ({error.filename or 'no file named'})."
            " Give another with --vault, or mend its rights or free space. Nothing issued or graded before was changed."
        ) from error


def vault_path(location: str | Path) -> Path:
    """The local folder that a --vault value names. Raises InputError for an object-store address."""
    if "://" in str(location):
        raise InputError(f"the vault must be a local folder, for example ./vault; got {str(location)!r}. Object stores are not offered yet.")
    return Path(os.path.abspath(Path(location).expanduser()))


class Vault:
    """An open vault. Make one with `Vault.create`, `Vault.open` or `Vault.open_or_create`."""

    def __init__(self, root: Path, secret: Secret) -> None:
        self.root = root
        self.secret = secret
        self.log = AuditLog(root / "audit.log")

    # Opening

    @classmethod
    def create(cls, location: str | Path, *, secret: bytes | None = None) -> Vault:
        """Make a new vault in a new or empty folder, readable by its owner only; `secret` sets the first generation (32 bytes)."""
        root = vault_path(location)
        fresh = Secret.fresh(secret)
        with writing(root):
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            strangers = sorted(each.name for each in root.iterdir() if each.name not in _OURS and not each.name.startswith("."))
            if strangers:
                raise VaultError(f"a new vault must be a new or empty folder; {str(root)!r} holds {strangers[0]!r}. Give another with --vault.")
            root.chmod(0o700)
            with files.locked(root / "lock"):
                if (root / MARK).exists() and secret is not None:
                    raise VaultError(f"a secret can be chosen for a new vault only; {str(root)!r} has one already. Give another with --vault.")
                if not (root / MARK).exists():
                    for name in FOLDERS:
                        (root / name).mkdir(mode=0o700, exist_ok=True)
                    files.write_durably(root / "secret.json", fresh.to_json())
                    files.checkpoint("vault_secret")
                    files.write_durably(root / MARK, json.dumps({"schema": SCHEMA, "created_at": _now(), "kit_version": VERSION}, indent=2) + "\n")
        return cls.open(root, write=True)

    @classmethod
    def open(cls, location: str | Path, *, write: bool = False) -> Vault:
        """Open a vault that exists; with `write`, first sweep away what a crash left. Raises VaultError when there is none."""
        root = vault_path(location)
        try:
            mark = json.loads((root / MARK).read_text(encoding="utf-8"))
            if mark["schema"] != SCHEMA:
                raise VaultError(f"{MARK} in {str(root)!r} must have schema {SCHEMA}; got {mark['schema']!r}. Use the kit version that wrote it.")
            text = (root / "secret.json").read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError) as error:
            if (root / MARK).exists():
                raise DamagedVault(f"the vault {str(root)!r} must hold secret.json; it is missing. Restore it from a backup.") from error
            raise VaultError(
                f"expected a vault in {str(root)!r}; there is none. `takehome issue` makes one; --vault or TAKEHOME_VAULT says where it is."
            ) from None
        except OSError as error:
            raise VaultError(
                f"the vault {str(root)!r} must be readable; got: {error.strerror}. Mend its rights or give another with --vault."
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedVault(f"{MARK} in {str(root)!r} cannot be read ({type(error).__name__}: {error}). Restore it from a backup.") from None
        vault = cls(root, Secret.from_json(text, where=f"secret.json in {str(root)!r}"))
        if write:
            settle(vault)
        return vault

    @classmethod
    def open_or_create(cls, location: str | Path) -> Vault:
        """The vault at `location`, made when the folder is new or empty."""
        root = vault_path(location)
        return cls.open(root, write=True) if (root / MARK).exists() else cls.create(root)

    # Reading

    def outside(self, out: Path, *, why: str = "") -> Path:
        """The folder that an --out names, absolute. Raises InputError, with the reason if there is one to give, for one inside the vault."""
        place = Path(os.path.abspath(out))
        if self.root in (place, *place.parents):
            raise InputError(f"--out must be a folder outside the vault{why}; got {str(place)!r}")
        return place

    def ids(self) -> list[str]:
        """Ids of every issued form."""
        return sorted(each.parent.name for each in (self.root / "forms").glob(f"*/{files.MANIFEST}"))

    def records(self) -> dict[str, Record]:
        """The issue record of every form that can be read, by id; a damaged one is left out and does not hide the others."""
        found = {}
        for id_ in self.ids():
            with contextlib.suppress(DamagedVault, OSError):
                found[id_] = Record.from_json((self.root / "forms" / id_ / "record.json").read_text(encoding="utf-8"), what=f"take-home {id_}")
        return found

    def form(self, id_: str) -> SealedForm:
        """The form with this id, its manifest checked against the log. Raises UnknownTakehome or DamagedVault."""
        folder = self.root / "forms" / id_
        if not _ID.fullmatch(id_) or not folder.is_dir():
            if self._logged(id_):
                raise DamagedVault(
                    f"take-home {id_} was issued from the vault {str(self.root)!r} and its folder is missing. Restore {folder} from a backup."
                )
            known = self.ids()
            held = f"it holds {len(known)}; `takehome vault list` shows their ids" if known else "it holds none yet"
            raise UnknownTakehome(f"the vault {str(self.root)!r} must know the take-home id; it does not know {id_!r} ({held}).{nearest(id_, known)}")
        what = f"take-home {id_}"
        files.read_manifest(folder, what=what)
        found = files.file_digest(folder / files.MANIFEST)
        logged = [entry.digest for entry in self.log.entries() if entry.event == "issued" and entry.subject == id_]
        if logged and logged[-1] != found:
            raise DamagedVault(
                f"{what}: manifest.json differs from what the log says was sealed (expected sha256 {logged[-1][:12]}…, got {found[:12]}…)."
                f" Restore {folder} from a backup."
            )
        files.verify_folder(folder, what=what, only=["record.json"])
        return SealedForm(id_, folder, Record.from_json((folder / "record.json").read_text(encoding="utf-8"), what=what))

    def find(self, candidate: str, round_: str) -> SealedForm | None:
        """The form that this candidate was issued in this round, if any."""
        name = self.secret.lookup(clean_name(candidate, what="a candidate"), clean_name(round_, what="a round"))
        entry = self.root / "index" / name
        if not entry.is_file():
            return None
        id_ = entry.read_text(encoding="ascii", errors="replace").strip()
        if not (self.root / "forms" / id_ / files.MANIFEST).is_file() and not self._logged(id_):
            return None
        form = self.form(id_)
        if (form.record.candidate, form.record.round) != (clean_name(candidate, what="a candidate"), clean_name(round_, what="a round")):
            raise DamagedVault(
                f"index/{name[:8]}… points at a form of somebody else ({id_}). Remove that index file: the next issue writes it again."
            )
        return form

    def level_of(self, round_: str) -> tuple[str, int] | None:
        """The level that a round was issued at, and to how many; None when nothing was issued in it."""
        levels = [record.level for record in self.records().values() if record.round == round_]
        return (levels[0], len(levels)) if levels else None

    def unlogged(self) -> list[str]:
        """Forms (`<id>`) and grades (`<id>/<n>`) that are sealed and have no line in the log: a crash came in between, or the log was cut."""
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):  # a vault that can only be read is not being sealed into
                stack.enter_context(files.locked(self.root / "lock"))
            manifests = sorted((self.root / "forms").glob(f"*/{files.MANIFEST}")) + sorted((self.root / "forms").glob(f"*/grades/*/{files.MANIFEST}"))
            logged = {entry.subject for entry in self.log.entries()}
        sealed = (path.parent.relative_to(self.root / "forms").as_posix().replace("/grades/", "/") for path in manifests)
        return [subject for subject in sealed if subject not in logged]

    # Writing

    @contextlib.contextmanager
    def issuing_to(self, candidate: str, round_: str, *, waiting: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold the right to issue to one candidate in one round, so that two processes at once make one form."""
        path = self.root / "locks" / self.secret.lookup(candidate, round_)
        with contextlib.ExitStack() as stack:
            with writing(self.root):
                stack.enter_context(files.locked(path, waiting=waiting))
            yield

    @contextlib.contextmanager
    def incoming(self) -> Iterator[Path]:
        """A private folder to work in. Whatever was not sealed out of it is removed at the end; after a crash, by the next writer."""
        folder = self.root / "incoming" / secrets.token_hex(12)
        lock = folder.with_suffix(".lock")
        with writing(self.root), files.locked(self.root / "lock"):
            held = files.try_lock(lock)
            if held is None:
                raise VaultError(f"a new work folder must be nobody's; {folder.name} is taken. Run the command again.")
            try:
                folder.mkdir(mode=0o700)
            except OSError:
                lock.unlink(missing_ok=True)
                os.close(held)
                raise
        try:
            yield folder
        finally:
            files.remove_tree(folder)
            lock.unlink(missing_ok=True)
            os.close(held)

    def seal_form(self, id_: str, made: Path, record: Record) -> SealedForm:
        """Seal what was made under `incoming` as form `id_`. Raises VaultError when that id exists; nothing sealed is ever replaced."""
        if not _ID.fullmatch(id_):
            raise VaultError(f"a take-home id must be 3 to 64 letters, digits, - or _; got {id_!r}")
        target = self.root / "forms" / id_
        with writing(self.root):
            (made / "record.json").write_text(record.to_json(), encoding="utf-8")
            digest = files.seal_folder(made, kit_version=VERSION)
            files.checkpoint("sealed")
            with files.locked(self.root / "lock"):
                self._refuse_second(target, what=f"take-home {id_}")
                known = self.level_of(record.round)
                if known is not None and known[0] != record.level:
                    raise VaultError(f"round {record.round!r} must have one level; {known[0]!r} was issued while this was made at {record.level!r}")
                files.write_durably(self.root / "index" / self.secret.lookup(record.candidate, record.round), id_ + "\n")
                files.checkpoint("indexed")
                os.rename(made, target)
                files.sync_folder(target.parent)
                files.checkpoint("renamed")
                self.log.append("issued", id_, digest=digest)
                files.checkpoint("logged")
        return SealedForm(id_, target, record)

    def seal_grade(self, form: SealedForm, made: Path, *, event: str) -> tuple[int, Path]:
        """Seal what was made under `incoming` as the form's next grade; returns its number and folder. `event` is `graded` or `regraded`."""
        with writing(self.root):
            digest = files.seal_folder(made, kit_version=VERSION)
            files.checkpoint("sealed")
            with files.locked(self.root / "lock"):
                folder = form.folder / "grades"
                folder.mkdir(mode=0o700, exist_ok=True)
                taken = [int(each.name) for each in folder.iterdir() if each.name.isdigit()]
                number = max([*taken, *self._logged_grades(form.id)], default=0) + 1
                target = folder / str(number)
                self._refuse_second(target, what=f"grade {number} of {form.id}")
                os.rename(made, target)
                files.sync_folder(folder)
                files.checkpoint("renamed")
                self.log.append(event, f"{form.id}/{number}", digest=digest)
                files.checkpoint("logged")
        return number, target

    def rotate(self) -> int:
        """Make a new generation of the secret, which new take-homes are drawn from; returns its number. Old forms keep theirs."""
        with writing(self.root), files.locked(self.root / "lock"):
            path = self.root / "secret.json"
            self.secret = Secret.from_json(path.read_text(encoding="utf-8"), where="secret.json").rotated()
            files.write_durably(path, self.secret.to_json())
            self.log.append("rotated", f"generation {self.secret.current}")
        return self.secret.current

    def _logged(self, subject: str) -> bool:
        return any(entry.subject == subject for entry in self.log.entries())

    def _logged_grades(self, id_: str) -> list[int]:
        parts = [entry.subject.partition("/") for entry in self.log.entries()]
        return [int(number) for owner, _, number in parts if owner == id_ and number.isdigit()]

    def _refuse_second(self, target: Path, *, what: str) -> None:
        if target.exists() or target.is_symlink():
            raise VaultError(
                f"{what} must be new to be sealed; the vault {str(self.root)!r} already holds it, and nothing issued or graded is replaced"
            )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
