import json
import socket
import ssl
import threading
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt import publish
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from pipelines.feeds.digitraffic import read
from pipelines.feeds.json_rows import Rows, UnfitError, message

LOCATION = {
    "time": 1780272012, "sog": 10.7, "cog": 326.6, "navStat": 0, "rot": -3, "posAcc": True, "raim": False,
    "heading": 325, "lon": 20.3458, "lat": 60.038,
}  # fmt: skip
METADATA = {
    "timestamp": 1780272012345, "destination": "NAANTALI", "name": "ARUNA CIHAN", "draught": 68, "eta": 733376,
    "posType": 15, "refA": 160, "refB": 33, "refC": 20, "refD": 12, "callSign": "V7WW7", "imo": 9543756, "type": 70,
}  # fmt: skip


def row(topic, body):
    return Rows("digitraffic://").table([read(topic, body)], 0).to_pylist()[0]


def test_a_location_is_read():
    found = row("vessels-v2/538005678/location", LOCATION)
    wanted = {
        "mmsi": 538005678, "msg_type": 1, "time": 1780272012_000_000, "clock": "feed", "sog_e": 107, "cog_e": 3266,
        "nav_status": 0, "rot_e": -3, "heading_deg": 325, "lon_e": 12207480, "lat_e": 36022800, "utc_second": None,
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted


def test_metadata_are_read():
    found = row("vessels-v2/538005678/metadata", METADATA)
    wanted = {
        "mmsi": 538005678, "msg_type": 5, "time": 1780272012_345_000, "name": "ARUNA CIHAN", "callsign": "V7WW7",
        "imo": 9543756, "ship_type": 70, "draught_e": 68, "destination": "NAANTALI", "eta": "11-06T03:00",
        "to_bow_m": 160, "to_stern_m": 33, "to_port_m": 20, "to_starboard_m": 12,
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted


def test_what_is_not_available_is_null():
    absent = {"sog": 102.3, "cog": 360.0, "heading": 511, "rot": -128, "navStat": 15, "lon": 181, "lat": 91}
    found = row("vessels-v2/538005678/location", {**LOCATION, **absent})
    assert {found[name] for name in ("sog_e", "cog_e", "heading_deg", "rot_e", "nav_status", "lon_e", "lat_e")} == {
        None
    }
    found = row("vessels-v2/1/metadata", {**METADATA, "eta": 1596, "draught": 0, "imo": 0, "type": 0, "name": None})
    assert {found[name] for name in ("eta", "draught_e", "imo", "ship_type", "name")} == {None}


def test_a_search_and_rescue_aircraft_may_be_fast():
    found = row("vessels-v2/111230001/location", {**LOCATION, "sog": 140})
    assert (found["msg_type"], found["sog_e"]) == (9, 1400)


@pytest.mark.parametrize(
    ("topic", "change", "reason"),
    [
        ("vessels-v2/status", {}, "topic: unknown"),
        ("vessels-v2/abc/location", {}, "topic: unknown"),
        ("vessels-v2/1/elsewhere", {}, "topic: unknown"),
        ("vessels-v2/9999999999/location", {}, "mmsi: none"),
        ("vessels-v2/0/location", {}, "mmsi: none"),
        ("vessels-v2/1/location", {"lat": None}, "lat: missing"),
        ("vessels-v2/1/location", {"time": None}, "time: missing"),
        ("vessels-v2/1/location", {"time": "12:00"}, "time: no number"),
        ("vessels-v2/1/location", {"time": 12}, "time: out of range"),
        ("vessels-v2/1/location", {"sog": 140}, "sog_e: out of range"),
        ("vessels-v2/1/location", {"lon": [1]}, "lon_e: no number"),
        ("vessels-v2/1/metadata", {}, "timestamp: missing"),
    ],
)
def test_what_is_wrong_is_a_reject_with_its_reason(topic, change, reason):
    with pytest.raises(UnfitError, match=reason):
        read(topic, {**LOCATION, **change})


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.lists(st.integers(), max_size=2)
)


@given(
    st.dictionaries(st.sampled_from(sorted({*LOCATION, *METADATA})), VALUES), st.sampled_from(["location", "metadata"])
)
def test_whatever_comes_becomes_a_row_or_a_reject(change, kind):
    try:
        said = read(f"vessels-v2/230000001/{kind}", {**LOCATION, **METADATA, **change})
    except UnfitError:
        said = message(1, 1, {}, time=1780272012_000_000)
    assert Rows("digitraffic://").table([said], 0).num_rows == 1


@pytest.mark.live
def test_locations_and_metadata_are_heard_from_a_broker(hear, mosquitto):
    def say(topic, body):
        publish.single(topic, body, retain=True, qos=1, hostname="127.0.0.1", port=mosquitto)

    say("vessels-v2/538005678/location", json.dumps(LOCATION))
    say("vessels-v2/538005678/metadata", json.dumps(METADATA))
    say("vessels-v2/538005679/location", "[]")
    say("vessels-v2/status", json.dumps({"updated": 1}))
    ear = hear(f"digitraffic://127.0.0.1:{mosquitto}?transport=mqtt")
    ear.until(lambda: ear.reports.num_rows >= 2 and ear.health.rejects == {"no message": 1}, "two rows and a reject")
    assert set(ear.reports["msg_type"].to_pylist()) == {1, 5}
    assert ear.sources == {ear.feed.name}
    assert ear.health.state == "live"


@contextmanager
def secure_websocket(broker, certificate):
    """A door like the service's: MQTT by websocket and TLS, handed on to a broker; yields its port and who came."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    requests = []

    def handle(connection):
        requests.append(connection.request)
        with socket.create_connection(("127.0.0.1", broker)) as sock:
            answers = threading.Thread(target=answer, args=[sock, connection], daemon=True)
            answers.start()
            for message in connection:
                sock.sendall(message)
            sock.shutdown(socket.SHUT_RDWR)
            answers.join(20)

    def answer(sock, connection):
        with suppress(ConnectionClosed):
            while data := sock.recv(65536):
                connection.send(data)

    with serve(handle, "127.0.0.1", 0, ssl=context, subprotocols=["mqtt"]) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.socket.getsockname()[1], requests
        server.shutdown()
        thread.join(20)


@pytest.mark.live
def test_locations_are_heard_by_a_secure_websocket_as_the_service_speaks(hear, mosquitto, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
    publish.single("vessels-v2/1/location", json.dumps(LOCATION), retain=True, hostname="127.0.0.1", port=mosquitto)
    with secure_websocket(mosquitto, certificate) as (port, requests):
        ear = hear(f"digitraffic://localhost:{port}")
        ear.until(lambda: 1 in ear.reports["mmsi"].to_pylist(), "the location")
        ear.close()
    assert [(each.path, each.headers["Digitraffic-User"]) for each in requests] == [("/mqtt", "voi")]
