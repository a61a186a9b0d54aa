"""The watch under load: 20,000 sentences a second over TCP, with the command line at work beside it.

The short form proves that nothing is dropped or doubled. The long one (`make soak`) takes ten minutes, prints what it
measured in a table, and holds it to the bounds that the product promises.
"""

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from pipelines.config import Settings
from pipelines.engine import Engine
from pipelines.feeds.live import now_us
from pipelines.run import ingest
from pipelines.sequencer import Sequencer
from pipelines.store import resume
from pipelines.store.state import open_store
from pipelines.watch import Status, _Watch, watch
from tests.pipelines.peers import serving
from tests.pipelines.processes import REPOSITORY

RATE: Final = 20_000  # sentences a second
TURN_S: Final = 0.05
EVERY_S: Final = 3.0  # between two rounds of commands
COMMANDS: Final = (("alerts", "list"), ("watchlist", "add", "--mmsi", "247999000", "--why", "under load"))
ALERT_S: Final = 2.0  # from the release of the deciding row
MEDIAN_S: Final = 1.0
DISTRESS_S: Final = 1.0  # from receipt
FLAT_AFTER_S: Final = 120.0
# What grows by design is what stands: alerts, and who vessels said they were, some hundred bytes each. The rest of what
# is allowed is the noise of two allocators (numpy's and Arrow's); a leak of one byte a sentence would be 10 MB.
GROWTH: Final = 0.05


@dataclass
class Measured:
    """Delays in seconds; memory as (when, in seconds; megabytes)."""

    plain: list[float] = field(default_factory=list)
    distress: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    reached: list[int] = field(default_factory=list)  # watermarks, µs UTC,
    reached_at: list[float] = field(default_factory=list)  # and when each was
    received: int = 0  # of the chunk being taken, µs UTC

    def growth(self) -> float:
        """Return by what share memory grew from the third minute to the last one."""
        times = [at - self.memory[0][0] for at, _ in self.memory]
        first = self.memory[bisect_right(times, FLAT_AFTER_S) : bisect_right(times, FLAT_AFTER_S + 60)]
        last = self.memory[bisect_right(times, times[-1] - 60) :]
        middle = [statistics.median(mb for _, mb in part) for part in (first, last)]
        return middle[1] / middle[0] - 1


def _peer(file: Path) -> AbstractContextManager[str]:
    """Send a file to whoever connects, at RATE; give the URL."""

    def serve(server: socket.socket, done: threading.Event) -> None:
        connection, _ = server.accept()
        began, sent = time.monotonic(), 0
        with connection, file.open("rb") as content:
            while lines := content.readlines(1 << 16):
                connection.sendall(b"".join(lines))
                sent += len(lines)
                while sent > (time.monotonic() - began) * RATE and not done.wait(TURN_S):
                    pass
            done.wait()

    return serving(serve)


@contextmanager
def _command_line(store: Path, codes: list[int]) -> Iterator[None]:
    """Run commands on the store again and again beside the block."""
    done = threading.Event()
    program = [sys.executable, "-c", "import sys; from pipelines.cli import main; sys.exit(main())"]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "VOI_STORE": str(store)}

    def work() -> None:
        while not done.wait(EVERY_S):
            for words in COMMANDS:
                run = subprocess.run([*program, *words], env=environment, capture_output=True, check=False)
                codes.append(run.returncode)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _under_load(folder: Path, seconds: int, codes: list[int], look: Callable[[], None] = lambda: None) -> Status:
    """Watch so many seconds of fleets; return the last status."""
    feed, sentences, stop, last = folder / "fleets.nmea", seconds * RATE, threading.Event(), []
    made = [sys.executable, "-m", "tests.pipelines.fleets", str(feed), str(sentences)]
    subprocess.run(made, cwd=REPOSITORY, check=True)

    def report(status: Status) -> None:
        look()
        last[:] = [status]
        if status.messages >= sentences:  # rejected ones are among them
            stop.set()

    with open_store(folder / "store", create=True):
        pass
    with _peer(feed) as url, _command_line(folder / "store", codes):
        watch(folder / "store", [url], settings=Settings(), stop=stop, report=report)
    return last[0]


