"""What an episode measures: the numbers that its condition reads, added up over its true rows.

Values are added up as integers, in thousandths: sums of integers are the same for any split.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from pipelines.detect.evidence import Record, qualified
from pipelines.detect.fold import Table
from pipelines.detect.runs import Array

SCALE: Final = 1000  # of a knot, a mile, a degree; chosen: as fine as evidence is told
CODES: Final = ("nav_status", "ship_type", "msg_type")  # have no mean: told when it was one and the same throughout
_LARGEST: Final = np.iinfo(np.int64).max
_UFUNCS: Final = {"rows": np.add, "sum": np.add, "least": np.minimum, "most": np.maximum}


def number(rows: Table, name: str) -> Array:
    """Return a column as floats, NaN for null."""
    return np.asarray(rows[name].cast("float64").to_numpy())


def _cog_heading(rows: Table) -> Array:
    apart = np.abs(number(rows, "cog_deg") - number(rows, "heading_deg"))
    return np.asarray(180 - np.abs(apart % 360 - 180))


# Quantities that are made of several columns: how far a vessel's course is off its heading.
DERIVED: Final[Mapping[str, Callable[[Table], Array]]] = {"cog_heading_deg": _cog_heading}


def ufuncs(reads: Sequence[str]) -> dict[str, np.ufunc]:
    """Return what is added up for each quantity, and how."""
    return {f"{name}_{what}": ufunc for name in reads for what, ufunc in _UFUNCS.items()}


def weights(rows: Table, reads: Sequence[str]) -> dict[str, Array]:
    """Return what each row adds."""
    found: dict[str, Array] = {}
    for name in reads:
        values = DERIVED[name](rows) if name in DERIVED else number(rows, name)
        known = np.isfinite(values)
        scaled = np.rint(np.where(known, values, 0) * SCALE).astype(np.int64)
        least, most = np.where(known, scaled, _LARGEST), np.where(known, scaled, -_LARGEST)
        parts = zip(_UFUNCS, (known.astype(np.int64), scaled, least, most), strict=True)
        found |= {f"{name}_{what}": values for what, values in parts}
    return found


def told(sums: Record, reads: Sequence[str]) -> dict[str, Any]:
    """Return the measured values of an episode; null for a quantity that no row had."""
    found: dict[str, Any] = {}
    for name in reads:
        rows, total, least, most = (sums[f"{name}_{what}"] for what in _UFUNCS)
        if name in CODES:
            found |= {name: least // SCALE} if rows and least == most else {}
        elif rows == 0:
            found[name] = None
        else:
            values = {"min": least / SCALE, "mean": total / SCALE / rows, "max": most / SCALE}
            found |= {qualified(name, word): value for word, value in values.items()}
    return found
