from __future__ import annotations

import json
import os

import pytest

from kit import files
from kit.errors import DamagedVault, VaultError


@pytest.fixture
def sealed(tmp_path):
    folder = tmp_path / "form"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "key.json").write_text("{}")
    (folder / "deep" / "er" / "data").write_bytes(b"abc")
    files.seal_folder(folder, kit_version="1")
    return folder


def test_a_sealed_folder_lists_the_digest_of_every_file(sealed):
    manifest = json.loads((sealed / "manifest.json").read_text())
    assert manifest["schema"] == 1
    assert manifest["kit_version"] == "1"
    assert manifest["files"] == {name: files.file_digest(sealed / name) for name in ("key.json", "deep/er/data")}
    files.verify_folder(sealed, what="form")


def test_a_changed_missing_or_added_file_is_named(sealed):
    (sealed / "grades").mkdir()
    (sealed / "grades" / "1").write_text("grows beside")
    files.verify_folder(sealed, what="form", ignore="grades")
    (sealed / "grade").write_text("not below grades/")
    with pytest.raises(DamagedVault, match="grade was added"):
        files.verify_folder(sealed, what="form", ignore="grades")
    files.verify_folder(sealed, what="form", only=["key.json"])
    (sealed / "key.json").write_text("{ }")
    with pytest.raises(DamagedVault, match="form: key.json differs from what was sealed"):
        files.verify_folder(sealed, what="form")
    (sealed / "key.json").unlink()
    with pytest.raises(DamagedVault, match="key.json is listed in manifest.json and is missing"):
        files.verify_folder(sealed, what="form", only=["key.json"])
    with pytest.raises(DamagedVault, match="spec.json must be listed"):
        files.verify_folder(sealed, what="form", only=["spec.json"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"schema": 1}',
        '{"schema": 1, "files": {"../../etc/passwd": "0"}}',
        '{"schema": 1, "files": {"/etc/passwd": "0"}}',
        '{"schema": 1, "files": [1]}',
    ],
)
def test_a_broken_manifest_is_said_to_be_one(sealed, text):
    (sealed / "manifest.json").write_text(text)
    with pytest.raises(DamagedVault, match="manifest.json cannot be read"):
        files.read_manifest(sealed, what="form")


def test_a_manifest_of_another_schema_asks_for_its_kit(sealed):
    (sealed / "manifest.json").write_text('{"schema": 2, "files": {}}')
    with pytest.raises(DamagedVault, match="schema 1; got 2"):
        files.read_manifest(sealed, what="form")


def test_links_are_not_sealed_and_not_followed(sealed, tmp_path):
    (tmp_path / "outside").write_text("{}")
    (sealed / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(VaultError, match="link"):
        files.seal_folder(sealed, kit_version="1")
    (sealed / "link").unlink()
    (sealed / "key.json").unlink()
    (sealed / "key.json").symlink_to(tmp_path / "outside")
    with pytest.raises(DamagedVault, match="key.json"):
        files.verify_folder(sealed, what="form")
    files.remove_tree(sealed)
    assert (tmp_path / "outside").exists()


def test_a_lock_is_free_again_once_its_holder_is_dead(tmp_path):
    path = tmp_path / "lock"
    held = files.try_lock(path)
    assert held is not None
    assert files.try_lock(path) is None
    os.close(held)
    waited = []
    with files.locked(path, waiting=lambda: waited.append(True)):
        assert files.try_lock(path) is None
    assert waited == []
    assert files.try_lock(path) is not None
