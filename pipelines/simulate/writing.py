"""The story written down: NMEA files as two feeds would give them, and the truth beside them."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from pipelines.simulate import day as demo
from pipelines.simulate.radio import FEEDS, Copies, damaged, heard, stamped
from pipelines.simulate.speech import reports
from vessels.encode import sentences

START_US: Final = 1_780_272_000_000_000  # 2026-06-01T00:00:00Z; a fixed day, so that every run tells the same story
EVERY_S: Final = 30  # reports are thinned to this, a third of what would be sent; chosen for a demo within seconds
BANNER: Final = b"# SIMULATED by voi: invented ships, invented distress. Not for navigation.\n"
TRUTH_FILE: Final = "truth.json"
_CHUNK: Final = 20_000  # sentences encoded at once; chosen: progress moves several times a second


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was written: the feeds' files, the truth's, and how many sentences of how many vessels."""

    files: tuple[Path, ...]
    truth_path: Path
    sentences: int
    vessels: int


def simulate(
    out: Path,
    *,
    seed: int = 1,
    days: int = 1,
    start: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Simulated:
    """Write west.nmea, east.nmea and truth.json into `out`, overwriting them.

    `start` is the first midnight in microseconds UTC, else 2026-06-01. Another seed gives other noise and losses but
    the same story. `progress` is told the finished share, 0 to 1.
    """
    start = START_US if start is None else start
    out.mkdir(parents=True, exist_ok=True)
    paths = tuple(out / f"{feed}.nmea" for feed in FEEDS)
    written, vessels = 0, 0
    with ExitStack() as stack:
        files = dict(zip(FEEDS, (stack.enter_context(path.open("wb")) for path in paths), strict=True))
        for file in files.values():
            file.write(BANNER)
        for share, feed, lines in _feeds(seed, days, start):
            files[feed].writelines(lines)
            written += sum(line.count(b"\n") for line in lines)
            if progress:
                progress(share)
    truth = demo.truth(days)
    vessels = len({voyage.ship.mmsi for voyage in demo.voyages()})
    truth_path = out / TRUTH_FILE
    truth_path.write_text(json.dumps(truth.document(start), indent=1) + "\n", encoding="utf-8")
    return Simulated(paths, truth_path, written, vessels)


def _feeds(seed: int, days: int, start: int) -> Iterator[tuple[float, str, list[bytes]]]:
    """Yield (finished share, feed, sentences) in order of arrival within each feed."""
    for day in range(days):
        rng = np.random.default_rng((seed, day))
        said = reports(demo.voyages(day), start=start, seed=seed + day, every_s=EVERY_S)
        copies = heard(said, rng)
        done = 0
        for feed in FEEDS:
            for part in _chunks(copies.of(feed)):
                done += len(part.row)
                yield (day + done / len(copies.row)) / days, feed, broadcast(said, part, rng)


def broadcast(said: pa.Table, copies: Copies, rng: np.random.Generator) -> list[bytes]:
    """Return the copies of REPORT rows as NMEA, one entry of one or more lines each, the broken ones damaged."""
    heard_rows = stamped(said, copies)
    lines = sentences(heard_rows, station=heard_rows["station"].to_pylist())
    for index in np.flatnonzero(copies.broken).tolist():
        lines[index] = damaged(lines[index], int(rng.integers(2)))
    return lines


def _chunks(copies: Copies) -> Iterator[Copies]:
    for at in range(0, len(copies.row), _CHUNK):
        yield copies.part(slice(at, at + _CHUNK))
