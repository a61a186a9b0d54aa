"""Durations as people write them: `90s`, `20m`, `2h`, `1h30m`, `7d`."""

import re
from typing import Final

SECOND_US: Final = 1_000_000
_UNITS: Final = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}  # seconds
_FORM: Final = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s)?", re.ASCII)


def parse(text: object) -> int:
    """Return a written duration in microseconds; raises ValueError with the remedy."""
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    if not match or not any(match.groups()):
        raise ValueError(f"{text!r} is not a duration: write for instance '90s', '20m', '2h' or '1h30m', in quotes")
    return sum(int(part or 0) * unit for part, unit in zip(match.groups(), _UNITS.values(), strict=True)) * SECOND_US


def spoken(seconds: float) -> str:
    """Return a duration in seconds as words: `2 h 5 min`, the two largest units; `40 s` below a minute."""
    left = round(seconds)
    if left < _UNITS["m"]:
        return f"{left} s"
    left -= left % _UNITS["m"]
    parts = []
    for word, unit in (("d", 86_400), ("h", 3_600), ("min", 60)):
        count, left = divmod(left, unit)
        if count:
            parts.append(f"{count} {word}")
    return " ".join(parts[:2])
