from __future__ import annotations

import json

import pytest

from kit.audit import AuditLog
from kit.errors import DamagedVault


@pytest.fixture
def log(tmp_path):
    log = AuditLog(tmp_path / "audit.log")
    for name in ("one", "two", "three"):
        log.append("issued", name, digest=name * 3)
    return log


def test_each_line_carries_the_hash_of_the_one_before(log):
    entries = log.entries()
    assert [entry.subject for entry in entries] == ["one", "two", "three"]
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]


def test_a_changed_line_is_named(log):
    lines = log.path.read_text().splitlines()
    lines[1] = lines[1].replace('"two"', '"tow"')
    log.path.write_text("\n".join(lines) + "\n")
    with pytest.raises(DamagedVault, match="line 2 does not fit the chain"):
        log.entries()


def test_a_line_taken_out_or_written_anew_is_named(log):
    lines = log.path.read_text().splitlines()
    log.path.write_text("\n".join([lines[0], lines[2]]) + "\n")
    with pytest.raises(DamagedVault, match="line 2 does not fit"):
        log.append("issued", "four")
    forged = AuditLog(log.path.with_name("other") / "audit.log")
    forged.path.parent.mkdir()
    forged.append("issued", "x")
    log.path.write_text(lines[0] + "\n" + forged.path.read_text())
    with pytest.raises(DamagedVault, match="line 2 does not fit"):
        log.entries()


@pytest.mark.parametrize("line", ["not json", "[1]", json.dumps({"seq": 1})])
def test_a_line_that_is_no_entry_is_named(log, line):
    log.path.write_text(log.path.read_text() + line + "\n")
    with pytest.raises(DamagedVault, match="line 4 must be one JSON object"):
        log.entries()


def test_a_line_cut_short_by_a_crash_does_not_count_and_is_written_over(log):
    whole = log.path.read_bytes()
    log.path.write_bytes(whole + b'{"seq": 4, "at": "2026')
    assert len(log.entries()) == 3
    log.append("issued", "four")
    assert [entry.subject for entry in log.entries()] == ["one", "two", "three", "four"]
    assert log.path.read_bytes().startswith(whole)


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_lines_removed_from_the_end_are_missed(log, kept):
    """A chain alone would still fit."""
    lines = log.path.read_text().splitlines(keepends=True)
    log.path.write_text("".join(lines[:kept]))
    with pytest.raises(DamagedVault, match=rf"must hold the line 3 that audit.head names; it ends with line {kept}"):
        log.entries()
    with pytest.raises(DamagedVault, match="must hold the line 3"):
        log.append("issued", "four")
    log.path.unlink()
    with pytest.raises(DamagedVault, match="ends with line 0"):
        log.entries()


def test_a_whole_chain_written_anew_is_seen(log):
    """Every line fits the one before; the head still knows the line that stood there."""
    forged = AuditLog(log.path.with_name("other") / "audit.log")
    forged.path.parent.mkdir()
    for name in ("one", "two", "three"):
        forged.append("issued", name, digest="forged")
    log.path.write_bytes(forged.path.read_bytes())
    with pytest.raises(DamagedVault, match="or was written anew"):
        log.entries()


def test_lines_in_another_order_are_named(log):
    lines = log.path.read_text().splitlines(keepends=True)
    log.path.write_text("".join([lines[1], lines[0], lines[2]]))
    with pytest.raises(DamagedVault, match="line 1 does not fit the chain"):
        log.entries()


def test_a_log_without_its_head_is_read_and_gets_one(log):
    """As a vault of an earlier kit has it; also one line behind, as a crash between the two leaves it."""
    behind = log.head.read_text()
    log.head.unlink()
    assert len(log.entries()) == 3
    log.append("issued", "four")
    assert json.loads(log.head.read_text())["seq"] == 4
    log.head.write_text(behind)
    assert len(log.entries()) == 4


@pytest.mark.parametrize("text", ["", "{", "[3]", '{"seq": 3}', '{"seq": "3", "hash": "x"}', '{"seq": 0, "hash": "x"}'])
def test_a_head_that_is_none_is_said_to_be_one(log, text):
    log.head.write_text(text)
    with pytest.raises(DamagedVault, match="audit.head cannot be read"):
        log.entries()
