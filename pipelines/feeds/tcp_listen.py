"""`tcp-listen://host:port`: sentences from several senders that connect to us, each with its own line framing.

Without a host we listen on loopback. A sender is `tcp-listen://…#address:port`.
"""

import selectors
import socket
import time
from dataclasses import dataclass
from typing import Final

from pipelines.feeds.address import Listener
from pipelines.feeds.live import TURN_S, Outlet, Sentences, Stop, now_us
from pipelines.feeds.wire import READ_BYTES, keep_alive, translated

SENDERS: Final = 32  # chosen: connections at a time


class TcpListenFeed(Listener):
    """A door for senders. It stays open when all are silent; a sender silent for the idle time is let go."""

    can_wait = True

    def run(self, outlet: Outlet, stop: Stop) -> None:
        """Listen, and hand over what the senders send."""
        family = socket.AF_INET6 if ":" in self._address.host else socket.AF_INET
        with translated(self.name), socket.create_server(self._address.place, family=family) as door:
            room = _Room(self.name, door, outlet, self.idle_s)
            try:
                while not stop.is_set():
                    room.serve()
            finally:
                room.close()


@dataclass(slots=True)
class _Sender:
    name: str
    heard: float


class _Room:
    """The senders that are connected."""

    def __init__(self, name: str, door: socket.socket, outlet: Outlet, idle_s: float) -> None:
        self._name = name
        self._door = door
        self._outlet = outlet
        self._idle_s = idle_s
        self._senders: dict[socket.socket, _Sender] = {}
        self._selector = selectors.DefaultSelector()
        door.setblocking(False)  # noqa: FBT003 - the library's signature
        self._selector.register(door, selectors.EVENT_READ)

    def serve(self) -> None:
        """Let in who knocks, and read from who has something to say."""
        before = time.monotonic() - self._idle_s  # before anybody is read: handing over may take long
        for key, _ in self._selector.select(TURN_S):
            if key.fileobj is self._door:
                self._let_in()
            else:
                assert isinstance(key.fileobj, socket.socket)
                self._read(key.fileobj)
        for sock in [sock for sock, sender in self._senders.items() if sender.heard < before]:
            self._let_go(sock)

    def close(self) -> None:
        """Let everybody go."""
        for sock in list(self._senders):
            self._let_go(sock)
        self._selector.close()

    def _let_in(self) -> None:
        try:
            sock, (host, port, *_) = self._door.accept()
        except OSError:  # gone before the door was opened
            return
        if len(self._senders) >= SENDERS:
            sock.close()
            self._outlet.refuse("too many senders")
            return
        sock.setblocking(False)  # noqa: FBT003 - the library's signature
        keep_alive(sock)
        self._senders[sock] = _Sender(f"{self._name}#{host}:{port}", time.monotonic())
        self._selector.register(sock, selectors.EVENT_READ)

    def _read(self, sock: socket.socket) -> None:
        sender = self._senders[sock]
        try:
            data = sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:  # reset by the sender
            data = b""
        if not data:
            self._let_go(sock)
            return
        self._outlet.put(Sentences(data, now_us(), sender.name))
        sender.heard = time.monotonic()

    def _let_go(self, sock: socket.socket) -> None:
        sender = self._senders.pop(sock)
        self._selector.unregister(sock)
        sock.close()
        self._outlet.put(Sentences(b"", now_us(), sender.name, last=True))
