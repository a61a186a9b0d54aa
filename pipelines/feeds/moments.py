"""Times of archives: several written forms and a time zone in, microseconds UTC out."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import PipelineError
from pipelines.feeds.fields import Flags, Ints, numbers

YEARS_US: Final = (1_000_000_000_000_000, 4_102_444_800_000_000)  # 2001-09-09 to 2100, as for tag blocks
MICROSECONDS: Final = {"time_s": 1_000_000, "time_ms": 1000}  # in a unit of what is counted since 1970
_DIGITS: Final = {
    "time_dmy": r"^(?P<d>\d\d?)[/.-](?P<m>\d\d?)[/.-](?P<y>\d{4})[ T](?P<c>\d\d:\d\d:\d\d)$",
    "time_mdy": r"^(?P<m>\d\d?)[/.-](?P<d>\d\d?)[/.-](?P<y>\d{4})[ T](?P<c>\d\d:\d\d:\d\d)$",
    "time_compact": r"^(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)[_T ]?(?P<c>\d\d:?\d\d:?\d\d)$",
}
_ISO: Final = (
    r"^(?P<day>\d{4}-\d\d-\d\d)[T ](?P<clock>\d\d:\d\d(?::\d\d)?)(?:\.(?P<part>\d{1,9}))?"
    r" ?(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?(?: UTC)?$"
)
_STAMP: Final = "%Y-%m-%d %H:%M:%S"


def moments(column: pa.Array, form: str, zone: str) -> tuple[Ints, Flags]:
    """Return times in microseconds UTC (n), and where a value is no time of the form (n); such times are 0.

    `zone` (a name of the tz database, or UTC) is that of times that say none. Raises `PipelineError` for another.
    """
    if pa.types.is_timestamp(column.type):
        stamps = column.cast(pa.timestamp("us", column.type.tz), safe=False)
        return _told(stamps.cast(pa.int64()) if column.type.tz else _in_zone(stamps, zone).cast(pa.int64()))
    if form in MICROSECONDS:
        values, bad = numbers(column)
        unit = MICROSECONDS[form]
        with np.errstate(invalid="ignore"):
            fits = ~bad & (values * unit >= YEARS_US[0]) & (values * unit < YEARS_US[1])
        return np.where(fits, np.rint(np.where(fits, values, 0) * unit), 0).astype(np.int64), ~fits
    if not pa.types.is_string(column.type):
        return np.zeros(len(column), np.int64), np.ones(len(column), np.bool_)
    return _told(_iso(column, zone) if form == "time" else _in_zone(day_of(column, form), zone).cast(pa.int64()))


def check_zone(zone: str) -> None:
    """Raise `PipelineError` for a time zone that is not known."""
    _in_zone(pa.array([], pa.timestamp("us")), zone)


def day_of(column: pa.Array, form: str) -> pa.Array:
    """Return texts of a form with the day written in it as local timestamps, null where they are none."""
    parts = pc.extract_regex(column, _DIGITS[form])
    year, month, day, time = (pc.struct_field(parts, name) for name in ("y", "m", "d", "c"))
    digits = pc.replace_substring(time, ":", "")
    hour, minute, second = (pc.utf8_slice_codeunits(digits, at, at + 2) for at in (0, 2, 4))
    two = [pc.utf8_lpad(part, 2, "0") for part in (month, day)]
    date = pc.binary_join_element_wise(year, *two, "-")
    return _stamps(pc.binary_join_element_wise(date, pc.binary_join_element_wise(hour, minute, second, ":"), " "))


def _iso(column: pa.Array, zone: str) -> pa.Array:
    """Return the microseconds of ISO 8601 texts, null where they are none."""
    parts = pc.extract_regex(column, _ISO)
    day, clock, part, said = (pc.struct_field(parts, name) for name in ("day", "clock", "part", "zone"))
    clock = pc.if_else(pc.equal(pc.utf8_length(clock), 5), pc.binary_join_element_wise(clock, "00", ":"), clock)
    stamps = _stamps(pc.binary_join_element_wise(day, clock, " "))
    own = pc.not_equal(said, "")
    local = _in_zone(stamps, zone).cast(pa.int64())
    there = pc.subtract(stamps.cast(pa.int64()), _offset(said))
    fraction = pc.utf8_slice_codeunits(pc.utf8_rpad(part, 6, "0"), 0, 6).cast(pa.int64())
    return pc.add(pc.if_else(own, there, local), fraction)


def _offset(said: pa.Array) -> pa.Array:
    """Return the microseconds by which a zone such as `+02:00` is ahead of UTC."""
    named = pc.is_in(said, value_set=pa.array(["", "Z", "UTC"]))
    digits = pc.if_else(named, "+0000", pc.replace_substring(said, ":", ""))
    hours, minutes = (pc.utf8_slice_codeunits(digits, at, at + 2).cast(pa.int64()) for at in (1, 3))
    ahead = pc.multiply(pc.add(pc.multiply(hours, 60), minutes), 60_000_000)
    return pc.if_else(pc.equal(pc.utf8_slice_codeunits(digits, 0, 1), "-"), pc.negate(ahead), ahead)


def _stamps(text: pa.Array) -> pa.Array:
    """Return timestamps of `YYYY-MM-DD HH:MM:SS`, null for days and hours that no calendar or clock has."""
    stamps = pc.strptime(text, format=_STAMP, unit="s", error_is_null=True)
    real = pc.fill_null(pc.equal(pc.strftime(stamps, format=_STAMP), text), fill_value=False)
    return pc.if_else(real, stamps, pa.scalar(None, stamps.type)).cast(pa.timestamp("us"))


def _in_zone(stamps: pa.Array, zone: str) -> pa.Array:
    """Return local times of a zone as UTC; of an hour that comes twice the first, one left out as if it were there."""
    try:
        return pc.assume_timezone(stamps, zone, ambiguous="earliest", nonexistent="earliest")
    except pa.ArrowInvalid as error:
        raise PipelineError(
            f"--zone: time zone {zone!r} is not known; give UTC or a name such as Europe/Copenhagen"
        ) from error


def _told(times: pa.Array) -> tuple[Ints, Flags]:
    values = times.fill_null(0).to_numpy(zero_copy_only=False)
    return values, (values < YEARS_US[0]) | (values >= YEARS_US[1])
