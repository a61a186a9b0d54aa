"""The sea language: ships and what they do, told in verbs. No clock in here, and no chance that a seed could change.

    boat = Ship(mmsi=671000001, name="SABINA")
    night = boat.at(32.95, 12.10, "06:00").sail(to=[(33.5, 12.4)], kn=7).hold(hours=2, radius_nm=0.3)

A voyage is a value: every verb returns a longer one. Times count in microseconds from the story's start; a voyage is a
line of corner points between which the ship moves straight and steadily. `speech` makes reports of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, Self

import numpy as np
import numpy.typing as npt

from pipelines.simulate.geo import Floats, great_circle
from pipelines.simulate.truth import Planted, Quiet
from zones.distance import destination, haversine_nm

Ints = npt.NDArray[np.int64]
Place = tuple[float, float]
Transponder = Literal["A", "B", "S"]

MINUTE_US: Final = 60_000_000
HOUR_US: Final = 60 * MINUTE_US

UNDER_WAY: Final = 0  # navigational status, ITU-R M.1371-5 table 45
AT_ANCHOR: Final = 1
MOORED: Final = 5
FISHING: Final = 7
SART_ACTIVE: Final = 14

SWING_NM: Final = 0.05  # radius in which a ship swings at anchor; chosen
SWING_KN: Final = 0.1  # speed of that; chosen
ALONGSIDE_NM: Final = 0.03  # 55 m between two ships that meet; chosen
WEAVE_DEG: Final = 12.0  # how far a drifting ship's course weaves about its mean; chosen
SLACK_US: Final = 10 * MINUTE_US  # an event starts at a report, and the last one heard may be that old
STEP_US: Final = 10 * MINUTE_US  # pieces of a drift


def clock(text: str) -> int:
    """Return microseconds for "HH:MM" since the story's start; hours above 23 are the following days."""
    hours, minutes = text.split(":")
    return int(hours) * HOUR_US + int(minutes) * MINUTE_US


