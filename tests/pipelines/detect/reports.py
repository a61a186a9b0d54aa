"""Report rows and a small flat Earth, for everything that stands before the detectors."""
# ruff: noqa: ARG002 - a flat Earth needs no longitude

import numpy as np
import pyarrow as pa

from pipelines.detect.gate import JUDGEMENT, MEASURES
from pipelines.detect.waiting import arriving
from tests.pipelines.detect.rows import at
from vessels.event import track_key
from vessels.report import POSITION_SCALE, REPORT


class FlatEarth:
    """Zones are belts of latitude: a departure zone south of 33.5, its inner part south of 33.2, a port north of 36."""

    zone_ids = ("ly-west-24", "ly-west-12", "port-x", "anchorage-x")
    zone_kinds = ("departure", "departure", "port", "anchorage")

    def inside(self, lat, lon):
        with np.errstate(invalid="ignore"):
            member = np.column_stack((lat < 33.5, lat < 33.2, lat > 36.0, lat > 36.1))
        row, zone = np.nonzero(member)
        return row, zone.astype(np.int16)

    def near(self, lat, lon):
        return self.inside(np.where(lat > 35, lat + 0.01, lat - 0.01), lon)

    def crossed(self, lat0, lon0, lat1, lon1):
        """A belt without a floor is crossed by nobody, but here the inner part is, between 33.2 and 33.4."""
        row = np.flatnonzero((np.minimum(lat0, lat1) > 33.2) & (np.minimum(lat0, lat1) < 33.4) & (lat0 != lat1))
        return row, np.ones(len(row), np.int16)

    def inland_nm(self, lat, lon):
        return np.maximum(32 - lat, 0) * 60

    def shore_nm(self, lat, lon):
        return np.where(lat > 40, np.nan, (lat - 32.5) * 60)

    def port_nm(self, lat, lon):
        return abs(lat - 36) * 60

    def night(self, time, lat, lon):
        return (time - at(0)) % 86_400_000_000 < 21_600_000_000


def said(minutes, mmsi=247000001, *, lat=None, lon=None, late=False, **values):
    """One report row; latitude and longitude in degrees."""
    scaled = {"lat_e": lat, "lon_e": lon}
    return {
        "time": at(minutes),
        "mmsi": mmsi,
        "msg_type": 1,
        "file": "feed",
        "offset": round(minutes * 60),
        "simulated": False,
        "late": late,
        **{name: None if degrees is None else round(degrees * POSITION_SCALE) for name, degrees in scaled.items()},
        **values,
    }


def fix(minutes, mmsi=247000001, *, lat=33.0, lon=12.0, **values):
    return said(minutes, mmsi, lat=lat, lon=lon, **values)


def static(minutes, mmsi=247000001, **values):
    return said(minutes, mmsi, **{"msg_type": 5, **values})


def released(rows) -> pa.Table:
    """Rows as the sequencer releases them."""
    in_order = sorted(rows, key=lambda r: (r["mmsi"], r["time"], r["msg_type"]))
    return pa.Table.from_pylist(in_order, schema=REPORT.append(pa.field("late", pa.bool_())))


def arrived(rows) -> pa.Table:
    """Rows as the gate is given them."""
    return arriving(released(rows))


def gated(rows) -> pa.Table:
    """Rows as the gate leaves them when it finds no fault."""
    table = arrived(rows)
    key = pa.array([track_key(mmsi) for mmsi in table["mmsi"].to_pylist()], pa.int64())
    table = table.append_column("key", key).append_column("verdict", pa.nulls(table.num_rows, pa.string()))
    table = table.append_column("waits", pa.array([False] * table.num_rows, pa.bool_()))
    for name in MEASURES:
        table = table.append_column(name, pa.nulls(table.num_rows, JUDGEMENT.field(name).type))
    return table
