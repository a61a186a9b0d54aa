"""`voi status`: how fresh, how large and how well the store is."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import click

from pipelines import clocks, stale
from pipelines.cli.common import settings_command
from pipelines.config import Settings
from pipelines.errors import StoreError
from pipelines.feeds.live import now_us
from pipelines.output import Column, chosen, moment, say, show, show_one
from pipelines.store import alerts, maintain, resume, views
from pipelines.store.state import Store, open_store

SOMETHING_WRONG: Final = 1  # exit code
_DATASETS: Final = ("positions", "static_reports", "texts", "other_messages")
SECOND_US: Final = 1_000_000
_OVER: Final = ("resolved", "withdrawn")

SOURCE_COLUMNS = (
    Column("source"),
    Column("bytes_read", right=True, wrap=False),
    Column("rows_read", right=True, wrap=False),
    Column("newest", wrap=False),
    Column("rejects", right=True, wrap=False),
)
CLOCK_COLUMNS = (
    Column("station", "station with a doubtful clock"),
    Column("source"),
    Column("ahead_s", right=True, wrap=False),
    Column("since", wrap=False),
    Column("messages", right=True, wrap=False),
)


@click.command()
@settings_command
def status(settings: Settings) -> int:
    """Tell how fresh, how large and how well the store is.

    Exit code 1 when something is wrong: a damaged file, tracks that wait to be re-folded, a feed that is silent.
    """
    with open_store(settings.store, create=False) as store:
        sources = [_source(cursor) for cursor in resume.cursors(store).values()]
        summary, stations = _summary(store), _clocks(store)
    if chosen(settings.format) == "table":
        show_one({key: _counts(value) for key, value in summary.items()}, "table")
        if sources:
            show(sources, "table", SOURCE_COLUMNS)
        if stations:
            show(stations, "table", CLOCK_COLUMNS)
    else:
        show_one({**summary, "sources": sources, "clocks": stations}, settings.format)
    for problem in summary["problems"]:
        say(f"problem: {problem}")
    return SOMETHING_WRONG if summary["problems"] else 0


def _clocks(store: Store) -> list[dict[str, Any]]:
    """Return the stations whose clock is off, in seconds; none where the store cannot be read: that is told."""
    try:
        found = clocks.doubtful(store)
    except StoreError:
        return []
    return [
        {
            **{key: each[key] for key in ("station", "source")},
            "ahead_s": None if each["ahead_us"] is None else each["ahead_us"] // SECOND_US,
            "since": moment(each["since"]),
            "messages": each["messages"],
        }
        for each in found
    ]


def _summary(store: Store) -> dict[str, Any]:
    try:
        events, unread = _events(store), []
    except StoreError as error:
        events, unread = {}, [str(error)]
    size = sum(path.stat().st_size for path in store.root.rglob("*") if path.is_file())
    return {
        "store": str(store.root),
        "watermark": moment(store.watermark()),
        "rows": _rows(store),
        "waiting": clocks.waiting(store),
        **store.rows("SELECT count(*) AS vessels, coalesce(sum(simulated), 0) AS simulated_vessels FROM latest")[0],
        "events": events,
        "open_alerts": _open_alerts(store),
        **store.rows("SELECT count(*) AS watchlist_entries FROM watchlist WHERE removed_at IS NULL")[0],
        "unheard_s": stale.unheard_s(store),
        "size_mb": round(size / 1e6, 1),
        "problems": _problems(store) or unread,
    }


def _source(cursor: Mapping[str, Any]) -> dict[str, Any]:
    """Return how far a source was read: bytes of decompressed content and event time, or rows of a table."""
    decoder, read = cursor["decoder"], cursor["offset"]
    far: dict[str, Any] = {"bytes_read": None, "rows_read": read, "newest": None}
    if decoder is not None:
        far = {"bytes_read": read, "rows_read": None, "newest": moment(decoder["clock"]["now"])}
    return {"source": cursor["source"], **far, "rejects": sum(cursor["rejects"].values())}


def _rows(store: Store) -> dict[str, int]:
    found = store.rows("SELECT dataset, sum(rows) AS rows FROM segments GROUP BY dataset")
    by_dataset = {row["dataset"]: row["rows"] for row in found}
    return {dataset: by_dataset.get(dataset, 0) for dataset in _DATASETS}


def _events(store: Store) -> dict[str, int]:
    sql = "SELECT kind, count(*) FROM events WHERE status <> 'withdrawn' GROUP BY kind ORDER BY kind"
    with views.reading(store) as connection:
        return dict(connection.execute(sql).fetchall())


def _open_alerts(store: Store) -> dict[str, int]:
    """Return how many alerts of each class nobody has resolved; `every` puts distress first."""
    return dict(Counter(alert["class"] for alert in alerts.every(store) if alert["state"] not in _OVER))


def _problems(store: Store) -> list[str]:
    faults = [f"{finding.path}: {finding.message}" for finding in maintain.check(store) if finding.kind == "fault"]
    waiting = store.rows("SELECT count(*) AS tracks FROM pending")[0]["tracks"]
    late = [f"{waiting} tracks got late rows and wait for the next ingest to re-fold them"] if waiting else []
    return faults + late + stale.problems(store, now_us())


def _counts(value: Any) -> Any:
    """Return counts as a person reads them: `gap 3, loitering 1`."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {count:,}" for key, count in value.items()) or "none"
    return value if value != [] else "none"
