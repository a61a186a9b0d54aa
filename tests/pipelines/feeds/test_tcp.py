import socket
import threading

import pytest

from pipelines.feeds.live import Sentences

pytestmark = pytest.mark.live

LINE = b"!AIVDM,1,1,,B,16:Vk1h00g8O=vRBDhNp0nKp0000,0*40\r\n"


class Peer:
    """A server that does with each connection what the script says, and with the last for ever."""

    def __init__(self, *script):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.connections = 0
        self._script = list(script)
        self._kept = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.connections += 1
            act = self._script.pop(0) if len(self._script) > 1 else self._script[0]
            act(connection, self._kept)

    def close(self):
        self.server.close()
        for connection in self._kept:
            connection.close()


def says(*pieces):
    def act(connection, kept):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
        connection.close()

    return act


def keeps(*pieces):
    def act(connection, kept):
        for piece in pieces:
            connection.sendall(piece)
        kept.append(connection)

    return act


@pytest.fixture
def peer():
    peers = []

    def start(*script):
        peers.append(Peer(*script))
        return peers[-1]

    yield start
    for each in peers:
        each.close()


def test_lines_cut_anywhere_arrive_whole(hear, peer):
    ear = hear(f"tcp://127.0.0.1:{peer(keeps(LINE[:7], LINE[7:], LINE[:30], LINE[30:])).port}")
    ear.until_data(LINE * 2)
    assert ear.health.state == "live"


def test_a_cut_connection_is_opened_again_and_the_cut_line_is_joined_with_nothing(hear, peer):
    ear = hear(f"tcp://127.0.0.1:{peer(says(LINE, LINE[:20]), keeps(LINE)).port}")
    ear.until_data(LINE + LINE[:20] + LINE)
    pieces, line = [], b""
    for chunk in ear.chunks:
        line += chunk.data
        if chunk.last:
            pieces.append(line)
            line = b""
    assert [*pieces, line] == [LINE + LINE[:20], LINE]
    assert ear.health.reconnects == 1
    assert "closed by the other side" in ear.health.error


def test_a_peer_that_never_speaks_is_silent_and_asked_again(hear, peer):
    mute = peer(keeps())
    ear = hear(f"tcp://127.0.0.1:{mute.port}?idle=0.2")
    ear.until(lambda: mute.connections >= 3, "a third connection")
    ear.until_state("silent")
    assert "silent for 0.2 s" in ear.health.error


def test_a_peer_that_falls_silent_is_found_half_open_and_heard_again(hear, peer):
    ear = hear(f"tcp://127.0.0.1:{peer(keeps(LINE), keeps(LINE, LINE)).port}?idle=0.3")
    ear.until(lambda: ear.data().count(LINE) >= 3, "the second connection's lines")


def test_a_peer_that_refuses_makes_the_feed_wait(hear, port):
    ear = hear(f"tcp://127.0.0.1:{port}")
    ear.until(lambda: ear.health.reconnects >= 3, "three attempts")
    assert "refused" in ear.health.error
    ear.until_state("down")


def test_a_peer_that_is_no_ais_is_called_garbage(hear, peer):
    ear = hear(f"tcp://127.0.0.1:{peer(keeps(b'220 mail.example ESMTP ready' * 3 + bytes(range(256)) * 2000)).port}")
    ear.until_state("garbage")


def test_a_peer_that_floods_is_made_to_wait_and_nothing_is_lost(hear, peer):
    lines = LINE * 5000
    ear = hear(f"tcp://127.0.0.1:{peer(keeps(lines)).port}", rows=100)
    ear.until_data(lines)
    assert ear.health.dropped == 0


def test_a_peer_that_repeats_itself_is_heard_as_it_speaks(hear, peer):
    ear = hear(f"tcp://127.0.0.1:{peer(says(LINE * 3), keeps(LINE * 3)).port}")
    ear.until_data(LINE * 6)
    ear.until_state("live")


def test_a_feed_ends_soon_when_it_is_told_to_stop(hear, peer):
    ear = hear(f"tcp://127.0.0.1:{peer(keeps(LINE)).port}")
    ear.until_data(LINE)
    ear.close()
    assert ear.health.state == "ended"
    assert isinstance(ear.chunks[-1], Sentences)
    assert ear.chunks[-1].last
