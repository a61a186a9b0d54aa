"""However the same rows arrive, at any speed, in any pieces and in disorder, the end is the same.

Within the allowed disorder that holds without reconciling: no row is late, no vessel waits to be folded anew. Beyond it
after reconciling. Compared is what was heard (time and content), every final event and every standing alert.
"""

import re
import socket
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.config import Settings
from pipelines.engine import Engine, Totals
from pipelines.knowledge import Knowledge
from pipelines.run import ingest
from pipelines.simulate import simulate
from pipelines.simulate.radio import LATE_S
from pipelines.store import resume
from pipelines.store.state import open_store
from pipelines.watch import STALL_US, Status, watch
from tests.pipelines.peers import serving
from tests.pipelines.seas import BOUND_S, WATCHED, Arrival, heard_by_two, seas
from tests.pipelines.stores import heard, said, told, unsettled, watched
from tests.scenarios import shared_scenario
from vessels.decode import Decoder

SETTINGS = Settings()
HOUR_S = 3600
MANY = 50_000  # sentences of a feed's simulated day
Ended = tuple[list[dict[str, Any]], dict[str, Any], list[dict[str, Any]]]


def ended(root: Path) -> Ended:
    """Return what is compared."""
    return heard(root), told(root), said(root)


def ingested(root: Path, arrival: Arrival) -> Ended:
    """Ingest the lines as one file."""
    watched(root / "store", imo=WATCHED)
    ingest(root / "store", [_file(root, arrival.lines)], settings=SETTINGS)
    return ended(root / "store")


def fed(root: Path, pieces: Iterable[bytes]) -> tuple[int, int]:
    """Feed an engine as `watch` does, a flush after each piece, to the end of the input; return what is unsettled."""
    watched(root, imo=WATCHED)
    with open_store(root, create=False) as store, store.writing():
        engine, decoder = (
            Engine(store, Knowledge.of(SETTINGS, root), Totals(), stall_us=STALL_US),
            Decoder("feed", "feed"),
        )
        engine.sequencer.open("feed", BOUND_S * 1_000_000)
        for piece in pieces:
            engine.take("feed", decoder.feed(piece).reports)
            engine.flush(engine.sequencer.release())
        engine.take("feed", decoder.feed(b"", last=True).reports)
        engine.flush(engine.sequencer.finish())
        left = engine.totals.late, len(resume.pending(store))
        engine.settle()
    return left


def cut(lines: Iterable[bytes], places: Iterable[float]) -> list[bytes]:
    """Cut the lines at these shares of their bytes, wherever that is in a line."""
    content = b"".join(lines)
    at = [0, *sorted(int(place * len(content)) for place in places), len(content)]
    return [content[first:last] for first, last in pairwise(at)]


def _file(folder: Path, lines: Iterable[bytes]) -> str:
    path = folder / "feed.nmea"
    path.write_bytes(b"".join(lines))
    return str(path)


cuts = st.lists(st.floats(0, 1), max_size=12)


@settings(max_examples=4)
@given(sea=seas(), places=cuts, seed=st.integers(0, 99))
def test_small_seas_in_any_pieces_and_disorder_within_the_bound_end_alike_without_reconciling(sea, places, seed):
    _check_within_the_bound(sea, places, seed)


@settings(max_examples=4)
@given(sea=seas(), places=cuts, seed=st.integers(0, 99))
def test_small_seas_with_rows_beyond_the_bound_end_alike_after_reconciling(sea, places, seed):
    _check_beyond_the_bound(sea, places, seed)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@settings(max_examples=400)
@given(sea=seas(), places=cuts, seed=st.integers(0, 9999))
def test_many_seas_within_the_bound_end_alike_without_reconciling(sea, places, seed):
    _check_within_the_bound(sea, places, seed)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@settings(max_examples=400)
@given(sea=seas(), places=cuts, seed=st.integers(0, 9999))
def test_many_seas_beyond_the_bound_end_alike_after_reconciling(sea, places, seed):
    _check_beyond_the_bound(sea, places, seed)


def _check_within_the_bound(sea, places, seed):
    with TemporaryDirectory() as folder:
        expected = ingested(Path(folder), sea)
        assert fed(Path(folder) / "pieces", cut(sea.lines, places)) == (0, 0)
        disordered = sea.displaced(0.05, 0, BOUND_S, seed)
        assert fed(Path(folder) / "disordered", cut(disordered.lines, places)) == (0, 0)
        assert ended(Path(folder) / "pieces") == expected
        assert ended(Path(folder) / "disordered") == expected


def _check_beyond_the_bound(sea, places, seed):
    with TemporaryDirectory() as folder:
        expected = ingested(Path(folder), sea)
        late = sea.displaced(0.005, BOUND_S + 1, 3 * HOUR_S, seed)
        fed(Path(folder) / "late", cut(late.lines, places))
        assert ended(Path(folder) / "late") == expected


