"""Messages that others decoded, back to AIS's exact integers, and so to the same rows as from the radio.

A source names what a message says by the columns of a report, in degrees, knots and metres; here every value becomes
the integer that the message held, is laid at its bits, and is read by `vessels.ais` like any other: "not available",
pairs and scales are known in one place. A value that no such message can hold is a reject.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vessels import ais, clock, eta, safety, sixbit
from vessels.content import Content, form
from vessels.identity import LARGEST_MMSI
from vessels.line import SIMULATED
from vessels.report import ORIGIN, POSITION_SCALE, POSITION_TYPES, REPORT, STATIC_TYPES, TENTHS

STREAM: Final = "stream"  # stands for the file of what cannot be read twice
TEXT_CHARACTERS: Final = 156  # the longest text of type 12, ITU-R M.1371-5 table 58


def _text_layout(start: int) -> ais.Layout:
    return ais.Layout(start + 6 * TEXT_CHARACTERS, start, (), (ais.Text("text", start, TEXT_CHARACTERS),))


_KINDS: Final[Mapping[tuple[int, int], ais.Layout]] = {
    **{kind: layout for kind, layout in ais.LAYOUTS.items() if kind[0] in (*POSITION_TYPES, *STATIC_TYPES)},
    **{(kind, 0): _text_layout(start) for kind, start in safety.STARTS.items()},
}
_WIDTH: Final = max(-(-layout.bits // 6) for layout in _KINDS.values())  # six-bit values of the longest
_UNITS: Final = {
    "lat_e": POSITION_SCALE,
    "lon_e": POSITION_SCALE,
    **dict.fromkeys(("sog_e", "cog_e", "draught_e"), TENTHS),
}
_HUGE: Final = 1e15  # no field of any message comes near it, nor a time in milliseconds
_YEARS_US: Final = (1_000_000_000_000_000, 4_102_444_800_000_000)  # 2001-09-09 to 2100, as for tag blocks
_ETA_ABSENT: Final = eta.bits(None)


class UnfitError(Exception):
    """A message that is not taken; the text is the reason it is counted under."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message: type and part, who, when (µs UTC, null when not said), and its fields as raw integers and texts."""

    kind: tuple[int, int]
    mmsi: int
    time: int | None
    numbers: Mapping[str, int]
    texts: Mapping[str, str]
    station: str | None = None


def knows(msg_type: object) -> bool:
    """Return whether messages of this type become reports."""
    return isinstance(msg_type, int) and (msg_type, 0) in _KINDS


def message(
    msg_type: int,
    mmsi: object,
    values: Mapping[str, Any],
    *,
    part: int = 0,
    time: int | None = None,
    station: str | None = None,
) -> Said:
    """Return a message of a type that `knows` knows; `values` by column, in degrees, knots, metres; `eta` as 20 bits.

    What is not in `values`, or null, is not available. Raises `UnfitError`.
    """
    layout = _KINDS[msg_type, part]
    if isinstance(mmsi, bool) or not isinstance(mmsi, int) or not 0 < mmsi <= LARGEST_MMSI:
        raise UnfitError("mmsi: none")
    if time is not None and not _YEARS_US[0] <= time < _YEARS_US[1]:
        raise UnfitError("time: out of range")
    numbers = {number.column: _raw(number, values.get(number.column)) for number in layout.numbers}
    if layout.eta is not None:
        numbers["eta"] = _whole("eta", values.get("eta"), _ETA_ABSENT, eta.BITS)
    texts = {text.column: _text(text.column, values.get(text.column)) for text in layout.texts}
    return Said((msg_type, part), mmsi, time, numbers, texts, station)


def loads(payload: bytes | str) -> Any:
    """Return the JSON of a payload. Raises `UnfitError`."""
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        raise UnfitError("not JSON") from None


def record(found: object) -> Mapping[str, Any]:
    """Return a JSON value that must be an object. Raises `UnfitError`."""
    if not isinstance(found, dict):
        raise UnfitError("no message")
    return found


