"""The script that reads a stranger's predictions, called here as it is called inside: by files."""

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kit import decode_inside

IDS = ["q1", "q2", "q3"]


def decoded(tmp_path: Path, made: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[float] | None]:
    """Code and scores for one file, given as columns, a table or bytes."""
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / "ids.txt").write_text("".join(f"{each}\n" for each in IDS))
    path = tmp_path / "0" / "predictions.parquet"
    if isinstance(made, bytes):
        path.write_bytes(made)
    else:
        pq.write_table(pa.table(made) if isinstance(made, dict) else made, path)
    monkeypatch.setattr(sys, "argv", ["decode", str(tmp_path), str(tmp_path), "1"])
    decode_inside.main()
    ready, line = (tmp_path / "report.txt").read_text().splitlines()
    assert ready == "ready"
    raw = tmp_path / "0.f64"
    return line.removeprefix("0 "), list(np.fromfile(raw, "<f8")) if raw.exists() else None


@pytest.mark.parametrize(
    "columns",
    [
        {"request_id": IDS, "score": [0.1, 0.2, 0.3]},
        {"request_id": IDS[::-1], "score": [0.3, 0.2, 0.1]},
        {"score": pa.array([0.2, 0.1, 0.3]), "extra": [1, 2, 3], "request_id": pa.array(["q2", "q1", "q3"]).dictionary_encode()},
        {"request_id": pa.array(IDS, pa.large_string()), "score": pa.array([Decimal("0.1"), Decimal("0.2"), Decimal("0.3")])},
    ],
    ids=["plain", "shuffled", "dictionary-and-extra", "large-string-and-decimal"],
)
def test_scores_come_in_the_order_of_the_requests(tmp_path: Path, columns: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Joined by id, whatever the order and the encoding; columns that nobody asked for are counted."""
    code, scores = decoded(tmp_path, columns, monkeypatch)
    assert code == ("ok 1" if "extra" in columns else "ok")
    assert scores == pytest.approx([0.1, 0.2, 0.3])


def test_scores_outside_of_the_unit_interval_are_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole numbers, constants and prices."""
    assert decoded(tmp_path, {"request_id": IDS, "score": [-5, 100, 100]}, monkeypatch) == ("ok", [-5.0, 100.0, 100.0])


NAN, INF = float("nan"), float("inf")
WRONG: dict[str, tuple[str, Any]] = {
    "count": ("predictions_count", {"request_id": IDS[:2], "score": [0.1, 0.2]}),
    "none": ("predictions_count", {"request_id": pa.array([], pa.string()), "score": pa.array([], pa.float64())}),
    "duplicate": ("predictions_id_duplicate", {"request_id": ["q1", "q1", "q3"], "score": [0.1, 0.2, 0.3]}),
    "unknown": ("predictions_id_unknown", {"request_id": ["q1", "q2", "other"], "score": [0.1, 0.2, 0.3]}),
    "null-id": ("predictions_id_missing", {"request_id": ["q1", "q2", None], "score": [0.1, 0.2, 0.3]}),
    "nested-id": ("predictions_id_unknown", {"request_id": [["q1"], ["q2"], ["q3"]], "score": [0.1, 0.2, 0.3]}),
    "number-id": ("predictions_id_unknown", {"request_id": [1, 2, 3], "score": [0.1, 0.2, 0.3]}),
    "no-id": ("predictions_no_id", {"id": IDS, "score": [0.1, 0.2, 0.3]}),
    "no-score": ("predictions_no_score", {"request_id": IDS, "prediction": [0.1, 0.2, 0.3]}),
    "two-scores": (
        "predictions_no_score",
        pa.Table.from_arrays([pa.array(IDS), pa.array([0.1] * 3), pa.array([0.1] * 3)], names=["request_id", "score", "score"]),
    ),
    "text": ("predictions_not_numeric", {"request_id": IDS, "score": ["0.1", "0.2", "0.3"]}),
    "true": ("predictions_not_numeric", {"request_id": IDS, "score": [True, False, True]}),
    "lists": ("predictions_not_numeric", {"request_id": IDS, "score": [[0.1], [0.2], [0.3]]}),
    "null": ("predictions_null", {"request_id": IDS, "score": [0.1, None, 0.3]}),
    "nan": ("predictions_not_finite", {"request_id": IDS, "score": [0.1, NAN, 0.3]}),
    "infinite": ("predictions_not_finite", {"request_id": IDS, "score": [0.1, -INF, 0.3]}),
    "empty-file": ("predictions_unreadable", b""),
    "text-file": ("predictions_unreadable", b"request_id,score\nq1,0.1\n"),
    "cut": ("predictions_unreadable", b"PAR1" + b"\0" * 64 + b"PAR1"),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_each_wrong_file_has_its_own_code(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And leaves no numbers."""
    code, made = WRONG[name]
    assert decoded(tmp_path, made, monkeypatch) == (code, None)


def test_a_small_file_of_many_rows_is_refused_by_its_footer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without unfolding them."""
    rows = 3_000_000
    table = pa.table({"request_id": pa.DictionaryArray.from_arrays(np.zeros(rows, np.int8), ["q1"]), "score": pa.array(np.zeros(rows))})
    assert decoded(tmp_path, table, monkeypatch) == ("predictions_count", None)


def test_flipped_bytes_never_bring_numbers_of_another_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is flipped, the outcome is a known code, and numbers only with `ok`."""
    good = tmp_path / "good.parquet"
    pq.write_table(pa.table({"request_id": IDS, "score": [0.1, 0.2, 0.3]}), good)
    data = good.read_bytes()
    for at in range(4, len(data) - 8, 37):
        place = tmp_path / str(at)
        place.mkdir()
        code, scores = decoded(place, data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :], monkeypatch)
        assert (code == "ok") == (scores is not None)
        assert scores is None or len(scores) == 3


@pytest.mark.parametrize("place", ["ParquetFile", "column", "index_in", "to_numpy"])
def test_what_is_too_large_is_not_called_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """pyarrow's own out-of-memory error is one of its reading errors too; wherever it comes up, the candidate is told of the memory."""

    def full(*args: object, **options: object) -> None:
        raise pa.ArrowMemoryError("malloc of size 4294967296 failed")

    where = {"ParquetFile": decode_inside.pq, "column": decode_inside, "index_in": decode_inside.pc}
    if place == "to_numpy":
        monkeypatch.setattr(decode_inside.pa, "float64", full)
        made: Any = {"request_id": IDS, "score": [1, 2, 3]}
    else:
        monkeypatch.setattr(where[place], place, full)
        made = {"request_id": IDS, "score": [0.1, 0.2, 0.3]}
    assert decoded(tmp_path, made, monkeypatch) == ("predictions_too_costly", None)
