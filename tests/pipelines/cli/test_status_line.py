"""The status of a watch in words: what stands in it, and how often it is told."""

from collections import Counter

import pytest

from pipelines.cli.status_line import LEAST_S, LOG_S, Pace, line, lines
from pipelines.engine import Totals
from pipelines.feeds.live import Health
from pipelines.watch import Status

NOW = 1_780_272_000_000_000  # 2026-06-01T00:00:00Z
S = 1_000_000
URL = "tcp://127.0.0.1:10110"


def health(state="live", heard_s=3, **more):
    heard = None if heard_s is None else NOW - heard_s * S
    return Health(
        **{"reconnects": 0, "dropped": 0, "rejects": {}, "error": None} | more,
        state=state,
        since=NOW,
        last_message=heard,
    )


def status(watermark=NOW - 62 * S, messages=0, alerts=(), unarchived=(0, None), **feeds):
    totals = Totals(rows=5, mmsis={1, 2, 3}, alerts=Counter(alerts))
    shown = {URL: health(), **feeds}
    return Status(
        now=NOW,
        feeds=shown,
        messages=messages,
        rejects=0,
        waiting=1234,
        unarchived=unarchived,
        watermark=watermark,
        totals=totals,
    )


def test_a_line_tells_alerts_rate_vessels_lag_rows_that_wait_and_every_feed():
    told = line(status(alerts=["severe", "extreme"]), 20_000.4)
    assert told == (
        "2 alerts, 1 extreme · 20,000 messages/s · 3 vessels · lag 62 s · 1,234 waiting · "
        "tcp://127.0.0.1:10110 live, heard 3 s ago"
    )


def test_a_terminal_has_a_line_for_all_and_one_a_feed():
    told = lines(status(other=health("waiting", None)), 0).plain.split("\n")
    assert [words.split(" ")[0] for words in told] == ["0", URL, "other"]
    assert told[2] == "other waiting, nothing heard"


def test_what_a_feed_cost_is_told_when_it_cost_something():
    down = health("down", 300, dropped=1500, rejects={"not JSON": 2}, reconnects=7, error="x: refused")
    assert line(status(x=down), 0).endswith("x down (refused), heard 5 min ago, 1,500 dropped, 2 refused, 7 reconnects")


def test_what_the_archive_lost_is_told_and_why_while_it_lasts():
    full = status(unarchived=(1500, "No space left on device"))
    assert line(full, 0).endswith(
        "cannot be written (No space left on device), 1,500 sentences are missing; the watch goes on"
    )
    assert lines(status(unarchived=(1500, None)), 0).plain.endswith("\narchive: 1,500 sentences are missing")


def test_an_error_that_has_passed_is_not_told():
    assert "refused" not in line(status(x=health(error="x: refused")), 0)


def test_a_recording_has_a_date_rather_than_a_lag():
    assert "up to 2026-05-30T00:00:00Z" in line(status(NOW - 2 * 86_400 * S), 0)


def test_before_anything_is_in_order_there_is_no_lag():
    early = status()
    early.totals.rows = 0
    assert "nothing in order yet" in line(early, 0)


@pytest.mark.parametrize(
    ("alerts", "state", "red"), [([], "live", 0), (["extreme"], "live", 1), (["severe"], "garbage", 1)]
)
def test_distress_and_what_is_wrong_stand_out(alerts, state, red):
    told = lines(status(alerts=alerts, **{URL: health(state)}), 0)
    assert sum(str(span.style) == "bold red" for span in told.spans) == red


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_the_rate_is_that_since_the_last_look_and_there_is_none_between_looks():
    clock = Clock()
    pace = Pace(LOG_S, clock)
    assert pace.rate(status()) == 0
    clock.now += LOG_S - 1
    assert pace.rate(status(messages=10)) is None
    clock.now += 1
    assert pace.rate(status(messages=3000)) == 3000 / LOG_S


def test_a_feed_that_changed_its_state_is_told_soon():
    clock = Clock()
    pace = Pace(LOG_S, clock)
    pace.rate(status())
    clock.now += LEAST_S / 2
    down = status(**{URL: health("down")})
    assert pace.rate(down) is None
    clock.now += LEAST_S / 2
    assert pace.rate(down) == 0
    clock.now += LEAST_S
    assert pace.rate(down) is None
