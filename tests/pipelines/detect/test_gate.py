"""The gate: plausible tracks pass, what no hull can have done waits and is judged, and no cut of rows changes it."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.detect.fold import pack, unpack
from pipelines.detect.gate import Gate
from pipelines.detect.register import REGISTER, extend
from pipelines.detect.waiting import arriving, held_back, queued
from tests.pipelines.detect.reports import FlatEarth, at, fix, released, said, static
from vessels.event import track_id

SHIP = 247000001
GATE = Gate(FlatEarth())
NOBODY = REGISTER.empty_table()
FAR = {"lat": 36.0, "lon": 14.0}  # 200 nm from where `fix` is
MILE = 1 / 60


def judged(rows, watermarks, *, between=lambda table: table):
    """What the gate finally says of each row, by MMSI, time and type: its track and why it was refused."""
    states, waiting, register, found, seen = {}, arriving(released([]))[:0], NOBODY, {}, -1
    waiting = held_back(waiting.append_column("waits", pa.nulls(0, pa.bool_())))
    for watermark in watermarks:
        new = released([r for r in rows if seen <= r["time"] < watermark])
        register = extend(register, new)
        states = {name: between(state) for name, state in states.items()}
        states, told = GATE.step(states, queued(between(waiting), arriving(new)), register, watermark)
        waiting, seen = held_back(told), watermark
        for row in told.to_pylist():
            if not row["waits"]:
                found[row["mmsi"], row["time"], row["msg_type"]] = (track_id(row["key"])[10:], row["verdict"])
    return found


def verdicts(rows, until=10_000):
    """The verdicts of one MMSI's rows in order of time, given at once."""
    return [verdict for _, verdict in judged(rows, [at(until)]).values()]


def hulls(rows, until=10_000):
    return [hull for hull, _ in judged(rows, [at(until)]).values()]


def steaming(minutes, *, kn=12.0, lat=33.0, lon=12.0, **values):
    """A ship going north at a steady speed from a place at minute 0."""
    return [fix(m, lat=lat + kn * m / 60 * MILE, lon=lon, sog_e=round(kn * 10), cog_e=0, **values) for m in minutes]


def ship(ship_type, minute=-1):
    return static(minute, ship_type=ship_type)


def test_no_row_gives_no_row():
    assert judged([], [at(1)]) == {}


def test_what_is_no_position_passes_on_the_first_track():
    rows = [static(1), said(2), fix(3)]
    assert set(judged(rows, [at(4)]).values()) == {("1", None)}


PLAUSIBLE = {
    "a moored vessel": [ship(70), *(fix(3 * m, nav_status=5) for m in range(40))],
    "a freighter": [ship(70), *steaming(range(60))],
    "a ferry at 40 kn that says so": [ship(60), *steaming(range(0, 600, 60), kn=40)],
    "a high-speed craft that tells no speed": [
        ship(40), *(r | {"sog_e": None} for r in steaming(range(0, 300, 60), kn=55))
    ],
    "a helicopter at 150 kn": steaming(range(0, 100, 10), kn=150, mmsi=111247000, msg_type=9),
    "a gap of eight hours": [ship(70), *steaming([0, 1, 2, 482, 483], kn=20)],
    "a speed that is not available": [ship(70), *(r | {"sog_e": None, "cog_e": None} for r in steaming(range(30)))],
    "a clock that is minutes out of step": [ship(70), *steaming([0, 1, 2]), *steaming([3, 4], lat=33 - 2 * MILE)],
    "long-range reports alone": steaming(range(0, 120, 3), msg_type=27),
    "a ship heard once": [fix(0)],
    "a barge up a river, step by step": [ship(70), *steaming(range(60), kn=8, lat=31.5)],
    "a ship that appears far up a river": [fix(0, lat=31.0), fix(5, lat=31.01)],
}  # fmt: skip


@pytest.mark.parametrize("rows", PLAUSIBLE.values(), ids=PLAUSIBLE)
def test_passes_unharmed(rows):
    assert set(judged(rows, [at(10_000)]).values()) == {("1", None)}


@pytest.mark.parametrize("rows", PLAUSIBLE.values(), ids=PLAUSIBLE)
def test_passes_at_once(rows):
    assert len(judged(rows, [max(r["time"] for r in rows) + 1])) == len(rows)


