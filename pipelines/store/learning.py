"""Learning anchorages from stored positions: cells where many ships lay still for long, of closed UTC days only.

Positions are gathered into spans of ten minutes first, of which a ship has far fewer than positions. A span is still
when nothing in it was fast; still spans that follow each other without a long silence are a stay, if the ship remained
in one place.
"""

from typing import Final

from pipelines.store.anchorages import Learned, keep
from pipelines.store.scan import reading, show
from pipelines.store.segments import utc_day
from pipelines.store.state import Store
from vessels.report import POSITION_SCALE, TENTHS
from zones.learned import MINUTES, Cell

LEAST_VESSELS: Final = 10  # that lay still in a cell; GFW names 20, chosen lower: off Libya few are heard
LEAST_STAY_H: Final = 6  # GFW: 12 h; chosen: a tanker's berth at a buoy counts
STILL_KN: Final = 1.0  # chosen: a ship that swings at anchor reports less
# Minutes of arc between the farthest places of a stay; chosen: 300 m on 180 m of chain swing through half of it.
REACH_MIN: Final = 1
SILENCE_MIN: Final = 60  # that does not end a stay; chosen: reception off Libya comes and goes
SPAN_MIN: Final = 10  # chosen: a ship at anchor reports every 3 minutes (ITU-R M.1371-5, table 1)
_MINUTE_US: Final = 60_000_000
_CELL: Final = POSITION_SCALE // MINUTES  # units of position in a minute of arc
_SHIPS: Final = (200_000_000, 799_999_999)  # ITU-R M.585-9: MMSI of ships; no beacon, aircraft, aid or base station

# Each step reads the one before it.
_SPANS: Final = f"""
FROM _positions
SELECT mmsi, min(time) AS first, max(time) AS last, coalesce(max(sog_e) <= {STILL_KN * TENTHS}, true) AS still,
    min(lat_e) AS south, max(lat_e) AS north, min(lon_e) AS west, max(lon_e) AS east, bool_or(simulated) AS simulated
WHERE mmsi BETWEEN {_SHIPS[0]} AND {_SHIPS[1]} AND lat_e IS NOT NULL AND lon_e IS NOT NULL AND verdict IS NULL
GROUP BY mmsi, time // {SPAN_MIN * _MINUTE_US}
"""
_BREAKS: Final = f"""
FROM ({_SPANS}) SELECT *, NOT coalesce(lag(still) OVER ship, false)
    OR first - lag(last) OVER ship > {SILENCE_MIN * _MINUTE_US} AS breaks
WINDOW ship AS (PARTITION BY mmsi ORDER BY first)
"""
_RUNS: Final = f"""
FROM ({_BREAKS}) SELECT *, count_if(breaks) OVER (PARTITION BY mmsi ORDER BY first) AS run
"""
_STAYS: Final = f"""
FROM ({_RUNS})
SELECT mmsi, floor((min(south) + max(north)) / 2 / {_CELL})::INTEGER AS south,
    floor((min(west) + max(east)) / 2 / {_CELL})::INTEGER AS west, bool_or(simulated) AS simulated
WHERE still GROUP BY mmsi, run
HAVING max(last) - min(first) >= {LEAST_STAY_H * 60 * _MINUTE_US}
    AND max(north) - min(south) <= {REACH_MIN * _CELL} AND max(east) - min(west) <= {REACH_MIN * _CELL}
"""
_CELLS: Final = f"""
FROM ({_STAYS}) SELECT south, west, count(DISTINCT mmsi) AS vessels, count(*) AS stays, bool_or(simulated) AS simulated
GROUP BY south, west HAVING vessels >= {LEAST_VESSELS} ORDER BY south, west
"""


def learn(store: Store) -> Learned | None:
    """Learn the anchorages of all closed days and keep them; None, changing nothing, while no day is closed."""
    watermark = store.watermark()
    today = "" if watermark is None else utc_day(watermark)
    closed = store.rows("SELECT path, day FROM segments WHERE dataset = 'positions' AND day < ? ORDER BY day", (today,))
    if not closed:
        return None
    with reading(store) as con:
        show(con, store, "positions", [row["path"] for row in closed])
        cells = tuple(Cell(*row) for row in con.sql(_CELLS).fetchall())
    found = Learned(closed[0]["day"], closed[-1]["day"], cells)
    keep(store, found)
    return found
