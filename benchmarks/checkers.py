"""Off-the-shelf data checkers as candidates: what deepchecks and evidently find with the suites they come with, handed in as findings and graded.

Each tool looks at the tables of a take-home in an environment of its own (benchmarks/checkers/), every alarm becomes an accusation as somebody
would write it who trusts the tool, and the form's own rubric scores them. Two readings: `all` hands in every alarm, the strongest first, up to 24;
`sure` only those of checks made for a fault (drift, leaks, duplicates), not those about means, quantiles and ranges. Splits come with
`timestamp_gap`, which anyone gets from the take-home's evidence.py; nothing else carries evidence, for no tool gives any.

Take-homes come from a vault (--vault) or are issued with fresh secrets (--forms N a scenario). Writes benchmarks/checkers.json after each one;
what was measured with the same pins is kept. A tool that cannot be measured is reported so, never as zero. Run through `make checkers`.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from checkers_environment import TOOLS, NotMeasured, Tool, alarms, default_folder, ensure

from generators.catalog import scenarios
from graders.findings import FAMILIES, Finding, read_findings
from graders.findings_score import Scored, score_findings
from graders.key import Fault, Key
from graders.rubric import Rubric, load_rubric
from graders.statistics import timestamp_gap
from kit.files import write_durably
from kit.issue import issue
from kit.personas._writing import Accusation, findings_toml
from kit.vault import SealedForm, Vault

MOST = 24
"""Accusations that count; docs/contracts.md."""
SURE, HINT = 0.7, 0.5
"""Confidence in an alarm of a check that is made for a fault, and in any other."""
LADDER = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Confidences that are tried for all accusations at once, to see what the best one would have earned."""
GUESSES = {
    "FeatureDrift": ("serving_skew", SURE),
    "ValueDrift": ("serving_skew", SURE),
    "NewCategoryTrainTest": ("serving_skew", SURE),
    "StringMismatchComparison": ("serving_skew", SURE),
    "FeatureLabelCorrelation": ("target_leakage", SURE),
    "FeatureLabelCorrelationChange": ("target_leakage", SURE),
    "IdentifierLabelCorrelation": ("target_leakage", SURE),
    "FeatureFeatureCorrelation": ("target_leakage", HINT),
    "DateTrainTestLeakageDuplicates": ("contamination", SURE),
    "DateTrainTestLeakageOverlap": ("contamination", SURE),
    "IndexTrainTestLeakage": ("contamination", SURE),
    "TrainTestSamplesMix": ("contamination", SURE),
    "DataDuplicates": ("contamination", SURE),
}
"""Which family a check's alarm speaks of. Any other is a hint: of skew in a column, of contamination in a split. None speaks of late records."""
NO_PLACE = ("RowCount", "ColumnCount", "DatasetMissingValueCount", "DatasetsSizeComparison")
"""Checks of sizes: tables of unlike length are no fault, and they name nothing else."""
KEYS = ("row_id", "request_id", "entity_id", "decision_time")
"""No feature: an alarm about one cannot name a fault of a column. Leaving it out favours the tool."""
SPLITS = ("holdout", "acceptance")


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One complaint of a tool."""

    check: str
    tables: tuple[str, ...]
    column: str = ""
    rows: tuple[str, ...] = ()
    severity: str = "fail"
    """As the tool says: fail or warn."""
    score: float = 0.0
    """How strong, in the check's own unit; 0 where it gives none."""
    says: str = ""

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Alarm:
        """From the plain data that a script left."""
        return cls(**{**raw, "tables": tuple(raw["tables"]), "rows": tuple(raw["rows"])})


@dataclass
class Counts:
    """What became of the accusations of one family, and of its faults."""

    faults: int = 0
    found: int = 0
    family_right: int = 0
    """Of those found."""
    honest_columns: int = 0
    """Sound columns accused of this family."""
    honest_rows_and_splits: int = 0


