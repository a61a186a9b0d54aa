"""Shuttles: pairs of places between which ferries and supply ships go to and fro, from data/shuttles.csv."""

import csv
from dataclasses import dataclass
from functools import cache

from zones.coast import DATA
from zones.ports import Port, ports


@dataclass(frozen=True, slots=True)
class Shuttle:
    """A regular link between two listed places. `kind` is `ferry` or `supply`; `source` tells who named it and when."""

    one: Port
    other: Port
    kind: str
    source: str


@cache
def shuttles() -> tuple[Shuttle, ...]:
    """Return all pairs in the order of the file."""
    by_name = {port.name: port for port in ports()}
    with (DATA / "shuttles.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return tuple(Shuttle(by_name[row["one"]], by_name[row["other"]], row["kind"], row["source"]) for row in rows)
