"""What grading adds around a submission's own commands: one grading of a careful submission against the same calls run bare.

Both run one call at a time, on the same machine, one after the other. Run through `make bench`.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from kit.assess import assess
from kit.issue import issue
from kit.personas import careful
from kit.runtime import runtime_for
from kit.sandbox.choose import choose
from kit.vault import Vault


def bare(form: Path, submission: Path, python: Path, scratch: Path) -> float:
    """Seconds that the calls of a grading take as plain processes on the same inputs."""
    calls = json.loads((form / "calls.json").read_text())["calls"]
    spent = 0.0
    for call in calls:
        out = scratch / call["name"]
        out.mkdir()
        if call["command"] == "predict":
            data = scratch / f"in_{call['name']}"
            data.mkdir()
            batch = form / "stages" / "batch" / call["batch"]
            (data / "requests.parquet").symlink_to(batch / "requests" / f"{call['probe']}.parquet")
            (data / "entities.parquet").symlink_to(batch / "entities.parquet")
            (data / "events").symlink_to(batch / ("late" if call["late"] else "events"))
            words = ["predict", "--data", str(data), "--model", str(scratch / call["model"]), "--out", str(out / "predictions.parquet")]
        elif call["command"] == "train":
            words = ["train", "--data", str(form / "stages" / "data" / call["data"]), "--model", str(out)]
        else:
            words = ["validate", "--data", str(form / "stages" / "data" / call["data"]), "--out", str(out / "validation.json")]
        begin = time.perf_counter()
        threads = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS")}
        subprocess.run([str(python), "-m", "pipeline", *words], cwd=submission, check=True, env=os.environ | threads, capture_output=True)
        spent += time.perf_counter() - begin
    return spent


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        vault = Vault.create(root / "vault", secret=b"benchmark secret of 32 bytes, ok")
        begin = time.perf_counter()
        issued = issue(vault, "bench", out=root / "takehomes", scenario="subscription_churn", form="standard")
        issuing = time.perf_counter() - begin
        form = vault.form(issued.id)
        submission = careful.write(root / "takehomes" / issued.id, form.folder, root / "submission")
        runtime = runtime_for(choose())
        begin = time.perf_counter()
        graded = assess(vault, [submission], sandbox=choose(), runtime=runtime, jobs=1)[0]
        whole = time.perf_counter() - begin
        if graded.scorecard is None:
            raise SystemExit(f"the careful submission was not graded: {graded}")
        begin = time.perf_counter()
        assess(vault, [submission], sandbox=choose(), runtime=runtime, jobs=2)
        two_cores = time.perf_counter() - begin
        (root / "bare").mkdir()
        spent = bare(form.folder, submission, runtime.interpreter.outside, root / "bare")
    print(
        json.dumps(
            {
                "issue_seconds": round(issuing, 1),
                "grade_seconds": round(whole, 1),
                "grade_seconds_two_cores": round(two_cores, 1),
                "bare_seconds": round(spent, 1),
                "ratio": round(whole / spent, 3),
            }  # fmt: skip
        )
    )


if __name__ == "__main__":
    main()
