"""What the sandbox adds to one run: a program that imports scikit-learn, pandas and pyarrow and fits a small model, inside against outside.

Both use the same interpreter and packages, the same environment and the same watchdog; one run inside and one outside take turns, the first of each
pair in turn too, so that a busy machine slows both alike. Printed are the medians by the clock and their ratio.
Through `make bench`; a backend's name as the only argument measures that one.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kit.runtime import Runtime, runtime_for
from kit.sandbox.choose import WAYS, choose
from kit.sandbox.model import Limits, Sandbox, library_env

RUNS = 15
LIMITS = Limits(wall_s=120.0, cpu_s=100)
PROGRAM = """
import io
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.ensemble import HistGradientBoostingClassifier

stream = np.random.default_rng(7)
table = pd.DataFrame(stream.normal(size=(4000, 12)), columns=[f"x{n}" for n in range(12)])
label = (table.x0 + table.x1 * table.x2 + stream.normal(size=4000) > 0).astype(int)
held = io.BytesIO()
pq.write_table(pa.Table.from_pandas(table), held)
model = HistGradientBoostingClassifier(max_iter=40, random_state=0).fit(pq.read_table(held).to_pandas(), label)
print(round(model.score(table, label), 3))
"""


def inside(sandbox: Sandbox, runtime: Runtime, place: Path) -> float:
    """Seconds of one run in the sandbox, its set-up and its end included."""
    output = place / "out"
    output.mkdir()
    begin = time.perf_counter()
    run = sandbox.run(
        [runtime.python, "-s", "-B", "/sub/program.py"],
        submission=place.parent / "sub",
        inputs=None,
        model=None,
        output=output,
        limits=LIMITS,
        env=runtime.env,
        mounts=runtime.mounts,
    )
    spent = time.perf_counter() - begin
    if run.exit != 0:
        raise SystemExit(f"the program must end well in the sandbox; it ended with {run.exit}: {run.stderr.decode('utf-8', 'replace')[-600:]}")
    return spent


def outside(runtime: Runtime, place: Path) -> float:
    """Seconds of the same run as a plain process."""
    env = library_env(LIMITS.cores) | {name: str(place) for name in ("HOME", "TMPDIR", "MPLCONFIGDIR")}
    command = [str(runtime.interpreter.outside), "-s", "-B", str(place.parent / "sub" / "program.py")]
    begin = time.perf_counter()
    subprocess.run(command, env=env, cwd=place.parent / "sub", stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return time.perf_counter() - begin


def main() -> None:
    sandbox = WAYS[sys.argv[1]]().sandbox if sys.argv[1:] else choose()
    if sandbox is None:
        raise SystemExit(f"{sys.argv[1]} must hold on this machine to be measured; see `takehome doctor`")
    runtime = runtime_for(sandbox)
    spent: dict[bool, list[float]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        (root / "sub").mkdir()
        (root / "sub" / "program.py").write_text(PROGRAM)
        for number in range(RUNS + 1):
            for contained in (True, False) if number % 2 else (False, True):
                place = root / f"{number}-{contained}"
                place.mkdir()
                seconds = inside(sandbox, runtime, place) if contained else outside(runtime, place)
                # The first of each fills the caches of both.
                spent[contained] += [seconds] if number else []
    medians = {contained: statistics.median(values) for contained, values in spent.items()}
    print(
        json.dumps(
            {
                "backend": sandbox.name,
                "runs": RUNS,
                "inside_seconds": round(medians[True], 3),
                "outside_seconds": round(medians[False], 3),
                "ratio": round(medians[True] / medians[False], 3),
            }  # fmt: skip
        )
    )


if __name__ == "__main__":
    main()
