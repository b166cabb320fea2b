"""What a candidate sees: the issued folder, its papers read by pattern, and what a script can work out from the tables.

    desk = Desk.open(Path("th_9mqtwg4bqhmt"), kept=Path("scratch"))
    desk.looks()        # one row a column: strength, drift, what the mechanical recount says

Whatever takes seconds is kept as JSON or Parquet in `kept/<id of the take-home>/`, so that a second gamer at the same desk need not work it out again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from graders import statistics
from kit.errors import InputError
from kit.files import files_digest
from kit.personas._packaging import validate
from kit.personas.gamers._jobs import jobs
from kit.personas.gamers._logbook import logbook
from kit.personas.gamers._recount import Asked, recount
from kit.personas.gamers._rules import ruled
from kit.personas.gamers._sampled import Sampled
from kit.personas.workshop.asof import Definitions, recompute

T = TypeVar("T")
COLUMN = re.compile(r"^- \*\*`(\w+)`\*\*: (.+)\n  Unit: (.*?)\. Source: (.*?)\. Available: (.*)\.$", re.MULTILINE)
SOURCE = re.compile(r"^(\w+), `(\w+)`$")
OFFLINE = ("train", "holdout", "acceptance")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A feature column as DATA.md describes it."""

    name: str
    meaning: str
    unit: str
    stream: str
    """Empty: not from events."""
    type: str
    availability: str


