"""What a calibration study saw: plain rows, before any statistic.

Fractions lie as the grader gives them: findings F between -0.25 and 1, behaviour B and claims C between 0 and 1, totals in points of 100.
`to_json` and `from_json` lose nothing, and the same rows always give the same bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Literal, get_args

from kit.errors import InputError, nearest

SCHEMA = 2

EXPERT, STRONG = "expert", "strong"
"""`who` of the two simulated candidates whose mean totals are promised."""
PERSON = "person"
"""`who` of the rows of persons sampled from the assumed population; the other skilled rows are named levels."""
MEMORISED = "memorised"
"""A pipeline row whose `who` holds this word made claims that were learnt by heart from other forms."""
SCREEN = "fitted_screen"
"""A gaming strategy whose `who` begins with this accuses by a screen fitted on other forms and their keys."""
READER = "whole_script_reasons"
"""The gaming strategy that holds the kit's own sentences: it reads the prose, so it counts as a strategy and not as a screen."""

Group = Literal["skilled", "gamer", "checker"]
"""skilled: finds drawn from an assumed difficulty. gamer: tries to score without judgement. checker: a solver that sees the take-home only."""


@dataclass(frozen=True, kw_only=True)
class FindingsRow:
    """One set of findings, scored on one form."""

    form: str
    """Id of the form; the same id joins all rows of that form."""
    scenario: str
    who: str
    """Kind of candidate: the name of a level (`expert`), PERSON, a gaming strategy or a solver."""
    level: float | None
    """Skill in logits on the scale of the item difficulties; None where skill was not set."""
    group: Group
    person: str
    """One simulated person, the same on every form."""
    fraction: float
    """F of the findings section."""
    hits: int
    alarms: int
    """False alarms."""
    found: tuple[str, ...] = ()
    """Ids of the mechanisms found."""
    total: float | None = None
    """Points of 100 together with a pipeline; None where findings alone were scored."""

    def __post_init__(self) -> None:
        _one_of("group", self.group, get_args(Group))
        _within("fraction", self.fraction, -0.25, 1)
        _within("total", self.total, 0, 100)
        _within("level", self.level, -math.inf, math.inf)
        _counts(hits=self.hits, alarms=self.alarms)
        object.__setattr__(self, "found", tuple(self.found))


@dataclass(frozen=True, kw_only=True)
class PipelineRow:
    """One whole submission, graded on one form."""

    form: str
    scenario: str
    who: str
    """As in FindingsRow."""
    pipeline: str
    """The pipeline that was handed in."""
    behaviour: float
    """B, between 0 and 1, before the gates."""
    claims: float
    """C, between 0 and 1, before the gates."""
    skill: float | None
    """Production skill: 0 is the constant predictor, 1 the honest reference."""
    total: float
    verdict: str
    claim_errors: Mapping[str, float | None] = field(default_factory=dict)
    """`mine` and `inherited`: claimed minus delivered, in skill units."""
    ran_in: str = ""
    """Name of the sandbox that it ran in, or `warm`."""

    def __post_init__(self) -> None:
        _within("behaviour", self.behaviour, 0, 1)
        _within("claims", self.claims, 0, 1)
        _within("skill", self.skill, -math.inf, math.inf)
        _within("total", self.total, 0, 100)
        for name, error in self.claim_errors.items():
            _one_of("claim_errors", name, ("mine", "inherited"))
            _within(f"claim_errors[{name!r}]", error, -math.inf, math.inf)
        object.__setattr__(self, "claim_errors", dict(sorted(self.claim_errors.items())))


@dataclass(frozen=True, kw_only=True)
class FormRow:
    """One form as it was drawn."""

    form: str
    scenario: str
    form_kind: str
    """short, standard or long."""
    level: str
    """Level of the ladder that it was drawn at, as `--level` names it."""
    attempts: tuple[str, ...]
    """Why earlier draws were refused, one reason each; empty when the first was accepted."""
    m_ref: float
    m_base: float
    tau: float
    """RMS claim error of the honest reference, in skill units."""
    mechanisms: tuple[tuple[str, int], ...]
    """(mechanism id, subtlety level 1..4) of each planted fault."""
    seconds: float

    def __post_init__(self) -> None:
        for name in ("m_ref", "m_base"):
            _within(name, getattr(self, name), -math.inf, math.inf)
        _within("tau", self.tau, 0, math.inf)
        _within("seconds", self.seconds, 0, math.inf)
        object.__setattr__(self, "attempts", tuple(self.attempts))
        object.__setattr__(self, "mechanisms", tuple((str(name), int(level)) for name, level in self.mechanisms))


