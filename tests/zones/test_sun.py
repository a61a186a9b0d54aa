from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from zones.sun import night, sun_altitude_deg

MINUTE_US = 60_000_000


def us(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


# Almanac times (UTC) as printed for the cities: sunrise and sunset at the solstices of 2024.
TIMES = [
    ("London", 51.507, -0.128, "2024-06-21T03:43", "2024-06-21T20:21"),
    ("London", 51.507, -0.128, "2024-12-21T08:03", "2024-12-21T15:53"),
    ("Rome", 41.893, 12.483, "2024-06-21T03:35", "2024-06-21T18:49"),
    ("Rome", 41.893, 12.483, "2024-12-21T06:34", "2024-12-21T15:42"),
    ("Athens", 37.984, 23.728, "2024-06-21T03:03", "2024-06-21T17:51"),
]


@pytest.mark.parametrize(("city", "lat", "lon", "rise", "sets"), TIMES)
def test_night_ends_at_sunrise_and_begins_at_sunset(city, lat, lon, rise, sets):
    minutes = 2 * MINUTE_US  # almanacs print whole minutes, for the middle of the city
    assert night([us(rise) - minutes, us(rise) + minutes], lat, lon).tolist() == [True, False]
    assert night([us(sets) - minutes, us(sets) + minutes], lat, lon).tolist() == [False, True]


def test_a_day_has_one_night():
    start = us("2025-03-20T12:00")
    dark = night(start + np.arange(1440) * MINUTE_US, 33.0, 13.0)
    assert np.count_nonzero(np.diff(dark.astype(int))) == 2
    assert dark.sum() / 60 == pytest.approx(11.85, abs=0.1)  # at the equinox refraction takes a few minutes off 12 h


def test_noon_moves_with_the_longitude():
    time = us("2024-04-15T12:00")  # the equation of time is zero
    lon = np.linspace(-90, 90, 1801)
    assert lon[np.argmax(sun_altitude_deg(np.full(1801, time), 35.0, lon))] == pytest.approx(0, abs=0.2)


def test_the_sun_stands_overhead_on_the_tropic_at_the_solstice():
    noon = us("2024-06-20T20:51")
    lon = np.linspace(-180, 180, 3601)
    assert sun_altitude_deg(np.full(3601, noon), 23.436, lon).max() == pytest.approx(90, abs=0.1)


def test_polar_day_and_polar_night_are_known():
    hours = us("2024-06-21T00:00") + np.arange(24) * 60 * MINUTE_US
    assert not night(hours, 71.0, 25.8).any()
    assert night(hours + int(timedelta(days=183).total_seconds()) * 1_000_000, 71.0, 25.8).all()


def test_without_a_position_it_is_not_night():
    assert night([us("2024-01-01T00:00")] * 2, [np.nan, 35.0], [13.0, np.nan]).tolist() == [False, False]
