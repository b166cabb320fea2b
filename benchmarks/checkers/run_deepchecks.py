"""deepchecks' default suites on one take-home: `run_deepchecks.py DATA OUT`. Runs in the environment of deepchecks.txt.

data_integrity on each table by itself and train_test_validation of the training table against each other one, with the thresholds they come with.
The entity is given as the index and the decision time as the date. model_evaluation is left out: none of its conditions names a column or a row.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
from deepchecks.tabular import Dataset
from deepchecks.tabular.suites import data_integrity, train_test_validation
from tables import OTHERS, Takehome, alarm, leave

IMPORTANT = 0.1
"""From this share of a domain classifier's importance on, a column is named by a multivariate drift."""


def columns_of(check: str, condition: str, value: Any, details: str, known: list[str]) -> dict[str, float]:
    """The columns that a failed condition is about, with the number that failed it."""
    if check == "FeatureDrift":
        return {c: v["Drift score"] for c, v in value.items() if v["Drift score"] is not None and v["Drift score"] >= 0.2}
    if check == "FeatureLabelCorrelation":
        return {c: v for c, v in value.items() if v >= 0.8}
    if check == "FeatureLabelCorrelationChange":
        change, most = (value["train-test difference"], 0.2) if "difference" in condition else (value["train"], 0.7)
        return {c: abs(v) for c, v in change.items() if abs(v) >= most}
    if check == "IdentifierLabelCorrelation":
        return {c: v for c, v in value.items() if v > 0}
    if check == "MultivariateDrift":
        return {c: v for c, v in value["domain_classifier_feature_importance"].items() if v >= IMPORTANT}
    if check == "FeatureFeatureCorrelation":
        strong = value.abs() > 0.9
        return {c: 1.0 for c in strong if strong[c].sum() > 1}
    return {c: 0.0 for c in known if f"'{c}'" in details or f'"{c}"' in details}


def repeated(frame: pd.DataFrame, features: list[str], other: pd.DataFrame | None) -> list[str]:
    """Ids of the rows that equal another one of the table, or one of `other`, in features and label: the rows that deepchecks counts."""
    same = [c for c in (*features, "label") if c in frame]
    key = pd.util.hash_pandas_object(frame[same], index=False)
    hit = key.duplicated(keep=False) if other is None else key.isin(pd.util.hash_pandas_object(other[same], index=False))
    return [str(id_) for id_ in frame.loc[hit.to_numpy(), frame.columns[0]]]


def rows_of(check: str, value: Any, frame: pd.DataFrame, features: list[str], train: pd.DataFrame) -> list[str]:
    """The rows that a failed condition is about."""
    if check == "DataDuplicates":
        return repeated(frame, features, None)
    if check == "TrainTestSamplesMix":
        return repeated(frame, features, train)
    if check == "ConflictingLabels":
        places = sorted({place for group in value["samples_indices"] for place in group})
        return [str(id_) for id_ in frame.loc[places, frame.columns[0]]]
    return []


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])

    def look() -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
        given = Takehome(data)
        sets = {}
        for name, frame in given.tables.items():
            label = {"label": "label", "label_type": "regression" if given.regression else "binary"} if "label" in frame else {}
            sets[name] = Dataset(
                frame, features=given.features, cat_features=given.categories, index_name="entity_id", datetime_name="decision_time", **label
            )
        runs = [([name], data_integrity().run(sets[name])) for name in sets]
        runs += [(["train", name], train_test_validation().run(sets["train"], sets[name])) for name in OTHERS]
        alarms, not_run = [], []
        for tables, suite in runs:
            frame = given.tables[tables[-1]]
            for result in suite.results:
                check = type(result.check).__name__
                if not hasattr(result, "conditions_results"):
                    not_run.append({"check": check, "table": tables[-1], "why": str(result.exception)[:200]})
                    continue
                for condition in result.conditions_results:
                    severity = condition.category.value.lower()
                    if severity == "error":
                        not_run.append({"check": check, "table": tables[-1], "why": str(condition.details)[:200]})
                    if severity not in ("fail", "warn"):
                        continue
                    says = f"{condition.name}: {condition.details}"
                    rows = rows_of(check, result.value, frame, given.features, given.tables["train"])
                    columns = {} if rows else columns_of(check, condition.name, result.value, condition.details, list(frame.columns))
                    alarms += [alarm(check, tables, severity, says, column=c, score=v) for c, v in columns.items()]
                    if not columns:
                        alarms.append(alarm(check, tables, severity, says, rows=rows))
        return alarms, not_run

    leave("deepchecks", out, look)


if __name__ == "__main__":
    main()
