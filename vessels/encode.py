"""Report rows in, NMEA sentences out: what the simulator broadcasts. The decoder reads the same rows back."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vessels import ais, eta, sixbit
from vessels.clock import SECOND
from vessels.errors import VesselError

STATION: Final = re.compile(r"[A-Za-z0-9._-]{1,15}")  # NMEA 0183: a tag block's source has up to 15 characters
PART_CHARACTERS: Final = 60  # payload of one sentence, so that a line keeps to NMEA's 82 characters
GROUPS: Final = 10_000  # tag block group numbers in use; chosen
THOUSANDTH: Final = 1000  # microseconds
BASE_TYPE: Final = 4
STATIC_TYPE: Final = 24
TEXT_TYPE: Final = 14
TEXT_CHARACTERS: Final = 161  # the longest text of type 14
TEXT_START: Final = 40  # bit where the text of type 14 begins, ITU-R M.1371-5 table 62
HULL: Final = ("ship_type", "callsign", "to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m")  # what part B says

_BASE: Final = ais.Layout(168, 168, ais.BASE_POSITION)

Payload = tuple[bytes, int]  # armoured characters and fill bits


def sentences(reports: pa.Table, *, station: str | Sequence[str]) -> list[bytes]:
    """Return one entry a REPORT row: its line or lines, each with a tag block and ended by CR LF.

    The tag block says `station` (one for all, or one a row) and the row's time, in seconds or else in milliseconds.
    Types 1 2 3 4 5 9 14 18 19 24 27 can be sent; a row of another type raises VesselError. What a row does not know is
    sent as "not available". A row of type 24 becomes part A if it has a name, and part B if it has anything else.
    """
    stations = [station] * reports.num_rows if isinstance(station, str) else station
    tags = map(_tag, stations, reports["time"].to_pylist())
    rows = [
        list(_parts(of_row, tag, row)) for row, (of_row, tag) in enumerate(zip(_payloads(reports), tags, strict=True))
    ]
    parts = [part for of_row in rows for part in of_row]
    checked = zip(_checked([tag for tag, _ in parts]), _checked([body for _, body in parts]), strict=True)
    lines = (b"\\%b\\!%b\r\n" % pair for pair in checked)
    return [b"".join(islice(lines, len(of_row))) for of_row in rows]


def _tag(station: str, time: int) -> bytes:
    """Return a tag block without its checksum."""
    if not STATION.fullmatch(station):
        raise VesselError(
            f"cannot name a station {station!r}: use 1 to 15 letters, digits, points, hyphens, underscores"
        )
    epoch = time // SECOND if time % SECOND == 0 else time // THOUSANDTH
    return b"s:%b,c:%d" % (station.encode(), epoch)


def _payloads(reports: pa.Table) -> list[list[Payload]]:
    """Return the payloads of each row: one, or two for static data in two parts."""
    kinds = reports["msg_type"].to_numpy()
    _refuse_unknown(kinds)
    found: list[list[Payload]] = [[] for _ in range(len(kinds))]
    for kind, part, layout, has in _layouts(reports):
        chosen = np.flatnonzero((kinds == kind) & has)
        for row, payload in zip(chosen.tolist(), _packed(reports.take(chosen), kind, part, layout), strict=True):
            found[row].append(payload)
    return found


def _layouts(reports: pa.Table) -> Iterator[tuple[int, int, ais.Layout, npt.NDArray[np.bool_]]]:
    """Yield every type and part with its layout, and which rows have something for it; texts by their length."""
    every = np.ones(reports.num_rows, np.bool_)
    yield BASE_TYPE, 0, _BASE, every
    for (kind, part), layout in ais.LAYOUTS.items():
        yield kind, part, layout, _has_part(reports, part) if kind == STATIC_TYPE else every
    lengths = np.clip(pc.utf8_length(reports["text"].fill_null("")).to_numpy(), 1, TEXT_CHARACTERS)
    for length in np.unique(lengths).tolist():
        said = ais.Layout(TEXT_START + 6 * length, TEXT_START, (), (ais.Text("text", TEXT_START, length),))
        yield TEXT_TYPE, 0, said, lengths == length


def _refuse_unknown(kinds: npt.NDArray[Any]) -> None:
    unknown = set(np.unique(kinds).tolist()) - {BASE_TYPE, TEXT_TYPE, *(kind for kind, _ in ais.LAYOUTS)}
    if unknown:
        raise VesselError(f"cannot encode message type {min(unknown)}: use one of 1 2 3 4 5 9 14 18 19 24 27")


def _has_part(reports: pa.Table, part: int) -> npt.NDArray[np.bool_]:
    """Return which rows have something for this part of type 24; a row that says nothing is sent as part A."""
    hull = np.zeros(reports.num_rows, np.bool_)
    for column in HULL:
        hull |= reports[column].is_valid().to_numpy()
    return hull if part else reports["name"].is_valid().to_numpy() | ~hull


def _packed(reports: pa.Table, kind: int, part: int, layout: ais.Layout) -> list[Payload]:
    """Return the payload of each of these rows, which are all of one layout."""
    length = -(-layout.bits // 6)
    rows = np.zeros((length, reports.num_rows), np.uint8)
    sixbit.put(rows, 0, 6, np.full(reports.num_rows, kind))
    sixbit.put(rows, *ais.MMSI, reports["mmsi"].to_numpy().astype(np.int64))
    for number in layout.numbers:
        said = reports[number.column].cast(pa.int64())
        raw = said.fill_null(number.absent * number.scale).to_numpy() // number.scale
        sixbit.put(rows, number.start, number.width, raw)
    for text in layout.texts:
        for place, values in enumerate(sixbit.texts(reports[text.column].to_pylist(), text.count)):
            sixbit.put(rows, text.start + 6 * place, 6, values.astype(np.int64))
    _put_special(rows, reports, kind, part, layout)
    fill = length * 6 - layout.bits
    return [(characters.tobytes(), fill) for characters in sixbit.ARMOUR[rows.T]]


def _put_special(rows: sixbit.Sixes, reports: pa.Table, kind: int, part: int, layout: ais.Layout) -> None:
    """Write what is no plain number or text: the part of type 24, an ETA, a base station's time."""
    count = reports.num_rows
    if kind == STATIC_TYPE:
        sixbit.put(rows, *ais.PART, np.full(count, part))
    if layout.eta is not None:
        sixbit.put(
            rows, layout.eta, eta.BITS, np.array([eta.bits(text) for text in reports["eta"].to_pylist()], np.int64)
        )
    if kind == BASE_TYPE:
        for name, values in _date(reports["time"].to_numpy()).items():
            sixbit.put(rows, *ais.DATE[name], values)


