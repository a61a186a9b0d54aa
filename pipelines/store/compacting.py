"""Compaction beside a running watch: a thread writes, and the watch itself swaps in what is written.

Sorting a day takes seconds, and a beacon must not wait for them.
"""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from pipelines.store.compact import Due, due, swap, sweep, write
from pipelines.store.segments import Segment
from pipelines.store.state import Store


class Compacting:
    """What is being compacted. All but the writing happens in the thread that calls, which holds `store.writing()`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="compact")
        self._pending: deque[tuple[Due, Future[Segment | None]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave what is not swapped in: nobody lists it, and the next compaction writes over it."""
        self._thread.shutdown(cancel_futures=True)

    def begin(self) -> None:
        """Start to compact every day that is over."""
        self._pending += ((each, self._thread.submit(write, self._store, each)) for each in due(self._store))

    def look(self, now: int, *, wait: bool = False) -> None:
        """Swap in what is written, or wait for all; `now` (µs UTC) as in `compact`. Raises what the writing raised."""
        before = len(self._pending)
        while self._pending and (wait or self._pending[0][1].done()):
            each, written = self._pending.popleft()
            swap(self._store, each, written.result(), now=now)
        if before and not self._pending:
            sweep(self._store, now=now)
