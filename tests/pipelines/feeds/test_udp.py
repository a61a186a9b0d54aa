import socket

import pytest

from pipelines.feeds.packets import PACKET_BYTES

pytestmark = pytest.mark.live

LINE = b"!AIVDM,1,1,,B,16:Vk1h00g8O=vRBDhNp0nKp0000,0*40\r\n"
OTHER = b"!AIVDM,1,1,,A,133m@ogP00PD;88MD5MTDww@2D7k,0*46\r\n"


@pytest.fixture
def sender():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        yield sock


def name(ear, sock):
    return f"{ear.feed.name}#127.0.0.1:{sock.getsockname()[1]}"


def open_door(ear, sock, port):
    """Send until the listener is there, and forget what it heard."""
    ear.until(lambda: ear.chunks, "the first packet", lambda: sock.sendto(LINE, ("127.0.0.1", port)))
    sock.sendto(b"end VDM,\n", ("127.0.0.1", port))
    ear.until(lambda: ear.data().endswith(b"end VDM,\n"), "the last of the first packets")
    ear.chunks.clear()


def test_packets_of_several_lines_arrive_whole_and_each_ends_its_last_line(hear, sender, port):
    ear = hear(f"udp://127.0.0.1:{port}")
    open_door(ear, sender, port)
    for packet in (LINE + OTHER, LINE.rstrip(), OTHER.strip() + b"\n", b""):
        sender.sendto(packet, ("127.0.0.1", port))
    ear.until_data(LINE + OTHER + LINE.rstrip() + b"\n" + OTHER.strip() + b"\n", name(ear, sender))
    assert ear.health.state == "live"


def test_packets_of_two_senders_are_kept_apart(hear, sender, port):
    ear = hear(f"udp://:{port}")
    open_door(ear, sender, port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        for _ in range(3):
            sender.sendto(LINE, ("127.0.0.1", port))
            other.sendto(OTHER, ("127.0.0.1", port))
        ear.until_data(LINE * 3, name(ear, sender))
        ear.until_data(OTHER * 3, name(ear, other))


def test_the_sender_not_heard_for_longest_makes_room_for_another(hear, sender, port, monkeypatch):
    monkeypatch.setattr("pipelines.feeds.wire.PEERS", 1)
    ear = hear(f"udp://127.0.0.1:{port}")
    open_door(ear, sender, port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.sendto(OTHER, ("127.0.0.1", port))
        ear.until_data(OTHER, name(ear, other))
    assert [chunk.source for chunk in ear.chunks if chunk.last] == [name(ear, sender)]


def test_a_packet_that_is_too_large_is_counted_and_the_next_is_taken(hear, sender, port):
    ear = hear(f"udp://127.0.0.1:{port}")
    open_door(ear, sender, port)
    sender.sendto(b"x" * (PACKET_BYTES + 1), ("127.0.0.1", port))
    sender.sendto(LINE, ("127.0.0.1", port))
    ear.until_data(LINE)
    assert ear.health.rejects == {"packet too large": 1}


def test_a_sender_that_floods_costs_the_oldest_and_is_called_dropping(hear, sender, port):
    ear = hear(f"udp://127.0.0.1:{port}", rows=1000)
    open_door(ear, sender, port)

    def flood():
        for at in range(100):
            sender.sendto(b"%d %s" % (at, LINE), ("127.0.0.1", port))

    def dropped():
        flood()
        return ear.outlet.dropped > 1000

    ear.take = lambda: None  # nobody takes anything
    ear.until(dropped, "drops")
    assert ear.health.state == "dropping"
    del ear.take
    ear.take()
    assert 0 < ear.data().count(LINE) <= 1000


def test_a_sender_of_garbage_is_called_so_and_breaks_nothing(hear, sender, port):
    ear = hear(f"udp://127.0.0.1:{port}")
    open_door(ear, sender, port)
    noise = bytes(range(256)) * 8
    ear.until(lambda: ear.health.state == "garbage", "garbage", lambda: sender.sendto(noise, ("127.0.0.1", port)))
    sender.sendto(LINE, ("127.0.0.1", port))
    ear.until_state("live")


def test_a_port_nobody_sends_to_is_silent(hear, port):
    ear = hear(f"udp://127.0.0.1:{port}?idle=0.1")
    ear.until_state("silent")
    assert ear.health.reconnects == 0
