"""Stations whose clock disagrees with the others', told from what is stored.

Two stations that hear one transmission give it two times. Up to 10 s apart the copies are set to one second and become
one row with two receivers; further apart they stay two rows that say the same. Since a moving vessel never says the
same twice, such rows tell which stations disagree, by how much and since when. Of two that disagree, the one that
agrees with others, or disagrees with fewer, is believed; of two alone, both are told. Everything here is a function of
the stored rows.
"""

from typing import Any, Final

from pipelines.store.scan import reading, show
from pipelines.store.state import Store
from vessels.clock import SNAP_US

APART_US: Final = SNAP_US  # nearer times are set to the message's own second, so that nothing is left to see
MOVING: Final = 30  # tenths of a knot, chosen: some 90 m a minute, far beyond what a position is rounded to
VESSELS: Final = 2  # chosen, as for the watermark: one transponder may send the same again, two do not
LOOKED_AT: Final = 2_000_000  # positions, the last ones written; chosen: looked through in about a second

_SKEWED: Final = """
WITH heard AS (
    SELECT concat(source, chr(0), station) AS who, source, station, time, receivers,
        mmsi, msg_type, utc_second, lat_e, lon_e, sog_e, cog_e
    FROM _positions
    WHERE station IS NOT NULL AND clock LIKE 'tag%' AND verdict IS NULL AND sog_e >= $moving AND cog_e IS NOT NULL
        AND lat_e IS NOT NULL AND lon_e IS NOT NULL AND utc_second IS NOT NULL
), nearest AS (
    SELECT one.who, one.source, one.station, one.mmsi,
        min({
            away: abs(one.time - other.time), other: other.who, since: other.time, ahead: one.time - other.time
        }) AS near
    FROM heard AS one JOIN heard AS other USING (mmsi, msg_type, utc_second, lat_e, lon_e, sog_e, cog_e)
    WHERE one.who <> other.who AND one.receivers <= other.receivers
    GROUP BY one.who, one.source, one.station, one.mmsi, one.time, one.lat_e, one.lon_e
), apart AS (
    FROM nearest WHERE near.away > $apart
), quarrels AS (
    SELECT who, count(DISTINCT near.other) AS others FROM apart GROUP BY who
), agreeing AS (
    SELECT who, count(*) AS rows FROM heard WHERE receivers > 1 GROUP BY who
)
SELECT source, station, median(near.ahead)::BIGINT AS ahead_us, min(near.since) AS since, count(*) AS messages
FROM apart JOIN quarrels AS own USING (who) LEFT JOIN quarrels AS its ON its.who = near.other
    LEFT JOIN agreeing ON agreeing.who = apart.who
WHERE own.others >= coalesce(its.others, 0)
GROUP BY source, station
HAVING count(DISTINCT mmsi) >= $vessels AND count(*) > coalesce(max(agreeing.rows), 0)
ORDER BY abs(ahead_us) DESC, source, station
"""


def skewed(store: Store) -> list[dict[str, Any]]:
    """Return source and station of every clock that is off: by how much it is ahead (µs), since when, in how many rows.

    Times are microseconds UTC by the others' clocks.
    """
    with reading(store) as con:
        show(con, store, "positions", _newest(store))
        values = {"moving": MOVING, "apart": APART_US, "vessels": VESSELS}
        found: list[dict[str, Any]] = con.sql(_SKEWED, params=values).to_arrow_table().to_pylist()
        return found


def _newest(store: Store) -> list[str]:
    """Return the segments that were written last, with about as many positions as are looked at."""
    paths, rows = [], 0
    for segment in store.rows("SELECT path, rows FROM segments WHERE dataset = 'positions' ORDER BY seq DESC, path"):
        if rows >= LOOKED_AT:
            break
        paths.append(segment["path"])
        rows += segment["rows"]
    return paths
