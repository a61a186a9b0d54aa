from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from pipelines.errors import PipelineError
from pipelines.feeds.moments import moments


def told(text, form="time", zone="UTC"):
    """Return the time of one text as ISO, null where it is none."""
    (time,), (bad,) = moments(pa.array([text], pa.string() if isinstance(text, str) else None), form, zone)
    return None if bad else datetime.fromtimestamp(time / 1e6, UTC).isoformat()


@pytest.mark.parametrize(
    ("text", "form", "time"),
    [
        ("2022-06-20T00:00:04", "time", "2022-06-20T00:00:04"),
        ("2022-06-20 00:00:04", "time", "2022-06-20T00:00:04"),
        ("2022-06-20 00:05", "time", "2022-06-20T00:05:00"),
        ("2022-06-20T00:00:04.25Z", "time", "2022-06-20T00:00:04.250000"),
        ("2022-06-20T02:00:04+02:00", "time", "2022-06-20T00:00:04"),
        ("2022-06-19T19:30:04-0430", "time", "2022-06-20T00:00:04"),
        ("2026-01-19 02:41:51.011109855 +0000 UTC", "time", "2026-01-19T02:41:51.011109"),
        ("31/12/2015 23:59:59", "time_dmy", "2015-12-31T23:59:59"),
        ("12/31/2015 23:59:59", "time_mdy", "2015-12-31T23:59:59"),
        ("3/2/2015 03:04:05", "time_dmy", "2015-02-03T03:04:05"),
        ("20140228_235959", "time_compact", "2014-02-28T23:59:59"),
        ("1348507581.5", "time_s", "2012-09-24T17:26:21.500000"),
        (1348507581500, "time_ms", "2012-09-24T17:26:21.500000"),
    ],
)
def test_times_are_read_in_the_form_they_are_written_in(text, form, time):
    assert told(text, form) == f"{time}+00:00"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("31/02/2020 00:00:00", "time_dmy"),
        ("12/31/2015 23:59:59", "time_dmy"),
        ("31/12/2015 24:00:00", "time_dmy"),
        ("31/12/2015 23:59:60", "time_dmy"),
        ("2022-06-20", "time"),
        ("2022-13-20T00:00:00", "time"),
        ("2022-06-20T00:00:04 and more", "time"),
        ("1970-01-01T00:00:00", "time"),
        ("2200-01-01T00:00:00", "time"),
        ("1348507581", "time_ms"),
        ("nan", "time_s"),
        ("1e300", "time_s"),
        (5, "time"),
    ],
)
def test_what_is_no_such_time_is_none(text, form):
    assert told(text, form) is None


def test_a_zone_counts_for_times_that_say_none():
    assert told("2022-06-20T12:00:00", zone="Europe/Copenhagen") == "2022-06-20T10:00:00+00:00"
    assert told("20/06/2022 12:00:00", "time_dmy", "Europe/Copenhagen") == "2022-06-20T10:00:00+00:00"
    assert told("2022-06-20T12:00:00Z", zone="Europe/Copenhagen") == "2022-06-20T12:00:00+00:00"
    assert told("1655719200", "time_s", "Europe/Copenhagen") == "2022-06-20T10:00:00+00:00"


def test_of_an_hour_that_comes_twice_the_first_is_taken():
    assert told("2022-10-30T02:30:00", zone="Europe/Copenhagen") == "2022-10-30T00:30:00+00:00"


def test_an_unknown_zone_is_refused():
    with pytest.raises(PipelineError, match="Europe/Atlantis"):
        told("2022-06-20T12:00:00", zone="Europe/Atlantis")


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Copenhagen"])
def test_timestamps_of_parquet_are_taken_as_they_are(zone):
    column = pa.array([datetime(2022, 6, 20, tzinfo=UTC)]).cast(pa.timestamp("ns", zone))
    times, bad = moments(column, "time", "UTC")
    assert (times.tolist(), bad.tolist()) == ([1_655_683_200_000_000], [False])
    assert times.dtype == np.int64
