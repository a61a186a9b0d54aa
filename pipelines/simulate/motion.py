"""How a ship moves and when she reports it: voyages sampled at a transponder's intervals, with instrument noise."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.simulate.geo import Floats
from pipelines.simulate.sea import AT_ANCHOR, HOUR_US, MOORED, Ints, Voyage
from pipelines.simulate.truth import MICROSECONDS
from zones.distance import bearing_deg, haversine_nm

# Reporting intervals in seconds, ITU-R M.1371-5 annex 1 table 1.
CLASS_A_S: Final = 10  # under way; 2 to 10 by speed in the standard, the longest chosen
CLASS_B_S: Final = 30
STILL_S: Final = 180  # class A anchored or moored under 3 knots, class B under 2
STILL_A_KN: Final = 3.0
STILL_B_KN: Final = 2.0

# Noise, as standard deviations; chosen: what GNSS, logs and compasses show.
POSITION_NOISE_M: Final = 3.0
SOG_NOISE_KN: Final = 0.08
SOG_NOISE_SHARE: Final = 0.02
COG_NOISE_DEG: Final = 1.5
COG_NOISE_DEG_KN: Final = 3.0  # divided by the speed: course noise grows as the ship slows down
HEADING_NOISE_DEG: Final = 1.0
SLOWEST_KN: Final = 0.1  # below it the course is noise alone

METRES_DEG: Final = 111_195.0  # metres in a degree of latitude


@dataclass(frozen=True, slots=True)
class Motion:
    """A voyage at sampled times: where, how fast, whither, and what she says of herself. NaN: not available."""

    times: Ints
    lat: Floats
    lon: Floats
    sog_kn: Floats
    cog_deg: Floats
    heading_deg: Floats
    nav_status: Ints


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The straight pieces of a voyage: each one's end, speed, course, status and fixed heading (NaN: none)."""

    ends: Ints
    kn: Floats
    course: Floats
    nav_status: Ints
    heading: Floats


def position_times(voyage: Voyage, rng: np.random.Generator, every_s: int) -> Ints:
    """Return when she reports her position: at intervals that follow what she does, but not under `every_s`."""
    at, _, _ = voyage.corners()
    run = _pieces(voyage)
    if voyage.ship.transponder == "A":
        usual, still = CLASS_A_S, np.isin(run.nav_status, (AT_ANCHOR, MOORED)) & (run.kn < STILL_A_KN)
    else:
        usual, still = CLASS_B_S, run.kn < STILL_B_KN
    interval_us = np.maximum(np.where(still, STILL_S, usual), every_s) * MICROSECONDS
    phase = np.concatenate([[0.0], np.cumsum(np.diff(at) / interval_us)])
    return _spoken(voyage, np.interp(np.arange(rng.uniform(), phase[-1]), phase, at))


def regular_times(voyage: Voyage, rng: np.random.Generator, every_s: int) -> Ints:
    """Return when she says what is said at a fixed interval."""
    step = every_s * MICROSECONDS
    return _spoken(voyage, np.arange(voyage.began + rng.uniform() * step, voyage.now, step))


def motion(voyage: Voyage, times: Ints, rng: np.random.Generator) -> Motion:
    """Return what her instruments show at these times."""
    run = _pieces(voyage)
    piece = np.minimum(np.searchsorted(run.ends, times, side="left"), len(run.ends) - 1)
    lat, lon = voyage.where(times)
    kn, course, status = run.kn[piece], run.course[piece], run.nav_status[piece]
    east, north, slow, quick, swerve, bow = rng.standard_normal((6, len(times)))
    noise_deg = POSITION_NOISE_M / METRES_DEG
    yaw = COG_NOISE_DEG + COG_NOISE_DEG_KN / np.maximum(kn, SLOWEST_KN)
    facing = np.where(np.isnan(run.heading[piece]), course, run.heading[piece])
    facing = np.where(status == AT_ANCHOR, float(voyage.ship.mmsi % 360), facing)
    return Motion(
        times=times,
        lat=lat + noise_deg * north,
        lon=lon + noise_deg * east / np.cos(np.radians(lat)),
        sog_kn=np.abs(kn * (1 + SOG_NOISE_SHARE * slow) + SOG_NOISE_KN * quick * (status != MOORED)),
        cog_deg=np.where(status == MOORED, np.nan, (course + yaw * swerve) % 360),
        heading_deg=(facing + HEADING_NOISE_DEG * bow) % 360 if voyage.ship.compass else np.full(len(times), np.nan),
        nav_status=status,
    )


def _pieces(voyage: Voyage) -> _Pieces:
    """Return the straight pieces of a voyage; one without movement keeps the course of the one before."""
    at, lat, lon = voyage.corners()
    hours = np.maximum(np.diff(at), 1) / HOUR_US
    moving = (np.diff(lat) != 0) | (np.diff(lon) != 0)
    last_moving = np.maximum.accumulate(np.where(moving, np.arange(len(hours)), 0))
    lengths = [len(leg.times) for leg in voyage.legs]
    return _Pieces(
        ends=at[1:],
        kn=haversine_nm(lat[:-1], lon[:-1], lat[1:], lon[1:]) / hours,
        course=bearing_deg(lat[:-1], lon[:-1], lat[1:], lon[1:])[last_moving],
        nav_status=np.repeat([leg.nav_status for leg in voyage.legs], lengths),
        heading=np.repeat([np.nan if leg.heading_deg is None else leg.heading_deg for leg in voyage.legs], lengths),
    )


def _spoken(voyage: Voyage, times: Floats) -> Ints:
    """Return the times outside the voyage's silences, in whole seconds as a tag block says them, each once."""
    whole = np.unique(times.astype(np.int64) // MICROSECONDS * MICROSECONDS)
    for begin, end in voyage.silences:
        whole = whole[(whole <= begin) | (whole >= end)]
    return whole
