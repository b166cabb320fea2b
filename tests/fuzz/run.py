"""Fuzz the parsers that read what a submission wrote, one after the other, for a bounded time each. Run through `make fuzz`.

atheris is installed once into a folder of its own outside of the repository (`TAKEHOME_FUZZ` names it; else the user's cache folder) and joins the
kit's environment for these processes only. The committed corpus is where each parser begins; what the fuzzer adds is kept beside atheris and used
again. An input that breaks a promise is saved, named and ends in exit code 1; the same input replays without atheris.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]
from seeds import CORPUS  # noqa: E402
from targets import TARGETS  # noqa: E402

VARIABLE = "TAKEHOME_FUZZ"
PINS = HERE / "requirements.txt"
MOST_BYTES = 65536
MEMORY_MB = 3000
SLOWEST_S = 20
INSTALL_S = 600


def installed(home: Path) -> Path:
    """The folder with atheris, made first where there is none. Raises SystemExit with what pip said."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    place = home / hashlib.sha256(PINS.read_bytes() + version.encode()).hexdigest()[:12]
    if (place / ".ready").is_file():
        return place
    print(f"installing atheris into {place} (once)", file=sys.stderr, flush=True)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--only-binary", ":all:"]
    done = subprocess.run(
        [*command, "--no-deps", "--target", str(place), "-r", str(PINS)], capture_output=True, text=True, check=False, timeout=INSTALL_S
    )
    if done.returncode != 0:
        sys.exit(
            f"fuzz: expected atheris for Python {version}; pip could not install what {PINS.name} pins:\n{done.stderr.strip()[-1500:]}\n"
            f"Run with a Python that atheris has wheels for (3.11 to 3.13), or make a package index reachable.\n"
            "The corpus replays without it: make test."
        )
    (place / ".ready").touch()
    return place


def fuzz(name: str, seconds: int, home: Path, atheris: Path) -> list[str]:
    """Fuzz one parser; what broke, in words."""
    found, grown = home / "found" / name, home / "corpus" / name
    found.mkdir(parents=True, exist_ok=True)
    grown.mkdir(parents=True, exist_ok=True)
    dictionary = home / f"{name}.dict"
    words = ("".join(f"\\x{byte:02x}" for byte in word.encode("latin-1")) for word in TARGETS[name].words)
    dictionary.write_text("".join(f'"{word}"\n' for word in words), encoding="ascii")
    broken: list[str] = []
    end, runs, contained = time.monotonic() + seconds, 0, 0
    while (left := round(end - time.monotonic())) > 0:
        before = set(found.iterdir())
        options = [f"-max_total_time={left}", f"-artifact_prefix={found}/", f"-dict={dictionary}", f"-max_len={MOST_BYTES}", "-print_final_stats=1"]
        options += [f"-rss_limit_mb={MEMORY_MB}", f"-timeout={SLOWEST_S}", str(grown), str(CORPUS / name)]
        said = run([sys.executable, str(HERE / "drive.py"), name, *options], left + 120, atheris)
        runs += sum(int(number) for number in re.findall(r"stat::number_of_executed_units: (\d+)", said))
        saved = sorted(set(found.iterdir()) - before)
        if not saved:
            if "Done " not in said and "stat::number_of_executed_units" not in said:
                broken.append(f"{name}: the fuzzer itself stopped:\n{said[-1500:]}")
                break
            continue
        for path in saved:
            replayed = subprocess.run(
                [sys.executable, str(HERE / "replay.py"), name, str(path)], capture_output=True, text=True, check=False, timeout=300
            )
            if TARGETS[name].native and (replayed.returncode < 0 or not path.name.startswith("crash-")):
                contained += 1  # the library died or grew too large, not our code: inside the sandbox that costs this file alone
                continue
            words_ = (replayed.stderr.strip() or said.strip()).splitlines()[-1]
            broken.append(f"{name}: {path.name.partition('-')[0]}: {words_}\n  saved as {path}\n  replay: python {HERE / 'replay.py'} {name} {path}")
        if broken:
            break
    note = f", {contained} input(s) that brought the library down (contained by the sandbox)" if contained else ""
    print(f"{name:<12} {runs:>9} inputs in {seconds} s, {len(broken)} broke a promise{note}", flush=True)
    return broken


def run(command: list[str], seconds: float, atheris: Path) -> str:
    """What a process said on standard error."""
    kept = os.environ | {"PYTHONPATH": os.pathsep.join([str(atheris), str(HERE.parents[1])]), "OMP_NUM_THREADS": "1"}
    try:
        return subprocess.run(command, env=kept, capture_output=True, text=True, errors="replace", check=False, timeout=seconds).stderr
    except subprocess.TimeoutExpired:
        return f"it did not end within {seconds:.0f} s"


def main() -> int:
    """Every parser, or those named."""
    parser = argparse.ArgumentParser(prog="make fuzz", description="Fuzz the parsers that read what a submission wrote.")
    parser.add_argument("parsers", nargs="*", metavar="PARSER", help=f"which ones: {', '.join(TARGETS)} (default: all)")
    parser.add_argument("--seconds", type=int, default=30, help="for each parser (default: 30)")
    named = parser.parse_args()
    unknown = sorted(set(named.parsers) - set(TARGETS))
    if unknown:
        parser.error(f"a parser must be one of {', '.join(TARGETS)}; got {', '.join(unknown)}")
    home = Path(os.environ.get(VARIABLE) or Path.home() / ".cache" / "takehome" / "fuzz").absolute()
    atheris = installed(home)
    broken = [line for name in named.parsers or TARGETS for line in fuzz(name, named.seconds, home, atheris)]
    for line in broken:
        print(line, file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
