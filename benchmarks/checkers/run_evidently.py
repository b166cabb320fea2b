"""evidently's presets on one take-home: `run_evidently.py DATA OUT`. Runs in the environment of evidently.txt.

DataDriftPreset and DataSummaryPreset with the tests they come with: the training table is the reference, each other one the current data.
The classification and regression presets are left out: they judge a model's predictions, and none of their tests names a column.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset, DataSummaryPreset
from tables import OTHERS, Takehome, alarm, leave


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])

    def look() -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
        given = Takehome(data)
        alarms: list[dict[str, Any]] = []
        not_run: list[dict[str, str]] = []
        for name in OTHERS:
            shared = [c for c in (*given.features, "label") if c in given.tables[name]]
            numbers = [c for c in shared if c not in given.categories]
            definition = DataDefinition(numerical_columns=numbers, categorical_columns=given.categories)
            current, reference = (Dataset.from_pandas(given.tables[t][shared], data_definition=definition) for t in (name, "train"))
            report = Report([DataDriftPreset(), DataSummaryPreset()], include_tests=True)
            done = report.run(current, reference).dict()
            values = {m["id"]: m["value"] for m in done["metrics"]}
            for test in done["tests"]:
                status = str(getattr(test["status"], "value", test["status"])).lower()
                asked = test["metric_config"]["params"]
                check, column = asked["type"].split(":")[-1], asked.get("column") or ""
                if status == "error":
                    not_run.append({"check": check, "table": name, "why": test["description"][:200]})
                if status not in ("fail", "warning"):
                    continue
                value = values.get(test["metric_config"]["metric_id"])
                score = float(value) if check == "ValueDrift" and isinstance(value, (int, float)) else 0.0
                severity = "fail" if status == "fail" else "warn"
                alarms.append(alarm(check, ["train", name], severity, test["description"], column=column, score=score))
        return alarms, not_run

    leave("evidently", out, look)


if __name__ == "__main__":
    main()
