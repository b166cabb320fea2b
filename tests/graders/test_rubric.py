"""The rubric adds up, explains each constant, cannot be changed, and refuses what it cannot use."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from graders.claims import claim_credit
from graders.rubric import DEFAULT, Rubric, RubricError, load_rubric

TEXT = DEFAULT.read_text(encoding="utf-8")


def test_every_constant_has_its_reason() -> None:
    """Each value line carries a comment, or stands below a section whose first lines do."""
    bare = [line for line in TEXT.splitlines() if "=" in line and not line.startswith("#") and "#" not in line]
    explained = (
        "schema",
        "leak_reliance",
        "training_reliance",
        "null_validation",
        "duplicate_injection",
        "skew_cost",
        "independence",
        "reproducibility",
    )
    units = ("auc", "psi", "duplicate_count", "group_overlap", "timestamp_gap", "late_share")
    repeated = ("full", "none", "full_errors", "none_share", "spearman_full", "spearman_none")
    assert [line for line in bare if line.split("=")[0].strip() not in (*explained, *units, *repeated)] == []


def test_it_is_frozen() -> None:
    with pytest.raises(ValidationError):
        load_rubric().total.pass_mark = 1.0


def test_the_digest_is_of_the_values() -> None:
    """Comments and layout do not count, a value does."""
    same = Rubric.parse("# another comment\n" + TEXT.replace("sem = 10.0 ", "sem = 10 "))
    assert same.digest == load_rubric().digest
    assert Rubric.parse(TEXT.replace("sem = 10.0", "sem = 9.0")).digest != same.digest


def test_an_older_rubric_scores_as_it_did() -> None:
    """One that went out before `loss_none` was a constant: its digest is that of its scorecards, a loss of 1 earns nothing."""
    older = load_rubric(Path(__file__).with_name("rubric_1.toml"))
    assert older.digest == "8e750a33f10893ab6d00649842f2c9fcec17fdf9a1506971bc2b64fb46f7f070"
    assert claim_credit(0.6, 0.05, older.claims) == pytest.approx(0.4 / (1 - 0.255))
    assert claim_credit(1.0, 0.05, older.claims) == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("findings = 45.0", "findings = 46.0", "must be 100"),
        ("leak_reliance = 0.25", "leak_reliance = 0.30", "must add up to 1"),
        ("sem = 10.0", "sem = nan", "total.sem"),
        ("sem = 10.0", "sam = 10.0", "total.sem"),
        ("most = 24", "most = 0", "findings.most"),
        ("loss_none = 2.0", "loss_none = 0.5", "must exceed"),
        ("schema = 1", "schema = ", "expected TOML"),
    ],
)
def test_a_broken_rubric_names_the_constant(old: str, new: str, words: str) -> None:
    with pytest.raises(RubricError, match=words):
        Rubric.parse(TEXT.replace(old, new, 1))
