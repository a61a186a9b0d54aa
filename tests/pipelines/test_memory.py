"""Memory does not grow with what is read: one ingest, and one of a file ten times as long, each in its own process."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.pipelines.fleets import write
from tests.pipelines.processes import REPOSITORY

SENTENCES: Final = 1_200_000  # chosen: eleven flushes, so that what each leaves to the next stands before the end
TIMES: Final = 10
GROWTH: Final = 0.05  # the noise of two allocators (numpy's and Arrow's); a leak of two bytes a sentence would be 20 MB
PROGRAM: Final = """
from pathlib import Path
from pipelines.cli import main
assert main() == 0
print(Path("/proc/self/status").read_text())
"""


def _peak_mb(folder: Path, sentences: int) -> float:
    """Ingest so many sentences of the same vessels; return the most memory that it held."""
    feed = folder / f"{sentences}.nmea"
    write(feed, sentences)
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "VOI_STORE": str(folder / f"{sentences}")}
    run = [sys.executable, "-c", PROGRAM, "ingest", str(feed)]
    told = subprocess.run(run, env=environment, capture_output=True, check=True, text=True).stdout
    (peak,) = re.findall(r"^VmHWM:\s+(\d+) kB$", told, re.MULTILINE)
    return int(peak) / 1e3


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_file_of_ten_times_the_size_takes_no_more_memory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    once, often = (_peak_mb(tmp_path, sentences) for sentences in (SENTENCES, TIMES * SENTENCES))
    with capsys.disabled():
        print(f"\npeak of an ingest: {once:,.0f} MB, of {TIMES} times as much {often:,.0f} MB")  # noqa: T201
    assert often <= once * (1 + GROWTH)
