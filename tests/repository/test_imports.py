"""Imports run one way, and some things are never imported or called. Each ban says what to use instead."""

from __future__ import annotations

import ast
import re

import pytest
from tree import ROOT, called, imported, modules, tracked, tree

STATISTICS = "graders.statistics"
"""The one file of graders that needs nothing of ours at all: the take-home holds it verbatim."""

DIRECTION = {
    "generators": ("graders", "kit", "tests", "candidate_template", "benchmarks"),
    "graders": ("kit", "tests", "candidate_template", "benchmarks"),
    "kit": ("tests", "candidate_template", "benchmarks"),
    "candidate_template": ("generators", "graders", "kit", "tests", "benchmarks"),
}
"""What each top folder may not import."""

NOUNS = ("generators.model",)
"""All that graders may take from generators."""

MODULES = {
    r"pickle|cloudpickle|dill|shelve|marshal": "unpickling runs what the file says; keep data as Parquet or JSON",
    r"random": "draw from a named stream: generators.seeding.Stream(...).child(name).rng()",
    r"yaml|ruamel.*": "what people write is TOML (tomllib), what programs write is JSON",
    r"imp|runpy": "nothing that a submission wrote is imported; run it in the sandbox",
}
CALLS = {
    r"(np|numpy)\.random\.(?!default_rng|Generator|SeedSequence|SFC64|PCG64|BitGenerator)\w+": (
        "nothing may touch the global generator; draw from a named stream: generators.seeding.Stream(...).child(name).rng()"
    ),
    r"eval|exec|compile|__import__": "nothing is run from text; parse it (json, tomllib, ast.literal_eval) or run it in the sandbox",
    r"joblib\.(load|dump)|(pd|pandas)\.(read_pickle|to_pickle)|.*\.to_pickle": "it is pickle underneath; keep data as Parquet or JSON",
    r"os\.(system|popen)|subprocess\.getoutput|subprocess\.getstatusoutput": "a shell reads what a name says; use subprocess.run([...])",
}
OWN_WORK = "candidate_template/pipeline/"
"""The previous engineer's pipeline is a candidate's to change and runs in the sandbox only: it may keep its model as it likes."""
WARM = "kit/sandbox/warm_inside.py"
"""Runs modules in forks of its own, for studies: packages that are written here, never a stranger's (`test_only_studies_run_warm`)."""


@pytest.mark.parametrize("package", sorted(DIRECTION))
def test_imports_run_one_way(package: str) -> None:
    """generators knows neither of the others, graders not the kit, and the starter knows nothing of ours."""
    wrong = [
        f"{file.relative_to(ROOT)}:{line} imports {name}"
        for file in modules(package)
        for line, name in imported(tree(file))
        if name.split(".")[0] in DIRECTION[package]
    ]
    assert wrong == []


def test_graders_take_only_nouns_from_generators() -> None:
    """What judges evidence cannot make a world, nor draw a form."""
    wrong = [
        f"{file.relative_to(ROOT)}:{line} imports {name}; only {', '.join(NOUNS)} is allowed"
        for file in modules("graders")
        for line, name in imported(tree(file))
        if name.split(".")[0] == "generators" and not name.startswith(NOUNS)
    ]
    assert wrong == []


def test_templates_of_the_starter_import_nothing_of_ours() -> None:
    """The same for files that become Python once rendered."""
    wrong = [
        f"{file.relative_to(ROOT)}: {found.group(0)}"
        for file in tracked()
        if file.relative_to(ROOT).parts[0] == "candidate_template" and file.name.endswith(".py.j2")
        for found in re.finditer(r"^\s*(from|import) (generators|graders|kit)\b.*", file.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert wrong == []


def test_the_evidence_helper_stands_alone() -> None:
    """graders/statistics.py is copied into every take-home: it imports numpy, pandas and the standard library only."""
    ours = [name for _, name in imported(tree(ROOT / "graders" / "statistics.py")) if name.split(".")[0] in ("generators", "graders", "kit")]
    assert ours == []


def test_imports_are_absolute() -> None:
    """A reader sees where a name comes from. The personas' workshop apart: it is packed into submissions under another name."""
    wrong = [
        f"{file.relative_to(ROOT)}:{line} {name}"
        for file in modules("generators", "graders", "kit")
        if "workshop" not in file.parts
        for line, name in imported(tree(file))
        if name[0] == "."
    ]
    assert wrong == []


def forbidden(source: str, module: ast.Module) -> list[str]:
    """Every ban that a file breaks, with what to use instead."""
    found = []
    for line, name in imported(module):
        for pattern, instead in MODULES.items():
            if re.fullmatch(rf"({pattern})(\..*)?", name):
                found.append(f"{source}:{line} imports {name}: {instead}")
        for pattern, instead in CALLS.items():
            if "." in name and re.fullmatch(pattern, name):
                found.append(f"{source}:{line} imports {name}: {instead}")
    for line, name, call in called(module):
        for pattern, instead in CALLS.items():
            if re.fullmatch(pattern, name):
                found.append(f"{source}:{line} calls {name}: {instead}")
        for keyword in call.keywords:
            value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            if keyword.arg == "allow_pickle" and value is not False:
                found.append(f"{source}:{line} allows pickle in {name}: unpickling runs what the file says; keep arrays as Parquet or raw float64")
            if keyword.arg == "shell" and value is not False:
                found.append(f"{source}:{line} runs {name} through a shell: a shell reads what a name says; use subprocess.run([...])")
    return found


def test_forbidden_imports_and_calls() -> None:
    """No unpickling, no global randomness, no YAML, nothing run from text."""
    found: list[str] = []
    for file in modules("generators", "graders", "kit", "benchmarks", "candidate_template"):
        source = str(file.relative_to(ROOT))
        allowed = "joblib" if source.startswith(OWN_WORK) else "runpy" if source == WARM else None
        found += [line for line in forbidden(source, tree(file)) if allowed is None or allowed not in line]
    assert found == []


def test_only_studies_run_warm() -> None:
    """What runs without containment is out of reach of grading."""
    users = {
        str(file.relative_to(ROOT).parent)
        for file in modules("generators", "graders", "kit")
        for _, name in imported(tree(file))
        if name.startswith("kit.sandbox.warm")
    }
    assert users == {"kit/calibration"}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import pickle", "imports pickle: unpickling runs what the file says"),
        ("from random import choice", r"imports random\.choice: draw from a named stream"),
        ("import yaml as y", r"imports yaml: what people write is TOML"),
        ("from numpy.random import seed", r"imports numpy\.random\.seed: nothing may touch the global generator"),
        ("import numpy as np\nnp.random.rand(3)", r"2 calls np\.random\.rand: nothing may touch the global generator"),
        ("eval('1')", "calls eval: nothing is run from text"),
        ("import joblib\njoblib.load('m')", r"calls joblib\.load: it is pickle underneath"),
        ("import numpy as np\nnp.load('a', allow_pickle=True)", r"allows pickle in np\.load"),
        ("import subprocess\nsubprocess.run('ls', shell=True)", r"runs subprocess\.run through a shell"),
    ],
)
def test_each_ban_says_what_to_use(code: str, message: str) -> None:
    """The bans themselves work."""
    found = forbidden("some.py", ast.parse(code))
    assert len(found) == 1
    assert re.search(message, found[0])


def test_what_is_allowed_stays_allowed() -> None:
    """Local generators, regular expressions and arrays without objects."""
    code = "import re, numpy as np\nre.compile('a')\nnp.random.default_rng(0).random(3)\nnp.load('a', allow_pickle=False)\n"
    assert forbidden("some.py", ast.parse(code)) == []
