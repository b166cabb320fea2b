"""Valid inputs of each parser and near misses, written by plain code: what mutations begin with. `python tests/fuzz/seeds.py` writes the corpus."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

IDS = ["q1", "q2", "q3"]
CORPUS = Path(__file__).with_name("corpus")
FINDING = """[[finding]]
locus = { kind = "column", table = "train", column = "calls_28d" }
family = "future_timestamp"
kind = "window_past_decision"
confidence = 0.9
action = "fix"
why = "The window runs on."
citations = [ { row = "r_1", value = 5, should_be = "null" }, { row = "r_2", column = "calls_28d", value = 1.5, should_be = 1 } ]
statistic = { name = "timestamp_gap", table = "acceptance", other = "train", value = -12.5 }
"""
ROWS = """[[finding]]
why = '''
[[finding]] is no header here
'''
locus = { kind = "rows", table = "holdout", ids = ["r_1", "r_1"], file = "rows.csv" }
family = "contamination"
confidence = 1
action = "drop"
pairs = [ { row = "a", other = "b" } ]
"""
CLAIMS = "[claim.mine]\npoint = 0.7\nlow = 0.65\nhigh = 0.75\n[claim.inherited]\npoint = 0.6\nlow = 0.5\nhigh = 0.4\n"
VALIDATION = {"metric": "roc_auc", "estimate": 0.7, "low": 0.6, "high": 0.8, "n": 100}


def zipped(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED, folder: str = "", comment: bytes = b"") -> bytes:
    """A zip with fixed times."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        made.comment = comment
        for name, data in files.items():
            made.writestr(zipfile.ZipInfo(folder + name), data, method)
    return buffer.getvalue()


def outside(data: bytes) -> bytes:
    """The same zip with its first entry said to begin 2 GiB further on."""
    at = data.index(b"PK\x01\x02") + 42
    return data[:at] + b"\xff\xff\xff\x7f" + data[at + 4 :]


def parquet(columns: dict[str, object], **options: object) -> bytes:
    """A small Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, **options)
    return buffer.getvalue()


HAND_IN = {
    "takehome.json": b'{"id": "toy-0001"}',
    "pipeline/__main__.py": b"print('hello')\n",
    "findings.toml": FINDING.encode(),
    "MEMO.md": "Trust it – mostly.\n".encode(),
}


def seeds() -> dict[str, dict[str, bytes]]:
    """Inputs by parser and name."""
    scores = np.array([0.1, 0.2, 0.3])
    many = "".join(
        f"[[finding]]\nlocus = {{ kind = \"split\", table = \"t{n}\" }}\nfamily = 'contamination'\nconfidence = {n / 9}\naction = 'keep'\n"
        for n in range(9)
    )
    return {
        "archive": {
            "plain.zip": zipped(HAND_IN),
            "wrapped.zip": zipped(HAND_IN, folder="mine/", method=zipfile.ZIP_STORED, comment=b"from me"),
            "parent.zip": zipped({**HAND_IN, "../x": b"x"}),
            "cut.zip": zipped(HAND_IN)[:-30],
            "no-id.zip": zipped({"takehome.json": b"{}"}),
            "outside.zip": outside(zipped(HAND_IN)),
        },
        "json": {
            "plain": json.dumps(VALIDATION).encode(),
            "nested": b'[[{"a": [1, 2.5, null, "\\u00e9"]}]]',
            "nan": b'{"a": NaN}',
            "twice": b'{"a": 1, "a": 2}',
        },
        "validation": {
            "plain.json": json.dumps(VALIDATION).encode(),
            "order.json": json.dumps(VALIDATION | {"low": 0.9}).encode(),
            "whole.json": b'\xef\xbb\xbf{"metric": "mae", "estimate": 1e5, "low": 0, "high": 1e6, "n": 1e3}',
            "missing.json": b'{"metric": "mae"}',
        },
        "findings": {
            "whole.toml": (FINDING + ROWS + CLAIMS).encode(),
            "long-number.toml": b"finding = [0x" + b"f" * 4000 + b"]\n" + CLAIMS.encode(),
            "long-key.toml": b".".join([b"a"] * 2000) + b" = 1\n" + ROWS.encode(),
            "none.toml": b"[claim]\nmine = 3\n",
            "broken.toml": (FINDING + "[[finding]]\nconfidence = \n[finding.locus]\nkind = 'rows'\n" + CLAIMS).encode(),
            "many.toml": many.encode(),
            "single.toml": (ROWS.replace("[[finding]]\nwhy", "[finding]\nwhy") + '"x y".z = 0x10 # 1.2.3\n').encode(),
        },
        "rows": {"plain.csv": b"row_id\nr_1\nr_2\n", "quoted.csv": b'\xef\xbb\xbfn,"row_id"\r\n1,"r ""1"""\r\n2,r_2\r\n', "wrong.csv": b"id\nr_1\n"},
        "predictions": {
            "plain.parquet": parquet({"request_id": IDS, "score": scores}),
            "shuffled.parquet": parquet({"extra": [1, 2, 3], "score": pa.array([3, 2, 1]), "request_id": IDS[::-1]}, compression="none"),
            "encoded.parquet": parquet(
                {"request_id": pa.array(IDS).dictionary_encode(), "score": pa.array([Decimal("0.1")] * 3)}, compression="gzip"
            ),
            "null.parquet": parquet({"request_id": IDS, "score": pa.array([0.1, None, float("nan")])}, use_dictionary=False, compression="none"),
        },
        "report": {
            "plain": b"ready\n0 ok\n1 predictions_count\n\0" + scores.astype("<f8").tobytes(),
            "short": b"ready\n0 ok\n\0" + scores.astype("<f8").tobytes()[:-1],
            "wrong": b"ready\n1 ok\n\0",
            "none": b"\0",
        },
    }


def main() -> None:
    """Write the corpus anew; what a fuzzer found and somebody kept (`found-*`) stays."""
    for parser, inputs in seeds().items():
        folder = CORPUS / parser
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if not path.name.startswith("found-"):
                path.unlink()
        for name, data in inputs.items():
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
