"""Conditions over columns: one SELECT, null is false, nothing fails on a row."""

import math

import pyarrow as pa
import pytest

from pipelines.rules.columns import EVENT_COLUMNS, ROW_COLUMNS
from pipelines.rules.evaluate import columns_read, flag, matches, truths
from pipelines.rules.language import check
from pipelines.rules.reading import load
from pipelines.store.sandbox import sandbox


def true_at(text, **columns):
    """Return for each row whether a condition on positions is true."""
    condition = check(text, ROW_COLUMNS, sandbox())
    return truths(pa.table(columns), {"it": condition}, ROW_COLUMNS)["it"].to_pylist()


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("sog_kn < 2", {"sog_kn": [1.9, 2.0, None]}, [True, False, False]),
        ("not (sog_kn < 2 or sog_kn > 9)", {"sog_kn": [1.0, 5.0, None]}, [False, True, False]),
        ("nav_status not in (1, 5)", {"nav_status": [1, 0, None]}, [False, True, False]),
        ("coalesce(nav_status, 15) not in (1, 5)", {"nav_status": [1, 0, None]}, [False, True, True]),
        ("angle_diff(cog_deg, heading_deg) > 20", {"cog_deg": [350.0, 0.0, 10.0], "heading_deg": [10.0, 180.0, None]},
         [False, True, False]),
        ("angle_diff(cog_deg, heading_deg) = 20", {"cog_deg": [350.0], "heading_deg": [10.0]}, [True]),
        ("list_contains(zone_kinds, 'port')", {"zone_kinds": [["port", "arrival"], [], None]}, [True, False, False]),
        ("length_m / sog_kn > 1", {"length_m": [10, 10], "sog_kn": [0.0, 1.0]}, [False, True]),
        ("length_m % sog_kn >= 0", {"length_m": [10, 10], "sog_kn": [0.0, 3.0]}, [False, True]),
        ("shore_nm > 3", {"shore_nm": [math.nan, 4.0]}, [False, True]),
        ("mmsi * 1e300 * 1e300 > 0", {"mmsi": [999999999]}, [True]),
        ("flag = 'LY'", {"flag": ["LY", "ly", None]}, [True, False, False]),
        ("null", {"sog_kn": [1.0]}, [False]),
        ("true", {"sog_kn": [1.0, 2.0]}, [True, True]),
    ],
)  # fmt: skip
def test_a_condition_is_true_false_or_for_null_false(text, columns, expected):
    assert true_at(text, **columns) == expected


def test_every_behaviour_adds_its_flag_to_the_rows_in_their_order():
    behaviours = load().behaviours
    rows = pa.table(
        {
            "mmsi": pa.array([1, 2, 3], pa.int32()),
            "sog_kn": [1.0, 12.0, 1.0],
            "cog_deg": [0.0, 0.0, 90.0],
            "heading_deg": [0.0, 0.0, 0.0],
            "nav_status": pa.array([None, 0, 0], pa.int8()),
            "in_port": [False, False, False],
            "in_anchorage": [False, False, False],
        }
    )
    flagged = flag(rows, behaviours)
    assert flagged.column_names == [*rows.column_names, "is_loitering", "is_drifting"]
    assert flagged["is_loitering"].to_pylist() == [True, False, True]
    assert flagged["is_drifting"].to_pylist() == [False, False, True]


def test_no_rows_give_no_flags_and_no_behaviours_no_columns():
    empty = pa.schema([(column.name, pa.float64()) for column in ROW_COLUMNS if column.type == "number"])
    rows = empty.empty_table().append_column("in_port", pa.array([], pa.bool_()))
    rows = rows.append_column("in_anchorage", pa.array([], pa.bool_()))
    assert flag(rows, load().behaviours).num_rows == 0
    assert flag(rows, ()).schema == rows.schema


def test_only_the_columns_that_conditions_read_are_asked_for():
    assert "shore_nm" not in columns_read(load().behaviours)
    assert {"sog_kn", "in_port", "nav_status"} <= columns_read(load().behaviours)


def test_conditions_on_events_answer_by_name():
    rows = pa.table({"kind": ["gap", "gap"], "zone_kind": ["departure", None]})
    connection = sandbox()
    here = check("zone_kind = 'departure'", EVENT_COLUMNS, connection)
    nowhere = check("zone_kind is null", EVENT_COLUMNS, connection)
    answers = matches(rows, {"here": here, "no-where": nowhere})
    assert {name: list(answer) for name, answer in answers.items()} == {
        "here": [True, False],
        "no-where": [False, True],
    }
