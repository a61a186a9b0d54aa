"""Memory does not grow with what is read: an ingest in a process of its own, which tells what it holds as it goes."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.pipelines.fleets import write
from tests.pipelines.processes import REPOSITORY

SENTENCES: Final = 12_000_000  # chosen: ten times what fills every cache once, a hundred flushes
TENTHS: Final = 10
GROWTH: Final = 0.05  # the noise of two allocators (numpy's and Arrow's); a leak of two bytes a sentence would be 20 MB
PROGRAM: Final = """
import json, os, sys
from pathlib import Path
from pipelines.config import Settings
from pipelines.run import ingest
page, held = os.sysconf("SC_PAGE_SIZE"), []
look = lambda _: held.append(int(Path("/proc/self/statm").read_text().split()[1]) * page / 1e6)
ingest(Path(sys.argv[2]), [sys.argv[1]], settings=Settings(), progress=look)
print(json.dumps(held))
"""


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_the_last_tenth_of_a_file_takes_no_more_memory_than_the_second(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = tmp_path / "fleets.nmea"
    write(feed, SENTENCES)
    run = [sys.executable, "-c", PROGRAM, str(feed), str(tmp_path / "store")]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    held = json.loads(subprocess.run(run, env=environment, capture_output=True, check=True, text=True).stdout)
    size = len(held) // TENTHS
    tenths = [statistics.median(held[at * size : (at + 1) * size]) for at in range(TENTHS)]
    with capsys.disabled():
        print(f"\nmedian MB of each tenth: {', '.join(f'{mb:,.0f}' for mb in tenths)}; most {max(held):,.0f}")  # noqa: T201
    assert tenths[-1] <= tenths[1] * (1 + GROWTH)
