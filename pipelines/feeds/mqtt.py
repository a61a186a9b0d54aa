"""`mqtt://host:port/topic`, `mqtts://…`: NMEA or AIS-catcher's JSON from a broker (AIS-catcher: option `-Q`).

The topic may hold the wildcards `+` and `#`. A login is taken from VOI_MQTT_USER and VOI_MQTT_PASSWORD (or
VOI_MQTT_PASSWORD_FILE). Parts of messages are joined by topic (`mqtt://…#topic`).
"""

import os
from itertools import groupby
from operator import itemgetter
from typing import Final

from pipelines.errors import PipelineError
from pipelines.feeds.address import AtAddress, address
from pipelines.feeds.aiscatcher import Catcher
from pipelines.feeds.batch import Batch
from pipelines.feeds.broker import Broker, Message, subscribe
from pipelines.feeds.live import Outlet, Stop
from pipelines.feeds.secret import secret

_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


class MqttFeed(AtAddress):
    """A topic at a broker."""

    can_wait = False
    reopens = True

    def __init__(self, url: str) -> None:
        scheme = url.partition(":")[0].lower()
        where = address(url, port=_PORTS[scheme])
        super().__init__(where)
        topic = where.path.removeprefix("/")
        if not topic:
            raise PipelineError(f"{url}: give a topic, such as {scheme}://{where.host}/ais/#")
        user = os.environ.get("VOI_MQTT_USER")
        login = (user, secret("VOI_MQTT_PASSWORD")) if user else None
        self._broker = Broker(url, where.place, [topic], tls=scheme == "mqtts", login=login)

    def run(self, outlet: Outlet, stop: Stop) -> None:
        """Subscribe, and hand over what comes."""
        catcher = Catcher(self.name, outlet)

        def take(messages: list[Message]) -> None:
            for topic, run in groupby(messages, itemgetter(0)):
                catcher.take(topic, [payload for _, payload in run])

        try:
            subscribe(self._broker, Batch(take), outlet, stop)
        finally:
            catcher.close()
