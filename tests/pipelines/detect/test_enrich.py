import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.detect.enrich import COLUMNS, Enricher
from pipelines.detect.fold import BASE, distinct, pack, unpack
from pipelines.detect.heard import heard
from pipelines.detect.register import REGISTER, extend
from pipelines.rules.columns import ROW_COLUMNS
from tests.pipelines.detect.reports import FlatEarth, at, fix, gated, released, said, static

EVERYTHING = Enricher(FlatEarth())
NOBODY = REGISTER.empty_table()


def fixes(rows):
    base = heard(gated(rows), FlatEarth())
    return distinct(base.filter(base["lat"].is_valid()).select(BASE.names))


def enriched(rows, column, register=NOBODY):
    return Enricher(FlatEarth(), [column]).step(EVERYTHING.empty(), fixes(rows), register)[1][column].to_pylist()


def test_reports_become_degrees_knots_and_zones():
    rows = [fix(0, lat=33.3, lon=12.5, sog_e=61, cog_e=2705, heading_deg=271, rot_e=0, nav_status=7)]
    [row] = heard(gated(rows), FlatEarth()).to_pylist()
    assert (row["lat"], row["lon"], row["sog_kn"], row["cog_deg"]) == (33.3, 12.5, 6.1, 270.5)
    assert (row["heading_deg"], row["rot_deg_min"], row["nav_status"], row["zones"]) == (271, 0, 7, [0])
    assert (row["file"], row["offset"], row["verdict"]) == ("feed", 0, None)


def test_what_is_not_available_stays_null():
    [row] = heard(gated([said(0)]), FlatEarth()).to_pylist()
    assert [row[name] for name in ("lat", "lon", "sog_kn", "cog_deg", "heading_deg", "rot_deg_min")] == [None] * 6
    assert row["zones"] == []


def test_only_position_messages_are_heard_as_positions():
    base = heard(gated([static(0), said(1, msg_type=14), fix(2, msg_type=27)]), FlatEarth())
    assert base["msg_type"].to_pylist() == [27]
    assert base.select(BASE.names).schema.equals(BASE)


def test_the_class_follows_from_the_message_type():
    rows = [fix(i, msg_type=kind) for i, kind in enumerate([1, 2, 3, 9, 18, 19, 27])]
    assert enriched(rows, "class") == ["A", "A", "A", None, "B", "B", "A"]


def test_statics_join_as_of_the_time_of_the_position():
    register = extend(NOBODY, released([static(5, ship_type=30, to_bow_m=10, to_stern_m=14, draught_e=21)]))
    rows = [fix(4), fix(5), fix(6)]
    assert enriched(rows, "ship_type", register) == [None, 30, 30]
    assert enriched(rows, "length_m", register) == [None, 24, 24]
    assert enriched(rows, "draught_m", register) == [None, 2.1, 2.1]


def test_the_flag_comes_from_the_mmsi():
    assert enriched([fix(0, 247000001), fix(0, 672000001), fix(0, 970100107)], "flag") == ["IT", "TN", None]


def test_zones_are_told_by_their_kinds():
    rows = [fix(0, lat=33.1), fix(1, lat=35.0), fix(2, lat=36.05), fix(3, lat=36.2)]
    assert enriched(rows, "zone_kinds") == [["departure", "departure"], [], ["port"], ["port", "anchorage"]]
    assert enriched(rows, "in_port") == [False, False, True, True]
    assert enriched(rows, "in_anchorage") == [False, False, False, True]


def test_near_zones_are_those_within_the_margin_too():
    assert enriched([fix(0, lat=33.205), fix(1, lat=33.3), fix(2, lat=35.9)], "zones_near") == [[0, 1], [0], []]


def test_zones_are_crossed_between_two_rows_of_one_track():
    rows = [fix(0, lat=33.3), fix(30, lat=33.5), fix(30, 247000002, lat=33.3), fix(31, lat=33.5)]
    assert enriched(rows, "zones_crossed") == [[], [1], [], []]


def test_after_a_long_silence_nobody_knows_what_was_crossed():
    assert enriched([fix(0, lat=33.3), fix(30.1, lat=33.5)], "zones_crossed") == [[], []]


def test_distances_beyond_the_data_are_null():
    assert enriched([fix(0, lat=33.5), fix(1, lat=41.0)], "shore_nm") == [60.0, None]
    assert enriched([fix(0, lat=35.0)], "port_nm") == [60.0]


def test_night_is_asked_for_the_time_and_place():
    assert enriched([fix(0), fix(7 * 60)], "night") == [True, False]


def test_speed_and_time_are_counted_from_the_position_before():
    rows = [fix(0, lat=33.0), said(5), fix(10, lat=33.1), fix(10, 247000002)]
    assert enriched(rows, "since_prev_s") == [None, 600.0, None]
    assert enriched(rows, "implied_kn") == pytest.approx([None, 36.02, None], abs=0.01)


def test_a_turn_is_the_change_of_course_between_0_and_180_degrees():
    courses = [3500, 100, None, 200, 2000]
    turns = enriched([fix(i, cog_e=course) for i, course in enumerate(courses)], "turn_deg")
    assert turns == [None, 20.0, None, None, 180.0]


def test_only_what_is_needed_is_made():
    class Nowhere(FlatEarth):
        shore_nm = port_nm = night = None

    _, rows = Enricher(Nowhere(), ["sog_kn", "in_port"]).step(EVERYTHING.empty(), fixes([fix(0)]), NOBODY)
    assert rows.column_names == [*BASE.names, "in_port"]


def test_everything_that_a_condition_can_read_is_made():
    assert {*BASE.names, *COLUMNS} >= {column.name for column in ROW_COLUMNS}


def test_columns_that_are_never_null_for_a_condition_are_not():
    _, rows = EVERYTHING.step(EVERYTHING.empty(), fixes([fix(0)]), NOBODY)
    never = [column.name for column in ROW_COLUMNS if not column.nullable]
    assert [rows[name].null_count for name in never] == [0] * len(never)


seas = st.lists(
    st.builds(
        fix,
        st.integers(0, 40),
        st.sampled_from([247000001, 247000002]),
        lat=st.sampled_from([None, 33.0, 33.4, 36.5]),
        cog_e=st.sampled_from([None, 0, 900, 3599]),
    ),
    max_size=15,
)


@settings(max_examples=60)
@given(rows=seas, cuts=st.sets(st.integers(0, 41), max_size=6))
def test_any_split_of_the_rows_enriches_them_alike(rows, cuts):
    whole = EVERYTHING.step(EVERYTHING.empty(), fixes(rows), NOBODY)[1]
    state, parts, begin = EVERYTHING.empty(), [], -1
    for end in [*sorted(cuts), 100]:
        chunk = fixes([r for r in rows if at(begin) <= r["time"] < at(end)])
        state, part = EVERYTHING.step(unpack(pack(state)), chunk, NOBODY)
        parts.append(part)
        begin = end
    together = pa.concat_tables(parts)
    order = np.lexsort((together["time"].to_numpy(), together["key"].to_numpy()))
    assert together.take(pa.array(order)).to_pylist() == whole.to_pylist()
