"""Where attacks are run: a vault with two small forms, planted canaries, open listeners, and the command line that grades a batch."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import socket
import stat
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import small_form
from attacks import Attack
from attacks._attack import honest
from click.testing import CliRunner
from containment import running_runtime
from written import claims, true_findings

from graders.key import Key
from kit import files
from kit.cli import cli
from kit.record import Record
from kit.runtime import Runtime
from kit.sandbox.model import MIB, Limits, Sandbox
from kit.vault import Vault
from kit.version import VERSION

SMALL = Limits(
    wall_s=30.0,
    cpu_s=3,
    address_bytes=2048 * MIB,
    resident_bytes=320 * MIB,
    processes=40,
    descriptors=64,
    output_bytes=8 * MIB,
    tmp_bytes=32 * MIB,
    shm_bytes=16 * MIB,
    stream_bytes=64 * 1024,
    flood_bytes=8 * MIB,
)
"""What a call may use here. The honest pipeline needs a tenth of it."""
LIMITS = {
    "train": SMALL,
    "predict": SMALL,
    # What waits meets this clock, twice; honest work takes a fiftieth of it, and a loop meets the other limit first even at a sixth of a core.
    # Its files may be large: one attack writes fifty megabytes of text.
    "validate": replace(SMALL, wall_s=6.0, cpu_s=1, output_bytes=64 * MIB),
    "decode": replace(SMALL, cpu_s=6, output_bytes=64 * MIB),
}
QUICK_CALLS = ("train_real", "validate_real", "predict_real_p1_served", "predict_real_p1_honest")
FORMS = {"quick": "thquick001", "whole": "thwhole001"}
MEMO = "# Memo\nMistrust the holdout.\n"
MARK = "HOSTILE_BATCH"


def make_form(folder: Path, name: str, canary: str) -> Path:
    """A form as the vault keeps it: key and tables of the small form, one production run with staged inputs, the canary in two places of the key."""
    folder.mkdir()
    small_form.make_form(folder)
    key = json.loads((folder / "key.json").read_text())
    key["id"] = FORMS[name]
    key["certificate"]["attempts"] = [canary]
    (folder / "key.json").write_text(json.dumps(key))
    (folder / "spec.json").write_text(json.dumps({"canary": canary}))
    calls = [call for call in json.loads((folder / "calls.json").read_text())["calls"] if call.get("batch") in (None, "p1")]
    calls = [{**call, "late": call.get("probe") == "late"} for call in calls if name == "whole" or call["name"] in QUICK_CALLS]
    (folder / "calls.json").write_text(json.dumps({"calls": calls}))
    shutil.rmtree(folder / "outcomes" / "p2")
    for world in ("real", "repaired", "null", "duplicates", "control_a", "control_b"):
        data = folder / "stages" / "data" / world
        data.mkdir(parents=True)
        (data / "world.json").write_text(json.dumps({"name": world, "skill": small_form.HONEST.get(world, 0.79)}))
    batch = folder / "stages" / "batch" / "p1"
    for events in ("events", "late"):
        (batch / events).mkdir(parents=True)
        shutil.copyfile(folder / "given" / "events" / "calls.parquet", batch / events / "calls.parquet")
    pd.DataFrame({"entity_id": ["c_0001"]}).to_parquet(batch / "entities.parquet")
    (batch / "requests").mkdir()
    for path in (folder / "outcomes" / "p1").iterdir():
        outcomes = pd.read_parquet(path)
        sound = small_form.careful("real", path.stem, outcomes)
        leak = sound + (2.0 * outcomes["y"] if path.stem == "leak_f1" else 0.0)
        pd.DataFrame({"request_id": outcomes["request_id"], "x": sound, "z": leak}).to_parquet(batch / "requests" / path.name)
    shutil.copyfile(Path(small_form.__file__).parents[2] / "graders" / "rubric.toml", folder / "rubric.toml")
    return folder


def seal(vault: Vault, name: str, canary: str) -> None:
    """Make and seal one form."""
    with vault.incoming() as work:
        made = make_form(work / "form", name, canary)
        words = {"scenario": "toy", "form": "short", "level": "mid", "issued_at": "2024-01-01T00:00:00+00:00", "commitment": "0", "nonce": "0"}
        vault.seal_form(FORMS[name], made, Record(candidate=f"ada {name}", round="1", generation=1, kit_version=VERSION, **words))  # type: ignore[arg-type]


@dataclass
class Listeners:
    """Sockets on the host that nothing may reach."""

    tcp: socket.socket
    udp: socket.socket
    abstract: socket.socket
    pathname: socket.socket

    def heard(self) -> list[str]:
        """Names of the sockets that somebody has reached since the last look."""
        found = []
        for name in ("tcp", "udp", "abstract", "pathname"):
            with contextlib.suppress(BlockingIOError):
                here: socket.socket = getattr(self, name)
                here.recv(64) if name == "udp" else here.accept()[0].close()
                found.append(name)
        return found


@contextlib.contextmanager
def listening(folder: Path, word: str) -> Iterator[Listeners]:
    """Four listeners, open as long as the block."""
    with contextlib.ExitStack() as stack:

        def made(family: int, kind: int, address: object) -> socket.socket:
            here = stack.enter_context(socket.socket(family, kind))
            here.bind(address)  # type: ignore[arg-type]
            if kind == socket.SOCK_STREAM:
                here.listen(16)
            here.setblocking(False)
            return here

        tcp = made(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        udp = made(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        abstract = made(socket.AF_UNIX, socket.SOCK_STREAM, f"\0takehome-{word}")
        yield Listeners(tcp=tcp, udp=udp, abstract=abstract, pathname=made(socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "socket")))


@dataclass(kw_only=True)
class Came:
    """How one hand-in of a batch came out."""

    error: str | None
    grade: Path | None
    card: dict[str, Any] | None

    @property
    def calls(self) -> dict[str, str]:
        """Outcome code of each call."""
        return {name: row["outcome"] for name, row in self.evidence["calls"].items()}

    @property
    def evidence(self) -> dict[str, Any]:
        assert self.grade is not None
        found: dict[str, Any] = json.loads((self.grade / "evidence" / "evidence.json").read_text())
        return found

    def said(self, call: str) -> str:
        """What a call printed, both streams."""
        assert self.grade is not None
        place = self.grade / "evidence" / "calls" / call
        return "".join(path.read_text(errors="replace") for path in (place / "stdout.txt", place / "stderr.txt") if path.exists())


@dataclass(kw_only=True)
class Batch:
    """One run of `takehome grade` over many hand-ins."""

    came: dict[str, Came]
    exit_code: int
    words: str
    """Standard output and error together."""
    pages: Path
    seen: int
    """The most processes of the runs that were seen at once from outside."""


@dataclass(kw_only=True)
class Ground:
    """Everything that an attack could reach for, and the means to grade it."""

    folder: Path
    outside: Path
    """A folder of the host that anyone may read."""
    stage: Path
    """Where the grader keeps its stages."""
    vault: Vault
    sandbox: Sandbox
    runtime: Runtime
    listeners: Listeners
    canaries: dict[str, str]
    """Random words by where they were planted; nothing may ever print one."""
    person: str
    """Part of the path of every hand-in, as a candidate's name might be: no run may see it."""
    plan: dict[str, Any]
    """Where everything is, as every attack is told: paths and ports, never a canary."""
    mark: str
    planted: list[Path] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)
    findings: dict[str, str] = field(default_factory=dict)
    """The honest findings of each form."""
    fair: dict[str, Came] = field(default_factory=dict)
    """Honest work on each form, graded alone."""

    def hand_in(self, attack: Attack, name: str = "") -> Path:
        """Writes the hand-in of an attack, and packs it."""
        folder = self.folder / f"desk {self.person}" / (name or attack.id)
        folder.mkdir(parents=True)
        whole: dict[str, bytes | str] = {
            "takehome.json": json.dumps({"id": FORMS[attack.form]}),
            "plan.json": json.dumps(self.plan),
            "pipeline/__init__.py": "",
            "pipeline/__main__.py": attack.program,
            "findings.toml": self.findings[attack.form],
            "MEMO.md": MEMO,
        }
        for path, data in {**whole, **attack.files}.items():
            if path not in attack.without:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(data.encode() if isinstance(data, str) else data)
        return folder if attack.pack is None else attack.pack(folder, folder.with_name(f"{folder.name} packed"))

    def grade(self, hand_ins: Mapping[str, Path]) -> Batch:
        """`takehome grade` over these hand-ins, in this order."""
        before = tree(self.planted)
        pages = self.folder / f"pages-{secrets.token_hex(4)}"
        with watched(self.mark) as seen:
            done = CliRunner().invoke(
                cli, ["grade", *map(str, hand_ins.values()), "--vault", str(self.vault.root), "--out", str(pages), "--jobs", "2", "--json"]
            )
        assert isinstance(done.exception, SystemExit | None), done.exception
        assert done.exit_code in (0, 1), done.output
        results = json.loads(done.stdout)
        assert [result["submission"] for result in results] == list(map(str, hand_ins.values()))
        came = {
            name: Came(error=result["error"], grade=Path(result["folder"]) if result["folder"] else None, card=result["scorecard"])
            for name, result in zip(hand_ins, results, strict=True)
        }
        self.before = before
        return Batch(came=came, exit_code=done.exit_code, words=done.stdout + done.stderr, pages=pages, seen=max(seen, default=0))

    def run(self, *words: str) -> str:
        """What another command prints, both streams."""
        done = CliRunner().invoke(cli, [*words, "--vault", str(self.vault.root)])
        assert done.exit_code == 0, done.output
        return str(done.output)

    def harm(self, batch: Batch) -> list[str]:
        """What a batch did that it must not, in words: empty where everything held."""
        found = [f"{name} was reached" for name in self.listeners.heard()]
        now = tree(self.planted)
        found += [f"{name} changed on the host" for name in sorted(set(now.items()) ^ set(self.before.items()))]
        found += [f"process {pid} of a run is still there" for pid in marked(self.mark)]
        found += [f"{path.name} was left in the temporary folder" for path in self.stage.iterdir()]
        found += [f"{path} was left in the vault" for path in (self.vault.root / "incoming").iterdir()]
        written = [path for folder in (self.vault.root / "forms", batch.pages) for path in folder.rglob("*") if self._is_output(path)]
        for path in written:
            data = path.read_bytes()
            found += [f"the canary of {place} is in {path}" for place, word in self.canaries.items() if word.encode() in data]
            found += [f"the path of the hand-in is in {path}"] if self.person.encode() in data else []
        found += [f"the canary of {place} is on the terminal" for place, word in self.canaries.items() if word in batch.words]
        return found

    def _is_output(self, path: Path) -> bool:
        return path.is_file() and ("grades" in path.parts or self.vault.root not in path.parents)


