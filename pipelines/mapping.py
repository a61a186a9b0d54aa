"""What a map shows, taken from the store: tracks, who they belong to, alerts, zones and coast."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maps.ground import places, zone_shapes
from maps.page import render
from maps.view import Alert, Fixes, MapView, Vessel
from pipelines.output import Row
from pipelines.store import alerts, views, watchlist
from pipelines.store.state import Store, open_store
from vessels.codes import family
from vessels.identity import flag
from vessels.matching import Identity, Watchlist
from vessels.watchlist import Entry
from zones.coast import levels
from zones.zone import Zone

TITLE: Final = "Vessels of Interest"
ONLY_LISTED: Final = "the watchlist and those in distress"
_LAST: Final = {"last_lat": "last_lat", "last_lon": "last_lon", "last_fix_us": "last_time"}  # of an alert: in evidence
_OVER: Final = ("resolved", "withdrawn")
_FIXES: Final = """
SELECT mmsi::BIGINT AS mmsi, epoch_us(time) AS time_us, lat, lon, sog_kn, cog_deg FROM positions
WHERE verdict IS NULL AND lat IS NOT NULL AND lon IS NOT NULL AND ($since IS NULL OR time >= make_timestamptz($since))
ORDER BY mmsi, time
"""
_VESSELS: Final = "SELECT *, epoch_us(last_seen) AS heard_us FROM vessels ORDER BY mmsi"


def map_view(root: Path, zones: Sequence[Zone], *, watchlist_only: bool = False, since: int | None = None) -> MapView:
    """Return the map of the store in `root`: positions from `since` (microseconds UTC) on, and what is to be seen.

    `watchlist_only` leaves the vessels of the watchlist; vessels in distress stay on every map.
    """
    with open_store(root, create=False) as store, closing(views.connect(store)) as connection:
        fixes = connection.sql(_FIXES, params={"since": since}).to_arrow_table()
        known = connection.sql(_VESSELS).to_arrow_table().to_pylist()
        shown = [alert for alert in alerts.every(store) if _shown(alert, since)]
        vessels = list(_vessels(known, _listed(store)))
        newest = store.watermark() or 0
    if watchlist_only:
        wanted = {vessel["mmsi"] for vessel in vessels if vessel["listed"]}
        wanted |= {alert["mmsi"] for alert in shown if alert["class"] == "distress"}
        fixes = fixes.filter(pc.is_in(fixes["mmsi"], value_set=pa.array(wanted, pa.int64())))
        vessels = [vessel for vessel in vessels if vessel["mmsi"] in wanted]
        shown = [alert for alert in shown if alert["mmsi"] in wanted]
    start, end = _span(fixes, since, newest)
    return MapView(
        title=TITLE,
        subtitle=ONLY_LISTED if watchlist_only else "",
        start_us=start,
        end_us=end,
        fixes=_columns(fixes),
        vessels=vessels,
        alerts=[_drawn(alert) for alert in shown],
        zones=zone_shapes(zones),
        coast=levels(),
        places=places(),
    )


def zone_chart(zones: Sequence[Zone]) -> MapView:
    """Return a chart of zones alone."""
    return MapView(
        title="Zones",
        subtitle="Each stretch of coast has the sea nearest to it. No legal boundaries.",
        start_us=0,
        end_us=0,
        zones=zone_shapes(zones),
        coast=levels(),
        places=places(),
        chart=True,
    )


def write_map(path: Path, view: MapView) -> int:
    """Draw a view into an HTML file, whole or not at all, and return its bytes; only its owner may read it."""
    page = render(view).encode()
    unfinished = path.with_name(path.name + ".tmp")
    unfinished.touch(mode=0o600)  # a map names vessels and suspicions
    unfinished.write_bytes(page)
    unfinished.replace(path)
    return len(page)


def _shown(alert: Row, since: int | None) -> bool:
    """Tell whether an alert is drawn: not over, and not older than the map unless somebody is in distress."""
    recent = since is None or alert["last_seen"] >= since
    return alert["state"] not in _OVER and (recent or alert["class"] == "distress")


def _listed(store: Store) -> Watchlist:
    return Watchlist(Entry.of(row) for row in watchlist.every(store))


def _vessels(known: Iterable[Row], listed: Watchlist) -> Iterable[Vessel]:
    for row in known:
        said = {key: row[key] for key in ("mmsi", "imo", "name", "callsign")}
        identity = Identity(time=row["heard_us"], flag=flag(row["mmsi"]), **said)
        yield Vessel(
            mmsi=row["mmsi"],
            name=row["name"],
            family=family(row["ship_type"]),
            flag=identity.flag,
            listed=listed.best(identity) is not None,
            simulated=row["simulated"],
            destination=row["destination"],
            length_m=row["length_m"],
            imo=row["imo"],
            callsign=row["callsign"],
        )


def _span(fixes: pa.Table, since: int | None, newest: int) -> tuple[int, int]:
    """Return the time span of the map: that of its positions, else from what was asked for to the newest."""
    span = pc.min_max(fixes["time_us"]).as_py()
    if span["min"] is None:
        return min(newest if since is None else since, newest), newest
    return span["min"], span["max"]


def _columns(fixes: pa.Table) -> Fixes:
    columns: dict[str, Any] = {name: fixes[name].to_numpy() for name in ("mmsi", "time_us")}
    columns |= {name: fixes[name].to_numpy().astype(np.float64) for name in ("lat", "lon", "sog_kn", "cog_deg")}
    return Fixes(**columns)


def _drawn(alert: Row) -> Alert:
    drawn = {key: alert[key] for key in Alert.__annotations__ if key in alert}
    return cast("Alert", {**drawn, **_last(alert), "time_us": alert["first_seen"], "last_us": alert["last_seen"]})


def _last(alert: Row) -> Row:
    """Return where and when the vessel was last heard during the alert, if its evidence says so: all or nothing."""
    measured = alert["evidence"].get("measured", {})
    last = {key: measured.get(said) for key, said in _LAST.items()}
    return {} if None in last.values() else last
