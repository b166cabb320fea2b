from __future__ import annotations

import hashlib
import json
import zipfile

import pytest

from kit.errors import InputError, KitError, MachineError, VaultError
from kit.issue import deliver, issue


def test_a_take_home_is_a_folder_and_the_same_as_a_zip(vault, toy, tmp_path):
    issued = issue(vault, "ana", out=tmp_path / "out", progress=lambda stage, fraction: None)
    assert not issued.again
    assert issued.folder == tmp_path / "out" / issued.id
    with zipfile.ZipFile(issued.zip) as archive:
        inside = {name.removeprefix(f"{issued.id}/"): archive.read(name) for name in archive.namelist()}
    assert inside == {path.name: path.read_bytes() for path in issued.folder.iterdir()}
    assert (issued.folder / "run.py").stat().st_mode & 0o777 == 0o755
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [issued.id, f"{issued.id}.zip"]
    assert toy.calls == [{"candidate": "ana", "round": "1", "scenario": "subscription_churn", "form": "standard", "level": "mid"}]


def test_takehome_json_commits_to_the_key_and_says_nothing_of_it(vault, toy, tmp_path):
    issued = issue(vault, "ana", out=tmp_path / "out")
    takehome = json.loads((issued.folder / "takehome.json").read_text())
    form = vault.form(issued.id)
    key = json.loads((form.folder / "key.json").read_text())
    canonical = json.dumps(key, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert takehome["commitment"] == form.record.commitment == hashlib.sha256(bytes.fromhex(form.record.nonce) + canonical).hexdigest()
    assert len(form.record.nonce) == 64
    assert set(takehome) == {"schema", "id", "kit_version", "commitment"}
    assert form.record.nonce not in (issued.folder / "takehome.json").read_text()


def test_asking_again_gives_the_same_one_and_makes_nothing(vault, toy, tmp_path):
    first = issue(vault, "ana", out=tmp_path / "out", form="short")
    again = issue(vault, " ana ", out=tmp_path / "elsewhere")
    assert again.again
    assert again.id == first.id
    assert again.form == "short"
    assert again.zip.read_bytes() == first.zip.read_bytes()
    assert len(toy.calls) == 1
    assert [entry.event for entry in vault.log.entries()] == ["issued"]


def test_what_a_candidate_has_begun_is_not_written_over(vault, toy, tmp_path):
    issued = issue(vault, "ana", out=tmp_path / "out")
    (issued.folder / "README.md").write_text("my notes")
    issue(vault, "ana", out=tmp_path / "out")
    assert (issued.folder / "README.md").read_text() == "my notes"


def test_other_options_are_an_error_that_says_how_they_differ(vault, toy, tmp_path):
    issue(vault, "ana", out=tmp_path / "out", form="short")
    with pytest.raises(
        InputError, match="scenario is 'subscription_churn', not 'toy_shop'; form is 'short', not 'standard'; level is 'mid', not 'senior'"
    ):
        issue(vault, "ana", out=tmp_path / "out", scenario="toy_shop", form="standard", level="senior")
    assert issue(vault, "ana", out=tmp_path / "out", scenario="subscription_churn", form="short", level="mid").again
    assert issue(vault, "ana", out=tmp_path / "out", round_="2", form="standard").id != issue(vault, "ana", out=tmp_path / "out").id


def test_a_level_holds_for_everybody_in_a_round(vault, toy, tmp_path):
    issue(vault, "ana", out=tmp_path / "out", level="senior")
    with pytest.raises(InputError, match=r"must be 'senior' in round '1', as for the 1 take-home.*got 'junior'.*--round"):
        issue(vault, "ben", out=tmp_path / "out", level="junior")
    assert issue(vault, "ben", out=tmp_path / "out").level == "senior"
    assert issue(vault, "cat", out=tmp_path / "out", level="junior", round_="2").level == "junior"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scenario": "toy_shp"}, "--scenario must be one of subscription_churn, toy_shop; got 'toy_shp'. Did you mean 'toy_shop'?"),
        ({"form": "shrt"}, "--form must be one of long, short, standard; got 'shrt'. Did you mean 'short'?"),
        ({"level": "expert"}, "--level must be one of junior, mid, senior; got 'expert'."),
        ({"form": "long"}, "--form long needs a catalogue of at least 24 mechanisms"),
        ({"round_": " "}, "a round must be 1 to 200 printable characters"),
    ],
)
def test_an_unknown_choice_is_refused_before_anything_is_made(vault, toy, tmp_path, options, message):
    with pytest.raises(InputError) as caught:
        issue(vault, "ana", out=tmp_path / "out", **options)
    assert message in str(caught.value)
    assert toy.calls == []


@pytest.mark.parametrize("name", ["", "  ", "a" * 201, "an\u202ea", "a\nb", "\x1b[31mana"])
def test_a_name_that_cannot_be_filed_is_refused(vault, toy, tmp_path, name):
    with pytest.raises(InputError, match="a candidate must be 1 to 200 printable characters"):
        issue(vault, name, out=tmp_path / "out")


def test_out_must_be_writable_and_outside_the_vault(vault, toy, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match="--out must be a folder that can be written"):
        issue(vault, "ana", out=tmp_path / "file" / "out")
    for inside in (vault.root, vault.root / "forms"):
        with pytest.raises(InputError, match="outside the vault"):
            issue(vault, "ana", out=inside)
    assert toy.calls == []


def test_a_form_that_cannot_be_drawn_issues_nothing(vault, toy, tmp_path, snapshot):
    before = snapshot(vault.root)
    toy.fail_for.add("ana")
    with pytest.raises(KitError, match=r"no standard form of toy_shop.*twin too weak.*Nothing was issued"):
        issue(vault, "ana", out=tmp_path / "out", scenario="toy_shop")
    assert snapshot(vault.root) == before
    toy.fail_for.clear()
    assert not issue(vault, "ana", out=tmp_path / "out").again


def test_a_full_disk_while_making_a_form_leaves_the_vault_as_it_was(vault, toy, tmp_path, snapshot):
    before = snapshot(vault.root)

    def full():
        raise OSError(28, "No space left on device", "train.parquet")

    toy.on_build = full
    with pytest.raises(VaultError, match=r"No space left on device \(train.parquet\).*Nothing issued or graded before was changed"):
        issue(vault, "ana", out=tmp_path / "out")
    assert snapshot(vault.root) == before


def test_a_zip_changed_in_the_vault_is_not_handed_out(vault, toy, tmp_path):
    issued = issue(vault, "ana", out=tmp_path / "out")
    form = vault.form(issued.id)
    form.takehome_zip.write_bytes(b"PK")
    (tmp_path / "new").mkdir()
    with pytest.raises(VaultError, match="takehome.zip differs"):
        deliver(form, tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []
