"""Every way a call, a document or a hand-in can come out: one code, whose side it is on, and one message that says what to do.

The messages are fixed, so that nothing about the key, the probes or the machine can slip into them. `docs/outcomes.md` shows the same table; a test
holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

OK, SUBMISSION, INSTRUMENT = "ok", "submission", "instrument"


@dataclass(frozen=True, kw_only=True)
class OutcomeCode:
    """One way something can come out."""

    code: str
    side: str
    """`ok`, `submission` (theirs, and why) or `instrument` (ours: it never costs a point)."""
    message: str
    """What was expected, what came, what to do: fit to be shown to a candidate."""


def _table(side: str, messages: dict[str, str]) -> dict[str, OutcomeCode]:
    return {code: OutcomeCode(code=code, side=side, message=message) for code, message in messages.items()}


CALLS: dict[str, OutcomeCode] = (
    _table(OK, {"ok": "The command ran and left what was asked for."})
    | _table(
        SUBMISSION,
        {
            "crashed": "The command ended with an error. The end of its own output says where; run the same command on a sample batch.",
            "timeout_cpu": "The command used more processor time than it may. Look for an endless loop or for work that grows faster than the data.",
            "hung": "The command waited, twice, until its time was up, without computing. Remove whatever waits: input, a lock, a sleep, a network.",
            "stopped_early": "Not run: earlier calls of the same command had run out of time already. Mend those first.",
            "memory": "The command needed more memory than it may (2 GiB resident, 4 GiB of addresses a process). Read fewer columns.",
            "flooded": "The command printed more than 64 MiB. Print less.",
            "output_too_large": "The command wrote more than 64 MiB or more than 200 files and folders. Keep the model and the predictions small.",
            "output_missing": "The command ended well but did not write what it was asked for. Write exactly the path given with --out or --model.",
            "output_not_file": "What the command wrote is not a plain file, or its model folder holds more than files and folders. Write no links.",
            "not_run": "Not run: it needs the model of a training that did not succeed. Mend that first.",
            "no_pipeline": "Not run: the hand-in holds no pipeline/__main__.py. Hand in the pipeline folder, so that `python -m pipeline` starts.",
            "predictions_unreadable": "predictions.parquet is not a Parquet file that can be read. Write it with pandas and try to read it back.",
            "predictions_too_costly": "Reading predictions.parquet took too much time or memory. Write two plain columns, a row a request.",
            "predictions_no_id": "predictions.parquet has no column request_id. Copy the ids from requests.parquet beside the scores.",
            "predictions_no_score": "predictions.parquet has no column score. Write one number a request in a column of that name.",
            "predictions_count": "predictions.parquet does not have one row a request. Answer every request exactly once.",
            "predictions_id_missing": "predictions.parquet has rows without a request_id. Copy the ids from requests.parquet as they are.",
            "predictions_id_duplicate": "predictions.parquet answers a request more than once. Answer every request exactly once.",
            "predictions_id_unknown": "predictions.parquet has ids that were not asked for. Copy the ids from requests.parquet as they are.",
            "predictions_not_numeric": "The column score of predictions.parquet does not hold numbers. Write floating-point numbers.",
            "predictions_null": "The column score of predictions.parquet has empty entries. Give every request a number.",
            "predictions_not_finite": "The column score of predictions.parquet has NaN or infinite entries. Give every request a finite number.",
            "validation_unreadable": "validation.json is not a plain JSON object (UTF-8, at most 256 KiB, no NaN, no name twice). Use json.dump.",
            "validation_incomplete": "validation.json must hold metric, estimate, low, high and n. Add what is missing.",
            "validation_not_numeric": "estimate, low and high of validation.json must be finite numbers and n a positive whole number.",
            "validation_order": "low of validation.json is above high. Write the lower end of the interval as low.",
        },
    )
    | _table(
        INSTRUMENT,
        {
            "timeout_wall": "The machine was too busy to finish the call in time, twice. Grade again on a quieter machine; this costs no points.",
            "needed_call_failed": "Not run: it needs a call that failed for a reason of ours. Grade again; this costs no points.",
            "instrument": "The sandbox failed, not the submission. See `takehome doctor`, then grade again; this costs no points.",
        },
    )
)
"""Outcomes of a call of a submission's command."""

