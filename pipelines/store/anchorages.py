"""The anchorages that a store was asked to learn, in its state file until they are learned anew.

Only the standard library and zones are needed here, so that zones are listed without pyarrow and duckdb.
"""

from dataclasses import asdict, dataclass
from typing import Final

from pipelines.store.state import Store, set_meta
from zones.learned import Cell

_KEY: Final = "anchorages"


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned: the first and last UTC day it rests on, as YYYY-MM-DD, and the cells."""

    since: str
    until: str
    cells: tuple[Cell, ...]

    @property
    def span(self) -> str:
        """Return the days in words."""
        return f"{self.since} to {self.until}"


def keep(store: Store, found: Learned) -> None:
    """Remember what was learned in place of what was learned before."""
    with store.transaction() as conn:
        set_meta(conn, _KEY, asdict(found))


def learned(store: Store) -> Learned | None:
    """Return what was learned last, None when nothing was."""
    kept = store.meta(_KEY)
    return kept and Learned(kept["since"], kept["until"], tuple(Cell(*cell) for cell in kept["cells"]))
