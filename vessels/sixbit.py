"""Six-bit armour of AIS payloads: characters to values to exact integers, a whole block at a time (ITU-R M.1371-5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Sixes = npt.NDArray[np.uint8]

ILLEGAL: Final = 255  # stands for a character that is no armour


def _values() -> Sixes:
    table = np.full(256, ILLEGAL, np.uint8)
    table[48:88] = np.arange(40)  # "0" to "W"
    table[96:120] = np.arange(40, 64)  # "`" to "w"
    return table


VALUE: Final = _values()  # character to six-bit value
ARMOUR: Final = np.array([*range(48, 88), *range(96, 120)], np.uint8)  # six-bit value to character
ASCII: Final = np.array([*range(64, 96), *range(32, 64)], np.uint8)  # six-bit text to ASCII (M.1371-5 table 47)
SIX: Final = np.argsort(ASCII).astype(np.uint8)  # ASCII minus 32 to six-bit text


def bounds(parts: Sequence[bytes]) -> Ints:
    """Return the n + 1 boundaries of n byte strings laid end to end."""
    ends = np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)))
    return np.concatenate((np.zeros(1, np.int64), ends))


@dataclass(frozen=True, slots=True)
class Payloads:
    """The payloads of n messages: all six-bit values in one array, where each starts, and how many bits it has."""

    values: Sixes
    start: Ints
    bits: Ints

    @classmethod
    def of(cls, payloads: Sequence[bytes], fill: Ints) -> Self:
        """Return the payloads of legal characters; `fill` holds the bits to be left out at each end."""
        edges = bounds(payloads)
        padding = np.zeros(_PADDING, np.uint8)
        values = np.concatenate((VALUE[np.frombuffer(b"".join(payloads), np.uint8)], padding))
        return cls(values, edges[:-1], np.diff(edges) * 6 - fill)

    def only(self, chosen: npt.NDArray[np.bool_]) -> Self:
        """Return the chosen messages."""
        return replace(self, start=self.start[chosen], bits=self.bits[chosen])

    def rows(self, index: npt.NDArray[Any], bits: int) -> Sixes:
        """Return the first values of the chosen messages, shape (values, messages), enough for `bits` bits.

        What lies behind a message's own end is another's: the caller has made sure of `bits`.
        """
        count = -(-bits // 6)
        chosen: Sixes = self.values[self.start[index][None, :] + np.arange(count)[:, None]]
        return chosen


_PADDING: Final = 256  # values behind the last payload; more than any message's layout


def number(rows: Sixes, start: int, width: int, *, signed: bool = False) -> Ints:
    """Return the integers at bit `start`, `width` bits wide (at most 52), of every message in `rows`."""
    last = (start + width - 1) // 6
    value = np.zeros(rows.shape[1], np.int64)
    for row in rows[start // 6 : last + 1]:
        value = (value << 6) | row
    value = (value >> (6 * (last + 1) - start - width)) & ((1 << width) - 1)
    return value - ((value >> (width - 1)) << width) if signed else value


def put(rows: Sixes, start: int, width: int, value: Ints) -> None:
    """Write the low `width` bits of every message's integer into `rows` at bit `start`, where nothing stands yet."""
    last = (start + width - 1) // 6
    moved = (value & ((1 << width) - 1)) << (6 * (last + 1) - start - width)
    for place in range(last, start // 6 - 1, -1):
        rows[place] |= (moved & 63).astype(np.uint8)
        moved = moved >> 6


def characters(rows: Sixes, start: int, count: int) -> Sixes:
    """Return the six-bit text at bit `start`, shape (count, messages)."""
    first, shift = divmod(start, 6)
    head = rows[first : first + count]
    if shift == 0:
        return head
    tail = rows[first + 1 : first + count + 1]
    return (((head << shift) | (tail >> (6 - shift))) & 63).astype(np.uint8)


def strings(text: Sixes) -> pa.Array:
    """Return six-bit text (count, messages) as strings: cut at the first `@`, no trailing blanks, null when empty."""
    place = np.arange(1, len(text) + 1)[:, None]
    before_end = np.logical_and.accumulate(text != 0, axis=0)
    length = ((before_end & (text != _BLANK)) * place).max(axis=0, initial=0)
    data = ASCII[text.T[length[:, None] >= place.T]]
    offsets = np.concatenate(([0], np.cumsum(length))).astype(np.int32)
    said = np.packbits(length > 0, bitorder="little")
    return pa.StringArray.from_buffers(len(length), pa.py_buffer(offsets), pa.py_buffer(data), pa.py_buffer(said))


def texts(strings: Sequence[str | None], count: int) -> Sixes:
    """Return strings as six-bit text (count, messages): cut at `count`, in capitals, "?" for what AIS cannot say."""
    encoded = [(string or "").upper().encode("ascii", "replace") for string in strings]
    said = np.array(encoded, f"S{count}").view(np.uint8).reshape(len(encoded), count).T
    known = np.where((said >= _BLANK) & (said < _BLANK + 64), said, ord("?"))
    return np.where(said == 0, 0, SIX[known - _BLANK]).astype(np.uint8)


_BLANK: Final = 32  # in six-bit text as in ASCII
