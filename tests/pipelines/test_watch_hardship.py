"""Feeds that fall silent, flood, send garbage, half-open, send a bomb or repeat: the watch says so and goes on."""

import errno
import gzip
import http.client
import json
import os
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from pipelines.config import Settings
from pipelines.errors import StoreError
from pipelines.feeds.live import Health
from pipelines.store import alerts, maintain, resume
from pipelines.store.read import reports_of
from pipelines.store.state import open_store
from pipelines.watch import Status, watch
from tests.pipelines.feeds.conftest import connected, free_port
from tests.pipelines.stores import count
from tests.pipelines.test_watch import SETTINGS, _peer, _watched
from tests.scenarios import shared_scenario
from vessels.encode import sentences

pytestmark = pytest.mark.live

LINES = sentences(shared_scenario().reports.slice(0, 40), station="VOISIM1")
SENTENCES = b"".join(LINES).count(b"!")
DAMAGED = b"!AIVDM,1,1,,B,16:Vk1h00g8O=vRBDhNp0nKp0000,0*41\r\n"
MESSAGE = {"class": "AIS", "type": 1, "mmsi": 230907000, "speed": 8.8, "lon": 24.915239, "lat": 60.148106}


def of(status: Status) -> Health:
    (health,) = status.feeds.values()
    return health


def stale(root: Path) -> list[str]:
    with open_store(root, create=False) as store:
        return [alert["headline"] for alert in alerts.every(store) if alert["rule"] == "feed-stale"]


def test_a_silent_feed_is_called_so_and_is_an_alert(tmp_path: Path) -> None:
    def told(status: Status) -> bool:
        return of(status).state == "silent" and len(stale(tmp_path / "s")) == 1

    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"tcp://127.0.0.1:{mute.getsockname()[1]}?idle=0.3"
        _watched(tmp_path / "s", url, until=told)
    assert "silent" in stale(tmp_path / "s")[0]


def test_a_half_open_connection_is_opened_anew_and_heard_again(tmp_path: Path) -> None:
    def told(status: Status) -> bool:
        return of(status).reconnects >= 1 and status.messages == SENTENCES and of(status).state == "live"

    seen: list[Health] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept = []

        def serve() -> None:  # the first connection stays open for ever and says no more
            for content in (LINES[:20], LINES[20:]):
                kept.append(server.accept()[0])
                kept[-1].sendall(b"".join(content))

        threading.Thread(target=serve, daemon=True).start()
        url = f"tcp://127.0.0.1:{server.getsockname()[1]}?idle=0.5"
        _watched(tmp_path / "s", url, until=lambda status: bool(seen.append(of(status))) or told(status))
        for connection in kept:
            connection.close()
    assert "silent for 0.5 s" in str(seen[-2].error)
    assert count(tmp_path / "s") == len(LINES)


def test_garbage_is_called_so_damaged_sentences_are_counted_and_both_end_with_a_good_one(tmp_path: Path) -> None:
    states: list[str] = []
    go_on = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(DAMAGED * 3 + bytes(range(256)) * 4000)
                go_on.wait(60)
                connection.sendall(b"\n" + b"".join(LINES))
                stopped.wait(60)

        stopped = threading.Event()
        threading.Thread(target=serve, daemon=True).start()

        def told(status: Status) -> bool:
            states.append(of(status).state)
            if states[-1] == "garbage" and stale(tmp_path / "s"):
                go_on.set()
            return status.rejects >= 3 and _heard(status) and states[-1] == "live" and "garbage" in states

        def _heard(status: Status) -> bool:
            return status.messages >= SENTENCES

        _watched(tmp_path / "s", f"tcp://127.0.0.1:{server.getsockname()[1]}", until=told)
        stopped.set()
    assert "is garbage" in stale(tmp_path / "s")[0]
    assert count(tmp_path / "s") == len(LINES)


