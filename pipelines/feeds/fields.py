"""What a column of an archive can be mapped to, and how its values become the integers that AIS sends.

Every value may come as text (CSV) or as a number (Parquet). Absent words and what lies outside a field's range, "not
available" among it, become null; what can be no such value at all is told back as bad.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vessels.ais import ROT_SCALE
from vessels.codes import NAV_STATUS
from vessels.identity import LARGEST_MMSI
from vessels.report import POSITION_SCALE, TENTHS
from vessels.text import clean

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Number:
    """A number: the report's column, its units a unit of the archive's, and the range of the report's value."""

    column: str
    scale: float
    low: int
    high: int


# Ranges as in `vessels.ais`: ITU-R M.1371-5, annex 8.
NUMBERS: Final = {
    "mmsi": Number("mmsi", 1, 1, LARGEST_MMSI),
    "lat": Number("lat_e", POSITION_SCALE, -90 * POSITION_SCALE, 90 * POSITION_SCALE),
    "lon": Number("lon_e", POSITION_SCALE, -180 * POSITION_SCALE, 180 * POSITION_SCALE),
    "sog_kn": Number("sog_e", TENTHS, 0, 1022),
    "cog_deg": Number("cog_e", TENTHS, 0, 3599),
    "heading_deg": Number("heading_deg", 1, 0, 359),
    "rot_deg_min": Number("rot_e", 1, -126, 126),
    "nav_status": Number("nav_status", 1, 0, 14),
    "imo": Number("imo", 1, 1, 2**30 - 1),
    "ship_type": Number("ship_type", 1, 1, 255),
    "length_m": Number("length_m", 1, 1, 1022),
    "beam_m": Number("beam_m", 1, 1, 126),
    "to_bow_m": Number("to_bow_m", 1, 0, 511),
    "to_stern_m": Number("to_stern_m", 1, 0, 511),
    "to_port_m": Number("to_port_m", 1, 0, 63),
    "to_starboard_m": Number("to_starboard_m", 1, 0, 63),
    "draught_m": Number("draught_e", TENTHS, 1, 255),
    "msg_type": Number("msg_type", 1, 1, 27),
    "utc_second": Number("utc_second", 1, 0, 59),
}
TEXTS: Final = {"name": 20, "callsign": 7, "destination": 20, "text": 161, "station": 64}  # characters kept at most
TIMES: Final = {
    "time": "ISO 8601, such as 2026-06-01T06:00:00; an offset or Z in it counts before the zone given",
    "time_s": "seconds since 1970, UTC",
    "time_ms": "milliseconds since 1970, UTC",
    "time_dmy": "day first, such as 31/12/2026 23:59:59",
    "time_mdy": "month first, such as 12/31/2026 23:59:59",
    "time_compact": "20261231_235959",
}
OTHERS: Final = ("class", "eta_dmy")
FIELDS: Final = (*NUMBERS, *TEXTS, *TIMES, *OTHERS)

NOT_A_VESSEL: Final = 0  # stands for a message type: base stations and aids to navigation
CLASSES: Final = {
    **dict.fromkeys(("a", "class a"), 1),
    **dict.fromkeys(("b", "class b"), 18),
    **dict.fromkeys(("sar airborne", "sar aircraft"), 9),
    **dict.fromkeys(("search and rescue transponder", "sart", "man overboard device", "mob", "epirb"), 1),
    **dict.fromkeys(("base station", "aton"), NOT_A_VESSEL),
}
STATUSES: Final = {
    **{word.lower(): code for code, word in enumerate(NAV_STATUS)},
    "restricted maneuverability": 3,
    **{f"reserved for future amendment [{word}]": code for word, code in (("hsc", 9), ("wig", 10))},
    **{f"reserved for future use [{code}]": code for code in (11, 12, 13)},
    **dict.fromkeys(("ais-sart", "ais-sart is active", "ais-sart (active)"), 14),
}
_SHIP_WORDS: Final = (
    *("wig", "fishing", "towing", "towing long/wide", "dredging", "diving", "military", "sailing", "pleasure", "hsc"),
    *("pilot", "sar", "tug", "port tender", "anti-pollution", "law enforcement", "medical", "passenger", "cargo"),
    *("tanker", "other"),
)
_SHIP_CODES: Final = (20, 30, 31, 32, 33, 34, 35, 36, 37, 40, 50, 51, 52, 53, 54, 55, 58, 60, 70, 80, 90)
SHIP_TYPES: Final = dict(zip(_SHIP_WORDS, _SHIP_CODES, strict=True))
WORDS: Final = {"class": CLASSES, "nav_status": STATUSES, "ship_type": SHIP_TYPES}

