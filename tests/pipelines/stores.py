"""What a store holds in the end, without what depends on how it got there: what the tests of runs compare."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.store import alerts, resume, watchlist
from pipelines.store.read import events_of, reports_of
from pipelines.store.state import Store, open_store
from pipelines.watching import checked, record
from vessels.event import track_key
from vessels.report import CONTENT

ORDER: Final = ("id", "event_id", "evidence")  # of an alert: in which order things were learned
CITED: Final = ("first_row", "last_row")  # of an event's evidence: files and places in them


def watched(root: Path, **identity: Any) -> None:
    """Put a vessel on the watchlist of a new store."""
    with open_store(root, create=True) as store:
        watchlist.add(store, [{**record(checked({**identity, "why": "asked for"})), "recorded_at": 0}])


def told(root: Path) -> dict[str, Any]:
    """Return the final events by their ids, without what they cite."""
    with open_store(root, create=False) as store:
        events = events_of(store, [track_key(mmsi) for mmsi in _vessels(store)])
    standing = [event for event in events if event.status != "withdrawn"]
    return {event.id: replace(event, supersedes=None, evidence=_without(event.evidence, CITED)) for event in standing}


def said(root: Path) -> list[dict[str, Any]]:
    """Return what the standing alerts about vessels say."""
    with open_store(root, create=False) as store:
        standing = [alert for alert in alerts.every(store) if alert["state"] != "withdrawn"]
    return sorted((_without(alert, ORDER) for alert in standing if alert["class"] != "system"), key=repr)


def heard(root: Path) -> list[dict[str, Any]]:
    """Return what every vessel said and when, in one order, held rows included."""
    columns = ["time", *CONTENT.names]
    with open_store(root, create=False) as store:
        parts = [reports_of(store, _vessels(store)), resume.held(store), _unstored(store)]
        rows = pa.concat_tables([part.select(columns) for part in parts])
    return sorted(rows.to_pylist(), key=repr)


def count(root: Path) -> int:
    """Return how many rows the store has, held ones included."""
    with open_store(root, create=False) as store:
        parts = [reports_of(store, _vessels(store)), resume.held(store), _unstored(store)]
        return sum(part.num_rows for part in parts)


def unsettled(root: Path) -> tuple[int, int]:
    """Return how many rows came late, and how many vessels wait to be folded anew."""
    with open_store(root, create=False) as store:
        late = reports_of(store, _vessels(store))["late"].to_pylist()
        return sum(late), len(resume.pending(store))


def _unstored(store: Store) -> pa.Table:
    """Return the rows that wait at the gate and are stored only when they are judged."""
    waiting = resume.waiting(store)
    return waiting.filter(pc.invert(waiting["stored"]))


def _vessels(store: Store) -> list[int]:
    return [row["mmsi"] for row in store.rows("SELECT mmsi FROM latest")]


def _without(values: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in keys}
