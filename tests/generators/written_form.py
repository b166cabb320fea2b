"""A small form as files, written once a process for each scenario and removed when it ends."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from small_world import small_case

from generators.build import Built, Certified, write
from generators.certify import Certificate
from generators.reference import Reference, all_probes

NUMBERS = Reference(
    m_base=0.5, m_ref=0.8, m_inherited=0.7, tau=0.05, gain={}, training_shift={"inherited": 0.1, "noise": 0.0, "se": 0.01},
    null={"s0": 0.01, "inherited": 0.2}, duplicates={"s0": 0.01, "inherited": 0.1},
    control={"a": {"repaired": 0.2, "dropped": 0.18}, "b": {"repaired": 0.3, "dropped": 0.25}},
    skew={"inherited": 0.05, "se": 0.01}, metric_se=0.01, holdout_inherited=0.9, n_positive=300, validation=0.8, validation_se=0.01,
    without_decoys=0.7,
    without_faults=0.75,
)  # fmt: skip
"""Numbers of no form: what is written of them is all that matters here."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A form in memory and where its files are."""

    made: Certified
    built: Built
    folder: Path


@cache
def made(scenario: str) -> Certified:
    case = small_case(scenario)
    return Certified(case=case, reference=NUMBERS, certificate=Certificate(checks=()), probes=all_probes(case), attempts=("a reason",))


@cache
def written(scenario: str) -> Written:
    folder = Path(tempfile.mkdtemp(prefix="form-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Written(made=made(scenario), built=write(made(scenario), folder, lambda stage, fraction: None), folder=folder)
