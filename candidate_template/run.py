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
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "requirements.sha256"
NEEDED = ("numpy", "pandas", "sklearn", "pyarrow", "joblib")

REQUIRED = ("pipeline/__main__.py", "findings.toml", "MEMO.md", "takehome.json")
LEFT_OUT = {"data", "samples", "practice", "model", "out", "submission.zip", "submission.zip.part", ".git", ".venv", "venv", ".idea", ".vscode"}
CACHES = {"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".ipynb_checkpoints", ".DS_Store"}
MAX_FILES = 2000
MAX_BYTES = 200 * 2**20


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


def hand_in_files() -> list[Path]:
    """What goes into the zip: everything you wrote, nothing that was handed out as data."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        here = Path(folder)
        top = here == ROOT
        folders[:] = sorted(
            name for name in folders if name not in CACHES and not (top and name in LEFT_OUT) and not (here / name / "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            path = here / name
            if name not in CACHES and not (top and name in LEFT_OUT) and not path.is_symlink() and path.suffix != ".pyc":
                found.append(path.relative_to(ROOT))
    return found


def submit(options: argparse.Namespace) -> int:
    unknown = [word for word in options.rest if word != "--anyway"]
    if unknown:
        sys.exit(f"submit takes --anyway or nothing; got {' '.join(unknown)}")
    missing = [name for name in REQUIRED if not (ROOT / name).is_file()]
    if missing:
        sys.exit(f"Cannot hand in without {', '.join(missing)}. Put back what is missing (the zip you were given has the originals).")
    if call("check.py", "--documents") and "--anyway" not in options.rest:
        sys.exit("Nothing written: mend what is listed above, or hand in as it is with: python run.py submit --anyway (make submit ARGS=--anyway)")
    files = hand_in_files()
    size = sum((ROOT / path).stat().st_size for path in files)
    if len(files) > MAX_FILES or size > MAX_BYTES:
        largest = sorted(files, key=lambda path: (ROOT / path).stat().st_size, reverse=True)[:3]
        sys.exit(
            f"At most {MAX_FILES} files and {MAX_BYTES // 2**20} MiB can be handed in; this would be {len(files)} files and {size / 2**20:.0f} MiB. "
            f"Move out what the pipeline does not need; the largest are {', '.join(path.as_posix() for path in largest)}."
        )
    target = ROOT / "submission.zip"
    temporary = ROOT / "submission.zip.part"
    temporary.unlink(missing_ok=True)
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path in files:
            archive.write(ROOT / path, path.as_posix())
    shutil.move(temporary, target)
    print(f"submission.zip: {len(files)} files, {target.stat().st_size / 1024:.0f} KiB. Send this one file; data/, samples/ and model/ stay here.")
    return 0


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
