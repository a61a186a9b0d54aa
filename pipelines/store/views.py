"""The views that people and the rest of the code query: degrees, knots and times over the exact integers on disk."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from pipelines.errors import PipelineError
from pipelines.store import alerts, rejects, resume, scan, watchlist
from pipelines.store.segments import DATASETS, REPORT_DATASETS
from pipelines.store.state import Store, open_store
from vessels.ais import ROT_FAST, ROT_FAST_DEG_MIN, ROT_SCALE
from vessels.report import POSITION_SCALE, TENTHS

_US: Final = pa.timestamp("us", tz="UTC")

ALERTS: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "class", "rule", "rule_version", "event_id", "event_kind")),
        ("mmsi", pa.int32()),
        ("vessel_id", pa.string()),
        ("imo", pa.int32()),
        *((name, pa.string()) for name in ("name", "severity", "urgency", "certainty")),
        *((name, _US) for name in ("first_seen", "last_seen")),
        *((name, pa.float64()) for name in ("lat", "lon")),
        ("zone", pa.string()),
        ("zones", pa.list_(pa.string())),
        ("headline", pa.string()),
        *((name, pa.list_(pa.string())) for name in ("reasons", "not_known", "suppressions")),
        ("watchlist_id", pa.string()),
        ("simulated", pa.bool_()),
        *((name, pa.string()) for name in ("state", "outcome", "assignee")),
        ("snoozed_until", _US),
    ]
)
WATCHLIST: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "name")),
        *((name, pa.int32()) for name in ("imo", "mmsi")),
        *((name, pa.string()) for name in ("callsign", "flag", "why", "source_list")),
        *((name, _US) for name in ("valid_from", "valid_to", "review_by", "recorded_at")),
        ("added_by", pa.string()),
        ("removed_at", _US),
    ]
)
LATEST: Final = pa.schema(
    [
        ("mmsi", pa.int32()),
        *((name, pa.int64()) for name in ("first_seen", "last_seen", "time")),
        ("track_id", pa.string()),
        *((name, pa.int32()) for name in ("lat_e", "lon_e")),
        *((name, pa.int16()) for name in ("sog_e", "cog_e", "heading_deg")),
        ("nav_status", pa.int8()),
        ("source", pa.string()),
        ("simulated", pa.int8()),  # SQLite knows no booleans
    ]
)
CORRECTIONS: Final = pa.schema(
    [
        ("mmsi", pa.int32()),
        ("time", pa.int64()),
        ("msg_type", pa.int8()),
        ("file", pa.string()),
        ("offset", pa.int64()),
        *((name, pa.string()) for name in ("track_id", "verdict")),
    ]
)

REJECTS: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("source", "reason")),
        ("number", pa.int64()),
        ("file", pa.string()),
        ("offset", pa.int64()),
        ("line", pa.string()),
    ]
)

# What people read, of the exact integers on disk.
_MACROS: Final = (
    f"degrees(e) AS e / {POSITION_SCALE}::DOUBLE",
    f"tenths(e) AS e / {TENTHS}::DOUBLE",
    f"turn(e) AS sign(e) * CASE abs(e) WHEN {ROT_FAST} THEN {ROT_FAST_DEG_MIN} ELSE (e / {ROT_SCALE}::DOUBLE) ** 2 END",
    "metres(one, other) AS nullif(coalesce(one, 0) + coalesce(other, 0), 0)",
)

# Rows as the gate judges them now: some were stored before a late row changed what is thought of them.
_CORRECTED: Final = """
SELECT stored.* REPLACE (
    coalesce(now.track_id, stored.track_id) AS track_id,
    CASE WHEN now.track_id IS NULL THEN stored.verdict ELSE now.verdict END AS verdict
)
FROM _{0} AS stored LEFT JOIN _corrections AS now USING (mmsi, time, msg_type, file, "offset")
"""

VIEWS: Final = {
    "positions": """
SELECT make_timestamptz(time) AS time, mmsi, track_id, degrees(lat_e) AS lat, degrees(lon_e) AS lon,
    tenths(sog_e) AS sog_kn, tenths(cog_e) AS cog_deg, heading_deg, turn(rot_e) AS rot_deg_min, nav_status,
    msg_type, source, station, verdict, file, "offset", clock, receivers, late, simulated
FROM _judged_positions""",
    "static_reports": """
SELECT make_timestamptz(time) AS time, mmsi, track_id, imo, name, callsign, ship_type,
    metres(to_bow_m, to_stern_m) AS length_m, metres(to_port_m, to_starboard_m) AS beam_m,
    tenths(draught_e) AS draught_m, destination, eta,
    msg_type, source, station, verdict, file, "offset", clock, receivers, late, simulated
FROM _judged_static_reports""",
    "texts": """
SELECT make_timestamptz(time) AS time, mmsi, track_id, text,
    msg_type, source, station, verdict, file, "offset", clock, receivers, late, simulated
FROM _judged_texts""",
    "other_messages": """
