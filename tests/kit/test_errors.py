from __future__ import annotations

import inspect
import re

import pytest

from kit import errors


def test_the_tree_in_the_docstring_is_the_tree():
    """Every error class is drawn with its exit code, and nothing else is drawn."""
    drawn = dict(re.findall(r"([A-Z]\w+(?:Error|Takehome|Vault))\s+(?:exit code )?(\d+)", errors.__doc__ or ""))
    real = {name: str(kind.exit_code) for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.KitError)}
    assert drawn == real


def test_an_unknown_choice_lists_the_known_and_suggests_the_nearest():
    with pytest.raises(errors.InputError) as caught:
        errors.one_of("--level", "midd", ["junior", "mid"])
    assert str(caught.value) == "--level must be one of junior, mid; got 'midd'. Did you mean 'mid'?"
    assert errors.one_of("--level", "mid", ["junior", "mid"]) == "mid"
