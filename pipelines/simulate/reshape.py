"""Voyages cut to a span of time, sailed backwards or later: a story can go on for days without a ship that jumps."""

from dataclasses import replace
from typing import Final

import numpy as np

from pipelines.simulate.geo import Floats
from pipelines.simulate.sea import HOUR_US, Ints, Leg, Voyage
from pipelines.simulate.truth import Planted

DAY_US: Final = 24 * HOUR_US

_MIRRORED: Final = {"zone_exit": "zone_entry", "zone_entry": "zone_exit"}
_ONCE: Final = ("sighting",)  # a vessel heard yesterday is not sighted anew


def cut(voyage: Voyage, begin: int, end: int) -> Voyage:
    """Return the part of a voyage between two times; what is planted in it stays as it is."""
    at, _, _ = voyage.corners()
    times = np.clip(at, begin, end)
    return _along(voyage, times, *voyage.where(times), _owners(voyage))


def on_day(voyage: Voyage, day: int) -> Voyage:
    """Return a day's voyage as sailed on day 0, 1, 2 …: on odd days backwards, so that each begins where one ended."""
    if day == 0:
        return voyage
    again = later(_backwards(voyage) if day % 2 else voyage, day * DAY_US)
    return replace(again, expected=tuple(item for item in again.expected if item.kind not in _ONCE))


def later(voyage: Voyage, shift: int) -> Voyage:
    """Return the same voyage so many microseconds later."""
    return replace(
        voyage,
        began=voyage.began + shift,
        legs=tuple(replace(leg, times=leg.times + shift) for leg in voyage.legs),
        silences=tuple((start + shift, end + shift) for start, end in voyage.silences),
        expected=tuple(item.since(shift) for item in voyage.expected),
    )


def _backwards(voyage: Voyage) -> Voyage:
    at, lat, lon = voyage.corners()
    back = _along(voyage, DAY_US - at[::-1], lat[::-1], lon[::-1], _owners(voyage)[::-1])
    return replace(
        back,
        legs=tuple(replace(leg, heading_deg=_opposite(leg.heading_deg)) for leg in back.legs),
        silences=tuple((DAY_US - end, DAY_US - start) for start, end in voyage.silences),
        expected=tuple(_mirrored(item) for item in voyage.expected),
    )


def _along(voyage: Voyage, times: Ints, lat: Floats, lon: Floats, owners: Ints) -> Voyage:
    """Return the voyage along other corner points; `owners` says which leg each piece between them belongs to."""
    lasting = np.diff(times) > 0
    ends, lat_to, lon_to, owners = times[1:][lasting], lat[1:][lasting], lon[1:][lasting], owners[lasting]
    legs = (_leg(voyage.legs[k], owners == k, ends, lat_to, lon_to) for k in dict.fromkeys(owners.tolist()))
    return replace(voyage, began=int(times[0]), origin=(float(lat[0]), float(lon[0])), legs=tuple(legs))


def _leg(leg: Leg, mine: np.ndarray[tuple[int], np.dtype[np.bool_]], times: Ints, lat: Floats, lon: Floats) -> Leg:
    return replace(leg, times=times[mine], lat=lat[mine], lon=lon[mine])


def _owners(voyage: Voyage) -> Ints:
    return np.repeat(np.arange(len(voyage.legs)), [len(leg.times) for leg in voyage.legs])


def _opposite(heading_deg: float | None) -> float | None:
    return None if heading_deg is None else (heading_deg + 180) % 360


def _mirrored(item: Planted) -> Planted:
    """Return what the event is when time runs backwards; for an exit turned into an entry no rule is known."""
    back = replace(item, start=DAY_US - item.end, end=DAY_US - item.start)
    return replace(back, kind=_MIRRORED[item.kind], rule=None) if item.kind in _MIRRORED else back