@dataclass
class Tally:
    """One reading of one tool's alarms, scored."""

    families: dict[str, Counts] = field(default_factory=lambda: {family: Counts() for family in FAMILIES})
    accusations: int = 0
    decoys_accused: int = 0
    raw: list[float] = field(default_factory=list)
    """(credit - loss) / faults before the floor, a form."""
    fraction: list[float] = field(default_factory=list)
    """F, a form."""
    ladder: list[list[float]] = field(default_factory=list)
    """F had every accusation had the same confidence, by LADDER, a form."""

    def add(self, other: Tally) -> None:
        """Take another form's counts in."""
        for family, counts in other.families.items():
            mine = self.families[family]
            for name, value in asdict(counts).items():
                setattr(mine, name, getattr(mine, name) + value)
        self.accusations += other.accusations
        self.decoys_accused += other.decoys_accused
        self.raw += other.raw
        self.fraction += other.fraction
        self.ladder += other.ladder

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Tally:
        """From the plain data of checkers.json."""
        return cls(**{**raw, "families": {family: Counts(**counts) for family, counts in raw["families"].items()}})


def locus(alarm: Alarm) -> tuple[str, str, Hashable] | None:
    """Where an alarm points: kind, table and the column or the rows; None when it points at nothing that can be accused."""
    table = alarm.tables[-1]
    if alarm.check in NO_PLACE or alarm.column in KEYS:
        return None
    if alarm.column and alarm.column != "label":
        return "column", table, alarm.column
    if table == "serving_log":
        return None
    if alarm.rows:
        return "rows", table, frozenset(alarm.rows)
    return ("split", table, "") if table in SPLITS else None


def guess(alarm: Alarm) -> tuple[str, float]:
    """Family and confidence that somebody who trusts the tool would write down."""
    place = locus(alarm)
    family = "serving_skew" if place and place[0] == "column" else "contamination"
    if alarm.column == "label":
        return family, HINT
    known, confidence = GUESSES.get(alarm.check, (family, HINT))
    return (known if (known == "contamination") == (family == "contamination") else family), confidence if alarm.severity == "fail" else HINT


def accusations(found: Iterable[Alarm], *, least: float = 0.0) -> list[Accusation]:
    """One accusation a place, the strongest first, at most 24; alarms below the confidence `least` are left out."""
    places: dict[Hashable, list[Alarm]] = defaultdict(list)
    for alarm in found:
        place = locus(alarm)
        if place is not None and guess(alarm)[1] >= least:
            places[place[2] if place[0] == "column" else place].append(alarm)
    ranked = []
    for together in places.values():
        best = max(together, key=lambda a: (guess(a)[1], a.score))
        kind, table, _ = locus(best) or ("", "", "")
        family, confidence = guess(best)
        checks = ", ".join(sorted({a.check for a in together}))
        made = Accusation(
            kind_of_locus=kind, table=table, column=best.column if kind == "column" else "", rows=best.rows if kind == "rows" else (),
            family=family, confidence=confidence, why=f"{checks}: {best.says}"[:300],
        )  # fmt: skip
        ranked.append(((confidence, best.score, len(together)), made))
    ranked.sort(key=lambda pair: pair[0], reverse=True)
    return [made for _, made in ranked[:MOST]]


def with_gaps(made: Sequence[Accusation], gaps: Mapping[str, float]) -> list[Accusation]:
    """The same, splits with their distance in time from the training table."""
    return [
        replace(a, statistic={"name": "timestamp_gap", "table": a.table, "other": "train", "value": gaps[a.table]})
        if a.kind_of_locus == "split" and a.table in gaps
        else a
        for a in made
    ]


