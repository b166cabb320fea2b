"""A tiny build and a tiny starter that keep the contracts, so that the vault and the commands are tested in milliseconds."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from kit.vault import Vault

KEY: dict[str, Any] = {
    "schema": 1,
    "scenario": "toy_shop",
    "task": "binary",
    "metric": "roc_auc",
    "form": "standard",
    "level": "mid",
    "horizon_days": 28,
    "title": "A toy shop",
    "columns": {"calls_28d": {"unit": 1, "definition": "calls in 28 days"}},
    "faults": [
        {
            "id": "f1",
            "mechanism": "toy_leak",
            "family": "target_leakage",
            "level": 2,
            "locus": {"kind": "column", "table": "train", "column": "calls_28d"},
            "title": "Calls counted past the decision",
            "explanation": "The window runs on.",
            "trail": "The events contradict it.",
            "price": "Skill is gone in production.",
            "question": "When is a call known?",
            "twin": "d1",
        }
    ],
    "decoys": [
        {
            "id": "d1",
            "decoy": "toy_twin",
            "twin_of": "f1",
            "locus": {"kind": "column", "table": "train", "column": "visits_28d"},
            "title": "Visits",
            "explanation": "Honest.",
        }
    ],
    "reference": {"m_base": 0.5, "m_ref": 0.8, "m_inherited": 0.6},
}


@dataclass
class Toy:
    """The fakes, and what was asked of them."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    fail_for: set[str] = field(default_factory=set)
    on_build: Callable[[], None] = lambda: None
    wording: dict[str, tuple[str, ...]] = field(default_factory=dict)


def toy_id(secret: bytes, candidate: str, round_: str) -> str:
    return "t" + hmac.new(secret, f"{candidate}|{round_}".encode(), hashlib.sha256).hexdigest()[:12]


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Toy:
    """Replace the catalogue, the build and the starter by small ones that keep their contracts."""
    from generators import catalog
    from generators.model import GenerationError

    state = Toy()

    def build_form(
        secret: bytes, candidate: str, round_: str, *, scenario: str, form: str, level: str, out: Path, progress: Callable[[str, float | None], None],
        wording: dict[str, tuple[str, ...]],
    ) -> Any:  # fmt: skip
        state.wording = wording
        state.calls.append({"candidate": candidate, "round": round_, "scenario": scenario, "form": form, "level": level})
        progress("making the world", 0.5)
        state.on_build()
        if candidate in state.fail_for:
            raise GenerationError("no draw was accepted in 3 attempts: twin too weak")
        id_ = toy_id(secret, candidate, round_)
        for name in ("given/train.parquet", "given/events/visits.parquet", "honest/train.parquet", "stages/batch/p1/requests/served.parquet"):
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(hashlib.sha256(secret + name.encode() + candidate.encode()).digest())
        for name, value in {
            "key": {**KEY, "id": id_},
            "brief": {"id": id_, "scenario": scenario},
            "blueprint": {},
            "spec": {},
            "calls": {"calls": []},
        }.items():
            (out / f"{name}.json").write_text(json.dumps(value))
        return SimpleNamespace(id=id_, attempts=["twin too weak"], digests={"train": "00"})

    def write_takehome(brief: dict[str, Any], given: Path, *, template: Path, out: Path, takehome: dict[str, Any], zip_path: Path) -> Path:
        folder = out / brief["id"]
        folder.mkdir(parents=True)
        (folder / "takehome.json").write_text(json.dumps(takehome))
        (folder / "README.md").write_text("# A toy shop\n")
        (folder / "run.py").write_text("print('hello')\n")
        (folder / "run.py").chmod(0o755)
        with zipfile.ZipFile(zip_path, "w") as archive:
            for path in sorted(folder.iterdir()):
                info = zipfile.ZipInfo(f"{brief['id']}/{path.name}")
                info.external_attr = (path.stat().st_mode & 0o777) << 16
                archive.writestr(info, path.read_bytes())
        return folder

    for name, member in {"generators.build": {"build_form": build_form}, "kit.starter": {"write_takehome": write_takehome}}.items():
        module = ModuleType(name)
        module.__dict__.update(member)
        monkeypatch.setitem(sys.modules, name, module)
    kinds = {
        "scenarios": [SimpleNamespace(id="subscription_churn", title="People who may leave"), SimpleNamespace(id="toy_shop", title="A toy shop")],
        "mechanisms": [SimpleNamespace(id="toy_leak", title="Counts past the decision", family="target_leakage")],
        "decoys": [SimpleNamespace(id="toy_twin", title="Looks guilty, is honest")],
    }
    for kind, items in kinds.items():
        known = {item.id: item for item in items}
        monkeypatch.setattr(catalog, kind, lambda known=known: known)
    return state


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A fresh vault with a fixed secret."""
    return Vault.create(tmp_path / "vault", secret=bytes(range(32)))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes; lock files, which hold nothing, left out."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: data for name, data in found.items() if name != "lock" and not name.startswith("locks/")}


@pytest.fixture
def snapshot() -> Callable[[Path], dict[str, bytes]]:
    return tree


def scorecard(id_: str, total: float) -> Any:
    """A small Scorecard with this total."""
    from graders.model import Scorecard, Section, Sensitivity, Verdict

    empty = {name: Section(id=name, title=name, fraction=0.0, points=0.0, possible=0.0) for name in ("findings", "behaviour", "claims")}
    plain: dict[str, Any] = dict.fromkeys(("finding_results", "fault_results", "claim_results", "losses", "calls", "notes", "knock_outs"), ())
    seen = Sensitivity(hits=0, misses=1, false_alarms=0, decoys=1, decoys_accused=0, d_prime=None, criterion=None)
    words = dict.fromkeys(("scenario", "title", "form", "level", "metric", "kit_version", "rubric", "submission_sha256", "verdict_reason"), "x")
    return Scorecard(
        schema=1,
        takehome=id_,
        total=total,
        verdict=Verdict.PASS if total >= 60 else Verdict.FAIL,
        pass_mark=60.0,
        sem=5.0,
        production_skill=None,
        gate=0.0,
        sensitivity=seen,
        backend={},
        **empty,
        **plain,
        **words,
    )


@dataclass
class Grading:
    """The fakes of grading, and what was asked of them."""

    collected: list[str] = field(default_factory=list)
    scored: list[str] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)
    """Raised while collecting, by the word in a submission's MEMO.md."""
    bonus: float = 0.0
    """Added to every score: a changed rubric."""


