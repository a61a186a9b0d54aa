import json
import logging
import threading
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from pipelines.errors import PipelineError
from pipelines.feeds import open_live
from pipelines.feeds.aisstream import MESSAGE_BYTES, read
from pipelines.feeds.json_rows import Rows, UnfitError

KEY = "k3y-of-nobody"
SERVICE_LOG = logging.getLogger("service")
SERVICE_LOG.setLevel("WARNING")  # the other side may log what it likes


def event(name, said, mmsi=244730610, time="2026-06-01 00:00:12.26746452 +0000 UTC"):
    return {
        "Message": {name: {"UserID": mmsi, "Valid": True, **said}},
        "MessageType": name,
        "MetaData": {"MMSI": mmsi, "time_utc": time},
    }


# Shaped after samples that others published.
POSITION = event(
    "PositionReport",
    {
        "Cog": 142.9, "Latitude": 53.09018833333334, "Longitude": 5.854496666666666, "MessageID": 1,
        "NavigationalStatus": 0, "RateOfTurn": -128, "Sog": 4.5, "Timestamp": 11, "TrueHeading": 511,
    },
)  # fmt: skip
CLASS_B = event(
    "StandardClassBPositionReport",
    {"Cog": 153.9, "Latitude": 40.74870333333333, "Longitude": 13.859405, "MessageID": 18, "Sog": 6.1, "Timestamp": 39,
     "TrueHeading": 160},
)  # fmt: skip
VOYAGE = event(
    "ShipStaticData",
    {
        "CallSign": "LFJA", "Destination": "OSLO", "Dimension": {"A": 9, "B": 22, "C": 2, "D": 6},
        "Eta": {"Day": 1, "Hour": 0, "Minute": 0, "Month": 1}, "ImoNumber": 6519522, "MaximumStaticDraught": 2.1,
        "MessageID": 5, "Name": "NOBEL", "Type": 69,
    },
)  # fmt: skip
PART_B = event(
    "StaticDataReport",
    {
        "MessageID": 24, "PartNumber": True, "ReportA": {"Name": "", "Valid": False},
        "ReportB": {"CallSign": "XPI6030", "Dimension": {"A": 5, "B": 5, "C": 2, "D": 2}, "ShipType": 37},
    },
)  # fmt: skip
PART_A = event("StaticDataReport", {"PartNumber": False, "ReportA": {"Name": "LIBIDINE", "Valid": True}, "ReportB": {}})
TEXT = event("SafetyBroadcastMessage", {"MessageID": 14, "Text": "SART ACTIVE"}, mmsi=970123456)


def row(body):
    return Rows("aisstream://").table([read(body)], 0).to_pylist()[0]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (
            POSITION,
            {
                "mmsi": 244730610, "msg_type": 1, "time": 1780272012_267_464, "clock": "feed", "utc_second": 11,
                "lat_e": 31854113, "lon_e": 3512698, "sog_e": 45, "cog_e": 1429, "heading_deg": None, "rot_e": None,
                "nav_status": 0,
            },
        ),
        (CLASS_B, {"msg_type": 18, "sog_e": 61, "heading_deg": 160, "lat_e": 24449222, "nav_status": None}),
        (
            VOYAGE,
            {
                "msg_type": 5, "imo": 6519522, "name": "NOBEL", "callsign": "LFJA", "destination": "OSLO",
                "draught_e": 21, "ship_type": 69, "to_bow_m": 9, "to_stern_m": 22, "to_port_m": 2, "to_starboard_m": 6,
                "eta": "01-01T00:00",
            },
        ),
        (PART_B, {"msg_type": 24, "callsign": "XPI6030", "ship_type": 37, "to_bow_m": 5, "name": None}),
        (PART_A, {"msg_type": 24, "name": "LIBIDINE", "callsign": None}),
        (TEXT, {"msg_type": 14, "mmsi": 970123456, "text": "SART ACTIVE"}),
    ],
)  # fmt: skip
def test_messages_are_read(body, wanted):
    found = row(body)
    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-06-01 00:00:12 +0000 UTC", 1780272012_000_000),
        ("2026-06-01 00:00:12.5 +0000 UTC", 1780272012_500_000),
        ("2026-06-01 00:00:12.123456789 +0000 UTC", 1780272012_123_456),
    ],
)
def test_times_are_read_as_go_prints_them(text, time):
    assert row(event("PositionReport", {}, time=text))["time"] == time


@pytest.mark.parametrize("name", ["BaseStationReport", "UnknownMessage", "AidsToNavigationReport", None, 7])
def test_types_that_become_no_report_are_passed_over(name):
    assert read({"MessageType": name, "Message": {}}) is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"MessageType": "PositionReport"}, "Message: missing"),
        ({"MessageType": "PositionReport", "Message": {"PositionReport": []}}, "PositionReport: missing"),
        (event("PositionReport", {"Valid": False}), "Valid: not"),
        (event("PositionReport", {"MessageID": 18}), "MessageID: other"),
        (event("PositionReport", {"UserID": None}), "mmsi: none"),
        (event("PositionReport", {"Sog": "4"}), "sog_e: no number"),
        (event("PositionReport", {"Latitude": 900}), "lat_e: out of range"),
        (event("PositionReport", {}, time="yesterday"), "time_utc: no time"),
        (event("PositionReport", {}, time="2026-13-01 00:00:12 +0000 UTC"), "time_utc: no time"),
        (event("PositionReport", {}, time="1970-01-01 00:00:12 +0000 UTC"), "time: out of range"),
        ({**POSITION, "MetaData": None}, "MetaData: missing"),
        (event("ShipStaticData", {"Dimension": 5}), "Dimension: missing"),
        (event("ShipStaticData", {"Eta": {"Month": 1}}), "eta: no number"),
        (event("ShipStaticData", {"Eta": {"Month": 99, "Day": 1, "Hour": 1, "Minute": 1}}), "eta: out of range"),
    ],
)
def test_what_is_wrong_is_a_reject_with_its_reason(body, reason):
    with pytest.raises(UnfitError, match=reason):
        read(body)


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.lists(st.integers(), max_size=2)
)


