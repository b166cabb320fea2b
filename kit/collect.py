"""Run a submission's commands on the vault's own data, each in a fresh sandbox, and keep what came out as files.

Trainings and validations first, then predictions; up to `jobs` at once. A call that fails loses only its own part. Nothing here knows the key: a
probe is a call like any other, with fresh scratch space and a batch folder that looks like every other.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kit.bounded import MAX_BYTES
from kit.calls import Call, Result, judged, read_plan, result_of
from kit.decode import Prediction, decode_predictions, ids_of, read_validation
from kit.documents import keep_documents
from kit.outcomes import INSTRUMENT, outcome
from kit.runtime import Runtime
from kit.sandbox.model import INPUTS, LIMITS, MODEL, OUTPUT, Limits, RunCancelled, Sandbox, SandboxError
from kit.sandbox.outputs import BadOutput, copy_file, copy_tree, opened, remove_tree
from kit.scratch import STAGE, scratch
from kit.staging import stage_inputs
from kit.submission import Submission
from kit.version import VERSION

SCHEMA = 1
EVIDENCE_TAIL_BYTES = 64 * 1024
OUT_OF_TIME = ("timeout_cpu", "hung")
UNCONTAINED = "The submission was run without a sandbox."
PATIENCE = 3
"""After so many calls of one command ran out of time, the rest of that command is not run: hours would go by for nothing."""

Progress = Callable[[str, float | None], None]
"""Called with what is going on in words and the fraction that is done."""


def collect(
    submission: Submission,
    form: Path,
    *,
    sandbox: Sandbox,
    runtime: Runtime,
    out: Path,
    limits: Mapping[str, Limits] | None = None,
    progress: Progress | None = None,
    jobs: int = 2,
) -> Path:
    """Evidence of one submission on one form, in the new folder `out` (docs/contracts.md, "Evidence"); returns `out`.

    `evidence.json` is written last. `limits` replaces the default limits of the commands it names. The folder of the form is only read.

    Raises DamagedVault when the form lacks something, RunCancelled when the grading was stopped. A failure of the sandbox in one call is recorded
    there as an instrument fault.
    """
    plan = read_plan(form)
    out.mkdir(mode=0o700, parents=True)
    # A name of no person and a folder closed to others: paths of what is mounted can be seen from inside.
    with scratch(Path(tempfile.gettempdir()), kind=STAGE) as stage:
        collection = _Collection(
            submission=submission,
            form=form,
            sandbox=sandbox,
            runtime=runtime,
            out=out,
            limits=dict(LIMITS) | dict(limits or {}),
            stage=stage,
            progress=progress,
            total=len(plan),
        )
        try:
            documents, notes = keep_documents(submission.folder, out / "submission")
            collection.run_all(plan, jobs=jobs)
            collection.decode_all(plan)
            collection.write(plan, documents, notes)
        finally:
            collection.cancel.set()
    return out


@dataclass(kw_only=True)
class _Collection:
    """One collection under way."""

    submission: Submission
    form: Path
    sandbox: Sandbox
    runtime: Runtime
    out: Path
    limits: dict[str, Limits]
    stage: Path
    progress: Progress | None
    total: int
    results: dict[str, Result] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    cancel: threading.Event = field(default_factory=threading.Event)
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run_all(self, plan: list[Call], *, jobs: int) -> None:
        """Two waves, since predictions need models; each wave in the order of the plan, trainings first."""
        first = sorted((call for call in plan if call.command != "predict"), key=lambda call: call.command != "train")
        with ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="call") as pool:
            for wave in (first, [call for call in plan if call.command == "predict"]):
                futures = [pool.submit(self._guarded, call) for call in wave]
                try:
                    wait(futures, return_when=FIRST_EXCEPTION)
                    _raise_first(futures)
                except BaseException:
                    # Also Ctrl-C: runs under way see the flag, those that wait are dropped.
                    self.cancel.set()
                    pool.shutdown(wait=True, cancel_futures=True)
                    raise

    def _guarded(self, call: Call) -> None:
        try:
            result = self._not_to_run(call) or self._run(call)
        except RunCancelled:
            raise
        except SandboxError as error:
            _keep(self._place(call) / "instrument.txt", str(error).encode())
            result = Result(outcome="instrument")
        with self.lock:
            self.results[call.name] = result
            self.done += 1
            if self.progress is not None:
                self.progress(f"{call.name} ({self.done} of {self.total} calls)", self.done / self.total)

    def _not_to_run(self, call: Call) -> Result | None:
        if not self.submission.has_pipeline:
            return Result(outcome="no_pipeline")
        with self.lock:
            needed = self.results.get(call.model) if call.model else None
            late = sum(row.outcome in OUT_OF_TIME for name, row in self.results.items() if name.startswith(f"{call.command}_"))
        if needed is not None and needed.outcome != "ok":
            return Result(outcome="needed_call_failed" if outcome(needed.outcome).side == INSTRUMENT else "not_run", detail=str(call.model))
        return Result(outcome="stopped_early") if late >= PATIENCE else None

    def _run(self, call: Call) -> Result:
        limits = self.limits[call.command]
        for last in (False, True):
            work = Path(tempfile.mkdtemp(prefix="call-", dir=self.stage))
            try:
                result = self._run_once(call, work, limits, last=last)
            finally:
                remove_tree(work)
            if result is not None:
                return result
        raise AssertionError("a last run is always judged")

    def _run_once(self, call: Call, work: Path, limits: Limits, *, last: bool) -> Result | None:
        inputs, output = work / "in", work / "out"
        stage_inputs(call.inputs(self.form), inputs)
        output.mkdir(mode=0o700)
        if call.command == "train":
            # There and empty, so that no pipeline fails for want of a folder.
            (output / "model").mkdir(mode=0o700)
        wanted = {"train": ("--model", "model"), "validate": ("--out", "validation.json"), "predict": ("--out", "predictions.parquet")}[call.command]
        model = self.stage / f"model-{call.model}" if call.model else None
        command = [self.runtime.python, "-s", "-B", "-m", "pipeline", call.command, "--data", INPUTS]
        command += ["--model", MODEL] if model else []
        command += [wanted[0], f"{OUTPUT}/{wanted[1]}"]
        run = self.sandbox.run(
            command,
            submission=self.submission.folder,
            inputs=inputs,
            model=model,
            output=output,
            limits=limits,
            env=self.runtime.env,
            mounts=self.runtime.mounts,
            cancel=self.cancel,
        )
        code = judged(run, limits, last=last)
        if code is None:
            return None
        place = self._place(call)
        _keep(place / "stdout.txt", run.stdout)
        _keep(place / "stderr.txt", run.stderr)
        if code != "ok":
            return result_of(code, run)
        try:
            with opened(output) as folder:
                return result_of(self._take(call, folder, place, limits), run)
        except BadOutput as bad:
            return result_of(bad.code, run, detail=bad.detail)

    def _take(self, call: Call, folder: int, place: Path, limits: Limits) -> str:
        """Keep what the call was asked for; the outcome code. Raises BadOutput."""
        if call.command == "train":
            kept = copy_tree(folder, "model", self.stage / f"model-{call.name}", size=limits.output_bytes, entries=limits.output_entries)
            if not kept:
                raise BadOutput("output_missing", "the model folder is empty; write at least one file, even for a pipeline without a model")
            return "ok"
        if call.command == "predict":
            copy_file(folder, "predictions.parquet", self.stage / f"predictions-{call.name}", limit=limits.output_bytes)
            return "ok"
        copied = self.stage / f"validation-{call.name}"
        copy_file(folder, "validation.json", copied, limit=limits.output_bytes)
        if copied.stat().st_size > MAX_BYTES:
            return "validation_unreadable"
        code, cleaned = read_validation(copied.read_bytes())
        if cleaned is not None:
            _write_json(place / "validation.json", cleaned)
        return code

    def decode_all(self, plan: list[Call]) -> None:
        """Turn every file of predictions into scores, once all calls are done."""
        predictions = [
            Prediction(name=call.name, parquet=self.stage / f"predictions-{call.name}", ids=ids_of(call.inputs(self.form)["requests.parquet"]))
            for call in plan
            if call.command == "predict" and self.results[call.name].outcome == "ok"
        ]
        if not predictions:
            return
        if self.progress is not None:
            self.progress("reading the predictions", 1.0)
        try:
            decoded = decode_predictions(predictions, sandbox=self.sandbox, runtime=self.runtime, limits=self.limits["decode"], cancel=self.cancel)
        except RunCancelled:
            raise
        except SandboxError:
            decoded = {}
        wider = [name for name, found in decoded.items() if found.further]
        if wider:
            most = max(decoded[name].further for name in wider)
            self.notes.append(
                f"predictions.parquet held columns beside request_id and score in {len(wider)} of {len(predictions)} calls (up to {most});"
                " they were passed over."
            )
        for prediction in predictions:
            found = decoded.get(prediction.name)
            if found is None or found.code != "ok":
                code = "instrument" if found is None else found.code
                self.results[prediction.name] = replace(self.results[prediction.name], outcome=code)
            elif found.scores is not None:
                found.scores.astype("<f8").tofile(self.out / "calls" / prediction.name / "scores.f64")

    def write(self, plan: list[Call], documents: dict[str, Any], notes: list[str]) -> None:
        """`evidence.json`, last."""
        said = [*self.submission.notes, *notes, *self.notes]
        if self.sandbox.level != "full":
            said.append(UNCONTAINED)
        evidence = {
            "schema": SCHEMA,
            "takehome": self.submission.takehome_id,
            "kit_version": VERSION,
            "submission_sha256": self.submission.sha256,
            "backend": {"name": self.sandbox.name, "level": self.sandbox.level, "protections": list(self.sandbox.protections)},
            "runtime": self.runtime.digest,
            "calls": {call.name: self.results[call.name].to_dict() for call in plan},
            "documents": documents,
            "notes": said,
        }
        _write_json(self.out / "evidence.json", evidence, in_order=True)

    def _place(self, call: Call) -> Path:
        place = self.out / "calls" / call.name
        place.mkdir(parents=True, exist_ok=True)
        return place


def _raise_first(futures: list[Future[None]]) -> None:
    for future in futures:
        if future.done() and not future.cancelled():
            future.result()


def _keep(path: Path, data: bytes) -> None:
    """The end of what a call printed: bytes of the submission, for a person to read, never to be trusted."""
    path.write_bytes(data if len(data) <= EVIDENCE_TAIL_BYTES else b"[cut: only the end is kept]\n" + data[-EVIDENCE_TAIL_BYTES:])


def _write_json(path: Path, value: object, *, in_order: bool = False) -> None:
    text = json.dumps(value, indent=2, sort_keys=not in_order, allow_nan=False) + "\n"
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(text, encoding="utf-8")
    shutil.move(temporary, path)
