"""Hypothesis strategies: valid inputs of each parser, and valid ones with something wrong in the place where it hurts."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st
from seeds import CLAIMS, FINDING, HAND_IN, IDS, ROWS, VALIDATION
from targets import JSON_WORDS, TOML_WORDS

GOOD_PIECES = ("a", "b.py", "notes", "é", "Z", "x" * 60)
ODD_PIECES = (
    "..",
    ".",
    "",
    "A",
    "e\u0301",
    "\u202e",
    "C:",
    "a\\b",
    " ",
    "\0",
    "a\nb",
    "ﬁ",
    "takehome.json",
    "__MACOSX",
    ".DS_Store",
    "x" * 201,
    "\udc80",
)
EDGES = (0, 1, 2, 8, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
FIELDS = {
    b"PK\x03\x04": ((4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)),
    b"PK\x01\x02": ((4, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (34, 2), (38, 4), (42, 4)),
    b"PK\x05\x06": ((4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)),
}
"""Fields of the headers of a zip: where they begin after the signature's start, and how many bytes they have."""
ZIP64 = struct.pack("<HHQQQ", 1, 24, 3, 2**63, 2**64 - 1)
"""An extra field that says sizes and a place far outside."""


@st.composite
def zips(draw: st.DrawFn) -> bytes:
    """A hand-in whose names, kinds, headers or end are not what they should be."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, data in HAND_IN.items():
            made.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        for _ in range(draw(st.integers(0, 3))):
            pieces = draw(st.lists(st.sampled_from(GOOD_PIECES + ODD_PIECES), min_size=1, max_size=14))
            entry = zipfile.ZipInfo("x")
            entry.filename = entry.orig_filename = "/".join(pieces).encode("utf-8", "replace").decode()
            entry.external_attr = draw(st.sampled_from((0, 0o644, 0o100644, 0o40755, 0o120777, 0o10644, 0o60644, 0o104755))) << 16
            entry.extra = draw(st.sampled_from((b"", b"", ZIP64, ZIP64[:7], b"\1\0\0\0")))
            made.writestr(entry, draw(st.binary(max_size=40)), draw(st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA))))
    data = bytearray(buffer.getvalue())
    for _ in range(draw(st.integers(0, 3))):
        mark = draw(st.sampled_from(sorted(FIELDS)))
        places = [at for at in range(len(data)) if data[at : at + 4] == mark]
        if places:
            at, size = draw(st.sampled_from(FIELDS[mark]))
            start = draw(st.sampled_from(places)) + at
            data[start : start + size] = (draw(st.sampled_from(EDGES)) & (256**size - 1)).to_bytes(size, "little")
    whole = bytes(data)
    return draw(st.sampled_from((whole, whole, whole, b"MZ" * 40 + whole, whole + b"tail", whole[: draw(st.integers(0, len(whole)))], whole + whole)))


@st.composite
def good_zips(draw: st.DrawFn) -> tuple[bytes, dict[str, bytes]]:
    """A hand-in with files of any content under plain names, and what is in it."""
    names = draw(st.lists(st.tuples(*[st.sampled_from(GOOD_PIECES[:5])] * 2), unique=True, max_size=6))
    files = HAND_IN | {f"work/{one}-{two}/{n}.txt": draw(st.binary(max_size=300)) for n, (one, two) in enumerate(names)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", draw(st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return buffer.getvalue(), files


def mutated(text: st.SearchStrategy[str], words: tuple[str, ...]) -> st.SearchStrategy[bytes]:
    """Text with lines taken out, repeated or swapped, words put in, and at times bytes that are no text."""

    @st.composite
    def made(draw: st.DrawFn) -> bytes:
        whole = draw(text)
        for _ in range(draw(st.integers(0, 4))):
            lines = whole.split("\n")
            at, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
            how = draw(st.integers(0, 4))
            if how == 0:
                del lines[at]
            elif how == 1:
                lines.insert(at, lines[other])
            elif how == 2:
                lines[at], lines[other] = lines[other], lines[at]
            else:
                inside = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:inside] + draw(st.sampled_from(words)) + lines[at][inside + draw(st.integers(0, 3)) :]
            whole = "\n".join(lines) or "\n"
        data = whole.encode("utf-8", "surrogatepass")
        return draw(st.sampled_from((data, data, data, b"\xef\xbb\xbf" + data, data[: len(data) // 2], data + b"\xff", data.replace(b"\n", b"\r\n"))))

    return made()


ODD_VALUES = (
    "0", "-1", "1.5", "nan", "-inf", "1e400", "true", '""', '"null"', '"r_1"', "[]", "[[1]]", "{}", "{ row = 1 }", "1979-05-27", "07:32:00",
    "0xdead_beef", "0x" + "f" * 4000, "9" * 400, "9" * 5000, '"' + "x" * 300 + '"', "[" * 40 + "]" * 40, '"\\u0000\\u202e"', "[ 1, 'a', { b = 2 } ]",
)  # fmt: skip
KEYS = (
    "locus", "locus.kind", "locus.ids", "locus.file", "family", "kind", "confidence", "confidense", "action", "why", "citations", "pairs",
    "statistic", "statistic.value", "number", "line", "a." * 40 + "b", '"quoted key"', "point", "low", "high",
)  # fmt: skip


@st.composite
def toml(draw: st.DrawFn) -> str:
    """Findings and claims, some of their values replaced by anything that TOML can hold."""
    parts = []
    for _ in range(draw(st.integers(0, 4))):
        part = draw(st.sampled_from((FINDING, ROWS, CLAIMS, "[finding.locus]\n", "[[finding.citations]]\n", "[claim]\n", "[other]\n")))
        for _ in range(draw(st.integers(0, 3))):
            lines = part.rstrip("\n").split("\n")
            at = draw(st.integers(0, len(lines) - 1))
            line = f"{draw(st.sampled_from(KEYS))} = {draw(st.sampled_from(ODD_VALUES))}"
            lines[at : at + draw(st.integers(0, 1))] = [lines[at], line] if lines[at].startswith("[") else [line]
            part = "\n".join(lines) + "\n"
        parts.append(part)
    return "".join(parts)


findings = mutated(toml(), TOML_WORDS)

PLAIN = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from((10**400, -(10**30), 5e-324, 1e308, "roc_auc"))
)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=6)


@st.composite
def json_texts(draw: st.DrawFn) -> str:
    """A validation with some of its fields replaced or missing, or any other value; NaN and numbers of many digits among them."""
    fields = draw(st.dictionaries(st.sampled_from([*VALIDATION, "id", "more"]), VALUES, max_size=4))
    gone = draw(st.sets(st.sampled_from(sorted(VALIDATION)), max_size=1))
    value = {name: value for name, value in (VALIDATION | fields).items() if name not in gone}
    return json.dumps(draw(st.sampled_from((value, value, [value], draw(VALUES)))), ensure_ascii=draw(st.booleans()))


json_bytes = mutated(json_texts(), JSON_WORDS)
CELLS = ("row_id", "r_1", "r_2", " r_1 ", "", '"', '"a ""b"""', "=1+1", "\0", "é", "x" * 200, "x" * 140_000, "\x85", "\r")
ROWS_AFTER_HEADER = st.lists(st.lists(st.sampled_from(CELLS), max_size=4).map(",".join), max_size=6)
rows = mutated(ROWS_AFTER_HEADER.map(lambda lines: "\n".join(["row_id,n", *lines, ""])), ("row_id", ",", '"', "\0", "\r", "\x0b", "\u2028", "n\n"))


