"""The version of the kit that is written into everything it seals."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("takehome-kit")
except PackageNotFoundError:  # run from a folder that was never installed
    VERSION = "0"
