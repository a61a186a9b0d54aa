"""Packets by UDP: read in bursts, those of one sender together, so that a fast feed is not a chunk a packet."""

import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pipelines.feeds.address import Address
from pipelines.feeds.live import TURN_S, Outlet, Stop
from pipelines.feeds.wire import translated

PACKET_BYTES: Final = 1 << 14  # 16 KiB, chosen: 200 sentences; senders keep to the 1,472 bytes that are not fragmented
BURST: Final = 512  # packets; chosen
BUFFER_BYTES: Final = 1 << 22  # 4 MiB, chosen: what the kernel keeps while we are busy, as far as it lets us

Burst = Mapping[str, Sequence[bytes]]
"""Sender (`address:port`) to its packets, in order."""


def listen(place: Address, outlet: Outlet, stop: Stop, take: Callable[[Burst], None]) -> None:
    """Give every burst of packets to `take` until `stop` is set."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with translated(place.url), socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        sock.bind(place.place)
        while not stop.is_set():
            take(_burst(sock, outlet))


def _burst(sock: socket.socket, outlet: Outlet) -> Burst:
    """Wait a little for a packet; return it and all that came with it."""
    found: dict[str, list[bytes]] = {}
    sock.settimeout(TURN_S)
    try:
        for _ in range(BURST):
            packet, (host, port, *_) = sock.recvfrom(PACKET_BYTES + 1)
            sock.settimeout(0)
            if len(packet) > PACKET_BYTES:
                outlet.refuse("packet too large")
            elif packet:
                found.setdefault(f"{host}:{port}", []).append(packet)
    except (TimeoutError, BlockingIOError):
        pass
    return found
