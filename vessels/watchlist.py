"""An entry of the watchlist: whom somebody asked to be told about, why, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from vessels.event import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is watched for. At least one of IMO number, MMSI, call sign and name is given.

    `name` is as the source writes it, in any script; `source_list` is the list it came from. `valid_from` and
    `valid_to` are event time, both included; `review_by` and `recorded_at` are the time of the people who keep the
    list. All are microseconds UTC.
    """

    id: str
    why: str
    name: str | None = None
    imo: int | None = None
    mmsi: int | None = None
    callsign: str | None = None
    flag: str | None = None
    source_list: str = "own"
    valid_from: int | None = None
    valid_to: int | None = None
    review_by: int | None = None
    recorded_at: int | None = None
    added_by: str = ""

    def valid_at(self, time: int) -> bool:
        """Tell whether the entry is meant for something that happened at this time."""
        return (self.valid_from is None or self.valid_from <= time) and (self.valid_to is None or time <= self.valid_to)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return the entry of a stored row; columns that an entry does not have are left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in row.items() if name in known})


def entry_id(*, imo: int | None, mmsi: int | None, callsign: str | None, name: str | None, source_list: str) -> str:
    """Return the id of an entry: the same identity on the same list is the same entry, however often it is added."""
    return f"w-{digest(source_list, imo, mmsi, callsign, name)[:10]}"
