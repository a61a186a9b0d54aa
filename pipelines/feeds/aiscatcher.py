"""What AIS-catcher says, in JSON or plain NMEA, whatever it comes by (UDP, HTTP POST, MQTT).

A JSON message that holds its sentences (`nmea`) is read from those, since AIS-catcher's coordinates are rounded to 32
bits; else from its decoded fields, where "not available" is left out. Fields as the decoder of AIS-catcher 0.68.16 gave
them (its Python package); the envelope and the headers of HTTP POST from its source; not tried on a live receiver.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from pipelines.feeds import json_rows
from pipelines.feeds.json_rows import Rows, Said, UnfitError
from pipelines.feeds.live import Outlet, Reports, now_us
from pipelines.feeds.wire import Peers, whole
from vessels import eta
from vessels.encode import STATION

_FIELDS: Final = {
    "status": "nav_status",
    "turn_unscaled": "rot_e",
    "speed": "sog_e",
    "lon": "lon_e",
    "lat": "lat_e",
    "course": "cog_e",
    "heading": "heading_deg",
    "second": "utc_second",
    "imo": "imo",
    "shiptype": "ship_type",
    "to_bow": "to_bow_m",
    "to_stern": "to_stern_m",
    "to_port": "to_port_m",
    "to_starboard": "to_starboard_m",
    "draught": "draught_e",
    "shipname": "name",
    "callsign": "callsign",
    "destination": "destination",
    "text": "text",
}
SENTENCE: Final = 1024  # characters, chosen: ten times the longest that NMEA allows
_SECOND: Final = 1_000_000
_MOMENT: Final = re.compile(r"\d{14}")  # YYYYMMDDHHMMSS UTC


PARTED: Final = 24  # the message type that comes in parts


class Catcher:
    """Takes payloads apart and hands over what is in them."""

    def __init__(self, name: str, outlet: Outlet) -> None:
        self._name = name
        self._outlet = outlet
        self._rows = Rows(name)
        self._peers = Peers(name, outlet)

    def take(self, sender: str, payloads: Sequence[bytes]) -> None:
        """Take whole payloads of one sender: JSON, an envelope or a list of it, or lines of NMEA."""
        received = now_us()
        lines: list[bytes] = []
        said: list[Said] = []
        for payload in payloads:
            if payload.lstrip()[:1] in (b"{", b"["):
                self._read(payload, lines, said)
            else:
                lines.append(whole(payload))
        if lines:
            self._peers.put(sender, b"".join(lines), received)
        if said:
            self._outlet.put(Reports(self._rows.table(said, received), received, self._name))

    def close(self) -> None:
        """Say that nothing more comes."""
        self._peers.close()

    def _read(self, payload: bytes, lines: list[bytes], said: list[Said]) -> None:
        for message, station in self._messages(payload):
            try:
                if "nmea" in message:
                    lines.append(_lines(message, station))
                elif json_rows.knows(message.get("type")):
                    said.append(_said(message, station))
            except UnfitError as unfit:
                self._outlet.refuse(str(unfit))

    def _messages(self, payload: bytes) -> Iterator[tuple[Mapping[str, Any], str | None]]:
        """Yield the messages of a payload, each with the station that the envelope names."""
        try:
            for found in _documents(payload):
                envelope = found if isinstance(found, dict) else {}
                messages = envelope.get("msgs", found)
                for message in messages if isinstance(messages, list) else [messages]:
                    if isinstance(message, dict):
                        yield message, _station(envelope.get("stationid"))
                    else:
                        self._outlet.refuse("no message")
        except UnfitError as unfit:
            self._outlet.refuse(str(unfit))


def _documents(payload: bytes) -> Iterator[Any]:
    """Yield the JSON of a payload: one document, or one a line up to the first that is none."""
    try:
        yield json_rows.loads(payload)
    except UnfitError:
        lines = payload.splitlines()
        if len(lines) == 1:
            raise
        yield from map(json_rows.loads, filter(None, lines))


def _station(name: object) -> str | None:
    return name if isinstance(name, str) and STATION.fullmatch(name) else None


def _lines(message: Mapping[str, Any], station: str | None) -> bytes:
    """Return the sentences of a message as lines; station and time stand before the first, as receivers write them."""
    sentences = message["nmea"]
    if not isinstance(sentences, list) or not sentences or not all(map(_is_line, sentences)):
        raise UnfitError("nmea: no sentences")
    before = "" if station is None else f"\\{_checked(f's:{station}')}\\ "
    if (time := _time(message)) is not None:
        before += f"{time // 1000} "
    return "".join(f"{before if at == 0 else ''}{sentence}\n" for at, sentence in enumerate(sentences)).encode()


def _is_line(sentence: object) -> bool:
    return isinstance(sentence, str) and sentence.isascii() and sentence.isprintable() and len(sentence) <= SENTENCE


def _checked(tag: str) -> str:
    check = 0
    for byte in tag.encode():
        check ^= byte
    return f"{tag}*{check:02X}"


def _said(message: Mapping[str, Any], station: str | None) -> Said:
    values = {column: message.get(name) for name, column in _FIELDS.items()}
    values["eta"] = _eta(message.get("eta"))
    part = message.get("partno", 0)
    if isinstance(part, bool) or part not in (0, 1):
        raise UnfitError("partno: out of range")
    return json_rows.message(
        message["type"],
        message.get("mmsi"),
        values,
        part=part if message["type"] == PARTED else 0,
        time=_time(message),
        station=station,
    )


def _eta(text: object) -> int | None:
    """Return the bits of "MM-DDThh:mmZ"."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise UnfitError("eta: no text")
    return eta.bits(text.removesuffix("Z"))


def _time(message: Mapping[str, Any]) -> int | None:
    """Return when a message was received, µs UTC, null when it does not say."""
    if (seconds := message.get("rxuxtime")) is not None:
        return round(json_rows.number("rxuxtime", seconds) * _SECOND)
    if (text := message.get("rxtime")) is None:
        return None
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise UnfitError("rxtime: no time")
    try:
        return round(datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()) * _SECOND
    except ValueError:
        raise UnfitError("rxtime: no time") from None