def test_a_flood_that_nobody_can_take_drops_the_oldest_counts_them_and_is_heard_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.feeds.live.QUEUE_BYTES", 4 * len(LINES[0]))
    port = free_port(socket.SOCK_DGRAM)
    dropping: list[int] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:

        def told(status: Status) -> bool:
            if of(status).state == "dropping":
                dropping.append(of(status).dropped)
                sender.sendto(LINES[0], ("127.0.0.1", port))
            else:
                for line in LINES * 20:
                    sender.sendto(line, ("127.0.0.1", port))
            return bool(dropping) and status.messages > 0

        _watched(tmp_path / "s", f"udp://127.0.0.1:{port}", until=told)
    assert dropping[0] > 0
    assert count(tmp_path / "s") > 0


def test_a_bomb_that_is_posted_is_refused_and_the_next_message_is_taken(tmp_path: Path) -> None:
    port = free_port()
    bomb = gzip.compress(b"0" * (1 << 25))
    good = json.dumps(MESSAGE).encode()
    answers: list[int] = []
    posting = threading.Thread(
        target=lambda: answers.extend(_posted(port, body) for body in (bomb, gzip.compress(good)))
    )
    posting.start()
    seen: list[Health] = []

    def told(status: Status) -> bool:
        seen.append(of(status))
        return status.messages == 1

    _watched(tmp_path / "s", f"aiscatcher-http://127.0.0.1:{port}/", until=told)
    posting.join(60)
    assert answers == [413, 200]
    assert (seen[-2].state, seen[-2].rejects) == ("live", {"body too large": 1})


def _posted(port: int, body: bytes) -> int:
    with connected(port) as sock:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.sock = sock
        connection.request("POST", "/", body, {"Content-Type": "application/json", "Content-Encoding": "gzip"})
        return connection.getresponse().status


def test_a_packed_file_that_is_a_bomb_ends_the_feed_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.feeds.unpack.RATIO_FROM", 1 << 16)
    bomb = tmp_path / "bomb.nmea.gz"
    bomb.write_bytes(gzip.compress(b"".join(LINES) + b"0" * (1 << 24)))
    seen: list[Health] = []
    _watched(tmp_path / "s", str(bomb), until=lambda status: bool(seen.append(of(status))))
    assert seen[-1].state == "ended"
    assert "unpacks to more than" in str(seen[-1].error)


def test_what_a_feed_repeats_is_stored_once_and_counted(tmp_path: Path) -> None:
    few = LINES[:4]  # all within the allowed disorder: none is released before its copies came
    with _peer(b"".join(few * 3)) as url:
        _watched(tmp_path / "s", url, until=lambda status: status.messages >= 3 * b"".join(few).count(b"!"))
    with open_store(tmp_path / "s", create=False) as store:
        mmsis = [row["mmsi"] for row in store.rows("SELECT mmsi FROM latest")]
        rows = [*reports_of(store, mmsis)["receivers"].to_pylist(), *resume.held(store)["receivers"].to_pylist()]
    assert rows == [3] * len(few)


@pytest.mark.parametrize(("owner", "name"), [(os, "fsync"), (Path, "rename")])
def test_a_full_disk_stops_the_watch_with_a_clear_error_and_nothing_torn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "feed.nmea"
    path.write_bytes(b"".join(LINES))
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, full)
        with pytest.raises(StoreError, match="the disk is full"):
            watch(tmp_path / "s", [str(path)], settings=SETTINGS, stop=threading.Event())
    with open_store(tmp_path / "s", create=False) as store:
        assert [finding for finding in maintain.check(store) if finding.kind == "fault"] == []
    _watched(tmp_path / "s", str(path))
    assert count(tmp_path / "s") == len(LINES)


def test_a_full_disk_under_the_archive_alone_is_told_and_the_watch_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pipelines.raw.hour._write", full)
    seen: list[Status] = []

    def told(status: Status) -> bool:
        seen.append(status)
        return status.unarchived[0] == SENTENCES

    with _peer(b"".join(LINES)) as url:
        _watched(tmp_path / "s", url, until=told, settings=Settings(archive=tmp_path / "raw"))
    assert seen[-1].unarchived == (SENTENCES, "No space left on device")
    assert count(tmp_path / "s") == len(LINES)
