"""The corpus of the fuzzer, replayed without it: every input that is kept, among them all that ever broke something."""

from __future__ import annotations

from pathlib import Path

import pytest
from seeds import CORPUS, seeds
from targets import TARGETS

KEPT = sorted(path for path in CORPUS.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_kept_input_breaks_no_promise(path: Path) -> None:
    TARGETS[path.parent.name].check(path.read_bytes())


def test_every_parser_has_inputs_that_it_takes_and_inputs_that_it_refuses() -> None:
    """Otherwise a fuzzer would begin on one side of the fence only."""
    answers = {name: {TARGETS[name].check(path.read_bytes()) for path in (CORPUS / name).iterdir()} for name in TARGETS}
    assert answers == {name: {True, False} for name in TARGETS}


def test_the_corpus_is_what_its_writer_writes() -> None:
    """Apart from `found-*`. Parquet and zip are compared by how they are judged: versions of libraries are in their bytes."""
    for name, inputs in seeds().items():
        kept = {path.name: path.read_bytes() for path in (CORPUS / name).iterdir() if not path.name.startswith("found-")}
        assert set(kept) == set(inputs)
        assert {each: TARGETS[name].check(data) for each, data in kept.items()} == {each: TARGETS[name].check(data) for each, data in inputs.items()}
        if not TARGETS[name].native:
            assert name == "archive" or kept == inputs
