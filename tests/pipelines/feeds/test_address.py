import pytest

from pipelines.errors import PipelineError
from pipelines.feeds.address import address, is_loopback, listening


def test_a_url_says_host_port_path_and_options():
    found = address("mqtt://broker.example:1884/ais/%41/#?idle=9", port=1883)
    assert (found.place, found.path, found.idle_s) == (("broker.example", 1884), "/ais/A/#", 9.0)


def test_what_a_url_leaves_out_is_filled_in():
    assert address("digitraffic://", host="meri.example", port=443).place == ("meri.example", 443)
    assert address("tcp://[::1]:5").place == ("::1", 5)
    assert address("tcp://h:5").idle_s == 120.0


@pytest.mark.parametrize(
    "url", ["tcp://", "tcp://host", "tcp://:0", "tcp://host:99999", "tcp://host:abc", "tcp://[::1:5", "tcp:///path"]
)
def test_a_url_without_a_place_is_refused(url):
    with pytest.raises(PipelineError, match="host and port"):
        address(url)


@pytest.mark.parametrize("idle", ["0", "-1", "x", "nan", "inf", ""])
def test_an_idle_time_that_is_none_is_refused(idle):
    with pytest.raises(PipelineError, match="idle="):
        _ = address(f"tcp://h:1?idle={idle}").idle_s


def test_an_option_nobody_knows_is_refused_and_the_known_ones_named():
    with pytest.raises(PipelineError, match=r"'bauds'.*allow, idle"):
        address("udp://h:1?bauds=9", ("allow",))


def test_a_password_in_a_url_is_refused_and_not_repeated():
    with pytest.raises(PipelineError) as caught:
        address("mqtt://me:hunter2@broker:1883/ais")
    assert "hunter2" not in str(caught.value)


def test_listening_is_on_loopback_unless_a_host_is_given():
    assert listening("udp://:10110").host == "127.0.0.1"
    assert listening("udp://192.0.2.7:10110").host == "192.0.2.7"


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]"])
def test_listening_to_everybody_must_be_said_twice(host):
    with pytest.raises(PipelineError, match="allow=any"):
        listening(f"tcp-listen://{host}:10110")
    assert listening(f"tcp-listen://{host}:10110?allow=any").port == 10110


@pytest.mark.parametrize(
    ("host", "local"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("192.0.2.7", False), ("a.b", False)]
)
def test_loopback_is_known(host, local):
    assert is_loopback(host) is local
