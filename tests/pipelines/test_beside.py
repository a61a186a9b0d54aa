"""What an ingest keeps beside reports: lines it refused, and messages that are no reports."""

import signal
from pathlib import Path
from typing import Any

import pytest

from pipelines.config import Settings
from pipelines.manner import Manner
from pipelines.run import IngestSummary, ingest
from pipelines.store import rejects, views
from pipelines.store.state import open_store
from tests.pipelines.processes import flushes, segments, until, voi
from tests.pipelines.stores import told
from tests.scenarios import shared_scenario
from tests.vessels.nmea import aid, sentence
from vessels.encode import sentences


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return sentences(shared_scenario().reports, station="VOISIM1")


def _file(path: Path, lines: list[bytes]) -> Path:
    path.write_bytes(b"".join(lines))
    return path


def _ingest(store: Path, source: Path, manner: Manner | None = None, **settings: Any) -> IngestSummary:
    return ingest(store, [str(source)], settings=Settings(**settings), manner=manner)


def _spoilt(lines: list[bytes]) -> list[bytes]:
    """Return lines of which every tenth is damaged and every fortieth is the first of a message that never comes."""
    spoilt = [line.replace(b"AIVDM", b"AIVDO") if at % 10 == 5 else line for at, line in enumerate(lines)]
    half = b"!AIVDM,2,1,3,A,53emcP02?;IsTQ5WV21@EHHTf08EV22222222216=@?>45d30?43lU3p3Sih,0*05\n"
    return [part for at, line in enumerate(spoilt) for part in ([half, line] if at % 40 == 0 else [line])]


def _refused(root: Path) -> list[tuple[Any, ...]]:
    with open_store(root, create=False) as store:
        return [tuple(row[key] for key in ("reason", "number", "offset", "line")) for row in rejects.every(store)]


def test_rejects_are_kept_with_their_place_however_the_file_grew(tmp_path: Path, lines: list[bytes]) -> None:
    content = b"".join(_spoilt(lines))
    growing = tmp_path / "growing.nmea"
    for cut in (1000, 40_003, 40_010, 90_000, len(content), len(content)):
        growing.write_bytes(content[:cut])
        summary = _ingest(tmp_path / "grown", growing, flush_rows=100)
    assert summary.readings[0].known
    (reading,) = _ingest(tmp_path / "whole", _file(tmp_path / "whole.nmea", [content])).readings
    kept = _refused(tmp_path / "whole")
    assert {"checksum", "incomplete"} <= set(reading.rejects)
    assert {reason: number for reason, number, *_ in kept} == reading.rejects
    assert all(content[offset:].startswith(line.encode()) for _, _, offset, line in kept)
    assert _refused(tmp_path / "grown") == kept


def test_rejects_of_a_table_are_kept_with_their_row(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    good = "247000001,2022-01-01T00:00:00,33.1,12.1"
    table.write_text("\n".join(["MMSI,BaseDateTime,LAT,LON", good, good.replace("33", "99"), good + ",more", ""]))
    _ingest(tmp_path / "store", table)
    assert _refused(tmp_path / "store") == [
        ("columns", 1, 2, good + ",more"),
        ("position: out of range", 1, 1, good.replace("33", "99")),
    ]


def test_every_other_message_is_kept_when_asked_for_and_only_once(tmp_path: Path, lines: list[bytes]) -> None:
    mixed = _with_aids(lines)
    feed = _file(tmp_path / "feed.nmea", mixed)
    assert "other_messages" not in _datasets(tmp_path / "store", feed)
    before = told(tmp_path / "store")
    asked = _ingest(tmp_path / "store", feed, manner=Manner(all_types=True), flush_rows=500)
    assert (asked.rows, asked.readings[0].known) == (0, False)
    found = _others(tmp_path / "store")
    assert {row[1:] for row in found} == {(992_471_000, 21, "E2000 USTICA PUNTA CAVAZZI", 20 / 0.6)}
    assert 0 < len(found) <= len(mixed) - len(lines)
    _ingest(tmp_path / "store", feed, manner=Manner(all_types=True))
    _ingest(tmp_path / "store", _file(tmp_path / "again.nmea", [b"# header\n", *mixed]), manner=Manner(all_types=True))
    assert _others(tmp_path / "store") == found
    assert told(tmp_path / "store") == before


def _with_aids(lines: list[bytes]) -> list[bytes]:
    """Return lines, behind every fiftieth an aid to navigation with its tag block."""
    aids = sentence(*aid("E2000 USTICA PUNTA C", "AVAZZI")) + b"\n"
    behind = [line[: line.rindex(b"\\") + 1] + aids for line in lines]
    return [part for at, line in enumerate(lines) for part in ([line, behind[at]] if at % 50 == 0 else [line])]


def _others(root: Path) -> list[tuple[Any, ...]]:
    kept = views.query(root, "SELECT time, mmsi, msg_type, name, lat FROM other_messages ORDER BY time").to_pylist()
    return [tuple(row.values()) for row in kept]


def _datasets(root: Path, feed: Path) -> set[str]:
    _ingest(root, feed)
    with open_store(root, create=False) as store:
        return {row["dataset"] for row in store.rows("SELECT DISTINCT dataset FROM segments")}


@pytest.mark.live
def test_an_ingest_killed_again_and_again_keeps_all_of_it_once(tmp_path: Path, lines: list[bytes]) -> None:
    spoilt = [part for line in _with_aids(lines) for part in (line, line.replace(b"AIVDM", b"AIVDO"))]
    store, feed = tmp_path / "store", _file(tmp_path / "feed.nmea", spoilt)
    _ingest(tmp_path / "whole", feed, manner=Manner(all_types=True))
    killed = 0
    for round_ in range(4):
        progress = segments if round_ % 2 else flushes  # after a commit, or between writing and committing
        enough = progress(store) + 1 + round_ % 3
        process = voi(store, "ingest", "--all-types", str(feed))
        until(lambda progress=progress, enough=enough: progress(store) >= enough, process)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
    assert killed
    assert voi(store, "ingest", "--all-types", str(feed)).wait() == 0
    assert told(store) == told(tmp_path / "whole")
    assert len(_refused(store)) >= 100
    assert _refused(store) == _refused(tmp_path / "whole")
    assert _others(store) == _others(tmp_path / "whole") != []
