from __future__ import annotations

import json
import os
import shutil

import pytest

from kit import files
from kit.errors import DamagedVault, InputError, UnknownTakehome, VaultError
from kit.issue import issue
from kit.vault import Vault


def sealed_grade(vault, id_, text="evidence"):
    with vault.incoming() as work:
        made = work / "grade"
        (made / "evidence").mkdir(parents=True)
        (made / "evidence" / "evidence.json").write_text(text)
        (made / "scorecard.json").write_text("{}")
        return vault.seal_grade(vault.form(id_), made, event="graded")


def test_a_vault_is_private_and_tells_nobodys_name(vault, toy, tmp_path):
    """Only record.json, inside the sealed form, holds the candidate's name."""
    issue(vault, "ana@example.org", out=tmp_path / "out")
    assert vault.root.stat().st_mode & 0o777 == 0o700
    assert (vault.root / "secret.json").stat().st_mode & 0o777 == 0o600
    assert not [path for path in vault.root.rglob("*") if "ana" in path.name]
    assert [path.name for path in vault.root.rglob("*") if path.is_file() and b"ana@example.org" in path.read_bytes()] == ["record.json"]
    (vault.root).chmod(0o755)
    Vault.open(vault.root, write=True)
    assert vault.root.stat().st_mode & 0o777 == 0o700


def test_a_vault_opens_again_with_the_same_secret(vault):
    assert Vault.open(vault.root).secret == vault.secret
    assert Vault.open_or_create(vault.root).secret == vault.secret
    with pytest.raises(VaultError, match="has one already"):
        Vault.create(vault.root, secret=bytes(32))


def test_where_there_is_no_vault_it_says_so(tmp_path):
    with pytest.raises(VaultError, match="there is none"):
        Vault.open(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    (folder / "thesis.txt").write_text("mine")
    with pytest.raises(VaultError, match=r"new or empty folder.*'thesis.txt'"):
        Vault.open_or_create(folder)
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]
    assert folder.stat().st_mode & 0o777 == 0o755


def test_an_object_store_is_not_offered_yet():
    with pytest.raises(InputError, match=r"local folder.*'s3://bucket/vault'.*not offered yet"):
        Vault.open_or_create("s3://bucket/vault")


def test_a_vault_that_cannot_be_written_says_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(VaultError, match=r"can be written; got: .*--vault"):
        Vault.open_or_create(tmp_path / "file" / "vault")

    def full(*args, **options):
        raise OSError(28, "No space left on device", "x")

    vault = Vault.create(tmp_path / "vault")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(VaultError, match="No space left on device"):
        vault.rotate()
    assert Vault.open(tmp_path / "vault").secret == Vault.open(tmp_path / "vault").secret


def test_an_unknown_id_suggests_the_nearest_and_says_how_to_see_them(vault, toy, tmp_path):
    with pytest.raises(UnknownTakehome, match="it holds none yet"):
        vault.form("t123")
    id_ = issue(vault, "ana", out=tmp_path / "out").id
    with pytest.raises(UnknownTakehome, match=rf"does not know '{id_[:-1]}'.*takehome vault list.*Did you mean '{id_}'"):
        vault.form(id_[:-1])
    for odd in ("../forms/" + id_, "", ".", f"{id_}/grades", "a\0b"):
        with pytest.raises(UnknownTakehome):
            vault.form(odd)


def test_a_damaged_form_is_named_and_never_swept(vault, toy, tmp_path):
    """A form that the log knows is not unfinished work, whatever happened to its manifest."""
    form = vault.form(issue(vault, "ana", out=tmp_path / "out").id)
    manifest = form.folder / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text[:100])
    with pytest.raises(DamagedVault, match=r"manifest.json cannot be read.*Restore"):
        vault.form(form.id)
    manifest.write_text(text.replace('"kit_version"', '"kit_versiom"'))
    with pytest.raises(DamagedVault, match="differs from what the log says"):
        vault.form(form.id)
    manifest.unlink()
    again = Vault.open(vault.root, write=True)
    assert (form.folder / "key.json").exists()
    with pytest.raises(DamagedVault, match="manifest.json is missing"):
        again.find("ana", "1")
    shutil.rmtree(form.folder)
    with pytest.raises(DamagedVault, match="its folder is missing"):
        again.form(form.id)
    other = issue(again, "ben", out=tmp_path / "out")
    assert again.form(other.id).record.candidate == "ben"


