"""What the ships of a story say: REPORT rows as their transponders would send them.

Voyages are few and long, so each is a vectorised piece of its own; a seed changes noise and phases, never the story.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pyarrow as pa

from pipelines.simulate.geo import Floats
from pipelines.simulate.motion import Motion, motion, position_times, regular_times
from pipelines.simulate.sea import AT_ANCHOR, MOORED, SART_ACTIVE, Ints, Ship, Voyage
from pipelines.simulate.truth import MICROSECONDS
from vessels.report import POSITION_SCALE, REPORT, TENTHS, empty_reports

STATION: Final = "VOISIM1"  # the decoder marks whatever a VOISIM station heard as simulated
SOURCE: Final = "simulate"

STATIC_S: Final = 360  # ITU-R M.1371-5 annex 1 table 1
LONG_RANGE_S: Final = 360  # type 27; 180 in the standard, half of them chosen
PART_B_S: Final = 2  # how long after part A of type 24 part B is sent; the standard allows a minute
EXTENDED_EVERY: Final = 20  # one class B report in so many is a type 19; chosen
TURNING_DEG: Final = 5.0  # a change of heading since the last report that makes it a type 3; chosen
ROT_SCALE: Final = 4.733  # ROT_AIS = 4.733 * sqrt(degrees a minute), M.1371-5 table 48
ROT_MOST: Final = 126

# AIS-SART, IEC 61097-14: a burst of eight messages each minute; the text takes a place in every fourth.
BURST: Final = 8
BURST_STEP_S: Final = 2
TEXT_BURSTS: Final = 4


def reports(voyages: Iterable[Voyage], *, start: int, seed: int = 1, every_s: int = 0) -> pa.Table:
    """Return the REPORT rows of all voyages, sorted by time, quantised as AIS does and marked simulated.

    `start` is the story's start (microseconds UTC); `every_s` thins what would be sent more often.
    """
    said = [_say(voyage, np.random.default_rng((seed, voyage.ship.mmsi)), start, every_s) for voyage in voyages]
    table = pa.concat_tables([empty_reports(), *said]).sort_by([("time", "ascending"), ("mmsi", "ascending")])
    return table.set_column(REPORT.get_field_index("offset"), "offset", pa.array(np.arange(table.num_rows)))


def _say(voyage: Voyage, rng: np.random.Generator, start: int, every_s: int) -> pa.Table:
    ship = voyage.ship
    if ship.transponder == "S":
        return _bursts(voyage, rng, start)
    speak = _class_a if ship.transponder == "A" else _class_b
    spoken = [speak(ship, motion(voyage, position_times(voyage, rng, every_s), rng), start)]
    if ship.far:
        times = regular_times(voyage, rng, max(LONG_RANGE_S, every_s))
        spoken.append(_long_range(ship, motion(voyage, times, rng), start))
    if ship.name is not None:
        spoken.append(_statics(ship, start + regular_times(voyage, rng, STATIC_S)))
    return pa.concat_tables(spoken)


def _class_a(ship: Ship, moved: Motion, start: int) -> pa.Table:
    """Return type 1 rows, type 3 where she turns or lies still."""
    turn = np.diff(moved.heading_deg, prepend=moved.heading_deg[:1])
    turn = (turn + 180) % 360 - 180
    turning = np.abs(turn) > TURNING_DEG
    still = np.isin(moved.nav_status, (AT_ANCHOR, MOORED))
    return _table(
        ship.mmsi,
        np.where(turning | still, 3, 1),
        **_place(moved, start),
        rot_e=np.where(turning, _rot_e(turn, moved.times), 0 * turn),
        nav_status=moved.nav_status,
    )


def _rot_e(turn: Floats, times: Ints) -> Floats:
    """Return the rate of turn as sent, for the change of heading (degrees) since the report before."""
    minutes = np.diff(times, prepend=times[:1] - 1) / (60 * MICROSECONDS)
    return np.asarray(np.sign(turn) * np.minimum(ROT_SCALE * np.sqrt(np.abs(turn) / minutes), ROT_MOST))


def _class_b(ship: Ship, moved: Motion, start: int) -> pa.Table:
    """Return type 18 rows, and now and then a type 19 of a ship that has a name."""
    extended = (np.arange(len(moved.times)) % EXTENDED_EVERY == EXTENDED_EVERY - 1) & (ship.name is not None)
    who = {key: value for key, value in _who(ship).items() if key not in ("callsign", "imo")}
    plain = _table(ship.mmsi, 18, **_place(moved, start))
    full = _table(ship.mmsi, 19, **_place(moved, start), **who)
    return pa.concat_tables([plain.filter(pa.array(~extended)), full.filter(pa.array(extended))])


def _long_range(ship: Ship, moved: Motion, start: int) -> pa.Table:
    """Return type 27 rows: a tenth of a minute, whole knots and degrees, and no second."""
    coarse = POSITION_SCALE // 600
    return _table(
        ship.mmsi,
        27,
        time=start + moved.times,
        lat_e=np.rint(moved.lat * 600) * coarse,
        lon_e=np.rint(moved.lon * 600) * coarse,
        sog_e=np.rint(moved.sog_kn) * TENTHS,
        cog_e=np.rint(moved.cog_deg) % 360 * TENTHS,
        nav_status=moved.nav_status,
    )


def _statics(ship: Ship, time: Ints) -> pa.Table:
    """Return type 5 rows, or for class B the two parts of type 24."""
    who = _who(ship)
    if ship.transponder == "A":
        draught_e = None if ship.draught_m is None else round(ship.draught_m * TENTHS)
        return _table(ship.mmsi, 5, time=time, **who, draught_e=draught_e, destination=ship.destination)
    hull = {key: value for key, value in who.items() if key not in ("name", "imo")}
    part_a = _table(ship.mmsi, 24, time=time, name=ship.name)
    return pa.concat_tables([part_a, _table(ship.mmsi, 24, time=time + PART_B_S * MICROSECONDS, **hull)])


def _bursts(voyage: Voyage, rng: np.random.Generator, start: int) -> pa.Table:
    """Return a beacon's rows: bursts of type 1, and its text in type 14."""
    minutes = regular_times(voyage, rng, 60)
    times = (minutes[:, None] + np.arange(BURST) * BURST_STEP_S * MICROSECONDS).ravel()
    moved = motion(voyage, times, rng)
    texts = np.arange(len(times)) % (BURST * TEXT_BURSTS) == BURST // 2
    status = np.where(moved.nav_status == SART_ACTIVE, float(SART_ACTIVE), np.nan)
    spots = _table(voyage.ship.mmsi, 1, **_place(moved, start), nav_status=status)
    text = "SART TEST" if voyage.ship.test else "SART ACTIVE"
    return pa.concat_tables(
        [spots.filter(pa.array(~texts)), _table(voyage.ship.mmsi, 14, time=start + times[texts], text=text)]
    )


