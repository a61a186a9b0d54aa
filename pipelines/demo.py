"""A simulated day in a folder of its own: NMEA and truth, watchlist, store, alerts and a map."""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pipelines.config import Settings
from pipelines.errors import PipelineError
from pipelines.mapping import map_view, write_map
from pipelines.run import IngestSummary, ingest
from pipelines.simulate.writing import simulate
from pipelines.store import watchlist
from pipelines.store.state import open_store
from pipelines.watching import checked
from pipelines.zoning import zones_in_force

NMEA: Final = "nmea"
STORE: Final = "store"
MAP: Final = "map.html"
LIST: Final = "demo"

# Asked for a function that is told the finished share (0 to 1) of a step with this name.
Steps = Callable[[str], Callable[[float], None]]


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demo left behind, and what its ingest found."""

    store: Path
    truth: Path
    page: Path
    summary: IngestSummary


def demo(folder: Path, *, settings: Settings, seed: int, steps: Steps) -> Demo:
    """Simulate a day into `folder`, put its planted vessels on the watchlist, ingest it and draw the map.

    The folder must be new, empty, or that of an earlier demo, whose store is made anew.
    """
    _make_room(folder)
    written = simulate(folder / NMEA, seed=seed, progress=steps("simulating a day"))
    store = folder / STORE
    _watch(store, json.loads(written.truth_path.read_text("utf-8"))["watchlist"])
    sources = [str(path) for path in written.files]
    summary = ingest(store, sources, settings=settings, progress=steps("reading it"))
    drawing = steps("drawing the map")
    write_map(folder / MAP, map_view(store, zones_in_force(store)))
    drawing(1.0)
    return Demo(store, written.truth_path, folder / MAP, summary)


def _make_room(folder: Path) -> None:
    """Take away the store of an earlier demo, finished or not; refuse a folder that holds anything else."""
    found = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if found and not {NMEA} <= found <= {NMEA, STORE, MAP}:  # the NMEA is written first
        raise PipelineError(f"{folder} holds other things; give the demo a new or empty folder")
    if STORE in found:
        shutil.rmtree(folder / STORE)


def _watch(store: Path, planted: list[dict[str, Any]]) -> None:
    now = time.time_ns() // 1000  # when it is put on the list: the wall clock
    entries = [checked({**entry, "source_list": LIST, "recorded_at": now, "added_by": LIST}) for entry in planted]
    with open_store(store, create=True) as opened:
        watchlist.add(opened, map(asdict, entries))
