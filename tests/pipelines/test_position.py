"""Positions are written as a watch officer reads them out."""

# ruff: noqa: RUF001 - minutes of arc have a sign of their own, and ranges a dash

import pytest

from pipelines.position import position


@pytest.mark.parametrize(
    ("lat", "lon", "text"),
    [
        (33.92, 12.05, "33°55.2′N 012°03.0′E"),
        (-0.5, -120.25, "00°30.0′S 120°15.0′W"),
        (33.99999, 179.99999, "34°00.0′N 180°00.0′E"),
        (0.0, 0.0, "00°00.0′N 000°00.0′E"),
        (None, 12.0, "position unknown"),
    ],
)
def test_a_position_is_written_in_degrees_and_decimal_minutes(lat, lon, text):
    assert position(lat, lon) == text
