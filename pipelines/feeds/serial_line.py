"""`serial:/dev/ttyUSB0?baud=38400`: a receiver on a serial line, 8 bits, no parity, 1 stop bit (IEC 61162-2)."""

from typing import Final
from urllib.parse import parse_qsl

import serial  # type: ignore[import-untyped]

from pipelines.errors import PipelineError
from pipelines.feeds.address import Address
from pipelines.feeds.live import TURN_S, Outlet, Stop
from pipelines.feeds.supervise import IDLE_S
from pipelines.feeds.wire import pump, translated

BAUD: Final = 38_400  # IEC 61162-2, the speed of AIS receivers


class SerialFeed:
    """A serial line. Nobody holds the receiver back: what is not taken in time is lost in the line's own buffer."""

    can_wait = False
    reopens = True

    def __init__(self, url: str) -> None:
        self.name = url
        path, _, query = url.partition(":")[2].partition("?")
        options = dict(parse_qsl(query, keep_blank_values=True))
        self._path = path.removeprefix("//")
        self._baud = _baud(url, options.pop("baud", str(BAUD)))
        self.idle_s = Address(url, "", 0, "", {"idle": str(IDLE_S), **options}).idle_s
        if not self._path or options.keys() - {"idle"}:
            raise PipelineError(f"{url}: write serial:/dev/ttyUSB0?baud={BAUD}, with idle=SECONDS at most")

    def run(self, outlet: Outlet, stop: Stop) -> None:
        """Open the line, and hand over what comes."""
        with translated(self.name), serial.Serial(self._path, self._baud, timeout=TURN_S, exclusive=True) as line:
            pump(lambda: line.read(line.in_waiting or 1) or None, self.name, outlet, stop)


def _baud(url: str, text: str) -> int:
    if not (text.isdecimal() and int(text) in serial.Serial.BAUDRATES):
        raise PipelineError(f"{url}: baud={text} is no speed of a serial line; most receivers speak {BAUD}")
    return int(text)
