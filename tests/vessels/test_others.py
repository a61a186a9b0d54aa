"""Messages that become no report are told only when asked for, and the common ones in exact integers."""

from hypothesis import given
from hypothesis import strategies as st

from tests.vessels.nmea import NOON, aid, armour, position, sentence, text14
from vessels.decode import Decoder
from vessels.others import Other

BASE = armour(
    (6, 4), (2, 0), (30, 2_470_001), (14, 2023), (4, 11), (5, 15), (5, 12), (6, 0), (6, 10), (1, 1), (28, 8_000_000),
    (27, 20_000_000), (4, 7), (30, 0),
)  # fmt: skip
BASE_SAID = {
    "mmsi": 2_470_001, "year": 2023, "month": 11, "day": 15, "hour": 12, "minute": 0, "utc_second": 10, "accuracy": 1,
    "lon_e": 8_000_000, "lat_e": 20_000_000, "fix_device": 7,
}  # fmt: skip


def others(*lines: bytes) -> list[Other]:
    return Decoder("test", "f", start=NOON, all_types=True).feed(b"\n".join(lines), last=True).others


def test_they_are_not_told_unless_asked_for():
    assert Decoder("test", "f", start=NOON).feed(sentence(*BASE), last=True).others == []


def test_a_base_station_says_its_date_and_place_in_exact_integers():
    assert others(b"", sentence(*BASE)) == [Other(1, 4, BASE_SAID)]


def test_an_aid_to_navigation_says_its_name_with_the_extension():
    (other,) = others(sentence(*aid("E2000 USTICA PUNTA C", "AVAZZI")))
    assert other.said == {
        "mmsi": 992_471_000, "aid_type": 18, "name": "E2000 USTICA PUNTA CAVAZZI", "accuracy": 0, "lon_e": 8_000_000,
        "lat_e": 20_000_000, "to_bow_m": 1, "to_stern_m": 2, "to_port_m": 3, "to_starboard_m": 4, "fix_device": 1,
        "off_position": 1, "virtual": 1,
    }  # fmt: skip


def test_an_aid_whose_name_ends_early_has_no_extension():
    (other,) = others(sentence(*aid("BUOY 7", "JUNK")))
    assert other.said["name"] == "BUOY 7"


def test_what_is_not_available_is_left_out():
    (other,) = others(sentence(*aid("", lon=108_600_000)))
    assert not {"name", "lon_e", "lat_e"} & set(other.said)


def test_every_other_type_is_read_by_pyais():
    binary = sentence(*armour((6, 8), (2, 0), (30, 247_320_100), (2, 0), (10, 1), (6, 11), (40, 7)))
    (other,) = others(position(), binary, text14("HELP"))
    assert (other.msg_type, other.said["mmsi"], other.said["dac"], other.said["fid"]) == (8, 247_320_100, 1, 11)


@given(st.integers(0, 63), st.lists(st.integers(0, 1), min_size=32, max_size=1100), st.integers(0, 5))
def test_arbitrary_payloads_break_nothing(kind, bits, fill):
    digits = f"{kind:06b}" + "".join(map(str, bits))
    values = [int(digits[at : at + 6].ljust(6, "0"), 2) for at in range(0, len(digits), 6)]
    payload = bytes(value + 48 if value < 40 else value + 56 for value in values)
    for other in others(sentence(payload, fill)):
        assert other.msg_type == kind
        assert abs(other.said.get("lat_e", 0)) <= 54_000_000
