import json
import threading

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.aiscatcher import Catcher
from pipelines.feeds.live import Outlet, Reports
from vessels.decode import Decoder
from vessels.encode import sentences
from vessels.report import REPORT

SENTENCE = "!AIVDM,1,1,,B,33L=LN051HQj3HhRJd7q1W=`0000,0*03"
# As AIS-catcher's own decoder (0.68.16) gives it for that sentence, and for a voyage report.
POSITION = {
    "class": "AIS", "device": "AIS-catcher", "scaled": True, "channel": "B", "type": 3, "repeat": 0, "mmsi": 230907000,
    "status": 0, "status_text": "Under way using engine", "turn_unscaled": 20, "turn": 18, "speed": 8.800000190734863,
    "accuracy": True, "lon": 24.915239334106445, "lat": 60.14810562133789, "course": 231.0, "heading": 230,
    "second": 52, "maneuver": 0, "power": False, "raim": False, "radio": 0, "rxuxtime": 1659122170.5,
}  # fmt: skip
VOYAGE = {
    "channel": "A", "type": 5, "repeat": 0, "mmsi": 244730610, "ais_version": 0, "imo": 6519522, "callsign": "LFJA",
    "shipname": "NOBEL", "shiptype": 69, "shiptype_text": "Passenger", "to_bow": 9, "to_stern": 22, "to_port": 2,
    "to_starboard": 6, "epfd": 0, "eta": "01-02T03:04Z", "month": 1, "day": 2, "hour": 3, "minute": 4,
    "draught": 2.1000001430511475, "destination": "OSLO", "dte": False, "rxtime": "20260601000012",
}  # fmt: skip
SILENT_VOYAGE = {
    "type": 5, "mmsi": 244730610, "callsign": "", "shipname": "", "shiptype": 0, "to_bow": 0, "to_stern": 0,
    "to_port": 0, "to_starboard": 0, "eta": "00-00T24:60Z", "destination": "",
}  # fmt: skip
PART_B = {
    "type": 24, "mmsi": 271041815, "partno": 1, "shiptype": 60, "vendorid": "", "callsign": "TC6163", "to_bow": 0,
    "to_stern": 15, "to_port": 0, "to_starboard": 5,
}  # fmt: skip


@pytest.fixture
def outlet():
    return Outlet(threading.Event(), can_wait=True)


def taken(outlet, *payloads):
    Catcher("test://", outlet).take(
        "sender", [each if isinstance(each, bytes) else json.dumps(each).encode() for each in payloads]
    )
    return outlet.take()


def reports(outlet, *payloads):
    (chunk,) = taken(outlet, *payloads)
    assert isinstance(chunk, Reports)
    return chunk.table.to_pylist()


def test_decoded_fields_give_the_row_that_the_sentence_gives(outlet):
    (found,) = reports(outlet, POSITION)
    (wanted,) = (
        Decoder("test://", "stream", receive=True).feed(f"{SENTENCE}\n".encode(), received=0).reports.to_pylist()
    )
    near = ("lat_e", "lon_e")  # AIS-catcher rounds them to 32 bits
    origin = ("time", "clock", "file", "offset")
    same = wanted.keys() - {*near, *origin}
    assert {name: found[name] for name in same} == {name: wanted[name] for name in same}
    assert all(abs(found[name] - wanted[name]) <= 2 for name in near)
    assert (found["time"], found["clock"]) == (1659122170_500_000, "feed")


