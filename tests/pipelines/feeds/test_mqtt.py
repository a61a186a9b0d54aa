import gc
import json

import pytest
from paho.mqtt import publish

from tests.pipelines.feeds.conftest import broker

pytestmark = pytest.mark.live

SENTENCE = b"!AIVDM,1,1,,B,33L=LN051HQj3HhRJd7q1W=`0000,0*03"
POSITION = {"class": "AIS", "type": 1, "mmsi": 230907000, "speed": 8.8, "lon": 24.915239, "lat": 60.148106}


@pytest.fixture
def say(mosquitto, request):
    """Publish to a topic of this test's own; the broker keeps it for who subscribes later."""
    topics = set()

    def publish_to(topic, payload, *, retain=True):
        topics.add(topic)
        publish.single(topic, payload, qos=1, retain=retain, hostname="127.0.0.1", port=mosquitto)

    yield publish_to
    for topic in topics:
        publish.single(topic, None, retain=True, hostname="127.0.0.1", port=mosquitto)


def test_nmea_and_json_are_read_from_a_topic_with_wildcards(hear, say, mosquitto):
    say("ais/one/nmea", SENTENCE)
    say("ais/two/json", json.dumps([POSITION]).encode())
    say("other/nmea", b"not ours")
    ear = hear(f"mqtt://127.0.0.1:{mosquitto}/ais/#")
    ear.until_data(SENTENCE + b"\n", f"{ear.feed.name}#ais/one/nmea")
    ear.until(lambda: ear.reports.num_rows == 1, "a report")
    assert ear.data() == SENTENCE + b"\n"
    assert ear.health.state == "live"


def test_topics_are_kept_apart(hear, say, mosquitto):
    say("apart/one", SENTENCE[:20])
    say("apart/two", SENTENCE)
    ear = hear(f"mqtt://127.0.0.1:{mosquitto}/apart/+")
    ear.until(lambda: len(ear.sources) == 2, "two sources")


def test_the_name_of_a_topic_is_cleaned_and_cut(hear, say, mosquitto):
    say("hostile/\u202e" + "x" * 5000, SENTENCE)
    ear = hear(f"mqtt://127.0.0.1:{mosquitto}/hostile/+")
    ear.until(ear.data, "the sentence")
    assert {source.partition("#")[2] for source in ear.sources} == {"hostile/" + "x" * 192}


def test_garbage_and_payloads_too_large_are_counted(hear, say, mosquitto, monkeypatch):
    monkeypatch.setattr("pipelines.feeds.broker.PAYLOAD_BYTES", 100)
    say("bad/json", b"{oh no")
    say("bad/large", b"x" * 101)
    ear = hear(f"mqtt://127.0.0.1:{mosquitto}/bad/+")
    ear.until(lambda: ear.health.rejects == {"not JSON": 1, "payload too large": 1}, "two rejects")
    ear.until(lambda: ear.health.state == "garbage", "garbage", lambda: say("bad/json", b"{oh no", retain=False))


def test_a_flood_nobody_takes_costs_the_oldest(hear, say, mosquitto):
    ear = hear(f"mqtt://127.0.0.1:{mosquitto}/flood", rows=5)
    ear.take = lambda: None
    lines = (SENTENCE + b"\n") * 5
    ear.until(lambda: ear.health.state == "dropping", "drops", lambda: say("flood", lines, retain=False))


def test_a_silent_topic_is_subscribed_to_anew(hear, mosquitto):
    ear = hear(f"mqtt://127.0.0.1:{mosquitto}/nothing?idle=0.3")
    ear.until(lambda: ear.health.reconnects >= 2, "another subscription")
    ear.until_state("silent")


def test_a_broker_that_is_not_there_is_told(hear, port):
    ear = hear(f"mqtt://127.0.0.1:{port}/ais")
    ear.until(lambda: ear.health.reconnects >= 2, "attempts")
    assert "refused" in ear.health.error


def test_a_peer_that_is_no_broker_is_told(hear, port):
    door = hear(f"tcp-listen://127.0.0.1:{port}?idle=0.5")
    ear = hear(f"mqtt://127.0.0.1:{port}/ais")
    ear.until(lambda: ear.health.reconnects >= 1, "another attempt", door.take)
    assert ear.health.error.startswith("mqtt://")


# The library leaves the socket of a handshake that failed to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_broker_is_heard_by_tls_if_its_certificate_is_trusted(hear, certificate, port, tmp_path, monkeypatch):
    with broker(tmp_path, port, f"certfile {certificate[0]}", f"keyfile {certificate[1]}"):
        stranger = hear(f"mqtts://localhost:{port}/tls")
        stranger.until_state("down")
        assert "certificate" in stranger.health.error.lower()
        stranger.close()
        del stranger
        gc.collect()
        monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
        ear = hear(f"mqtts://localhost:{port}/tls")
        tls = {"ca_certs": certificate[0]}
        publish.single("tls", SENTENCE, retain=True, hostname="localhost", port=port, tls=tls)
        ear.until_data(SENTENCE + b"\n")


def test_messages_are_heard_again_after_the_broker_cut_the_connection(hear, say, mosquitto, monkeypatch):
    monkeypatch.setattr("pipelines.feeds.broker.secrets.token_hex", lambda _: "same")  # the broker cuts the older
    first = hear(f"mqtt://127.0.0.1:{mosquitto}/cut")
    first.until(first.data, "a message", lambda: say("cut", SENTENCE, retain=False))
    second = hear(f"mqtt://127.0.0.1:{mosquitto}/cut")
    first.until(lambda: first.health.reconnects >= 1, "a reconnect")
    second.close()
    first.chunks.clear()
    first.until(first.data, "a message", lambda: say("cut", SENTENCE, retain=False))
