"""From reports to what detectors read: degrees, knots, and the zones round a position."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.detect.fold import BASE
from pipelines.detect.geography import Geography
from vessels import ais
from vessels.report import POSITION_TYPES

Array = np.ndarray[Any, np.dtype[Any]]


def heard(rows: pa.Table, geography: Geography) -> pa.Table:
    """Return the position messages among gated rows in the columns of BASE and `accepted`, sorted as they were.

    Nothing else is left out: lat and lon may be null, and what the gate refused is still there (for distress).
    """
    rows = rows.filter(pc.is_in(rows["msg_type"], value_set=pa.array(POSITION_TYPES, pa.int8())))
    lat, lon = ais.degrees(rows["lat_e"]), ais.degrees(rows["lon_e"])
    row, zone = geography.inside(lat, lon)
    columns = {name: rows[name] for name in BASE.names if name in rows.column_names} | {
        "lat": nullable(lat),
        "lon": nullable(lon),
        "sog_kn": nullable(ais.knots(rows["sog_e"])),
        "cog_deg": nullable(ais.knots(rows["cog_e"])),
        "heading_deg": pc.cast(rows["heading_deg"], pa.float64()),
        "rot_deg_min": nullable(ais.rot_deg_min(rows["rot_e"])),
        "zones": lists(row, pa.array(zone, pa.int16()), rows.num_rows),
    }
    table = pa.table([columns[name] for name in BASE.names], schema=BASE)
    return table.append_column("accepted", pc.is_null(rows["verdict"]))


def nullable(values: Array) -> pa.Array:
    """Return numbers with NaN as null."""
    return pa.array(values, mask=np.isnan(values))


def lists(row: Array, values: pa.Array, rows: int) -> pa.ListArray:
    """Return one list for each of so many rows, from values and the ascending rows that they belong to."""
    return pa.ListArray.from_arrays(pa.array(np.searchsorted(row, np.arange(rows + 1)), pa.int32()), values)