def tree(planted: Sequence[Path]) -> dict[str, str]:
    """Kind, mode, time and content of everything below the planted places; the grades, which grow, left out."""
    found = {}
    for root in planted:
        for path in (root, *sorted(root.rglob("*"))) if root.is_dir() else (root,):
            if "grades" in path.relative_to(root).parts or path.name in ("audit.log", "audit.head"):
                continue
            kind = path.lstat()
            content = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(kind.st_mode) else ""
            time = kind.st_mtime_ns if stat.S_ISREG(kind.st_mode) else 0
            found[str(path)] = f"{kind.st_mode:o} {kind.st_nlink if content else ''} {time} {content}"
    return found


def marked(mark: str) -> list[int]:
    """Processes on the host that carry the mark of this suite's runs in the environment they began with."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if mark.encode() in Path("/proc", name, "environ").read_bytes():
                found.append(int(name))
    return found


@contextlib.contextmanager
def watched(mark: str) -> Iterator[list[int]]:
    """Count the processes of the runs from outside while the block lasts: a count that never sees one could not see what is left either."""
    counts: list[int] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            counts.append(len(marked(mark)))

    watcher = threading.Thread(target=look, name="watcher", daemon=True)
    watcher.start()
    try:
        yield counts
    finally:
        over.set()
        watcher.join()


def _canary(folder: Path, word: str, stack: contextlib.ExitStack) -> Path:
    """A file that anyone may read."""
    fd, name = tempfile.mkstemp(prefix=".takehome-", dir=folder)
    stack.callback(Path(name).unlink, missing_ok=True)
    with os.fdopen(fd, "w") as file:
        file.write(word)
    os.chmod(name, 0o644)
    return Path(name)


@contextlib.contextmanager
def laid_out(folder: Path, sandbox: Sandbox) -> Iterator[Ground]:
    """The ground, as long as the block lasts. Raises ValueError for a sandbox that is not a full one: no attack may run in it."""
    if sandbox.level != "full":
        raise ValueError(f"expected a full sandbox to run attacks in; got {sandbox.name!r}, level {sandbox.level!r}. See `takehome doctor`.")
    with contextlib.ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        canaries = {place: f"canary{secrets.token_hex(16)}" for place in ("environment", "key", "home", "tmp", "outside")}
        person, mark = f"person{secrets.token_hex(12)}", f"mark{secrets.token_hex(12)}"
        patch.setenv("TAKEHOME_CANARY", canaries["environment"])
        stage = Path(tempfile.mkdtemp(prefix="ground-"))
        stack.callback(files.remove_tree, stage)
        outside = Path(tempfile.mkdtemp(prefix="outside-"))
        stack.callback(files.remove_tree, outside)
        outside.chmod(0o755)
        shared, home = _canary(Path(tempfile.gettempdir()), canaries["tmp"], stack), _canary(Path.home(), canaries["home"], stack)
        (outside / "canary").write_text(canaries["outside"])
        vault = Vault.create(folder / "vault")
        canaries["secret"] = vault.secret.value.hex()
        for name in FORMS:
            seal(vault, name, canaries["key"])
        runtime = running_runtime(folder / "joints")
        runtime = replace(runtime, interpreter=replace(runtime.interpreter, env={**runtime.env, MARK: mark}))
        patch.setattr("tempfile.tempdir", str(stage))
        patch.setattr("kit.collect.LIMITS", LIMITS)
        patch.setattr("kit.sandbox.choose.choose", lambda allow_unsandboxed=False, **options: sandbox)
        patch.setattr("kit.runtime.runtime_for", lambda sandbox, progress=None: runtime)
        listeners = stack.enter_context(listening(outside, person[-8:]))
        plan = {
            "vault": str(vault.root), "key": str(vault.root / "forms" / FORMS["quick"] / "key.json"), "home": str(home), "tmp": str(shared),
            "canary": str(outside / "canary"), "outside": str(outside), "pid": os.getpid(), "kit": str(Path(files.__file__).parents[1]),
            "tcp": listeners.tcp.getsockname()[1], "udp": listeners.udp.getsockname()[1], "abstract": listeners.abstract.getsockname()[1:].decode(),
            "socket": str(outside / "socket"), "temporary": str(stage),
        }  # fmt: skip
        keys = {name: Key.load(vault.root / "forms" / id) for name, id in FORMS.items()}
        yield Ground(
            folder=folder,
            outside=outside,
            stage=stage,
            vault=vault,
            sandbox=sandbox,
            runtime=runtime,
            listeners=listeners,
            canaries=canaries,
            person=person,
            plan=plan,
            mark=mark,
            planted=[vault.root, outside, shared, home],
            findings={name: "\n".join(true_findings(key)) + claims() for name, key in keys.items()},
        )


def alone(ground: Ground, form: str) -> Came:
    """The honest hand-in on a form, graded by itself, once."""
    if form not in ground.fair:
        hand_in = ground.hand_in(replace(honest(), form=form), f"alone {form}")
        ground.fair[form] = ground.grade({"alone": hand_in}).came["alone"]
    return ground.fair[form]
