"""The attacks themselves, looked at and not run: guarded, bounded, confined to loopback, whole as a list, and never let loose."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from attacks import Attack, attacks, families
from attacks._attack import COMMANDS, honest
from attacks._list import ITEMS
from attacks._program import GUARD, PRELUDE, program_of
from ground import laid_out

from kit.outcomes import CALLS, DOCUMENTS, INTAKE, SUBMISSION
from kit.sandbox.model import MARK
from kit.sandbox.plain import Plain

ROOT = Path(__file__).resolve().parents[2]
ENOUGH = 100
MOST = {"seconds": 20, "megabytes": 64, "processes": 120}
ROUNDS = 200_000
"""Rounds of a loop that counts."""
WAIT_S = 10
ELSEWHERE = re.compile(r"(?<![A-Za-z0-9._%/])(?:[a-z]+:)?//([A-Za-z0-9.-]+)")
LOOPBACK = re.compile(r"127\.0\.0\.1|localhost|[a-z.-]+\.invalid")
NOT_DECLARED = {"not_run", "document_ok"}
"""What follows from another outcome."""


def programs() -> list[tuple[str, str]]:
    """Every Python file of every attack, and the honest program, by a name for messages."""
    every = [*attacks(), honest()]
    return [(f"{attack.id}/{name}", text) for attack in every for name, text in attack.python_files().items()]


def test_the_list_is_covered() -> None:
    """Every item of every family has an attack, every attack stands for an item, and there are enough."""
    assert set(families()) == set(ITEMS)
    assert len(attacks()) >= ENOUGH
    known = {item for items in ITEMS.values() for item in items}
    covered = {item for attack in attacks() for item in attack.covers}
    assert known - covered == set(), "items without an attack"
    assert covered - known == set(), "attacks on what is no item"
    assert [attack.id for attack in attacks() if not attack.covers] == []


def test_the_design_page_has_every_item() -> None:
    """The page that a person reads lists the families with the items as they are here."""
    text = (ROOT / "docs" / "design" / "hostile.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z]+)` \| (.+) \|$", text, re.MULTILINE))
    assert {family: tuple(re.findall(r"`([a-z_0-9]+)`", row)) for family, row in rows.items()} == ITEMS


def test_names_are_one_to_one() -> None:
    """An id names its family and nothing else has it."""
    assert [name for name, count in Counter(attack.id for attack in attacks()).items() if count > 1] == []
    assert [attack.id for family in families() for attack in attacks(family) if attack.family != family] == []
    assert [attack.id for attack in attacks() if attack.command not in COMMANDS or not attack.what or attack.what.endswith(".")] == []


def test_every_outcome_of_a_submission_is_met() -> None:
    """Each refusal, each limit and each verdict on a file has an attack that must get it, and no attack expects what is ours or unknown."""
    theirs = {code for table in (CALLS, DOCUMENTS, INTAKE) for code, row in table.items() if row.side == SUBMISSION}
    expected = {code for attack in attacks() for code in (*attack.outcomes, *attack.documents.values(), *filter(None, [attack.refused]))}
    assert theirs - expected - NOT_DECLARED == set(), "outcomes that no attack must get"
    assert expected - theirs == {"ok"}
    assert [attack.id for attack in attacks() if len(attack.outcomes) > 1 and not attack.why_several] == []


def test_the_guard_comes_first() -> None:
    """In every Python file of every attack the first statement is the guard."""
    guard = ast.dump(ast.parse(GUARD).body[0])
    assert MARK in GUARD
    assert [name for name, text in programs() if ast.parse(text).body and ast.dump(ast.parse(text).body[0]) != guard] == []


def test_every_program_refuses_to_run_outside(tmp_path: Path) -> None:
    """Each one, started by a plain Python in an empty folder without arguments, says so and does nothing."""
    assert not Path(MARK).exists(), f"{MARK} exists on this machine: nothing here may be started"
    place = tmp_path / "empty"
    place.mkdir()
    seen = {}
    for name, text in programs():
        if ast.parse(text).body and text not in seen.values():
            seen[name] = text
    wrong = []
    for name, text in seen.items():
        done = subprocess.run([sys.executable, "-I", "-S", "-B", "-"], input=text, cwd=place, capture_output=True, text=True, timeout=30, check=False)
        if (done.returncode, done.stdout, done.stderr) != (1, "", "only inside a sandbox\n") or list(place.iterdir()):
            wrong.append(f"{name}: exit {done.returncode}, {done.stdout!r}, {done.stderr!r}")
    assert len(seen) > ENOUGH
    assert wrong == []


def test_every_attack_has_small_bounds_of_its_own() -> None:
    """Declared, and set as limits before the attack begins, whatever the sandbox does."""
    assert [attack.id for attack in attacks() for name, most in MOST.items() if not 0 < getattr(attack, name) <= most] == []
    lines = program_of("train", "say('the attack')", seconds=7, megabytes=9, processes=11).splitlines()
    assert lines[1] == "SECONDS, MEGABYTES, PROCESSES = 7, 9, 11"
    limited = lines.index("        resource.setrlimit(kind, (most, most))")
    assert limited < lines.index("    say('the attack')")
    assert "(resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, MEGABYTES << 20), (resource.RLIMIT_NPROC, PROCESSES)" in PRELUDE


def unbounded(source: str) -> list[str]:
    """Loops and waits of a program that do not end by themselves."""
    found = []
    for node in ast.walk(ast.parse(source)):
        text = ast.unparse(node) if isinstance(node, (ast.While, ast.For, ast.Call)) else ""
        if isinstance(node, ast.While) and "time_left()" not in text:
            found.append(f"{text[:60]!r} does not look at the time")
        if isinstance(node, (ast.For, ast.comprehension)) and isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) == "range":
            counted = [word.value for word in ast.walk(node.iter) if isinstance(word, ast.Constant) and isinstance(word.value, int)]
            # Bytes of a buffer may be stepped over; then the step is large.
            if max(counted, default=0) // max(1, counted[-1] if len(node.iter.args) == 3 else 1) > ROUNDS:
                found.append(f"{ast.unparse(node.iter)} goes on too long")
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "time.sleep":
            waits = node.args[0].value if isinstance(node.args[0], ast.Constant) else WAIT_S + 1
            if waits > WAIT_S:
                found.append(f"{text} waits too long")
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("subprocess.run", "subprocess.check_output"):
            if not any(keyword.arg == "timeout" for keyword in node.keywords):
                found.append(f"{text[:60]!r} has no time limit")
        if isinstance(node, (ast.Import, ast.ImportFrom)) and "itertools" in ast.unparse(node):
            found.append("itertools can count without end")
    return found


def test_every_loop_ends_by_itself() -> None:
    """By its count or by the clock; nothing waits long."""
    assert [f"{name}: {fault}" for name, text in programs() for fault in unbounded(text)] == []


@pytest.mark.parametrize(
    "code",
    [
        "while True:\n    pass",
        "for n in range(1000000000):\n    pass",
        "time.sleep(3600)",
        "subprocess.run(['x'])",
        "import itertools",
        "for n in [m for m in range(300001)]:\n    pass",
    ],
)
def test_the_look_at_loops_can_fail(code: str) -> None:
    """Each kind of endlessness is seen."""
    assert len(unbounded(code)) == 1


def test_nobody_but_this_machine_is_called() -> None:
    """Addresses in programs and files are loopback, or names that are reserved for never being given out."""
    texts = [(attack.id, str(text)) for attack in attacks() for text in (attack.program, *attack.files.values())]
    hosts = {(name, host) for name, text in texts for host in ELSEWHERE.findall(text)}
    assert {host for _, host in hosts} >= {"127.0.0.1"}
    assert [(name, host) for name, host in sorted(hosts) if not LOOPBACK.fullmatch(host)] == []


def test_no_attack_runs_without_a_sandbox(tmp_path: Path) -> None:
    """The ground is not laid for a backend that contains nothing, and no file of the suite asks for one."""
    with pytest.raises(ValueError, match="full sandbox"), laid_out(tmp_path, Plain()):
        pass
    ours = [path for path in Path(__file__).parent.rglob("*.py") if path != Path(__file__)]
    assert [path.name for path in ours if re.search(r"\bPlain\b|allow-unsandboxed|allow_unsandboxed=True", path.read_text())] == []


def test_what_an_attack_tries_is_read_from_its_code() -> None:
    """Names come from both kinds of attempt, and most attacks on the sandbox try something."""
    tried = Attack(id="read_x", what="x", covers=(), code="attempt('a', read, 1)\nif True:\n    attempt_each('b', read, [])\nread('c')")
    assert tried.attempts() == {"a", "b"}
    assert [attack.id for attack in attacks("reach") if not attack.attempts() and not attack.says] == []
    assert [attack.id for attack in (*attacks("read"), *attacks("escape")) if not attack.attempts()] == []
