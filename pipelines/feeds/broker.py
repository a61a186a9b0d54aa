"""Subscriptions at an MQTT broker, plain or TLS, by TCP or websocket."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from pipelines.errors import FeedError
from pipelines.feeds.batch import BATCH_S, Batch
from pipelines.feeds.live import Outlet, RefusedError, Stop
from pipelines.feeds.wire import CONNECT_S, translated

PAYLOAD_BYTES: Final = 1 << 18  # 256 KiB, chosen: some hundred messages
KEEPALIVE_S: Final = 30  # chosen; a broker that does not answer for so long is gone
_QOS: Final = 1  # at least once, as far as the publisher gave it away so

Message = tuple[str, bytes]
"""Topic and payload."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where and how to subscribe. `path` is the websocket's, null for plain TCP."""

    name: str
    place: tuple[str, int]
    topics: Sequence[str]
    tls: bool = False
    path: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    login: tuple[str, str | None] | None = None


def subscribe(broker: Broker, batch: Batch[Message], outlet: Outlet, stop: Stop) -> None:
    """Add every message to the batch until `stop` is set. Raises `FeedError`, also where a subscription is refused."""
    session = _Session(broker, batch, outlet)
    with translated(broker.name):
        session.run(stop)


class _Session:
    def __init__(self, broker: Broker, batch: Batch[Message], outlet: Outlet) -> None:
        self._broker = broker
        self._batch = batch
        self._outlet = outlet
        self._refusal: str | None = None
        self._client = self._configured()

    def run(self, stop: Stop) -> None:
        self._client.connect(*self._broker.place, keepalive=KEEPALIVE_S)
        try:
            while not stop.is_set():
                status = self._client.loop(BATCH_S)
                self._batch.turn()
                if self._refusal is not None:
                    raise RefusedError(f"{self._broker.name}: the broker refuses: {self._refusal}")
                if status != mqtt.MQTT_ERR_SUCCESS:
                    raise FeedError(f"{self._broker.name}: {mqtt.error_string(status)}")
        finally:
            self._batch.flush()
            self._client.disconnect()

    def _configured(self) -> mqtt.Client:
        broker = self._broker
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"voi-{secrets.token_hex(8)}",  # a broker lets go of the older of two with one name
            transport="tcp" if broker.path is None else "websockets",
            reconnect_on_failure=False,  # the supervisor does
        )
        if broker.path is not None:
            client.ws_set_options(broker.path, {**broker.headers})
        if broker.tls:
            client.tls_set()
        if broker.login is not None:
            client.username_pw_set(*broker.login)
        client.connect_timeout = CONNECT_S
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_message = self._heard
        return client

    def _connected(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._refusal = str(reason)
        else:
            client.subscribe([(topic, _QOS) for topic in self._broker.topics])

    def _subscribed(self, _client: mqtt.Client, _data: Any, _number: int, reasons: Any, _properties: Any) -> None:
        self._refusal = next((str(reason) for reason in reasons if reason.is_failure), None)

    def _heard(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if len(message.payload) > PAYLOAD_BYTES:
            self._outlet.refuse("payload too large")
        else:
            self._batch.add((message.topic, bytes(message.payload)))
