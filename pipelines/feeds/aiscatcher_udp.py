"""`aiscatcher-udp://host:port`: AIS-catcher's packets, JSON or NMEA. Without a host we listen on loopback."""

from pipelines.feeds.address import Listener
from pipelines.feeds.aiscatcher import Catcher
from pipelines.feeds.live import Outlet, Stop
from pipelines.feeds.packets import Burst, listen


class AisCatcherUdpFeed(Listener):
    """A port that AIS-catcher sends to (its options `-u HOST PORT JSON on`)."""

    can_wait = False

    def run(self, outlet: Outlet, stop: Stop) -> None:
        """Listen, and hand over what comes."""
        catcher = Catcher(self.name, outlet)

        def take(burst: Burst) -> None:
            for sender, packets in burst.items():
                catcher.take(sender, packets)

        try:
            listen(self._address, outlet, stop, take)
        finally:
            catcher.close()