def tally(faults: Sequence[Fault], findings: Sequence[Finding], scored: Scored) -> Tally:
    """Faults found and missed by their family, sound places accused by the family they were accused of."""
    counted = Tally(accusations=len(findings), raw=[round(scored.raw, 4)], fraction=[round(scored.fraction, 4)])
    by_number = {f.number: f for f in findings}
    right = {r.fault for r in scored.results if r.verdict == "hit" and r.family_right}
    for fault in faults:
        counts = counted.families[fault.family]
        counts.faults += 1
        counts.found += fault.id in scored.credits
        counts.family_right += fault.id in right
    decoys = set()
    for result in scored.results:
        if result.verdict not in ("false_alarm", "miss"):
            continue
        finding = by_number[result.number]
        counts = counted.families[finding.family]
        if finding.locus.kind == "column":
            counts.honest_columns += 1
        else:
            counts.honest_rows_and_splits += 1
        decoys.add(result.decoy)
    counted.decoys_accused = len(decoys - {None})
    return counted


def graded(made: Sequence[Accusation], key: Key, rubric: Rubric, handed: Path) -> tuple[tuple[Finding, ...], Scored]:
    """Accusations written out in a new folder, read and scored as a candidate's are."""
    handed.mkdir()
    path = handed / "findings.toml"
    path.write_text(findings_toml(made, {}, handed), encoding="utf-8")
    read = read_findings(path, rubric.limits)
    return read.findings, score_findings(read, key, rubric)


def measure(tool: Tool, python: Path, form: SealedForm, work: Path) -> dict[str, Any]:
    """One tool on one take-home: its alarms, counted, and each reading's tally as plain data."""
    said = alarms(tool, python, form.folder / "given", work / "alarms.json")
    found = [Alarm.read(raw) for raw in said.pop("alarms")]
    key, rubric = Key.load(form.folder), load_rubric(form.folder / "rubric.toml")
    gaps = {table: timestamp_gap(key.given(table), key.given("train")) for table in SPLITS}
    readings = {}
    for name, least in (("all", 0.0), ("sure", SURE)):
        made = with_gaps(accusations(found, least=least), gaps)
        counted = tally(key.truth.faults, *graded(made, key, rubric, work / name))
        again = [graded([replace(a, confidence=p) for a in made], key, rubric, work / f"{name}_{p}")[1] for p in LADDER]
        counted.ladder.append([round(scored.fraction, 4) for scored in again])
        readings[name] = asdict(counted)
    checks = Counter(alarm.check for alarm in found)
    not_run = sorted({f"{each['check']} on {each['table']}" for each in said.pop("not_run")})
    return {"pins": tool.digest(), **said, "alarms": dict(checks.most_common()), "not_run": not_run, "readings": readings}