_ABSENT: Final = ("", "null", "none", "nan", "n/a", "na", "unknown", "unknown value", "undefined", "not defined", "\\n")
_NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?$"
_ROT_LARGEST: Final = 126  # ROT_AIS of 708 degrees a minute or more, M.1371-5 table 48


def said(column: pa.Array) -> pa.Array:
    """Return text stripped, null where it is a word for "not available"; other types as they are."""
    if pa.types.is_dictionary(column.type) or pa.types.is_large_string(column.type):
        column = column.cast(pa.string())
    if not pa.types.is_string(column.type):
        return column
    column = pc.utf8_trim_whitespace(column)
    absent = pc.is_in(pc.utf8_lower(column), value_set=pa.array(_ABSENT))
    return pc.if_else(absent, pa.scalar(None, pa.string()), column)


def readable(column: pa.Array) -> pa.Array:
    """Return bytes as text; bytes that are no UTF-8 are taken for Latin-1."""
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if value is None else _decoded(value) for value in column.to_pylist()], pa.string())


def numbers(column: pa.Array) -> tuple[Floats, Flags]:
    """Return numbers, NaN where there is none, and where a value can be no number."""
    if pa.types.is_string(column.type):
        text = pc.replace_substring_regex(column, pattern=r"^(?i:imo) ?", replacement="")
        fits = pc.fill_null(pc.match_substring_regex(text, _NUMBER), fill_value=False)
        column, bad = pc.if_else(fits, text, pa.scalar(None, pa.string())), _flags(pc.invert(fits), column)
    elif pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        bad = np.zeros(len(column), np.bool_)
    else:
        return np.full(len(column), np.nan), np.asarray(column.is_valid())
    values = column.cast(pa.float64(), safe=False).fill_null(np.nan).to_numpy(zero_copy_only=False)
    return values, bad | np.isinf(values)


def coded(column: pa.Array, words: dict[str, int]) -> tuple[Floats, Flags]:
    """Return the codes that words stand for; numbers stand for themselves."""
    if not pa.types.is_string(column.type):
        return numbers(column)
    place = pc.index_in(pc.utf8_lower(column), value_set=pa.array(list(words)))
    known = pa.array(list(words.values()), pa.float64()).take(place)
    values, bad = numbers(column)
    found = np.asarray(known.is_valid())
    return np.where(found, known.fill_null(np.nan).to_numpy(zero_copy_only=False), values), bad & ~found


def whole(values: Floats, number: Number) -> pa.Array:
    """Return the exact integers of the report, null where there is none or it is out of range."""
    with np.errstate(over="ignore", invalid="ignore"):
        raw = np.rint(values * number.scale)
        fits = (raw >= number.low) & (raw <= number.high)
    return pa.array(np.where(fits, raw, 0).astype(np.int64), mask=~fits)


def turning(values: Floats) -> Floats:
    """Return ROT_AIS from degrees a minute."""
    return np.sign(values) * np.minimum(np.rint(ROT_SCALE * np.sqrt(np.abs(values))), _ROT_LARGEST)


def texts(column: pa.Array, length: int) -> pa.Array:
    """Return text that is safe to keep: control characters gone, no longer than AIS sends; numbers as digits."""
    coded = column.cast(pa.string()).dictionary_encode()
    kept = pa.array([clean(text)[:length].strip(" @") or None for text in coded.dictionary.to_pylist()], pa.string())
    return kept.take(coded.indices)


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _flags(where: Any, column: pa.Array) -> Flags:
    """Return where a condition holds of values that are there."""
    flags: Flags = np.asarray(pc.and_(pc.fill_null(where, fill_value=False), column.is_valid()))
    return flags
