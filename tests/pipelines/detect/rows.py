"""Rows as detectors read them, written by hand or drawn by hypothesis."""

from collections.abc import Sequence
from types import SimpleNamespace

import pyarrow as pa
from hypothesis import strategies as st

from pipelines.detect import detectors
from pipelines.detect.fold import BASE, JUDGED
from vessels.event import track_key

MINUTE = 60_000_000
HOUR = 60 * MINUTE
T0 = 1_700_000_000_000_000
ZONES = ("ly-west-12", "ly-west-24", "it-lampedusa-12")
FLAGS = ("slow", "still", "jumpy")


def behaviour(name, for_min, keep_for_min, max_silence_min, reads):
    durations = {"for_us": for_min, "keep_for_us": keep_for_min, "max_silence_us": max_silence_min}
    return SimpleNamespace(name=name, reads=reads, limits={}, **{key: n * MINUTE for key, n in durations.items()})


BEHAVIOURS = (
    behaviour("slow", 30, 10, 30, ("sog_kn", "nav_status")),
    behaviour("still", 0, 0, 5, ("sog_kn",)),
    behaviour("jumpy", 5, 60, 10, ("sog_kn", "cog_heading_deg")),
)

# Column names and types that `row` fills; what is not given is null.
CROSSED = ("zones_near", "zones_crossed")
COLUMNS = pa.schema(
    [
        *BASE,
        *(pa.field(name, BASE.field("zones").type) for name in CROSSED),
        *(pa.field(f"is_{flag}", pa.bool_()) for flag in FLAGS),
        *JUDGED,
    ]
)


def all_detectors():
    return detectors(BEHAVIOURS, {}, ZONES)


def at(minutes: float) -> int:
    return T0 + round(minutes * MINUTE)


def row(minutes: float, mmsi: int = 247000001, *, zones: Sequence[int] = (), **values):
    """One row; near zones are those that it is in, unless `zones_near` names more."""
    key, time = track_key(mmsi), at(minutes)
    return {
        "key": key,
        "time": time,
        "mmsi": mmsi,
        "lat": 33.0,
        "lon": 12.0,
        "msg_type": 1,
        "zones": list(zones),
        "zones_near": list(zones),
        "zones_crossed": [],
        "file": "feed",
        "offset": round(minutes * 60),
        "simulated": False,
        **dict.fromkeys((f"is_{flag}" for flag in FLAGS), False),
        **values,
    }


def table(rows) -> pa.Table:
    return pa.Table.from_pylist(sorted(rows, key=lambda r: (r["key"], r["time"])), schema=COLUMNS)


def run(detector, rows, until: float):
    """All revisions of one step over all rows with the watermark at `until` minutes."""
    state, events = detector.step(detector.empty(), table(rows), at(until))
    assert state.schema.equals(detector.empty().schema)
    return events


def last_revisions(events):
    return {event.id: event for event in events}


# Steps that meet and straddle every deadline of every detector under test: 5, 7, 10, 30, 60 min and 24 h.
STEPS = st.sampled_from([1, 2, 4, 5, 6, 7, 8, 10, 11, 29, 30, 31, 60, 61, 24 * 60, 24 * 60 + 1])
SHIPS = (247000001, 247000002)
BEACON_MMSIS = (970123456, 972123456)


# What the gate may say beside a row: nothing, that it refused it, or that another hull was heard in turn.
FOUND = (
    {},
    {"verdict": "jump", "away_nm": 33.3, "away_us": 7_000_000, "limit_kn": 25.0},
    {"verdict": "land", "away_nm": 7.1, "away_us": 0, "limit_kn": 60.0},
    {"beside": 2, "away_nm": 7.1, "away_us": 1},
)


@st.composite
def tracks(draw, mmsi):
    minutes, found = draw(st.integers(0, 3)), []
    for _ in range(draw(st.integers(0, 14))):
        minutes += draw(STEPS)
        flags = {f"is_{flag}": draw(st.booleans()) for flag in FLAGS}
        inside, more, cut = (draw(st.sampled_from([(), (0,), (0, 1), (1, 2), (2,)])) for _ in range(3))
        found.append(
            row(
                minutes,
                mmsi,
                sog_kn=draw(st.sampled_from([None, 0.0, 0.1, 7.3, 102.2])),
                cog_deg=draw(st.sampled_from([None, 0.1, 181.7, 359.9])),
                heading_deg=draw(st.sampled_from([None, 0.0, 90.0])),
                lat=33 + draw(st.integers(0, 9)) / 10,
                nav_status=draw(st.sampled_from([None, 0, 14])),
                zones=inside,
                zones_near=sorted({*inside, *more}),
                zones_crossed=sorted({*cut} - {*inside}),
                **draw(st.sampled_from(FOUND)),
                simulated=draw(st.booleans()),
                **flags,
            )
        )
    return found


@st.composite
def seas(draw):
    """Rows of ships and beacons; a beacon may be heard without a position."""
    ships = [r for mmsi in SHIPS for r in draw(tracks(mmsi))]
    beacons = [r for mmsi in BEACON_MMSIS for r in draw(tracks(mmsi))]
    return ships + [r | (dict.fromkeys(("lat", "lon")) | {"zones": []} if draw(st.booleans()) else {}) for r in beacons]


def rows_for(detector, rows):
    """What the driver gives this detector: only distress meets rows without a position."""
    return [r for r in rows if detector.everything_heard or r["lat"] is not None]


@st.composite
def cuts(draw, rows):
    """Ascending watermarks, the last one a day after the newest row: any way in which the same rows may arrive."""
    newest = max((r["time"] for r in rows), default=T0)
    times = sorted({r["time"] for r in rows}) or [T0]
    near = st.builds(
        lambda t, d: t + d, st.sampled_from(times), st.sampled_from([0, 1, 5 * MINUTE, 30 * MINUTE, 30 * MINUTE + 1])
    )
    between = draw(st.lists(near, max_size=12))
    return [*sorted(w for w in between if w <= newest), newest + 24 * HOUR + 1]