SELECT make_timestamptz(time) AS time, mmsi, msg_type, said, degrees((said ->> '$.lat_e')::INTEGER) AS lat,
    degrees((said ->> '$.lon_e')::INTEGER) AS lon, said ->> '$.name' AS name, source, station, file, "offset", clock,
    simulated
FROM _other_messages""",
    "events": """
SELECT id, kind, behaviour, track_id, mmsi, other_mmsi, vessel_id, make_timestamptz(start) AS start,
    make_timestamptz("end") AS "end", make_timestamptz(decided) AS decided, lat, lon, zone, zones, status, supersedes,
    confidence, simulated, evidence, count(*) OVER (PARTITION BY id) - 1 AS revision
FROM _events QUALIFY row_number() OVER (PARTITION BY id ORDER BY seq DESC, place DESC) = 1""",
    "alerts": "FROM _alerts",
    "rejects": "FROM _rejects",
    "watchlist": "SELECT * EXCLUDE (removed_at) FROM _watchlist WHERE removed_at IS NULL",
    "vessels": """
SELECT mmsi, imo, name, callsign, ship_type, length_m, beam_m, draught_m, destination, eta,
    make_timestamptz(first_seen) AS first_seen, make_timestamptz(last_seen) AS last_seen, track_id,
    make_timestamptz(_latest.time) AS position_time, degrees(lat_e) AS lat, degrees(lon_e) AS lon,
    tenths(sog_e) AS sog_kn, tenths(cog_e) AS cog_deg, heading_deg, nav_status, source, simulated <> 0 AS simulated
FROM _latest LEFT JOIN (
    FROM _identities QUALIFY row_number() OVER (PARTITION BY mmsi ORDER BY time DESC) = 1
) AS identity USING (mmsi)""",
}


def connect(store: Store) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection with the views over the store as it is now; close it after use."""
    con = scan.connection()
    try:
        _fill(con, store)
    except duckdb.Error as error:
        con.close()
        raise scan.damaged(store, error) from error
    return con


@contextmanager
def reading(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection with the views for the block, and turn DuckDB's errors into a `StoreError`."""
    with closing(connect(store)) as con:
        try:
            yield con
        except duckdb.Error as error:
            raise scan.damaged(store, error) from error


def _fill(con: duckdb.DuckDBPyConnection, store: Store) -> None:
    for dataset in DATASETS:
        scan.show(con, store, dataset)
    con.register("_alerts", pa.Table.from_pylist(alerts.every(store), ALERTS))
    con.register("_rejects", pa.Table.from_pylist(rejects.every(store), REJECTS))
    con.register("_watchlist", pa.Table.from_pylist(watchlist.every(store, removed=True), WATCHLIST))
    con.register("_latest", pa.Table.from_pylist(store.rows("SELECT * FROM latest"), LATEST))
    con.register("_identities", resume.identities(store))
    con.register("_corrections", pa.Table.from_pylist(store.rows("SELECT * FROM corrections"), CORRECTIONS))
    joined = _CORRECTED if store.rows("SELECT 1 FROM corrections LIMIT 1") else "FROM _{0}"
    for dataset in REPORT_DATASETS:
        con.execute(f"CREATE VIEW _judged_{dataset} AS {joined.format(dataset)}")
    for macro in _MACROS:
        con.execute(f"CREATE MACRO {macro}")
    for name, select in VIEWS.items():
        con.execute(f"CREATE VIEW {name} AS {select}")


def query(root: Path, sql: str) -> pa.Table:
    """Return the answer to one SELECT that someone typed; it reads the store's segments and nothing else.

    Raises `PipelineError` with DuckDB's own words for what it refuses.
    """
    with open_store(root, create=False) as store, closing(connect(store)) as con:
        _close(con, store)
        try:
            return con.sql(_select(con, sql)).to_arrow_table()
        except duckdb.CatalogException as error:
            raise PipelineError(f"query: {_first_line(error)}; the views are {', '.join(VIEWS)}") from error
        except duckdb.PermissionException as error:
            raise PipelineError(f"query: {_first_line(error)}; only the views can be read") from error
        except duckdb.Error as error:
            if type(error) is duckdb.Error or str(root) in str(error):  # a file, or its inside: no fault of the query
                raise scan.damaged(store, error) from error
            raise PipelineError(f"query: {error}") from error


def _close(con: duckdb.DuckDBPyConnection, store: Store) -> None:
    """Leave a connection nothing but the folders of segments: no state file, no other file, no disk to spill to."""
    folders = ", ".join(scan.literal(str(store.root / dataset)) for dataset in DATASETS)
    con.execute("SET temp_directory = ''")
    con.execute(f"SET allowed_directories = [{folders}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]


def _select(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """Return the parsed statement when it is exactly one SELECT."""
    statements = con.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise PipelineError("query: give exactly one SELECT; the views are " + ", ".join(VIEWS))
    return statements[0].query
