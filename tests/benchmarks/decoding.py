"""Sentences to columns, against pyais reading the same file into tuples."""

from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from typing import Any

from pyais.exceptions import AISBaseException
from pyais.stream import BinaryIOStream

from tests.scenarios import shared_scenario
from vessels.decode import Decoder
from vessels.encode import sentences

COPIES = 20
BLOCK = 1 << 20
Contest = tuple[str, str, int, Callable[[], object], Callable[[], object]]


def contests() -> Iterator[Contest]:
    bare = [line.rpartition(b"\\")[2] for line in sentences(shared_scenario().reports, station="VOISIM1")]
    content = b"".join(bare) * COPIES
    count = content.count(b"!")
    yield "NMEA to columns", "pyais to tuples", count, partial(_ours, content), partial(_pyais, content)


def _ours(content: bytes) -> int:
    decoder = Decoder("bench", "bench", start=0)
    rows = 0
    for at in range(0, len(content), BLOCK):
        rows += decoder.feed(content[at : at + BLOCK], last=at + BLOCK >= len(content)).reports.num_rows
    return rows


def _pyais(content: bytes) -> list[tuple[Any, ...]]:
    rows = []
    for message in BinaryIOStream(BytesIO(content)):
        try:
            said = message.decode()
        except AISBaseException:
            continue
        place = (getattr(said, name, None) for name in ("lon", "lat", "speed", "course", "heading", "status"))
        rows.append((said.msg_type, said.mmsi, *place))
    return rows
