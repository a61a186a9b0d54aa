import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipelines.copies import bucket_end, copy_keys, total_order
from vessels.report import CONTENT, REPORT

S = 1_000_000
MINUTE = 60 * S


def values(field):
    if pa.types.is_string(field.type):
        return st.none() | st.text(max_size=3)
    size = field.type.bit_width - 1
    return st.none() | st.integers(-(2**size), 2**size - 1) | st.integers(-2, 2)


rows = st.fixed_dictionaries(
    {**{f.name: values(f) for f in CONTENT}, "mmsi": st.integers(1, 3), "msg_type": st.integers(1, 27)}
    | {"time": st.integers(0, 2**52)}
)


def table(*given_rows):
    return pa.Table.from_pylist([{**dict.fromkeys(REPORT.names), **row} for row in given_rows], REPORT)


def said(row):
    width = MINUTE if row["utc_second"] is None else S
    return (*(row[name] for name in CONTENT.names), row["time"] // width)


@given(st.lists(rows, min_size=2, max_size=12))
def test_rows_have_one_key_when_their_words_and_second_are_equal_and_only_then(some):
    keys = copy_keys(table(*some)).tolist()
    for one, key in zip(some, keys, strict=True):
        for other, other_key in zip(some, keys, strict=True):
            assert (said(one) == said(other)) == (key == other_key)


@given(rows, st.sampled_from(CONTENT.names), st.data())
def test_changing_one_word_changes_the_key(row, name, data):
    other = {**row, name: data.draw(values(CONTENT.field(name)))}
    one_key, other_key = copy_keys(table(row, other)).tolist()
    assert (one_key == other_key) == (said(row) == said(other))


@given(st.lists(rows, min_size=2, max_size=8))
def test_a_key_does_not_depend_on_the_rows_beside_it(some):
    together = copy_keys(table(*some)).tolist()
    assert [int(copy_keys(table(row))[0]) for row in some] == together


def test_keys_are_the_same_in_every_process_and_version():
    row = {"mmsi": 211_000_001, "msg_type": 5, "time": 1_780_272_000 * S, "name": "NAJMA"}
    assert int(copy_keys(table(row))[0]) == 0x9D0F8A58FADE77AF


def test_equal_numbers_in_different_columns_are_different_words():
    made = [{"mmsi": 1, "time": 0, name: 5} for name in ("sog_e", "cog_e", "heading_deg", "to_bow_m")]
    assert len(np.unique(copy_keys(table(*made)))) == len(made)


def test_a_row_may_have_copies_until_its_second_or_minute_ends():
    made = [
        {"mmsi": 1, "time": 61 * S + 5},
        {"mmsi": 1, "time": 61 * S + 5, "utc_second": 1},
        {"mmsi": 1, "time": 60 * S},
    ]
    assert bucket_end(table(*made)).tolist() == [120 * S, 62 * S, 120 * S]


@given(st.lists(rows, max_size=8), st.randoms())
def test_the_total_order_does_not_depend_on_the_order_before(some, chance):
    shuffled = list(some)
    chance.shuffle(shuffled)
    assert total_order(table(*some)).equals(total_order(table(*shuffled)))


def test_the_total_order_is_by_vessel_time_type_and_content_with_null_last():
    made = [(2, 0, 1, 0), (1, 1, 1, 0), (1, 0, 3, 0), (1, 0, 1, None), (1, 0, 1, 2), (1, 0, 1, 1)]
    names = ("mmsi", "time", "msg_type", "lat_e")
    ordered = total_order(table(*(dict(zip(names, row, strict=True)) for row in made)))
    assert [tuple(row.values()) for row in ordered.select(names).to_pylist()] == made[::-1]
