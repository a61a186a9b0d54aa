"""Gathers single messages, so that tables are built of many: nothing waits longer than a tenth of a second."""

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

BATCH: Final = 500  # messages; chosen
BATCH_S: Final = 0.1  # chosen: distress has a second from receipt to alert

Item = TypeVar("Item")


class Batch(Generic[Item]):
    """Gives `take` the items in order, many at once."""

    def __init__(self, take: Callable[[list[Item]], None]) -> None:
        self._take = take
        self._items: list[Item] = []
        self._since = 0.0

    def add(self, item: Item) -> None:
        """Put an item to the others."""
        if not self._items:
            self._since = time.monotonic()
        self._items.append(item)
        if len(self._items) >= BATCH:
            self.flush()

    def turn(self) -> None:
        """Flush if the oldest has waited long enough; call this every `BATCH_S` or so."""
        if self._items and time.monotonic() - self._since >= BATCH_S:
            self.flush()

    def flush(self) -> None:
        """Give away what is there."""
        items, self._items = self._items, []
        if items:
            self._take(items)
