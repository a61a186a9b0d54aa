"""The one place that knows AIS bit layouts and what "not available" looks like (ITU-R M.1371-5, annex 8).

Decoder and encoder read the same tables. Positions of fields count bits from 0. A raw value outside `low..high`,
the value for "not available" among them, is null in a report; null is sent as `absent`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vessels import sixbit
from vessels.clock import instant
from vessels.report import POSITION_SCALE, TENTHS

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LAST_TYPE: Final = 27  # M.1371-5 defines types 1 to 27
BASE_TYPES: Final = (4, 11)  # UTC and date, said by base stations and on request
ROT_SCALE: Final = 4.733  # ROT_AIS = 4.733 * sqrt(degrees a minute)
ROT_FAST: Final = 127  # +-127: turning faster than 5 degrees in 30 s, no turn indicator
ROT_FAST_DEG_MIN: Final = 10.0  # the least that +-127 means


@dataclass(frozen=True, slots=True)
class Number:
    """An integer field: the report's value is raw * scale."""

    column: str
    start: int
    width: int
    absent: int
    low: int
    high: int
    scale: int = 1
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A field of six-bit characters."""

    column: str
    start: int
    count: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What is read of a message type, and the least number of bits that holds it."""

    bits: int
    least: int
    numbers: tuple[Number, ...] = ()
    texts: tuple[Text, ...] = ()
    eta: int | None = None
    mothership: bool = False
    """A craft of a parent ship (MMSI 98...) says the parent's MMSI where others say their hull."""


_MINUTES: Final = POSITION_SCALE // 600  # report units in 1/10 minute, the unit of type 27


def _position(lon: int, lat: int) -> tuple[Number, ...]:
    """Return longitude and latitude in 1/10000 minute at these bits."""
    east, north = 180 * POSITION_SCALE, 90 * POSITION_SCALE
    return (
        Number("lon_e", lon, 28, 181 * POSITION_SCALE, -east, east, signed=True),
        Number("lat_e", lat, 27, 91 * POSITION_SCALE, -north, north, signed=True),
    )


def _speed(start: int, scale: int = 1) -> Number:
    return Number("sog_e", start, 10, 1023, 0, 1022, scale)


def _course(start: int) -> Number:
    return Number("cog_e", start, 12, 3600, 0, 3599)


def _heading(start: int) -> Number:
    return Number("heading_deg", start, 9, 511, 0, 359)


def _second(start: int) -> Number:
    return Number("utc_second", start, 6, 60, 0, 59)


def _ship_type(start: int) -> Number:
    return Number("ship_type", start, 8, 0, 1, 255)


def _hull(start: int) -> tuple[Number, ...]:
    """Return the four distances from the antenna; 0 is said of a pair that is not available (see `tidy`)."""
    return (
        Number("to_bow_m", start, 9, 0, 0, 511),
        Number("to_stern_m", start + 9, 9, 0, 0, 511),
        Number("to_port_m", start + 18, 6, 0, 0, 63),
        Number("to_starboard_m", start + 24, 6, 0, 0, 63),
    )


# gpsd takes the messages of class A from here on: 28 characters, whatever is said to be fill.
_CLASS_A_LEAST: Final = 163

_CLASS_A: Final = Layout(
    168,
    _CLASS_A_LEAST,
    (
        Number("nav_status", 38, 4, 15, 0, 14),
        Number("rot_e", 42, 8, -128, -127, 127, signed=True),
        _speed(50),
        *_position(61, 89),
        _course(116),
        _heading(128),
        _second(137),
    ),
)
_CLASS_B: Final = (_speed(46), *_position(57, 85), _course(112), _heading(124), _second(133))
_LONG_RANGE: Final = (
    Number("nav_status", 40, 4, 15, 0, 14),
    Number("lon_e", 44, 18, 181 * 600, -180 * 600, 180 * 600, _MINUTES, signed=True),
    Number("lat_e", 62, 17, 91 * 600, -90 * 600, 90 * 600, _MINUTES, signed=True),
    Number("sog_e", 79, 6, 63, 0, 62, TENTHS),
    Number("cog_e", 85, 9, 511, 0, 359, TENTHS),
)
_VOYAGE: Final = (
    Number("imo", 40, 30, 0, 1, 2**30 - 1),
    _ship_type(232),
    *_hull(240),
    Number("draught_e", 294, 8, 0, 1, 255),
)

