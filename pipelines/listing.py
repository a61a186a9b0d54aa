"""The watchlist as a run sees it: read again when it changed, and asked about what is new on either side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipelines.detect.fold import Table
from pipelines.store import watchlist
from pipelines.store.state import Store
from pipelines.watching import SCREENED_US, screen
from vessels.event import digest
from vessels.identity import flag
from vessels.matching import Identity, Watchlist
from vessels.watchlist import Entry

NOTE: Final = "watchlist"  # the store's memory of which entries were asked about


@dataclass(frozen=True, slots=True)
class Asked:
    """What is new on the list: vessels that match it, from when on to look at them, and the digests to note."""

    mmsis: Sequence[int]
    since: int
    digests: Mapping[str, str]


class Listing:
    """The entries in force."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version: Any = None
        self._rows: list[dict[str, Any]] = []
        self._built = Watchlist(())

    @property
    def watchlist(self) -> Watchlist:
        """Return the list, read again if another process wrote to the store since."""
        version = self._store.rows("PRAGMA data_version")
        if version != self._version:
            self._version = version
            self._rows = watchlist.every(self._store)
            self._built = Watchlist(map(Entry.of, self._rows))
        return self._built

    def named(self, snapshots: Table) -> list[tuple[int, int]]:
        """Return (MMSI, time) of the identity snapshots that match an entry."""
        listed = self.watchlist
        if not listed:
            return []
        said = snapshots.select(["mmsi", "time", "imo", "name", "callsign"]).to_pylist()
        vessels = (Identity(**row, flag=flag(row["mmsi"])) for row in said)
        return [(vessel.mmsi, vessel.time) for vessel in vessels if listed.best(vessel)]

    def unasked(self, watermark: int) -> Asked | None:
        """Return what came to the list, or changed on it, since it was last noted; null when nothing did."""
        assert self.watchlist is self._built
        digests = {row["id"]: digest(row) for row in self._rows}
        noted = self._store.meta(NOTE) or {}
        if digests == noted:
            return None
        new = [Entry.of(row) for row in self._rows if digests[row["id"]] != noted.get(row["id"])]
        mmsis = [identity.mmsi for identity, _ in screen(self._store, new)] if new else []
        return Asked(mmsis, watermark - SCREENED_US, digests)
