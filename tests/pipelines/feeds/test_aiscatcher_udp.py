import json
import socket

import pytest

pytestmark = pytest.mark.live

POSITION = {"class": "AIS", "type": 1, "mmsi": 230907000, "speed": 8.8, "lon": 24.915239, "lat": 60.148106}
SENTENCE = "!AIVDM,1,1,,B,33L=LN051HQj3HhRJd7q1W=`0000,0*03"


def test_json_and_nmea_by_udp_are_read_and_garbage_is_counted(hear, port):
    ear = hear(f"aiscatcher-udp://127.0.0.1:{port}")
    packets = [json.dumps(POSITION).encode(), json.dumps({"nmea": [SENTENCE]}).encode(), b"{ \xff", SENTENCE.encode()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:

        def send():
            for packet in packets:
                sock.sendto(packet, ("127.0.0.1", port))

        ear.until(lambda: ear.reports.num_rows and ear.data().count(b"!AIVDM") > 1 and ear.health.rejects, "all", send)
    assert set(ear.reports["mmsi"].to_pylist()) == {230907000}
    assert set(ear.health.rejects) == {"not JSON"}
    assert ear.health.state == "live"


def test_garbage_alone_is_called_so(hear, port):
    ear = hear(f"aiscatcher-udp://127.0.0.1:{port}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        ear.until(lambda: ear.health.state == "garbage", "garbage", lambda: sock.sendto(b"{}x", ("127.0.0.1", port)))