FIELDS = ["UserID", "MessageID", "Valid", "Sog", "Dimension", "Eta", "Name", "PartNumber", "ReportB"]


@given(
    st.sampled_from([POSITION, VOYAGE, PART_A, PART_B, TEXT]),
    st.dictionaries(st.sampled_from(FIELDS), VALUES),
)  # fmt: skip
def test_whatever_comes_becomes_a_row_or_a_reject(body, change):
    name = body["MessageType"]
    try:
        said = read({**body, "Message": {name: {**body["Message"][name], **change}}})
    except UnfitError:
        said = read(POSITION)
    assert Rows("aisstream://").table([said], 0).num_rows == 1


@pytest.mark.parametrize("url", ["aisstream://", "wss://h/v0/stream"])
def test_without_a_key_it_is_said_where_to_put_one(url, monkeypatch):
    monkeypatch.delenv("VOI_AISSTREAM_KEY", raising=False)
    monkeypatch.delenv("VOI_AISSTREAM_KEY_FILE", raising=False)
    with pytest.raises(PipelineError, match="VOI_AISSTREAM_KEY_FILE"):
        open_live(url)


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("VOI_AISSTREAM_KEY", KEY)


@pytest.mark.parametrize(
    "url", ["ws://example.org/v0/stream", "aisstream://?box=1,2,3", "aisstream://?box=9,0,1,5", "wss://h/?key=abc"]
)
def test_a_url_that_cannot_be_meant_so_is_refused(url, key):
    with pytest.raises(PipelineError):
        open_live(url)


@contextmanager
def service(*script):
    """A websocket server that does with each subscriber what the script says, and with the last for ever."""
    acts, subscriptions = list(script), []

    def handle(connection):
        try:
            subscriptions.append(json.loads(connection.recv()))
            act = acts.pop(0) if len(acts) > 1 else acts[0]
            act(connection)
        except ConnectionClosed:
            pass

    with serve(handle, "127.0.0.1", 0, logger=SERVICE_LOG) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/v0/stream", subscriptions
        server.shutdown()
        thread.join(20)


def says(*messages, stay=True):
    def act(connection):
        for each in messages:
            connection.send(each if isinstance(each, str | bytes) else json.dumps(each).encode())
        if stay:
            connection.recv()  # until the other side leaves

    return act


@pytest.mark.live
def test_events_are_heard_after_subscribing_with_the_key_and_a_box(hear, key):
    with service(says(POSITION, json.dumps(VOYAGE), {"MessageType": "UnknownMessage"}, b"\xff", TEXT)) as (url, asked):
        ear = hear(f"{url}?box=30,8,38,26")
        ear.until(lambda: ear.reports.num_rows == 3, "three rows")
        assert asked == [{"APIKey": KEY, "BoundingBoxes": [[[30.0, 8.0], [38.0, 26.0]]]}]
        assert ear.reports["msg_type"].to_pylist() == [1, 5, 14]
        assert ear.health.rejects == {"not JSON": 1}
        assert ear.health.state == "live"
        ear.close()


@pytest.mark.live
def test_a_wrong_key_is_a_refusal_and_is_never_repeated(hear, key, caplog):
    caplog.set_level("DEBUG")
    with service(says({"error": f"Api Key {KEY} Is Not Valid"}, stay=False)) as (url, _):
        ear = hear(url)
        ear.until_state("down")
        ear.close()
    assert "Is Not Valid" in ear.health.error
    assert KEY not in repr(ear.health)
    assert KEY not in caplog.text


@pytest.mark.live
def test_a_cut_connection_is_opened_again(hear, key):
    with service(says(POSITION, stay=False), says(VOYAGE)) as (url, _):
        ear = hear(url)
        ear.until(lambda: ear.reports["msg_type"].to_pylist() == [1, 5], "both rows")
        assert ear.health.reconnects == 1
        assert "closed" in ear.health.error
        ear.close()


@pytest.mark.live
def test_a_service_that_says_nothing_is_silent_and_asked_again(hear, key):
    with service(says()) as (url, asked):
        ear = hear(f"{url}?idle=0.3")
        ear.until(lambda: len(asked) >= 2, "another subscription")
        ear.until_state("silent")
        ear.close()


@pytest.mark.live
def test_a_message_that_is_far_too_large_costs_the_connection_and_no_more(hear, key):
    with service(says("0" * (MESSAGE_BYTES + 1)), says(POSITION)) as (url, _):
        ear = hear(url)
        ear.until(lambda: ear.reports.num_rows == 1, "the next connection's row")
        ear.close()


@pytest.mark.live
def test_a_service_that_sends_garbage_is_called_so(hear, key):
    with service(says(*["<html>"] * 200)) as (url, _):
        ear = hear(url)
        ear.until_state("garbage")
        ear.close()


@pytest.mark.live
def test_a_flood_nobody_takes_costs_the_oldest(hear, key):
    with service(says(*[POSITION] * 2000)) as (url, _):
        ear = hear(url, rows=600)
        ear.take = lambda: None
        ear.until_state("dropping")
        ear.close()
