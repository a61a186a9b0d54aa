"""The watch: what it is told live is what an ingest would have been told, and it outlives its feeds."""

import itertools
import socket
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.config import Settings
from pipelines.copies import total_order
from pipelines.engine import Totals
from pipelines.errors import StoreError
from pipelines.feeds.live import now_us
from pipelines.feeds.supervise import World
from pipelines.raw import manifest
from pipelines.run import ingest
from pipelines.simulate.sea import Ship
from pipelines.stale import problems
from pipelines.store import alerts, rejects, resume
from pipelines.store.read import reports_of
from pipelines.store.state import Store, open_store
from pipelines.watch import DAY_US, SETTLE_S, Status, watch
from tests.pipelines.peers import serving
from tests.pipelines.stores import count, told
from tests.scenarios import BEACON, LOITERER, START, rows, shared_scenario
from vessels.encode import sentences
from vessels.report import REPORT

SETTINGS = Settings()
DEADLINE_S = 60
YACHT = 247_100_108


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return sentences(shared_scenario().reports, station="VOISIM1")


@pytest.fixture
def feed(tmp_path: Path, lines: list[bytes]) -> Path:
    path = tmp_path / "feed.nmea"
    path.write_bytes(b"".join(lines))
    return path


def _watched(
    root: Path,
    *urls: str,
    until: Callable[[Status], bool] = lambda _: False,
    settings: Settings = SETTINGS,
    **more: Any,
) -> Totals:
    """Watch until a condition holds, the feeds end, or the deadline passes, which fails."""
    stop, deadline = threading.Event(), time.monotonic() + DEADLINE_S

    def report(status: Status) -> None:
        if until(status) or time.monotonic() > deadline:
            stop.set()

    totals = watch(root, urls, settings=settings, stop=stop, report=report, **more)
    assert time.monotonic() < deadline
    return totals


def _peer(*connections: bytes) -> AbstractContextManager[str]:
    """Serve what each connection in turn is to hear, then fall silent; give the URL."""

    def serve(server: socket.socket, done: threading.Event) -> None:
        for content in connections:
            connection, _ = server.accept()
            with connection:
                connection.sendall(content)
                if content is connections[-1]:
                    done.wait(DEADLINE_S)

    return serving(serve)


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
def test_distress_stands_while_its_rows_wait_to_be_put_in_order(tmp_path: Path) -> None:
    reports = shared_scenario().reports
    of_beacon = [at for at, mmsi in enumerate(reports["mmsi"].to_pylist()) if mmsi == BEACON]
    hasty = World(clock=itertools.count(0.0, SETTLE_S).__next__)
    seen: list[int] = []

    def settled(status: Status) -> bool:
        seen.append(status.totals.alerts.total())
        return seen.count(1) > 3

    with _peer(b"".join(sentences(reports.take(of_beacon[:1]), station="VOISIM1"))) as url:
        _watched(tmp_path / "store", f"{url}?idle=1e9", until=settled, world=hasty)
    with open_store(tmp_path / "store", create=False) as store:
        assert [alert["state"] for alert in alerts.every(store)] == ["open"]
        assert store.rows("SELECT mmsi FROM latest") == []


@pytest.mark.live
def test_a_feed_that_falls_silent_is_an_alert_and_the_store_says_so(tmp_path: Path, lines: list[bytes]) -> None:
    def told(_: Status) -> bool:
        with open_store(tmp_path / "store", create=False) as store:
            raised = any(alert["rule"] == "feed-stale" for alert in alerts.every(store))
            return raised and bool(problems(store, now_us()))

    with _peer(b"".join(lines[:20])) as url:
        _watched(tmp_path / "store", f"{url}?idle=0.5", until=told)


@pytest.mark.parametrize(
    ("limits", "ships", "yacht"),
    [({}, {0, 2}, {0, 2}), ({"keep_days": 3, "class_b_days": 1}, {0, 2}, {2}), ({"keep_days": 1}, {2}, {2})],
    ids=["all is kept unless told", "class B goes earlier", "whole days go"],
)
def test_days_that_are_over_are_cleared_and_put_together_and_what_was_told_stays(
    tmp_path: Path, limits: dict[str, int], ships: set[int], yacht: set[int]
) -> None:
    root, feed = tmp_path / "store", tmp_path / "days.nmea"
    sailing = Ship(mmsi=YACHT, name="SIM YACHT", transponder="B", length_m=12, beam_m=4).at(35.3, 15.2, "00:00")
    loitering = shared_scenario().reports.filter(pc.field("mmsi") == LOITERER)
    reports = pa.concat_tables([loitering, rows(sailing.sail(to=[(34.9, 16.0)], kn=6))]).sort_by("time")
    third = reports.set_column(0, "time", pc.add(reports["time"], 2 * DAY_US))
    hasty = World(clock=itertools.count(0.0, SETTLE_S).__next__)  # every look at the clock is a settling later
    raised: set[str] = set()
    for day in (reports, third):
        with feed.open("ab") as file:
            file.writelines(sentences(day, station="VOISIM1"))
        _watched(root, str(feed), settings=Settings(**limits), world=hasty)
        with open_store(root, create=False) as store:
            raised |= {alert["id"] for alert in alerts.every(store) if alert["state"] != "withdrawn"}
    with open_store(root, create=False) as store:
        assert _days(store, LOITERER) == ships
        assert _days(store, YACHT) == yacht
        paths = store.rows("SELECT path FROM segments WHERE dataset = 'positions' AND day = '2026-06-01'")
        assert len(paths) == (0 in ships)
        assert {alert["id"] for alert in alerts.every(store) if alert["state"] != "withdrawn"} >= raised
    assert raised
    assert {event.start // DAY_US for event in told(root).values()} == {START // DAY_US, START // DAY_US + 2}


def _days(store: Store, mmsi: int) -> set[int]:
    return {(time - START) // DAY_US for time in reports_of(store, [mmsi])["time"].to_pylist()}


def test_a_second_watch_of_one_store_is_refused(tmp_path: Path, feed: Path) -> None:
    with open_store(tmp_path / "store", create=True) as store, store.writing(), pytest.raises(StoreError):
        _watched(tmp_path / "store", str(feed))


@pytest.mark.live
def test_the_archive_of_a_feed_is_read_back_to_the_same_rows(tmp_path: Path, lines: list[bytes]) -> None:
    untimed = [line[line.index(b"!") :] if at % 2 else line for at, line in enumerate(lines)]  # every other by receipt
    settings = Settings(archive=tmp_path / "raw")
    with _peer(b"".join(untimed)) as url:
        until = partial(_told_all, tmp_path / "watched", len(lines))
        _watched(tmp_path / "watched", url, until=until, settings=settings)
    hours = [str(path) for path in manifest.hours(tmp_path / "raw")]
    ingest(tmp_path / "read", hours, settings=SETTINGS)
    watched, read = (_rows(tmp_path / name) for name in ("watched", "read"))
    assert len(watched) > len(lines) / 2
    assert read == watched


def _told_all(root: Path, count: int, status: Status) -> bool:
    return status.messages + status.rejects >= count and _heard(root) > 0


def _rows(root: Path) -> list[dict[str, Any]]:
    """Return every row of a store, held and unjudged ones included, but for its place in a file."""
    with open_store(root, create=False) as store:
        mmsis = [row["mmsi"] for row in store.rows("SELECT mmsi FROM latest")]
        names = [name for name in REPORT.names if name not in ("file", "offset")]
        tables = (reports_of(store, mmsis), resume.held(store), resume.waiting(store))
        return total_order(pa.concat_tables([table.select(names) for table in tables])).to_pylist()
