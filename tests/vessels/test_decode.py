"""From sentences to report rows: fields, what is null, what is refused."""

import pytest

from tests.vessels.nmea import (
    CLASS_A,
    NOON,
    VOYAGE,
    armour,
    checked,
    decode,
    position,
    reasons,
    rows,
    sentence,
    six,
    static_a,
    tag,
    text14,
)
from vessels.decode import Decoder
from vessels.report import REPORT


def said(row: dict) -> dict:
    """Return what a row says beyond its origin and nulls."""
    origin = {"time", "clock", "source", "station", "receivers", "file", "offset", "simulated", "mmsi", "msg_type"}
    return {name: value for name, value in row.items() if value is not None and name not in origin}


def test_a_class_a_position_keeps_the_exact_integers():
    (row,) = rows(CLASS_A)
    assert (row["mmsi"], row["msg_type"]) == (477_553_000, 1)
    assert said(row) == {
        "utc_second": 15,
        "lat_e": 28_549_700,  # 47.582833 degrees
        "lon_e": -73_407_500,  # -122.345833 degrees
        "sog_e": 0,
        "cog_e": 510,
        "heading_deg": 181,
        "rot_e": 0,
        "nav_status": 5,
    }


def test_a_voyage_report_in_two_sentences_is_one_row_at_its_first_sentence():
    (row,) = rows(b"", *VOYAGE)
    assert row["offset"] == 1
    assert said(row) == {
        "imo": 6_710_932,
        "name": "MT.MITCHELL",
        "callsign": "WDA9674",
        "ship_type": 99,
        "to_bow_m": 90,
        "to_stern_m": 90,
        "to_port_m": 10,
        "to_starboard_m": 10,
        "draught_e": 60,
        "destination": "SEATTLE",
        "eta": "01-02T08:00",
    }


CLASS_B = ((8, 0), (10, 55), (1, 0), (28, 8_000_000), (27, 20_000_000), (12, 900), (9, 90), (6, 30))
CLASS_B_SAID = {
    "sog_e": 55,
    "lon_e": 8_000_000,
    "lat_e": 20_000_000,
    "cog_e": 900,
    "heading_deg": 90,
    "utc_second": 30,
}
HULL = ((9, 12), (9, 3), (6, 2), (6, 4))
HULL_SAID = {"to_bow_m": 12, "to_stern_m": 3, "to_port_m": 2, "to_starboard_m": 4}


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        (9, ((12, 500), (10, 120), (1, 0), (28, 8_000_000), (27, 20_000_000), (12, 900), (6, 30), (34, 0)),
         {"sog_e": 1200, "lon_e": 8_000_000, "lat_e": 20_000_000, "cog_e": 900, "utc_second": 30}),
        (18, (*CLASS_B, (29, 0)), CLASS_B_SAID),
        (19, (*CLASS_B, (4, 0), *six("LADY J", 20), (8, 37), *HULL, (11, 0)),
         CLASS_B_SAID | HULL_SAID | {"name": "LADY J", "ship_type": 37}),
        (24, ((2, 0), *six("LADY J", 20)), {"name": "LADY J"}),
        (24, ((2, 1), (8, 37), (42, 0), *six("IK2ABC", 7), *HULL, (6, 0)),
         {"ship_type": 37, "callsign": "IK2ABC"} | HULL_SAID),
        (27, ((1, 0), (1, 0), (4, 7), (18, 7_500), (17, 20_500), (6, 11), (9, 359), (2, 0)),
         {"nav_status": 7, "lon_e": 7_500_000, "lat_e": 20_500_000, "sog_e": 110, "cog_e": 3590}),
        (12, ((2, 0), (30, 247_000_001), (2, 0), *six("MAYDAY", 6)), {"text": "MAYDAY"}),
        (14, ((2, 0), *six("SART TEST", 9)), {"text": "SART TEST"}),
    ],
)  # fmt: skip
def test_each_type_reads_its_own_fields(kind, fields, expected):
    (row,) = rows(sentence(*armour((6, kind), (2, 0), (30, 247_320_100), *fields)))
    assert (row["mmsi"], row["msg_type"], said(row)) == (247_320_100, kind, expected)


def test_values_for_not_available_and_out_of_range_are_null():
    absent = {
        "status": 15,
        "rot": -128,
        "sog": 1023,
        "lon": 108_600_000,
        "lat": 54_600_000,
        "cog": 3600,
        "heading": 511,
    }
    wrong = {"lon": -120_000_000, "lat": 60_000_000, "cog": 3700, "heading": 400}
    assert [said(row) for row in rows(position(**absent, second=60))] == [{}]
    (row,) = rows(position(**wrong, second=63))
    assert set(said(row)) == {"nav_status", "rot_e", "sog_e"}