def table(columns: dict[str, Any], *, names: list[str] | None = None, **options: Any) -> bytes:
    """A Parquet file of columns."""
    buffer = io.BytesIO()
    arrays = list(columns.values())
    pq.write_table(pa.Table.from_arrays(arrays, names=names or list(columns)), buffer, **options)
    return buffer.getvalue()


KINDS: tuple[pa.DataType, ...] = (
    pa.int8(), pa.uint64(), pa.int64(), pa.float32(), pa.float64(), pa.bool_(), pa.string(), pa.large_string(), pa.binary(), pa.decimal128(10, 2),
    pa.decimal256(60, 2), pa.date32(), pa.timestamp("us"), pa.duration("ms"), pa.time64("ns"), pa.null(), pa.list_(pa.float64()), pa.binary(3),
    pa.struct([("a", pa.int64())]), pa.map_(pa.string(), pa.int64()), pa.dictionary(pa.int32(), pa.string()), pa.float16(),
)  # fmt: skip


@st.composite
def arrays(draw: st.DrawFn, size: int) -> pa.Array:
    """Values of any type that a Parquet file can hold, nulls among them."""
    kind = draw(st.sampled_from(KINDS))
    number = st.integers(-100, 100) if not pa.types.is_floating(kind) else st.floats(width=16) | st.sampled_from((float("nan"), float("inf")))
    base: dict[str, st.SearchStrategy[Any]] = {
        "string": st.sampled_from([*IDS, "other", ""]), "large_string": st.sampled_from(IDS), "bool": st.booleans(), "null": st.none(),
        "binary": st.sampled_from((b"q1", b"q2", b"\xff")), "fixed_size_binary[3]": st.just(b"abc"), "uint8": st.integers(0, 9),
        "uint64": st.integers(0, 2**64 - 1), "list<item: double>": st.lists(st.floats(), max_size=2), "struct<a: int64>": st.just({"a": 1}),
        "map<string, int64>": st.just([("a", 1)]), "halffloat": st.just(1.5),
    }  # fmt: skip
    if pa.types.is_dictionary(kind):
        return pa.array(draw(st.lists(st.none() | base["string"], min_size=size, max_size=size)), pa.string()).dictionary_encode()
    if pa.types.is_decimal(kind):
        return pa.array(draw(st.lists(st.none() | st.decimals(-999, 999, places=2), min_size=size, max_size=size)), kind)
    values = draw(st.lists(st.none() | base.get(str(kind), number), min_size=size, max_size=size))
    return (
        pa.array(values, pa.int64() if pa.types.is_temporal(kind) else kind).cast(kind)
        if kind != pa.date32()
        else pa.array(values, pa.int32()).cast(kind)
    )


