"""The answer key of one form: what was planted, what the reference reaches, and the tables that grading looks things up in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
TABLES = ("train", "holdout", "acceptance", "serving_log")


class VaultFault(Exception):
    """The sealed form cannot be used for grading: ours, never the submission's."""


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Column(_Plain):
    unit: float
    """Smallest step of a value."""
    definition: str = ""


class Locus(_Plain):
    """Where a fault or a decoy sits."""

    kind: Literal["column", "rows", "split"]
    table: str
    column: str | None = None

    def words(self) -> str:
        """The locus as a person would say it."""
        if self.kind == "column":
            return f"column {self.column} of {self.table}"
        return f"rows of {self.table}" if self.kind == "rows" else f"the split that made {self.table}"


class Fault(_Plain):
    id: str
    mechanism: str
    family: str
    level: int
    locus: Locus
    accepted: tuple[Locus, ...] = ()
    siblings: tuple[str, ...] = ()
    """Other families that it may be counted in."""
    alike: tuple[str, ...] = ()
    """Other mechanisms whose name is as right: nothing that a candidate gets tells them apart."""
    changed: tuple[str, ...] = ()
    decisive: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    """Streams on which a decisive `late_share` is taken; any stream when empty."""
    probe: str | None = None
    twin: str
    title: str = ""
    explanation: str = ""
    trail: str = ""
    price: str = ""
    question: str = ""

    @property
    def loci(self) -> tuple[Locus, ...]:
        """Every locus that names it, its own first."""
        return (self.locus, *(a for a in self.accepted if a != self.locus))


class Decoy(_Plain):
    id: str
    decoy: str
    twin_of: str
    locus: Locus
    title: str = ""
    explanation: str = ""


class RowSet(_Plain):
    table: str
    rows: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...] = ()
    rule: Literal["listed", "later_in_train"] = "listed"
    """`listed`: the pairs above make the fault. `later_in_train`: any of `rows` with a training row that is decided at the same time or later."""


class Gain(_Plain):
    reference: float
    inherited: float
    se: float


class Shift(_Plain):
    inherited: float
    noise: float
    se: float


class World(_Plain):
    s0: float
    inherited: float


class Honest(_Plain):
    """Skill of honest work in a clean world: of the reference, and of the same without the columns that are faulty on the form."""

    repaired: float
    dropped: float


class Control(_Plain):
    a: Honest
    b: Honest


class Skew(_Plain):
    inherited: float
    se: float


class Reference(_Plain):
    """What the honest reference and the inherited pipeline reach on this form; docs/contracts.md has the units."""

    m_base: float
    m_ref: float
    m_inherited: float
    tau: float
    gain: dict[str, Gain] = Field(default_factory=dict)
    training_shift: Shift
    null: World
    duplicates: World
    control: Control
    skew: Skew
    metric_se: float


class Truth(_Plain):
    """The contents of key.json that grading uses."""

    id: str
    scenario: str
    task: Literal["binary", "regression"]
    metric: Literal["roc_auc", "mae"]
    form: str
    level: str
    title: str
    columns: dict[str, Column]
    faults: tuple[Fault, ...]
    decoys: tuple[Decoy, ...]
    row_sets: dict[str, RowSet] = Field(default_factory=dict)
    reference: Reference


class Call(_Plain):
    """One planned call of the submission."""

    name: str
    command: Literal["train", "validate", "predict"]
    data: str | None = None
    model: str | None = None
    batch: str | None = None
    probe: str | None = None


