"""Blueprint -> case -> folder: draw a form, tune it, certify it, write everything that the vault seals."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path as File
from typing import Any

import pyarrow.parquet as pq
from joblib import Parallel, delayed

from generators.blueprint import check, draw
from generators.brief import brief
from generators.case import Case, assemble
from generators.certify import Certificate, certify
from generators.features import World
from generators.key import key, spec
from generators.ledger import as_table, ledger
from generators.model import GenerationError
from generators.pairs import tune_all
from generators.reference import Reference, all_probes, measure, unmeasured, with_worlds
from generators.rows import offline_rows, serving_rows
from generators.seeding import Stream
from generators.stages import calls, write_batch, write_given, write_honest, write_probe, write_samples, write_training
from generators.tables import save
from generators.wording import Wording, completed
from generators.world import Setting

ATTEMPTS = 30
"""Draws after which no form is made."""
Progress = Callable[[str, float], None]


@dataclass(frozen=True, kw_only=True)
class Built:
    """A form that was written."""

    id: str
    attempts: tuple[str, ...]
    """Reasons for which earlier draws were refused."""
    digests: dict[str, str]
    """SHA-256 of the logical content of each given file."""


@dataclass(frozen=True, kw_only=True)
class Certified:
    """A form in memory that keeps every promise."""

    case: Case
    reference: Reference
    certificate: Certificate
    probes: dict[str, Any]
    attempts: tuple[str, ...]


def build_form(
    secret: bytes, candidate: str, round_: str, *, scenario: str, form: str = "standard", level: str = "mid", out: File,
    progress: Progress | None = None, jobs: int = 2, wording: Wording | None = None,
) -> Built:  # fmt: skip
    """Draw, certify and write one form into `out`; docs/contracts.md lists the files. `wording` holds a team's own sentences for the data
    dictionary, by decoy; the kit's stand for the others.

    The content depends on secret, candidate, round and options alone. Raises GenerationError for an unknown scenario, form or level,
    and when no draw is accepted.
    """
    tell = progress or (lambda stage, fraction: None)
    made = make_form(secret, candidate, round_, scenario=scenario, form=form, level=level, progress=tell, jobs=jobs)
    return write(made, out, tell, jobs=jobs, wording=wording)


def make_form(
    secret: bytes,
    candidate: str,
    round_: str,
    *,
    scenario: str,
    form: str,
    level: str,
    progress: Progress,
    jobs: int = 2,
    attempts: int = ATTEMPTS,
    known: tuple[str, ...] = (),
    worlds: bool = True,
) -> Certified:
    """The first draw that keeps every promise, in memory. Without `worlds` the probe worlds are left out: findings can be scored, pipelines not.
    `known` are the reasons for which the first draws were refused when the form was made before: they are not made again."""
    business = check(scenario, form, level)
    stream = Stream.root(secret, candidate, round_)
    refused = list(known)
    for attempt in range(len(known), attempts):
        progress(f"drawing (attempt {attempt + 1})", 0.05)
        drawn = draw(stream, scenario, form=form, level=level, attempt=attempt)
        of_draw = stream.child("form", attempt)
        progress("tuning faults and twins", 0.1)
        untuned = World(drawn, business, Setting(stream=of_draw.child("world")))
        plan, looks, unlike = tune_all(drawn, of_draw, untuned, jobs=jobs)
        if unlike:
            refused.append("; ".join(unlike))
            continue
        progress("rendering tables", 0.4)
        world = untuned.fresh(plan)
        case = assemble(plan, of_draw, world, offline_rows(world, of_draw), serving_rows(world, of_draw), looks)
        progress("certifying", 0.5)
        reference = measure(case, jobs=jobs)
        certificate = certify(case, reference)
        if certificate.refused:
            refused.append("; ".join(certificate.refused))
            continue
        if not worlds:
            return Certified(case=case, reference=unmeasured(reference), certificate=certificate, probes={}, attempts=tuple(refused))
        progress("simulating probe worlds", 0.6)
        probes = all_probes(case, jobs=jobs)
        reference = with_worlds(reference, case, probes, jobs=jobs)
        return Certified(case=case, reference=reference, certificate=certificate, probes=probes, attempts=tuple(refused))
    raise GenerationError(
        f"no form for {business.title!r} kept every promise in {attempts} draws; the last was refused for: {refused[-1]}. "
        "Try another --round; should it come again, report the reasons."
    )


def write(made: Certified, out: File, progress: Progress, *, jobs: int = 1, stages: bool = True, wording: Wording | None = None) -> Built:
    """Write everything that the vault seals of a form, in `jobs` threads; the content does not depend on how many. Without `stages` what
    pipelines are run on is left out, no call is planned, and no digest is taken."""
    case = made.case
    out.mkdir(parents=True, exist_ok=True)
    progress("writing the take-home's data", 0.7)
    counts = write_given(case, out / "given")
    write_honest(case, out / "honest")
    write_samples(case, out / "samples")
    if stages:
        progress("writing training folders and production batches", 0.75)
        data = out / "stages" / "data"
        Parallel(n_jobs=jobs, prefer="threads")(
            [
                delayed(write_training)(case, data),
                *(delayed(write_probe)(case, probe, data) for probe in made.probes.values()),
                *(delayed(write_batch)(case, position, out / "stages" / "batch", out / "outcomes") for position in range(len(case.production))),
            ]
        )
    _json(out / "blueprint.json", asdict(case.plan))
    told = brief(case.plan, case.scenario, case.stream, rows=counts, wording=completed(wording or {}))
    _json(out / "brief.json", told)
    _json(out / "key.json", key(case, made.reference, made.certificate, list(made.attempts), told))
    save(as_table(case, ledger(case)), out / "truth.parquet")
    _json(out / "calls.json", {"calls": calls(case) if stages else []})
    _json(out / "spec.json", spec(case))
    progress("done", 1.0)
    files = sorted(p for p in (out / "given").rglob("*.parquet")) if stages else []
    return Built(id=case.plan.id, attempts=made.attempts, digests={p.relative_to(out).as_posix(): content_digest(p) for p in files})


def _json(file: File, value: Any) -> None:
    file.write_text(json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n", encoding="utf-8")


def content_digest(file: File) -> str:
    """SHA-256 of a Parquet file's logical content: names, types and values in order, whatever the bytes of the file."""
    table = pq.read_table(file)
    digest = hashlib.sha256()
    for name in table.schema.names:
        column = table[name].combine_chunks()
        digest.update(f"{name}:{column.type}:{len(column)}:".encode())
        for value in column.is_null().to_numpy(zero_copy_only=False).tobytes(), str(column.type).encode():
            digest.update(value)
        filled = column.fill_null("" if str(column.type) == "string" else 0) if column.null_count else column
        if str(column.type) == "string":
            digest.update("\x00".join(filled.to_pylist()).encode())
        else:
            digest.update(filled.to_numpy(zero_copy_only=False).tobytes())
    return digest.hexdigest()