def number(name: str, value: object) -> float:
    """Return a value of JSON that must be a finite number. Raises `UnfitError`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnfitError(f"{name}: no number")
    if not abs(value) < _HUGE or not math.isfinite(value):
        raise UnfitError(f"{name}: out of range")
    return value


def _raw(field: ais.Number, value: object) -> int:
    """Return the integer that a message holds for a value."""
    if value is None:
        return field.absent
    raw = round(number(field.column, value) * _UNITS.get(field.column, 1) / field.scale)
    low, high = (-(1 << field.width - 1), (1 << field.width - 1) - 1) if field.signed else (0, (1 << field.width) - 1)
    if not low <= raw <= high:
        raise UnfitError(f"{field.column}: out of range")
    return raw


def _whole(name: str, value: object, absent: int, bits: int) -> int:
    raw = absent if value is None else number(name, value)
    if raw != int(raw) or not 0 <= raw < 1 << bits:
        raise UnfitError(f"{name}: out of range")
    return int(raw)


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UnfitError(f"{name}: no text")
    return value


class Rows:
    """Makes report tables of one source; counts its messages, which stands for their offset."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._count = 0
        self._clock = clock.Clock()

    def table(self, said: Sequence[Said], received: int) -> pa.Table:
        """Return a REPORT table of these messages in their order; those without a time take that of receipt."""
        content = _content(said)
        own = np.array([clock.UNKNOWN if each.time is None else each.time for each in said], np.int64)
        names = np.where(own == clock.UNKNOWN, clock.NONE, clock.FEED).astype(np.int8)
        none = np.full(len(said), clock.UNKNOWN)
        times, clocks = self._clock.tell(clock.Said(own, names, content.seconds().astype(np.int64), none), received)
        origin = self._origin(said, times, clocks)
        self._count += len(said)
        return pa.table([*(origin[name] for name in ORIGIN.names), *content.columns()], schema=REPORT)

    def _origin(self, said: Sequence[Said], times: sixbit.Ints, clocks: npt.NDArray[np.int8]) -> dict[str, pa.Array]:
        """Return the columns of ORIGIN."""
        count = len(said)
        stations = [each.station for each in said]
        return {
            "time": pa.array(times),
            "clock": pa.array(clock.NAMES).take(pa.array(clocks)),
            "source": pa.repeat(self._source, count),
            "station": pa.array(stations, pa.string()),
            "receivers": pa.repeat(pa.scalar(1, pa.int16()), count),
            "file": pa.repeat(STREAM, count),
            "offset": pa.array(np.arange(self._count, self._count + count)),
            "simulated": pa.array([(station or "").startswith(SIMULATED) for station in stations]),
        }


def _content(said: Sequence[Said]) -> Content:
    """Return the messages read from their bits, as the radio's are."""
    kinds, parts = np.array([each.kind for each in said]).T
    values = np.zeros((len(said), _WIDTH), np.uint8)
    for kind in dict.fromkeys(each.kind for each in said):
        rows = [row for row, each in enumerate(said) if each.kind == kind]
        sixes = _sixes([said[row] for row in rows], kind)
        values[rows, : len(sixes)] = sixes.T
    payloads = sixbit.Payloads(
        sixbit.ARMOUR[np.concatenate((values.ravel(), np.zeros(sixbit.LONGEST, np.uint8)))],
        np.arange(len(said)) * _WIDTH,
        np.array([_KINDS[each.kind].bits for each in said]),
    )
    return Content(payloads, kinds, form(kinds, parts))


def _sixes(said: Sequence[Said], kind: tuple[int, int]) -> sixbit.Sixes:
    """Return the bits of messages of one kind as six-bit values, shape (values, messages)."""
    layout = _KINDS[kind]
    rows = np.zeros((-(-layout.bits // 6), len(said)), np.uint8)
    sixbit.put(rows, *ais.MMSI, np.array([each.mmsi for each in said]))
    for field in layout.numbers:
        sixbit.put(rows, field.start, field.width, np.array([each.numbers[field.column] for each in said]))
    for text in layout.texts:
        spoken = sixbit.texts([each.texts[text.column] for each in said], text.count)
        for place, values in enumerate(spoken):
            sixbit.put(rows, text.start + 6 * place, 6, values.astype(np.int64))
    if layout.eta is not None:
        sixbit.put(rows, layout.eta, eta.BITS, np.array([each.numbers["eta"] for each in said]))
    return rows
