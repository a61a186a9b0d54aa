"""Ingest from sentences to events: exactly once, in any order of files, through kills."""

import gzip
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pipelines.config import Settings
from pipelines.errors import FeedError
from pipelines.feeds.unpack import PIECE_BYTES
from pipelines.manner import Manner
from pipelines.run import IngestSummary, ingest
from pipelines.simulate.sea import Ship, beacon
from pipelines.store import alerts, watchlist
from pipelines.store.read import events_of
from pipelines.store.state import open_store
from pipelines.watching import checked, record
from tests.pipelines.processes import until, voi
from tests.pipelines.stores import count, said, told, watched
from tests.scenarios import BEACON, DRIFTER, FERRY, GAP, LOITERER, START, rows, shared_scenario
from vessels.encode import sentences
from vessels.event import track_key

SETTINGS = Settings()
MINUTE_US = 60_000_000
IMO = 9_599_901  # of the loiterer
STATIC = (5, 24)
WHO = ("class", "rule", "severity", "mmsi")


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return sentences(shared_scenario().reports, station="VOISIM1")


@pytest.fixture
def feed(tmp_path: Path, lines: list[bytes]) -> Path:
    return _file(tmp_path / "feed.nmea", lines)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> Path:
    """Return the store of one undisturbed run with a watched vessel."""
    folder = tmp_path_factory.mktemp("whole")
    watched(folder / "store", imo=IMO)
    _ingest(folder / "store", _file(folder / "feed.nmea", lines))
    return folder / "store"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("undisturbed")
    _ingest(folder / "store", _file(folder / "feed.nmea", lines))
    return told(folder / "store")


def _file(path: Path, lines: list[bytes]) -> Path:
    path.write_bytes(b"".join(lines))
    return path


def _ingest(store: Path, *sources: Path, manner: Manner | None = None, **settings: Any) -> IngestSummary:
    names = [str(source) for source in sources]
    return ingest(store, names, settings=SETTINGS.model_copy(update=settings), manner=manner)


def test_what_was_planted_at_sea_is_found_in_the_sentences(undisturbed: dict[str, Any]) -> None:
    found = {(event.kind, event.mmsi) for event in undisturbed.values()}
    planted = {(item.kind, item.mmsi) for item in shared_scenario().planted}
    assert len(planted) >= 5
    assert planted <= found


def test_everything_made_from_simulated_sentences_says_so(undisturbed: dict[str, Any]) -> None:
    assert all(event.simulated for event in undisturbed.values())


def test_a_second_run_of_the_same_file_adds_nothing(tmp_path: Path, feed: Path) -> None:
    first, second = (_ingest(tmp_path / "store", feed) for _ in range(2))
    assert first.rows > 1000
    assert (second.rows, second.events, second.readings[0].known) == (0, {}, True)


def test_a_packed_copy_of_the_file_is_the_same_file(tmp_path: Path, feed: Path) -> None:
    packed = tmp_path / "feed.nmea.gz"
    packed.write_bytes(gzip.compress(feed.read_bytes()))
    _ingest(tmp_path / "store", feed)
    assert _ingest(tmp_path / "store", packed).readings[0].known


def test_the_same_sentences_in_another_file_add_nothing(tmp_path: Path, feed: Path, lines: list[bytes]) -> None:
    _ingest(tmp_path / "store", feed)
    first = told(tmp_path / "store")
    again = _ingest(tmp_path / "store", _file(tmp_path / "again.nmea", [b"# another header\r\n", *lines]))
    assert again.rows == 0
    assert told(tmp_path / "store") == first


