"""findings.toml as people and attackers write it: what is kept, what is lost, and which words say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from written import claim, column, finding

from graders.findings import Findings, parse_findings, read_findings
from graders.rubric import Rubric

GOOD = finding(column("calls_28d"), citations=[{"row": "r_1", "value": 5, "should_be": "null"}])


@pytest.fixture
def parse(rubric: Rubric, tmp_path: Path):  # type: ignore[no-untyped-def]
    return lambda text: parse_findings(text, rubric.limits, folder=tmp_path)


def note(found: Findings) -> str:
    return "\n".join(found.notes)


def test_a_whole_file_reads(parse) -> None:  # type: ignore[no-untyped-def]
    found = parse(GOOD + claim("mine", 0.7, 0.6, 0.8) + claim("inherited", 0.6, 0.5, 0.7))
    assert found.findings[0].locus.words() == "column calls_28d of train"
    assert found.findings[0].citations[0].should_be == "null"
    assert found.claims["mine"].low == 0.6
    assert not found.notes
    assert not found.problems


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (GOOD.replace("target_leakage", "target_leakag"), "did you mean 'target_leakage'?"),
        (GOOD.replace("1.0", "1.5"), "confidence"),
        (GOOD.replace("1.0", "nan"), "finite"),
        (GOOD.replace("1.0", "true"), "expected a number"),
        (GOOD.replace('"column", table', '"colum", table'), "did you mean 'column'?"),
        (GOOD.replace('"fix"', '"repair"'), "action"),
        (GOOD.replace("confidence", "confidense"), "confidence: expected a value; the key is missing; did you write it as 'confidense'?"),
        (
            '[[finding]]\nlocus = { kind = "column", table = "train" }\nfamily = "contamination"\nconfidence = 1\naction = "fix"\n',
            "name of the column",
        ),
        ('[[finding]]\nlocus = { kind = "rows", table = "train" }\nfamily = "contamination"\nconfidence = 1\naction = "fix"\n', "expected the rows"),
        ("[[finding]]\nconfidence = \n", "Invalid value"),
        ("[[finding]]\na = " + "[" * 200 + "]" * 200 + "\n", "nested deeper"),
        ("[[finding]]\na = 1\na = 2\n", "not TOML"),
        ("[[finding]]\n" + ".".join("a" * 100_000) + " = 1\n", "more than 32 parts"),
        ("[[finding]]\nlocus = 0x" + "f" * 5000 + "\n", "at most 64 bits"),
    ],
)
def test_one_bad_finding_loses_only_itself(parse, bad: str, words: str) -> None:  # type: ignore[no-untyped-def]
    """Its neighbours and the claims are kept, and a note names its line."""
    found = parse(GOOD + bad + GOOD + claim("mine", 0.7, 0.6, 0.8))
    line = len(GOOD.splitlines()) + 1
    assert len(found.findings) == 2
    assert "mine" in found.claims
    assert f"line {line}" in note(found)
    assert words in note(found)


def test_bad_evidence_loses_only_itself(parse) -> None:  # type: ignore[no-untyped-def]
    """A malformed citation, pair or statistic is left out; the finding stays."""
    found = parse(GOOD + 'pairs = [ { row = "a" } ]\nstatistic = { name = "psi", value = "much" }\n')
    assert len(found.findings[0].citations) == 1
    assert found.findings[0].pairs == ()
    assert found.findings[0].statistic is None
    assert "pairs 1 is left out: other" in note(found)
    assert "statistic is left out: value" in note(found)


def test_claims_that_cannot_be_scored(parse) -> None:  # type: ignore[no-untyped-def]
    """Low above high, no number and no claim: each says what was expected, the other claim is kept."""
    found = parse(claim("mine", 0.7, 0.8, 0.6) + claim("inherited", 0.7, 0.6, 0.8))
    assert "[claim.mine] (line 1): expected low <= high; got low 0.8 above high 0.6. Swap them." in found.problems["mine"]
    assert "inherited" in found.claims
    assert "is missing" in parse("").problems["mine"]
    assert "point" in parse('[claim.mine]\npoint = "high"\nlow = 0\nhigh = 1\n').problems["mine"]
    assert "finite" in parse("[claim.mine]\npoint = inf\nlow = 0\nhigh = 1\n").problems["mine"]
    assert "mine" in parse("[claim.mine]\npoint = " + "9" * 400 + "\nlow = 0\nhigh = 1\n").problems


def test_headers_inside_of_text_are_no_findings(parse) -> None:  # type: ignore[no-untyped-def]
    """The line of a finding is right though the words before it hold a header."""
    found = parse(GOOD + 'why = """\n[[finding]]\n"""\n' + GOOD)
    assert [f.line for f in found.findings] == [1, len(GOOD.splitlines()) + 4]


def test_rows_from_a_file(parse, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Ids come from the column row_id; a missing file, a path and a wrong header are refused."""
    rows = {"kind": "rows", "table": "holdout", "file": "suspects.csv"}
    assert "is not there" in note(parse(finding(rows)))
    (tmp_path / "suspects.csv").write_text("n,row_id\n1,r_1\n2,r_2\n3,r_1\n", encoding="utf-8")
    assert parse(finding(rows)).findings[0].locus.ids == ("r_1", "r_2")
    (tmp_path / "suspects.csv").write_text("id\nr_1\n", encoding="utf-8")
    assert "header row_id" in note(parse(finding(rows)))
    for name in ("../key.csv", "/etc/passwd", "a/b.csv", "suspects.txt"):
        assert "plain name" in note(parse(finding({**rows, "file": name})))
    (tmp_path / "link.csv").symlink_to(tmp_path / "suspects.csv")
    assert "is not there" in note(parse(finding({**rows, "file": "link.csv"})))


def test_files_that_cannot_be_read(rubric: Rubric, tmp_path: Path) -> None:
    """Missing, too large and not UTF-8: no findings, and words that say what to do."""
    path = tmp_path / "findings.toml"
    assert "missing" in note(read_findings(path, rubric.limits))
    path.write_bytes(b"# " + b"x" * 300_000)
    assert "256 KiB" in note(read_findings(path, rubric.limits))
    path.write_bytes(b"a = 1\nb = '\xff'\n")
    assert "line 2 holds the byte 0xff" in note(read_findings(path, rubric.limits))
    assert "line 2 holds the byte 0xff" in read_findings(path, rubric.limits).problems["inherited"]
    path.write_text(GOOD, encoding="utf-8-sig")
    assert len(read_findings(path, rubric.limits).findings) == 1


def test_unknown_keys_are_named(parse) -> None:  # type: ignore[no-untyped-def]
    """They cost nothing, and the nearest known key is suggested."""
    found = parse(GOOD + "citation = 1\n[claims]\nx = 1\n")
    assert len(found.findings) == 1
    assert "'citation' is not known and was ignored; did you mean 'citations'?" in note(found)
    assert "'claims' is not known and was ignored; did you mean 'claim'?" in note(found)


def test_a_flood_is_cut(parse) -> None:  # type: ignore[no-untyped-def]
    found = parse("[[finding]]\n" * 2000)
    assert "only the first 500" in note(found)