class Desk:
    """A take-home on somebody's desk."""

    def __init__(self, takehome: Path, kept: Path | None, screen: Path | None, other: Path | None) -> None:
        self.takehome, self.kept, self.screen, self.other = takehome, kept, screen, other
        """The folder as issued; where to keep results; a fitted screen (JSON); the findings.toml of another form."""
        self._tables: dict[str, pd.DataFrame] = {}
        self._memory: dict[str, Any] = {}

    @classmethod
    def open(cls, takehome: Path, *, kept: Path | None = None, screen: Path | None = None, other: Path | None = None) -> Desk:
        """Raises InputError when the folder is no take-home."""
        if not (takehome / "takehome.json").is_file() or not (takehome / "DATA.md").is_file():
            raise InputError(f"expected an issued take-home with takehome.json and DATA.md; {str(takehome)!r} is none. Give the folder as issued.")
        return cls(takehome, kept, screen, other)

    # ------------------------------------------------------------ papers

    @cached_property
    def id(self) -> str:
        """Id of the take-home."""
        return str(json.loads((self.takehome / "takehome.json").read_text(encoding="utf-8"))["id"])

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.takehome / "data"

    @cached_property
    def papers(self) -> str:
        """DATA.md."""
        return (self.takehome / "DATA.md").read_text(encoding="utf-8")

    @cached_property
    def _readme(self) -> str:
        return (self.takehome / "README.md").read_text(encoding="utf-8")

    @cached_property
    def metric(self) -> str:
        """roc_auc or mae."""
        return _only(r'"metric": "(\w+)"', self._readme, "README.md")

    @property
    def task(self) -> str:
        """binary or regression."""
        return "binary" if self.metric == "roc_auc" else "regression"

    @cached_property
    def horizon_days(self) -> int:
        """Days that the score looks ahead."""
        return int(_only(r"looks (\d+) days ahead", self.papers, "DATA.md"))

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Every feature column, in the order of DATA.md."""
        found = {}
        for name, meaning, unit, source, availability in COLUMN.findall(self.papers):
            place = SOURCE.match(source)
            stream, type_ = place.groups() if place else ("", "")
            found[name] = Column(name=name, meaning=meaning, unit=unit, stream=stream, type=type_, availability=availability)
        return found

    @cached_property
    def glossary(self) -> dict[str, str]:
        """Family of each kind that the public glossary names."""
        found, family = {}, ""
        for line in self._readme.partition("## Glossary")[2].partition("\n## ")[0].splitlines():
            if head := re.match(r"\*\*(\w+)\*\*", line):
                family = head.group(1)
            elif (kind := re.match(r"- `(\w+)`", line)) and family:
                found[kind.group(1)] = family
        return found

    # ------------------------------------------------------------ tables

    def table(self, name: str) -> pd.DataFrame:
        """train, holdout, acceptance, serving_log or entities."""
        if name not in self._tables:
            self._tables[name] = pd.read_parquet(self.data / f"{name}.parquet")
        return self._tables[name]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The four tables of rows."""
        return {name: self.table(name) for name in (*OFFLINE, "serving_log")}

    @cached_property
    def events(self) -> dict[str, Path]:
        """The event files, by stream."""
        return {path.stem: path for path in sorted((self.data / "events").glob("*.parquet")) if path.stem != "amendments"}

    @cached_property
    def base(self) -> float:
        """The metric of a score that knows nothing: .5, or the error of the training median on the evaluation sets."""
        if self.metric == "roc_auc":
            return 0.5
        labels = np.concatenate([self.table(name)["label"].to_numpy(dtype=np.float64) for name in ("holdout", "acceptance")])
        return float(np.abs(labels - float(self.table("train")["label"].median())).mean())

    # ------------------------------------------------------------ what a script works out

    @cached_property
    def _asked(self) -> list[Asked]:
        return [
            Asked(name=c.name, stream=c.stream, type=c.type, divide=100 if "hundreds" in c.unit else 1)
            for c in self.columns.values()
            if c.stream in self.events and pd.api.types.is_numeric_dtype(self.table("train")[c.name])
        ]

    @cached_property
    def _sampled(self) -> Sampled:
        return Sampled(self.data, self.table("train"), self.table("serving_log"))

    def recounted(self) -> pd.DataFrame:
        """The mechanical recount of every column that comes from events (`_recount.recount`)."""
        return self._frame("recount", lambda: recount(self._sampled, self._asked))

    def ruled(self) -> pd.DataFrame:
        """The recount with every publicly known rule tried on every column (`_rules.ruled`)."""
        return self._frame("ruled", lambda: ruled(self._sampled, self._asked, self.recounted()))

    def jobs(self) -> pd.DataFrame:
        """The faulty job that leaves least of each column that misfits in training (`_jobs.jobs`)."""
        return self._frame("jobs", lambda: jobs(self._sampled, self._asked, self.ruled(), self.recounted()))

    def logbook(self) -> pd.DataFrame:
        """What the log behind each column looks like by itself (`_logbook.logbook`)."""
        return self._frame("logbook", lambda: logbook(self._sampled, self._asked))

    def looks(self) -> pd.DataFrame:
        """One row a feature column: what it looks like alone, in training against serving, and in the recount (NaN where that does not apply)."""
        return self._frame("looks", self._looks)

    def _looks(self) -> pd.DataFrame:
        train, served = self.table("train"), self.table("serving_log")
        alone = {
            name: {
                "strength": statistics.auc(train, name), "psi": statistics.psi(train, served, name),
                "missing": float(train[name].isna().mean()), "missing_served": float(served[name].isna().mean()),
                "number": float(pd.api.types.is_numeric_dtype(train[name])), "cardinality": float(train[name].nunique()),
                "whole": float(pd.api.types.is_integer_dtype(train[name])),
            }
            for name in self.columns
        }  # fmt: skip
        streams = pd.Series({name: c.stream for name, c in self.columns.items()})
        out = pd.DataFrame.from_dict(alone, orient="index")
        out["same_stream"] = streams.map(streams.value_counts()).astype(float)
        return out.join(self.recounted())

    def honest(self, table: str, *, rules: bool = False) -> pd.DataFrame:
        """A table's columns by the definitions that fit best, restricted to what was recorded by the decision; on the table's own index."""
        whole = self._frame("honest_ruled", lambda: self._honest(rules=True)) if rules else self._frame("honest", lambda: self._honest(rules=False))
        lengths = [len(rows) for rows in self.tables.values()]
        before = sum(lengths[: list(self.tables).index(table)])
        return whole.iloc[before : before + len(self.table(table))].set_index(self.table(table).index)

    def _honest(self, *, rules: bool) -> pd.DataFrame:
        """The columns of the four tables, one below the other: reading and sorting the log is what takes time, and it is done once for all."""
        definitions = self.definitions(rules=rules)
        rows = pd.concat([table[["entity_id", "decision_time"]] for table in self.tables.values()], ignore_index=True)
        if not rules:
            return pd.DataFrame(recompute(self.data, rows, definitions))
        plain = self._frame("honest", lambda: self._honest(rules=False))
        other = [name for name, entry in self.definitions().features.items() if entry != definitions.features[name]]
        return plain.assign(**recompute(self.data, rows, definitions, other))

    def definitions(self, *, rules: bool = False) -> Definitions:
        """The best-fitting definition of every recounted column: a plain one, or with the rule that fits."""
        features = {
            name: {
                "name": name, "stream": self.columns[name].stream, "type": self.columns[name].type, "aggregate": str(row["aggregate"]),
                "window": int(row["window"]), "end": int(row["end"]), "by": str(row["by"]), "rules": [],
                "divide": 1 if row["aggregate"] in ("count", "days_since") else int(row["divide"]),
            }
            for name, row in self.recounted().iterrows()
        }  # fmt: skip
        named = {str(name): d for name, d in features.items()}
        return self._with_rules(named) if rules else Definitions(features=named, constants={})

    def _with_rules(self, features: dict[str, dict[str, Any]]) -> Definitions:
        fitted = self.ruled()
        constants: dict[str, Any] = {"small_events": {}}
        for rule, rows in fitted[fitted["rule"] != ""].groupby("rule"):
            if rule == "small_events":
                constants["small_events"] = {f"{features[str(n)]['stream']}.{features[str(n)]['type']}": int(w) for n, w in rows["word"].items()}
            else:
                constants[str(rule)] = str(rows["word"].mode().iloc[0])
        for name, row in fitted.iterrows():
            features[str(name)] |= {"window": int(row["window"]), "end": int(row["end"]), "rules": [row["rule"]] if row["rule"] else []}
        return Definitions(features=features, constants=constants)

    def validated(self, submission: Path | None = None) -> dict[str, Any]:
        """What `validate` of a submission's pipeline says on the data as received; without one, of the pipeline as received."""
        place = self.takehome if submission is None else submission
        files = (path for path in (place / "pipeline").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        return self.document(f"validation_{files_digest(place, files)[:16]}", lambda: validate(place, self.data))

    # ------------------------------------------------------------ keeping

    def remember(self, name: str, work: Callable[[], T]) -> T:
        """Something that several gamers ask for, worked out once at this desk; kept in memory only."""
        if name not in self._memory:
            self._memory[name] = work()
        found: T = self._memory[name]
        return found

    def document(self, name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """A JSON result, worked out once."""

        def read(place: Path) -> dict[str, Any]:
            found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
            return found

        def write(value: dict[str, Any], place: Path) -> None:
            place.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n", encoding="utf-8")

        return self._once(f"{name}.json", work, read, write)

    def _frame(self, name: str, work: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        return self._once(f"{name}.parquet", work, pd.read_parquet, lambda frame, place: frame.to_parquet(place))

    def _once(self, name: str, work: Callable[[], T], read: Callable[[Path], T], write: Callable[[T, Path], None]) -> T:
        """What is remembered, else what lies in the desk's drawer, else what is worked out now and kept."""
        place = self.kept / self.id / name if self.kept else None

        def found() -> T:
            if place is not None and place.is_file():
                return read(place)
            value = work()
            if place is not None:
                place.parent.mkdir(parents=True, exist_ok=True)
                write(value, place)
            return value

        return self.remember(name, found)


def _only(pattern: str, text: str, where: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise InputError(f"{where} must match {pattern!r}; it does not. Give a take-home of this version of the kit.")
    return found.group(1)
