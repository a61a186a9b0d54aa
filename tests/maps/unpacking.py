"""The other half of maps/pack.py, written plainly: what web/unpack.js must do too."""

import base64
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from maps.pack import DEGREE_STEPS, SPEED_STEPS, US_PER_S
from maps.view import Fixes


def unpack_column(text: str) -> NDArray[np.int64]:
    deltas, value, shift = [], 0, 0
    for byte in base64.b64decode(text):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            deltas.append((value >> 1) ^ -(value & 1))
            value = shift = 0
    return np.cumsum(np.array(deltas, np.int64))


def unpack_fixes(packed: Mapping[str, str], mmsi: NDArray[np.int64], start_us: int) -> Fixes:
    columns = {name: unpack_column(text) for name, text in packed.items()}
    known = {name: np.where(columns[name] == 0, np.nan, columns[name] - 1.0) for name in ("sog", "cog")}
    return Fixes(
        mmsi=mmsi,
        time_us=columns["time"] * US_PER_S + start_us,
        lat=columns["lat"] / DEGREE_STEPS,
        lon=columns["lon"] / DEGREE_STEPS,
        sog_kn=known["sog"] / SPEED_STEPS,
        cog_deg=known["cog"],
    )
