"""Parquet: predictions that are none, or that cost more to read than they may. The grader itself never opens one of them."""

from __future__ import annotations

from attacks._attack import Attack


def _table(id: str, what: str, item: str, code: str, outcome: str = "predictions_unreadable", **more: object) -> Attack:
    """An attack on `predict`; what gives a table of honest scores scores as honest work does."""
    settings = {"gains": False if outcome == "ok" else None} | more
    return Attack(id=f"parquet_{id}", what=what, covers=(item,), command="predict", code=code, outcome=outcome, **settings)  # type: ignore[arg-type]


FORGE = """
import pyarrow as pa, pyarrow.parquet as pq

def varint(number, width=0):
    number *= 2
    out = bytearray()
    while number > 127 or len(out) + 1 < width:
        out.append(number & 127 | 128)
        number >>= 7
        if not time_left():
            break
    out.append(number)
    return bytes(out)

def forge(rows, claimed, times):
    \"\"\"A table of so many rows whose footer claims another number, its only group of rows listed that many times over.\"\"\"
    path = "/tmp/forged"
    table = pa.table({"request_id": pa.array(["q"] * rows), "score": pa.array([0.5] * rows)})
    pq.write_table(table, path, store_schema=False, row_group_size=rows)
    data = open(path, "rb").read()
    length = int.from_bytes(data[-8:-4], "little")
    body, footer = data[: -8 - length], data[-8 - length : -8]
    mark = b"\\x16" + varint(rows) + b"\\x19\\x1c"
    assert footer.count(mark) == 1
    head, tail = footer.split(mark)
    end = tail.index(b"\\x28", tail.index(b"parquet-cpp") - 2)
    group, rest = tail[:end], tail[end:]
    listed = bytes([0x10 * times | 0x0C]) if times < 15 else b"\\xfc" + bytes([times & 127 | 128, times >> 7])
    footer = head + b"\\x16" + varint(claimed, len(varint(rows))) + b"\\x19" + listed + group * times + rest
    write(ARGS["--out"], body + footer + len(footer).to_bytes(4, "little") + b"PAR1")
    say("forged", len(body) + len(footer), "bytes")
    sys.exit(0)
"""

SPOIL = """
import pyarrow.parquet as pq
pq.write_table(answers(), "/tmp/whole")
data = bytearray(open("/tmp/whole", "rb").read())
"""

