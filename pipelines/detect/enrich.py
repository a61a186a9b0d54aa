"""Enrichment: what a condition can read of a position beyond the message itself.

A fold like the detectors: each track's last position is carried, so that speed and turn since then are the same however
the rows are cut. Only the columns asked for are made; a condition on another one is an error, not a silent null.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.detect.evidence import SECOND_US
from pipelines.detect.fold import Table
from pipelines.detect.geography import Geography
from pipelines.detect.heard import lists, nullable
from pipelines.detect.register import as_of
from pipelines.detect.runs import NEW, Array, Line, weave
from vessels.flags import flags
from zones.distance import haversine_nm

_CLASSES: Final = {1: "A", 2: "A", 3: "A", 27: "A", 18: "B", 19: "B"}  # by message type; SAR aircraft (9) have none
_FIX: Final = pa.schema([("lat", pa.float64()), ("lon", pa.float64()), ("cog_deg", pa.float64())])
_HOUR_US: Final = 3600 * SECOND_US
CROSSING_S: Final = 1800  # the longest silence across which the way is taken as straight; chosen: longer is a gap


@dataclass(frozen=True)
class _Fixes:
    """Distinct accepted positions of one step, each with the position before it on its track."""

    state: Table
    rows: Table
    register: Table
    geography: Geography

    @cached_property
    def line(self) -> Line:
        return weave(self.state, ["time"], self.rows)

    @cached_property
    def identity(self) -> Table:
        return as_of(self.register, self.rows["mmsi"].to_numpy(), self.rows["time"].to_numpy())

    @cached_property
    def zones(self) -> tuple[Array, Array]:
        """Rows and zone indices of all memberships."""
        zones = self.rows["zones"].combine_chunks()
        return pc.list_parent_indices(zones).to_numpy(), zones.flatten().to_numpy()

    def number(self, name: str) -> Array:
        """Return a column of the rows, NaN for null."""
        return np.asarray(self.rows[name].to_numpy(), np.float64)

    def along(self, name: str) -> Array:
        """Return a column in the order of the line, carried rows included."""
        return np.concatenate((self.state[name].to_numpy(), self.rows[name].to_numpy()))[self.line.ref]

    def since_previous(self, values: Array) -> pa.Array:
        """Return values of the line for the rows alone, null where there is no row before."""
        new = self.line.slot == NEW
        return pa.array(values[new], mask=(self.line.first | np.isnan(values))[new])


def _class(fixes: _Fixes) -> pa.Array:
    place = pc.index_in(fixes.rows["msg_type"], value_set=pa.array(list(_CLASSES), pa.int8()))
    return pa.array(list(_CLASSES.values())).take(place.combine_chunks())


def _flag(fixes: _Fixes) -> pa.Array:
    mmsi = fixes.rows["mmsi"].combine_chunks().dictionary_encode()  # a flag for each vessel, not for each row
    return flags(mmsi.dictionary.to_numpy()).take(mmsi.indices)


def _zone_kinds(fixes: _Fixes) -> pa.Array:
    row, zone = fixes.zones
    kinds = pa.array(fixes.geography.zone_kinds, pa.string()).take(pa.array(zone))
    return lists(row, kinds, fixes.rows.num_rows)


def _in_kind(kind: str) -> Callable[[_Fixes], pa.Array]:
    def inside(fixes: _Fixes) -> pa.Array:
        row, zone = fixes.zones
        found = np.zeros(fixes.rows.num_rows, bool)
        found[row[(np.array(fixes.geography.zone_kinds, object) == kind)[zone]]] = True
        return pa.array(found)

    return inside


def _zones_near(fixes: _Fixes) -> pa.Array:
    row, zone = fixes.geography.near(fixes.number("lat"), fixes.number("lon"))
    return lists(row, pa.array(zone, pa.int16()), fixes.rows.num_rows)


def _zones_crossed(fixes: _Fixes) -> pa.Array:
    line, lat, lon = fixes.line, fixes.along("lat"), fixes.along("lon")
    new = np.flatnonzero(line.slot == NEW)
    legs = np.flatnonzero(~line.first[new] & (line.silence[new] <= CROSSING_S * SECOND_US))
    end = new[legs]
    row, zone = fixes.geography.crossed(lat[end - 1], lon[end - 1], lat[end], lon[end])
    return lists(legs[row], pa.array(zone, pa.int16()), fixes.rows.num_rows)


def _implied_kn(fixes: _Fixes) -> pa.Array:
    lat, lon = fixes.along("lat"), fixes.along("lon")
    nm = haversine_nm(np.roll(lat, 1), np.roll(lon, 1), lat, lon)
    return fixes.since_previous(nm / np.where(fixes.line.first, 1, fixes.line.silence) * _HOUR_US)


def _turn_deg(fixes: _Fixes) -> pa.Array:
    course = np.asarray(fixes.along("cog_deg"), np.float64)
    return fixes.since_previous(np.abs((course - np.roll(course, 1) + 180) % 360 - 180))


# Every enriched column and how it is made. A new one is a line here, and one in `pipelines.rules.columns` for a
# condition to read it; the last two, zone indices like `zones`, are for the detector of crossings.
COLUMNS: Final[Mapping[str, Callable[[_Fixes], Any]]] = {
    "class": _class,
    "ship_type": lambda fixes: fixes.identity["ship_type"],
    "length_m": lambda fixes: fixes.identity["length_m"],
    "draught_m": lambda fixes: fixes.identity["draught_m"],
    "flag": _flag,
    "zone_kinds": _zone_kinds,
    "in_port": _in_kind("port"),
    "in_anchorage": _in_kind("anchorage"),
    "port_nm": lambda fixes: nullable(fixes.geography.port_nm(fixes.number("lat"), fixes.number("lon"))),
    "shore_nm": lambda fixes: nullable(fixes.geography.shore_nm(fixes.number("lat"), fixes.number("lon"))),
    "night": lambda fixes: pa.array(
        fixes.geography.night(fixes.rows["time"].to_numpy(), fixes.number("lat"), fixes.number("lon"))
    ),
    "implied_kn": _implied_kn,
    "turn_deg": _turn_deg,
    "since_prev_s": lambda fixes: fixes.since_previous(fixes.line.silence / SECOND_US),
    "zones_near": _zones_near,
    "zones_crossed": _zones_crossed,
}


class Enricher:
    """Adds the enriched columns among `needed`; names of BASE columns among them ask for nothing."""

    name: ClassVar[str] = "enrich"
    version: ClassVar[str] = "1"
    state_schema: ClassVar[pa.Schema] = pa.schema([("key", pa.int64()), ("time", pa.int64()), *_FIX])

    def __init__(self, geography: Geography, needed: Iterable[str] = COLUMNS) -> None:
        wanted = set(needed)
        self.geography = geography
        self.columns = tuple(name for name in COLUMNS if name in wanted)

    def empty(self) -> Table:
        """Return a state without keys."""
        return self.state_schema.empty_table()

    def step(self, state: Table, rows: Table, register: Table) -> tuple[Table, Table]:
        """Return each key's last position, and the rows (distinct, with positions, sorted by key and time) enriched."""
        fixes = _Fixes(state, rows, register, self.geography)
        last = fixes.line.ref[fixes.line.last]
        kept = pa.concat_tables([state, rows.select(state.column_names)]).take(pa.array(last)).combine_chunks()
        for name in self.columns:
            rows = rows.append_column(name, COLUMNS[name](fixes))
        return kept, rows
