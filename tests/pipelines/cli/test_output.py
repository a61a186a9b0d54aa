"""Rows in four formats, and nothing hostile in any."""

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.output import Column, iso, moment, say, show, show_one, text_of, write_csv

TIME = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
ROWS = [
    {"mmsi": 2442015, "name": "BLUE SKY M", "time": TIME, "zones": ["ly-west-12", "ly-west-24"], "imo": None},
    {"mmsi": 671000001, "name": "SABINA", "time": None, "zones": [], "imo": 9187629},
]
HOSTILE = "=1+1\x1b[31mRED\x9b0m\u202eevil\u200b[bold]{{7*7}}</script>"


@pytest.fixture
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


def test_json_is_one_list_of_whole_records(capsys):
    show(ROWS, "json")
    printed = json.loads(capsys.readouterr().out)
    assert printed[0] == {**ROWS[0], "time": "2026-03-01T06:00:00Z"}
    assert len(printed) == 2


def test_json_without_rows_is_an_empty_list(capsys):
    show([], "json")
    assert json.loads(capsys.readouterr().out) == []


def test_jsonl_is_one_record_a_line(capsys):
    show(ROWS, "jsonl")
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["mmsi"] for line in lines] == [2442015, 671000001]


def test_a_pipe_gets_jsonl_by_itself(capsys):
    show(ROWS)
    assert capsys.readouterr().out.startswith('{"mmsi": 2442015')


def test_csv_has_a_header_nine_digit_mmsi_and_iso_times(capsys):
    show(ROWS, "csv")
    lines = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert lines[0]["mmsi"] == "002442015"
    assert lines[0]["time"] == "2026-03-01T06:00:00Z"
    assert lines[0]["imo"] == ""
    assert lines[0]["zones"] == "ly-west-12; ly-west-24"


def test_csv_without_rows_still_has_its_header(capsys):
    show([], "csv", [Column("mmsi"), Column("name")])
    assert capsys.readouterr().out == "mmsi,name\n"


def test_a_table_shows_the_columns_asked_for(capsys, wide):
    show(ROWS, "table", [Column("name", "vessel"), Column("mmsi")])
    printed = capsys.readouterr().out
    assert "vessel" in printed
    assert "002442015" in printed
    assert "9187629" not in printed


def test_a_table_without_rows_says_so_on_stderr(capsys):
    show([], "table")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "nothing to show" in printed.err


def test_a_long_table_says_how_many_rows_it_left_out(capsys, wide):
    show(({"n": number} for number in range(1203)), "table")
    printed = capsys.readouterr()
    assert "999" in printed.out
    assert "1000" not in printed.out
    assert "203 more rows" in printed.err


def test_on_a_narrow_terminal_a_column_stands_beneath_another(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    show(ROWS, "table", [Column("name"), Column("mmsi", under="name")])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[lines.index("BLUE SKY M") + 1] == "002442015"


def test_wide_cells_fold_and_lose_nothing(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    show([{"headline": "word " * 30 + "last"}], "table")
    printed = capsys.readouterr().out
    assert printed.count("word") == 30
    assert "last" in printed
    assert max(map(len, printed.splitlines())) <= 40


@pytest.mark.parametrize("form", ["table", "csv", "json", "jsonl"])
def test_no_control_or_bidi_character_reaches_stdout(capsys, wide, form):
    show([{"name": HOSTILE}], form)
    printed = capsys.readouterr().out
    assert not set(printed) & set("\x1b\x9b\u202e\u200b")
    assert "{{7*7}}</script>" in printed


def test_markup_of_the_table_library_is_shown_literally(capsys, wide):
    show([{"name": "[bold]X[/bold] [link=http://a]b[/link] :ship:"}], "table")
    assert "[bold]X[/bold] [link=http://a]b[/link] :ship:" in capsys.readouterr().out


def test_json_keeps_a_hostile_name_whole(capsys):
    show([{"name": HOSTILE}], "json")
    assert json.loads(capsys.readouterr().out) == [{"name": HOSTILE}]


@pytest.mark.parametrize("opening", ["=", "+", "-", "@", "\t"])
def test_a_csv_cell_is_no_formula(capsys, opening):
    show([{"name": f"{opening}cmd|' /C calc'!A0", "sog_kn": -1.5}], "csv")
    row = next(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert row["name"][0] not in "=+-@\t"
    assert row["sog_kn"] == "-1.5"


@given(st.dictionaries(st.text("abc", min_size=1), st.text() | st.integers() | st.floats() | st.none(), min_size=1))
def test_any_csv_record_stays_one_record(record):
    stream = io.StringIO()
    write_csv(stream, list(record), [record])
    stream.seek(0)
    assert [len(row) for row in csv.reader(stream)] == [len(record)] * 2


@pytest.mark.parametrize("number", [-1.5, -2, Decimal("-3.25"), "-4.5", "+5"])
def test_a_plain_number_in_csv_is_left_as_it_is(capsys, number):
    show([{"n": number}], "csv")
    assert capsys.readouterr().out == f"n\n{number}\n"


def test_a_decimal_is_a_number_in_json(capsys):
    show([{"whole": Decimal(7), "part": Decimal("1.25")}], "jsonl")
    assert json.loads(capsys.readouterr().out) == {"whole": 7, "part": 1.25}


def test_headings_begin_in_the_first_line_and_stacks_without_cells_take_no_lines(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    columns = [Column("a"), Column("b", under="a"), Column("c", under="a"), Column("d")]
    show([{"a": "1", "b": "2", "c": None, "d": "3"}, {"a": "4", "b": None, "c": None, "d": "5"}], "table", columns)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[:2] == [["a", "d"], ["b"]]
    assert [line for line in lines[3:] if line] == [["1", "3"], ["2"], ["4", "5"]]


def test_a_number_that_json_has_no_word_for_is_null(capsys):
    show([{"shore_nm": float("nan"), "nested": [float("inf"), {"x": 1.5}]}], "jsonl")
    assert json.loads(capsys.readouterr().out) == {"shore_nm": None, "nested": [None, {"x": 1.5}]}


def test_one_record_is_an_object_in_json(capsys):
    show_one({"id": "x"}, "json")
    assert json.loads(capsys.readouterr().out) == {"id": "x"}


def test_one_record_is_keys_and_values_in_a_table(capsys, wide):
    show_one({"id": "x", "mmsi": 2442015}, "table")
    assert "002442015" in capsys.readouterr().out


def test_no_colour_is_written_where_nobody_wants_it(capsys, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    show([{"severity": "extreme"}], "table", [Column("severity", style=lambda _: "red")])
    assert "31m" not in capsys.readouterr().out


def test_talk_goes_to_stderr_cleaned_line_by_line(capsys):
    say("first\x1b[2J\nsecond")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "first[2J\nsecond\n"


def test_a_time_keeps_its_microseconds():
    assert iso(moment(1_772_344_800_000_001)) == "2026-03-01T06:00:00.000001Z"
    assert moment(None) is None


def test_values_read_as_people_read_them():
    assert [text_of("x", value) for value in (None, True, False, 1.50, [1, "a"], {"k": 1})] == [
        *("", "yes", "no", "1.5", "1; a", '{"k": 1}'),
    ]
