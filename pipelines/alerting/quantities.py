"""Measured values in words: a name that carries its unit, and the value, as a person would say them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pipelines.rules.durations import spoken
from vessels.text import clean

SECOND_US: Final = 1_000_000
_UNITS: Final = {"_deg_min": "° a minute", "_kn": " kn", "_nm": " nm", "_deg": "°", "_m": " m"}
_WORDS: Final = {
    "sog": "speed",
    "cog": "course",
    "prev": "previous report",
    "implied": "implied speed",
    "net": "net way",
}
UNKNOWN: Final = "unknown"


def label(name: str) -> str:
    """Return the name of a quantity without its unit, in words: `sog_before_kn` → `speed before`."""
    stem = next((name.removesuffix(unit) for unit in ("_s", *_UNITS) if name.endswith(unit)), name)
    return clean(" ".join(_WORDS.get(word, word) for word in stem.split("_")))


def amount(name: str, value: Any) -> str:
    """Return a value with the unit that its name ends in; `_s` as hours and minutes; null as unknown."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return clean(", ".join(map(str, value))) or "none"
    if not isinstance(value, (int, float)):
        return clean(str(value))
    if name.endswith("_s"):
        return spoken(value)
    unit = next((words for unit, words in _UNITS.items() if name.endswith(unit)), "")
    return (f"{value:d}" if isinstance(value, int) else f"{value:.3g}") + unit


def each(values: Mapping[str, Any]) -> str:
    """Return all values with their names: `speed 0.4 kn, flag TR`."""
    return ", ".join(f"{label(name)} {amount(name, value)}" for name, value in values.items())


def moment(time: int) -> str:
    """Return microseconds UTC as `2026-06-01 10:00:00Z`."""
    return datetime.fromtimestamp(time // SECOND_US, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def position(lat: float | None, lon: float | None) -> str:
    """Return a position as a seaman writes it, `33.80 N 12.20 E`, or that it is not known."""
    if lat is None or lon is None:
        return "position unknown"
    return f"{abs(lat):.2f} {'N' if lat >= 0 else 'S'} {abs(lon):.2f} {'E' if lon >= 0 else 'W'}"
