"""One ground for all the batches of a file: the vault, the canaries and the listeners are made once, and what was changed for them is put back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from containment import need_sandbox
from ground import Ground, laid_out


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A vault with two forms, among canaries and listeners."""
    sandbox = need_sandbox()
    with laid_out(tmp_path_factory.mktemp("ground"), sandbox) as made:
        yield made