@dataclass(frozen=True, kw_only=True)
class StudyResults:
    """Everything that one study saw. Whatever was not run is empty or None, and its promises are then not measured."""

    forms: tuple[FormRow, ...] = ()
    findings: tuple[FindingsRow, ...] = ()
    pipelines: tuple[PipelineRow, ...] = ()
    classifier: Mapping[str, Any] | None = None
    """Fault-vs-twin classifier: `auc`, `low`, `high`, `forms` (how many), `per_family` {family: auc}."""
    twice: Mapping[str, int] | None = None
    """Submissions graded twice: `compared`, and how many came out `identical`."""
    meta: Mapping[str, Any] = field(default_factory=dict)
    """How the study was run: seeds, counts, versions. Plain JSON values."""

    def __post_init__(self) -> None:
        for name in ("forms", "findings", "pipelines"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if self.classifier is not None:
            _keys("classifier", self.classifier, {"auc", "low", "high", "forms"}, {"per_family", "model"})
            for name in ("auc", "low", "high"):
                _within(f"classifier[{name!r}]", self.classifier[name], 0, 1)
            _counts(**{"classifier['forms']": self.classifier["forms"]})
        if self.twice is not None:
            _keys("twice", self.twice, {"compared", "identical"}, set())
            _counts(compared=self.twice["compared"], identical=self.twice["identical"])
            if self.twice["identical"] > self.twice["compared"]:
                raise InputError(f"twice must have identical <= compared; got {dict(self.twice)!r}. Count each pair once.")

    def to_json(self) -> str:
        """Stable JSON text, sorted keys, final newline; rows as tables (`columns`, `rows`), since a study has ten thousands of them.

        Raises ValueError for a number that is not finite.
        """
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        tables = {name: _table(kind, plain[name]) for name, kind in ROWS.items()}
        return json.dumps({"schema": SCHEMA, **plain, **tables}, sort_keys=True, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> StudyResults:
        """Read back what `to_json` wrote. Raises InputError for another schema, a name that is missing or unknown, or a value out of range."""
        try:
            raw = json.loads(text)
        except ValueError as error:
            raise InputError(f"study results must be JSON as to_json writes it; {error}. Run the study again.") from error
        if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
            came = raw.get("schema") if isinstance(raw, dict) else raw
            raise InputError(f"study results must have schema {SCHEMA}; got {came!r}. Run the study again with this version of the kit.")
        raw.pop("schema")
        _keys("study results", raw, set(), {f.name for f in fields(cls)})
        return cls(**{**raw, **{name: _rows(kind, raw[name], name) for name, kind in ROWS.items() if name in raw}})


ROWS = {"forms": FormRow, "findings": FindingsRow, "pipelines": PipelineRow}
"""Name of each table, and what a row of it is."""


def _table(kind: type[Any], rows: Iterable[object]) -> dict[str, Any]:
    columns = [f.name for f in fields(kind)]
    return {"columns": columns, "rows": [[getattr(row, name) for name in columns] for row in rows]}


def _rows(kind: type[Any], table: object, name: str) -> tuple[Any, ...]:
    """The rows of a table as `_table` lays it out, in any order of its columns."""
    if not isinstance(table, dict) or set(table) != {"columns", "rows"}:
        raise InputError(f"{name} must be a table with columns and rows; got {str(table)[:80]!r}. Write results with to_json.")
    known = {f.name for f in fields(kind)}
    needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    columns = list(table["columns"])
    _keys(f"the columns of {name}", dict.fromkeys(columns), needed, known)
    rows = []
    for place, row in enumerate(table["rows"]):
        if not isinstance(row, list) or len(row) != len(columns):
            raise InputError(f"{name}[{place}] must hold {len(columns)} values, one a column; got {str(row)[:80]!r}. Write results with to_json.")
        rows.append(kind(**dict(zip(columns, row, strict=True))))
    return tuple(rows)


def _keys(where: str, raw: Mapping[str, Any], needed: set[str], known: set[str]) -> None:
    missing = sorted(needed - set(raw))
    unknown = sorted(set(raw) - needed - known)
    if missing:
        raise InputError(f"{where} must have {', '.join(sorted(needed))}; {', '.join(missing)} is missing. Write results with to_json.")
    if unknown:
        raise InputError(f"{where} has an unknown name {unknown[0]!r}.{nearest(unknown[0], needed | known)} Write results with to_json.")


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InputError(f"{name} must be one of {', '.join(choices)}; got {value!r}.{nearest(str(value), choices)}")


def _within(name: str, value: object, low: float, high: float) -> None:
    if value is None and name in ("total", "level", "skill", "claim_errors['mine']", "claim_errors['inherited']"):
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or not low - 1e-9 <= value <= high + 1e-9:
        span = "a finite number" if math.isinf(low) else f"a number of at least {low:g}" if math.isinf(high) else f"between {low:g} and {high:g}"
        raise InputError(f"{name} must be {span}; got {value!r} of type {type(value).__name__}. Give what the grader gave, in its unit.")


def _counts(**named: object) -> None:
    for name, value in named.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InputError(f"{name} must be a count, 0 or more; got {value!r} of type {type(value).__name__}.")
