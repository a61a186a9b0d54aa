"""`voi watch`: live feeds for ever, in one process; distress within a second, everything else behind the watermark.

Every feed has a thread and a bounded queue; this loop takes what came, decodes it, and flushes when 5,000 rows have
gathered or two seconds have passed. What a flush commits stays; a kill loses at most what came since, and a source that
can be asked again (a file) is asked again.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipelines.config import Settings
from pipelines.engine import Engine, Totals
from pipelines.feeds import open_live
from pipelines.feeds.live import Chunk, Health, LiveFeed, Outlet, Sentences
from pipelines.feeds.replay import ReplayFeed
from pipelines.feeds.supervise import Supervisor, World
from pipelines.inputs import Cursor, Part
from pipelines.knowledge import Knowledge
from pipelines.raw.archive import RawArchive
from pipelines.sequencer import Released
from pipelines.stale import Stale
from pipelines.store import resume, retention
from pipelines.store.compacting import Compacting
from pipelines.store.state import Store, open_store
from vessels.decode import Decoder

FLUSH_ROWS: Final = 5_000  # engine.md section 1, rule 3
FLUSH_S: Final = 2.0  # s; the same
SETTLE_S: Final = 30.0  # s, chosen: late rows come in bursts, and a re-fold reads whole tracks
TURN_S: Final = 0.1  # s, chosen: how long the loop waits for a chunk before it looks at the clock
STALL_US: Final = 600_000_000  # CONTRACT, "Watermark": a source 10 min behind the newest holds nothing back
JOIN_S: Final = 5.0  # s, chosen: how long a feed may take to stop
SECOND_US: Final = 1_000_000
DAY_US: Final = 86_400 * SECOND_US


@dataclass(frozen=True, slots=True)
class Status:
    """How the watch is doing; times are microseconds UTC, `now` that of the clock on the wall."""

    now: int
    feeds: dict[str, Health]
    messages: int  # since the start
    rejects: int
    waiting: int  # rows held or not yet flushed
    watermark: int | None
    totals: Totals
    unarchived: tuple[int, str | None] = 0, None  # sentences that the archive lost, and why it cannot write now


Report = Callable[[Status], None]


def watch(
    root: Path,
    urls: Sequence[str],
    *,
    settings: Settings,
    stop: threading.Event,
    speed: float | None = None,
    report: Report = lambda _: None,
    world: World | None = None,
) -> Totals:
    """Listen to feeds until `stop` is set or all of them are at their end; return what was found.

    With `speed`, sources are files replayed in event time, so many seconds of it in one.
    """
    knowledge = Knowledge.of(settings, root)
    totals = Totals()
    world = world or World()
    with open_store(root, create=True) as store, store.writing(), _archive(settings, world) as archive:
        feeds = _opened(urls, resume.cursors(store)) if speed is None else _replayed(urls, speed)
        engine = Engine(store, knowledge, totals, stall_us=STALL_US)
        with Compacting(store) as compacting:
            watch_ = _Watch(engine, store, feeds, archive, compacting, settings=settings, stop=stop, world=world)
            watch_.run(report)
    return totals


def _archive(settings: Settings, world: World) -> AbstractContextManager[RawArchive | None]:
    return closing(RawArchive(settings.archive, world.now())) if settings.archive else nullcontext()


def _opened(urls: Sequence[str], cursors: dict[str, dict[str, Any]]) -> dict[str, tuple[LiveFeed, Cursor | None]]:
    """Return the feed of every URL, where it was left."""
    found: dict[str, tuple[LiveFeed, Cursor | None]] = {}
    for url in dict.fromkeys(urls):
        cursor = cursors.get(url)
        found[url] = open_live(url, cursor["offset"] if cursor else 0), cursor
    return found


def _replayed(urls: Sequence[str], speed: float) -> dict[str, tuple[LiveFeed, Cursor | None]]:
    return {url: (ReplayFeed(url, speed), None) for url in dict.fromkeys(urls)}


@dataclass(slots=True)
class _Source:
    """One feed with its queue, its thread, and a decoder for each of its senders."""

    feed: LiveFeed
    outlet: Outlet
    supervisor: Supervisor
    decoders: dict[str, Decoder] = field(default_factory=dict)
    cursor: Cursor | None = None
    ended: bool = False
    heard: int = 0  # what was received up to then was taken, µs UTC


class _Watch:
    """The loop, its sources and its clocks."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        feeds: dict[str, tuple[LiveFeed, Cursor | None]],
        archive: RawArchive | None,
        compacting: Compacting,
        *,
        settings: Settings,
        stop: threading.Event,
        world: World,
    ) -> None:
        self._engine = engine
        self._archive = archive
        self._compacting = compacting
        self._settings = settings
        self._stop = stop
        self._halt = threading.Event()  # tells the feeds to return
        self._bell = threading.Event()
        self._world = world
        self._store = store
        self._stale = Stale(store)
        self._messages = self._rejects = self._gathered = 0
        self._flushed = self._settled = world.clock()
        self._day = engine.sequencer.watermark // DAY_US
        self._sources: dict[str, _Source] = {}
        for url, (feed, cursor) in feeds.items():
            outlet = Outlet(self._halt, can_wait=feed.can_wait, bell=self._bell)
            source = _Source(feed, outlet, Supervisor(feed, outlet, self._halt, world), cursor=cursor)
            if cursor:
                source.decoders[feed.name] = _decoder(feed.name, state=cursor["decoder"])
                engine.rejects.go_back(url, cursor["rejects"])
            self._sources[url] = source
            engine.sequencer.open(url, settings.disorder_s * SECOND_US)

    def run(self, report: Report) -> None:
        """Start the feeds, loop, and stop them; commit what they gave."""
        self._stale.begin(self.status().feeds, self._world.now())
        for source in self._sources.values():
            source.supervisor.start()
        try:
            while not self._stop.is_set() and not all(source.ended for source in self._sources.values()):
                self._bell.wait(TURN_S)
                self._bell.clear()
                self._turn()
                report(self.status())
        finally:
            self._close()
        report(self.status())

    def status(self) -> Status:
        """Return how the watch is doing."""
        return Status(
            now=self._world.now(),
            feeds={url: source.supervisor.health() for url, source in self._sources.items()},
            messages=self._messages,
            rejects=self._rejects,
            waiting=self._engine.sequencer.unreleased,
            watermark=self._engine.sequencer.watermark,
            totals=self._engine.totals,
            unarchived=(self._archive.lost, self._archive.error) if self._archive else (0, None),
        )

    def _turn(self) -> None:
        """Take what came; flush and settle when it is time."""
        for url, source in self._sources.items():
            self._take(url, source)
        now = self._world.clock()
        if self._gathered >= FLUSH_ROWS or now - self._flushed >= FLUSH_S:
            self._flush(self._engine.sequencer.release())
            self._flushed = now
            self._settle(now)

    def _settle(self, now: float) -> None:
        """Reconcile and care for the store when it is time; only after a flush is all that was taken in the store."""
        if now - self._settled >= SETTLE_S:
            self._engine.settle()
            self._compacting.look(self._world.now())
            self._care()
            self._settled = now

    def _care(self) -> None:
        """When a day is over, drop what is too old to be kept, and put the segments of each other day together."""
        watermark = self._engine.sequencer.watermark
        if (day := watermark // DAY_US) == self._day:
            return
        self._day = day
        self._compacting.look(self._world.now(), wait=True)  # two must not write the same files
        if (keep_days := self._settings.keep_days) is not None:
            planned = retention.plan(self._store, keep_days=keep_days, class_b_days=self._settings.class_b_days)
            retention.run(self._store, planned, now=self._world.now())
        self._compacting.begin()

    def _take(self, url: str, source: _Source) -> None:
        ending = source.supervisor.health().state == "ended"  # asked first: after that nothing more is put
        source.heard = self._world.now()
        while chunks := source.outlet.take(FLUSH_ROWS):
            source.heard = chunks[-1].received
            for chunk in chunks:
                self._hear(url, source, chunk)
            if not ending:
                break
        if ending and not source.ended:
            source.ended = True
            self._engine.sequencer.close(url)

    def _hear(self, url: str, source: _Source, chunk: Chunk) -> None:
        if not isinstance(chunk, Sentences):
            self._engine.take(url, chunk.table)
            self._count(chunk.rows, 0)
            return
        if self._archive and chunk.offset is None:  # what comes from a file lies there already
            self._archive.hear(url, chunk)
        decoder = self._decoder(url, source, chunk)
        before = decoder.counts.sentences, sum(decoder.counts.rejects.values())
        part = Part.of(decoder.feed(chunk.data, last=chunk.last, received=chunk.received))
        self._engine.take(url, part.reports)
        self._engine.note(url, chunk.source, part)
        self._count(decoder.counts.sentences - before[0], sum(decoder.counts.rejects.values()) - before[1])
        if chunk.offset is not None and not chunk.last:
            source.cursor = self._cursor(url, decoder)
        if chunk.last:
            del source.decoders[chunk.source]

    def _decoder(self, url: str, source: _Source, chunk: Sentences) -> Decoder:
        """Return the decoder of a chunk's sender, a new one where none is at it."""
        if chunk.source not in source.decoders:
            source.decoders[chunk.source] = _decoder(chunk.source, live=chunk.offset is None)
            if chunk.offset == 0:  # a file from its beginning: its rejects come again, or it is another one
                self._engine.rejects.go_back(url, {})
        return source.decoders[chunk.source]

    def _cursor(self, url: str, decoder: Decoder) -> Cursor:
        """Return how far a file was read: it is known by its URL, not by its content."""
        state, rejects = decoder.state(), self._engine.rejects.counts(url)
        known = {"file": url, "source": url, "manner": "", "sha256": ""}
        return {**known, "offset": state["offset"], "decoder": state, "rejects": rejects}

    def _count(self, messages: int, rejects: int) -> None:
        self._messages += messages
        self._rejects += rejects
        self._gathered += messages

    def _flush(self, released: Released) -> None:
        if self._archive:  # first: what is in the store is in the archive too
            self._archive.flush()
        cursors = [source.cursor for source in self._sources.values() if source.cursor]
        health = {url: source.supervisor.health() for url, source in self._sources.items()}
        heard = {url: source.heard for url, source in self._sources.items()}
        self._engine.flush(released, cursors, notes=self._stale.look(health, heard, self._world.now()))
        self._gathered = 0

    def _close(self) -> None:
        """Stop the feeds, take what they still had, and commit it; the end of all input releases what was held."""
        self._halt.set()
        for source in self._sources.values():
            source.supervisor.join(JOIN_S)
        for url, source in self._sources.items():
            self._take(url, source)
        if all(source.ended for source in self._sources.values()) and not self._stop.is_set():
            self._flush(self._engine.sequencer.finish())
        else:
            self._flush(self._engine.sequencer.release())
        self._engine.settle()
        self._compacting.look(self._world.now(), wait=True)


def _decoder(source: str, *, live: bool = False, state: Any = None) -> Decoder:
    return Decoder(source, source, receive=live, state=state)
