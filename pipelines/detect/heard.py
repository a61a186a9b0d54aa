"""From reports to what detectors read: degrees, knots, and the zones round a position."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.detect.distress import ACTIVE_STATUS, BEACONS, PREFIX, Distress
from pipelines.detect.fold import BASE, JUDGED
from pipelines.detect.geography import Geography
from pipelines.rows import has_value, where
from vessels import ais
from vessels.report import POSITION_TYPES, TEXT_TYPES

Array = np.ndarray[Any, np.dtype[Any]]

ACTIVE: Final = "ACTIVE"
BESIDE: Final = (*JUDGED.names, "waits", "fresh")  # what goes with a row beside BASE
_READ: Final = {*BASE.names, *BESIDE, "lat_e", "lon_e", "sog_e", "cog_e", "rot_e", "text"}


def heard(rows: pa.Table, geography: Geography) -> pa.Table:
    """Return the position messages among judged rows in the columns of BASE and BESIDE, sorted as they were.

    Nothing else is left out: lat and lon may be null, and what the gate refused, or keeps waiting, is still there.
    """
    rows = _positions_and_calls(rows.select([name for name in rows.column_names if name in _READ]))
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
    for name in BESIDE:
        table = table.append_column(name, rows[name])
    return table


def calls_for_help(reports: pa.Table) -> pa.Table:
    """Return the reports (REPORT) that call for help: of beacons, and of ships that say so."""
    own = Distress(zone_ids=()).own
    few = own(reports)  # this is asked of every block
    return own(_positions_and_calls(few)) if few.num_rows else few


def _positions_and_calls(rows: pa.Table) -> pa.Table:
    """Return the position messages, and the texts of beacons, which may be all that is heard of one.

    "SART ACTIVE" is said beside status 14, "SART TEST" beside none (ITU-R M.1371-5 annex 9): a text stands for both.
    """
    positions, texts = (has_value(rows["msg_type"], types) for types in (POSITION_TYPES, TEXT_TYPES))
    if texts.any():
        active = pc.and_(pa.array(texts), pc.fill_null(pc.match_substring(rows["text"], ACTIVE), fill_value=False))
        status = pc.if_else(active, pa.scalar(ACTIVE_STATUS, pa.int8()), rows["nav_status"])
        rows = rows.set_column(rows.column_names.index("nav_status"), "nav_status", status)
        texts &= np.isin(rows["mmsi"].to_numpy() // PREFIX, list(BEACONS))
    return where(rows, positions | texts)


def nullable(values: Array) -> pa.Array:
    """Return numbers with NaN as null."""
    return pa.array(values, mask=np.isnan(values))


def lists(row: Array, values: pa.Array, rows: int) -> pa.ListArray:
    """Return one list for each of so many rows, from values and the ascending rows that they belong to."""
    return pa.ListArray.from_arrays(pa.array(np.searchsorted(row, np.arange(rows + 1)), pa.int32()), values)
