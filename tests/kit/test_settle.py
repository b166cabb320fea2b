from __future__ import annotations

import shutil

from kit.issue import issue
from kit.settle import settle


def test_a_vault_that_no_crash_has_touched_is_left_as_it_is(vault, toy, tmp_path, snapshot):
    issue(vault, "ana", out=tmp_path / "out")
    before = snapshot(vault.root)
    assert settle(vault) == []
    assert snapshot(vault.root) == before


def test_what_was_done_is_said_and_done_once(vault, toy, tmp_path):
    id_ = issue(vault, "ana", out=tmp_path / "out").id
    for name in ("audit.log", "audit.head"):
        (vault.root / name).unlink()
    for entry in (vault.root / "index").iterdir():
        entry.unlink()
    (vault.root / "forms" / id_ / "grades" / "1").mkdir(parents=True)
    (vault.root / "incoming" / "0123456789").mkdir()
    assert settle(vault) == [
        "swept unfinished work 01234567",
        f"logged {id_}, sealed just before a crash",
        f"swept the unfinished {id_}/1",
        f"wrote the lookup of {id_} again",
    ]
    assert vault.log.entries()[0].note == "recovered"
    assert settle(vault) == []


def test_a_copy_without_empty_folders_is_a_vault_again(vault, toy, tmp_path):
    for name in ("incoming", "locks", "forms"):
        shutil.rmtree(vault.root / name)
    settle(vault)
    assert not issue(vault, "ana", out=tmp_path / "out").again
