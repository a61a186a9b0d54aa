"""The shipped geodata are what the builder makes of its sources. Fetches them, so only with VOI_TEST_NETWORK=1."""

import shutil
import time

import pytest

from zones.build import build
from zones.coast import DATA

LONGEST_S = 120  # of processor time


@pytest.mark.network
def test_a_build_gives_the_shipped_files_again(tmp_path):
    shutil.copy(DATA / "zones.toml", tmp_path)
    begun = time.process_time()
    made = build(tmp_path)
    assert time.process_time() - begun < LONGEST_S
    assert len(made) == 5
    assert [path.name for path in made if path.read_bytes() != (DATA / path.name).read_bytes()] == []
