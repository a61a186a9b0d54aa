"""`digitraffic://`: Finland's open AIS (Fintraffic / digitraffic.fi, licence CC 4.0 BY), MQTT by websocket.

Topics `vessels-v2/<mmsi>/location` and `/metadata`; fields and units from Fintraffic's documentation; not tried on the
live service. A location does not say which message it was: that of a search and rescue aircraft is given as type 9, any
other as type 1. `digitraffic://host:port?transport=mqtt` speaks plain MQTT.
"""

from collections.abc import Mapping
from typing import Any, Final

from pipelines.errors import PipelineError
from pipelines.feeds import json_rows
from pipelines.feeds.address import AtAddress, address
from pipelines.feeds.batch import Batch
from pipelines.feeds.broker import Broker, Message, subscribe
from pipelines.feeds.json_rows import Rows, Said, UnfitError
from pipelines.feeds.live import Outlet, Reports, Stop, now_us
from vessels.identity import mmsi_class

HOST: Final = "meri.digitraffic.fi"
PORT: Final = 443
PATH: Final = "/mqtt"
TOPICS: Final = ("vessels-v2/+/location", "vessels-v2/+/metadata")
_HEADERS: Final = {"Digitraffic-User": "voi"}  # asked for by the terms of use
_LOCATION: Final = {
    "sog": "sog_e",
    "cog": "cog_e",
    "navStat": "nav_status",
    "rot": "rot_e",
    "heading": "heading_deg",
    "lon": "lon_e",
    "lat": "lat_e",
}
_METADATA: Final = {
    "name": "name",
    "callSign": "callsign",
    "destination": "destination",
    "imo": "imo",
    "type": "ship_type",
    "draught": "draught_e",
    "eta": "eta",
    "refA": "to_bow_m",
    "refB": "to_stern_m",
    "refC": "to_port_m",
    "refD": "to_starboard_m",
}
_NEEDED: Final = {"location": ("time", "lat", "lon"), "metadata": ("timestamp",)}
_TENTHS: Final = 10  # draught comes in tenths of a metre
_AIRCRAFT: Final = 9
_POSITION: Final = 1
_VOYAGE: Final = 5


class DigitrafficFeed(AtAddress):
    """Every vessel that Fintraffic hears."""

    can_wait = False
    reopens = True

    def __init__(self, url: str) -> None:
        where = address(url, ("transport",), host=HOST, port=PORT)
        super().__init__(where)
        transport = where.options.get("transport", "wss")
        if transport not in ("wss", "mqtt"):
            raise PipelineError(f"{url}: transport={transport} is none; there are wss and mqtt")
        plain = transport == "mqtt"
        path = None if plain else where.path or PATH
        self._broker = Broker(url, where.place, TOPICS, tls=not plain, path=path, headers=_HEADERS)

    def run(self, outlet: Outlet, stop: Stop) -> None:
        """Subscribe, and hand over what comes."""
        rows = Rows(self.name)

        def take(messages: list[Message]) -> None:
            said = []
            for topic, payload in messages:
                try:
                    said.append(read(topic, json_rows.record(json_rows.loads(payload))))
                except UnfitError as unfit:
                    outlet.refuse(str(unfit))
            if said:
                received = now_us()
                outlet.put(Reports(rows.table(said, received), received, self.name))

        subscribe(self._broker, Batch(take), outlet, stop)


def read(topic: str, body: Mapping[str, Any]) -> Said:
    """Return the message that a topic and its payload tell. Raises `UnfitError`."""
    _, _, tail = topic.partition("/")
    digits, _, kind = tail.partition("/")
    if kind not in _NEEDED or not (digits.isascii() and digits.isdecimal()):
        raise UnfitError("topic: unknown")
    for name in _NEEDED[kind]:
        if body.get(name) is None:
            raise UnfitError(f"{name}: missing")
    return _location(int(digits), body) if kind == "location" else _metadata(int(digits), body)


def _location(mmsi: int, body: Mapping[str, Any]) -> Said:
    aircraft = mmsi > 0 and mmsi_class(mmsi) == "sar-aircraft"
    values = {column: body.get(name) for name, column in _LOCATION.items()}
    time = round(json_rows.number("time", body["time"]) * 1_000_000)
    return json_rows.message(_AIRCRAFT if aircraft else _POSITION, mmsi, values, time=time)


def _metadata(mmsi: int, body: Mapping[str, Any]) -> Said:
    values = {column: body.get(name) for name, column in _METADATA.items()}
    if values["draught_e"] is not None:
        values["draught_e"] = json_rows.number("draught_e", values["draught_e"]) / _TENTHS
    return json_rows.message(_VOYAGE, mmsi, values, time=round(json_rows.number("timestamp", body["timestamp"]) * 1000))
