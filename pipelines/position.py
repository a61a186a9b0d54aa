"""Positions as charts and radios have them: degrees and decimal minutes."""

from typing import Final

_MINUTE: Final = "\N{PRIME}"


def position(lat: float | None, lon: float | None) -> str:
    """Return a position in degrees and minutes with hemispheres, or that it is not known."""
    if lat is None or lon is None:
        return "position unknown"
    return f"{_angle(lat, 2, 'NS')} {_angle(lon, 3, 'EW')}"


def _angle(degrees: float, width: int, sides: str) -> str:
    tenths = round(abs(degrees) * 600)  # of a minute: so that 59.96 becomes the next degree
    return f"{tenths // 600:0{width}d}°{tenths % 600 / 10:04.1f}{_MINUTE}{sides[degrees < 0]}"
