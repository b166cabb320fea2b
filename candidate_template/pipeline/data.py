"""Reading tables and writing predictions."""

import pandas as pd

TARGET = "label"

# Everything that is not one of these goes into the model.
KEYS = ("row_id", "request_id", "entity_id", "decision_time")


def read_table(folder, name):
    path = folder / f"{name}.parquet"
    if not path.exists():
        raise SystemExit(f"{path} not found: pass the folder that holds {name}.parquet with --data")
    return pd.read_parquet(path)


def write_predictions(requests, scores, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame({"request_id": requests["request_id"], "score": scores}).to_parquet(path, index=False)
