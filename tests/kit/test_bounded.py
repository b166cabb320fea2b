"""Small files of strangers: every way in which one is not taken."""

import pytest

from graders.strict import Unreadable
from kit.bounded import MAX_BYTES, read_json, read_toml


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "nested deeper"),
        (b'{"a": NaN}', "finite"),
        (b'{"a": 1e999}', "finite"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b"{" + b'"a":' * 50_000, "JSON|nested"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "JSON"),
        (b'"\xff"', "UTF-8"),
        (b" " * (MAX_BYTES + 1), "at most"),
        (b"{", "JSON"),
    ],
)
def test_json_is_refused_with_the_reason(data: bytes, why: str) -> None:
    """Depth, numbers, names, encoding and size are all bounded."""
    with pytest.raises(Unreadable, match=why):
        read_json(data)


def test_plain_json_is_read() -> None:
    """A byte order mark is no reason to refuse."""
    assert read_json(b'\xef\xbb\xbf{"a": [1, 2.5, "x"]}') == {"a": [1, 2.5, "x"]}


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"a = " + b"[" * 3000 + b"]" * 3000, "nested deeper"), (b"a = 1\nb = ", "TOML"), (b"a" + b".a" * 60 + b" = 1", "more than 32 parts")],
)
def test_toml_is_refused_with_the_reason(data: bytes, why: str) -> None:
    """Also where depth is made of dotted keys."""
    with pytest.raises(Unreadable, match=why):
        read_toml(data)