def test_a_voyage_report_is_read(outlet):
    (found,) = reports(outlet, VOYAGE)
    wanted = {
        "mmsi": 244730610, "imo": 6519522, "name": "NOBEL", "callsign": "LFJA", "ship_type": 69, "to_bow_m": 9,
        "to_stern_m": 22, "to_port_m": 2, "to_starboard_m": 6, "draught_e": 21, "destination": "OSLO",
        "eta": "01-02T03:04", "time": 1_780_272_012_000_000, "clock": "feed",
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted


def test_what_is_not_available_is_null(outlet):
    (found,) = reports(outlet, SILENT_VOYAGE)
    assert {found[name] for name in ("name", "callsign", "ship_type", "to_bow_m", "eta", "imo", "destination")} == {
        None
    }


def test_the_second_part_of_static_data_is_read(outlet):
    (found,) = reports(outlet, PART_B)
    assert (found["callsign"], found["ship_type"], found["to_stern_m"], found["name"]) == ("TC6163", 60, 15, None)


def test_a_message_that_holds_its_sentences_is_read_from_them_with_its_time_and_station(outlet):
    envelope = {"protocol": "jsonaiscatcher", "stationid": "LONDON-1", "msgs": [{**POSITION, "nmea": [SENTENCE]}]}
    (chunk,) = taken(outlet, envelope)
    assert chunk.source == "test://#sender"
    (found,) = Decoder("test://", "stream", receive=True).feed(chunk.data, received=0).reports.to_pylist()
    assert (found["time"], found["clock"], found["station"]) == (1659122170_500_000, "feed", "LONDON-1")
    assert found["lat_e"] == 36088863


def test_a_message_of_several_sentences_stays_together(outlet):
    spoken = dict.fromkeys(REPORT.names) | {
        "time": 0,
        "mmsi": 351759000,
        "msg_type": 5,
        "name": "EVER DIADEM",
    }
    (lines,) = sentences(pa.Table.from_pylist([spoken], schema=REPORT), station="X")
    parts = [line.rpartition("\\")[2] for line in lines.decode().splitlines()]
    assert len(parts) == 2
    (chunk,) = taken(outlet, {"nmea": parts, "rxtime": "20260601000012"})
    (found,) = Decoder("test://", "stream", receive=True).feed(chunk.data, received=0).reports.to_pylist()
    assert (found["name"], found["time"]) == ("EVER DIADEM", 1_780_272_012_000_000)


def test_a_list_of_messages_is_read_in_order(outlet):
    assert [row["msg_type"] for row in reports(outlet, [POSITION, VOYAGE, POSITION])] == [3, 5, 3]


def test_messages_a_line_are_read_up_to_the_first_that_is_none(outlet):
    lines = b"\n".join(
        [json.dumps(POSITION).encode(), b"", json.dumps(VOYAGE).encode(), b"{", json.dumps(VOYAGE).encode()]
    )
    assert [row["msg_type"] for row in reports(outlet, lines)] == [3, 5]
    assert outlet.rejects == {"not JSON": 1}


def test_plain_nmea_is_taken_as_it_is(outlet):
    (chunk,) = taken(outlet, SENTENCE.encode(), f"{SENTENCE}\r\n".encode())
    assert chunk.data == f"{SENTENCE}\n{SENTENCE}\r\n".encode()


def test_types_that_become_no_report_are_passed_over(outlet):
    assert taken(outlet, {**POSITION, "type": 4}, {"class": "STATS"}) == []
    assert outlet.rejects == {}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"type": 1,', "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b'{"type": 1, "mmsi": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'[5, "x"]', "no message"),
        (b'{"msgs": [null]}', "no message"),
        ({**POSITION, "mmsi": "230907000"}, "mmsi: none"),
        ({**POSITION, "mmsi": None}, "mmsi: none"),
        ({**POSITION, "speed": "fast"}, "sog_e: no number"),
        ({**POSITION, "lat": 1e6}, "lat_e: out of range"),
        ({**POSITION, "rxuxtime": "now"}, "rxuxtime: no number"),
        ({**POSITION, "rxuxtime": 5}, "time: out of range"),
        ({**VOYAGE, "rxtime": "20261301000000"}, "rxtime: no time"),
        ({**VOYAGE, "shipname": 7}, "name: no text"),
        ({**VOYAGE, "eta": 7}, "eta: no text"),
        ({**PART_B, "partno": 2}, "partno: out of range"),
        ({"nmea": []}, "nmea: no sentences"),
        ({"nmea": "x"}, "nmea: no sentences"),
        ({"nmea": ["!AIVDM\n!AIVDM"]}, "nmea: no sentences"),
        ({"nmea": ["!" * 5000]}, "nmea: no sentences"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_counted_with_its_reason_and_the_rest_is_taken(outlet, payload, reason):
    assert [row["msg_type"] for row in reports(outlet, payload, POSITION)] == [3]
    assert set(outlet.rejects) == {reason}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(sorted({*POSITION, *VOYAGE, "partno", "nmea", "text"})), JSON),
    st.sampled_from([*range(-1, 30), None, 1.5, "1", True]),
)
def test_no_json_breaks_the_reader(values, msg_type):
    outlet = Outlet(threading.Event(), can_wait=True)
    taken(outlet, {**POSITION, **values, "type": msg_type})
    taken(outlet, {**VOYAGE, **values})


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(payload):
    taken(Outlet(threading.Event(), can_wait=True), payload, b"{" + payload, b"[" + payload)
