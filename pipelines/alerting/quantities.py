"""Measured values in words: a name that carries its unit, and the value, as a person would say them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pipelines.detect.evidence import qualified, unit_of
from pipelines.rules.durations import spoken
from vessels.text import clean

SECOND_US: Final = 1_000_000
_UNITS: Final = {"_deg_min": "° a minute", "_kn": " kn", "_nm": " nm", "_deg": "°", "_m": " m"}
_WORDS: Final = {
    "sog": "speed",
    "cog": "course",
    "rot": "rate of turn",
    "nav": "navigational",
    "shore": "distance to the shore",
    "port": "distance to a port",
    "implied": "implied speed",
}
_NAMES: Final = {
    "cog_heading_deg": "heading and course differ by",
    "since_prev_s": "time between reports",
    "reception": "whether our receivers covered this place",
}
_LIMITS: Final = {"below": "under", "at_most": "at most", "above": "over", "at_least": "at least"}
UNKNOWN: Final = "unknown"
_LARGE: Final = 1000  # from here on three digits would be told with an exponent
_TO: Final = "\N{EN DASH}"


def label(name: str) -> str:
    """Return the name of a quantity without its unit, in words: `sog_before_kn` → `speed before`."""
    if name in _NAMES:
        return _NAMES[name]
    stem = name.removesuffix(unit_of(name))
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
    return _number(value) + _UNITS.get(unit_of(name), "")


def span(name: str, measured: Mapping[str, Any]) -> str:
    """Return the values that a quantity took, from least to most, and their mean; nothing when it was not measured."""
    least, mean, most = (measured.get(qualified(name, word)) for word in ("min", "mean", "max"))
    if least is None or most is None:
        return "" if mean is None else f"{label(name)} {amount(name, _rounded(mean))} on average"
    if _number(least) == _number(most):
        return f"{label(name)} {amount(name, most)}"
    average = "" if mean is None else f", {amount(name, _rounded(mean))} on average"
    return f"{label(name)} {_number(least)}{_TO}{amount(name, most)}{average}"


def limit(name: str, thresholds: Mapping[str, Any]) -> str:
    """Return what a quantity was held against, in words: `under 2 kn`; nothing when that is not known."""
    found = {word: thresholds.get(qualified(name, word)) for word in _LIMITS}
    if found["at_least"] is not None and found["at_most"] is not None:
        return f"{_number(found['at_least'])} to {amount(name, found['at_most'])}"
    return " and ".join(f"{_LIMITS[word]} {amount(name, value)}" for word, value in found.items() if value is not None)


def moment(time: int) -> str:
    """Return microseconds UTC as `2026-06-01 10:00:00Z`."""
    return datetime.fromtimestamp(time // SECOND_US, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def clock(time: int) -> str:
    """Return the time of day of microseconds UTC, as `10:00Z`."""
    return datetime.fromtimestamp(time // SECOND_US, UTC).strftime("%H:%MZ")


def _rounded(mean: float) -> float:
    """Return a mean to two digits: it is no finer than what was sent."""
    return float(f"{mean:.2g}")


def _number(value: float) -> str:
    """Return a number to three digits, whole and large ones as they are."""
    if isinstance(value, int):
        return f"{value:d}"
    return f"{value:.3g}" if abs(value) < _LARGE else f"{value:,.0f}"