def test_a_single_jump_is_refused_and_the_track_goes_on():
    rows = [*steaming(range(20)), fix(20.5, **FAR), *steaming(range(21, 60))]
    assert verdicts(rows) == [None] * 20 + ["jump"] + [None] * 39


def test_a_doubtful_row_makes_only_its_own_mmsi_wait():
    rows = [fix(0), fix(1, **FAR), fix(2), static(3), fix(1, 247000002), fix(2, 247000002)]
    passed = {(SHIP, at(0), 1), (247000002, at(1), 1), (247000002, at(2), 1)}
    assert set(judged(rows, [at(5)])) == passed


def test_no_row_waits_longer_than_ten_minutes():
    rows = [fix(0), *(fix(m, **FAR) for m in range(1, 12))]
    assert len(judged(rows, [at(11)])) == 1
    assert len(judged(rows, [at(11) + 1])) == 12


def test_two_hulls_heard_at_once_get_a_track_each():
    rows = sorted([*steaming(range(40)), *steaming([m + 0.5 for m in range(5, 40)], **FAR)], key=lambda r: r["time"])
    expected = ["2" if r["lon_e"] == 14 * 600_000 else "1" for r in rows]
    assert hulls(rows) == expected
    assert set(verdicts(rows)) == {None}


def test_a_second_hull_is_believed_only_after_nine_minutes():
    rows = [*steaming(range(40)), *(fix(m + 0.5, **FAR) for m in range(5, 12))]
    assert verdicts(sorted(rows, key=lambda r: r["time"])).count("jump") == 7


def test_a_lone_transmitter_that_jumps_is_refused_for_an_hour():
    rows = [*steaming(range(20)), *(fix(m, **FAR) for m in range(20, 100))]
    found = judged(rows, [at(10_000)])
    assert [found[SHIP, at(m), 1] for m in (19, 20, 79, 80)] == [("1", None), ("1", "jump"), ("1", "jump"), ("2", None)]


def test_a_first_row_that_was_wrong_costs_ten_minutes_and_no_row():
    rows = [fix(0, **FAR), *steaming(range(1, 30))]
    assert set(verdicts(rows)) == {None}
    assert hulls(rows) == ["1", *["2"] * 29]


def test_a_track_goes_on_from_before_the_row_that_led_it_astray():
    astray = fix(300, lat=36.0, lon=12.0)  # within reach after five hours, but the ship never left
    rows = [*steaming(range(20), kn=0.1), astray, *steaming(range(301, 330), kn=0.1)]
    assert set(judged(rows, [at(10_000)]).values()) == {("1", None)}


def test_a_leap_onto_a_ring_is_a_circle_and_no_second_hull_however_often_it_is_heard_beside_the_first():
    round_ = [(m, np.radians(40 * m)) for m in range(5, 40)]
    ring = [
        fix(m + 0.5, lat=36 + 0.5 * MILE * np.cos(a), lon=14 + 0.5 * MILE * np.sin(a) / np.cos(np.radians(36)))
        for m, a in round_
    ]
    rows = sorted([*steaming(range(40)), *ring], key=lambda r: r["time"])
    assert verdicts(rows).count("circle") == len(ring)
    assert set(hulls(rows)) == {"1"}


def test_a_coarse_position_beside_a_fine_one_is_refused_at_once():
    rows = [fix(0), fix(30, msg_type=27), fix(59, msg_type=27), fix(61, msg_type=27)]
    assert judged(rows, [at(62)])[SHIP, at(61), 27] == ("1", None)
    assert verdicts(rows, 62) == [None, "coarse", "coarse", None]


def test_a_leap_inland_is_refused_at_once_and_for_as_long_as_it_lasts():
    rows = [*steaming(range(10), lat=32.05), *(fix(m, lat=31.9) for m in range(10, 200))]
    assert verdicts(rows, 200) == [None] * 10 + ["land"] * 190


def test_a_leap_from_far_off_to_the_coast_is_land_too_and_stays_refused_once_it_is_within_reach():
    rows = [ship(70), *steaming(range(10), lat=32.5), *(fix(10 + 5 * m, lat=31.99) for m in range(40))]
    assert verdicts(rows, 10_000) == [None] * 11 + ["land"] * 40


def test_a_type_said_in_time_tells_a_fast_craft_from_a_ship():
    far = [fix(0), fix(60, lat=33 + 50 * MILE)]
    assert verdicts([ship(40), *far]) == [None] * 3
    assert verdicts([ship(70), *far]) == [None, None, "jump"]


