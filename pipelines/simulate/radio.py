"""The air between ships and shore: who hears what, late, twice, out of order or broken.

Shore stations hear what is sent within their range, less and less toward its edge. Over each half of the sea hangs one
satellite-like station that hears a share of everything, and beyond that, which no real satellite does, a report of each
vessel and kind every five minutes: so a silence in the story is always the ship's and never the channel's.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.simulate.geo import Floats
from pipelines.simulate.sea import MINUTE_US, Ints
from pipelines.simulate.truth import MICROSECONDS
from vessels.report import POSITION_SCALE, REPORT, STATIC_TYPES
from zones.distance import haversine_nm

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Station:
    """A receiver whose name begins with VOISIM, which marks all it hears as simulated; `feed` is the file it writes."""

    name: str
    feed: str
    lat: float
    lon: float
    range_nm: float


# Masts stand high here: 40 to 80 nm, where 20 to 40 are usual for a mast of 30 m; chosen so that the coasts are heard.
STATIONS: Final = (
    Station("VOISIM1", "west", 35.52, 12.57, 70),  # Lampedusa
    Station("VOISIM2", "west", 35.89, 14.42, 70),  # Malta
    Station("VOISIM3", "west", 37.45, 12.80, 75),  # Sicily, south-west
    Station("VOISIM4", "west", 33.90, 12.65, 45),  # the Bouri platform
    Station("VOISIM5", "west", 34.80, 10.90, 50),  # Sfax
    Station("VOISIM6", "west", 38.10, 15.70, 60),  # Strait of Messina
    Station("VOISIM11", "east", 34.95, 24.80, 80),  # Crete, south
    Station("VOISIM12", "east", 36.35, 28.05, 70),  # Rhodes
    Station("VOISIM13", "east", 36.88, 27.15, 50),  # Kos
    Station("VOISIM14", "east", 38.35, 26.05, 50),  # Chios
    Station("VOISIM15", "east", 34.90, 32.90, 80),  # Cyprus, Troodos
    Station("VOISIM16", "east", 36.75, 34.60, 50),  # Mersin
    Station("VOISIM17", "east", 31.35, 32.30, 60),  # Port Said
)
SATELLITES: Final = {"west": "VOISIM9", "east": "VOISIM19"}
FEEDS: Final = tuple(SATELLITES)
MERIDIAN_DEG: Final = 21.0  # the satellites share the sea here

BEST: Final = 0.97  # share heard near the mast; chosen
EDGE: Final = 4  # power of distance over range with which the rest is lost; chosen
SATELLITE_SHARE: Final = 0.3  # heard from above beyond the floor; chosen
FLOOR_US: Final = 5 * MINUTE_US  # one report of each vessel and kind is heard so often; chosen: below every threshold
LATE_S: Final = 2  # a station may stamp a sentence up to so many seconds after it was sent
DISORDER_S: Final = 25.0  # the longest a sentence waits on its way into the file; under 30 with the stamp's lateness
MEAN_WAIT_S: Final = 2.0
BROKEN: Final = 0.003  # share of shore copies that arrive damaged; chosen


@dataclass(frozen=True, slots=True)
class Copies:
    """Sentences as heard: row of the reports, station, stamp (microseconds UTC) and damage, in order of arrival."""

    row: Ints
    station: npt.NDArray[np.object_]
    feed: npt.NDArray[np.object_]
    stamp: Ints
    broken: Flags

    def part(self, which: "Flags | slice") -> "Copies":
        """Return some of the copies, in the same order."""
        return Copies(self.row[which], self.station[which], self.feed[which], self.stamp[which], self.broken[which])

    def of(self, feed: str) -> "Copies":
        """Return the copies that one feed carries."""
        return self.part(self.feed == feed)


def heard(reports: pa.Table, rng: np.random.Generator) -> Copies:
    """Return who heard which of the REPORT rows (sorted by time), in order of arrival."""
    lat, lon = _places(reports)
    row, listener = _ashore(lat, lon, rng)
    above = np.flatnonzero(_floor(reports) | (rng.uniform(size=reports.num_rows) < SATELLITE_SHARE))
    side = np.where(lon[above] < MERIDIAN_DEG, *FEEDS)
    rows = np.concatenate([row, above])
    names = np.array([station.name for station in STATIONS], object)
    feeds = np.array([station.feed for station in STATIONS], object)
    late = rng.integers(0, LATE_S + 1, len(rows))
    stamp = reports["time"].to_numpy()[rows] + late * MICROSECONDS
    wait = np.minimum(rng.exponential(MEAN_WAIT_S, len(rows)), DISORDER_S)
    order = np.argsort(stamp + wait * MICROSECONDS, kind="stable")
    return Copies(
        row=rows[order],
        station=np.concatenate([names[listener], [SATELLITES[feed] for feed in side]])[order],
        feed=np.concatenate([feeds[listener], side])[order],
        stamp=stamp[order],
        broken=(np.concatenate([rng.uniform(size=len(row)) < BROKEN, np.zeros(len(above), bool)]))[order],
    )


def stamped(reports: pa.Table, copies: Copies) -> pa.Table:
    """Return the rows as the stations stamped them, one for each copy."""
    rows = reports.take(pa.array(copies.row))
    rows = rows.set_column(REPORT.get_field_index("time"), "time", pa.array(copies.stamp))
    return rows.set_column(REPORT.get_field_index("station"), "station", pa.array(copies.station, pa.string()))


def damaged(sentence: bytes, how: int) -> bytes:
    """Return a sentence cut off in the middle, or with a checksum that cannot be right."""
    if how == 0:
        return sentence[: len(sentence) * 2 // 3].rstrip(b"\r\n") + b"\n"
    body = sentence.rstrip(b"\r\n")
    return body[:-1] + (b"0" if body[-1:] != b"0" else b"1") + b"\n"


def _places(reports: pa.Table) -> tuple[Floats, Floats]:
    """Return where each row was sent from: statics and texts from the vessel's last position, else its next one."""
    frame = reports.select(["mmsi", "lat_e", "lon_e"]).append_column("row", pa.array(np.arange(reports.num_rows)))
    frame = frame.sort_by([("mmsi", "ascending"), ("row", "ascending")])
    known = pc.is_valid(frame["lat_e"]).to_numpy()
    mmsi = frame["mmsi"].to_numpy()
    count = np.arange(len(mmsi))
    before = np.maximum.accumulate(np.where(known, count, 0))
    after = np.minimum.accumulate(np.where(known, count, len(mmsi) - 1)[::-1])[::-1]
    source = np.where(known[before] & (mmsi[before] == mmsi), before, after)
    row = frame["row"].to_numpy()
    places = []
    for column in ("lat_e", "lon_e"):
        place = np.empty(len(mmsi))
        place[row] = frame[column].to_numpy(zero_copy_only=False)[source] / POSITION_SCALE
        places.append(place)
    return places[0], places[1]


def _ashore(lat: Floats, lon: Floats, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return (row, station index) of every copy heard on shore."""
    rows, listeners = [], []
    for index, station in enumerate(STATIONS):
        near = np.flatnonzero(np.abs(lat - station.lat) < station.range_nm / 60)
        nm = haversine_nm(lat[near], lon[near], station.lat, station.lon)
        chance = BEST * (1 - np.minimum(nm / station.range_nm, 1) ** EDGE)
        rows.append(near[rng.uniform(size=len(near)) < chance])
        listeners.append(np.full(len(rows[-1]), index))
    return np.concatenate(rows), np.concatenate(listeners)


def _floor(reports: pa.Table) -> Flags:
    """Tell which rows are the first of their vessel and kind (position, name, hull) in each five minutes."""
    kind = np.isin(reports["msg_type"].to_numpy(), STATIC_TYPES) * 1 + pc.is_valid(reports["callsign"]).to_numpy() * 2
    bucket = reports["time"].to_numpy() // FLOOR_US
    keys = np.stack([reports["mmsi"].to_numpy().astype(np.int64), kind, bucket])
    _, first = np.unique(keys, axis=1, return_index=True)
    floor = np.zeros(reports.num_rows, bool)
    floor[first] = True
    return floor