def invented_imo(mmsi: int) -> int:
    """Return a well-formed IMO number for an invented ship: 2990000 and up, where we know of no real one."""
    digits = 299_000 + mmsi % 1000
    return (
        digits * 10 + sum(int(digit) * weight for digit, weight in zip(str(digits), range(7, 1, -1), strict=True)) % 10
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ship:
    """Who is sailing. Transponder "A", "B", or "S" for a beacon (AIS-SART, MOB, EPIRB), which says no name.

    `compass`: sends its heading. `far`: a satellite hears it, so it sends long-range reports (type 27) too.
    """

    mmsi: int
    name: str | None = None
    callsign: str | None = None
    imo: int | None = None
    ship_type: int | None = None
    length_m: int | None = None
    beam_m: int | None = None
    draught_m: float | None = None
    destination: str | None = None
    transponder: Transponder = "A"
    compass: bool = True
    far: bool = False
    test: bool = False

    def at(self, lat: float, lon: float, time: str) -> "Voyage":
        """Start a voyage here at "HH:MM"."""
        return Voyage(ship=self, began=clock(time), origin=(lat, lon))


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """The corner points that one verb adds: when each is reached, and what the ship says of herself on the way."""

    times: Ints
    lat: Floats
    lon: Floats
    nav_status: int = UNDER_WAY
    heading_deg: float | None = None  # null: the bow points along the course


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Voyage:
    """A ship, where she began and what she did since. `span` is when the last verb holds."""

    ship: Ship
    began: int
    origin: Place
    legs: tuple[Leg, ...] = ()
    silences: tuple[tuple[int, int], ...] = ()
    span: tuple[int, int] = (0, 0)
    expected: tuple[Planted, ...] = ()
    calm: Quiet | None = None

    @property
    def now(self) -> int:
        """Return when the last leg ends."""
        return int(self.legs[-1].times[-1]) if self.legs else self.began

    @property
    def here(self) -> Place:
        """Return where the last leg ends."""
        return (float(self.legs[-1].lat[-1]), float(self.legs[-1].lon[-1])) if self.legs else self.origin

    def corners(self) -> tuple[Ints, Floats, Floats]:
        """Return times, latitudes and longitudes of all corner points, the origin first."""
        return (
            np.concatenate([[self.began], *(leg.times for leg in self.legs)]).astype(np.int64),
            np.concatenate([[self.origin[0]], *(leg.lat for leg in self.legs)]),
            np.concatenate([[self.origin[1]], *(leg.lon for leg in self.legs)]),
        )

    def where(self, times: Ints) -> tuple[Floats, Floats]:
        """Return latitudes and longitudes at the given times."""
        at, lat, lon = self.corners()
        return np.interp(times, at, lat), np.interp(times, at, lon)

    def sail(self, *, to: Sequence[Place], kn: float, nav_status: int = UNDER_WAY) -> Self:
        """Go along great circles from place to place."""
        pieces = [great_circle(a, b) for a, b in zip([self.here, *to], to, strict=False)]
        lat, lon = (np.concatenate(axis) for axis in zip(*pieces, strict=True))
        nm = _run_nm(self.here, lat, lon)
        return self._then(Leg(self.now + _us(nm / kn), lat, lon, nav_status))

    def hold(self, *, hours: float, radius_nm: float = 0.3, kn: float = 0.6, nav_status: int = UNDER_WAY) -> Self:
        """Wander about within a circle round this place, the same way in every run."""
        rng = np.random.default_rng((self.ship.mmsi, len(self.legs)))
        turns = int(2 * hours * kn / radius_nm) + 8  # a mean step is 0.9 radii, so this is always enough
        reach = radius_nm * np.sqrt(rng.uniform(size=turns))
        lat, lon = destination(*self.here, rng.uniform(0, 360, turns), reach)
        nm = np.concatenate([[0.0], _run_nm(self.here, lat, lon)])
        until = min(hours * kn, float(nm[-1]))
        run = np.append(nm[1:][nm[1:] < until], until)
        lat, lon = (np.interp(run, nm, np.append(a, b)) for a, b in zip(self.here, (lat, lon), strict=True))
        return self._then(Leg(self.now + _us(run / until * hours), lat, lon, nav_status))

    def anchor(self, *, hours: float) -> Self:
        """Lie at anchor, swinging."""
        return self.hold(hours=hours, radius_nm=SWING_NM, kn=SWING_KN, nav_status=AT_ANCHOR)

    def moor(self, *, hours: float) -> Self:
        """Lie alongside a quay, not moving."""
        lat, lon = self.here
        return self._then(Leg(np.array([self.now + _us(hours)]), np.array([lat]), np.array([lon]), MOORED))

    def drift(
        self, *, hours: float, kn: float, toward: float, yaw_deg: float = 75, nav_status: int = UNDER_WAY
    ) -> Self:
        """Be carried toward a bearing, weaving a little, with the bow `yaw_deg` off the course."""
        steps = max(1, round(hours * HOUR_US / STEP_US))
        course = toward + WEAVE_DEG * np.sin(np.arange(steps) * 0.7)
        lat, lon = np.empty(steps), np.empty(steps)
        here = self.here
        for i in range(steps):
            [lat[i]], [lon[i]] = destination(*here, course[i : i + 1], np.array([hours * kn / steps]))
            here = (float(lat[i]), float(lon[i]))
        times = self.now + _us(hours * np.arange(1, steps + 1) / steps)
        return self._then(Leg(times, lat, lon, nav_status, (toward + yaw_deg) % 360))

    def meet(self, other: "Voyage", *, at: str, minutes: float) -> Self:
        """Go straight to where `other` is at "HH:MM", arriving just then, and stay alongside."""
        times = clock(at) + np.arange(0, round(minutes) + 1, dtype=np.int64) * MINUTE_US
        lat, lon = other.where(times)
        lon = lon + ALONGSIDE_NM / 60 / np.cos(np.radians(lat))
        way_lat, way_lon = great_circle(self.here, (float(lat[0]), float(lon[0])))
        nm = _run_nm(self.here, way_lat, way_lon)
        arrivals = self.now + ((clock(at) - self.now) * nm / nm[-1]).astype(np.int64)
        join = np.concatenate
        return self._then(Leg(join((arrivals, times[1:])), join((way_lat, lat[1:])), join((way_lon, lon[1:]))))

    def silence(self, *, minutes: float) -> Self:
        """Send nothing for so long from now on, whatever is done meanwhile."""
        quiet = (self.now, self.now + int(_us(minutes / 60)))
        return replace(self, silences=(*self.silences, quiet), span=quiet)

    def expect(self, kind: str, *, zone: str | None = None, rule: str | None = None, note: str = "") -> Self:
        """Plant it: an event of this kind starts while the last verb holds, give or take `SLACK_US`."""
        start, end = self.span[0] - SLACK_US, self.span[1] + SLACK_US
        who = self.ship
        item = Planted(kind=kind, mmsi=who.mmsi, name=who.name, start=start, end=end, zone=zone, rule=rule, note=note)
        return replace(self, expected=(*self.expected, item))

    def quiet(self, why: str) -> Self:
        """Plant a vessel that must be left alone."""
        return replace(self, calm=Quiet(mmsi=self.ship.mmsi, name=self.ship.name, why=why))

    def _then(self, leg: Leg) -> Self:
        return replace(self, legs=(*self.legs, leg), span=(self.now, int(leg.times[-1])))


def beacon(mmsi: int, *, at: Place, start: str, minutes: float, test: bool = False, kn: float = 0.7) -> Voyage:
    """Return a distress beacon drifting south-east: AIS-SART (970…), man overboard (972…) or EPIRB (974…)."""
    ship = Ship(mmsi=mmsi, transponder="S", compass=False, test=test)
    status = UNDER_WAY if test else SART_ACTIVE
    return ship.at(*at, start).drift(hours=minutes / 60, kn=kn, toward=135, nav_status=status)


def _us(hours: "Floats | float") -> Ints:
    return np.asarray(np.rint(np.asarray(hours) * HOUR_US), np.int64)


def _run_nm(here: Place, lat: Floats, lon: Floats) -> Floats:
    """Return the distance run at each point of a line that begins here."""
    return np.cumsum(haversine_nm(np.append(here[0], lat[:-1]), np.append(here[1], lon[:-1]), lat, lon))
