"""Retention: how long positions are kept. Events, alerts and the watchlist stay; they are what people worked on.

Whole days go at once. Before that, class B vessels that were never of interest (never on the watchlist, never in an
alert) go from days that are over: most of them are yachts near the coast, and they have people on board too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import pyarrow as pa

from pipelines.store.compact import CLASS_B, replace, rewrite, sweep
from pipelines.store.scan import reading, show
from pipelines.store.segments import DAY_US, REPORT_DATASETS, Segment, utc_day
from pipelines.store.state import Store
from vessels.matching import fold

KEPT_FROM: Final = "kept_from"
_OF_INTEREST: Final = """
SELECT json_extract(body, '$.mmsi') AS mmsi FROM alerts
UNION SELECT mmsi FROM watchlist
UNION SELECT identities.mmsi FROM identities JOIN watchlist ON identities.imo = watchlist.imo
    OR identities.callsign = watchlist.callsign OR fold(identities.name) = fold(watchlist.name)
"""


@dataclass(frozen=True, slots=True)
class Drop:
    """Rows of one dataset and day that go: all of them, or those of class B. `bytes` is null where not yet known."""

    what: Literal["day", "class_b"]
    dataset: str
    day: str
    rows: int
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes, and the first moments kept (µs UTC, null: all are)."""

    drops: Sequence[Drop]
    kept_from: int | None
    class_b_from: int | None


def plan(store: Store, *, keep_days: int | None, class_b_days: int | None, now_us: int | None = None) -> Plan:
    """Return what would go, counting back whole days from `now_us` (default: the watermark, not the wall clock).

    A limit that is null keeps all.
    """
    now = store.watermark() if now_us is None else now_us
    if now is None:
        return Plan((), None, None)
    kept, class_b = (None if days is None else _day_start(now - days * DAY_US) for days in (keep_days, class_b_days))
    whole = store.rows(
        "SELECT dataset, day, sum(rows) AS rows, sum(bytes) AS bytes FROM segments WHERE day < ?"
        " GROUP BY dataset, day ORDER BY day, dataset",
        ("" if kept is None else utc_day(kept),),
    )
    drops = [Drop("day", **row) for row in whole]
    if class_b is not None:
        drops += _class_b(store, None if kept is None else utc_day(kept), utc_day(class_b))
    return Plan(tuple(drops), kept, class_b)


def run(store: Store, planned: Plan, *, now: int) -> None:
    """Do what was planned. Call it while holding `store.writing()`; `now` (µs UTC) is when, for the grace time."""
    for drop in planned.drops:
        if drop.what == "class_b":
            rewrite(store, drop.dataset, drop.day, now=now, keep=of_interest(store))
    whole = {(drop.dataset, drop.day) for drop in planned.drops if drop.what == "day"}
    listed = (Segment(**row) for row in store.rows("SELECT * FROM segments"))
    old = [each for each in listed if (each.dataset, each.day) in whole]
    replace(store, old, [], now=now, notes={KEPT_FROM: _kept_from(store, planned)})
    sweep(store, now=now)


def of_interest(store: Store) -> pa.Array:
    """Return the MMSIs that are or were on the watchlist, by whatever name, or in an alert."""
    store.conn.create_function("fold", 1, lambda name: fold(name) or None if name else None, deterministic=True)
    return pa.array([row["mmsi"] for row in store.rows(_OF_INTEREST) if row["mmsi"] is not None], pa.int32())


def _class_b(store: Store, from_day: str | None, to_day: str) -> list[Drop]:
    """Return the class B rows that would go, by dataset and day."""
    days = store.rows(
        "SELECT DISTINCT dataset, day FROM segments WHERE day >= ? AND day < ? ORDER BY day, dataset",
        (from_day or "", to_day),
    )
    keep = of_interest(store)
    drops = [
        Drop("class_b", each["dataset"], each["day"], _count(store, each, keep), None)
        for each in days
        if each["dataset"] in REPORT_DATASETS
    ]
    return [drop for drop in drops if drop.rows]


def _count(store: Store, each: dict[str, Any], keep: pa.Array) -> int:
    paths = store.rows("SELECT path FROM segments WHERE dataset = ? AND day = ?", (each["dataset"], each["day"]))
    with reading(store) as con:
        show(con, store, each["dataset"], [row["path"] for row in paths])
        con.register("_keep", pa.table({"mmsi": keep}))
        sql = f"FROM _{each['dataset']} SELECT count(*) WHERE msg_type IN {CLASS_B} AND mmsi NOT IN (FROM _keep)"
        (count,) = con.sql(sql).fetchall()[0]
        return int(count)


def _kept_from(store: Store, planned: Plan) -> dict[str, int | None]:
    """Return the first moments of which all is kept; they never go back."""
    before = store.meta(KEPT_FROM) or {}
    asked = {"all": planned.kept_from, "class_b": planned.class_b_from}
    return {
        key: max((at for at in (value, before.get(key)) if at is not None), default=None)
        for key, value in asked.items()
    }


def _day_start(time: int) -> int:
    return (date.fromisoformat(utc_day(time)) - date(1970, 1, 1)).days * DAY_US
