"""Names to write on a map: seas, cities, islands and countries, placed by hand in data/places.csv."""

import csv
from dataclasses import dataclass
from functools import cache

from zones.coast import DATA


@dataclass(frozen=True, slots=True)
class Place:
    """A label at a point in degrees. `kind` is sea, city, island or country; rank 1 shows first, 4 last."""

    name: str
    lat: float
    lon: float
    kind: str
    rank: int


@cache
def places() -> tuple[Place, ...]:
    """Return all labels, the most important first."""
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as lines:
        labels = [
            Place(row["name"], float(row["lat"]), float(row["lon"]), row["kind"], int(row["rank"]))
            for row in csv.DictReader(lines)
        ]
    return tuple(sorted(labels, key=lambda place: place.rank))
