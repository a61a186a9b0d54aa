"""What numbers say: classes and flags of MMSIs, check digits, words for codes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyais.constants import COUNTRY_MAPPING

from vessels import codes
from vessels.flags import flags
from vessels.identity import flag, imo_is_valid, mid, mmsi_class, mmsi_is_junk


@pytest.mark.parametrize(
    ("mmsi", "kind", "digits", "country"),
    [
        (642_122_016, "ship", 642, "LY"),
        (247_320_100, "ship", 247, "IT"),
        (2_275_300, "coast", 227, "FR"),
        (24_732_010, "group", 247, "IT"),
        (111_232_506, "sar-aircraft", 232, "GB"),
        (992_471_234, "aid", 247, "IT"),
        (982_471_234, "craft", 247, "IT"),
        (824_712_345, "handheld", 247, "IT"),
        (970_123_456, "sart", None, None),
        (972_123_456, "mob", None, None),
        (974_123_456, "epirb", None, None),
        (971_123_456, "unknown", None, None),
        (100_000_001, "unknown", None, None),
        (1_073_741_823, "unknown", None, None),
        (-1, "unknown", None, None),
    ],
)
def test_the_leading_digits_say_what_a_station_is_and_whose(mmsi, kind, digits, country):
    assert (mmsi_class(mmsi), mid(mmsi), flag(mmsi)) == (kind, digits, country)


def test_an_mid_that_nobody_holds_gives_no_flag():
    assert flag(299_123_456) is None


def test_namibia_is_a_country_and_not_a_missing_value():
    assert flag(659_123_456) == "NA"


# Where we read the ITU's table otherwise than pyais does: (pyais, ours).
READ_OTHERWISE = {
    501: ("AQ", "TF"),  # Adelie Land, Crozet, Kerguelen: French Southern Territories
    618: ("AQ", "TF"),
    635: ("AQ", "TF"),
    608: ("IO", "SH"),  # Ascension Island
    740: ("UK", "FK"),  # Falkland Islands
    775: ("VE", "VE"),
}


def test_the_table_of_mids_agrees_with_that_of_pyais():
    differ = {
        digits: (country, flag(digits * 1_000_000 + 123_456))
        for digits, (country, _) in COUNTRY_MAPPING.items()
        if flag(digits * 1_000_000 + 123_456) != country
    }
    assert differ == {digits: pair for digits, pair in READ_OTHERWISE.items() if pair[0] != pair[1]}


@given(st.lists(st.integers(0, 2**30 - 1)))
def test_flags_of_many_are_the_flags_of_each(mmsis):
    assert flags(np.array(mmsis, np.int64)).to_pylist() == [flag(mmsi) for mmsi in mmsis]


@pytest.mark.parametrize("imo", [9_074_729, 7_510_690, 9_383_663])
def test_a_right_check_digit_makes_an_imo_number(imo):
    assert imo_is_valid(imo)


@pytest.mark.parametrize("imo", [0, 1_234_567, 9_074_728, 9_074_792, 907_472, 90_747_290, -9_074_729])
def test_a_wrong_check_digit_length_or_a_junk_number_does_not(imo):
    assert not imo_is_valid(imo)


@pytest.mark.parametrize(
    "mmsi", [0, 123_456_789, 111_111_111, 222_222_222, 999_999_999, 100_000_000, 244_000_000, 2**30 - 1]
)
def test_numbers_that_installers_type_to_get_on_name_nobody(mmsi):
    assert mmsi_is_junk(mmsi)


@pytest.mark.parametrize("mmsi", [247_320_100, 642_122_016, 970_123_456, 338_013_000])
def test_numbers_of_real_stations_are_not_junk(mmsi):
    assert not mmsi_is_junk(mmsi)


@pytest.mark.parametrize(
    ("ship_type", "family", "role"),
    [
        (30, "fishing", None),
        (31, "tug", "tug"),
        (32, "tug", "tug"),
        (35, "authority", "authority"),
        (36, "pleasure", None),
        (37, "pleasure", None),
        (50, "pilot", "pilot"),
        (51, "rescue", "rescue"),
        (52, "tug", "tug"),
        (55, "authority", "authority"),
        (60, "passenger", None),
        (79, "cargo", None),
        (80, "tanker", None),
        (90, "other", None),
        (255, "other", None),
        (None, "other", None),
    ],
)
def test_a_ship_type_has_a_family_and_sometimes_a_role(ship_type, family, role):
    assert (codes.family(ship_type), codes.role(ship_type)) == (family, role)


def test_every_ship_type_has_a_listed_family():
    assert {codes.family(kind) for kind in range(256)} == set(codes.FAMILIES)


def test_a_status_is_said_in_words():
    assert [codes.nav_status_word(status) for status in (0, 5, 14, 15, None)] == [
        "under way using engine",
        "moored",
        "AIS-SART, MOB or EPIRB active",
        "not defined",
        "not defined",
    ]
