import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.json_rows import Rows, UnfitError, message
from vessels import ais
from vessels.report import CONTENT, REPORT

MMSI = 244_730_610
SECOND = 1_000_000
TIME = 1_780_272_012 * SECOND  # 2026-06-01T00:00:12Z
UNITS = {"lat_e": 600_000, "lon_e": 600_000, "sog_e": 10, "cog_e": 10, "draught_e": 10}
BIG_STRANGERS = st.sampled_from([True, "7", [], {}, math.nan, math.inf, -math.inf, 10**400, -(10**400), 1e300])


def table(*said, received=TIME):
    return Rows("test://").table(said, received)


def row(*said, **options):
    return table(*said, **options).to_pylist()[-1]


def raw_values(layout):
    """Every integer a field can hold, at its edges and between."""
    fields = {}
    for field in layout.numbers:
        low, high = (
            (-(1 << field.width - 1), (1 << field.width - 1) - 1) if field.signed else (0, (1 << field.width) - 1)
        )
        known = st.sampled_from([low, high, field.absent, field.low, field.high, 0])
        fields[field.column] = known | st.integers(low, high)
    return st.fixed_dictionaries(fields)


@pytest.mark.parametrize("kind", ais.LAYOUTS)
@given(data=st.data())
def test_degrees_and_knots_go_back_to_the_integers_that_were_sent(kind, data):
    layout = ais.LAYOUTS[kind]
    raw = data.draw(raw_values(layout))
    values = {field.column: raw[field.column] * field.scale / UNITS.get(field.column, 1) for field in layout.numbers}
    said = message(kind[0], MMSI, values, part=kind[1])
    assert {column: said.numbers[column] for column in raw} == raw


@pytest.mark.parametrize("kind", ais.LAYOUTS)
def test_a_message_that_says_nothing_is_nothing_but_nulls(kind):
    found = row(message(kind[0], MMSI, {}, part=kind[1], time=TIME))
    said = {name: value for name, value in found.items() if name in CONTENT.names and value is not None}
    assert said == {"mmsi": MMSI, "msg_type": kind[0]}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("lat_e", 91), ("lon_e", 181), ("sog_e", 102.3), ("cog_e", 360), ("cog_e", 400), ("heading_deg", 511),
        ("heading_deg", 360), ("rot_e", -128), ("nav_status", 15), ("utc_second", 60), ("utc_second", 63),
    ],
)  # fmt: skip
def test_what_means_not_available_is_null_as_from_the_radio(column, value):
    values = {"lat_e": 36.5, "lon_e": 14.25, column: value}
    found = row(message(1, MMSI, values))
    assert found[column] is None
    assert (found["lat_e"] is None) == (column in ("lat_e", "lon_e"))


def test_a_position_keeps_exact_integers():
    values = {"lat_e": 53.09018833333334, "lon_e": -5.854496666666666, "sog_e": 4.5, "cog_e": 142.9}
    found = row(message(1, MMSI, values))
    assert (found["lat_e"], found["lon_e"]) == (31_854_113, -3_512_698)
    assert (found["sog_e"], found["cog_e"]) == (45, 1429)


def test_speeds_in_whole_knots_keep_their_scale():
    assert row(message(9, 111_230_001, {"sog_e": 140}))["sog_e"] == 1400
    assert row(message(27, MMSI, {"sog_e": 57, "cog_e": 167, "lat_e": 4.84, "lon_e": 137.0233}))["cog_e"] == 1670


@given(st.sampled_from(["lat_e", "lon_e", "sog_e", "heading_deg", "rot_e"]), BIG_STRANGERS)
def test_a_value_of_another_kind_is_a_reject_that_names_its_field(column, value):
    with pytest.raises(UnfitError, match=f"{column}: (no number|out of range)"):
        message(1, MMSI, {column: value})


@pytest.mark.parametrize(
    ("column", "value"), [("lat_e", 200), ("sog_e", -1), ("sog_e", 103), ("heading_deg", 512), ("rot_e", 128)]
)
def test_a_value_that_no_message_can_hold_is_a_reject(column, value):
    with pytest.raises(UnfitError, match=f"{column}: out of range"):
        message(1, MMSI, {column: value})


@pytest.mark.parametrize("mmsi", [None, "244730610", True, 0, -5, 1_000_000_000, 2.5])
def test_a_message_of_nobody_is_a_reject(mmsi):
    with pytest.raises(UnfitError, match="mmsi: none"):
        message(1, mmsi, {})


@pytest.mark.parametrize("time", [0, 10**18])
def test_a_time_outside_the_years_of_ais_is_a_reject(time):
    with pytest.raises(UnfitError, match="time: out of range"):
        message(1, MMSI, {}, time=time)


@given(st.text(max_size=40))
def test_whatever_text_comes_becomes_what_a_radio_could_say(text):
    name = row(message(24, MMSI, {"name": text}))["name"]
    assert name is None or (name.isascii() and name.isprintable() and 0 < len(name) <= 20 and name == name.upper())


def test_a_text_of_another_kind_is_a_reject():
    with pytest.raises(UnfitError, match="name: no text"):
        message(24, MMSI, {"name": 5})


def test_a_safety_text_is_read_up_to_its_end():
    assert row(message(14, MMSI, {"text": "SART ACTIVE@ignored"}))["text"] == "SART ACTIVE"


def test_messages_of_several_kinds_stay_in_order_and_are_numbered():
    rows = Rows("test://")
    said = [message(kind, MMSI + kind, {}, time=TIME + kind) for kind in (5, 1, 18, 1, 5)]
    first, second = rows.table(said, TIME), rows.table(said[:2], TIME)
    assert first.schema == REPORT
    assert first["msg_type"].to_pylist() == [5, 1, 18, 1, 5]
    assert first["time"].to_pylist() == [TIME + kind for kind in (5, 1, 18, 1, 5)]
    assert [*first["offset"].to_pylist(), *second["offset"].to_pylist()] == list(range(7))


def test_the_feeds_time_is_the_clock_and_without_one_that_of_receipt():
    timed, second, bare = message(1, 1, {}, time=TIME), message(1, 2, {"utc_second": 58}), message(1, 3, {})
    found = table(timed, second, bare, received=TIME + 5 * SECOND)
    assert found["clock"].to_pylist() == ["feed", "second", "receive"]
    assert found["time"].to_pylist() == [TIME, TIME - 14 * SECOND, TIME + 5 * SECOND]


def test_simulated_stations_are_known():
    found = table(message(1, 1, {}, station="VOISIM-7"), message(1, 1, {}, station="LONDON"), message(1, 1, {}))
    assert found["simulated"].to_pylist() == [True, False, False]
    assert found["station"].to_pylist() == ["VOISIM-7", "LONDON", None]
