"""Radio text loses what could mislead a reader or a program."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vessels.text import clean, csv_safe


@given(st.text())
def test_clean_text_has_no_control_or_format_characters(text):
    assert not [character for character in clean(text) if unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs")]


@pytest.mark.parametrize(
    "hidden",
    [
        "\x1b",
        "\x07",
        "\x00",
        "\x9b",
        "\u202e",
        "\u2066",
        "\u200b",
        "\u200f",
        "\ufeff",
        "\u00ad",
        "\u2028",
        "\n",
        "\r",
        "\t",
    ],
)
def test_characters_that_hide_turn_or_move_are_taken_out(hidden):
    assert clean(f"AB{hidden}C") == "ABC"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize("name", ["EZADEEN", "BLUE SKY M", "سفينة", "Ærø", "船", "<b>{{ x }}</b>"])
def test_names_in_any_script_are_kept(name):
    assert clean(name) == name


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1", "\x00=1", "\u200b=1"])
def test_a_cell_that_could_be_a_formula_is_shown_as_text(cell):
    assert csv_safe(cell) == "'" + clean(cell)


@pytest.mark.parametrize("cell", ["EZADEEN", "", "1-2", "A=B"])
def test_other_cells_are_kept(cell):
    assert csv_safe(cell) == cell
