import gzip
import http.client
import json
import socket

import pytest

from pipelines.feeds.aiscatcher_http import BODY_BYTES, UNPACKED_BYTES

pytestmark = pytest.mark.live

POSITION = {"class": "AIS", "type": 1, "mmsi": 230907000, "speed": 8.8, "lon": 24.915239, "lat": 60.148106}
BODY = json.dumps({"protocol": "jsonaiscatcher", "stationid": "HOME", "msgs": [POSITION]}).encode()
JSON = {"Content-Type": "application/json"}
GZIP = {**JSON, "Content-Encoding": "gzip"}


@pytest.fixture
def door(hear, knock, port):
    """A feed, and a way to post to it that returns the status."""
    ear = hear(f"aiscatcher-http://127.0.0.1:{port}/ais")

    def post(body, headers=JSON, path="/ais", method="POST"):
        with knock(port) as sock:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.sock = sock
            connection.request(method, path, body, headers)
            return connection.getresponse().status

    return ear, post


@pytest.mark.parametrize(("headers", "body"), [(JSON, BODY), (GZIP, gzip.compress(BODY))])
def test_what_is_posted_is_read_plain_or_packed(door, headers, body):
    ear, post = door
    assert post(body, headers) == 200
    ear.until(lambda: ear.reports.num_rows == 1, "a report")
    assert ear.reports.select(["mmsi", "station", "sog_e"]).to_pylist() == [
        {"mmsi": 230907000, "station": "HOME", "sog_e": 88}
    ]
    assert ear.health.state == "live"


@pytest.mark.parametrize(
    ("status", "reason", "posted"),
    [
        (404, "http: other path", (BODY, JSON, "/")),
        (415, "http: not JSON", (BODY, {"Content-Type": "text/plain"}, "/ais")),
        (415, "http: unknown encoding", (BODY, {**JSON, "Content-Encoding": "br"}, "/ais")),
        (411, "http: no length", (None, {**JSON, "Content-Length": "-1"}, "/ais")),
        (411, "http: no length", (None, {**JSON, "Transfer-Encoding": "chunked", "Content-Length": ""}, "/ais")),
        (413, "body too large", (None, {**JSON, "Content-Length": str(BODY_BYTES + 1)}, "/ais")),
        (413, "body too large", (gzip.compress(b" " * (UNPACKED_BYTES + 1)), GZIP, "/ais")),
        (400, "http: damaged gzip", (b"\x1f\x8b\x08 no", GZIP, "/ais")),
        (400, "http: damaged gzip", (gzip.compress(BODY)[:-9], GZIP, "/ais")),
        (200, "not JSON", (b"{", JSON, "/ais")),
    ],
)
def test_what_is_wrong_is_refused_and_counted(door, status, reason, posted):
    ear, post = door
    assert post(*posted) == status
    assert ear.health.rejects == {reason: 1}
    assert post(BODY) == 200
    ear.until(lambda: ear.reports.num_rows == 1, "the next")


def test_a_zip_bomb_is_not_unpacked_and_many_are_called_garbage(door, monkeypatch):
    ear, post = door
    monkeypatch.setattr("pipelines.feeds.aiscatcher_http.UNPACKED_BYTES", 1 << 16)
    bomb = gzip.compress(b"0" * (1 << 26))  # a thousand times what may be unpacked
    assert len(bomb) < BODY_BYTES
    assert post(bomb, GZIP) == 413
    ear.until(lambda: ear.health.state == "garbage", "garbage", lambda: post(bomb, GZIP))
    assert set(ear.health.rejects) == {"body too large"}


def test_other_methods_and_other_languages_are_refused(door, knock, port):
    ear, post = door
    assert post(None, method="GET") == 501
    with knock(port) as sock:
        sock.sendall(b"!AIVDM,1,1,,B,33L=LN051HQj3HhRJd7q1W=`0000,0*03\r\n")
        assert b"400" in sock.recv(1000)
    assert ear.health.rejects == {"http: bad request": 2}


def test_a_body_cut_short_is_counted_and_not_taken(door, knock, port):
    ear, _ = door
    with knock(port) as sock:
        sock.sendall(b"POST /ais HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n" + BODY)
        sock.shutdown(socket.SHUT_WR)
        assert b"400" in sock.recv(1000)
    assert ear.health.rejects == {"http: body cut short": 1}


def test_connections_beyond_the_limit_and_older_than_a_minute_are_cut(hear, knock, port, monkeypatch):
    monkeypatch.setattr("pipelines.feeds.aiscatcher_http.CONNECTIONS", 1)
    monkeypatch.setattr("pipelines.feeds.aiscatcher_http.CONNECTION_S", 1.0)
    ear = hear(f"aiscatcher-http://127.0.0.1:{port}")
    with knock(port) as first:
        first.sendall(b"POST / HT")
        with knock(port) as second:
            assert second.recv(1) == b""
        while first.recv(1000):
            pass
    ear.until(lambda: "too many connections" in ear.health.rejects, "the count")