@pytest.fixture
def grading(monkeypatch: pytest.MonkeyPatch) -> Grading:
    """Replace running and scoring by small fakes: the score is the number in MEMO.md; intake and evidence are the real ones."""
    from kit import assess

    state = Grading()

    def collect(submission: Any, form: Path, *, sandbox: Any, runtime: Any, out: Path, progress: Any, jobs: int) -> Path:
        assert (form / "key.json").is_file()
        memo = (submission.folder / "MEMO.md").read_text().strip()
        state.collected.append(memo)
        if progress is not None:
            progress("running", 0.5)
        if memo in state.errors:
            raise state.errors[memo]
        (out / "submission").mkdir(parents=True)
        (out / "submission" / "MEMO.md").write_text(memo)
        (out / "evidence.json").write_text(json.dumps({"takehome": submission.takehome_id, "calls": {}}))
        return out

    def score(evidence: Any, key: Any, *, rubric: Any) -> Any:
        memo = evidence.memo(100)
        state.scored.append(memo)
        return scorecard(evidence.takehome, float(memo) + state.bonus)

    monkeypatch.setattr(assess, "collect", collect)
    monkeypatch.setattr(assess, "score", score)
    monkeypatch.setattr(assess, "Key", SimpleNamespace(load=lambda folder: json.loads((folder / "key.json").read_text())))
    monkeypatch.setattr(assess, "load_rubric", lambda path: None)
    monkeypatch.setattr(assess, "render_report", lambda card: f"<html>{card.total}</html>")
    return state


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[[Path, str], Path]:
    """Write a submission of a take-home folder with a memo."""

    def write(takehome: Path, memo: str) -> Path:
        folder = tmp_path / f"hand-in-{memo}"
        (folder / "pipeline").mkdir(parents=True)
        (folder / "pipeline" / "__main__.py").write_text("")
        (folder / "findings.toml").write_text("")
        (folder / "MEMO.md").write_text(memo)
        (folder / "takehome.json").write_bytes((takehome / "takehome.json").read_bytes())
        return folder

    return write
