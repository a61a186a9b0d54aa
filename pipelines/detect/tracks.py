"""Tracks of one MMSI and of all: hulls that were heard, and suspects of which nobody knows yet what they are."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa

from pipelines.detect.fold import Table
from pipelines.detect.reach import HOUR_US, Array
from vessels.event import HULLS_PER_MMSI

PROOF_US: Final = 9 * 60 * 1_000_000  # chosen: an anchored ship, heard every 3 min (M.1371), four times within the wait
PROOF_ROWS: Final = 3  # chosen: two may be one glitch told twice
EXPIRES_US: Final = 8 * HOUR_US  # gpsdio-segment: a hull not heard for 8 h is closed
MOST_TRACKS: Final = 20  # gpsdio-segment: open tracks of one MMSI
SUSPECT: Final = 0  # stands for the number of a hull that is none yet
LONG_AGO: Final = -(1 << 62)  # before every time
_NOWHERE: Final = (LONG_AGO, math.nan, math.nan)
_NUMBERS: Final = ("lat", "lon", "sog_kn", "cog_deg", "before_lat", "before_lon")
# Every track of an MMSI: its hulls, and under hull number 0 what was refused. `hulls` is how many numbers it has given
# away, `fine` the time of its newest position that was not coarse.
TRACKS: Final = pa.schema(
    [
        *((name, pa.int64()) for name in ("key", "first", "rows", "time")),
        *((name, pa.float64()) for name in ("lat", "lon", "sog_kn", "cog_deg")),
        ("verdict", pa.string()),
        ("before_time", pa.int64()),
        *((name, pa.float64()) for name in ("before_lat", "before_lon")),
        *((name, pa.int64()) for name in ("hulls", "fine")),
    ]
)


Place = tuple[int, float, float]
"""Time in microseconds UTC, latitude and longitude in degrees."""


@dataclass(frozen=True, slots=True)
class Fixes:
    """The positions of one MMSI in order of time; `kind_kn` is what its kind can do.

    `steady` marks a position that the one before it (or the only hull known before) can have reached; `inland` and
    `ashore` those more than `INLAND_NM` or `ASHORE_NM` inland, `crowd` one where many stations have leapt to on land.
    """

    time: Array
    lat: Array
    lon: Array
    sog_kn: Array
    cog_deg: Array
    kind_kn: Array
    steady: Array
    inland: Array
    ashore: Array
    crowd: Array


@dataclass(slots=True)
class Track:
    """A hull, or a suspect, as last heard. `before` is the place it was heard at before that."""

    hull: int
    first: int
    rows: int
    time: int
    lat: float
    lon: float
    sog_kn: float
    cog_deg: float
    verdict: str | None = None
    before: Place = _NOWHERE
    members: list[int] = field(default_factory=list)

    @property
    def proved(self) -> bool:
        """Tell whether it was heard often and long enough to be more than a glitch."""
        return self.rows >= PROOF_ROWS and self.time - self.first >= PROOF_US

    def take(self, fixes: Fixes, row: int, rows: int = 1) -> None:
        """Go on to a row, the last of so many."""
        if rows > 1:
            self.before = int(fixes.time[row - 1]), float(fixes.lat[row - 1]), float(fixes.lon[row - 1])
        else:
            self.before = self.time, self.lat, self.lon
        self.rows += rows
        self.time, self.lat, self.lon = int(fixes.time[row]), float(fixes.lat[row]), float(fixes.lon[row])
        self.sog_kn, self.cog_deg = float(fixes.sog_kn[row]), float(fixes.cog_deg[row])


def begun(fixes: Fixes, row: int, hull: int, verdict: str | None = None) -> Track:
    """Return the track that begins with a row."""
    place = int(fixes.time[row]), float(fixes.lat[row]), float(fixes.lon[row])
    motion = float(fixes.sog_kn[row]), float(fixes.cog_deg[row])
    return Track(hull, place[0], 1, *place, *motion, verdict)


def remembered(tracks: list[Track], now: int) -> Iterator[Track]:
    """Yield the tracks still open at a time, the hull heard last whatever its age, and no more than `MOST_TRACKS`."""
    newest = sorted(tracks, key=lambda track: (track.time, track.hull, track.lat, track.lon), reverse=True)
    last = next((track for track in newest if track.hull != SUSPECT), None)
    kept = [track for track in newest if track is not last and now - track.time <= EXPIRES_US]
    keep = {id(track) for track in kept[: MOST_TRACKS - 1]} | {id(last)}
    return (track for track in tracks if id(track) in keep)


def of_mmsi(tracks: Table, mmsi: Array, name: str) -> Array:
    """Return what the tracks of each MMSI say of the MMSI as a whole; `LONG_AGO` where there are none."""
    if tracks.num_rows == 0:
        return np.full(len(mmsi), LONG_AGO)
    owners = owners_of(tracks)
    place = np.minimum(np.searchsorted(owners, mmsi), len(owners) - 1)
    values = tracks[name].fill_null(LONG_AGO).to_numpy()[place]
    return np.where(owners[place] == mmsi, values, LONG_AGO)


def owners_of(tracks: Table) -> Array:
    """Return the MMSI of each track."""
    found: Array = tracks["key"].to_numpy() // HULLS_PER_MMSI
    return found


def table_of(columns: Mapping[str, Array]) -> Table:
    """Return tracks of columns; NaN and `LONG_AGO` become null where something may be missing."""
    rows = len(columns["key"])
    made = [
        pa.nulls(rows, field.type) if field.name not in columns else _nullable(columns[field.name], field)
        for field in TRACKS
    ]
    return pa.table(made, schema=TRACKS)


def _nullable(values: Array, field: pa.Field) -> pa.Array:
    missing = np.isnan(values) if pa.types.is_floating(field.type) else values == LONG_AGO
    return pa.array(values, field.type, mask=missing)


def track_of(row: Mapping[str, Any]) -> Track:
    """Return the track of a row of TRACKS."""
    number = {name: math.nan if row[name] is None else row[name] for name in _NUMBERS}
    return Track(
        hull=row["key"] % HULLS_PER_MMSI,
        first=row["first"],
        rows=row["rows"],
        time=row["time"],
        lat=number["lat"],
        lon=number["lon"],
        sog_kn=number["sog_kn"],
        cog_deg=number["cog_deg"],
        verdict=row["verdict"],
        before=(row["before_time"] or LONG_AGO, number["before_lat"], number["before_lon"]),
    )


def record_of(track: Track, mmsi: int, numbers: int, fine: int) -> dict[str, Any]:
    """Return the row of TRACKS for a track of an MMSI."""
    time, lat, lon = track.before
    floats = {name: getattr(track, name) for name in ("lat", "lon", "sog_kn", "cog_deg")}
    floats |= {"before_lat": lat, "before_lon": lon}
    return {
        "key": mmsi * HULLS_PER_MMSI + track.hull,
        **{name: getattr(track, name) for name in ("first", "rows", "time", "verdict")},
        **{name: None if math.isnan(value) else value for name, value in floats.items()},
        "before_time": None if time == LONG_AGO else time,
        "hulls": numbers,
        "fine": None if fine == LONG_AGO else fine,
    }