def test_the_form_is_verified_file_by_file(vault, toy, tmp_path):
    form = vault.form(issue(vault, "ana", out=tmp_path / "out").id)
    form.verify()
    sealed_grade(vault, form.id)
    form.verify()
    (form.folder / "honest" / "train.parquet").write_bytes(b"changed")
    with pytest.raises(DamagedVault, match="honest/train.parquet differs"):
        form.verify()
    (form.folder / "record.json").write_text("{}")
    with pytest.raises(DamagedVault, match="record.json differs"):
        vault.form(form.id)


def test_grades_append_and_nothing_is_replaced(vault, toy, tmp_path, snapshot):
    form = vault.form(issue(vault, "ana", out=tmp_path / "out").id)
    with pytest.raises(VaultError, match="has no grade yet"):
        form.grade()
    assert sealed_grade(vault, form.id, "one")[0] == 1
    first = snapshot(form.folder)
    assert sealed_grade(vault, form.id, "two")[0] == 2
    assert first.items() <= snapshot(form.folder).items()
    assert form.grades() == [1, 2]
    assert form.grade()[0] == 2
    assert (form.grade(1)[1] / "evidence" / "evidence.json").read_text() == "one"
    with pytest.raises(VaultError, match="a grade 7.*it has 1, 2"):
        form.grade(7)
    shutil.rmtree(form.folder / "grades" / "2")
    assert sealed_grade(vault, form.id, "three")[0] == 3
    (form.folder / "grades" / "1" / "scorecard.json").write_text("{ }")
    with pytest.raises(DamagedVault, match="grade 1 of .*scorecard.json differs"):
        form.grade(1)


def test_a_second_form_with_the_same_id_is_refused(vault, toy, tmp_path, snapshot):
    form = vault.form(issue(vault, "ana", out=tmp_path / "out").id)
    before = snapshot(vault.root)
    with vault.incoming() as work:
        made = work / "form"
        made.mkdir()
        with pytest.raises(VaultError, match="nothing issued or graded is replaced"):
            vault.seal_form(form.id, made, form.record)
    assert snapshot(vault.root) == before


def test_work_that_still_runs_is_not_swept_and_dead_work_is(vault):
    with vault.incoming() as live:
        (live / "half").write_text("x")
        dead = vault.root / "incoming" / "dead"
        dead.mkdir()
        (dead / "half").write_text("x")
        dead.with_suffix(".lock").touch()
        (vault.root / "forms" / "tdead").mkdir()
        (vault.root / "index" / "0123").write_text("tdead\n")
        Vault.open(vault.root, write=True)
        assert (live / "half").exists()
        assert not dead.exists()
        assert not dead.with_suffix(".lock").exists()
        assert not (vault.root / "forms" / "tdead").exists()
        assert list((vault.root / "index").iterdir()) == []
    assert list((vault.root / "incoming").iterdir()) == []


def test_opening_to_read_changes_nothing(vault, snapshot):
    (vault.root / "forms" / "unfinished").mkdir()
    (vault.root / "forms" / "unfinished" / "key.json").write_text("{}")
    before = snapshot(vault.root)
    assert Vault.open(vault.root).ids() == []
    assert snapshot(vault.root) == before


def test_a_lost_lookup_is_written_again(vault, toy, tmp_path):
    issued = issue(vault, "ana", out=tmp_path / "out")
    for entry in (vault.root / "index").iterdir():
        entry.unlink()
    again = Vault.open(vault.root, write=True).find("ana", "1")
    assert again is not None
    assert again.id == issued.id


def test_old_forms_keep_their_generation_when_the_secret_is_rotated(vault, toy, tmp_path):
    ana = issue(vault, "ana", out=tmp_path / "out")
    assert vault.rotate() == 2
    opened = Vault.open(vault.root, write=True)
    assert opened.secret.generations[1] == bytes(range(32))
    assert issue(opened, "ana", out=tmp_path / "out").id == ana.id
    ben = issue(opened, "ben", out=tmp_path / "out")
    assert (opened.form(ana.id).record.generation, opened.form(ben.id).record.generation) == (1, 2)


def test_the_vault_says_when_it_is_of_another_schema_or_without_its_secret(vault):
    mark = json.loads((vault.root / "vault.json").read_text())
    (vault.root / "vault.json").write_text(json.dumps({**mark, "schema": 9}))
    with pytest.raises(VaultError, match="schema 1; got 9"):
        Vault.open(vault.root)
    (vault.root / "vault.json").write_text("{")
    with pytest.raises(DamagedVault, match="cannot be read"):
        Vault.open(vault.root)
    (vault.root / "vault.json").write_text(json.dumps(mark))
    (vault.root / "secret.json").unlink()
    with pytest.raises(DamagedVault, match="must hold secret.json"):
        Vault.open(vault.root)


def test_checkpoints_do_nothing_in_use():
    assert files.checkpoint("anything") is None
