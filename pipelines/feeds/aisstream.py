"""`aisstream://`, `wss://…`, `ws://…`: aisstream.io, JSON by websocket.

The key is taken from VOI_AISSTREAM_KEY, or from the file that VOI_AISSTREAM_KEY_FILE names. `?box=S,W,N,E` (degrees)
limits the area; without it the world is asked for. Fields from the published models and samples; not tried on the live
service. The service cuts off slow readers and does not replay.
"""

import json
import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from pipelines.errors import FeedError, PipelineError
from pipelines.feeds import json_rows
from pipelines.feeds.address import AtAddress, address, is_loopback
from pipelines.feeds.batch import BATCH_S, Batch
from pipelines.feeds.json_rows import Rows, Said, UnfitError
from pipelines.feeds.live import Outlet, RefusedError, Reports, Stop, now_us
from pipelines.feeds.secret import secret
from pipelines.feeds.wire import CONNECT_S, translated

KEY: Final = "VOI_AISSTREAM_KEY"
HOST: Final = "stream.aisstream.io"
PATH: Final = "/v0/stream"
MESSAGE_BYTES: Final = 1 << 16  # 64 KiB, chosen: a message has 700 bytes
WORLD: Final = "-90,-180,90,180"
_PORTS: Final = {"ws": 80, "wss": 443, "aisstream": 443}
# Message type by name; the numbers 1 to 3 share one.
_TYPES: Final = {
    "PositionReport": (1, 2, 3),
    "ShipStaticData": (5,),
    "StandardSearchAndRescueAircraftReport": (9,),
    "AddressedSafetyMessage": (12,),
    "SafetyBroadcastMessage": (14,),
    "StandardClassBPositionReport": (18,),
    "ExtendedClassBPositionReport": (19,),
    "StaticDataReport": (24,),
    "LongRangeAisBroadcastMessage": (27,),
}
_FIELDS: Final = {
    "NavigationalStatus": "nav_status",
    "RateOfTurn": "rot_e",
    "Sog": "sog_e",
    "Longitude": "lon_e",
    "Latitude": "lat_e",
    "Cog": "cog_e",
    "TrueHeading": "heading_deg",
    "Timestamp": "utc_second",
    "ImoNumber": "imo",
    "MaximumStaticDraught": "draught_e",
    "Name": "name",
    "CallSign": "callsign",
    "Destination": "destination",
    "Text": "text",
}
_HULL: Final = {"A": "to_bow_m", "B": "to_stern_m", "C": "to_port_m", "D": "to_starboard_m"}
_ETA: Final = (("Month", 16, 12), ("Day", 11, 31), ("Hour", 6, 31), ("Minute", 0, 63))  # shift and most of each part
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.(\d{1,9}))? \+0000 UTC")
_QUIET: Final = logging.getLogger("voi.aisstream")
_QUIET.setLevel(logging.INFO)  # at DEBUG the library logs what is sent, and the key is
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class AisstreamFeed(AtAddress):
    """A subscription at aisstream.io, or at what speaks like it."""

    can_wait = False
    reopens = True

    def __init__(self, url: str) -> None:
        scheme = url.partition(":")[0].lower()
        where = address(url, ("box",), host=HOST if scheme == "aisstream" else "", port=_PORTS[scheme])
        super().__init__(where)
        if scheme == "ws" and not is_loopback(where.host):
            raise PipelineError(f"{url}: the key would travel readable; use wss://")
        host = f"[{where.host}]" if ":" in where.host else where.host
        self._target = f"{'ws' if scheme == 'ws' else 'wss'}://{host}:{where.port}{where.path or PATH}"
        self._box = _box(url, where.options.get("box", WORLD))
        key = secret(KEY)
        if not key:
            raise PipelineError(f"{url}: no key; set {KEY}, or {KEY}_FILE to the path of a file that holds it")
        self._key = key

    def run(self, outlet: Outlet, stop: Stop) -> None:
        """Subscribe, and hand over what comes."""
        rows = Rows(self.name)
        batch: Batch[bytes | str] = Batch(lambda payloads: self._take(payloads, rows, outlet))
        try:
            with (
                translated(self.name),
                connect(
                    self._target, open_timeout=CONNECT_S, close_timeout=1, max_size=MESSAGE_BYTES, logger=_QUIET
                ) as socket,
            ):
                socket.send(json.dumps({"APIKey": self._key, "BoundingBoxes": [self._box]}))
                _listen(socket, batch, stop)
        except InvalidHandshake as error:
            raise RefusedError(f"{self.name}: {self._without_key(str(error))}") from None
        except ConnectionClosed as error:
            raise FeedError(f"{self.name}: the connection was closed ({self._without_key(str(error))})") from None
        finally:
            batch.flush()

    def _take(self, payloads: list[bytes | str], rows: Rows, outlet: Outlet) -> None:
        said = []
        for payload in payloads:
            try:
                body = json_rows.record(json_rows.loads(payload))
                if "error" in body:
                    raise RefusedError(f"{self.name}: the service says: {self._without_key(str(body['error']))[:200]}")
                if (message := read(body)) is not None:
                    said.append(message)
            except UnfitError as unfit:
                outlet.refuse(str(unfit))
        if said:
            received = now_us()
            outlet.put(Reports(rows.table(said, received), received, self.name))

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "***")