def _place(moved: Motion, start: int) -> dict[str, Any]:
    """Return the position columns as AIS quantises them."""
    time = start + moved.times
    return {
        "time": time,
        "utc_second": time // MICROSECONDS % 60,
        "lat_e": moved.lat * POSITION_SCALE,
        "lon_e": moved.lon * POSITION_SCALE,
        "sog_e": moved.sog_kn * TENTHS,
        "cog_e": np.rint(moved.cog_deg * TENTHS) % (360 * TENTHS),
        "heading_deg": np.rint(moved.heading_deg) % 360,
    }


def _who(ship: Ship) -> dict[str, Any]:
    """Return the static fields; the antenna stands a quarter of the length from the stern, amidships."""
    sizes: dict[str, int] = {}
    if ship.length_m is not None:
        sizes |= {"to_bow_m": ship.length_m - ship.length_m // 4, "to_stern_m": ship.length_m // 4}
    if ship.beam_m is not None:
        sizes |= {"to_port_m": ship.beam_m - ship.beam_m // 2, "to_starboard_m": ship.beam_m // 2}
    return {"imo": ship.imo, "name": ship.name, "callsign": ship.callsign, "ship_type": ship.ship_type, **sizes}


def _table(mmsi: int, msg_type: Any, *, time: Ints, **said: Any) -> pa.Table:
    """Return REPORT rows: arrays rounded, single values repeated; NaN, None and columns not given are null."""
    origin = {"clock": "tag", "source": SOURCE, "station": STATION, "receivers": 1, "file": SOURCE, "simulated": True}
    columns = {**origin, **said, "mmsi": mmsi, "msg_type": msg_type, "time": time}
    return pa.Table.from_arrays([_column(columns.get(f.name), f.type, len(time)) for f in REPORT], schema=REPORT)


def _column(values: Any, kind: pa.DataType, rows: int) -> pa.Array:
    if isinstance(values, np.ndarray):
        return pa.array(np.rint(values), from_pandas=True).cast(kind)
    return pa.repeat(pa.scalar(values, kind), rows)
