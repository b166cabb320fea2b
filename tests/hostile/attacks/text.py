"""Text files: validations, findings and the take-home's mark that are no plain JSON or TOML, or too much of it."""

from __future__ import annotations

from attacks._attack import Attack


def _said(id: str, what: str, item: str, code: str, outcome: str = "validation_unreadable", **more: object) -> Attack:
    """What `validate` writes."""
    return Attack(
        id=f"text_{id}", what=what, covers=(item,), command="validate", code=code + "\nsys.exit(0)", outcome=outcome, **{"gains": None} | more
    )  # type: ignore[arg-type]


def _found(id: str, what: str, item: str, findings: bytes | str | None, outcome: str, **more: object) -> Attack:
    """What findings.toml holds; None for no such file."""
    files = {} if findings is None else {"findings.toml": findings}
    without = () if findings is not None else ("findings.toml",)
    documents = {"findings.toml": outcome} if outcome != "document_ok" else {}
    settings = {"files": files, "without": without, "documents": documents, "gains": True} | more
    return Attack(id=f"text_{id}", what=what, covers=(item,), **settings)  # type: ignore[arg-type]


HEAD = '{"metric": "roc_auc", "low": 0.1, "high": 0.9, "n": 100, "estimate": '

ATTACKS = (
    _said("deep_json", "nests a hundred thousand lists", "depth_json", "write(ARGS['--out'], b'[' * 100_000 + b']' * 100_000)"),
    _said("deeper_json", "nests forty objects, two levels more than it may", "depth_json", "write(ARGS['--out'], b'{\"a\":' * 40 + b'1' + b'}' * 40)"),
    _said("nan", "gives the word NaN for its estimate", "nan_literal", f"write(ARGS['--out'], b'{HEAD}NaN}}')"),
    _said("infinity", "gives a number that overflows to infinity", "huge_number", f"write(ARGS['--out'], b'{HEAD}1e999}}')"),
    _said("integer", "gives a whole number of a hundred thousand digits", "huge_integer",
          f"write(ARGS['--out'], b'{HEAD}' + b'9' * 100_000 + b'}}')"),
    _said("digits", "gives a whole number of a thousand digits, which no float holds", "huge_integer",
          f"write(ARGS['--out'], b'{HEAD}' + b'9' * 1000 + b'}}')", "validation_not_numeric"),
    _said("duplicate", "names its estimate twice, for two readers", "duplicate_keys", f"write(ARGS['--out'], b'{HEAD}0.5, \"estimate\": 0.9}}')"),
    _said("string", "gives a text of fifty megabytes", "huge_string",
          "write(ARGS['--out'], b'{\"metric\": \"' + b'x' * (50 << 20) + b'\"}')", megabytes=60),
    _said("encoding", "writes in another encoding", "wrong_encoding", f"write(ARGS['--out'], '{HEAD}0.5}}'.encode('utf-16'))"),
    _said("bytes", "writes bytes that are no text", "wrong_encoding", "write(ARGS['--out'], bytes(range(128, 256)))"),
    _said("surrogate", "names its metric by half a character", "lone_surrogate",
          "write(ARGS['--out'], b'{\"metric\": \"' + b'\\\\' + b'ud800\", \"estimate\": 0.5, \"low\": 0.1, \"high\": 0.9, \"n\": 9}')",
          "validation_incomplete"),
    _said("missing", "leaves out how many rows it saw", "missing_keys", "write(ARGS['--out'], b'{\"metric\": \"roc_auc\", \"estimate\": 0.5}')",
          "validation_incomplete"),
    _said("list", "gives a list for an object", "not_an_object", "write(ARGS['--out'], b'[0.5]')"),
    _said("order", "gives an interval from high to low", "order",
          "write(ARGS['--out'], b'{\"metric\": \"roc_auc\", \"estimate\": 0.5, \"low\": 0.9, \"high\": 0.1, \"n\": 9}')", "validation_order"),
    _said("true", "gives the word true for a number", "true_for_number", f"write(ARGS['--out'], b'{HEAD}true}}')", "validation_not_numeric"),
    _said("metric", "names its metric by a page of text", "long_metric",
          f"write(ARGS['--out'], b'{HEAD}0.5}}'.replace(b'roc_auc', b'<b>score</b> ' * 40))", "validation_incomplete"),
    _found("deep_toml", "nests forty lists in its findings", "depth_toml", "a = " + "[" * 40 + "]" * 40 + "\n", "document_invalid"),
    _found("deepest_toml", "nests fifty thousand lists in its findings", "depth_toml", "a = " + "[" * 50_000 + "]" * 50_000 + "\n", "document_invalid"),
    _found("dotted_toml", "nests by a name of ten thousand dots", "depth_toml", ".".join(["a"] * 10_000) + " = 1\n", "document_invalid"),
    _found("duplicate_toml", "states one claim twice", "duplicate_toml", "[claim.mine]\npoint = 0.5\n[claim.mine]\npoint = 0.9\n", "document_invalid"),
    _found("nan_toml", "is NaN sure of everything", "nan_toml",
           '[[finding]]\nlocus = { kind = "split", table = "holdout" }\nfamily = "contamination"\nconfidence = nan\n'
           "[claim.mine]\npoint = nan\nlow = -inf\nhigh = inf\n", "document_ok"),
    _found("latin", "writes its findings in another encoding", "wrong_encoding", b"why = '\xe9\xff'\n", "document_not_text"),
    _found("zeros", "writes its findings as a hundred kilobytes of zeros", "wrong_encoding", bytes(100_000), "document_invalid"),
    _found("none", "hands in no findings", "no_findings", None, "document_missing"),
    Attack(
        id="text_tables",
        what="names the key, the accounts of the machine and its own program as tables of rows",
        covers=("table_outside",),
        files={
            "findings.toml": "".join(
                f'[[finding]]\nlocus = {{ kind = "rows", table = "holdout", file = "{name}" }}\nfamily = "contamination"\nconfidence = 0.9\n'
                for name in ("../../../key.json", "/etc/passwd", "pipeline/__main__.py", "none.csv", "C:/rows.csv")
            )
        },
        documents={
            "../../../key.json": "document_not_allowed",
            "/etc/passwd": "document_not_allowed",
            "pipeline/__main__.py": "document_not_allowed",
            "none.csv": "document_missing",
            "C:/rows.csv": "document_not_allowed",
        },
        gains=True,
        quick=True,
    ),
    Attack(
        id="text_many_tables",
        what="names more tables than anybody would read, one of them without an end",
        covers=("tables_without_end",),
        files={
            "findings.toml": "".join(
                f'[[finding]]\nlocus = {{ kind = "rows", table = "holdout", file = "t{number}.csv" }}\nfamily = "contamination"\nconfidence = 0.1\n'
                for number in range(60)
            ),
            "t0.csv": "row_id\n" + "x\n" * 700_000,
            "t1.csv": "row_id\n" + '"' * 500_000,
            "t2.csv": b"row_id\n\xff\xfe\n",
        },
        documents={"t0.csv": "document_too_large", "t2.csv": "document_not_text", **{f"t{number}.csv": "document_missing" for number in range(3, 24)}},
        gains=True,
    ),
    Attack(
        id="text_takehome",
        what="nests the mark of the take-home a thousand levels deep",
        covers=("depth_takehome",),
        files={"takehome.json": "[" * 1000 + "]" * 1000},
        refused="intake_bad_takehome",
    ),
    Attack(
        id="text_takehome_id",
        what="gives a path for the id of its take-home",
        covers=("depth_takehome",),
        files={"takehome.json": '{"id": "../../vault"}'},
        refused="intake_bad_takehome",
        quick=True,
    ),
)  # fmt: skip
