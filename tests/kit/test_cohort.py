"""`takehome cohort`: who is in it, in which order, what cannot be read, and where it is written."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from samples import middling

from kit.cli import cli
from kit.cohort import gather
from kit.errors import InputError
from kit.files import MANIFEST
from kit.issue import issue


def scorecard(id_, total):
    return replace(middling(), takehome=id_, total=total, sem=5.0, fault_results=())


def seal(vault, id_, text):
    with vault.incoming() as work:
        made = work / "grade"
        made.mkdir()
        (made / "scorecard.json").write_text(text)
        return vault.seal_grade(vault.form(id_), made, event="graded")


@pytest.fixture
def round_(vault, toy, tmp_path):
    """Four people of round 1, one of round 2: graded twice, graded, not graded, with a scorecard of another time."""
    ids = {name: issue(vault, name, out=tmp_path / "out").id for name in ("ana", "ben", "cem", "dee")}
    ids["eve"] = issue(vault, "eve", out=tmp_path / "out", round_="2").id
    seal(vault, ids["ana"], scorecard(ids["ana"], 20.0).to_json())
    seal(vault, ids["ana"], middling().to_json())
    seal(vault, ids["ben"], scorecard(ids["ben"], 95.0).to_json())
    seal(vault, ids["dee"], '{"total": 99}')
    seal(vault, ids["eve"], scorecard(ids["eve"], 99.0).to_json())
    return ids


def run(vault, *args):
    return CliRunner().invoke(cli, ["cohort", "--vault", str(vault.root), *map(str, args)])


def test_the_latest_grades_of_one_round_best_first(vault, round_):
    """Others of the vault are left out; whoever has no total comes last; families are summed over who was graded."""
    found = gather(vault, "1", names=True)
    assert [row.candidate for row in found.rows[:2]] == ["ben", "ana"]
    assert {row.candidate: row.verdict for row in found.rows[2:]} == {"cem": "Not graded", "dee": "Damaged"}
    ana = found.rows[1]
    card = middling()
    assert (ana.grade, ana.total, ana.planted) == (2, card.total, len(card.fault_results))
    assert ana.found == sum(fault.found for fault in card.fault_results)
    assert (ana.low, ana.high) == (card.total - card.sem, card.total + card.sem)
    assert sum(planted for _, _, planted in found.families) == len(card.fault_results)
    assert sum(seen for _, seen, _ in found.families) == ana.found
    assert found.sem == max(card.sem, 5.0)


def test_names_are_left_out_unless_asked_for(vault, round_, tmp_path):
    """In every output."""
    result = run(vault, "--out", tmp_path / "blind", "--json")
    files = [path.read_text(encoding="utf-8") for path in (tmp_path / "blind").iterdir()]
    assert len(files) == 2
    for text in (result.output, *files):
        assert not any(name in text for name in ("ben", "cem"))
    assert all("ben" in path.read_text() for path in written(vault, tmp_path / "named", "--names"))


def written(vault, out, *more):
    run(vault, "--out", out, *more)
    return [out / "cohort.html", out / "cohort.csv"]


def test_a_scorecard_that_cannot_be_read_hides_nobody(vault, round_, tmp_path):
    """Its row says why, the exit code is that of a part that failed, and the files are written."""
    result = run(vault, "--out", tmp_path / "c")
    assert result.exit_code == 1
    assert "must have a scorecard.json that this kit can read" in result.stderr
    assert "Two totals less than" in result.stdout
    assert round_["dee"] in (tmp_path / "c" / "cohort.csv").read_text()


def test_a_form_that_is_damaged_hides_nobody(vault, round_, tmp_path):
    """One whose manifest differs has a row of its own; one without a record is named apart, since nobody knows its round."""
    damage(vault.root / "forms" / round_["cem"] / MANIFEST, "{}")
    damage(vault.root / "forms" / round_["eve"] / "record.json", "gone")
    result = run(vault, "--out", tmp_path / "c")
    assert result.exit_code == 1
    found = gather(vault, "1", names=True)
    assert [row.candidate for row in found.rows[:2]] == ["ben", "ana"]
    assert [bool(row.problem) for row in found.rows if row.candidate == "cem"] == [True]
    assert found.unread == (round_["eve"],)
    assert f"{round_['eve']}: its record cannot be read" in result.stderr
    assert round_["eve"] in (tmp_path / "c" / "cohort.html").read_text()


def damage(file, text):
    file.chmod(0o600)
    file.write_text(text)


def test_a_second_call_replaces_what_the_first_wrote(vault, round_, tmp_path):
    """Grades come in one by one."""
    out = tmp_path / "c"
    before = [path.read_text(encoding="utf-8") for path in written(vault, out)]
    seal(vault, round_["cem"], scorecard(round_["cem"], 71.0).to_json())
    after = [path.read_text(encoding="utf-8") for path in written(vault, out)]
    assert all("71.0" in new and "71.0" not in old for old, new in zip(before, after, strict=True))
    assert sorted(path.name for path in out.iterdir()) == ["cohort.csv", "cohort.html"], "nothing half-made is left"


def test_json_holds_the_rows_and_where_the_files_are(vault, round_, tmp_path):
    told = json.loads(run(vault, "--round", "2", "--out", tmp_path / "c", "--json").stdout)
    assert (told["round"], told["page"], told["csv"]) == ("2", str(tmp_path / "c" / "cohort.html"), str(tmp_path / "c" / "cohort.csv"))
    assert [(row["id"], row["total"]) for row in told["rows"]] == [(round_["eve"], 99.0)]


def test_an_unknown_round_names_those_there_are(vault, round_, tmp_path):
    result = run(vault, "--round", "3", "--out", tmp_path / "c")
    assert result.exit_code == 2
    assert "got '3': this vault has '1', '2'" in result.output
    assert not (tmp_path / "c").exists()


def test_an_empty_vault_says_so(vault):
    with pytest.raises(InputError, match="nothing was issued from this vault yet"):
        gather(vault, "1", names=False)


@pytest.mark.parametrize("place", ["", "forms/x"])
def test_nothing_is_written_into_the_vault(vault, round_, snapshot, place):
    before = snapshot(vault.root)
    assert run(vault, "--out", vault.root / place).exit_code == 2
    assert snapshot(vault.root) == before


def test_a_place_that_cannot_be_written_is_said(vault, round_, tmp_path):
    (tmp_path / "taken").write_text("theirs")
    result = run(vault, "--round", "2", "--out", tmp_path / "taken")
    assert result.exit_code == 4
    assert "--out must be a folder that can be written" in result.output
    assert (tmp_path / "taken").read_text() == "theirs"
