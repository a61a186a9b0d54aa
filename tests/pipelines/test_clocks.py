"""Clocks that are off are found from copies that two stations gave different times."""

import numpy as np
import pyarrow as pa
import pytest

from pipelines import clocks
from pipelines.config import Settings
from pipelines.run import ingest
from pipelines.simulate.sea import Ship
from pipelines.store import open_store
from tests.scenarios import START, rows
from vessels.encode import sentences

S = 1_000_000
HOUR = 3600 * S


def fleet():
    ships = [
        Ship(mmsi=636_000_000 + number, name=f"SIM {number}", length_m=90, beam_m=13).at(34 + number, 13, "00:00")
        for number in range(3)
    ]
    return rows(*(ship.sail(to=[(35.0 + number, 14.0)], kn=12) for number, ship in enumerate(ships)))


def heard(ahead, reports=None):
    """Return one log of stations that hear everything, each so many µs ahead; now this, now that one is first."""
    reports = fleet() if reports is None else reports
    lines = []
    for station, by in ahead.items():
        shifted = reports.set_column(
            reports.column_names.index("time"), "time", pa.array(reports["time"].to_numpy() + by)
        )
        lines.append(sentences(shifted, station=station))
    return [line for at, copies in enumerate(zip(*lines, strict=True)) for line in copies[:: 1 - at % 2 * 2]]


def doubtful(root, lines, **settings):
    log = root / "log.nmea"
    log.write_bytes(b"".join(lines))
    ingest(root / "store", [str(log)], settings=Settings(**settings))
    with open_store(root / "store", create=False) as store:
        return {each["station"]: each for each in clocks.doubtful(store)}


def test_stations_that_agree_are_not_told(tmp_path):
    assert doubtful(tmp_path, heard({"VOISIMA": 0, "VOISIMB": 0, "VOISIMC": 3 * S})) == {}


@pytest.mark.parametrize("by", [30 * S, 2 * HOUR, -400 * S])
def test_one_station_that_runs_away_from_the_others_is_told(tmp_path, by):
    found = doubtful(tmp_path, heard({"VOISIMA": 0, "VOISIMB": by, "VOISIMC": 0}))
    assert list(found) == ["VOISIMB"]
    told = found["VOISIMB"]
    assert abs(told["ahead_us"] - by) <= S
    assert abs(told["since"] - START) < HOUR
    assert told["source"] == str(tmp_path / "log.nmea")


def test_of_two_stations_alone_both_are_told_for_nobody_knows_better(tmp_path):
    found = doubtful(tmp_path, heard({"VOISIMA": 0, "VOISIMB": HOUR}))
    assert {station: round(told["ahead_us"] / HOUR) for station, told in found.items()} == {"VOISIMA": -1, "VOISIMB": 1}


def test_one_transponder_that_says_the_same_again_is_no_wrong_clock(tmp_path):
    reports = fleet()
    one = reports.filter(pa.array(reports["mmsi"].to_numpy() == 636_000_000))
    assert doubtful(tmp_path, heard({"VOISIMA": 0, "VOISIMB": 60 * S}, one)) == {}


@pytest.mark.parametrize("flush_rows", [20, 100_000])
def test_what_is_told_does_not_depend_on_the_flushes(tmp_path, monkeypatch, flush_rows):
    monkeypatch.setattr("pipelines.feeds.file.BLOCK_BYTES", 1 << 13)
    found = doubtful(tmp_path, heard({"VOISIMA": 0, "VOISIMB": HOUR, "VOISIMC": 0}), flush_rows=flush_rows)
    moved = np.count_nonzero(fleet()["lat_e"].is_valid())
    assert [(each["station"], each["messages"]) for each in found.values()] == [("VOISIMB", moved)]


def test_a_row_dated_years_ahead_waits_and_its_station_is_told(tmp_path):
    reports = fleet()
    last = reports.slice(len(reports) - 1)
    ahead = last.set_column(last.column_names.index("time"), "time", pa.array(last["time"].to_numpy() + 50_000 * HOUR))
    lines = [*sentences(reports, station="VOISIMA"), *sentences(ahead, station="VOISIMB")]
    lines.insert(-1, lines.pop())
    found = doubtful(tmp_path, lines)
    with open_store(tmp_path / "store", create=False) as store:
        assert clocks.waiting(store) == 1
    assert [(each["station"], each["messages"]) for each in found.values()] == [("VOISIMB", 1)]
    assert found["VOISIMB"]["ahead_us"] // HOUR in (49_999, 50_000)