def _date(time: sixbit.Ints) -> dict[str, sixbit.Ints]:
    """Return the fields of a base station's UTC date and time."""
    moment = time.astype("datetime64[us]")
    month, day = moment.astype("datetime64[M]"), moment.astype("datetime64[D]")
    second = (time // SECOND) % 86_400
    return {
        "year": month.astype("datetime64[Y]").astype(np.int64) + 1970,
        "month": month.astype(np.int64) % 12 + 1,
        "day": (day - month.astype("datetime64[D]")).astype(np.int64) + 1,
        "hour": second // 3600,
        "minute": second // 60 % 60,
        "second": second % 60,
    }


def _parts(payloads: Iterable[Payload], tag: bytes, row: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield the tag block and the sentence of each part, without checksums.

    Channels alternate, sequence and group numbers go round; only a first part says station and time.
    """
    channel = b"AB"[row % 2 : row % 2 + 1]
    for payload, fill in payloads:
        pieces = [payload[at : at + PART_CHARACTERS] for at in range(0, len(payload), PART_CHARACTERS)]
        total = len(pieces)
        if total == 1:
            yield tag, b"AIVDM,1,1,,%b,%b,%d" % (channel, payload, fill)
            continue
        for number, piece in enumerate(pieces, 1):
            group = b"g:%d-%d-%d" % (number, total, row % GROUPS)
            sentence = b"AIVDM,%d,%d,%d,%b,%b,%d" % (
                total,
                number,
                row % 10,
                channel,
                piece,
                fill if number == total else 0,
            )
            yield (b"%b,%b" % (group, tag) if number == 1 else group), sentence


def _checked(bodies: Sequence[bytes]) -> list[bytes]:
    """Return each body with its checksum: the exclusive or of its bytes."""
    if not bodies:
        return []
    sums = np.bitwise_xor.reduceat(np.frombuffer(b"".join(bodies), np.uint8), sixbit.bounds(bodies)[:-1])
    return [b"%b*%02X" % (body, check) for body, check in zip(bodies, sums.tolist(), strict=True)]