def test_a_grown_file_adds_its_tail(tmp_path: Path, lines: list[bytes], undisturbed: dict[str, Any]) -> None:
    whole, cut = b"".join(lines), len(b"".join(lines)) * 2 // 3 + 7  # in the middle of a sentence
    growing = tmp_path / "growing.nmea"
    growing.write_bytes(whole[:cut])
    first = _ingest(tmp_path / "store", growing)
    growing.write_bytes(whole)
    second = _ingest(tmp_path / "store", growing)
    assert first.rows + second.rows == len(shared_scenario().reports)
    assert second.readings[0].lines < len(lines) / 2
    assert told(tmp_path / "store") == undisturbed


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first things first", "last things first"])
def test_files_one_after_another_tell_what_they_tell_together(
    tmp_path: Path, lines: list[bytes], undisturbed: dict[str, Any], order: tuple[int, int]
) -> None:
    halves = [
        _file(tmp_path / "a.nmea", lines[: len(lines) // 2]),
        _file(tmp_path / "b.nmea", lines[len(lines) // 2 :]),
    ]
    for at in order:
        _ingest(tmp_path / "apart", halves[at])
    _ingest(tmp_path / "together", *halves)
    assert told(tmp_path / "apart") == told(tmp_path / "together") == undisturbed


def test_vessels_heard_by_two_stations_are_told_once(
    tmp_path: Path, lines: list[bytes], undisturbed: dict[str, Any]
) -> None:
    other = sentences(shared_scenario().reports, station="VOISIM2")
    summary = _ingest(tmp_path / "store", _file(tmp_path / "1.nmea", lines), _file(tmp_path / "2.nmea", other))
    assert summary.rows == len(shared_scenario().reports)
    assert told(tmp_path / "store") == undisturbed


def test_rows_that_come_too_late_have_their_tracks_folded_anew(
    tmp_path: Path, lines: list[bytes], undisturbed: dict[str, Any]
) -> None:
    late = lines[50::97]
    kept = [line for line in lines if line not in set(late)]
    where = len(kept) * 4 // 5
    summary = _ingest(tmp_path / "store", _file(tmp_path / "late.nmea", kept[:where] + late + kept[where:]))
    assert summary.late > 10
    assert told(tmp_path / "store") == undisturbed


def test_an_event_that_late_rows_move_supersedes_the_one_told_before(tmp_path: Path, lines: list[bytes]) -> None:
    mmsis, times = (shared_scenario().reports[name].to_numpy() for name in ("mmsi", "time"))
    mine = np.flatnonzero(mmsis == GAP)
    silence = times[mine][np.argmax(np.diff(times[mine]))]
    missing = set(mine[(times[mine] > silence - 20 * MINUTE_US) & (times[mine] <= silence)].tolist())
    assert missing
    present = [line for at, line in enumerate(lines) if at not in missing]
    _ingest(tmp_path / "store", _file(tmp_path / "a.nmea", present))
    _ingest(tmp_path / "store", _file(tmp_path / "b.nmea", [lines[at] for at in sorted(missing)]))
    with open_store(tmp_path / "store", create=False) as store:
        gaps = [event for event in events_of(store, [track_key(GAP)]) if event.kind == "gap"]
    withdrawn = {event.id for event in gaps if event.status == "withdrawn"}
    assert len(withdrawn) == 1
    assert {event.supersedes for event in gaps if event.supersedes} == withdrawn


def test_other_rules_have_every_track_folded_anew(tmp_path: Path, feed: Path) -> None:
    _ingest(tmp_path / "store", feed)
    rules = tmp_path / "rules.toml"
    rules.write_text('[detector.gap]\nthreshold = "4h"\n')
    _ingest(tmp_path / "store", feed, rules=rules)
    kinds = {(event.kind, event.mmsi) for event in told(tmp_path / "store").values()}
    assert ("gap", GAP) not in kinds
    assert ("drifting", DRIFTER) not in kinds


def test_a_file_that_cannot_be_read_is_told_and_stops_nothing(tmp_path: Path, feed: Path) -> None:
    broken = tmp_path / "broken.nmea.gz"
    broken.write_bytes(gzip.compress(feed.read_bytes())[:-2000])
    summary = _ingest(tmp_path / "store", tmp_path / "absent.nmea", broken, feed)
    absent, damaged, whole = summary.readings
    assert "absent.nmea" in (absent.failure or "")
    assert "damaged" in (damaged.failure or "")
    assert 0 < damaged.lines < whole.lines
    assert whole.failure is None
    assert summary.rows == len(shared_scenario().reports)


@pytest.mark.parametrize("cut", [-2000, -4], ids=["in a line", "behind the last line"])
def test_a_damaged_file_is_told_again_and_what_was_read_of_it_is_kept(
    tmp_path: Path, lines: list[bytes], cut: int
) -> None:
    content = b"".join(lines)
    padded = content + b"#" * (-len(content) % PIECE_BYTES - 1) + b"\n"
    broken = tmp_path / "broken.nmea.gz"
    broken.write_bytes(gzip.compress(padded)[:cut])
    first, second = (_ingest(tmp_path / "store", broken) for _ in range(2))
    assert first.rows > 1000
    assert (second.rows, second.readings[0].known) == (0, False)
    assert second.readings[0].failure == first.readings[0].failure
    assert "damaged" in (first.readings[0].failure or "")


@pytest.mark.live
def test_standard_input_read_twice_adds_nothing_the_second_time(tmp_path: Path, feed: Path) -> None:
    stored = []
    for _ in range(2):
        with feed.open("rb") as stream:
            assert voi(tmp_path / "store", "ingest", "-", stdin=stream).wait() == 0
        stored.append(count(tmp_path / "store"))
    assert stored == [len(shared_scenario().reports)] * 2


@pytest.mark.live
def test_the_watchlist_takes_an_entry_while_an_ingest_runs(tmp_path: Path, feed: Path) -> None:
    store = tmp_path / "store"
    process = voi(store, "ingest", "-", stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(feed.read_bytes())
    process.stdin.flush()
    until((store / "state.sqlite").exists, process)
    assert voi(store, "watchlist", "add", "--mmsi", str(GAP), "--why", "asked for").wait() == 0
    assert process.poll() is None
    process.stdin.close()
    assert process.wait() == 0
    with open_store(store, create=False) as opened:
        assert opened.rows("SELECT mmsi FROM watchlist") == [{"mmsi": GAP}]


def test_every_real_file_is_read_to_its_end_and_its_order_does_not_matter(shared_data: Path, tmp_path: Path) -> None:
    endings = ("nm4", "nmea", "txt", "log", "aivdm", "ais")
    files = sorted(path for ending in endings for path in (shared_data / "nmea").glob(f"*.{ending}"))
    start = 1_600_000_000_000_000
    names = [str(path) for path in files]
    summary = ingest(tmp_path / "together", names, settings=SETTINGS, manner=Manner(start=start))
    assert len(summary.readings) >= 25
    assert [reading.failure for reading in summary.readings] == [None] * len(files)
    assert [reading.lines for reading in summary.readings] == [_line_count(path) for path in files]
    assert ingest(tmp_path / "together", names, settings=SETTINGS, manner=Manner(start=start)).rows == 0
    for name in names:
        ingest(tmp_path / "apart", [name], settings=SETTINGS, manner=Manner(start=start))
    together = told(tmp_path / "together")
    assert len(together) > 1000
    assert told(tmp_path / "apart") == together


def _line_count(path: Path) -> int:
    content = path.read_bytes()
    return content.count(b"\n") + (not content.endswith(b"\n"))


def test_an_entry_added_later_finds_what_its_vessel_did_before(tmp_path: Path, feed: Path) -> None:
    _ingest(tmp_path / "store", feed)
    with open_store(tmp_path / "store", create=False) as store:
        watchlist.add(store, [{**record(checked({"mmsi": str(GAP), "why": "asked for"})), "recorded_at": 0}])
    summary = _ingest(tmp_path / "store", feed)
    with open_store(tmp_path / "store", create=False) as store:
        raised = {alert["event_kind"] for alert in alerts.every(store) if alert["rule"] == "watchlist"}
    assert {"sighting", "gap"} <= raised
    assert summary.alerts["moderate"] > 0


def test_a_folder_is_left_as_it_was_when_no_source_is_there(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"absent\.nmea"):
        _ingest(tmp_path / "store", tmp_path / "absent.nmea")
    assert not (tmp_path / "store").exists()


def _cut(lines: list[bytes], order: str) -> list[list[bytes]]:
    """Return the lines as files to be ingested one after another."""
    half = len(lines) // 2
    static = [kind in STATIC for kind in shared_scenario().reports["msg_type"].to_pylist()]
    said = [line for line, own in zip(lines, static, strict=True) if own]
    moved = [line for line, own in zip(lines, static, strict=True) if not own]
    shuffled = np.random.default_rng(1).permutation(len(lines)).tolist()
    return {
        "halves": [lines[:half], lines[half:]],
        "halves reversed": [lines[half:], lines[:half]],
        "positions first": [moved, said],
        "names first": [said, moved],
        "shuffled": [[lines[at] for at in shuffled]],
    }[order]


@pytest.mark.parametrize("order", ["halves", "halves reversed", "positions first", "names first", "shuffled"])
def test_the_alerts_say_the_same_in_whatever_order_things_were_learned(
    tmp_path: Path, lines: list[bytes], whole: Path, order: str
) -> None:
    watched(tmp_path / "store", imo=IMO)
    for number, part in enumerate(_cut(lines, order)):
        _ingest(tmp_path / "store", _file(tmp_path / f"{number}.nmea", part), flush_rows=300)
    expected = said(whole)
    assert {alert["rule"] for alert in expected} >= {
        "distress",
        "watchlist",
        "loitering-departure-coast",
        "gap-departure-coast",
    }
    assert said(tmp_path / "store") == expected


@pytest.mark.parametrize("minutes", [0, 5, 12, 45])
def test_a_watched_name_is_an_alert_however_late_it_is_said(tmp_path: Path, minutes: int) -> None:
    ship = Ship(mmsi=LOITERER, name="SIM BORAK", imo=IMO, callsign="T8SIM1", length_m=88, beam_m=13)
    reports = rows(ship.at(33.9, 13.1, "00:00").sail(to=[(34.6, 13.4)], kn=9), every_s=60)
    static = np.isin(reports["msg_type"].to_numpy(), STATIC)
    late = reports["time"].to_numpy() < START + minutes * MINUTE_US
    heard = sentences(reports.filter(pa.array(~(static & late))), station="VOISIM1")
    watched(tmp_path / "store", imo=IMO)
    _ingest(tmp_path / "store", _file(tmp_path / "feed.nmea", heard), flush_rows=20)
    assert {(alert["rule"], alert["imo"]) for alert in said(tmp_path / "store")} == {("watchlist", IMO)}


@pytest.mark.parametrize("flush_rows", [20, 100_000])
def test_a_beacon_heard_for_hours_is_one_alert(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flush_rows: int
) -> None:
    monkeypatch.setattr("pipelines.feeds.file.BLOCK_BYTES", 1 << 13)
    ferry = Ship(mmsi=FERRY, name="SIM FERRY", ship_type=60, length_m=110, beam_m=18)
    crossing = ferry.at(35.95, 14.70, "00:00").sail(to=[(36.65, 14.87), (35.95, 14.70)] * 3, kn=20)
    reports = rows(beacon(BEACON, at=(33.8, 12.2), start="00:30", minutes=280), crossing, every_s=30)
    feed = _file(tmp_path / "feed.nmea", sentences(reports, station="VOISIM1"))
    _ingest(tmp_path / "store", feed, flush_rows=flush_rows)
    (alert,) = said(tmp_path / "store")
    assert tuple(alert[key] for key in WHO) == ("distress", "distress", "extreme", BEACON)
    assert alert["last_seen"] - alert["first_seen"] > 270 * MINUTE_US


def test_a_beacon_of_which_only_a_text_is_heard_is_distress(tmp_path: Path) -> None:
    reports = rows(beacon(BEACON, at=(33.8, 12.2), start="00:30", minutes=30))
    texts = reports.filter(pa.array(reports["msg_type"].to_numpy() == 14))
    assert texts.num_rows
    _ingest(tmp_path / "store", _file(tmp_path / "feed.nmea", sentences(texts, station="VOISIM1")))
    assert [tuple(alert[key] for key in WHO) for alert in said(tmp_path / "store")] == [
        ("distress", "distress", "extreme", BEACON)
    ]


def test_an_archive_is_ingested_by_its_header_and_only_once(tmp_path: Path) -> None:
    archive = tmp_path / "noaa.csv"
    archive.write_text(
        "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo,"
        "TransceiverClass\n"
        "247000001,2023-01-11T00:00:00,33.1,12.1,8.2,90.0,91,SIM ONE,IMO9074729,IABC,70,0,90,14,5.1,70,A\n"
        "247000001,2023-01-11T02:00:00,33.2,12.3,8.0,91.0,92,SIM ONE,IMO9074729,IABC,70,0,90,14,5.1,70,A\n"
        "nonsense,2023-01-11T02:00:00,33.2,12.3,8.0,91.0,92,,,,,,,,,,A\n"
    )
    first, second = (_ingest(tmp_path / "store", archive) for _ in range(2))
    (reading,) = first.readings
    assert (reading.lines, sum(reading.rejects.values())) == (3, 1)
    assert {"gap", "sighting"} <= set(first.events)
    assert (second.rows, second.readings[0].known) == (0, True)
