"""The written part of a hand-in: kept as it is, or a code that says why not."""

from pathlib import Path

from containment import write_submission

from kit.documents import MAX_TABLES, keep_documents

FINDING = '[[finding]]\nlocus = {{ kind = "rows", table = "holdout", file = "{name}" }}\n'


def _kept(tmp_path: Path, findings: str | bytes | None, files: dict[str, str] | None = None) -> tuple[dict[str, str], Path, list[str]]:
    folder = write_submission(tmp_path / "mine", findings=None)
    if findings is not None:
        (folder / "findings.toml").write_bytes(findings.encode() if isinstance(findings, str) else findings)
    for name, text in (files or {}).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    rows, notes = keep_documents(folder, tmp_path / "kept")
    return {name: row["outcome"] for name, row in rows.items()}, tmp_path / "kept", notes


def test_findings_memo_and_named_tables_are_kept(tmp_path: Path) -> None:
    """Tables also from a folder of the hand-in."""
    rows, kept, notes = _kept(tmp_path, FINDING.format(name="rows/suspects.csv"), {"rows/suspects.csv": "row_id\nr1\n", "other.csv": "x"})
    assert rows == {"MEMO.md": "document_ok", "findings.toml": "document_ok", "rows/suspects.csv": "document_ok"}
    assert (kept / "rows" / "suspects.csv").read_text() == "row_id\nr1\n"
    assert not (kept / "other.csv").exists()
    assert notes == []


def test_tables_outside_the_hand_in_are_not_touched(tmp_path: Path) -> None:
    """Nor files of another kind."""
    findings = "".join(FINDING.format(name=name) for name in ("../key.csv", "/etc/passwd.csv", "takehome.json", "gone.csv"))
    rows, kept, _ = _kept(tmp_path, findings)
    assert [rows[name] for name in ("../key.csv", "/etc/passwd.csv", "takehome.json", "gone.csv")] == ["document_not_allowed"] * 3 + [
        "document_missing"
    ]
    assert sorted(path.name for path in kept.iterdir()) == ["MEMO.md", "findings.toml"]


def test_findings_that_do_not_parse_are_kept_for_the_message(tmp_path: Path) -> None:
    """The graders name the line."""
    rows, kept, _ = _kept(tmp_path, "[[finding]\n")
    assert rows["findings.toml"] == "document_invalid"
    assert (kept / "findings.toml").exists()


def test_missing_large_and_foreign_documents_have_their_codes(tmp_path: Path) -> None:
    """None of them stops anything."""
    for number, (findings, code) in enumerate(
        ((None, "document_missing"), ("#" * (256 * 1024 + 1), "document_too_large"), (b"\xff\xfe", "document_not_text"))
    ):
        place = tmp_path / str(number)
        place.mkdir()
        rows, _, _ = _kept(place, findings)
        assert rows["findings.toml"] == code
        assert rows["MEMO.md"] == "document_ok"


def test_the_number_of_tables_is_bounded(tmp_path: Path) -> None:
    """And the reader is told."""
    rows, _, notes = _kept(tmp_path, "".join(FINDING.format(name=f"{n}.csv") for n in range(MAX_TABLES + 5)))
    assert len(rows) == 2 + MAX_TABLES
    assert "29 tables" in notes[0]