@pytest.mark.parametrize(
    ("field", "raw", "column"),
    [
        ("sog", 1022, "sog_e"),
        ("lon", -108_000_000, "lon_e"),
        ("lat", 54_000_000, "lat_e"),
        ("cog", 3599, "cog_e"),
        ("heading", 359, "heading_deg"),
        ("rot", -127, "rot_e"),
        ("status", 14, "nav_status"),
        ("second", 59, "utc_second"),
    ],
)
def test_the_last_value_that_says_something_is_kept(field, raw, column):
    assert rows(position(**{field: raw}))[0][column] == raw


def test_a_latitude_without_a_longitude_is_no_position():
    (row,) = rows(position(lon=108_600_000))
    assert (row["lat_e"], row["lon_e"]) == (None, None)


def voyage(**given):
    """Return the row of a voyage report with these raw values."""
    raw = {"imo": 0, "kind": 0, "hull": (0, 0, 0, 0), "eta": (0, 0, 24, 60), "draught": 0, "destination": ""} | given
    hull = zip((9, 9, 6, 6), raw["hull"], strict=True)
    eta = zip((4, 5, 5, 6), raw["eta"], strict=True)
    fields = (
        (6, 5),
        (2, 0),
        (30, 1),
        (2, 0),
        (30, raw["imo"]),
        *six("", 7),
        *six(raw.get("name", ""), 20),
        (8, raw["kind"]),
    )
    tail = *hull, (4, 0), *eta, (8, raw["draught"]), *six(raw["destination"], 20), (2, 0)
    (row,) = rows(sentence(*armour(*fields, *tail)))
    return row


def test_an_empty_voyage_report_says_nothing():
    assert said(voyage()) == {}


def test_a_ship_type_that_is_not_listed_survives():
    assert [voyage(kind=kind)["ship_type"] for kind in (38, 39, 57, 88, 255)] == [38, 39, 57, 88, 255]


def test_a_hull_whose_antenna_place_is_unknown_keeps_its_size():
    row = voyage(hull=(0, 45, 0, 0))
    assert (row["to_bow_m"], row["to_stern_m"], row["to_port_m"], row["to_starboard_m"]) == (0, 45, None, None)


def test_an_eta_says_which_of_its_parts_are_not_available():
    assert voyage(eta=(5, 0, 24, 30))["eta"] == "05--T-:30"
    assert voyage(eta=(13, 31, 23, 59))["eta"] == "--31T23:59"


def test_text_ends_at_the_first_at_sign_and_loses_only_its_trailing_blanks():
    assert voyage(destination="VARIABLE@@H   @E")["destination"] == "VARIABLE"
    assert voyage(destination="  TUNIS   ")["destination"] == "  TUNIS"
    assert voyage(name=" " * 20)["name"] is None


def test_the_parent_ship_of_a_craft_is_not_read_as_its_hull():
    part_b = (6, 24), (2, 0), (30, 982_471_234), (2, 1), (8, 0), (42, 0), *six("", 7), (30, 247_320_100), (6, 0)
    (row,) = rows(sentence(*armour(*part_b)))
    assert said(row) == {}


def test_types_that_are_no_reports_are_counted_and_nothing_else():
    binary = sentence(*armour((6, 8), (2, 0), (30, 247_320_100), (2, 0), (16, 1), (40, 0)))
    decoder = Decoder("test", "f", start=NOON)
    decoded = decoder.feed(b"\n".join((binary, position(), position(kind=3))), last=True)
    assert decoder.counts.messages == {8: 1, 1: 1, 3: 1}
    assert decoded.reports["msg_type"].to_pylist() == [1, 3]


def test_rows_come_in_the_order_of_arrival_whatever_their_types():
    lines = (position(), static_a("A"), position(kind=3), text14("HELP"), position(kind=2))
    assert [row["msg_type"] for row in rows(*lines)] == [1, 24, 3, 14, 2]


def test_reports_have_the_schema_of_reports_even_when_there_are_none():
    assert decode(position()).reports.schema == REPORT
    assert decode(b"").reports.schema == REPORT