# Key: message type, and for type 24 the part: 0 is A, 1 is B.
LAYOUTS: Final[Mapping[tuple[int, int], Layout]] = {
    (1, 0): _CLASS_A,
    (2, 0): _CLASS_A,
    (3, 0): _CLASS_A,
    (5, 0): Layout(
        424, 422, _VOYAGE, (Text("callsign", 70, 7), Text("name", 112, 20), Text("destination", 302, 20)), 274
    ),
    (9, 0): Layout(168, 168, (_speed(50, TENTHS), *_position(61, 89), _course(116), _second(128))),
    (18, 0): Layout(168, 168, _CLASS_B),
    (19, 0): Layout(312, 312, (*_CLASS_B, _ship_type(263), *_hull(271)), (Text("name", 143, 20),)),
    (24, 0): Layout(160, 160, (), (Text("name", 40, 20),)),
    (24, 1): Layout(168, 168, (_ship_type(40), *_hull(132)), (Text("callsign", 90, 7),), mothership=True),
    (27, 0): Layout(96, 96, _LONG_RANGE),
}
_BASE_STATION: Final = Layout(
    168,
    168,
    (
        Number("year", 38, 14, 0, 1, 9999),
        Number("month", 52, 4, 0, 1, 12),
        Number("day", 56, 5, 0, 1, 31),
        Number("hour", 61, 5, 24, 0, 23),
        Number("minute", 66, 6, 60, 0, 59),
        _second(72),
        Number("accuracy", 78, 1, 0, 0, 1),
        *_position(79, 107),
        Number("fix_device", 134, 4, 0, 1, 15),
    ),
)
_AID: Final = Layout(
    272,
    272,
    (
        Number("aid_type", 38, 5, 0, 1, 31),
        Number("accuracy", 163, 1, 0, 0, 1),
        *_position(164, 192),
        *_hull(219),
        Number("fix_device", 249, 4, 0, 1, 15),
        _second(253),
        Number("off_position", 259, 1, 0, 0, 1),
        Number("virtual", 269, 1, 0, 0, 1),
    ),
    (Text("name", 43, 20),),
)
# What is read of types that become no report, when asked; every other type is left to pyais.
OTHERS: Final[Mapping[int, Layout]] = {4: _BASE_STATION, 11: _BASE_STATION, 21: _AID}
# The least lengths in bits: the fixed part of the types that are only counted (as gpsd takes them), and the layouts'.
_COUNTED: Final = (4, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22, 23, 25, 26)
_FIXED_BITS: Final = (168, 88, 72, 56, 72, 168, 72, 72, 40, 88, 96, 80, 72, 272, 168, 160, 40, 60)
_LEAST: Final = np.zeros((64, 4), np.int64)  # by type and part number
_LEAST[_COUNTED, :] = np.array(_FIXED_BITS)[:, None]
for (_kind, _part), _layout in LAYOUTS.items():
    _LEAST[_kind, _part] = _layout.least
HEADER_BITS: Final = 40  # type, repeat, MMSI, and the part number of type 24
MAX_BITS: Final = 1064  # the longest message, type 26 in five slots
LONG_RANGE_BITS: Final = (96, 168)  # type 27 has one length, which some receivers pad to a slot

FIRST_YEAR: Final = 2001  # ships have carried AIS since 2002; year 0 means "not available"
MMSI: Final = (8, 30)
STATIC_PARTS: Final = 24  # the message type that comes in parts
LONG_RANGE: Final = 27
CRAFT: Final = 98  # how the MMSI of a craft of a parent ship begins
PART: Final = (38, 2)  # type 24: part number
DATE: Final = {
    "year": (38, 14),
    "month": (52, 4),
    "day": (56, 5),
    "hour": (61, 5),
    "minute": (66, 6),
    "second": (72, 6),
}
BASE_POSITION: Final = _position(79, 107)
DATE_BITS: Final = 78


REASONS: Final = ("", "too short", "type", "too long")


