"""Every staged folder looks the same, whatever it was made from."""

import os
from pathlib import Path

from kit.staging import WHEN, stage_inputs


def test_modes_times_and_links_tell_nothing(tmp_path: Path) -> None:
    """Closed files of the vault become readable copies of one age."""
    vault = tmp_path / "vault"
    (vault / "late").mkdir(parents=True)
    (vault / "late" / "orders.parquet").write_text("later")
    (vault / "served.parquet").write_text("requests")
    for path in (vault / "served.parquet", vault / "late" / "orders.parquet"):
        path.chmod(0o600)
    previous = os.umask(0o077)
    try:
        stage_inputs({"events": vault / "late", "requests.parquet": vault / "served.parquet"}, tmp_path / "in")
    finally:
        os.umask(previous)
    found = {path.relative_to(tmp_path / "in").as_posix(): path.stat() for path in (tmp_path / "in").rglob("*")}
    assert sorted(found) == ["events", "events/orders.parquet", "requests.parquet"]
    assert {int(stat.st_mtime) for stat in found.values()} == {WHEN}
    assert found["requests.parquet"].st_mode & 0o777 == 0o444
    assert found["requests.parquet"].st_nlink == 1
    assert found["events"].st_mode & 0o777 == (tmp_path / "in").stat().st_mode & 0o777 == 0o755
    assert found["requests.parquet"].st_ino != (vault / "served.parquet").stat().st_ino


def test_an_empty_name_stages_the_folder_itself(tmp_path: Path) -> None:
    """As for training data, sub-folders included."""
    (tmp_path / "data" / "events").mkdir(parents=True)
    (tmp_path / "data" / "events" / "a").write_text("x")
    stage_inputs({"": tmp_path / "data"}, tmp_path / "in")
    assert (tmp_path / "in" / "events" / "a").read_text() == "x"
