"""User ids for runs: unused, apart, given back."""

import os
from pathlib import Path

import pytest

from kit.sandbox import users
from kit.sandbox.model import SandboxError
from kit.sandbox.users import Users, give, unused_user


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives runs an id of their own")
def test_runs_at_once_have_different_ids_and_an_id_is_given_back(tmp_path: Path) -> None:
    """None has an account; the output folder becomes the run's own."""
    hands = Users()
    with hands.one() as first, hands.one() as second:
        assert first != second
        assert not any(users._has_account(each) for each in (first, second))
        (tmp_path / "model").mkdir()
        give(tmp_path, first)
        assert {path.stat().st_uid for path in (tmp_path, tmp_path / "model")} == {first}
    with hands.one() as third:
        assert third == first


def test_where_every_id_is_taken_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to do instead."""
    monkeypatch.setattr(users, "_has_account", lambda user: True)
    with pytest.raises(SandboxError, match="as an ordinary user instead of root"):
        unused_user(0)
