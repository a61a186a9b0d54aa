"""What the simulator sends is what the decoder reads."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyais import decode as pyais_decode

from tests.vessels.nmea import NOON, SECOND
from vessels.decode import Decoder
from vessels.encode import sentences
from vessels.errors import VesselError
from vessels.report import CONTENT, REPORT

MINUTE = 60 * SECOND
SIXBIT = "".join(map(chr, range(32, 64))) + "".join(map(chr, range(65, 96)))  # all but "@", which ends a text


def maybe(values):
    return st.none() | values


def text(count):
    return maybe(st.text(SIXBIT, min_size=1, max_size=count).map(lambda said: said.rstrip(" ") or None))


def tens(low, high, step):
    return maybe(st.integers(low, high).map(lambda raw: raw * step))


WHERE = {"lat_e": st.integers(-54_000_000, 54_000_000), "lon_e": st.integers(-108_000_000, 108_000_000)}
COURSE = {"cog_e": maybe(st.integers(0, 3599)), "utc_second": maybe(st.integers(0, 59))}
SPEED = {"sog_e": maybe(st.integers(0, 1022))}
HEADING = {"heading_deg": maybe(st.integers(0, 359))}
CLASS_A = SPEED | COURSE | HEADING | {"nav_status": maybe(st.integers(0, 14)), "rot_e": maybe(st.integers(-127, 127))}
SHIP = {"ship_type": maybe(st.integers(1, 255))}
NAME, CALLSIGN = {"name": text(20)}, {"callsign": text(7)}
ETA_PART = [
    st.integers(low, high).map("{:02d}".format) | st.just("-") for low, high in ((1, 12), (1, 31), (0, 23), (0, 59))
]
ETA = maybe(st.tuples(*ETA_PART).map(lambda p: None if set(p) == {"-"} else f"{p[0]}-{p[1]}T{p[2]}:{p[3]}"))
VOYAGE = {
    "imo": maybe(st.integers(1, 2**30 - 1)),
    "draught_e": maybe(st.integers(1, 255)),
    "destination": text(20),
    "eta": ETA,
}
FIELDS = {
    1: CLASS_A,
    2: CLASS_A,
    3: CLASS_A,
    5: VOYAGE | NAME | CALLSIGN | SHIP,
    9: COURSE | {"sog_e": tens(0, 1022, 10)},
    14: {"text": text(161).map(lambda said: said and (said.strip(" ") or None))},
    18: SPEED | COURSE | HEADING,
    19: SPEED | COURSE | HEADING | NAME | SHIP,
    24: {},
    27: {"sog_e": tens(0, 62, 10), "cog_e": tens(0, 359, 10), "nav_status": maybe(st.integers(0, 14))},
}
PLACED = (1, 2, 3, 9, 18, 19, 27)
PAIR_M = {"to_bow_m": 511, "to_stern_m": 511}, {"to_port_m": 63, "to_starboard_m": 63}


@st.composite
def report(draw):
    """Return a report row that AIS can say."""
    kind = draw(st.sampled_from(sorted(FIELDS)))
    row = {name: draw(values) for name, values in FIELDS[kind].items()}
    if kind in PLACED and draw(st.booleans()):
        row |= {name: draw(values) // 1000 * 1000 for name, values in WHERE.items()}  # 1000: the unit of type 27
    part_b = kind == 24 and draw(st.booleans())
    if kind == 24:
        row |= {name: draw(values) for name, values in (SHIP | CALLSIGN if part_b else NAME).items()}
    if kind in (5, 19) or part_b:
        for pair in PAIR_M:
            sizes = [draw(st.integers(0, most)) for most in pair.values()]
            row |= dict(zip(pair, sizes, strict=True)) if any(sizes) else {}
    if part_b and not any(value is not None for value in row.values()):
        row["ship_type"] = 37
    return row | {
        "msg_type": kind,
        "mmsi": draw(st.integers(1, 979_999_999)),
        "time": draw(time(row.get("utc_second"))),
    }


def time(second):
    """Return a time that a tag block can say and that agrees with the message's own second."""
    minutes = st.integers(1_200_000_000_000_000 // MINUTE, 2_000_000_000_000_000 // MINUTE)
    if second is None:
        return st.tuples(minutes, st.integers(0, 59_999)).map(lambda parts: parts[0] * MINUTE + parts[1] * 1000)
    return minutes.map(lambda minute: minute * MINUTE + second * SECOND)


def table(rows):
    defaults = {"clock": "tag", "source": "test", "station": "VOISIM1", "receivers": 1, "file": "f", "offset": 0}
    return pa.Table.from_pylist([defaults | {"simulated": True} | row for row in rows], schema=REPORT)


def read_back(reports, **options):
    return Decoder("test", "f").feed(b"".join(sentences(reports, station="VOISIM1", **options)), last=True)


@given(st.lists(report(), max_size=8))
def test_the_decoder_reads_back_every_row_that_ais_can_say(rows):
    sent = table(rows)
    decoded = read_back(sent)
    assert decoded.rejects == []
    assert decoded.reports.drop_columns("offset").equals(sent.drop_columns("offset"))


@given(st.lists(report(), max_size=8))
def test_pyais_reads_the_same_numbers(rows):
    for row, entry in zip(rows, sentences(table(rows), station="x"), strict=True):
        message = pyais_decode(*[line.rpartition(b"\\")[2] for line in entry.splitlines()])
        assert (message.msg_type, message.mmsi) == (row["msg_type"], row["mmsi"])
        if row.get("lat_e") is not None:
            assert message.lat == pytest.approx(row["lat_e"] / 600_000, abs=1e-6)
            assert message.lon == pytest.approx(row["lon_e"] / 600_000, abs=1e-6)
        if row.get("sog_e") is not None and row["msg_type"] in (1, 2, 3, 18, 19):
            assert message.speed == row["sog_e"] / 10


def test_one_entry_a_row_and_every_line_within_82_characters():
    entries = sentences(
        table([{"msg_type": 5, "mmsi": 1, "time": NOON}, {"msg_type": 1, "mmsi": 2, "time": NOON}]), station="x"
    )
    assert [entry.count(b"\r\n") for entry in entries] == [2, 1]
    assert all(len(line.rpartition(b"\\")[2]) + 2 <= 82 for entry in entries for line in entry.splitlines())


def test_the_parts_of_a_voyage_report_share_a_tag_group():
    (entry,) = sentences(table([{"msg_type": 5, "mmsi": 1, "time": NOON}]), station="malta")
    first, second = entry.splitlines()
    assert first.startswith(b"\\g:1-2-0,s:malta,c:1700049600*")
    assert second.startswith(b"\\g:2-2-0*")


def test_class_b_static_data_with_name_and_hull_goes_out_in_two_parts():
    sent = table([{"msg_type": 24, "mmsi": 1, "time": NOON, "name": "LADY J", "ship_type": 37, "callsign": "IK2ABC"}])
    said = read_back(sent).reports.select(["name", "ship_type", "callsign"]).to_pylist()
    assert said == [
        {"name": "LADY J", "ship_type": None, "callsign": None},
        {"name": None, "ship_type": 37, "callsign": "IK2ABC"},
    ]


def test_a_base_station_sends_the_rows_time():
    base = table([{"msg_type": 4, "mmsi": 2_470_001, "time": NOON + 3 * SECOND}])
    ship = table([{"msg_type": 1, "mmsi": 1, "time": NOON, "utc_second": 9}])
    bare = b"".join(sentences(base, station="x") + sentences(ship, station="x"))
    lines = b"\n".join(line.rpartition(b"\\")[2] for line in bare.splitlines())
    reports = Decoder("test", "f").feed(lines, last=True).reports
    assert reports["time"].to_pylist() == [NOON + 9 * SECOND]


def test_what_six_bits_cannot_say_becomes_a_question_mark_and_small_letters_capitals():
    sent = table([{"msg_type": 24, "mmsi": 1, "time": NOON, "name": "Élan {{ x }}"}])
    assert read_back(sent).reports["name"].to_pylist() == ["?LAN ?? X ??"]


def test_a_text_that_is_too_long_for_one_message_is_cut():
    sent = table([{"msg_type": 14, "mmsi": 1, "time": NOON, "text": "A" * 200}])
    assert read_back(sent).reports["text"].to_pylist() == ["A" * 161]


def test_stations_may_differ_from_row_to_row():
    sent = table([{"msg_type": 1, "mmsi": 1, "time": NOON}] * 2)
    lines = b"".join(sentences(sent, station=["one", "two"]))
    assert Decoder("test", "f").feed(lines, last=True).reports["station"].to_pylist() == ["one", "two"]


@pytest.mark.parametrize("station", ["", "a,b", "a*b", "a\\b", "a\nb", "a" * 16])
def test_a_station_name_that_would_break_the_tag_block_is_refused(station):
    with pytest.raises(VesselError, match="station"):
        sentences(table([{"msg_type": 1, "mmsi": 1, "time": NOON}]), station=station)


def test_a_type_that_cannot_be_sent_is_refused():
    with pytest.raises(VesselError, match="type 21"):
        sentences(table([{"msg_type": 21, "mmsi": 1, "time": NOON}]), station="x")


def test_no_rows_make_no_lines():
    assert sentences(table([]), station="x") == []
    assert CONTENT.field("mmsi").type == pa.int32()
