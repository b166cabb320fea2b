"""The watchdog's own parts: the tail of a stream, the bounds of a folder."""

from pathlib import Path

from kit.sandbox.watch import Tail, within


def test_a_short_stream_is_kept_whole() -> None:
    """Up to the limit nothing is cut."""
    tail = Tail(10)
    for part in (b"01234", b"56789"):
        tail.add(part)
    assert tail.text() == b"0123456789"


def test_a_long_stream_keeps_its_end_with_a_mark() -> None:
    """Never longer than the limit, whatever the size of the parts."""
    for size in (1, 7, 1000, 5000):
        tail = Tail(200)
        sent = bytes(range(256)) * 40
        for at in range(0, len(sent), size):
            tail.add(sent[at : at + size])
        text = tail.text()
        assert len(text) == 200
        assert text.startswith(b"[cut: only the end of 10240 bytes is kept]\n")
        assert sent.endswith(text.split(b"\n", 1)[1])


def test_a_folder_is_judged_by_count_and_size_without_following_links(tmp_path: Path) -> None:
    """A link to a large tree counts as one entry."""
    (tmp_path / "a").write_bytes(b"x" * 100)
    (tmp_path / "usr").symlink_to("/usr")
    assert within(tmp_path, size=10_000, entries=2)
    assert not within(tmp_path, size=10_000, entries=1)
    assert not within(tmp_path, size=99, entries=5)
