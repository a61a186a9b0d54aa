"""The one block of data that a page carries: JSON that no HTML parser can leave and no template ever sees."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from maps.pack import US_PER_S, pack_column, pack_fixes
from maps.thin import silences, thin
from maps.view import Alert, Fixes, MapView, Vessel, Zone
from vessels.alert import rank
from vessels.text import clean
from zones.packing import pack

# In JSON these stand only inside strings, where \u003c means the same: no tag, comment or entity can begin.
_MARKUP: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
SIMULATED: Final = "SIMULATED"


def data_json(view: MapView) -> str:
    """Return the view as JSON text, safe between `<script type="application/json">` tags."""
    text = json.dumps(document(view), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.translate(_MARKUP)


def document(view: MapView) -> dict[str, Any]:
    """Return the view as plain JSON values; times become whole seconds UTC, columns and rings packed text."""
    silent = silences(view.fixes, view.gap_us)
    kept = thin(view.fixes, silent)
    fixes = view.fixes.take(kept)
    start_us, end_us = _span(view)
    vessels = _vessels(view.vessels, fixes)
    words = {
        "title": view.title,
        "subtitle": view.subtitle,
        "note": view.note or (SIMULATED if _simulated(view) else ""),
        "vessels": vessels,
        "alerts": [_alert(alert) for alert in _ranked(view.alerts)],
        "places": list(view.places),
    }
    return {
        **_clean(words),
        "start": start_us // US_PER_S,
        "end": -(-end_us // US_PER_S),
        "box": view.box,
        "chart": view.chart,
        "coast": dict(view.coast),
        "zones": [_zone(zone) for zone in view.zones],
        "count": _counts(vessels, fixes),
        "fixes": pack_fixes(fixes, start_us),
        "silences": pack_column(np.flatnonzero(silent[kept])),
        "drawn": len(fixes),
        "known": len(view.fixes),
    }


def _span(view: MapView) -> tuple[int, int]:
    """Return the view's span, widened where an alert would fall off the slider and never show or end."""
    times = [view.start_us, view.end_us]
    for alert in view.alerts:
        times += [alert["time_us"], alert["last_us"]]
    return min(times), max(times)


def _vessels(vessels: Sequence[Vessel], fixes: Fixes) -> list[dict[str, Any]]:
    """Return every vessel that is named or has positions, by MMSI, the order of the positions; only what is known."""
    named = {vessel["mmsi"]: {key: value for key, value in vessel.items() if value} for vessel in vessels}
    heard = {int(mmsi): {"mmsi": int(mmsi), "family": "other"} for mmsi in np.unique(fixes.mmsi)}
    return [vessel for _, vessel in sorted({**heard, **named}.items())]


def _counts(vessels: Sequence[Mapping[str, Any]], fixes: Fixes) -> list[int]:
    """Return how many of the positions belong to each vessel."""
    edges = np.searchsorted(fixes.mmsi, np.array([vessel["mmsi"] for vessel in vessels], np.int64))
    return [int(count) for count in np.diff(edges, append=len(fixes))]


def _ranked(alerts: Sequence[Alert]) -> list[Alert]:
    return sorted(alerts, key=lambda alert: rank(alert["class"], alert["severity"], alert["time_us"]))


def _alert(alert: Alert) -> dict[str, Any]:
    """Return an alert with its times in seconds; `lasted` is worked out before, to agree with its sentences."""
    times = {"time": alert["time_us"] // US_PER_S, "last": alert["last_us"] // US_PER_S}
    times["lasted"] = round((alert["last_us"] - alert["time_us"]) / US_PER_S)
    if "last_fix_us" in alert:
        times["last_fix"] = alert["last_fix_us"] // US_PER_S
    return {**{key: value for key, value in alert.items() if not key.endswith("_us")}, **times}


def _zone(zone: Zone) -> dict[str, Any]:
    words = {key: value for key, value in zone.items() if key != "rings"}
    return {**_clean(words), "rings": pack(zone["rings"])}


def _simulated(view: MapView) -> bool:
    return any(item["simulated"] for item in (*view.vessels, *view.alerts))


def _clean(value: Any) -> Any:
    """Return JSON values with every text cleaned of control, bidi and invisible characters."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_clean(item) for item in value]
    return value
