"""The event clock: which time a row gets, and from which clock."""

import pytest

from tests.vessels.nmea import NOON, SECOND, base, checked, decode, position, rows, static_a, tag, text14
from vessels.decode import Decoder

GATEHOUSE = checked(b"PGHP,1,2023,11,15,12,0,5,250,247,,2470001,1,2B", b"$")


def times(*lines: bytes, start: int | None = None) -> list[tuple[float, str]]:
    """Return for each row the seconds after noon and the clock."""
    return [((row["time"] - NOON) / SECOND, row["clock"]) for row in rows(*lines, start=start)]


@pytest.mark.parametrize("epoch", [b"1700049605", b"1700049605000"])
def test_a_tag_time_in_seconds_or_milliseconds_is_the_time(epoch):
    assert times(tag(b"s:x,c:" + epoch) + static_a("A")) == [(5, "tag")]


@pytest.mark.parametrize(
    ("second", "time", "clock"),
    [
        (5, 5, "tag"),
        (12, 12, "tag"),
        (58, -2, "tag"),
        (15, 15, "tag"),
        (16, 5, "tag-skewed"),
        (30, 5, "tag-skewed"),
        (60, 5, "tag"),
    ],
)
def test_a_tag_time_is_set_to_the_second_of_the_message_when_within_10_s(second, time, clock):
    assert times(tag(b"c:1700049605") + position(second=second)) == [(time, clock)]


def test_a_tag_with_a_wrong_checksum_gives_its_time_but_not_its_station():
    (row,) = rows(b"\\s:malta,c:1700049605*00\\" + position(second=5), start=None)
    assert ((row["time"] - NOON) / SECOND, row["clock"], row["station"]) == (5, "tag-unchecked", None)
    assert rows(b"\\c:1700049605\\" + position(second=5), start=None)[0]["clock"] == "tag-unchecked"


def test_a_station_name_loses_its_control_characters():
    assert rows(tag(b"s:mal\x1b[2Jta,c:1700049605") + position(), start=None)[0]["station"] == "mal[2Jta"


@pytest.mark.parametrize("epoch", [b"12415440354", b"0", b"-5", b"17000496.5", b"1" * 400, b"x", b""])
def test_a_tag_time_that_is_none_is_not_used(epoch):
    assert [refused.reason for refused in decode(tag(b"c:" + epoch) + position(), start=None).rejects] == ["no time"]


def test_a_time_line_times_the_following_sentence_only():
    decoded = decode(GATEHOUSE, static_a("A"), b"", static_a("B"), start=None)
    assert decoded.reports["clock"].to_pylist() == ["feed", "second"]
    assert decoded.reports["time"].to_pylist() == [NOON + 5_250_000] * 2


@pytest.mark.parametrize(
    "wrong", [GATEHOUSE[:-2] + b"00", checked(b"PGHP,1,2023,13,15,12,0,5,250,247,,2470001,1,2B", b"$")]
)
def test_a_time_line_with_a_wrong_checksum_or_date_is_not_used(wrong):
    assert [refused.reason for refused in decode(wrong, static_a("A"), start=None).rejects] == ["no time"]


@pytest.mark.parametrize("before", [b"1700049605 ", b"1700049605000 ", b"1700049605000000\t", b"1700049605000000000 "])
def test_an_epoch_before_the_sentence_is_a_feed_time(before):
    assert times(before + static_a("A")) == [(5, "feed")]


@pytest.mark.parametrize(
    "after",
    [b",1700049605", b",1700049605000\r", b",r003669946,1700049605", b",d-109,S2105,r003669946,1700049605,1700040000"],
)
def test_an_epoch_after_the_sentence_is_a_feed_time(after):
    assert times(static_a("A") + after) == [(5, "feed")]


def test_the_coast_guards_station_is_the_station():
    assert rows(static_a("A") + b",d-109,r003669946,1700049605", start=None)[0]["station"] == "r003669946"


