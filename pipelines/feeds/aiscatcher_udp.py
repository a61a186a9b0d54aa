"""`aiscatcher-udp://host:port`: AIS-catcher's packets, JSON or NMEA. Without a host we listen on loopback."""

from pipelines.feeds.address import listening
from pipelines.feeds.aiscatcher import Catcher
from pipelines.feeds.live import Outlet, Stop
from pipelines.feeds.packets import Burst, listen


class AisCatcherUdpFeed:
    """A port that AIS-catcher sends to (its options `-u HOST PORT JSON on`)."""

    can_wait = False
    reopens = False

    def __init__(self, url: str) -> None:
        self.name = url
        self._address = listening(url)
        self.idle_s = self._address.idle_s

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
