"""Names that a hand-in may use."""

import pytest

from kit.names import fault_of, folded


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("/etc/passwd", "name_absolute"),
        ("//host/share", "name_absolute"),
        ("../key.json", "name_parent"),
        ("a/../../b", "name_parent"),
        ("a/./b", "name_parent"),
        ("a\\b", "name_backslash"),
        ("C:/windows", "name_drive"),
        ("a:stream", "name_drive"),
        ("a\x00b", "name_control"),
        ("a\nb", "name_control"),
        ("a\u202eb", "name_control"),
        ("a\u200bb", "name_control"),
        ("a\udcffb", "name_control"),
        ("  ", "name_control"),
        ("x" * 201, "name_long"),
        ("é" * 101, "name_long"),
        ("/".join("abcdefghijklm"), "name_deep"),
    ],
)
def test_name_is_refused_with_its_own_code(name: str, code: str) -> None:
    """Each kind of name has one code."""
    assert fault_of(name) == code


@pytest.mark.parametrize("name", ["pipeline/__main__.py", "notes/ümläut 1.md", "pipeline/", "/".join("abcdefghijkl"), "x" * 200])
def test_ordinary_names_pass(name: str) -> None:
    """Blanks, accents and folders are fine."""
    assert fault_of(name) is None


def test_names_that_one_machine_holds_for_one_fold_together() -> None:
    """Case, ligatures and Unicode forms."""
    assert folded("README.md") == folded("readme.MD")
    assert folded("\u00e9") == folded("e\u0301")
    assert folded("\ufb01le") == folded("file")
    assert folded("a.md") != folded("b.md")
