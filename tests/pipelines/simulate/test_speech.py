import numpy as np
import pyarrow.compute as pc
import pytest

from pipelines.simulate.sea import HOUR_US, MINUTE_US, Ship, beacon
from pipelines.simulate.speech import reports
from tests.scenarios import START, rows, shared_scenario
from vessels.report import CONTENT, REPORT
from zones.distance import haversine_nm

SECOND_US = 1_000_000
CARGO = Ship(mmsi=636_999_001, name="CARGO", imo=2_990_014, ship_type=70, length_m=101, beam_m=15, far=True)
YACHT = Ship(mmsi=240_999_002, name="YACHT", callsign="SIM2", ship_type=36, transponder="B", compass=False)


def under_way(ship, **how):
    return reports([ship.at(33.5, 12, "00:00").sail(to=[(35, 12)], kn=12)], start=START, **how)


def of_type(table, *kinds):
    return table.filter(pc.is_in(table["msg_type"], value_set=pc.cast(list(kinds), "int8")))


def intervals_s(table):
    return np.diff(table["time"].to_numpy()) / SECOND_US


@pytest.mark.parametrize(("ship", "kinds", "usual"), [(CARGO, (1, 3), 10), (YACHT, (18, 19), 30)])
def test_under_way_a_transponder_reports_at_its_class_interval(ship, kinds, usual):
    steps = intervals_s(of_type(under_way(ship), *kinds))
    assert np.abs(steps - usual).max() <= 1


def test_at_anchor_a_class_a_ship_reports_every_three_minutes_in_type_3():
    said = of_type(reports([CARGO.at(33.5, 12, "00:00").anchor(hours=3)], start=START), 1, 3)
    assert set(said["msg_type"].to_pylist()) == {3}
    assert set(said["nav_status"].to_pylist()) == {1}
    assert np.abs(intervals_s(said) - 180).max() <= 1


def test_reports_can_be_thinned():
    assert intervals_s(of_type(under_way(CARGO, every_s=120), 1, 3)).min() >= 119


def test_class_a_says_who_she_is_in_type_5_every_six_minutes():
    said = of_type(under_way(CARGO), 5)
    assert np.abs(intervals_s(said) - 360).max() <= 1
    assert said.select(["name", "imo", "to_bow_m", "to_stern_m"]).to_pylist()[0] == {
        "name": "CARGO", "imo": 2_990_014, "to_bow_m": 76, "to_stern_m": 25,
    }  # fmt: skip


def test_class_b_says_its_name_and_its_callsign_in_the_two_parts_of_type_24():
    parts = of_type(under_way(YACHT), 24).select(["name", "callsign", "ship_type"]).to_pylist()
    name, rest = (
        {"name": "YACHT", "callsign": None, "ship_type": None},
        {"name": None, "callsign": "SIM2", "ship_type": 36},
    )
    assert {tuple(part.items()) for part in parts} == {tuple(name.items()), tuple(rest.items())}


def test_a_ship_without_a_name_says_nothing_about_herself():
    said = under_way(Ship(mmsi=271_999_003, transponder="B"))
    assert set(said["msg_type"].to_pylist()) == {18}


def test_long_range_reports_are_coarse():
    said = of_type(under_way(CARGO), 27)
    assert said.num_rows > 10
    assert all(value % 1000 == 0 for value in said["lat_e"].to_pylist())
    assert all(value % 10 == 0 for value in said["sog_e"].to_pylist())
    assert said["utc_second"].null_count == said.num_rows


def test_reports_lie_on_the_voyage_and_say_its_speed_and_course():
    voyage = CARGO.at(33.5, 12, "00:00").sail(to=[(35, 12)], kn=12)
    said = of_type(reports([voyage], start=START), 1, 3)
    lat, lon = voyage.where(said["time"].to_numpy() - START)
    off_nm = haversine_nm(said["lat_e"].to_numpy() / 600_000, said["lon_e"].to_numpy() / 600_000, lat, lon)
    assert off_nm.max() < 0.02
    assert abs(said["sog_e"].to_numpy().mean() - 120) < 2
    assert all(value < 100 or value > 3500 for value in said["cog_e"].to_pylist())


def test_a_drifting_ship_shows_her_side_to_the_course():
    said = of_type(
        reports([CARGO.at(33, 12, "00:00").drift(hours=3, kn=1.3, toward=50, yaw_deg=75)], start=START), 1, 3
    )
    angle = (said["heading_deg"].to_numpy() - said["cog_e"].to_numpy() / 10 + 180) % 360 - 180
    assert 60 < np.abs(angle).mean() < 90


def test_during_a_silence_nothing_at_all_is_said():
    said = rows(CARGO.at(33, 12, "00:00").sail(to=[(33.2, 12)], kn=12).silence(minutes=60).sail(to=[(34, 12)], kn=12))
    begin = START + HOUR_US
    inside = pc.and_(pc.greater(said["time"], begin), pc.less(said["time"], begin + 60 * MINUTE_US - SECOND_US))
    assert pc.sum(inside).as_py() == 0
    assert pc.max(said["time"]).as_py() > begin + 2 * HOUR_US


def test_a_beacon_sends_bursts_of_eight_and_now_and_then_its_text():
    said = reports([beacon(970_999_001, at=(33.5, 12), start="00:00", minutes=20)], start=START)
    assert said.num_rows == 8 * 20
    assert set(of_type(said, 1)["nav_status"].to_pylist()) == {14}
    assert set(of_type(said, 14)["text"].to_pylist()) == {"SART ACTIVE"}
    assert of_type(said, 14).num_rows == 5


def test_a_beacon_under_test_says_so_and_has_no_distress_status():
    said = reports([beacon(970_999_001, at=(33.5, 12), start="00:00", minutes=8, test=True)], start=START)
    assert set(of_type(said, 1)["nav_status"].to_pylist()) == {None}
    assert set(of_type(said, 14)["text"].to_pylist()) == {"SART TEST"}


def test_every_row_is_marked_simulated():
    said = shared_scenario().reports
    assert pc.all(said["simulated"]).as_py()
    assert set(said["station"].to_pylist()) == {"VOISIM1"}


def test_rows_come_sorted_by_time_in_the_report_schema():
    said = shared_scenario().reports
    assert said.schema == REPORT
    assert intervals_s(said).min() >= 0


def test_the_same_seed_says_the_same_and_another_seed_the_same_story_otherwise():
    first, again, other = under_way(CARGO, seed=1), under_way(CARGO, seed=1), under_way(CARGO, seed=2)
    assert first.equals(again)
    assert not first.equals(other)
    assert abs(first.num_rows - other.num_rows) < 5


def test_another_ship_changes_nothing_for_the_first():
    alone = CARGO.at(33.5, 12, "00:00").sail(to=[(34, 12)], kn=12)
    together = rows(alone, YACHT.at(34, 13, "00:00").sail(to=[(34.5, 13)], kn=6))
    mine = together.filter(pc.equal(together["mmsi"], CARGO.mmsi))
    assert mine.select(CONTENT.names).equals(rows(alone).select(CONTENT.names))


def test_the_shared_scenario_is_small_and_has_what_it_says():
    scenario = shared_scenario()
    assert 2_000 < scenario.reports.num_rows < 4_000
    assert {item.kind for item in scenario.planted} == {
        "gap", "loitering", "drifting", "zone_exit", "zone_entry", "distress",
    }  # fmt: skip
    heard = set(scenario.reports["mmsi"].to_pylist())
    assert {item.mmsi for item in (*scenario.planted, *scenario.quiet)} == heard
