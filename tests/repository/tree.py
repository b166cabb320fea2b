"""The files of the repository, as its own tests look at them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("generators", "graders", "kit")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is committed or would be, below the root. Without git (an export of the tree) every file outside hidden folders."""
    try:
        said = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=60
        ).stdout.decode()
        found = [ROOT / name for name in said.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        found = [f for f in ROOT.rglob("*") if not any(part.startswith(".") or part == "__pycache__" for part in f.relative_to(ROOT).parts)]
    return tuple(sorted(f for f in found if f.is_file()))


def texts() -> Iterator[tuple[str, str]]:
    """(path, text) of every tracked file that is text."""
    for file in tracked():
        data = file.read_bytes()
        if b"\0" not in data[:4096]:
            yield str(file.relative_to(ROOT)), data.decode("utf-8", "replace")


def modules(*tops: str) -> list[Path]:
    """Tracked Python files under the given top folders."""
    return [f for f in tracked() if f.suffix == ".py" and f.relative_to(ROOT).parts[0] in tops]


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def imported(module: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything a module imports, `from a import b` as `a.b`, wherever in the file it stands."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, "." * node.level + f"{node.module or ''}.{alias.name}"


def called(module: ast.Module) -> Iterator[tuple[int, str, ast.Call]]:
    """(line, dotted name as written, call) of every call by name."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            name = _dotted(node.func)
            if name:
                yield node.lineno, name, node


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""
