"""What the feeds on sockets share: bytes until the connection ends, senders kept apart, errors told in our words."""

import socket
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from pipelines.errors import FeedError
from pipelines.feeds.live import TURN_S, Outlet, Sentences, Stop, now_us
from vessels.text import clean

READ_BYTES: Final = 1 << 16  # chosen: some 800 sentences
PEERS: Final = 256  # chosen: senders that one feed tells apart at a time
PEER_CHARACTERS: Final = 200  # chosen: topics are as long as their publishers like, and names are stored
CONNECT_S: Final = 10.0  # s; chosen
# A peer that vanished is found out after 30 + 3 * 10 s even if the idle time is set longer.
_KEEPALIVE: Final = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn what the operating system says into a `FeedError` that names the source."""
    try:
        yield
    except OSError as error:
        raise FeedError(f"{name}: {error.strerror or error or type(error).__name__}") from error


def keep_alive(sock: socket.socket) -> None:
    """Let the operating system ask a silent peer whether it is still there."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _KEEPALIVE:
        if hasattr(socket, option):  # not every system has them all
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def pump(read: Callable[[], bytes | None], name: str, outlet: Outlet, stop: Stop) -> None:
    """Hand over what `read` returns: bytes, null where nothing came in time, and b"" at the end of the connection."""
    try:
        while not stop.is_set():
            data = read()
            if data == b"":
                raise FeedError(f"{name}: the connection was closed by the other side")
            if data:
                outlet.put(Sentences(data, now_us(), name))
    finally:
        outlet.put(Sentences(b"", now_us(), name, last=True))


def receive(sock: socket.socket) -> Callable[[], bytes | None]:
    """Return how to read a connected socket for `pump`."""
    sock.settimeout(TURN_S)

    def read() -> bytes | None:
        try:
            return sock.recv(READ_BYTES)
        except TimeoutError:
            return None

    return read


class Peers:
    """Senders that a feed without connections tells apart; the one not heard for longest makes room for a new one."""

    def __init__(self, name: str, outlet: Outlet) -> None:
        self._name = name
        self._outlet = outlet
        self._known: OrderedDict[str, None] = OrderedDict()

    def put(self, peer: str, lines: bytes, received: int) -> None:
        """Hand over whole lines of one sender; what it is called may come from a stranger."""
        peer = clean(peer)[:PEER_CHARACTERS]
        self._known[peer] = None
        self._known.move_to_end(peer)
        if len(self._known) > PEERS:
            gone, _ = self._known.popitem(last=False)
            self._outlet.put(Sentences(b"", received, f"{self._name}#{gone}", last=True))
        self._outlet.put(Sentences(lines, received, f"{self._name}#{peer}"))

    def close(self) -> None:
        """Say of every sender that nothing more comes."""
        for peer in self._known:
            self._outlet.put(Sentences(b"", now_us(), f"{self._name}#{peer}", last=True))
        self._known.clear()


def whole(lines: bytes) -> bytes:
    """Return lines with an end on the last: what follows is another's."""
    return lines if lines.endswith(b"\n") else lines + b"\n"