# --- a simulated day ------------------------------------------------------------------------------------------------


def _arrival(path: Path) -> Arrival:
    """Return the messages of a simulated feed; the second line of one has no tag block of its own."""
    lines, times = [], []
    for line in path.read_bytes().splitlines(keepends=True):
        if found := re.match(rb"\\(?:g:1-\d+-\d+,)?s:\w+,c:(\d+)", line):
            lines.append(line)
            times.append(int(found[1]) * 1_000_000)
        elif lines:
            lines[-1] += line
    return Arrival(tuple(lines), tuple(times))


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("feed", ["west", "east"])
@pytest.mark.parametrize("seed", range(3))
def test_a_simulated_day_ends_alike_however_it_arrives(tmp_path: Path, feed: str, seed: int) -> None:
    simulate(tmp_path, seed=seed)
    day = _arrival(tmp_path / f"{feed}.nmea")
    assert len(day.lines) > MANY
    expected = ingested(tmp_path, day)
    places = np.random.default_rng(seed).uniform(size=200).tolist()
    assert fed(tmp_path / "pieces", cut(day.lines, places)) == (0, 0)
    assert ended(tmp_path / "pieces") == expected
    disordered = day.displaced(0.05, 0, BOUND_S - LATE_S, seed)  # a message is older than its station's stamp
    assert fed(tmp_path / "disordered", cut(disordered.lines, places)) == (0, 0)
    assert ended(tmp_path / "disordered") == expected
    late = day.displaced(0.005, BOUND_S + 1, 3 * HOUR_S, seed)
    assert fed(tmp_path / "late", cut(late.lines, places))[0] > 0
    assert ended(tmp_path / "late") == expected


# --- live feeds -----------------------------------------------------------------------------------------------------


def _peer(pieces: list[bytes], wait_s: float) -> AbstractContextManager[str]:
    """Send the pieces to who connects, waiting between them, and then nothing more; give the URL."""

    def serve(server: socket.socket, done: threading.Event) -> None:
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            for piece in pieces:
                connection.sendall(piece)
                done.wait(wait_s)
            done.wait()

    return serving(serve)


def listened(root: Path, url: str, sentences: int, speed: float | None = None) -> tuple[int, int]:
    """Watch a feed until so many sentences came, and let the input end; return what is unsettled before that."""
    stop = threading.Event()

    def look(status: Status) -> None:
        if status.messages + status.rejects >= sentences:
            stop.set()

    watched(root, imo=WATCHED)
    totals = watch(root, [url], settings=SETTINGS, stop=stop, report=look, speed=speed)
    left = unsettled(root)
    assert totals.late == left[0]
    ingest(root, [_file(root.parent, [b"# the end\r\n"])], settings=SETTINGS)
    return left


@pytest.fixture(scope="module")
def story() -> Arrival:
    return heard_by_two(shared_scenario().reports, seed=1)


@pytest.fixture(scope="module")
def expected(story: Arrival, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    return ingested(tmp_path_factory.mktemp("whole"), story)


def _lines(pieces: Iterable[bytes]) -> int:
    return sum(piece.count(b"\n") for piece in pieces)


@pytest.mark.live
@pytest.mark.parametrize(
    "how",
    [(1, 0.0, 0.0), (300, 0.01, 0.0), (40, 0.0, 0.05)],
    ids=["all at once", "slowly, line by line", "in disorder"],
)
def test_a_live_feed_ends_as_an_ingest_of_the_same_rows(tmp_path, story, expected, how):
    pieces, wait_s, share = how
    lines = story.displaced(share, 0, BOUND_S, seed=1).lines
    parts = cut(lines, np.random.default_rng(pieces).uniform(size=pieces - 1))
    with _peer(parts, wait_s) as url:
        assert listened(tmp_path / "store", url, _lines(parts)) == (0, 0)
    assert ended(tmp_path / "store") == expected


@pytest.mark.live
def test_a_live_feed_with_rows_beyond_the_bound_ends_alike_after_reconciling(tmp_path, story, expected):
    lines = story.displaced(0.005, BOUND_S + 1, 3 * HOUR_S, seed=1).lines
    with _peer([b"".join(lines)], 0) as url:
        late, pending = listened(tmp_path / "store", url, _lines(lines))
    assert late > 0
    assert pending == 0
    assert ended(tmp_path / "store") == expected


@pytest.mark.parametrize("speed", [3e4, 1e7])
def test_a_file_replayed_at_any_speed_ends_as_an_ingest_of_the_same_rows(tmp_path, story, expected, speed):
    url = _file(tmp_path, story.lines)
    watched(tmp_path / "store", imo=WATCHED)
    totals = watch(tmp_path / "store", [url], settings=SETTINGS, stop=threading.Event(), speed=speed)
    assert totals.late == 0
    assert ended(tmp_path / "store") == expected
