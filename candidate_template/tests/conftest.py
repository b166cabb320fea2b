import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that plain `pytest` finds the pipeline


@pytest.fixture(scope="session")
def data_folder():
    return ROOT / "data"


@pytest.fixture(scope="session", params=["a", "b"])
def sample_batch(request):
    return ROOT / "samples" / request.param
