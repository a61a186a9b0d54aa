"""A sea far busier than the simulator's: ten fleets of it at once, as one feed. A program, since it takes memory.

python -m tests.pipelines.fleets FILE SENTENCES
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.simulate import day as demo
from pipelines.simulate.radio import heard
from pipelines.simulate.speech import reports
from pipelines.simulate.writing import EVERY_S, START_US, broadcast
from vessels.report import REPORT

FLEETS: Final = 10  # chosen: 20,000 sentences a second are then a day in 90 s, not in 9
APART: Final = 1000  # between the MMSIs of two fleets: those of one differ in other digits
PIECE: Final = 20_000  # rows encoded at once


def write(path: Path, sentences: int) -> None:
    """Write so many sentences, in order of arrival."""
    with path.open("wb") as file:
        written = 0
        for lines in _pieces():
            for line in lines:
                if written >= sentences:
                    return
                file.write(line)
                written += line.count(b"\n")


def _pieces() -> Iterator[list[bytes]]:
    day = 0
    while True:
        rng = np.random.default_rng(day)
        said = _fleets(reports(demo.voyages(day), start=START_US, seed=1 + day, every_s=EVERY_S))
        copies = heard(said, rng)
        for at in range(0, len(copies.row), PIECE):
            yield broadcast(said, copies.part(slice(at, at + PIECE)), rng)
        day += 1


def _fleets(said: pa.Table) -> pa.Table:
    """Return what each fleet says, a second after the one before."""
    fleets = [_shifted(_shifted(said, "mmsi", -APART * n), "time", n * 1_000_000) for n in range(FLEETS)]
    return pa.concat_tables(fleets).sort_by("time")


def _shifted(said: pa.Table, name: str, by: int) -> pa.Table:
    column = pc.add(said[name], by).cast(REPORT.field(name).type)
    return said.set_column(REPORT.get_field_index(name), name, column)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
