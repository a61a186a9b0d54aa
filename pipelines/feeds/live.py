"""Live feeds: what a source that never ends hands over, and the bounded queue it hands it to.

A feed runs in a thread of its own (`supervise`) and puts chunks into its outlet; the watcher takes them out. Where the
source can wait (TCP, a file), a full outlet makes it wait; where it cannot (UDP, a broker), the oldest chunks go and
are counted.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol

import pyarrow as pa

from pipelines.errors import FeedError

QUEUE_ROWS: Final = 200_000  # chosen: 10 s of the fastest feed we promise to follow (20,000 sentences a second)
QUEUE_BYTES: Final = 1 << 25  # 32 MiB, chosen: 160 bytes a row; what has no line ends fills it too
JOIN_US: Final = 100_000  # chosen: sentences received within 0.1 s are decoded together
GARBAGE: Final = 100  # chosen: so many lines in a row without a sentence, and what comes is no AIS
TURN_S: Final = 0.2  # s; chosen: how soon a feed sees that it shall stop

State = Literal["waiting", "live", "silent", "garbage", "dropping", "down", "ended"]
"""What a feed is doing: open and nothing heard yet; messages come; none for the idle time; what comes is no AIS; more
comes than is taken, and some was dropped during the last minute; not connected, to be tried again; at its end."""


class RefusedError(FeedError):
    """The other side knows us and says no: trying again soon would not help."""


class BrokenError(FeedError):
    """The source cannot be read on, and trying again would give the same."""


class Stop(Protocol):
    """Tells a feed to return; a `threading.Event` is one."""

    def is_set(self) -> bool:
        """Return whether to return now."""

    def wait(self, timeout: float) -> bool:
        """Wait so many seconds or until it is set; return whether it is."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """Bytes of NMEA, cut anywhere, received at `received` (µs UTC).

    `source` is the feed's name, or `name#sender` where a feed hears several: the bytes of one source follow each
    other, those of two are never to be joined. After `last` no more comes of this connection: what is unfinished stays
    so. `offset`: where in a file the bytes begin, null elsewhere.
    """

    data: bytes
    received: int
    source: str
    last: bool = False
    offset: int | None = None

    @property
    def rows(self) -> int:
        """Return how many lines it counts for."""
        return self.data.count(b"\n")

    @property
    def nbytes(self) -> int:
        """Return how many bytes it holds."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class Reports:
    """Messages that came decoded, as a REPORT table, received at `received` (µs UTC)."""

    table: pa.Table
    received: int
    source: str

    @property
    def rows(self) -> int:
        """Return how many messages it holds."""
        return int(self.table.num_rows)

    @property
    def nbytes(self) -> int:
        """Return how many bytes it holds."""
        return int(self.table.nbytes)


Chunk = Sentences | Reports


@dataclass(frozen=True, slots=True)
class Health:
    """How a feed is doing. Times are microseconds UTC; `error` is the last one, also after it has passed."""

    state: State
    since: int
    last_message: int | None
    reconnects: int
    dropped: int  # lines and messages that were dropped because nobody took them in time
    rejects: Mapping[str, int]  # what the feed itself refused, by reason
    error: str | None


class LiveFeed(Protocol):
    """A source that is listened to.

    After `idle_s` without a byte it counts as silent and, where `reopens` is set, as dead: it is opened anew.
    """

    name: str
    can_wait: bool
    idle_s: float
    reopens: bool

    def run(self, outlet: "Outlet", stop: Stop) -> None:
        """Listen until `stop` is set or the source has nothing more to give, ever; then return.

        Raises `FeedError` where the connection is lost or cannot be had.
        """