class Key:
    """A form's key with its tables, each read when first asked for and then kept. `Key.load(folder)` opens a vault's form folder."""

    def __init__(self, folder: Path, truth: Truth, calls: tuple[Call, ...]) -> None:
        self.folder = folder
        self.truth = truth
        self.calls = calls
        self._kept: dict[tuple[str, ...], Any] = {}

    @classmethod
    def load(cls, folder: Path) -> Key:
        """The key of a form folder. Raises VaultFault when key.json or calls.json cannot be used."""
        truth = _model(Truth, _json(folder / "key.json"), "key.json")
        raw = _json(folder / "calls.json")
        if not isinstance(raw, dict) or not isinstance(raw.get("calls"), list):
            raise VaultFault(f'calls.json: expected {{"calls": [...]}}; got {type(raw).__name__}. The form must be issued anew.')
        return cls(folder, truth, tuple(_model(Call, call, "calls.json") for call in raw["calls"]))

    def given(self, table: str) -> pd.DataFrame:
        """A table as the candidate received it."""
        return self._read("given", f"{table}.parquet")

    def honest(self, table: str) -> pd.DataFrame:
        """The honest rendering of a table, in the row order of `given`."""

        def aligned() -> pd.DataFrame:
            given, honest = self.given(table), self._frame("honest", f"{table}.parquet")
            id_ = id_column(table)
            place = pd.Index(honest[id_]).get_indexer(given[id_])
            if (place < 0).any():
                raise VaultFault(f"honest/{table}.parquet lacks {int((place < 0).sum())} of the given rows. The form must be issued anew.")
            return honest.iloc[place].reset_index(drop=True)

        return self.keep(("aligned", table), aligned)

    def row_index(self, table: str) -> pd.Index:
        """The ids of a given table, for looking up positions."""
        return self.keep(("index", table), lambda: pd.Index(self.given(table)[id_column(table)]))

    def position(self, table: str, id_: str) -> int:
        """Where a row stands in a given table; -1 where there is none of that id."""
        places: dict[str, int] = self.keep(("place", table), lambda: {name: at for at, name in enumerate(self.row_index(table).tolist())})
        return places.get(id_, -1)

    def events(self, stream: str) -> pd.DataFrame:
        """One event stream as the candidate received it."""
        return self._read("given", "events", f"{stream}.parquet")

    def has_stream(self, stream: str) -> bool:
        """Whether the candidate was given a stream of this name."""
        return stream.replace("_", "").replace("-", "").isalnum() and (self.folder / "given" / "events" / f"{stream}.parquet").is_file()

    def outcomes(self, batch: str, probe: str) -> pd.DataFrame:
        """True outcomes of the requests of one call, in their order: request_id, y, entity."""
        return self._read("outcomes", batch, f"{probe}.parquet")

    def world_base(self, stage: str) -> float:
        """Error of the constant predictor in a training folder: the median label of train on the rows of holdout and acceptance."""

        def error() -> float:
            median = float(np.median(self._frame("stages", "data", stage, "train.parquet")["label"]))
            labels = [self._frame("stages", "data", stage, f"{t}.parquet")["label"].to_numpy(dtype=np.float64) for t in ("holdout", "acceptance")]
            return float(np.abs(np.concatenate(labels) - median).mean())

        return self.keep(("base", stage), error)

    def batches(self, probe: str, *models: str) -> tuple[str, ...]:
        """The production batches for which every one of `models` has a planned call with this probe, in order."""
        have = [{c.batch for c in self.calls if c.name == f"predict_{m}_{c.batch}_{probe}"} for m in models]
        return tuple(sorted(str(b) for b in set.intersection(*have) if b)) if have else ()

    def keep(self, name: tuple[str, ...], make: Callable[[], T]) -> T:
        """The value kept under a name, made on first use."""
        if name not in self._kept:
            self._kept[name] = make()
        value: T = self._kept[name]
        return value

    def _read(self, *path: str) -> pd.DataFrame:
        return self.keep(path, lambda: self._frame(*path))

    def _frame(self, *path: str) -> pd.DataFrame:
        try:
            return pd.read_parquet(self.folder.joinpath(*path)).reset_index(drop=True)
        except (OSError, ValueError) as error:
            raise VaultFault(f"{'/'.join(path)}: expected a Parquet table of the sealed form; {error}. The form must be issued anew.") from error


def id_column(table: str) -> str:
    """The id column of a given table."""
    return "request_id" if table == "serving_log" else "row_id"


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise VaultFault(f"{path.name}: expected JSON of the sealed form; {error}. The form must be issued anew.") from error


def _model(model: type[M], raw: object, name: str) -> M:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise VaultFault(f"{name}: {where}: {first['msg']}; got {repr(first['input'])[:80]}. The form must be issued anew.") from error
