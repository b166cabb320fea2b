"""The targets of the Makefile, for machines without make: python run.py <target>

Needs nothing but Python 3.11 or newer. `setup` is the only target that uses the network.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

sys.dont_write_bytecode = True  # before the import of a file beside this one: nothing is left among your files
import pack

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "requirements.sha256"
NEEDED = ("numpy", "pandas", "sklearn", "pyarrow", "joblib")

REQUIRED = ("pipeline/__main__.py", "findings.toml", "MEMO.md", "takehome.json")


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def interpreter() -> str:
    """The environment's own Python after `setup`; before it, this one if it has what is needed."""
    if STAMP.exists() and venv_python().exists():
        return str(venv_python())
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(f"Not set up yet: {', '.join(missing)} not found. Run: python run.py setup")
    return sys.executable


def environment() -> dict[str, str]:
    """One thread, as in production, and no stray byte code."""
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT")}
    return {**os.environ, **threads, "PYTHONDONTWRITEBYTECODE": "1"}


def call(*arguments: str) -> int:
    sys.stdout.flush()
    return subprocess.run([interpreter(), *arguments], cwd=ROOT, env=environment(), check=False).returncode


def setup(_: argparse.Namespace) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Start run.py with a newer one (make setup PYTHON=python3.12).")
    requirements = ROOT / "requirements.txt"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == digest and venv_python().exists():
        print("Already set up (.venv). Delete .venv to start afresh.")
        return 0
    print("Making .venv and installing requirements.txt (the only step that needs a network) ...", flush=True)
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=os.name != "nt").create(VENV)
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"The environment could not be made ({error}). On Debian or Ubuntu install python3-venv first; then run setup again.")
    pip = [str(venv_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)]
    if subprocess.run(pip, cwd=ROOT, check=False).returncode:
        sys.exit("pip could not install requirements.txt (see above). Check the network or your proxy; then run setup again.")
    STAMP.write_text(digest)
    print("Done. Next: make baseline (or python run.py baseline).")
    return 0


def baseline(_: argparse.Namespace) -> int:
    started = time.monotonic()
    report = ROOT / "out" / "validation.json"
    for arguments in (("train", "--data", "data", "--model", "model"), ("validate", "--data", "data", "--out", str(report.relative_to(ROOT)))):
        print(f"$ python -m pipeline {' '.join(arguments)}")
        status = call("-m", "pipeline", *arguments)
        if status:
            return status
    found = json.loads(report.read_text(encoding="utf-8"))
    words, places = {"roc_auc": ("ROC AUC", 3), "mae": ("mean absolute error", 2)}[found["metric"]]
    estimate, low, high = (f"{found[key]:,.{places}f}" for key in ("estimate", "low", "high"))
    print(f"\n  Holdout {words}: {estimate}   (80% interval {low} to {high}, {found['n']:,} rows)\n")
    print(f"The model is in model/, the report in out/validation.json. {time.monotonic() - started:.0f} s.")
    return 0


def practice(_: argparse.Namespace) -> int:
    return call("practice/walkthrough.py")


def check(options: argparse.Namespace) -> int:
    return call("check.py", *options.rest)


def test(options: argparse.Namespace) -> int:
    return call("-m", "pytest", *options.rest)


def submit(options: argparse.Namespace) -> int:
    unknown = [word for word in options.rest if word != "--anyway"]
    if unknown:
        sys.exit(f"submit takes --anyway or nothing; got {' '.join(unknown)}")
    found = pack.hand_in(ROOT)
    packed = {path.as_posix() for path in found.files}
    missing = [name for name in REQUIRED if name not in packed]
    if missing:
        sys.exit(
            f"Cannot hand in without {', '.join(missing)}. Put back what is missing as files, not as links (the zip you were given has the originals)."
        )
    if call("check.py", "--documents") and "--anyway" not in options.rest:
        sys.exit("Nothing written: mend what is listed above, or hand in as it is with: python run.py submit --anyway (make submit ARGS=--anyway)")
    print("\n".join(pack.told(found)))
    refuse(pack.problems(found))
    target = ROOT / pack.SUBMISSION
    temporary = target.with_name(target.name + ".part")
    temporary.unlink(missing_ok=True)
    pack.write_zip(found, temporary)
    problem = pack.zip_problem(found, temporary.stat().st_size)
    if problem:
        temporary.unlink()
        refuse([problem])
    shutil.move(temporary, target)
    print(f"{target.name}: {len(found.files):,} files, {pack.mib(found.size)}, as a zip {pack.mib(target.stat().st_size)}. Send this one file.")
    return 0


def refuse(problems: list[str]) -> None:
    """End here if there is anything that the grader would not take in."""
    if problems:
        earlier = f" The {pack.SUBMISSION} that is there is an earlier one." if (ROOT / pack.SUBMISSION).exists() else ""
        listed = "\n".join(f"  - {pack.plain(problem)}" for problem in problems)
        sys.exit(f"Nothing written, because this would not be taken in:\n{listed}\nDelete or move out what the pipeline does not need.{earlier}")


TARGETS = {
    "setup": (setup, "make .venv and install requirements.txt (needs a network, once)"),
    "baseline": (baseline, "run the pipeline: train, validate, print its score"),
    "practice": (practice, "the worked example of practice/"),
    "check": (check, "are the files and commands in the right form? (no score)"),
    "test": (test, "run tests/"),
    "submit": (submit, "write submission.zip"),
}


def main(argv: list[str]) -> int:
    if not argv or argv[0] in ("help", "-h", "--help"):
        print("usage: make <target>, or python run.py <target>\n")
        for name, (_, line) in TARGETS.items():
            print(f"  {name:<9} {line}")
        return 0
    name, *rest = argv
    if name not in TARGETS:
        print(f"unknown target {name!r}; expected one of {', '.join(TARGETS)}", file=sys.stderr)
        return 2
    return TARGETS[name][0](argparse.Namespace(rest=rest))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
