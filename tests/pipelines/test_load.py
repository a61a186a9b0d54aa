"""The watch under load: 20,000 sentences a second over TCP, with the command line at work beside it.

The short form proves that nothing is dropped or doubled. The long one (`make soak`) takes ten minutes and prints
what it measured: delays of alerts, delay of distress, memory.
"""

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipelines.config import Settings
from pipelines.engine import Engine
from pipelines.simulate import simulate
from pipelines.store import resume
from pipelines.store.state import open_store
from pipelines.watch import Status, watch

REPOSITORY = Path(__file__).resolve().parents[2]
RATE = 20_000  # sentences a second, both feeds together
A_DAY = 182_000  # sentences of a simulated day
TURN_S = 0.05
COMMANDS = (("alerts", "list"), ("watchlist", "add", "--mmsi", "247999000", "--why", "under load"))


@dataclass
class Measured:
    """What the long form tells. Seconds and megabytes."""

    flushes: list[float] = field(default_factory=list)
    distress: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)


@contextmanager
def _peers(files: list[Path], rate: float) -> Iterator[list[str]]:
    """Send each file to whoever connects, so many lines a second over all of them; give the URLs."""
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in files]
    done = threading.Event()

    def serve(server: socket.socket, path: Path) -> None:
        connection, _ = server.accept()
        began, sent = time.monotonic(), 0
        with connection, path.open("rb") as file:
            while lines := file.readlines(1 << 16):
                connection.sendall(b"".join(lines))
                sent += len(lines)
                while sent > (time.monotonic() - began) * rate / len(files) and not done.wait(TURN_S):
                    pass
            done.wait()

    threads = [threading.Thread(target=serve, args=pair, daemon=True) for pair in zip(servers, files, strict=True)]
    for thread in threads:
        thread.start()
    try:
        yield [f"tcp://127.0.0.1:{server.getsockname()[1]}" for server in servers]
    finally:
        done.set()
        for server in servers:
            server.close()


@contextmanager
def _command_line(store: Path, every_s: float) -> Iterator[list[int]]:
    """Run commands on the store again and again beside the block; give their exit codes."""
    codes: list[int] = []
    done = threading.Event()
    program = [sys.executable, "-c", "import sys; from pipelines.cli import main; sys.exit(main())"]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "VOI_STORE": str(store)}

    def work() -> None:
        while not done.wait(every_s):
            for words in COMMANDS:
                run = subprocess.run([*program, *words], env=environment, capture_output=True, check=False)
                codes.append(run.returncode)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield codes
    finally:
        done.set()
        thread.join()


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _under_load(tmp_path: Path, days: int, look: Callable[[Status], None]) -> tuple[Status, int, list[int]]:
    """Watch so many simulated days; return the last status, how many rows are known, and the commands' exit codes."""
    files = [tmp_path / "sea" / name for name in ("west.nmea", "east.nmea")]
    said = simulate(tmp_path / "sea", days=days)
    stop, last = threading.Event(), []

    def report(status: Status) -> None:
        look(status)
        last[:] = [status]
        if status.messages + status.rejects >= said.sentences:
            stop.set()

    with open_store(tmp_path / "store", create=True):
        pass
    with _peers(files, RATE) as urls, _command_line(tmp_path / "store", 3.0) as codes:
        watch(tmp_path / "store", urls, settings=Settings(), stop=stop, report=report)
    with open_store(tmp_path / "store", create=False) as store:
        stored = store.rows("SELECT sum(rows) AS rows FROM segments WHERE dataset <> 'events'")[0]["rows"]
        return last[0], stored + resume.held(store).num_rows, codes


@pytest.mark.live
def test_nothing_is_dropped_at_twenty_thousand_sentences_a_second(tmp_path: Path) -> None:
    status, known, codes = _under_load(tmp_path, 1, lambda _: None)
    assert [health.dropped for health in status.feeds.values()] == [0, 0]
    assert known > A_DAY / 2
    assert codes
    assert set(codes) == {0}


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_ten_minutes_at_twenty_thousand_sentences_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured, began, flush, take = Measured(), time.monotonic(), Engine.flush, Engine.take

    def timed_flush(self, *given, **named):
        before = time.monotonic()
        findings = flush(self, *given, **named)
        if findings.alerts:
            measured.flushes.append(time.monotonic() - before)
        return findings

    def timed_take(self, *given):
        before = time.monotonic()
        raised = take(self, *given)
        if raised:
            measured.distress.append(time.monotonic() - before)
        return raised

    monkeypatch.setattr(Engine, "flush", timed_flush)
    monkeypatch.setattr(Engine, "take", timed_take)

    def look(_: Status) -> None:
        measured.memory.append((time.monotonic() - began, _memory_mb()))

    days = RATE * 600 // A_DAY
    status, known, codes = _under_load(tmp_path, days, look)
    elapsed = time.monotonic() - began
    early = max(mb for at, mb in measured.memory if at < elapsed / 4)
    print(  # noqa: T201 - the long form reports
        f"\n{status.messages:,} sentences in {elapsed:,.0f} s, {known:,} rows known; "
        f"flushes with alerts: median {statistics.median(measured.flushes):.2f} s, max {max(measured.flushes):.2f} s; "
        f"distress raised in at most {max(measured.distress):.2f} s; "
        f"memory {early:,.0f} MB in the first quarter, {measured.memory[-1][1]:,.0f} MB at the end; "
        f"{len(codes)} commands beside it"
    )
    assert [health.dropped for health in status.feeds.values()] == [0, 0]
    assert set(codes) == {0}
