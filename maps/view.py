"""What a map shows, as plain columns and dicts: the pipelines fill it, the page draws it, neither knows the other.

Everything textual in here is hostile until proven otherwise: it goes into one JSON block and never into a template.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from maps.errors import MapError

Box = tuple[float, float, float, float]  # west, south, east, north in degrees

DATA_BOX: Final[Box] = (-6.0, 30.0, 37.0, 46.0)  # where coast and zones are known (zones/data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixes:
    """Positions as equally long columns, sorted by (mmsi, time_us); NaN says that a speed or course is not known."""

    mmsi: NDArray[np.int64]
    time_us: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    sog_kn: NDArray[np.float64]
    cog_deg: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse columns that no track can be drawn from."""
        columns = (self.mmsi, self.time_us, self.lat, self.lon, self.sog_kn, self.cog_deg)
        if len({len(column) for column in columns}) > 1:
            raise MapError(f"positions to draw: columns differ in length ({[len(column) for column in columns]})")
        step, vessel = np.diff(self.time_us), np.diff(self.mmsi)
        if np.any((vessel < 0) | ((vessel == 0) & (step < 0))):
            raise MapError("positions to draw are not sorted by (mmsi, time_us): sort them before drawing")

    def __len__(self) -> int:
        """Return the number of positions."""
        return len(self.mmsi)

    def take(self, rows: NDArray[np.int64]) -> "Fixes":
        """Return the positions at the given ascending row numbers."""
        return Fixes(
            mmsi=self.mmsi[rows],
            time_us=self.time_us[rows],
            lat=self.lat[rows],
            lon=self.lon[rows],
            sog_kn=self.sog_kn[rows],
            cog_deg=self.cog_deg[rows],
        )


def no_fixes() -> Fixes:
    """Return an empty set of positions."""
    whole, real = np.empty(0, np.int64), np.empty(0, np.float64)
    return Fixes(mmsi=whole, time_us=whole, lat=real, lon=real, sog_kn=real, cog_deg=real)


class Vessel(TypedDict):
    """Who a track belongs to. `family` is a word of vessels.codes ('cargo' … 'other'), `flag` an ISO 3166 code."""

    mmsi: int
    name: str | None
    family: str
    flag: str | None
    listed: bool
    simulated: bool
    destination: NotRequired[str | None]
    length_m: NotRequired[float | None]
    imo: NotRequired[int | None]
    callsign: NotRequired[str | None]


# The functional form, because `class` is a word of Python. Times are microseconds UTC; `lat`/`lon` may be null and say
# where it began. Of who calls for help or drifts, `last_lat`/`last_lon` say where last heard, at `last_fix_us`: all or
# none of the three.
Alert = TypedDict(
    "Alert",
    {
        "id": str,
        "class": str,
        "severity": str,
        "time_us": int,
        "last_us": int,
        "lat": float | None,
        "lon": float | None,
        "mmsi": int,
        "name": str | None,
        "headline": str,
        "zone": str | None,
        "reasons": Sequence[str],
        "not_known": Sequence[str],
        "suppressions": Sequence[str],
        "simulated": bool,
        "state": str,
        "rule": str,
        "last_lat": NotRequired[float],
        "last_lon": NotRequired[float],
        "last_fix_us": NotRequired[int],
    },
)


class Zone(TypedDict):
    """An area: `rings` are closed (n, 2) arrays of [lon, lat], outer and inner alike (filled by the even-odd rule).

    `kind` is departure, arrival, port, anchorage, platform or user; `ring` is 12 or 24 (nautical miles) or null.
    """

    id: str
    name: str
    kind: str
    ring: int | None
    rings: Sequence[NDArray[np.float64]]
    source: str
    licence: str


class Place(TypedDict):
    """A name on the map. `kind` is country, sea, port, city or island; `rank` 1 is drawn first, 5 only zoomed in."""

    name: str
    lat: float
    lon: float
    kind: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """One map. `start_us` and `end_us` are the time span that the slider covers, microseconds UTC.

    `coast` maps a level of detail to rings packed as zones.coast.levels() gives them. `note` is a warning such as
    SIMULATED, shown as a banner; it is set by the page when anything drawn is simulated. `gap_us` is the silence from
    which a track is dashed (the detectors' gap threshold). A `chart` shows zones alone, with no traffic and no clock.
    """

    title: str
    start_us: int
    end_us: int
    subtitle: str = ""
    note: str = ""
    fixes: Fixes = field(default_factory=no_fixes)
    vessels: Sequence[Vessel] = ()
    alerts: Sequence[Alert] = ()
    zones: Sequence[Zone] = ()
    coast: Mapping[str, str] = field(default_factory=dict)
    places: Sequence[Place] = ()
    box: Box = DATA_BOX
    chart: bool = False
    gap_us: int = 30 * 60 * 1_000_000

    def __post_init__(self) -> None:
        """Refuse a time span that runs backwards."""
        if self.end_us < self.start_us:
            raise MapError(f"map {self.title!r}: the span ends before it starts ({self.start_us} > {self.end_us})")
