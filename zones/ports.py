"""Harbours, anchorages and platforms: points with a radius, written by hand in data/ports.csv with their sources."""

import csv
import re
from dataclasses import dataclass
from functools import cache

from zones.coast import DATA


@dataclass(frozen=True, slots=True)
class Port:
    """A place where ships are expected to lie: degrees, ISO 3166 alpha-2 country, radius in nautical miles.

    `kind` is `port`, `anchorage` or `platform`; `source` tells where the position comes from.
    """

    name: str
    lat: float
    lon: float
    country: str
    radius_nm: float
    kind: str
    source: str

    @property
    def id(self) -> str:
        """Return the zone id, such as `port-zuwarah`."""
        return f"{self.kind}-{re.sub('[^a-z0-9]+', '-', self.name.lower()).strip('-')}"


@cache
def ports() -> tuple[Port, ...]:
    """Return all listed places in the order of the file."""
    with (DATA / "ports.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(_port(row) for row in csv.DictReader(lines))


@cache
def harbours() -> tuple[Port, ...]:
    """Return the places of kind `port`: those that a distance to port counts from."""
    return tuple(port for port in ports() if port.kind == "port")


def _port(row: dict[str, str]) -> Port:
    """Return one row of the file with its numbers read."""
    numbers = {column: float(row[column]) for column in ("lat", "lon", "radius_nm")}
    return Port(name=row["name"], country=row["country"], kind=row["kind"], source=row["source"], **numbers)