ATTACKS = (
    _table("empty", "leaves a file without a byte", "empty", "write(ARGS['--out'], b'')\nsys.exit(0)"),
    _table("text", "leaves a table as text", "text", "write(ARGS['--out'], b'request_id,score\\nq_1,0.5\\n')\nsys.exit(0)"),
    _table("truncated", "leaves half a table", "truncated", SPOIL + "write(ARGS['--out'], bytes(data[: len(data) // 2]))\nsys.exit(0)"),
    _table(
        "forged_footer",
        "claims a footer longer than the file",
        "forged_footer",
        SPOIL + "data[-8:-4] = (0x7FFFFFF0).to_bytes(4, 'little')\nwrite(ARGS['--out'], bytes(data))\nsys.exit(0)",
    ),
    _table(
        "forged_count",
        "holds five million rows and says that it holds as many as were asked for",
        "forged_count",
        FORGE + "forge(5_000_000 // 5, 800, 5)",
        "predictions_count",
    ),
    _table(
        "bomb",
        "holds two hundred million rows in less than two megabytes, and says that it holds as many as were asked for",
        "too_many_rows",
        FORGE + "forge(1_000_000, 800, 200)",
        "predictions_too_costly",
        quick=True,
    ),
    _table("bomb_told", "holds two hundred million rows and says so", "too_many_rows", FORGE + "forge(1_000_000, 200_000_000, 200)", "predictions_count"),
    _table(
        "flipped",
        "leaves a table in which one bit of every hundredth byte is another",
        "flipped_bytes",
        SPOIL + "for at in range(50, len(data), 100):\n    data[at] ^= 4\nwrite(ARGS['--out'], bytes(data))\nsys.exit(0)",
    ),
    _table(
        "giant_strings",
        "names every request by one text of a megabyte, which the file holds once and a reader would hold eight hundred times",
        "giant_strings",
        """
        import pyarrow as pa
        names = pa.DictionaryArray.from_arrays(pa.array([0] * 800, pa.int32()), pa.array(["x" * 1_000_000]))
        hand_over(pa.table({"request_id": names, "score": answers().column("score")}), compression="zstd")
        """,
        "predictions_too_costly",
    ),
    _table(
        "many_columns",
        "adds ten thousand columns",
        "many_columns",
        """
        import pyarrow as pa
        table = answers()
        row = pa.nulls(len(table), pa.int8())
        hand_over(pa.table({**{name: table.column(name) for name in table.column_names}, **{f"c{number}": row for number in range(10_000)}}))
        """,
        ("ok", "predictions_too_costly"),  # type: ignore[arg-type]
        why_several="a slow machine may meet the limit of the reading; extra columns are otherwise passed over",
        gains=None,
        megabytes=64,
    ),
    _table("nested", "gives lists for numbers", "nested", "hand_over(answers(lambda count: [[0.5]] * count))", "predictions_not_numeric"),
    _table(
        "nested_ids",
        "gives structures for ids",
        "nested",
        "hand_over(answers(ids=lambda known: [{'id': name} for name in known]))",
        "predictions_id_unknown",
    ),
    _table(
        "encrypted",
        "leaves a table that only its own key opens",
        "encrypted",
        """
        import pyarrow.parquet as pq, pyarrow.parquet.encryption as pe
        class Keeper(pe.KmsClient):
            def __init__(self, settings):
                pe.KmsClient.__init__(self)
            def wrap_key(self, key, name):
                return key
            def unwrap_key(self, key, name):
                return key
        table = answers()
        settings = pe.EncryptionConfiguration(footer_key="f", column_keys={"c": table.column_names})
        sealed = pe.CryptoFactory(Keeper).file_encryption_properties(pe.KmsConnectionConfig(), settings)
        with pq.ParquetWriter(ARGS["--out"], table.schema, encryption_properties=sealed) as writer:
            writer.write_table(table)
        say("encrypted", read(ARGS["--out"])[:4])
        sys.exit(0)
        """,
        says=("encrypted b'PARE'",),
    ),
    _table(
        "extension",
        "gives a type of its own whose reader would be its own code",
        "extension",
        """
        import pyarrow as pa
        class Own(pa.ExtensionType):
            def __init__(self):
                super().__init__(pa.float64(), "own.type")
            def __arrow_ext_serialize__(self):
                return b"code"
            @classmethod
            def __arrow_ext_deserialize__(cls, storage, data):
                return cls()
        table = answers()
        scores = pa.ExtensionArray.from_storage(Own(), table.column("score").combine_chunks().cast(pa.float64()))
        hand_over(pa.table({"request_id": table.column("request_id"), "score": scores}))
        """,
        "ok",
    ),
    _table("count", "answers all requests but one", "wrong_count", "hand_over(answers().slice(1))", "predictions_count"),
    _table("shuffled", "answers in another order", "shuffled", "hand_over(answers().take(list(range(799, -1, -1))))", "ok"),
    _table("duplicate", "answers one request twice", "duplicate_ids", "hand_over(answers(ids=lambda known: known[1:] + known[1:2]))",
           "predictions_id_duplicate"),
    _table("missing", "names no request in one row", "missing_ids", "hand_over(answers(ids=lambda known: [None] + known[1:]))", "predictions_id_missing"),
    _table("unknown", "answers what was not asked", "unknown_ids", "hand_over(answers(ids=lambda known: ['q_other'] + known[1:]))",
           "predictions_id_unknown"),
    _table("no_id", "names no requests at all", "no_id", "hand_over(answers().drop_columns(['request_id']))", "predictions_no_id"),
    _table("no_score", "gives no scores", "no_score", "hand_over(answers().drop_columns(['score']))", "predictions_no_score"),
    _table("extra", "adds columns that were not asked for", "extra_columns",
           "table = answers()\nhand_over(table.append_column('y', table.column('score')).append_column('rank', table.column('score')))", "ok",
           notes=("predictions.parquet held columns beside request_id and score in 2 of 2 calls (up to 2)",)),
    _table("twice", "gives two columns one name", "twice_named", "table = answers()\nhand_over(table.append_column('score', table.column('score')))",
           "predictions_no_score"),
    _table("strings", "writes numbers as text", "strings", "hand_over(answers(lambda count: ['0.5'] * count))", "predictions_not_numeric"),
    _table(
        "decimals",
        "writes honest scores as decimal numbers",
        "decimals",
        "import decimal\ntable = answers()\nhand_over(answers(lambda count: [decimal.Decimal(round(x * 10**6)).scaleb(-6) "
        "for x in table.column('score').to_pylist()]))",
        "ok",
        gains=None,
    ),
    _table("nan", "gives no number for one request", "nan", "hand_over(answers(lambda count: [float('nan')] + [0.5] * (count - 1)))",
           "predictions_not_finite"),
    _table("infinite", "ranks one request above everything", "infinities", "hand_over(answers(lambda count: [float('inf')] + [0.5] * (count - 1)))",
           "predictions_not_finite"),
    _table("null", "leaves one entry empty", "nulls", "hand_over(answers(lambda count: [None] + [0.5] * (count - 1)))", "predictions_null"),
    _table("outside", "gives honest scores far outside of [0, 1], which only their order makes", "outside",
           "table = answers()\nhand_over(answers(lambda count: [x * 1e300 for x in table.column('score').to_pylist()]))", "ok"),
    _table("constant", "gives every request the same number", "constant", "hand_over(answers(lambda count: [0.5] * count))", "ok", gains=True),
)  # fmt: skip
