"""What was refused since the last flush, numbered: the newest of each source and reason, as safe text."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from pipelines.store import rejects
from pipelines.store.rejects import KEPT, Kept, Refused
from pipelines.store.state import Store
from vessels.line import Reject

_ESCAPES: Final = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0x100))}


def shown(line: bytes) -> str:
    """Return the bytes of a line as plain ASCII; what is none is written as escapes."""
    return line.rstrip(b"\r").decode("latin-1").translate(_ESCAPES)


class Rejects:
    """Numbers the rejects of every source, going on where the store stopped."""

    def __init__(self, store: Store) -> None:
        self._numbers = rejects.numbers(store)
        self._remaining: dict[str, Mapping[str, int]] = {}
        self._fresh: dict[tuple[str, str], deque[tuple[int, str, Reject]]] = {}

    def counts(self, source: str) -> dict[str, int]:
        """Return how many of each reason there were of a source."""
        return dict(self._numbers.get(source, {}))

    def go_back(self, source: str, numbers: Mapping[str, int]) -> None:
        """Forget what was refused of a source behind a place where there had been so many of each reason."""
        self._numbers[source] = dict(numbers)
        self._remaining[source] = dict(numbers)

    def add(self, source: str, file: str, refused: Iterable[Reject], counted: Mapping[str, int]) -> None:
        """Take the next rejects of a source; `counted` by reason, if more were refused than there are lines of."""
        numbers = self._numbers.setdefault(source, {})
        after = {reason: numbers.get(reason, 0) + count for reason, count in counted.items()}
        for each in refused:
            numbers[each.reason] = numbers.get(each.reason, 0) + 1
            fresh = self._fresh.setdefault((source, each.reason), deque(maxlen=KEPT))
            fresh.append((numbers[each.reason], file, each))
        numbers.update(after)

    def taken(self) -> Refused:
        """Return what is to be committed with a flush, and begin anew."""
        kept = [
            Kept(source, reason, number, file, each.offset, shown(each.line))
            for (source, reason), fresh in self._fresh.items()
            for number, file, each in fresh
        ]
        refused = Refused(self._remaining, kept)
        self._remaining, self._fresh = {}, {}
        return refused
