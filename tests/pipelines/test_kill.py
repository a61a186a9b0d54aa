"""Killed again and again, an ingest and a watch end as one that was not; what no feed repeats is told as unheard."""

import random
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pipelines.config import Settings
from pipelines.run import ingest
from pipelines.simulate import day
from pipelines.simulate.speech import reports
from pipelines.stale import UNHEARD
from pipelines.store import alerts, resume
from pipelines.store.state import open_store
from pipelines.watch import FLUSH_ROWS, Status, watch
from tests.pipelines.broadcast import Broadcast
from tests.pipelines.processes import flushes, segments, until, voi
from tests.pipelines.seas import WATCHED
from tests.pipelines.stores import heard, said, told, watched
from tests.scenarios import START, shared_scenario
from vessels.decode import Decoder
from vessels.encode import sentences
from vessels.report import CONTENT

SETTINGS = Settings()
MANY = 10
LINES_A_KILL = 800
RATE = 400.0  # lines a second: a process lives for about two
AT_ONCE = 1e9
REPLAY_S = 60.0
TRANSIT_US = 1_000_000  # from a peer's sending to a feed's stamp; a busy machine takes its time
many = [pytest.mark.soak, pytest.mark.timeout(3600)]


def _story(kills: int) -> list[bytes]:
    """Return entries of one row each for so many kills: the shared story, or a day at sea where that is too short."""
    if kills < MANY:
        return sentences(shared_scenario().reports, station="VOISIM1")
    rows = reports(day.voyages(), start=START, every_s=30)
    return sentences(rows.slice(0, kills * LINES_A_KILL), station="VOISIM1")


def _kills(kills: int, store: Path, arguments: list[str], over: Callable[[], bool] = lambda: False) -> Iterator[int]:
    """Start a command and kill it, so many times: after a commit, while a segment is written, or before either."""
    rng = random.Random(kills)
    for _ in range(kills):
        progress, more = rng.choice((flushes, segments)), rng.randrange(4)
        enough = progress(store) + more
        process = voi(store, *arguments)
        until(lambda progress=progress, enough=enough: progress(store) >= enough or over(), process)
        process.send_signal(signal.SIGKILL)
        yield process.wait()


@pytest.mark.live
@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=many)])
def test_an_ingest_killed_again_and_again_ends_as_one_that_was_not(tmp_path: Path, kills: int) -> None:
    feed = tmp_path / "feed.nmea"
    feed.write_bytes(b"".join(_story(kills)))
    for name in ("whole", "killed"):
        watched(tmp_path / name, imo=WATCHED)
    ingest(tmp_path / "whole", [str(feed)], settings=SETTINGS)
    ended = list(_kills(kills, tmp_path / "killed", ["ingest", str(feed)]))
    assert -signal.SIGKILL in ended
    assert voi(tmp_path / "killed", "ingest", str(feed)).wait() == 0
    _same(tmp_path / "killed", tmp_path / "whole")


@pytest.mark.live
@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=many)])
def test_a_watch_killed_again_and_again_ends_as_one_that_was_not_where_the_feed_repeats_its_last_minute(
    tmp_path: Path, kills: int
) -> None:
    with Broadcast(_story(kills), RATE, REPLAY_S) as peer:
        for name in ("whole", "killed"):
            watched(tmp_path / name, imo=WATCHED)
        whole = threading.Thread(target=_undisturbed, args=[tmp_path / "whole", peer.lines])
        whole.start()
        ended = list(_kills(kills, tmp_path / "killed", ["watch", peer.url], peer.over))
        assert set(ended) == {-signal.SIGKILL}
        _listen_to_the_end(tmp_path / "killed", peer)
        whole.join()
    _same(tmp_path / "killed", tmp_path / "whole")


@pytest.mark.live
@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=many)])
def test_a_watch_that_is_killed_loses_at_most_a_flush_where_the_feed_repeats_nothing_and_says_so(
    tmp_path: Path, kills: int
) -> None:
    store = tmp_path / "store"
    with Broadcast(_story(kills), RATE, None) as peer:
        ended = list(_kills(kills, store, ["watch", peer.url], peer.over))
        assert set(ended) == {-signal.SIGKILL}
        _listen_to_the_end(store, peer)
    spans, lost = _unheard(store), _lost(store, peer)
    assert 0 < len(spans) <= kills
    for first, last in spans:
        assert sum(first <= at <= last for at in lost) <= FLUSH_ROWS
    assert all(any(first - TRANSIT_US <= at <= last for first, last in spans) for at in lost)


def _same(root: Path, other: Path) -> None:
    assert heard(root) == heard(other)
    assert told(root) == told(other)
    assert said(root) == said(other)


def _undisturbed(root: Path, lines: Sequence[bytes]) -> None:
    stop, all_ = threading.Event(), sum(line.count(b"\n") for line in lines)

    def look(status: Status) -> None:
        if status.messages >= all_:
            stop.set()

    with Broadcast(lines, AT_ONCE, None) as peer:
        watch(root, [peer.url], settings=SETTINGS, stop=stop, report=look)


def _listen_to_the_end(root: Path, peer: Broadcast) -> None:
    """Watch until the last line is in the store, and stop."""
    last = _decoded(peer.lines)["time"].to_pylist()[-1]
    process = voi(root, "watch", peer.url)
    until(lambda: _reached(root, peer.url) == last, process)
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 0


def _reached(root: Path, url: str) -> int | None:
    with open_store(root, create=True) as store:
        state = resume.sequencer_state(store)
    return state["sources"][url]["newest"] if state and url in state["sources"] else None


def _unheard(root: Path) -> list[tuple[int, int]]:
    with open_store(root, create=False) as store:
        found = [alert for alert in alerts.every(store) if alert["rule"] == UNHEARD]
    return [(alert["first_seen"], alert["last_seen"]) for alert in found]


def _lost(root: Path, peer: Broadcast) -> list[int]:
    """Return when the lines were sent whose rows the store has not."""
    rows = _decoded(peer.lines)
    known = {_key(row) for row in heard(root)}
    ends = np.cumsum([len(line) for line in peer.lines])
    places = np.searchsorted(ends, rows["offset"].to_numpy(), side="right").tolist()
    return [peer.sent[place] for row, place in zip(rows.to_pylist(), places, strict=True) if _key(row) not in known]


def _decoded(lines: Sequence[bytes]) -> pa.Table:
    return Decoder("all", "all").feed(b"".join(lines), last=True).reports


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("time", *CONTENT.names))