@st.composite
def parquets(draw: st.DrawFn) -> bytes:
    """A Parquet file that can be read, with the wrong columns, types, ids or numbers of rows."""
    size = draw(st.sampled_from((3, 3, 3, 3, 2, 4, 0)))
    right = [*draw(st.permutations(IDS)), "q1"][:size]
    wrong = draw(st.lists(st.sampled_from([*IDS, "x", None]), min_size=size, max_size=size))
    ids = pa.array(draw(st.sampled_from((right, right, wrong))), pa.string())
    finite, any_ = st.floats(allow_nan=False, allow_infinity=False), st.floats() | st.none()
    scores = pa.array(draw(st.lists(draw(st.sampled_from((finite, finite, any_))), min_size=size, max_size=size)), pa.float64())
    columns = {"request_id": draw(st.sampled_from((ids, ids, draw(arrays(size))))), "score": draw(st.sampled_from((scores, draw(arrays(size)))))}
    if draw(st.booleans()):
        columns["extra"] = draw(arrays(size))
    names = draw(
        st.sampled_from((None, None, None, ["score", "request_id", "b"], ["request_id", "request_id", "score"], ["request_id", "score", "score"]))
    )
    return table(
        columns,
        names=names[: len(columns)] if names else None,
        compression=draw(st.sampled_from(("none", "snappy", "gzip", "zstd"))),
        use_dictionary=draw(st.booleans()),
        version=draw(st.sampled_from(("1.0", "2.6"))),
    )


@st.composite
def good_parquets(draw: st.DrawFn) -> tuple[bytes, dict[str, float]]:
    """Predictions as they should be, in any order and encoding, and the score of each request."""
    order = draw(st.permutations(IDS))
    scores = draw(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3))
    ids = draw(st.sampled_from((pa.array(order), pa.array(order).dictionary_encode(), pa.array(order, pa.large_string()))))
    data = table({"score": pa.array(scores), "request_id": ids}, compression=draw(st.sampled_from(("none", "snappy", "zstd"))))
    return data, dict(zip(order, scores, strict=True))


@st.composite
def reports(draw: st.DrawFn) -> bytes:
    """A decoder's report with lines missing, out of order or made up, and numbers of another length or not finite."""
    said = ("0 ok", "1 ok", "1 ok", "ready", "0 predictions_null", "0 crashed", "0 full marks", "00 ok", "", "é", "1", "0 ok ")
    lines = draw(st.sampled_from((["0 ok"], []))) + draw(st.lists(st.sampled_from(said), max_size=4))
    numbers = draw(st.lists(st.floats(width=16), min_size=3, max_size=3) | st.lists(st.floats(), min_size=2, max_size=4))
    return "\n".join(["ready", *lines, ""][draw(st.sampled_from((0, 0, 0, 1))) :]).encode() + b"\0" + struct.pack(f"<{len(numbers)}d", *numbers)
