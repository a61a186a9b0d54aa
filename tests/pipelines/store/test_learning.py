import numpy as np
import pytest

from pipelines.store.anchorages import learned
from pipelines.store.flush import commit
from pipelines.store.learning import LEAST_VESSELS, learn
from tests.pipelines.store.samples import DAY, SEQUENCER, START, S, flush, report
from zones.learned import Cell

MINUTE = 60 * S
HOUR = 60 * MINUTE
DEGREE = 600_000
UNIT = DEGREE // 60  # a minute of arc
HERE = (33 * DEGREE + 5 * UNIT + UNIT // 2, 13 * DEGREE + 40 * UNIT + UNIT // 2)
CELL = (33 * 60 + 5, 13 * 60 + 40)
FIRST = 211_000_001


def lying(mmsi, *, hours=6.0, start=START + 8 * HOUR, every=10 * MINUTE, place=HERE, sog_e=1, **columns):
    """Return the rows of a ship that lies still and swings a little."""
    times = np.arange(start, start + round(hours * HOUR) + 1, every)
    swing = [(-300, 200), (250, -150), (0, 0)]
    return [
        report(int(time), mmsi, lat_e=place[0] + dy, lon_e=place[1] + dx, sog_e=sog_e, **columns)
        for time, (dy, dx) in zip(times, swing * len(times), strict=False)
    ]


def fleet(number=LEAST_VESSELS, **how):
    return [row for ship in range(number) for row in lying(FIRST + ship, **how)]


def put(store, rows, *, until=START + DAY + HOUR):
    with store.writing():
        commit(store, flush(*sorted(rows, key=lambda row: row["time"]), sequencer={**SEQUENCER, "watermark": until}))


def cells(store):
    found = learn(store)
    return [] if found is None else list(found.cells)


def test_ten_vessels_that_lay_still_for_six_hours_are_an_anchorage(store):
    put(store, fleet())
    assert cells(store) == [Cell(*CELL, vessels=10, stays=10, simulated=False)]


def test_what_was_learned_is_kept_with_its_span_until_it_is_learned_anew(store):
    put(store, fleet())
    assert learned(store) is None
    found = learn(store)
    assert found == learned(store)
    assert found.span == "2026-06-01 to 2026-06-01"
    put(store, fleet(start=START + DAY + 8 * HOUR), until=START + 2 * DAY + HOUR)
    assert learn(store).cells == (Cell(*CELL, vessels=10, stays=20, simulated=False),)
    assert learned(store).span == "2026-06-01 to 2026-06-02"


@pytest.mark.parametrize(
    "rows",
    [
        fleet(LEAST_VESSELS - 1),
        fleet(LEAST_VESSELS - 1) + lying(FIRST, start=START + 16 * HOUR, hours=7),
        fleet(hours=5.9),
        fleet(sog_e=15),
        fleet(every=70 * MINUTE, hours=14),
        fleet(verdict="jump"),
        [{**row, "mmsi": row["mmsi"] + 781_000_000} for row in fleet()],
    ],
    ids=[
        "nine vessels",
        "nine vessels, one twice",
        "too short a stay",
        "under way",
        "heard too seldom",
        "positions that the gate did not believe",
        "aids to navigation",
    ],
)
def test_anything_less_is_none(store, rows):
    put(store, rows)
    assert cells(store) == []


def test_a_ship_that_drifts_through_is_not_still(store):
    rows = fleet()
    for row in rows:
        row["lon_e"] += (row["time"] - START - 8 * HOUR) // HOUR * (UNIT // 4)  # a quarter of a mile an hour
    put(store, rows)
    assert cells(store) == []


def test_a_stay_that_is_broken_by_a_trip_is_two_short_ones(store):
    rows = [*fleet(hours=4), *fleet(hours=4, start=START + 13 * HOUR)]
    trips = [
        report(START + 12 * HOUR + 30 * MINUTE, FIRST + ship, lat_e=HERE[0], lon_e=HERE[1], sog_e=90)
        for ship in range(10)
    ]
    put(store, [*rows, *trips])
    assert cells(store) == []


def test_a_stay_goes_on_over_midnight_and_over_the_segments_of_many_flushes(store):
    rows = fleet(start=START + 20 * HOUR, hours=7)
    for part in range(3):
        put(store, rows[part::3], until=START + 2 * DAY)
    assert [cell.vessels for cell in cells(store)] == [10]


def test_only_days_that_are_over_teach(store):
    put(store, fleet(), until=START + DAY - 1)
    assert learn(store) is None
    assert learned(store) is None
    put(store, fleet(start=START + DAY + 8 * HOUR, place=(HERE[0] + 10 * UNIT, HERE[1])), until=START + DAY + 20 * HOUR)
    assert [(cell.south, cell.west) for cell in cells(store)] == [CELL]


def test_a_ship_without_a_speed_is_still_where_it_stays(store):
    put(store, fleet(sog_e=None))
    assert [cell.vessels for cell in cells(store)] == [10]


def test_simulated_rows_teach_simulated_cells(store):
    put(store, fleet(simulated=True))
    assert [cell.simulated for cell in cells(store)] == [True]


def test_west_of_greenwich_and_south_of_the_line_the_corner_lies_south_west(store):
    put(store, fleet(place=(-UNIT // 2, -UNIT // 2)))
    assert [(cell.south, cell.west) for cell in cells(store)] == [(-1, -1)]