class Outlet:
    """A bounded queue from one feed to the watcher, counted in rows and bytes.

    `bell` is rung at every chunk: one bell for all outlets lets the watcher wait for any. `clock` gives seconds.
    """

    def __init__(
        self,
        stop: Stop,
        *,
        can_wait: bool,
        bell: threading.Event | None = None,
        rows: int = QUEUE_ROWS,
        clock: "Clock" = time.monotonic,
    ) -> None:
        self.dropped = 0
        self.dropped_at: float | None = None
        self.heard_at: float | None = None  # when anything came
        self.last_message: int | None = None  # when something came that looks like AIS, µs UTC
        self.bell = bell or threading.Event()
        self._stop = stop
        self._can_wait = can_wait
        self._limit = rows
        self._clock = clock
        self._queue: deque[Chunk] = deque()
        self._rows = 0
        self._bytes = 0
        self._strange = 0  # lines in a row that were no AIS
        self._rejects: Counter[str] = Counter()
        self._broken: set[str] = set()  # sources of which something was dropped
        self._changed = threading.Condition()

    @property
    def rejects(self) -> dict[str, int]:
        """Return what the feed refused, by reason."""
        with self._changed:
            return dict(self._rejects)

    @property
    def garbage(self) -> bool:
        """Return whether what comes is no AIS."""
        return self._strange >= GARBAGE

    def put(self, chunk: Chunk) -> None:
        """Hand over a chunk: wait for room, or make some. After `stop` there is always room, so that nothing is lost.

        A chunk larger than the queue is taken when the queue is empty.
        """
        with self._changed:
            while self._queue and self._full(chunk) and not self._stop.is_set():
                if self._can_wait:
                    self._changed.wait(TURN_S)
                else:
                    self._drop()
            self._queue.append(chunk)
            self._count(chunk, 1)
            self._judge(chunk)
        self.bell.set()

    def refuse(self, reason: str, count: int = 1) -> None:
        """Count something that came and is not taken."""
        with self._changed:
            self._rejects[reason] += count
            self._strange += count
            self.heard_at = self._clock()

    def take(self, rows: int = QUEUE_ROWS) -> list[Chunk]:
        """Return the oldest chunks, up to about so many rows, without waiting; neighbours of one source joined."""
        taken: list[Chunk] = []
        count = 0
        with self._changed:
            while self._queue and count < rows:
                chunk = self._queue.popleft()
                self._count(chunk, -1)
                count += chunk.rows
                taken += [*self._mended(chunk), chunk]
            self._changed.notify_all()
        return _joined(taken)

    def _full(self, chunk: Chunk) -> bool:
        return self._rows + chunk.rows > self._limit or self._bytes + chunk.nbytes > QUEUE_BYTES

    def _count(self, chunk: Chunk, sign: int) -> None:
        self._rows += sign * chunk.rows
        self._bytes += sign * chunk.nbytes

    def _drop(self) -> None:
        chunk = self._queue.popleft()
        self._count(chunk, -1)
        self.dropped += chunk.rows
        self.dropped_at = self._clock()
        self._broken.add(chunk.source)

    def _mended(self, chunk: Chunk) -> list[Chunk]:
        """Return what must stand before a chunk: where something was dropped, the ends are not to be joined."""
        if chunk.source not in self._broken or isinstance(chunk, Reports):
            return []
        self._broken.discard(chunk.source)
        return [Sentences(b"", chunk.received, chunk.source, last=True)]

    def _judge(self, chunk: Chunk) -> None:
        """Note when it came, and whether it looks like AIS."""
        self.heard_at = self._clock() if chunk.nbytes else self.heard_at
        if chunk.rows and (isinstance(chunk, Reports) or b"VDM," in chunk.data or b"VDO," in chunk.data):
            self.last_message = chunk.received
            self._strange = 0
        elif isinstance(chunk, Sentences):
            self._strange += chunk.rows + len(chunk.data) // LINE_BYTES


LINE_BYTES: Final = 4096  # what has no line ends counts as a line for so many bytes: the longest the decoder takes


class Clock(Protocol):
    """A clock that never goes back."""

    def __call__(self) -> float:
        """Return seconds."""


def now_us() -> int:
    """Return the time of receipt, microseconds UTC."""
    return time.time_ns() // 1000


def _joined(chunks: list[Chunk]) -> list[Chunk]:
    """Return the chunks with the sentences of one source, received within 0.1 s, in one."""
    runs: list[list[Chunk]] = []
    for chunk in chunks:
        if runs and _continues(runs[-1][0], runs[-1][-1], chunk):
            runs[-1].append(chunk)
        else:
            runs.append([chunk])
    return [_one(run) for run in runs]


def _continues(first: Chunk, before: Chunk, chunk: Chunk) -> bool:
    if isinstance(first, Reports) or isinstance(before, Reports) or isinstance(chunk, Reports) or before.last:
        return False
    return chunk.source == first.source and chunk.received - first.received <= JOIN_US


def _one(run: list[Chunk]) -> Chunk:
    first, last = run[0], run[-1]
    if isinstance(first, Reports) or isinstance(last, Reports) or len(run) == 1:
        return first
    data = b"".join(chunk.data for chunk in run if isinstance(chunk, Sentences))
    return replace(first, data=data, last=last.last)
