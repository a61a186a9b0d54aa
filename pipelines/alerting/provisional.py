"""Distress at once: alerts from rows just decoded, before they are ordered and deduplicated.

The distress detector itself looks at the rows, from an empty state: when the first row of a beacon is among them, the
alert has the id that the ordered rows will give it; when an alert is running, it is that alert. Either way the ordered
event finds the alert and keeps its id. Zones are not looked up here; the ordered event names them.
"""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.alerting.context import Context
from pipelines.alerting.raising import alerts_for
from pipelines.detect.distress import Distress
from pipelines.detect.fold import BASE
from vessels.alert import Alert
from vessels.event import HULLS_PER_MMSI
from vessels.report import POSITION_SCALE

_FIRST_HULL: Final = 1
_BEFORE_ALL: Final = -(2**62)  # a watermark that fires no deadline: what has ended is for the ordered rows to say
_UNREAD: Final = ("sog_kn", "cog_deg", "heading_deg", "rot_deg_min")  # columns of BASE that distress does not read


def provisional(reports: pa.Table, context: Context) -> list[Alert]:
    """Return the distress alerts that decoded reports (REPORT, any order) raise or prolong."""
    detector = Distress(zone_ids=())
    heard = detector.own(reports)
    if heard.num_rows == 0:
        return []
    _, revisions = detector.step(detector.empty(), _base(heard), _BEFORE_ALL)
    return alerts_for(revisions, context)


def _base(reports: pa.Table) -> pa.Table:
    """Return reports as the rows that detectors read, sorted by key and time, without zones."""
    key = pc.add(pc.multiply(reports["mmsi"].cast(pa.int64()), HULLS_PER_MMSI), _FIRST_HULL)
    columns = {name: reports[name] for name in BASE.names if name in reports.column_names}
    columns |= {name: pa.nulls(reports.num_rows, pa.float64()) for name in _UNREAD}
    columns |= {axis: pc.divide(reports[f"{axis}_e"].cast(pa.float64()), POSITION_SCALE) for axis in ("lat", "lon")}
    columns |= {"key": key, "zones": pa.array([[]] * reports.num_rows, pa.list_(pa.int16()))}
    rows = pa.table({name: columns[name] for name in BASE.names}, schema=BASE)
    return rows.sort_by([("key", "ascending"), ("time", "ascending"), ("msg_type", "ascending")])