AIRPORT = {"lat": 31.99, "lon": 14.0}  # on land, within a mile of the sea


def fleet(count, *, minute=0):
    """So many freighters at anchor 100 nm off the airport, one mile apart."""
    return [fix(minute, SHIP + i, lat=33.6, lon=14 + i * MILE) for i in range(count)]


def test_five_stations_that_leap_to_one_place_on_land_make_a_crowd_and_whoever_comes_is_in_it():
    leaps = [fix(5 + i, SHIP + i, **AIRPORT) for i in range(5)]
    stranger = fix(12, 247000099, **AIRPORT)
    found = judged([*fleet(5), *leaps, stranger], [at(100)])
    assert [found[r["mmsi"], r["time"], 1][1] for r in leaps] == ["land"] * 4 + ["cluster"]
    assert found[247000099, at(12), 1][1] == "cluster"


def test_four_leaps_are_no_crowd_and_neither_are_ships_that_were_always_there():
    four = [fix(5 + i, SHIP + i, **AIRPORT) for i in range(4)]
    moored = [fix(m, 247000050 + i, **AIRPORT) for m in (0, 6) for i in range(9)]
    found = judged([*fleet(4), *four, *moored], [at(100)])
    assert {verdict for (mmsi, _, _), (_, verdict) in found.items() if mmsi >= 247000050} == {None}
    assert "cluster" not in {verdict for _, verdict in found.values()}


@settings(max_examples=15)
@given(steps=st.lists(st.sampled_from([1, 2, 9, 10, 11]), min_size=14, max_size=14), data=st.data())
def test_no_cut_of_the_rows_changes_a_crowd(steps, data):
    minutes = [5 + sum(steps[:i]) for i in range(14)]
    rows = [*fleet(7), *(fix(m, SHIP + i % 7, **AIRPORT) for i, m in enumerate(minutes))]
    end = at(minutes[-1] + 11)
    cuts = sorted(data.draw(st.sets(st.sampled_from([at(m) for m in minutes]), max_size=5)))
    assert judged(rows, [*cuts, end]) == judged(rows, [end])


STEPS = st.sampled_from([0.1, 1, 3, 5, 10, 10.1, 31, 60, 61, 9 * 60])
PLACES = st.sampled_from([(33.0, 12.0), (33.1, 12.0), (36.0, 14.0), (31.5, 12.0), (38.0, 20.0)])


@st.composite
def seas(draw):
    """Rows of two MMSIs that are at five places in turn, near and far, on land and at sea."""
    rows = []
    for mmsi in (SHIP, 247000002):
        minutes = draw(st.sampled_from([0, 1]))
        for _ in range(draw(st.integers(0, 25))):
            minutes += draw(STEPS)
            lat, lon = draw(PLACES)
            kind = draw(st.sampled_from([1, 1, 1, 27]))
            speed = draw(st.sampled_from([None, 0, 120, 700]))
            rows.append(fix(round(minutes, 1), mmsi, lat=lat, lon=lon, msg_type=kind, sog_e=speed))
        if draw(st.booleans()):
            rows.append(static(draw(st.integers(0, 60)) + 0.05, mmsi, ship_type=draw(st.sampled_from([40, 70]))))
    return rows


@settings(max_examples=40)
@given(rows=seas(), data=st.data())
def test_no_cut_of_the_rows_changes_a_verdict(rows, data):
    end = max((r["time"] for r in rows), default=at(0)) + 11 * (at(1) - at(0))
    times = sorted({r["time"] for r in rows} | {end - 1})
    cuts = sorted(data.draw(st.sets(st.sampled_from(times), max_size=8)))
    whole = judged(rows, [end])
    assert len(whole) == len({(r["mmsi"], r["time"], r["msg_type"]) for r in rows})
    assert judged(rows, [*cuts, end], between=lambda table: unpack(pack(table))) == whole
    assert judged(rows, [*(t + 1 for t in times), end]) == whole


@settings(max_examples=15)
@given(rows=seas())
def test_mmsis_do_not_touch_each_other(rows):
    end = [at(100_000)]
    apart = [judged([r for r in rows if r["mmsi"] == mmsi], end) for mmsi in (SHIP, 247000002)]
    assert judged(rows, end) == apart[0] | apart[1]
