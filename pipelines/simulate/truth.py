"""What was planted: the events a story must raise, the vessels it must leave alone, the watchlist to add."""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Self

MICROSECONDS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """An event that must be found: it starts within [start, end], microseconds since the story's start.

    `zone` is a zone's id without its ring; `rule` is the shipped rule that must make an alert of it, null for none.
    """

    kind: str
    mmsi: int
    name: str | None
    start: int
    end: int
    zone: str | None = None
    rule: str | None = None
    note: str = ""

    def since(self, start: int) -> Self:
        """Return the item with its times counted from the epoch, the story beginning at `start`."""
        return replace(self, start=start + self.start, end=start + self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A vessel for which nothing moderate or worse may be raised, and why."""

    mmsi: int
    name: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A watchlist entry to add before the story is run. Identifiers that are null are not given."""

    why: str
    imo: int | None = None
    mmsi: int | None = None
    callsign: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Everything planted in one story."""

    planted: tuple[Planted, ...]
    quiet: tuple[Quiet, ...]
    watchlist: tuple[Watch, ...] = ()

    def document(self, start: int) -> dict[str, Any]:
        """Return the plain JSON of the truth file, its times as ISO 8601 UTC counted from `start` (microseconds)."""
        return {
            "simulated": True,
            "note": "Invented ships and events. Each planted event starts between start and end.",
            "planted": [_plain(item, start) for item in self.planted],
            "quiet": [_plain(item, start) for item in self.quiet],
            "watchlist": [_plain(item, start) for item in self.watchlist],
        }


def iso(time: int) -> str:
    """Return microseconds UTC as ISO 8601 with `Z`, whole seconds."""
    return datetime.fromtimestamp(time // MICROSECONDS, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(item: Planted | Quiet | Watch, start: int) -> dict[str, Any]:
    return {key: iso(start + value) if key in ("start", "end") else value for key, value in asdict(item).items()}
