"""What a condition can read: names, types, units and meanings. `voi rules columns` prints this."""

from dataclasses import dataclass
from typing import Final, Literal

Type = Literal["number", "text", "flag", "texts"]

ZONE_KINDS: Final = ("departure", "arrival", "port", "anchorage", "platform", "user")
ROLES: Final = ("rescue", "authority", "pilot", "tug", "offshore-supply")


@dataclass(frozen=True, slots=True)
class Column:
    """A value a condition can read. `words` are the only texts it can hold; empty means any text."""

    name: str
    type: Type
    unit: str
    nullable: bool
    meaning: str
    words: tuple[str, ...] = ()


_N: Final = "number"

# `while` sees one accepted position row, with what was known of the vessel at that time.
ROW_COLUMNS: Final = (
    Column("time", _N, "µs UTC", nullable=False, meaning="time of the position"),
    Column("mmsi", _N, "", nullable=False, meaning="number of the station"),
    Column("lat", _N, "degrees", nullable=False, meaning="latitude, north positive"),
    Column("lon", _N, "degrees", nullable=False, meaning="longitude, east positive"),
    Column("sog_kn", _N, "knots", nullable=True, meaning="speed over ground"),
    Column("cog_deg", _N, "degrees", nullable=True, meaning="course over ground"),
    Column("heading_deg", _N, "degrees", nullable=True, meaning="true heading; class B seldom sends it"),
    Column("rot_deg_min", _N, "degrees a minute", nullable=True, meaning="rate of turn, starboard positive"),
    Column("nav_status", _N, "code 0-14", nullable=True, meaning="navigation status: 1 at anchor, 5 moored, 7 fishing"),
    Column("msg_type", _N, "code", nullable=False, meaning="AIS message type"),
    Column("class", "text", "", nullable=True, meaning="transponder class", words=("A", "B")),
    Column("ship_type", _N, "code 1-255", nullable=True, meaning="ship type as sent: 30 fishing, 52 tug, 70-79 cargo"),
    Column("length_m", _N, "metres", nullable=True, meaning="length from the antenna's distances"),
    Column("draught_m", _N, "metres", nullable=True, meaning="draught as typed in on board"),
    Column("flag", "text", "ISO 3166 code", nullable=True, meaning="country of the MMSI's first digits"),
    Column(
        "zone_kinds", "texts", "", nullable=False, meaning="kinds of all zones round the position", words=ZONE_KINDS
    ),
    Column("in_port", "flag", "", nullable=False, meaning="inside a port's circle"),
    Column("in_anchorage", "flag", "", nullable=False, meaning="inside a known anchorage"),
    Column("port_nm", _N, "nautical miles", nullable=True, meaning="distance to the nearest known port"),
    Column(
        "shore_nm", _N, "nautical miles", nullable=True, meaning="distance to the shore; null beyond the coast data"
    ),
    Column("night", "flag", "", nullable=False, meaning="sun below the horizon at the position"),
    Column("implied_kn", _N, "knots", nullable=True, meaning="speed implied by the last two positions"),
    Column("turn_deg", _N, "degrees", nullable=True, meaning="change of course since the last position, 0-180"),
    Column("since_prev_s", _N, "seconds", nullable=True, meaning="time since the vessel's last position"),
)

# `where` and `unless` see one event in one zone, with what was known of the vessel at the deciding row.
EVENT_COLUMNS: Final = (
    Column("kind", "text", "", nullable=False, meaning="kind of event, or the behaviour's name"),
    Column("start", _N, "µs UTC", nullable=False, meaning="start of the event"),
    Column("end", _N, "µs UTC", nullable=True, meaning='its end, null while open; quote it: "end"'),
    Column("duration_s", _N, "seconds", nullable=False, meaning="length of the event so far"),
    Column("mmsi", _N, "", nullable=False, meaning="number of the station"),
    Column("lat", _N, "degrees", nullable=True, meaning="latitude of the opening row"),
    Column("lon", _N, "degrees", nullable=True, meaning="longitude of the opening row"),
    Column("night", "flag", "", nullable=False, meaning="sun down at the start; false without a position"),
    Column("sog_kn", _N, "knots", nullable=True, meaning="speed the detector measured; before the silence for a gap"),
    Column("test", "flag", "", nullable=False, meaning="a beacon that says it is being tested"),
    Column("confidence", "text", "", nullable=False, meaning="of the detector", words=("high", "medium", "low")),
    Column("simulated", "flag", "", nullable=False, meaning="made from simulated reports"),
    Column("ship_type", _N, "code 1-255", nullable=True, meaning="ship type as sent: 30 fishing, 52 tug, 70-79 cargo"),
    Column("length_m", _N, "metres", nullable=True, meaning="length from the antenna's distances"),
    Column("flag", "text", "ISO 3166 code", nullable=True, meaning="country of the MMSI's first digits"),
    Column("role", "text", "", nullable=True, meaning="what it is there for, by type and platform", words=ROLES),
    Column("listed", "flag", "", nullable=False, meaning="on the watchlist by number, or call sign and name"),
    Column("grade", "text", "", nullable=True, meaning="of the watchlist match", words=("A", "B", "C", "D")),
    Column("zone_id", "text", "", nullable=True, meaning="the zone looked at; null outside all zones"),
    Column("zone_kind", "text", "", nullable=True, meaning="its kind", words=ZONE_KINDS),
    Column("zone_ring", _N, "nautical miles", nullable=True, meaning="12 or 24 for a coast's rings"),
    Column("zone_kinds", "texts", "", nullable=False, meaning="kinds of all zones of the event", words=ZONE_KINDS),
)
