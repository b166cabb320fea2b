from __future__ import annotations

import pytest

from kit.errors import RosterError
from kit.roster import issue_roster, read_roster


@pytest.fixture
def write(tmp_path, toy):
    def write(text, encoding="utf-8"):
        path = tmp_path / "people.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_a_roster_as_a_spreadsheet_saves_it(write):
    rows = read_roster(write('\ufeffname,candidate,scenario,form\r\nAna,ana@x.org,,short\r\n\r\n"Ben, B.", ben@x.org ,toy_shop,\r\n'))
    assert [(row.number, row.candidate, row.scenario, row.form) for row in rows] == [
        (2, "ana@x.org", None, "short"),
        (4, "ben@x.org", "toy_shop", None),
    ]


def test_every_bad_row_is_named_at_once_by_row_and_column(write):
    with pytest.raises(RosterError) as caught:
        read_roster(write("candidate,scenario,form\nana,toy_shop,short\nben\n,toy_shop,\ncat,toy_shap,\ndan,,longish\nana,,\neve,,long\n"))
    message = str(caught.value)
    for part in (
        "people.csv has 6 problem(s)",
        "row 3: must have 3 cells as the header has; got 1: 'ben'",
        "row 4, column candidate: a candidate must be 1 to 200 printable characters",
        "row 5, column scenario: scenario must be one of subscription_churn, toy_shop; got 'toy_shap'. Did you mean 'toy_shop'?",
        "row 6, column form: form must be one of long, short, standard; got 'longish'.",
        "row 7, column candidate: each candidate must be listed once; 'ana' is in row 2 already",
        "row 8, column form: form long needs",
    ):
        assert part in message
    assert "row 2," not in message.replace("in row 2 already", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "row 1: must be a header with a column 'candidate'"),
        ("\n\n", "row 1: must be a header with a column 'candidate'"),
        ("candidate\n\n", "must list at least one candidate"),
        ("name\nana\n", "row 1: the header must have a column 'candidate'; got 'name'."),
        ("Candidate\nana\n", "Rename 'Candidate' to 'candidate'"),
        ("candidate;form\nana;short\n", "separated by commas"),
        ("candidate,level\nana,mid\n", "row 1, column level: a roster must not set a level by row"),
        ("candidate,scenarios\nana,toy_shop\n", "row 1, column scenarios: not a column of a roster. Did you mean 'scenario'?"),
        ("candidate,candidate\nana,ben\n", "row 1, column candidate: must occur once; it occurs 2 times"),
        ('candidate\n"ana\n', "must be CSV with commas and balanced quotes"),
    ],
)
def test_a_roster_that_is_none_says_what_was_expected(write, text, message):
    with pytest.raises(RosterError) as caught:
        read_roster(write(text))
    assert message in str(caught.value)


def test_a_roster_in_another_encoding_or_missing_is_said_so(write, tmp_path):
    with pytest.raises(RosterError, match="row 3: must be UTF-8 text; got byte 0xe9"):
        read_roster(write("candidate\nana\nren\u00e9\n", encoding="latin-1"))
    with pytest.raises(RosterError, match="No such file"):
        read_roster(tmp_path / "nobody.csv")
    with pytest.raises(RosterError, match="Is a directory"):
        read_roster(tmp_path)
    with pytest.raises(RosterError, match="at most"):
        read_roster(write("candidate\n" + "x" * (4 * 1024 * 1024)))


def test_one_failing_candidate_does_not_stop_the_others(write, vault, toy, tmp_path):
    rows = read_roster(write("candidate,scenario\nana,\nben,toy_shop\ncat,\n"))
    toy.fail_for.add("ben")
    seen = []
    results = issue_roster(vault, rows, out=tmp_path / "out", form="short", finished=lambda result: seen.append(result.row.candidate))
    assert seen == ["ana", "ben", "cat"]
    assert [result.issued is not None for result in results] == [True, False, True]
    assert "twin too weak" in (results[1].error or "")
    assert {call["form"] for call in toy.calls} == {"short"}
    assert [call["scenario"] for call in toy.calls] == ["subscription_churn", "toy_shop", "subscription_churn"]
    toy.fail_for.clear()
    assert [result.issued.again for result in issue_roster(vault, rows, out=tmp_path / "out") if result.issued] == [True, False, True]


def test_a_bug_of_ours_with_one_candidate_costs_the_others_nothing(write, vault, toy, tmp_path):
    rows = read_roster(write("candidate\nana\nben\n"))
    state = iter([True, False])

    def once():
        if next(state):
            raise ZeroDivisionError("a bug")

    toy.on_build = once
    results = issue_roster(vault, rows, out=tmp_path / "out")
    assert "internal error: ZeroDivisionError: a bug" in (results[0].error or "")
    assert results[1].issued is not None
    assert len(vault.ids()) == 1
