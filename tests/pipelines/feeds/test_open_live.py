import sys

import pytest

from pipelines.errors import FeedError, PipelineError
from pipelines.feeds import LIVE, open_feed, open_live


@pytest.mark.parametrize(
    "url",
    [
        "tcp://127.0.0.1:1",
        "tcp-listen://:1",
        "udp://:1",
        "serial:/dev/ttyUSB0?baud=9600",
        "follow:/var/log/ais.nmea",
        "aiscatcher-udp://:1",
        "aiscatcher-http://:1/post",
        "mqtt://127.0.0.1/ais/#",
        "mqtts://127.0.0.1/ais/+/nmea",
        "digitraffic://",
        "digitraffic://127.0.0.1:1?transport=mqtt",
        "TCP://127.0.0.1:1",
    ],
)
def test_every_kind_of_source_opens_by_its_url_and_bears_its_name(url):
    feed = open_live(url)
    assert feed.name == url
    assert feed.idle_s == 120.0


@pytest.mark.parametrize("url", ["aisstream://", "wss://stream.example/v0/stream", "ws://127.0.0.1:1/"])
def test_aisstream_opens_with_a_key(url, monkeypatch):
    monkeypatch.setenv("VOI_AISSTREAM_KEY", "secret")
    assert open_live(url).name == url


def test_every_entry_of_the_table_is_there(monkeypatch):
    for place in LIVE.values():
        module, _, attribute = place.partition(":")
        __import__(module)
        assert hasattr(sys.modules[module], attribute)


def test_only_what_lies_there_or_acknowledges_can_wait(monkeypatch):
    monkeypatch.setenv("VOI_AISSTREAM_KEY", "secret")
    waits = {
        url: open_live(url).can_wait for url in ("tcp://h:1", "follow:/x", "udp://:1", "mqtt://h/t", "aisstream://")
    }
    assert waits == {
        "tcp://h:1": True,
        "follow:/x": True,
        "udp://:1": False,
        "mqtt://h/t": False,
        "aisstream://": False,
    }


def test_a_scheme_nobody_knows_is_refused_and_the_known_ones_named():
    with pytest.raises(PipelineError, match=r"kafka.*aisstream, digitraffic"):
        open_live("kafka://host:1/topic")


@pytest.mark.parametrize("url", ["serial:", "serial:/dev/ttyS0?baud=fast", "serial:/dev/ttyS0?parity=odd", "follow:"])
def test_a_url_that_cannot_be_meant_so_is_refused(url):
    with pytest.raises(PipelineError):
        open_live(url)


@pytest.mark.parametrize(
    "url", ["mqtt://127.0.0.1", "digitraffic://h:1?transport=smoke", "aiscatcher-http://0.0.0.0:1/"]
)
def test_a_network_url_that_cannot_be_meant_so_is_refused(url):
    with pytest.raises(PipelineError):
        open_live(url)


def test_a_file_that_is_not_there_is_told():
    with pytest.raises(FeedError, match="no such file"):
        open_live("/nowhere/log.nmea")


def test_a_missing_library_is_told_with_the_remedy(monkeypatch):
    monkeypatch.delitem(sys.modules, "pipelines.feeds.serial_line", raising=False)
    monkeypatch.setitem(sys.modules, "serial", None)
    with pytest.raises(PipelineError, match=r"pip install 'voi\[feeds\]'"):
        open_live("serial:/dev/ttyUSB0")


def test_what_is_listened_to_cannot_be_read_to_its_end():
    with pytest.raises(PipelineError, match="voi watch"):
        open_feed("tcp://127.0.0.1:1")