def _known(root: Path, stored: int) -> int:
    """Return how many rows are known, from how many were stored."""
    with open_store(root, create=False) as store:
        return stored + resume.held(store).num_rows + resume.waiting(store).num_rows


def _nothing_is_lost(folder: Path, status: Status) -> None:
    """Hold what was stored against one ingest of the same file."""
    assert [health.dropped for health in status.feeds.values()] == [0]
    assert status.totals.late == 0
    whole = ingest(folder / "whole", [str(folder / "fleets.nmea")], settings=Settings())
    assert _known(folder / "store", status.totals.rows) == _known(folder / "whole", whole.rows)


@pytest.mark.live
def test_nothing_is_dropped_at_twenty_thousand_sentences_a_second(tmp_path: Path) -> None:
    codes: list[int] = []
    status = _under_load(tmp_path, 20, codes)
    assert codes
    assert set(codes) == {0}
    _nothing_is_lost(tmp_path, status)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Measured:
    """Measure what a watch in this process does."""
    seen = Measured()
    push, flush, take, hear = Sequencer.push, Engine.flush, Engine.take, _Watch._hear

    def timed_push(self, *given):
        push(self, *given)
        seen.reached.append(self._watermark.value)
        seen.reached_at.append(time.monotonic())

    def timed_flush(self, *given, **named):
        findings = flush(self, *given, **named)
        now, decided = time.monotonic(), {event.id: event.decided for event in findings.events}
        for alert in findings.alerts:
            if alert.alert_class != "distress" and alert.event_id in decided:
                seen.plain.append(now - seen.reached_at[bisect_right(seen.reached, decided[alert.event_id])])
        return findings

    def timed_take(self, *given):
        raised = take(self, *given)
        seen.distress += [(now_us() - seen.received) / 1e6] * len(raised)
        return raised

    def timed_hear(self, url, source, chunk):
        seen.received = chunk.received
        hear(self, url, source, chunk)

    for where, name, timed in (
        (Sequencer, "push", timed_push),
        (Engine, "flush", timed_flush),
        (Engine, "take", timed_take),
        (_Watch, "_hear", timed_hear),
    ):
        monkeypatch.setattr(where, name, timed)
    return seen


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_ten_minutes_at_twenty_thousand_sentences_a_second(
    tmp_path: Path, measured: Measured, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = int(os.environ.get("VOI_LOAD_S", "600"))
    status = _under_load(
        tmp_path, seconds, measured.codes, lambda: measured.memory.append((time.monotonic(), _memory_mb()))
    )
    with capsys.disabled():
        print(_table(measured, status))  # noqa: T201 - the long form reports
    assert set(measured.codes) == {0}
    assert max(measured.plain) <= ALERT_S
    assert statistics.median(measured.plain) < MEDIAN_S
    assert max(measured.distress) <= DISTRESS_S
    assert measured.growth() <= GROWTH
    _nothing_is_lost(tmp_path, status)


def _table(measured: Measured, status: Status) -> str:
    took = measured.memory[-1][0] - measured.memory[0][0]
    rows = [
        ("", "number", "median", "largest", "allowed"),
        ("plain alerts, s after release", *_delays(measured.plain), f"{MEDIAN_S:g}, {ALERT_S:g}"),
        ("distress, s after receipt", *_delays(measured.distress), f"{DISTRESS_S:g}"),
        ("sentences a second", f"{status.messages:,}", f"{status.messages / took:,.0f}", "", ""),
        ("memory, MB", "", *_memory(measured.memory), f"{GROWTH:+.0%}"),
        ("growth after two minutes", "", f"{measured.growth():+.1%}", "", f"{GROWTH:+.0%}"),
        ("commands beside it", str(len(measured.codes)), "", "", ""),
    ]
    return "\n" + "\n".join(
        "".join(f"{cell:<32}" if at == 0 else f"{cell:>12}" for at, cell in enumerate(row)) for row in rows
    )


def _delays(delays: list[float]) -> tuple[str, str, str]:
    return f"{len(delays):,}", f"{statistics.median(delays):.2f}", f"{max(delays):.2f}"


def _memory(samples: list[tuple[float, float]]) -> tuple[str, str]:
    values = [mb for _, mb in samples]
    return f"{statistics.median(values):,.0f}", f"{max(values):,.0f}"