DOCUMENTS: dict[str, OutcomeCode] = _table(OK, {"document_ok": "The document is there and was kept."}) | _table(
    SUBMISSION,
    {
        "document_missing": "The document is not part of the hand-in. Put it at the root of the hand-in, under exactly this name.",
        "document_too_large": "The document is larger than it may be (findings and memo 256 KiB, a table of rows 1 MiB). Shorten it.",
        "document_not_text": "The document is not UTF-8 text. Save it as UTF-8.",
        "document_invalid": "The document cannot be read as TOML, or is nested deeper than 32 levels. `make check` names the line.",
        "document_not_allowed": "The file named by a finding is not a .csv file inside the hand-in. Name a file beside findings.toml.",
    },
)
"""Outcomes of the documents of a hand-in: none of them stops the calls."""

INTAKE: dict[str, OutcomeCode] = _table(
    SUBMISSION,
    {
        "intake_missing": "There is no such file or folder. Check the path of the hand-in.",
        "intake_not_zip": "A hand-in is a folder or a .zip file; this is neither. Make it again with `make submit`.",
        "archive_damaged": "The zip file is damaged or was cut short. Make it again with `make submit` and send it again.",
        "archive_encrypted": "The zip file is encrypted. Make it without a password.",
        "archive_method": "The zip file uses a compression other than stored or deflate. Make it with `make submit`.",
        "archive_oversized_entry": "An entry of the zip file holds more bytes than it declares. Make the zip again with `make submit`.",
        "archive_ratio": "The zip file unpacks to more than 200 times its size. Leave out generated files.",
        "name_absolute": "A name in the hand-in starts at the root of a disk. Names must be relative to the hand-in.",
        "name_parent": "A name in the hand-in points out of it (`..`). Names must stay inside.",
        "name_backslash": "A name in the hand-in holds a backslash. Use forward slashes; make the zip with `make submit`.",
        "name_drive": "A name in the hand-in holds a drive letter or a colon. Rename the file.",
        "name_control": "A name in the hand-in holds a control or direction character, or is not valid text. Rename the file.",
        "name_long": "A name in the hand-in is longer than 200 bytes. Shorten it.",
        "name_deep": "A file of the hand-in lies more than 12 folders deep. Move it up.",
        "name_duplicate": "Two names of the hand-in are the same on a machine that ignores case or Unicode form. Rename one.",
        "entry_link": "The hand-in holds a link. Replace it by the file that it points to.",
        "entry_special": "The hand-in holds something that is neither a file nor a folder. Remove it.",
        "too_many_entries": "The hand-in holds more than 2,000 files and folders. Leave out data, environments and caches.",
        "too_large": "The hand-in holds more than 200 MiB. Leave out data, environments and caches.",
        "intake_no_takehome": "The hand-in has no takehome.json, which says whose it is. Put back the one from the take-home.",
        "intake_bad_takehome": "takehome.json cannot be read or holds no valid id. Put back the one from the take-home, unchanged.",
    },
)
"""Refusals at intake: nothing of the hand-in is run."""

ALL: dict[str, OutcomeCode] = CALLS | DOCUMENTS | INTAKE


def outcome(code: str) -> OutcomeCode:
    """The outcome of that code. Raises KeyError for a code that is not in the table, which is a mistake of ours."""
    return ALL[code]


def as_markdown() -> str:
    """The table as `docs/outcomes.md` shows it."""
    lines = []
    for title, table in (("Calls", CALLS), ("Documents", DOCUMENTS), ("Intake", INTAKE)):
        lines += [f"## {title}", "", "| code | side | message |", "| --- | --- | --- |"]
        lines += [f"| `{row.code}` | {row.side} | {row.message} |" for row in table.values()]
        lines.append("")
    return "\n".join(lines)
