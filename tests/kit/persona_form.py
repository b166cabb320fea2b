"""A whole form in small, drawn and written by the real engine but neither tuned nor certified, and its take-home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from generators.blueprint import draw
from generators.build import Certified, write
from generators.case import Case, assemble
from generators.catalog import decoys, mechanisms, scenarios
from generators.certify import Certificate
from generators.features import World
from generators.model import Blueprint, Quirk
from generators.reference import Gain, Reference
from generators.rows import offline_rows, serving_rows
from generators.seeding import Stream
from generators.world import Setting
from kit.personas._form import Form
from kit.personas.workshop import asof, definitions, repair
from kit.starter import write_takehome

SECRET = bytes(range(32))
SLOTS = 700
TEMPLATE = Path(__file__).resolve().parents[2] / "candidate_template"
REFERENCE = Reference(
    m_base=0.5, m_ref=0.8, m_inherited=0.7, tau=0.05, gain={}, training_shift={"inherited": 0.1, "noise": 0.0, "se": 0.01},
    null={"s0": 0.01, "inherited": 0.2}, duplicates={"s0": 0.01, "inherited": 0.1},
    control={"a": {"repaired": 0.2, "dropped": 0.18}, "b": {"repaired": 0.3, "dropped": 0.25}},
    skew={"inherited": 0.05, "se": 0.01}, metric_se=0.01, holdout_inherited=0.9, n_positive=300, validation=0.8, validation_se=0.01,
    without_decoys=0.7,
    without_faults=0.75,
)  # fmt: skip


def plan_with(scenario: str, wanted: set[str], *, slots: int = SLOTS, form: str = "short") -> tuple[Blueprint, Stream]:
    """The first of the drawn plans that plants all the mechanisms wanted, and its stream."""
    for candidate in range(400):
        stream = Stream.root(SECRET, f"mini {candidate}", "personas")
        plan = draw(stream, scenario, form=form, level="mid")
        if wanted <= {f.mechanism for f in plan.faults}:
            return replace(plan, slots=slots), stream
    raise AssertionError(f"no plan of 400 holds {sorted(wanted)}; the catalogue has {sorted(mechanisms())}")


def make_case(scenario: str, wanted: set[str], *, slots: int = SLOTS, form: str = "short") -> Case:
    """Every table of such a plan in memory."""
    plan, stream = plan_with(scenario, wanted, slots=slots, form=form)
    for fault in plan.faults:
        mechanism = mechanisms()[fault.mechanism]
        if mechanism.leak:  # without tuning nothing would leak
            site = plan.spec[fault.site]
            channel = plan.channel(f"{site.stream}.{site.type}")
            plan = plan.with_channel(replace(channel, **{mechanism.leaks_by: 0.8}))
    world = World(plan, scenarios()[scenario], Setting(stream=stream.child("world")))
    return assemble(plan, stream, world, offline_rows(world, stream), serving_rows(world, stream), {})


def make_form(case: Case, folder: Path) -> tuple[Path, Path]:
    """The take-home and the form's folder of a case."""
    form = folder / "form"
    gain = {f.id: Gain(reference=0.0, inherited=0.1, se=0.01) for f in case.faults.columns}
    made = Certified(case=case, reference=replace(REFERENCE, gain=gain), certificate=Certificate(checks=()), probes={}, attempts=())
    write(made, form, lambda stage, fraction: None)
    brief = json.loads((form / "brief.json").read_text(encoding="utf-8"))
    public = {"schema": 1, "id": case.plan.id, "kit_version": "0", "commitment": "0" * 64}
    takehome = write_takehome(
        brief, form / "given", template=TEMPLATE, out=folder / "out", takehome=public, samples=form / "samples", zip_path=folder / "takehome.zip"
    )
    return takehome, form


def rewrites(quirk: Quirk, side: str) -> bool:
    """Does an oddity leave a log that no rule undoes?"""
    here = (quirk.phase.offline and side != "serving") or (quirk.phase.serving and side != "offline")
    return decoys()[quirk.kind].aside and quirk.phase.until is None and here


@dataclass(frozen=True)
class Mini:
    """A small form with its take-home, and the submissions made for it."""

    case: Case
    takehome: Path
    folder: Path
    submission: Callable[[str], Path]
    """The submission of a persona; its estimates are stand-ins, everything else is real."""

    @property
    def form(self) -> Form:
        return Form.open(self.takehome, self.folder)

    @property
    def batch(self) -> Path:
        """The first production run: requests by probe, events, entities."""
        return self.folder / "stages" / "batch" / "p1"

    def whole(self, side: str = "") -> list[str]:
        """Columns whose log shows all that they count as it was (on one side, offline or serving): not purged, and not rewritten in a way that
        no rule undoes."""
        purged = self.form.definitions.constants["retention_purge"]
        quirks = {c.id: c.quirks for c in self.case.plan.channels}
        rewritten = {id for id, shown in quirks.items() if any(rewrites(q, side) for q in shown)}
        return [n for n, d in self.form.definitions.features.items() if f"{d['stream']}.{d['type']}" not in {*purged, *rewritten}]

    def settings(self, id: str) -> dict[str, Any]:
        """What the persona's pipeline is told to do."""
        found: dict[str, Any] = json.loads((self.submission(id) / "pipeline" / "settings.json").read_text(encoding="utf-8"))
        return found

    def probes(self) -> list[str]:
        return sorted(p.stem for p in (self.batch / "requests").glob("*.parquet"))

    def scoring(self, id: str, probe: str) -> pd.DataFrame:
        """The requests of a probe as the persona's model sees them, by entity."""
        folder = self.batch
        if probe == "late":
            folder = self.folder / "late_batch"
            if not folder.exists():
                folder.mkdir()
                (folder / "events").symlink_to(self.batch / "late")
                (folder / "entities.parquet").symlink_to(self.batch / "entities.parquet")
        requests = pd.read_parquet(self.batch / "requests" / f"{probe}.parquet")
        found = repair.for_scoring(requests, folder, *self._read(id))
        return found.drop(columns="request_id").set_index("entity_id").sort_index()

    def training(self, id: str, stage: str = "real", table: str = "train") -> pd.DataFrame:
        """A table of a training folder as the persona's model sees it, in the file's order."""
        folder = self.folder / "stages" / "data" / stage
        return repair.for_training(pd.read_parquet(folder / f"{table}.parquet"), folder, *self._read(id))

    def _read(self, id: str) -> tuple[definitions.Settings, asof.Definitions]:
        package = self.submission(id) / "pipeline"
        return definitions.load(package)


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """Equal to the last bit, whole numbers as floats or not."""
    pd.testing.assert_frame_equal(a, b, check_dtype=False, check_exact=True, check_like=True)


def run(submission: Path, *calls: tuple[str | Path, ...]) -> str:
    """Commands of a submission, one after the other in one process of its own; what it printed."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    code = f"from pipeline.__main__ import main\nfor words in {[[str(w) for w in words] for words in calls]!r}: main(words)"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=submission, env={**os.environ, **threads}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
