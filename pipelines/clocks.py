"""Which stations' clocks are not to be trusted: those that disagree with others, and those that date rows far ahead."""

from typing import Any

from pipelines.sequencer import Sequencer
from pipelines.store import clocks, resume
from pipelines.store.state import Store


def doubtful(store: Store) -> list[dict[str, Any]]:
    """Return source, station, `ahead_us`, `since` (µs UTC by the others' clocks) and `messages` of each such station.

    Of rows dated far ahead, which wait for a confirmation, `since` is when the others were: as far as they had come.
    """
    return [*clocks.skewed(store), *_ahead(store)]


def waiting(store: Store) -> int:
    """Return how many rows wait until something confirms their date."""
    return int((resume.sequencer_state(store) or {}).get("waiting", 0))


def _ahead(store: Store) -> list[dict[str, Any]]:
    """Return the stations of the rows that wait, with how far the first of them is ahead of its source."""
    state = resume.sequencer_state(store)
    if state is None or not state.get("waiting"):
        return []
    rows = Sequencer(state, resume.held(store)).unconfirmed
    found = rows.group_by(["source", "station"]).aggregate([("time", "min"), ("time", "count")])
    return [_told(row, state) for row in found.sort_by([("source", "ascending"), ("station", "ascending")]).to_pylist()]


def _told(row: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    reached = state["sources"].get(row["source"], {}).get("newest")
    ahead = None if reached is None else row["time_min"] - reached
    said = {"source": row["source"], "station": row["station"]}
    return {**said, "ahead_us": ahead, "since": reached, "messages": row["time_count"]}
