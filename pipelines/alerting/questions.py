"""One row for each event in each of its zones: what `where` and `unless` look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from pipelines.alerting.context import Context
from pipelines.rules.columns import EVENT_COLUMNS
from vessels.codes import role
from vessels.event import Event
from vessels.flags import flags
from vessels.matching import Identity, Match
from zones.sun import night
from zones.zone import Zone

_OFFSHORE: Final = {90, *range(70, 80)}  # types of ships that stand by platforms: behaviours.md 2.3
SECOND_US: Final = 1_000_000
STRONG: Final = ("A", "B")  # grades that stand by themselves: watchlist.md 1.5
_SPEEDS: Final = ("sog_kn", "sog_before_kn", "sog_mean_kn")  # how detectors name the speed that matters
_TYPES: Final = {"number": pa.float64(), "text": pa.string(), "flag": pa.bool_(), "texts": pa.list_(pa.string())}
_SCHEMA: Final = pa.schema([(column.name, _TYPES[column.type]) for column in EVENT_COLUMNS])


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A revision of an event with who the vessel was then, and the zones it concerns, the most specific first.

    `zones` are all of them; a crossing is about the one zone that was entered or left.
    """

    event: Event
    vessel: Identity
    ship_type: int | None
    length_m: float | None
    night: bool
    matches: Sequence[Match]
    zones: tuple[Zone, ...]

    @property
    def kind(self) -> str:
        """The name that rules know the event by."""
        return self.event.behaviour or self.event.kind

    @property
    def measured(self) -> Mapping[str, Any]:
        """What the detector measured."""
        found: Mapping[str, Any] = self.event.evidence.get("measured", {})
        return found

    @property
    def duration_s(self) -> float:
        """How long the event has lasted, in seconds, as far as this revision knows."""
        event = self.event
        return ((event.decided if event.end is None else event.end) - event.start) / SECOND_US

    @property
    def sog_kn(self) -> float | None:
        """The speed that the detector measured, if it did."""
        return next((self.measured[name] for name in _SPEEDS if self.measured.get(name) is not None), None)

    @property
    def best(self) -> Match | None:
        """The best match on the watchlist."""
        return self.matches[0] if self.matches else None

    @property
    def role(self) -> str | None:
        """What the vessel is there for, by its type, and near a platform by its place too."""
        at_platform = any(zone.kind == "platform" for zone in self.zones)
        return "offshore-supply" if at_platform and self.ship_type in _OFFSHORE else role(self.ship_type)

    @property
    def questioned(self) -> tuple[Zone | None, ...]:
        """The zones in which the event is held against rules; none at all counts as one place."""
        own = tuple(zone for zone in self.zones if zone.id == self.event.zone)
        return own or self.zones or (None,)

    def values(self, zone: Zone | None) -> dict[str, Any]:
        """Return the columns that conditions read, for the event in one zone or outside all."""
        event = self.event
        return {
            "kind": self.kind,
            "start": event.start,
            "end": event.end,
            "duration_s": self.duration_s,
            "mmsi": event.mmsi,
            "lat": event.lat,
            "lon": event.lon,
            "night": self.night,
            "sog_kn": self.sog_kn,
            "test": bool(self.measured.get("test", False)),
            "confidence": event.confidence,
            "simulated": event.simulated,
            "ship_type": self.ship_type,
            "length_m": self.length_m,
            "flag": self.vessel.flag,
            "role": self.role,
            "listed": self.best is not None and self.best.grade in STRONG,
            "grade": self.best.grade if self.best else None,
            "zone_id": zone.id if zone else None,
            "zone_kind": zone.kind if zone else None,
            "zone_ring": zone.ring if zone else None,
            "zone_kinds": sorted({each.kind for each in self.zones}),
        }


def subjects(events: Sequence[Event], context: Context) -> list[Subject]:
    """Return the events with their vessels as known when each revision was decided, their matches and their zones."""
    if not events:
        return []
    mmsi = np.array([event.mmsi for event in events], np.int64)
    decided = np.array([event.decided for event in events], np.int64)
    known = context.identities(mmsi, decided).to_pylist()
    lat, lon = (np.array([getattr(event, axis) for event in events], float) for axis in ("lat", "lon"))
    nights = night(np.array([event.start for event in events], np.int64), lat, lon)
    return [
        _subject(event, static, flag, dark=bool(dark), context=context)
        for event, static, flag, dark in zip(events, known, flags(mmsi).to_pylist(), nights, strict=True)
    ]


def _subject(event: Event, static: Mapping[str, Any], flag: str | None, *, dark: bool, context: Context) -> Subject:
    named = {name: static[name] for name in ("imo", "name", "callsign")}
    vessel = Identity(mmsi=event.mmsi, time=event.decided, flag=flag, **named)
    ids = dict.fromkeys((event.zone, *event.zones))
    zones = [context.zones[zone_id] for zone_id in ids if zone_id in context.zones]
    return Subject(
        event=event,
        vessel=vessel,
        ship_type=static["ship_type"],
        length_m=static["length_m"],
        night=dark,
        matches=context.watchlist.all(vessel),
        zones=tuple(sorted(zones, key=lambda zone: (-zone.priority, zone.id))),
    )


def table(asked: Sequence[Subject]) -> tuple[pa.Table, list[range]]:
    """Return the rows to hold against conditions, and for each subject which of them are its own."""
    rows: list[dict[str, Any]] = []
    own = []
    for subject in asked:
        start = len(rows)
        rows += [subject.values(zone) for zone in subject.questioned]
        own.append(range(start, len(rows)))
    return pa.Table.from_pylist(rows, schema=_SCHEMA), own