def judge(payloads: sixbit.Payloads) -> tuple[sixbit.Ints, sixbit.Ints, sixbit.Ints]:
    """Return the type and part (of type 24) of each message, and why it cannot be read, an index of REASONS."""
    kinds = sixbit.dearmoured(payloads.armour.take(payloads.start)).astype(np.int64) & 63
    headed = payloads.bits >= HEADER_BITS
    part = np.zeros(len(kinds), np.int64)
    static = np.flatnonzero((kinds == STATIC_PARTS) & headed)
    part[static] = sixbit.number(sixbit.packed(payloads.only(static).sixes(HEADER_BITS)), *PART)
    long_range = (kinds == LONG_RANGE) & (payloads.bits != LONG_RANGE_BITS[0]) & (payloads.bits != LONG_RANGE_BITS[1])
    reasons = np.where(part > 1, 2, 0)
    reasons[(payloads.bits > MAX_BITS) | long_range] = 3
    reasons[payloads.bits < _LEAST[kinds, part]] = 1
    reasons[(kinds == 0) | (kinds > LAST_TYPE)] = 2
    reasons[~headed] = 1
    return kinds, part, reasons


def read(words: sixbit.Ints, layout: Layout) -> dict[str, tuple[sixbit.Ints, Flags]]:
    """Return the numbers that messages of one layout say, by column, each with where they say something.

    `words` is as from `sixbit.packed`; a number has the report's unit.
    """
    raw = {
        field.column: sixbit.number(words, field.start, field.width, signed=field.signed) for field in layout.numbers
    }
    said = {field.column: _is_within(raw[field.column], field) for field in layout.numbers}
    for one, other, zero_is_absent in _PAIRS:
        if one in raw:
            both = said[one] & said[other]
            said[one] = said[other] = both & ((raw[one] | raw[other]) != 0) if zero_is_absent else both
    if layout.mothership:
        craft = sixbit.number(words, *MMSI) // 10_000_000 == CRAFT
        said |= {field.column: said[field.column] & ~craft for field in _hull(0)}
    for field in layout.numbers:
        if field.scale != 1:
            raw[field.column] *= field.scale
    return {column: (raw[column], said[column]) for column in raw}


def _is_within(raw: sixbit.Ints, field: Number) -> Flags:
    """Return which raw values say something; one comparison for two, where the field's width makes the other true."""
    low, high = (-(1 << field.width - 1), (1 << field.width - 1) - 1) if field.signed else (0, (1 << field.width) - 1)
    if field.low == low:
        return raw <= field.high if field.high < high else np.ones(len(raw), np.bool_)
    if field.high == high:
        return raw >= field.low
    return (raw >= field.low) & (raw <= field.high)


# Fields that are known together or not at all. A latitude without a longitude is no position. Bow and stern both 0 mean
# that the length is not available (port and starboard: the beam); one of them 0 means that the antenna's place is not,
# and their sum is the size.
_PAIRS: Final = (
    ("lon_e", "lat_e", False),
    ("to_bow_m", "to_stern_m", True),
    ("to_port_m", "to_starboard_m", True),
)


def base_time(words: sixbit.Ints) -> tuple[sixbit.Ints, Flags]:
    """Return the UTC that base stations say (types 4 and 11), in microseconds, and where it is a date at all."""
    parts = [sixbit.number(words, start, width) for start, width in DATE.values()]
    time, real = instant(parts)
    return time, real & (parts[0] >= FIRST_YEAR)


def degrees(units: Any) -> Floats:
    """Return degrees from 1/600000 degree; NaN for null."""
    return np.asarray(units, np.float64) / POSITION_SCALE


def knots(units: Any) -> Floats:
    """Return knots (or degrees, or metres) from tenths; NaN for null."""
    return np.asarray(units, np.float64) / TENTHS


def rot_deg_min(rot: Any) -> Floats:
    """Return degrees a minute, right positive, from ROT_AIS; +-127 gives +-10, the least it means; NaN for null."""
    sent = np.asarray(rot, np.float64)
    turn = np.sign(sent) * (sent / ROT_SCALE) ** 2
    return np.where(np.abs(sent) == ROT_FAST, np.sign(sent) * ROT_FAST_DEG_MIN, turn)