def test_the_tag_wins_over_the_feed_and_the_time_line_over_numbers_beside_the_sentence():
    assert times(GATEHOUSE, tag(b"c:1700049607") + static_a("A")) == [(7, "tag")]
    assert times(GATEHOUSE, static_a("A") + b",1700049699") == [(5.25, "feed")]


def test_without_any_time_positions_and_statics_are_refused():
    decoded = decode(position(), static_a("A"), text14("HELP"), start=None)
    assert [refused.reason for refused in decoded.rejects] == ["no time"] * 3


def test_a_given_start_is_the_minute_and_falls_of_the_second_move_it_on():
    lines = [position(second=second) for second in (40, 59, 2, 1, 30, 58, 20)]
    assert times(*lines, start=NOON) == [(time, "start") for time in (40, 59, 62, 61, 90, 118, 140)]


def test_a_late_message_of_the_minute_before_does_not_move_the_clock_on():
    seconds = (58, 1, 59, 2, 58, 3)
    assert [time for time, _ in times(*[position(second=second) for second in seconds], start=NOON)] == [
        58,
        61,
        59,
        62,
        58,
        63,
    ]


def test_the_first_second_is_not_before_the_start():
    assert times(position(second=45), start=NOON + 5 * SECOND) == [(45, "start")]
    assert times(position(second=5), start=NOON + 50 * SECOND) == [(65, "start")]


def test_base_stations_give_the_minute_where_no_start_is_given():
    lines = base(2023, 11, 15, 12, 0, 10), position(second=12), static_a("A"), position(second=13)
    assert times(*lines) == [(12, "second"), (12, "second"), (13, "second")]


def test_a_given_start_wins_over_base_stations():
    assert times(base(2001, 1, 1, 0, 0, 10), position(second=12), start=NOON) == [(12, "start")]


def test_rows_before_the_first_base_station_have_no_time():
    decoded = decode(position(), base(2023, 11, 15, 12, 0, 10), position(), start=None)
    assert [refused.offset for refused in decoded.rejects] == [0]


@pytest.mark.parametrize(
    "wrong",
    [
        base(2000, 10, 16, 0, 0, 0),
        base(2023, 11, 15, 11, 58, 11),
        base(2077, 1, 1, 0, 0, 0),
        base(0, 0, 0, 24, 60, 60),
        base(2023, 2, 30, 0, 0, 0),
    ],
)
def test_one_base_station_that_is_off_moves_nothing(wrong):
    right = base(2023, 11, 15, 12, 0, 10)
    assert times(right, wrong, position(second=12), right, wrong, position(second=13)) == [
        (12, "second"),
        (13, "second"),
    ]


def test_two_base_stations_that_agree_move_the_clock():
    lines = base(2023, 11, 15, 11, 0, 10), base(2023, 11, 15, 12, 0, 11, mmsi=1), base(2023, 11, 15, 12, 0, 12, mmsi=2)
    assert times(*lines, position(second=13)) == [(13, "second")]


def test_after_a_pause_of_the_feed_the_last_time_known_is_the_new_one():
    tagged = [tag(b"c:%d" % epoch) + static_a("A") for epoch in (1_700_049_605, 1_700_056_800)]
    assert times(tagged[0], tagged[1], static_a("B"))[-1] == (7200, "second")


def test_one_old_message_between_new_ones_does_not_set_the_clock_back():
    new, old = (tag(b"c:%d" % epoch) + static_a("A") for epoch in (1_700_049_605, 1_700_040_000))
    assert times(new, old, static_a("B"))[-1] == (5, "second")


def test_live_the_second_is_joined_to_the_minute_of_receipt():
    decoder = Decoder("live", "f", receive=True)
    lines = b"\n".join(
        (position(second=58), position(second=2), static_a("A"), tag(b"c:1700049605") + static_a("B"), b"")
    )
    reports = decoder.feed(lines, received=NOON + 500_000).reports
    assert [(time - NOON) / SECOND for time in reports["time"].to_pylist()] == [-2, 2, 0.5, 5]
    assert reports["clock"].to_pylist() == ["second", "second", "receive", "tag"]
