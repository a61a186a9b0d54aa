"""Properties of a feature, read with care: each error names the feature, the property and the remedy."""

import re
from collections.abc import Mapping
from typing import Any, Final

from zones.errors import ZoneError
from zones.text import clean

Properties = Mapping[str, Any]
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LARGEST: Final = 10_000  # of a ring, distance or priority; chosen: the Earth has 21,600 nm round


def word(given: str, where: str) -> str:
    """Return an id that can be written on a command line and in a rule without quoting."""
    if not _ID.fullmatch(given):
        raise ZoneError(f"{where}: {given!r} is no id: use at most 64 letters, digits, dots, dashes and underscores")
    return given


def required(given: Properties, key: str, where: str) -> str:
    """Return a text property that must be there."""
    found = text(given, key, where)
    if not found:
        raise ZoneError(f"{where}: the property {key!r} is missing or empty; every zone needs id, name and kind")
    return found


def text(given: Properties, key: str, where: str) -> str:
    """Return a text property, cleaned; empty where it is absent."""
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise ZoneError(f"{where}: the property {key!r} must be text")
    return clean(value or "")


def number(given: Properties, key: str, where: str) -> float | None:
    """Return a numeric property, None where it is absent."""
    value = given.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST:
        raise ZoneError(f"{where}: the property {key!r} must be a number of at most {_LARGEST}")
    return float(value)


def whole(given: Properties, key: str, where: str) -> int | None:
    """Return a whole-numbered property, None where it is absent."""
    value = number(given, key, where)
    if value is None:
        return None
    if not value.is_integer():
        raise ZoneError(f"{where}: the property {key!r} must be a whole number")
    return int(value)