def lines(results: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The table over all take-homes: a tool, a reading and a family a line."""
    yield f"{'tool':11s} {'reading':7s} {'family':17s} faults  found missed  right  columns  splits"
    for name in TOOLS:
        measured = [r["tools"][name] for r in results.values() if "readings" in r["tools"].get(name, {})]
        failed = [r["tools"][name]["not_measured"] for r in results.values() if "not_measured" in r["tools"].get(name, {})]
        if not measured and not failed:
            yield f"{name:11s} not measured"
        for why in sorted(set(failed)):
            yield f"{name:11s} not measured on {failed.count(why)} take-homes: {why}"
        for reading in ("all", "sure") if measured else ():
            total = Tally()
            for each in measured:
                total.add(Tally.read(each["readings"][reading]))
            for family, c in (*total.families.items(), ("together", _sum(total.families.values()))):
                yield (
                    f"{name:11s} {reading:7s} {family:17s} {c.faults:6d} {c.found:6d} {c.faults - c.found:6d} {c.family_right:6d}"
                    f" {c.honest_columns:8d} {c.honest_rows_and_splits:7d}"
                )
            best, at = max((sum(each) / len(each), p) for each, p in zip(zip(*total.ladder, strict=True), LADDER, strict=True))
            mean = sum(total.fraction) / len(total.fraction)
            yield f"{name:11s} {reading:7s} F {mean:+.3f} over {len(measured)} take-homes; at best {best:+.3f}, with {at:g} for every confidence"
    yield "found: faults named; right: of those with the right family; columns, splits: sound ones accused of that family"


def _sum(many: Iterable[Counts]) -> Counts:
    total = Counts()
    for each in many:
        for name, value in asdict(each).items():
            setattr(total, name, getattr(total, name) + value)
    return total


def forms(wanted: argparse.Namespace) -> Iterator[SealedForm]:
    """The take-homes to measure: a vault's, or fresh ones that are gone afterwards."""
    if wanted.vault:
        vault = Vault.open(wanted.vault)
        for id_ in vault.ids():
            form = vault.form(id_)
            if not wanted.scenario or form.record.scenario in wanted.scenario:
                yield form
        return
    for number in range(wanted.forms):
        for scenario in wanted.scenario or sorted(scenarios()):
            with tempfile.TemporaryDirectory() as name:
                vault = Vault.create(Path(name) / "vault", secret=secrets.token_bytes(32))
                issued = issue(vault, f"checkers {number}", out=Path(name) / "takehomes", scenario=scenario, form=wanted.form)
                yield vault.form(issued.id)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vault", type=Path, help="measure the take-homes of this vault")
    parser.add_argument("--forms", type=int, default=3, help="without --vault: fresh take-homes a scenario (3)")
    parser.add_argument("--form", default="standard", help="length of the fresh ones")
    parser.add_argument("--scenario", action="append", help="only this one; may be given more than once")
    parser.add_argument("--tool", action="append", choices=sorted(TOOLS), help="only this one; may be given more than once")
    parser.add_argument("--again", action="store_true", help="measure again what is in the file with the same pins")
    parser.add_argument("--environments", type=Path, default=default_folder(), help="folder that the tools' environments are kept in")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("checkers.json"))
    wanted = parser.parse_args()
    results: dict[str, Any] = json.loads(wanted.out.read_text(encoding="utf-8"))["takehomes"] if wanted.out.exists() else {}
    tools = [TOOLS[name] for name in wanted.tool or TOOLS]
    pythons: dict[str, Path | NotMeasured] = {}
    for tool in tools:
        try:
            pythons[tool.name] = ensure(tool, wanted.environments)
        except NotMeasured as error:
            pythons[tool.name] = error
            print(f"{tool.name} is not measured: {error}.\n{error.tried}", file=sys.stderr, flush=True)
    missing = 0
    if wanted.vault is None and all(isinstance(python, NotMeasured) for python in pythons.values()):
        return 1
    for form in forms(wanted):
        record = form.record
        mine = results.setdefault(form.id, {"scenario": record.scenario, "form": record.form, "level": record.level, "tools": {}})
        for tool in tools:
            known = mine["tools"].get(tool.name, {})
            if "readings" in known and known["pins"] == tool.digest() and not wanted.again:
                continue
            python = pythons[tool.name]
            try:
                if isinstance(python, NotMeasured):
                    raise python
                with tempfile.TemporaryDirectory() as name:
                    mine["tools"][tool.name] = measure(tool, python, form, Path(name))
            except NotMeasured as error:
                missing += 1
                if "readings" not in known:
                    mine["tools"][tool.name] = {"not_measured": str(error)}
                if error is not python:
                    print(f"{form.id} {tool.name}: not measured: {error}\n{error.tried}", file=sys.stderr, flush=True)
            else:
                shown = {reading: made["fraction"][0] for reading, made in mine["tools"][tool.name]["readings"].items()}
                print(f"{form.id} {record.scenario:20s} {tool.name:11s} {mine['tools'][tool.name]['seconds']:6.1f} s  F {shown}", flush=True)
            write_durably(wanted.out, json.dumps({"takehomes": results}, indent=2) + "\n", mode=0o644)
    for line in lines(results):
        print(line)
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
