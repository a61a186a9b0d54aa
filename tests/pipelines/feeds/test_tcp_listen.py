import pytest

from pipelines.feeds.tcp_listen import SENDERS

pytestmark = pytest.mark.live

LINE = b"!AIVDM,1,1,,B,16:Vk1h00g8O=vRBDhNp0nKp0000,0*40\r\n"
OTHER = b"!AIVDM,1,1,,A,133m@ogP00PD;88MD5MTDww@2D7k,0*46\r\n"


def test_the_bytes_of_two_senders_are_kept_apart(hear, knock, port):
    ear = hear(f"tcp-listen://127.0.0.1:{port}")
    with knock(port) as one, knock(port) as other:
        one.sendall(LINE[:20])
        other.sendall(OTHER[:30])
        ear.until(lambda: len(ear.sources) == 2, "two sources")
        one.sendall(LINE[20:])
        other.sendall(OTHER[30:])
        names = [f"{ear.feed.name}#127.0.0.1:{each.getsockname()[1]}" for each in (one, other)]
        ear.until_data(LINE, names[0])
        ear.until_data(OTHER, names[1])


def test_a_sender_that_leaves_ends_its_own_source_only(hear, knock, port):
    ear = hear(f"tcp-listen://:{port}")
    with knock(port) as stays:
        with knock(port) as leaves:
            leaves.sendall(LINE[:20])
            gone = f"{ear.feed.name}#127.0.0.1:{leaves.getsockname()[1]}"
            ear.until_data(LINE[:20], gone)
        ear.until(lambda: {chunk.source for chunk in ear.chunks if chunk.last} == {gone}, "the end of one source")
        stays.sendall(LINE)
        ear.until_data(LINE, f"{ear.feed.name}#127.0.0.1:{stays.getsockname()[1]}")
    assert ear.health.error is None


def test_a_sender_silent_for_the_idle_time_is_let_go(hear, knock, port):
    ear = hear(f"tcp-listen://127.0.0.1:{port}?idle=0.2")
    with knock(port) as sock:
        assert sock.recv(1) == b""
    ear.until_state("silent")
    assert ear.health.reconnects == 0


def test_no_more_senders_than_the_limit_are_let_in(hear, knock, port, monkeypatch):
    assert SENDERS >= 16
    monkeypatch.setattr("pipelines.feeds.tcp_listen.SENDERS", 1)
    ear = hear(f"tcp-listen://127.0.0.1:{port}")
    with knock(port) as first:
        first.sendall(LINE)
        ear.until_data(LINE)
        with knock(port) as second:
            assert second.recv(1) == b""
        first.sendall(LINE)
        ear.until_data(LINE * 2)
    assert ear.health.rejects == {"too many senders": 1}


def test_a_port_that_is_taken_is_told(hear, knock, port):
    hear(f"tcp-listen://127.0.0.1:{port}")
    with knock(port):
        ear = hear(f"tcp-listen://127.0.0.1:{port}")
        ear.until_state("down")
        assert "in use" in ear.health.error
