import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.simulate.reshape import DAY_US, cut, on_day
from pipelines.simulate.sea import HOUR_US, MINUTE_US, Ship, beacon, clock, invented_imo
from zones.distance import bearing_deg, haversine_nm

SHIP = Ship(mmsi=636_999_001, name="PROBE")
HOURS = st.floats(0.1, 24)


def run_nm(voyage):
    _, lat, lon = voyage.corners()
    return float(haversine_nm(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum())


def test_a_clock_may_run_past_midnight_and_before_the_start():
    assert [clock("06:30"), clock("25:00"), clock("-02:00")] == [6.5 * HOUR_US, 25 * HOUR_US, -2 * HOUR_US]


def test_sailing_goes_through_every_place():
    voyage = SHIP.at(33, 12, "00:00").sail(to=[(34, 13), (34, 14)], kn=10)
    _, lat, lon = voyage.corners()
    assert voyage.here == (34, 14)
    assert (34.0, 13.0) in set(zip(lat.tolist(), lon.tolist(), strict=True))


@given(kn=st.floats(1, 30), lat=st.floats(31, 39), lon=st.floats(10, 35))
def test_sailing_takes_the_time_that_the_speed_says(kn, lat, lon):
    voyage = SHIP.at(35, 20, "01:00").sail(to=[(lat, lon)], kn=kn)
    nm = float(haversine_nm(35, 20, lat, lon))
    assert voyage.now == pytest.approx(HOUR_US + nm / kn * HOUR_US, abs=2)


@given(hours=HOURS, radius=st.floats(0.05, 5), kn=st.floats(0.1, 4))
def test_holding_stays_within_the_circle_for_the_hours_told(hours, radius, kn):
    voyage = SHIP.at(33, 12, "00:00").hold(hours=hours, radius_nm=radius, kn=kn)
    _, lat, lon = voyage.corners()
    assert haversine_nm(lat, lon, 33, 12).max() <= radius * 1.000001
    assert voyage.now == pytest.approx(hours * HOUR_US, abs=1)
    assert run_nm(voyage) == pytest.approx(hours * kn, rel=0.01)


def test_holding_is_the_same_in_every_run():
    first, second = (SHIP.at(33, 12, "00:00").hold(hours=3) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first.corners(), second.corners(), strict=True))


def test_a_drifting_ship_is_carried_where_told_with_her_bow_elsewhere():
    voyage = SHIP.at(33, 12, "00:00").drift(hours=5, kn=1.2, toward=40, yaw_deg=70)
    assert run_nm(voyage) == pytest.approx(6, rel=0.001)
    assert bearing_deg(33, 12, *voyage.here) == pytest.approx(40, abs=12)
    assert voyage.legs[0].heading_deg == 110


def test_silence_covers_what_is_done_meanwhile():
    voyage = SHIP.at(33, 12, "00:00").silence(minutes=40).sail(to=[(34, 12)], kn=10)
    assert voyage.silences == ((0, 40 * MINUTE_US),)
    assert voyage.now > 5 * HOUR_US


def test_ships_that_meet_lie_alongside_from_the_time_told():
    host = SHIP.at(33, 12, "00:00").hold(hours=8, radius_nm=0.5)
    guest = Ship(mmsi=1).at(33.5, 12.5, "01:00").meet(host, at="04:00", minutes=45)
    times = np.arange(clock("04:00"), clock("04:45"), MINUTE_US)
    assert haversine_nm(*guest.where(times), *host.where(times)).max() < 0.04
    assert guest.now == clock("04:45")


def test_what_is_expected_is_planted_in_the_span_of_the_last_verb():
    voyage = SHIP.at(33, 12, "00:00").sail(to=[(33, 13)], kn=10).hold(hours=2).expect("loitering", zone="ly-west")
    (item,) = voyage.expected
    assert (item.kind, item.mmsi, item.zone) == ("loitering", SHIP.mmsi, "ly-west")
    assert item.start < voyage.span[0] < voyage.span[1] < item.end


def test_a_beacon_says_no_name_and_drifts():
    voyage = beacon(970_999_001, at=(33.5, 12), start="02:00", minutes=30)
    assert voyage.ship.name is None
    assert (voyage.began, voyage.now) == (clock("02:00"), clock("02:30"))


@given(st.integers(200_000_000, 799_999_999))
def test_an_invented_imo_number_is_well_formed(mmsi):
    digits = [int(digit) for digit in str(invented_imo(mmsi))]
    assert len(digits) == 7
    assert sum(d * w for d, w in zip(digits, range(7, 1, -1), strict=False)) % 10 == digits[6]


@given(begin=st.floats(0, 5), length=st.floats(0.1, 5))
def test_a_voyage_that_is_cut_goes_the_same_way(begin, length):
    whole = SHIP.at(33, 12, "00:00").sail(to=[(33.5, 12.2)], kn=8).hold(hours=3).drift(hours=4, kn=1, toward=90)
    part = cut(whole, int(begin * HOUR_US), int((begin + length) * HOUR_US))
    times = np.linspace(part.began, part.now, 50).astype(np.int64)
    assert np.allclose(part.where(times), whole.where(times), atol=1e-9)
    assert (part.began, part.now) == (int(begin * HOUR_US), int((begin + length) * HOUR_US))


def test_the_second_day_is_the_first_sailed_backwards():
    first = cut(SHIP.at(33, 12, "00:00").sail(to=[(33.5, 12.2)], kn=8).hold(hours=24), 0, DAY_US)
    second = on_day(first, 1)
    times = np.arange(0, DAY_US, HOUR_US)
    assert np.allclose(second.where(2 * DAY_US - times), first.where(times))
    assert second.origin == first.here


def test_an_exit_sailed_backwards_is_an_entry_and_nobody_is_sighted_twice():
    told = SHIP.at(33, 12, "01:00").sail(to=[(34, 12)], kn=8).expect("zone_exit").expect("sighting")
    (item,) = on_day(told, 1).expected
    (was, _) = told.expected
    assert item.kind == "zone_entry"
    assert item.start - DAY_US == DAY_US - was.end
