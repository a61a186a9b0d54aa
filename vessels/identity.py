"""What a number says about its station: class and flag of an MMSI (ITU-R M.585-9), the check digit of an IMO number.

`mid.csv` holds the maritime identification digits that the ITU allotted, with the ISO 3166 code of the flag (facts of
the ITU's table of MIDs). The flag of an MMSI is what the radio was programmed for, not proof of registry.
"""

import csv
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

# Leading digits of a nine-digit MMSI: class, and where the MID begins (None: it has none). The longest prefix counts.
_CLASSES: Final[Mapping[str, tuple[str, int | None]]] = {
    **dict.fromkeys("234567", ("ship", 0)),
    "0": ("group", 1),
    "00": ("coast", 2),
    "111": ("sar-aircraft", 3),
    "8": ("handheld", 1),
    "970": ("sart", None),
    "972": ("mob", None),
    "974": ("epirb", None),
    "98": ("craft", 2),  # a craft of a parent ship
    "99": ("aid", 2),
}
UNKNOWN: Final = "unknown"
DISTRESS_CLASSES: Final = ("sart", "mob", "epirb")
LARGEST_MMSI: Final = 999_999_999

# Numbers that installers type to get on: a run of one digit, counting up or down, round numbers, a bare MID.
_JUNK: Final = frozenset(
    {123456789, 987654321, 12345678, 1234567, 111222333, 123123123, *(111_111_111 * n for n in range(10))}
)
_BARE: Final = 100_000  # chosen: an MMSI that ends in this many zeroes was not allotted to a ship of its own
_IMO_WEIGHTS: Final = (7, 6, 5, 4, 3, 2)
_IMO_JUNK: Final = frozenset({1234567})  # has a right check digit and is no ship


def mmsi_class(mmsi: int) -> str:
    """Return ship, coast, group, sar-aircraft, aid, craft, handheld, sart, mob, epirb, or unknown."""
    return _class(mmsi)[0]


def mid(mmsi: int) -> int | None:
    """Return the maritime identification digits of an MMSI, or None if its class has none."""
    start = _class(mmsi)[1]
    return None if start is None else int(f"{mmsi:09d}"[start : start + 3])


def flag(mmsi: int) -> str | None:
    """Return the ISO 3166 code of the flag that the MMSI is allotted to, or None if there is none."""
    digits = mid(mmsi)
    return None if digits is None else _FLAGS.get(digits)


def mmsi_is_junk(mmsi: int) -> bool:
    """Return whether many radios share this number, so that it names nobody."""
    return mmsi in _JUNK or mmsi % _BARE == 0 or not 0 < mmsi <= LARGEST_MMSI


def imo_is_valid(imo: int) -> bool:
    """Return whether a number can be an IMO ship number: seven digits, the last checks the others, no known junk."""
    if not 1_000_000 <= imo <= 9_999_999 or imo in _IMO_JUNK:
        return False
    *digits, check = map(int, str(imo))
    return sum(weight * digit for weight, digit in zip(_IMO_WEIGHTS, digits, strict=True)) % 10 == check


def _class(mmsi: int) -> tuple[str, int | None]:
    if not 0 <= mmsi <= LARGEST_MMSI:
        return UNKNOWN, None
    digits = f"{mmsi:09d}"
    return next((_CLASSES[digits[:size]] for size in (3, 2, 1) if digits[:size] in _CLASSES), (UNKNOWN, None))


def _flags() -> dict[int, str]:
    table = files("vessels").joinpath("mid.csv").read_text("utf-8")
    return {int(row["mid"]): row["iso2"] for row in csv.DictReader(table.splitlines())}


_FLAGS: Final = _flags()