def _listen(socket: ClientConnection, batch: Batch[bytes | str], stop: Stop) -> None:
    while not stop.is_set():
        with suppress(TimeoutError):
            batch.add(socket.recv(timeout=BATCH_S))
        batch.turn()


def read(body: Mapping[str, Any]) -> Said | None:
    """Return the message of an event, null if its type becomes no report. Raises `UnfitError`."""
    name = body.get("MessageType")
    types = _TYPES.get(name) if isinstance(name, str) else None
    if types is None:
        return None
    said = _object(_object(body, "Message"), str(name))
    if said.get("Valid") is not True:
        raise UnfitError("Valid: not")
    kind = said.get("MessageID", types[0])
    if kind not in types:
        raise UnfitError("MessageID: other")
    time = _time(_object(body, "MetaData").get("time_utc"))
    part, values = _values(kind, said)
    return json_rows.message(types[types.index(kind)], said.get("UserID"), values, part=part, time=time)


def _values(kind: int, said: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return the part and what a message says, by column."""
    part = 0
    if kind == 24:
        part = int(bool(said.get("PartNumber")))
        said = _object(said, "ReportB" if part else "ReportA")
    values = {column: said.get(name) for name, column in _FIELDS.items()}
    values["ship_type"] = said.get("ShipType") if kind == 24 else said.get("Type")
    if said.get("Dimension") is not None:
        values |= {column: _object(said, "Dimension").get(name) for name, column in _HULL.items()}
    if said.get("Eta") is not None:
        values["eta"] = _eta(_object(said, "Eta"))
    return part, values


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    if not isinstance(found, dict):
        raise UnfitError(f"{name}: missing")
    return found


def _eta(said: Mapping[str, Any]) -> int:
    """Return the 20 bits of an ETA."""
    bits = 0
    for name, shift, most in _ETA:
        part = json_rows.number("eta", said.get(name))
        if part != int(part) or not 0 <= part <= most:
            raise UnfitError("eta: out of range")
        bits |= int(part) << shift
    return bits


def _time(text: object) -> int:
    """Return µs UTC of a time as Go prints it, with nanoseconds."""
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise UnfitError("time_utc: no time")
    try:
        second = datetime.fromisoformat(f"{found[1]}+00:00")
    except ValueError:
        raise UnfitError("time_utc: no time") from None
    return (second - _EPOCH) // timedelta(microseconds=1) + int((found[2] or "").ljust(6, "0")[:6])


def _box(url: str, text: str) -> list[list[float]]:
    """Return the box as the service wants it: two corners, latitude first."""
    try:
        south, west, north, east = map(float, text.split(","))
    except ValueError:
        south, west, north, east = 0, 0, 0, 0
    if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
        raise PipelineError(f"{url}: box={text} is none; write south,west,north,east in degrees, such as 30,8,38,26")
    return [[south, west], [north, east]]