def spoilt(line: bytes, *, at: int, by: bytes) -> bytes:
    """Return a sentence with one byte of its body replaced and a checksum that is right again."""
    return checked((line[:at] + by + line[at + 1 :])[1:-3])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (CLASS_A[:-2] + b"5D", "checksum"),
        (CLASS_A[:-3], "no checksum"),
        (CLASS_A[:-1], "malformed"),
        (CLASS_A[:30], "malformed"),
        (spoilt(CLASS_A, at=20, by=b"X"), "armour"),
        (spoilt(CLASS_A, at=20, by=b"x"), "armour"),
        (spoilt(CLASS_A, at=20, by=b"/"), "armour"),
        (spoilt(CLASS_A, at=43, by=b"9"), "fill bits"),
        (sentence(b"177KQJ5000G?tO`K>RA1wUbN0TK"), "too short"),
        (sentence(b""), "too short"),
        (sentence(b"1"), "too short"),
        (sentence(b"077KQJ5000G?tO`K>RA1wUbN0TKH"), "type"),
        (sentence(b"L77KQJ5000G?tO`K>RA1wUbN0TKH"), "type"),
        (sentence(*armour((6, 24), (2, 0), (30, 1), (2, 2), (128, 0))), "type"),
        (sentence(*armour((6, 8), (2, 0), (30, 1), (1100, 0))), "too long"),
        (sentence(*armour((6, 27), (2, 0), (30, 1), (82, 0))), "too long"),
        (sentence(b"177KQJ5000G?tO`K>RA1wUbN0TKH", parts=b"1,2,,A"), "malformed"),
        (sentence(b"177KQJ5000G?tO`K>RA1wUbN0TKH", parts=b"0,1,,A"), "malformed"),
        (b"!" + b"A" * 5000, "too long"),
        (checked(b"=IVDM" + CLASS_A[6:-3]), "malformed"),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(line, reason):
    assert reasons(line) == [reason]


@pytest.mark.parametrize("bits", [422, 424, 426])
def test_a_voyage_report_is_taken_at_the_lengths_that_are_sent(bits):
    payload, fill = armour((6, 5), (2, 0), (30, 1), (bits - 38, 0))
    assert len(rows(sentence(payload, fill))) == 1


@pytest.mark.parametrize("bits", [160, 168])
def test_a_name_of_class_b_is_taken_at_the_lengths_that_are_sent(bits):
    assert len(rows(sentence(*armour((6, 24), (2, 0), (30, 1), (bits - 38, 0))))) == 1


@pytest.mark.parametrize("talker", [b"AIVDM", b"AIVDO", b"BSVDM", b"ABVDO", b"SAVDM", b"ANVDM", b"SSVDM", b"BYVDM"])
def test_any_talker_is_heard(talker):
    assert len(rows(checked(talker + CLASS_A[6:-3]))) == 1


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\r",
        b"# !AIVDM,2,2,1,A,p88888888888880,2*6D",
        b"$GPRMC,194907.00,A,5241.99815,N,00517.56525,E,0.005,,010809,,,A*7B",
        b"!AITXT,01,01,91,FREE*3D",
        b"\xff\x00 nothing",
    ],
)
def test_other_lines_are_counted_as_lines_only(line):
    decoder = Decoder("test", "f")
    assert decoder.feed(line + b"\n").rejects == []
    assert (decoder.counts.lines, decoder.counts.sentences) == (1, 0)


def test_two_sentences_on_one_line_are_both_read():
    literal = b"\\r\\n".join((position(mmsi=1), position(mmsi=2)))
    assert [(row["mmsi"], row["offset"]) for row in rows(literal)] == [(1, 0), (2, 51)]


def test_a_broken_sentence_does_not_swallow_the_next():
    decoded = decode(CLASS_A[:20] + position(mmsi=2))
    assert decoded.reports["mmsi"].to_pylist() == [2]
    assert [refused.reason for refused in decoded.rejects] == ["malformed"]


def test_lines_may_end_in_cr_lf_and_the_checksum_in_small_letters():
    assert len(rows(CLASS_A[:-2].replace(b"5C", b"5c") + b"5c\r", position() + b"\r")) == 2


def test_a_reject_says_where_it_lay_and_keeps_at_most_200_bytes():
    (refused,) = decode(b"# comment", b"!AIVDM," + b"A" * 300).rejects
    assert (refused.offset, len(refused.line)) == (10, 200)


def test_messages_are_counted_before_their_time_is_known():
    decoder = Decoder("test", "f")
    decoded = decoder.feed(position(), last=True)
    assert (decoded.reports.num_rows, decoder.counts.messages, decoder.counts.rejects) == (0, {1: 1}, {"no time": 1})


def test_a_simulated_station_marks_its_rows_even_when_its_tag_is_spoilt():
    good, wrong = tag(b"s:VOISIM1,c:1700049600"), b"\\s:VOISIM1,c:1700049600*00\\"
    assert [row["simulated"] for row in rows(good + position(), wrong + position(), position())] == [True, True, False]
