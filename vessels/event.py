"""An event: something that happened on a track, told by a detector."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Self

Status = Literal["open", "closed", "withdrawn"]
Confidence = Literal["high", "medium", "low"]

HULLS_PER_MMSI: Final = 1024  # room for the hull number in a track key; chosen: gpsdio-segment keeps at most 20 tracks
_ID_HEX: Final = 16


def track_key(mmsi: int, hull: int = 1) -> int:
    """Return the integer that stands for a track inside tables: mmsi * 1024 + hull number."""
    return mmsi * HULLS_PER_MMSI + hull


def track_id(key: int) -> str:
    """Return the printed form of a track key, `mmsi/n` with a nine-digit MMSI."""
    return f"{key // HULLS_PER_MMSI:09d}/{key % HULLS_PER_MMSI}"


def key_of(track: str) -> int:
    """Return the track key of a printed track id."""
    mmsi, hull = track.split("/")
    return track_key(int(mmsi), int(hull))


def digest(*parts: Any) -> str:
    """Return the first 16 hex digits of sha256 over the canonical JSON of the parts."""
    canonical = json.dumps(parts, separators=(",", ":"), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:_ID_HEX]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened, where and when, with the evidence for it.

    `start`, `end` and `decided` are microseconds UTC; `end` is null while the event is open. `decided` is the time of
    the row or deadline that made this revision: identities and rules are looked up as of then. `zones` are the ids of
    the zones round the opening row. `evidence` holds plain JSON values under the keys `measured`, `thresholds`,
    `not_known`, `rows`, `first_row` and `last_row` (file and offset).
    """

    kind: str
    key: int
    start: int
    decided: int
    lat: float | None
    lon: float | None
    behaviour: str = ""
    zone: str = ""
    other_key: int | None = None
    vessel_id: str | None = None
    end: int | None = None
    zones: tuple[str, ...] = ()
    status: Status = "open"
    supersedes: str | None = None
    confidence: Confidence = "high"
    simulated: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(init=False)
    """The same start on the same track is the same event, however it was found."""

    def __post_init__(self) -> None:
        keys = sorted(track_id(key) for key in (self.key, self.other_key) if key is not None)
        object.__setattr__(self, "id", digest(self.kind, self.behaviour, "+".join(keys), self.zone, self.start))

    @property
    def track_id(self) -> str:
        """Return the track as `mmsi/n`."""
        return track_id(self.key)

    @property
    def mmsi(self) -> int:
        """Return the MMSI of the track."""
        return self.key // HULLS_PER_MMSI

    @property
    def other_mmsi(self) -> int | None:
        """Return the MMSI of the second vessel of a pair, if there is one."""
        return None if self.other_key is None else self.other_key // HULLS_PER_MMSI

    def closed(self, *, end: int, decided: int, evidence: Mapping[str, Any]) -> Self:
        """Return the closing revision of this event."""
        return replace(self, status="closed", end=end, decided=decided, evidence=evidence)
