"""What an event rests on, in the one form that alerts, dossiers and tests read."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

SECOND_US: Final = 1_000_000
_DECIMALS: Final = 3  # of a knot or a nautical mile (2 m); chosen: as fine as an analyst can use

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
        "measured": {name: tidy(value) for name, value in measured.items() if value is not None},
        "thresholds": dict(thresholds),
        "not_known": [*not_known, *(name for name, value in measured.items() if value is None)],
        "rows": int(rows),
        "first_row": {"file": first["file"], "offset": first["offset"]},
        "last_row": {"file": last["file"], "offset": last["offset"]},
    }


def tidy(value: Any) -> Any:
    """Return a float rounded to what it can mean; anything else as it is."""
    return round(value, _DECIMALS) if isinstance(value, float) else value


def seconds(microseconds: int) -> float:
    """Return microseconds as seconds."""
    return int(microseconds) / SECOND_US
