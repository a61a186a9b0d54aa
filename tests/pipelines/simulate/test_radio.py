"""The simulated air: what is lost, what is heard twice, what comes late, and what is never lost."""

from functools import cache

import numpy as np
import pyarrow.compute as pc
import pytest

from pipelines.simulate.day import voyages
from pipelines.simulate.radio import FEEDS, STATIONS, damaged, heard, stamped
from pipelines.simulate.sea import MINUTE_US, Ship
from pipelines.simulate.speech import reports
from tests.scenarios import START, rows
from vessels.report import POSITION_TYPES, STATIC_TYPES

SECOND_US = 1_000_000


@cache
def said():
    return reports(voyages(), start=START, every_s=60)


@cache
def copies():
    return heard(said(), np.random.default_rng(1))


def station_named(name):
    return next(station for station in STATIONS if station.name == name)


def test_some_messages_are_lost_some_heard_once_and_some_by_several():
    times = np.bincount(copies().row, minlength=said().num_rows)
    assert set(np.unique(times)) >= {0, 1, 2, 3}
    assert (times == 0).mean() < 0.5


def test_every_station_is_a_simulated_one_and_writes_to_one_feed():
    assert all(name.startswith("VOISIM") for name in set(copies().station))
    assert set(copies().feed) == set(FEEDS)
    assert len(set(zip(copies().station, copies().feed, strict=True))) == len(set(copies().station))


def test_a_shore_station_hears_less_toward_its_edge_and_nothing_beyond():
    malta = station_named("VOISIM2")
    ship = Ship(mmsi=636_999_001).at(malta.lat, malta.lon, "00:00").sail(to=[(34.0, malta.lon)], kn=20)
    table = rows(ship, every_s=10)
    found = heard(table, np.random.default_rng(1))
    nm = (malta.lat - table["lat_e"].to_numpy() / 600_000) * 60
    ashore = np.isin(np.arange(table.num_rows), found.row[found.station == malta.name])
    near, edge = ashore[nm < 30].mean(), ashore[(nm > 55) & (nm < malta.range_nm)].mean()
    assert near > 0.9
    assert 0.1 < edge < 0.7
    assert not ashore[nm > malta.range_nm + 0.1].any()


def test_stamps_are_at_most_two_seconds_late():
    late = copies().stamp - said()["time"].to_numpy()[copies().row]
    assert set(np.unique(late)) == {0, SECOND_US, 2 * SECOND_US}


def test_sentences_come_out_of_order_but_never_by_more_than_thirty_seconds():
    sent = said()["time"].to_numpy()[copies().row]
    behind = np.maximum.accumulate(sent) - sent
    assert 5 * SECOND_US < behind.max() <= 30 * SECOND_US
    assert (behind > 0).mean() > 0.1


@pytest.mark.parametrize("kinds", [POSITION_TYPES, STATIC_TYPES])
def test_the_channel_makes_no_silence_of_its_own(kinds):
    table = said().append_column("heard", [np.isin(np.arange(said().num_rows), copies().row)])
    table = table.filter(pc.is_in(table["msg_type"], value_set=pc.cast(list(kinds), "int8"))).sort_by(
        [("mmsi", "ascending"), ("time", "ascending")]
    )
    whole, kept = table, table.filter(table["heard"])
    for voyage in voyages():
        every, got = (
            part.filter(pc.equal(part["mmsi"], voyage.ship.mmsi))["time"].to_numpy() for part in (whole, kept)
        )
        if len(every) > 1:
            assert np.diff(got).max() < max(np.diff(every).max() + 6 * MINUTE_US, 16 * MINUTE_US)


def test_a_distress_beacon_is_heard_at_its_first_burst():
    (beacon,) = (v for v in voyages() if v.expected and v.expected[0].rule == "distress")
    mine = np.flatnonzero(said()["mmsi"].to_numpy() == beacon.ship.mmsi)
    first = np.isin(copies().row, mine)
    assert copies().stamp[first].min() - START - beacon.began < 2 * MINUTE_US


def test_only_shore_copies_are_damaged():
    shore = {station.name for station in STATIONS}
    hurt = copies().station[copies().broken]
    assert 10 < len(hurt) < 0.01 * len(copies().row)
    assert set(hurt) <= shore


def test_a_copy_carries_its_station_and_stamp():
    table = stamped(said(), copies().part(slice(0, 50)))
    assert table.schema == said().schema
    assert table["station"].to_pylist() == copies().station[:50].tolist()
    assert table["time"].to_pylist() == copies().stamp[:50].tolist()


@pytest.mark.parametrize("how", [0, 1])
def test_a_damaged_sentence_differs_and_still_ends_its_line(how):
    sentence = b"\\s:VOISIM9,c:1780272001*0A\\!AIVDM,1,1,,A,13dPbDG00Q0qcIrE99VC62H00000,0*15\r\n"
    hurt = damaged(sentence, how)
    assert hurt != sentence
    assert hurt.endswith(b"\n")
    assert hurt.count(b"\n") == 1


def test_the_same_seed_hears_the_same():
    again = heard(said(), np.random.default_rng(1))
    assert all(np.array_equal(a, b) for a, b in zip(vars_of(copies()), vars_of(again), strict=True))


def vars_of(heard_copies):
    return [getattr(heard_copies, name) for name in ("row", "station", "feed", "stamp", "broken")]
