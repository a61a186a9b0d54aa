"""The watch: what it is told live is what an ingest would have been told, and it outlives its feeds."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipelines.config import Settings
from pipelines.engine import Totals
from pipelines.errors import StoreError
from pipelines.feeds.live import now_us
from pipelines.run import ingest
from pipelines.stale import problems
from pipelines.store import alerts, rejects
from pipelines.store.state import open_store
from pipelines.watch import Status, watch
from tests.pipelines.stores import count, told
from tests.scenarios import BEACON, shared_scenario
from vessels.encode import sentences

SETTINGS = Settings()
DEADLINE_S = 60


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return sentences(shared_scenario().reports, station="VOISIM1")


@pytest.fixture
def feed(tmp_path: Path, lines: list[bytes]) -> Path:
    path = tmp_path / "feed.nmea"
    path.write_bytes(b"".join(lines))
    return path


def _watched(root: Path, *urls: str, until: Callable[[Status], bool] = lambda _: False, **more: Any) -> Totals:
    """Watch until a condition holds, the feeds end, or the deadline passes, which fails."""
    stop, deadline = threading.Event(), time.monotonic() + DEADLINE_S

    def report(status: Status) -> None:
        if until(status) or time.monotonic() > deadline:
            stop.set()

    totals = watch(root, urls, settings=SETTINGS, stop=stop, report=report, **more)
    assert time.monotonic() < deadline
    return totals


@contextmanager
def _peer(*connections: bytes) -> Iterator[str]:
    """Serve what each connection in turn is to hear, then fall silent; give the URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def serve() -> None:
            for content in connections:
                connection, _ = server.accept()
                with connection:
                    connection.sendall(content)
                    if content is connections[-1]:
                        done.wait(DEADLINE_S)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            thread.join(DEADLINE_S)


@pytest.mark.parametrize("speed", [None, 1e6])
def test_a_file_that_is_watched_tells_what_an_ingest_tells(tmp_path: Path, feed: Path, speed: float | None) -> None:
    totals = _watched(tmp_path / "watched", str(feed), speed=speed)
    ingest(tmp_path / "ingested", [str(feed)], settings=SETTINGS)
    assert totals.rows == len(shared_scenario().reports)
    assert told(tmp_path / "watched") == told(tmp_path / "ingested")


def test_a_watch_goes_on_in_a_file_where_it_was_stopped(tmp_path: Path, feed: Path, lines: list[bytes]) -> None:
    growing = tmp_path / "growing.nmea"
    growing.write_bytes(b"".join(lines[: len(lines) // 2]) + lines[len(lines) // 2][:20])
    _watched(tmp_path / "store", f"follow:{growing}", until=lambda status: status.messages >= len(lines) // 3)
    growing.write_bytes(feed.read_bytes())
    _watched(tmp_path / "store", f"follow:{growing}", until=lambda status: status.messages >= len(lines) // 3)
    assert count(tmp_path / "store") == len(shared_scenario().reports)


def test_what_a_watch_refuses_is_kept_once_also_when_it_goes_on(tmp_path: Path, lines: list[bytes]) -> None:
    half = len(lines) // 2
    first = b"".join([*lines[:half], b"!AIVDM,1,1,,A,\xff\x1b,0*00\n"])
    growing = tmp_path / "growing.nmea"
    growing.write_bytes(first + lines[half][:30])
    _watched(tmp_path / "store", str(growing))
    growing.write_bytes(first + b"".join(lines[half:]))
    _watched(tmp_path / "store", str(growing))
    with open_store(tmp_path / "store", create=False) as store:
        (row,) = rejects.every(store)
    assert (row["source"], row["offset"], row["number"]) == (str(growing), len(b"".join(lines[:half])), 1)
    assert row["line"] == "!AIVDM,1,1,,A,\\xff\\x1b,0*00"


@pytest.mark.live
def test_a_connection_that_breaks_in_a_line_is_opened_again_and_a_replay_doubles_nothing(
    tmp_path: Path, lines: list[bytes]
) -> None:
    content, cut = b"".join(lines), len(b"".join(lines[: len(lines) // 2])) + 30
    with _peer(content[:cut], content[cut - 8000 :]) as url:
        _watched(tmp_path / "store", url, until=lambda _: _heard(tmp_path / "store") == len(lines))
    assert count(tmp_path / "store") == len(shared_scenario().reports)


def _heard(root: Path) -> int:
    return count(root) if (root / "state.sqlite").exists() else 0


@pytest.mark.live
def test_distress_is_an_alert_before_its_rows_are_in_order(tmp_path: Path) -> None:
    reports = shared_scenario().reports
    of_beacon = [at for at, mmsi in enumerate(reports["mmsi"].to_pylist()) if mmsi == BEACON]
    first = sentences(reports.take(of_beacon[:1]), station="VOISIM1")

    def raised(_: Status) -> bool:
        with open_store(tmp_path / "store", create=False) as store:
            return any(alert["class"] == "distress" for alert in alerts.every(store)) and not store.rows(
                "SELECT mmsi FROM latest"
            )

    with _peer(b"".join(first)) as url:
        _watched(tmp_path / "store", url, until=raised)


@pytest.mark.live
def test_a_feed_that_falls_silent_is_an_alert_and_the_store_says_so(tmp_path: Path, lines: list[bytes]) -> None:
    def told(_: Status) -> bool:
        with open_store(tmp_path / "store", create=False) as store:
            raised = any(alert["rule"] == "feed-stale" for alert in alerts.every(store))
            return raised and bool(problems(store, now_us()))

    with _peer(b"".join(lines[:20])) as url:
        _watched(tmp_path / "store", f"{url}?idle=0.5", until=told)


def test_a_second_watch_of_one_store_is_refused(tmp_path: Path, feed: Path) -> None:
    with open_store(tmp_path / "store", create=True) as store, store.writing(), pytest.raises(StoreError):
        _watched(tmp_path / "store", str(feed))
