"""Flags of whole columns of vessels; apart from `identity`, so that a look at one vessel needs no columns."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vessels.identity import flag


def flags(mmsis: npt.NDArray[Any]) -> pa.Array:
    """Return the flag of each MMSI, null where there is none."""
    kinds, index = np.unique(np.asarray(mmsis, np.int64), return_inverse=True)
    return pa.array([flag(kind) for kind in kinds.tolist()], pa.string()).take(pa.array(index))
