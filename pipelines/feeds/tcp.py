"""`tcp://host:port`: sentences from a server. A cut line at the end of a connection is never joined with the next."""

import socket

from pipelines.feeds.address import AtAddress, address
from pipelines.feeds.live import Outlet, Stop
from pipelines.feeds.wire import CONNECT_S, keep_alive, pump, receive, translated


class TcpFeed(AtAddress):
    """A connection to a server that sends NMEA."""

    can_wait = True
    reopens = True

    def __init__(self, url: str) -> None:
        super().__init__(address(url))

    def run(self, outlet: Outlet, stop: Stop) -> None:
        """Connect, and hand over what comes."""
        with translated(self.name), socket.create_connection(self._address.place, CONNECT_S) as sock:
            keep_alive(sock)
            pump(receive(sock), self.name, outlet, stop)
