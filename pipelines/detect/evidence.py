"""What an event rests on, in the one form that alerts, dossiers and tests read."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

SECOND_US: Final = 1_000_000
_DECIMALS: Final = 3  # of a knot or a nautical mile (2 m); chosen: as fine as an analyst can use
_DEGREE_DECIMALS: Final = 6  # of a latitude or longitude (0.1 m): AIS sends 1/600,000 of a degree
_UNITS: Final = ("_deg_min", "_kn", "_nm", "_deg", "_m", "_s")  # how the name of a quantity ends

Record = Mapping[str, Any]


def evidence(
    measured: Mapping[str, Any],
    thresholds: Mapping[str, Any],
    *,
    rows: int,
    first: Record,
    last: Record,
    not_known: Iterable[str] = (),
) -> dict[str, Any]:
    """Return an event's evidence; a measured value that is null moves to `not_known` by its name.

    `first` and `last` are rows with `file` and `offset`: the sentences that anyone can look up again.
    """
    return {
        "measured": {name: tidy(name, value) for name, value in measured.items() if value is not None},
        "thresholds": dict(thresholds),
        "not_known": [*not_known, *(name for name, value in measured.items() if value is None)],
        "rows": int(rows),
        "first_row": {"file": first["file"], "offset": first["offset"]},
        "last_row": {"file": last["file"], "offset": last["offset"]},
    }


def tidy(name: str, value: Any) -> Any:
    """Return a float rounded to what it can mean; anything else as it is."""
    decimals = _DEGREE_DECIMALS if name.endswith(("_lat", "_lon")) else _DECIMALS
    return round(value, decimals) if isinstance(value, float) else value


def last_position(row: Record) -> dict[str, Any]:
    """Return where and when (µs UTC) something was last, as measured values; nothing without a position."""
    if row["lat"] is None:
        return {}
    return {"last_lat": row["lat"], "last_lon": row["lon"], "last_time": row["time"]}


def unit_of(name: str) -> str:
    """Return the unit that a quantity's name ends in, with its underscore: `sog_kn` → `_kn`."""
    return next((unit for unit in _UNITS if name.endswith(unit)), "")


def qualified(name: str, word: str) -> str:
    """Return the name of a quantity with a word before its unit: `sog_kn`, `mean` → `sog_mean_kn`."""
    unit = unit_of(name)
    return f"{name.removesuffix(unit)}_{word}{unit}"


def seconds(microseconds: int) -> float:
    """Return microseconds as seconds."""
    return int(microseconds) / SECOND_US
