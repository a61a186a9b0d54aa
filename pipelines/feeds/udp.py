"""`udp://host:port`: packets of whole lines, several of them or one. Without a host we listen on loopback."""

from pipelines.feeds.address import Listener
from pipelines.feeds.live import Outlet, Stop, now_us
from pipelines.feeds.packets import Burst, listen
from pipelines.feeds.wire import Peers, whole


class UdpFeed(Listener):
    """A port that anybody sends packets to; parts of messages are joined by sender (`udp://…#address:port`)."""

    can_wait = False

    def run(self, outlet: Outlet, stop: Stop) -> None:
        """Listen, and hand over what comes."""
        peers = Peers(self.name, outlet)

        def take(burst: Burst) -> None:
            for peer, packets in burst.items():
                peers.put(peer, b"".join(map(whole, packets)), now_us())

        try:
            listen(self._address, outlet, stop, take)
        finally:
            peers.close()
