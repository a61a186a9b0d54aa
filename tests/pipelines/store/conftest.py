import pytest

from pipelines.store import open_store


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store", create=True) as opened:
        yield opened
