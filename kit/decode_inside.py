"""Runs inside a second sandbox and turns predictions into raw numbers. Stands alone: numpy and pyarrow only, nothing of the kit.

Called with the input folder, the output folder and a count. `<in>/<n>/predictions.parquet` is a stranger's, `<in>/<n>/ids.txt` lists the requests, an
id a line. `<out>/report.txt` begins with `ready`; for each file a line `<n> <code>` is added and, where the code is `ok`, `<out>/<n>.f64` is written:
float64, little-endian, in the order of the requests. Where there were columns that nobody asked for, their number ends the line: `<n> ok <count>`.
"""

import sys

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


class Fault(Exception):
    """An outcome code."""


def column(table: pa.Table, name: str) -> pa.Array:
    """One column as a single plain array, dictionary encoding and extension types taken off."""
    found = table.column(name)
    if isinstance(found.type, pa.ExtensionType):
        found = pa.chunked_array([chunk.storage for chunk in found.chunks], type=found.type.storage_type)
    if pa.types.is_dictionary(found.type):
        found = found.cast(found.type.value_type)
    return found.combine_chunks()


def read(path: str, ids: pa.Array) -> npt.NDArray[np.float64]:
    """Scores in the order of `ids`. Raises Fault."""
    try:
        file = pq.ParquetFile(path)
        names = file.schema_arrow.names
    except MemoryError:  # pyarrow's own is an ArrowException too; what is too large is not unreadable
        raise
    except (pa.ArrowException, OSError, ValueError, TypeError, UnicodeDecodeError) as error:
        raise Fault("predictions_unreadable") from error
    for name, code in (("request_id", "predictions_no_id"), ("score", "predictions_no_score")):
        if names.count(name) != 1:
            raise Fault(code)
    # The footer is only a claim; it is checked again below. It keeps a tiny file from unfolding into millions of rows.
    if file.metadata.num_rows != len(ids):
        raise Fault("predictions_count")
    fields = {field.name: field.type for field in file.schema_arrow if field.name in ("request_id", "score")}
    if any(pa.types.is_nested(kind) for kind in fields.values()):
        raise Fault("predictions_not_numeric" if pa.types.is_nested(fields["score"]) else "predictions_id_unknown")
    try:
        table = file.read(columns=["request_id", "score"], use_threads=False)
        given, scores = column(table, "request_id"), column(table, "score")
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, NotImplementedError, UnicodeDecodeError) as error:
        raise Fault("predictions_unreadable") from error
    if len(given) != len(ids) or len(scores) != len(ids):
        raise Fault("predictions_count")
    return arranged(scores, order(given, ids))


def further(path: str) -> int:
    """How many columns a readable file holds beside the two."""
    return len(pq.ParquetFile(path).schema_arrow.names) - 2


def order(given: pa.Array, ids: pa.Array) -> pa.Array:
    """Where each of `ids` stands in `given`."""
    if given.null_count:
        raise Fault("predictions_id_missing")
    try:
        places = pc.index_in(ids, value_set=given.cast(pa.string()))
        distinct = pc.count_distinct(given).as_py()
    except MemoryError:
        raise
    except (pa.ArrowException, ValueError, NotImplementedError) as error:
        raise Fault("predictions_id_unknown") from error
    if distinct != len(ids):
        raise Fault("predictions_id_duplicate")
    if places.null_count:
        raise Fault("predictions_id_unknown")
    return places


def arranged(scores: pa.Array, places: pa.Array) -> npt.NDArray[np.float64]:
    """Scores as finite float64, taken in order."""
    kind = scores.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise Fault("predictions_not_numeric")
    if scores.null_count:
        raise Fault("predictions_null")
    try:
        values = scores.cast(pa.float64(), safe=False).take(places).to_numpy(zero_copy_only=False)
    except MemoryError:
        raise
    except (pa.ArrowException, ValueError, NotImplementedError) as error:
        raise Fault("predictions_not_numeric") from error
    if not np.isfinite(values).all():
        raise Fault("predictions_not_finite")
    result: npt.NDArray[np.float64] = values.astype("<f8")
    return result


def main() -> None:
    """Decode every numbered folder, one after the other; a line in the report once each is done."""
    inputs, output, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    note(output, "ready")
    for number in range(count):
        with open(f"{inputs}/{number}/ids.txt", encoding="utf-8") as file:
            ids = pa.array(file.read().split("\n")[:-1], pa.string())
        try:
            read(f"{inputs}/{number}/predictions.parquet", ids).tofile(f"{output}/{number}.f64")
            extra = further(f"{inputs}/{number}/predictions.parquet")
            code = f"ok {extra}" if extra else "ok"
        except Fault as fault:
            code = str(fault)
        except MemoryError:
            code = "predictions_too_costly"
        note(output, f"{number} {code}")


def note(output: str, line: str) -> None:
    """Add to the report, opened anew each time, so that what was decided stands even if the next file brings this process down."""
    with open(f"{output}/report.txt", "a", encoding="ascii") as report:
        report.write(line + "\n")


if __name__ == "__main__":
    main()
