"""A made-up day between Libya, Turkey, Italy and Greece, as a map takes it. Routes keep to the sea; nobody is real."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maps.ground import places, zone_shapes
from maps.view import Alert, Fixes, MapView, Vessel
from zones.coast import levels
from zones.zone import load_zones

START_US = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
HOSTILE_NAMES = (
    "{{7*7}}",
    "{{ cycler.__init__.__globals__.os.getpid() }}",
    "{% if",
    "<IMG SRC=X ONERROR=alert(1)>",
    "</script><script>document.title='owned'</script>",
    "{name.__class__}",
    "`${7*7}`",
    "${7*7}",
    "<!--<script>",
    "A\u202eB\u2066C",
    "\x1b[31mRED",
    "&lt;b&gt;",
    "'\"\\",
)

Route = Sequence[tuple[float, float]]  # (lat, lon) waypoints, sailed evenly over the given hours

# mmsi, name, family, flag, listed, from hour, to hour, minutes between positions, waypoints
CRUISES: tuple[tuple[int, str | None, str, str | None, bool, float, float, float, Route], ...] = (
    (
        636092001,
        "NORDIC HAWK",
        "cargo",
        "LR",
        False,
        0,
        24,
        6,
        [(36.9, 12.2), (36.2, 15.5), (35.4, 19.0), (34.5, 22.9)],
    ),
    (
        538007002,
        "AEGEAN DAWN",
        "tanker",
        "MH",
        False,
        0,
        24,
        6,
        [(33.2, 27.0), (34.2, 24.0), (35.2, 21.0), (36.3, 18.5)],
    ),
    (249001003, "VALLETTA STAR", "cargo", "MT", False, 0, 15, 6, [(35.92, 14.65), (35.5, 17.0), (35.2, 19.9)]),
    (247004004, "ISOLA BLU", "passenger", "IT", False, 3, 12, 4, [(37.35, 13.0), (36.3, 12.75), (35.52, 12.63)]),
    (239005005, "KNOSSOS EXPRESS", "passenger", "GR", False, 5, 14, 4, [(37.6, 23.75), (36.8, 24.1), (35.42, 25.15)]),
    (239006006, "DODECANESE I", "passenger", "GR", False, 6, 13, 4, [(36.5, 28.2), (36.7, 27.55), (36.92, 27.3)]),
    (
        247007007,
        "NUOVA SPERANZA",
        "fishing",
        "IT",
        False,
        0,
        24,
        8,
        [(36.2, 12.6), (35.9, 12.2), (36.1, 11.9), (36.3, 12.4), (35.95, 12.5)],
    ),
    (672008008, "EL AMEL", "fishing", "TN", False, 0, 24, 8, [(34.5, 11.8), (34.8, 12.2), (34.6, 12.5), (34.3, 12.1)]),
    (
        642009009,
        "ZUWARA 7",
        "fishing",
        "LY",
        False,
        2,
        24,
        8,
        [(32.98, 12.1), (33.4, 12.3), (33.6, 12.0), (33.5, 11.7)],
    ),
    (
        271010010,
        "KAPTAN MEHMET",
        "fishing",
        "TR",
        False,
        0,
        20,
        8,
        [(36.3, 30.9), (36.1, 31.3), (36.4, 31.6), (36.2, 31.2)],
    ),
    (
        667011011,
        "OCEAN GLADIATOR",
        "other",
        "SL",
        True,
        1,
        24,
        5,
        [(32.95, 13.2), (33.5, 13.15), (34.3, 13.0), (34.35, 13.05), (34.9, 12.9)],
    ),
    (642012012, None, "other", "LY", True, 9, 21, 4, [(32.98, 12.05), (33.6, 12.15), (34.4, 12.35), (34.95, 12.5)]),
    (
        457013013,
        "BLUE PEARL",
        "pleasure",
        "MN",
        True,
        4,
        19,
        5,
        [(37.0, 27.38), (36.65, 27.0), (36.4, 25.9), (36.35, 23.6), (36.6, 21.3)],
    ),
    (271014014, "SEYHAN", "pleasure", "TR", False, 8, 22, 5, [(36.8, 28.3), (36.4, 28.45), (35.7, 27.9), (35.6, 26.6)]),
    (
        211015015,
        "HUMANITY SEA",
        "rescue",
        "DE",
        False,
        0,
        24,
        5,
        [(33.9, 12.6), (34.1, 13.3), (33.9, 13.6), (34.35, 13.1), (34.4, 12.9)],
    ),
    (
        247016016,
        "CP 941",
        "authority",
        "IT",
        False,
        7,
        24,
        5,
        [(35.5, 12.65), (35.0, 12.7), (34.6, 12.9), (34.38, 13.02)],
    ),
    (249017017, "SPINOLA", "tug", "MT", False, 0, 24, 10, [(35.93, 14.6), (35.94, 14.61), (35.93, 14.6)]),
    (
        308018018,
        "GULF TRADER",
        "tanker",
        "BS",
        False,
        0,
        24,
        6,
        [(31.35, 29.6), (32.4, 28.4), (33.5, 26.2), (33.9, 24.3)],
    ),
    (
        311019019,
        "SIRTE SPIRIT",
        "tanker",
        "BS",
        False,
        0,
        24,
        6,
        [(30.75, 18.4), (32.0, 18.3), (33.8, 18.0), (35.2, 17.5)],
    ),
    (
        209020020,
        "LIMASSOL TRADER",
        "cargo",
        "CY",
        False,
        0,
        24,
        6,
        [(34.55, 33.1), (34.3, 31.5), (34.6, 29.6), (34.9, 27.6)],
    ),
    (
        271021021,
        "MERSIN 3",
        "cargo",
        "TR",
        False,
        2,
        24,
        6,
        [(36.65, 34.6), (35.95, 33.8), (35.75, 32.4), (35.9, 30.4)],
    ),
    (
        355022022,
        "LADY MARIAM",
        "cargo",
        "PA",
        False,
        0,
        24,
        6,
        [(35.6, 35.2), (35.4, 34.9), (34.2, 34.0), (33.1, 33.4)],
    ),
    (477023023, "HAI YUN 88", "cargo", "HK", False, 0, 24, 6, [(32.0, 32.2), (33.0, 29.8), (34.2, 26.9), (35.6, 22.7)]),
    (229024024, "MSC ARIANE", "cargo", "MT", False, 0, 24, 6, [(35.7, 22.3), (36.1, 19.2), (36.9, 16.8), (37.6, 15.9)]),
    (237025025, "PELAGOS", "passenger", "GR", False, 10, 24, 4, [(39.4, 19.6), (38.6, 20.1), (38.0, 20.2)]),
    (
        538026026,
        "PACIFIC OPAL",
        "tanker",
        "MH",
        False,
        0,
        24,
        6,
        [(38.9, 18.9), (37.8, 18.2), (36.4, 17.8), (35.0, 17.9)],
    ),
    (235027027, "WHITE SWALLOW", "pleasure", "GB", False, 6, 18, 5, [(36.1, 14.7), (36.5, 14.95), (36.68, 14.88)]),
    (247028028, "SAN VITO", "fishing", "IT", False, 0, 24, 8, [(38.0, 16.9), (37.7, 17.3), (37.9, 17.6), (38.2, 17.2)]),
    (622029029, "NILE QUEEN", "other", "EG", False, 0, 24, 7, [(32.2, 25.4), (32.8, 24.0), (33.3, 22.4)]),
    (
        271030030,
        "BODRUM EXPRESS",
        "passenger",
        "TR",
        False,
        7,
        16,
        4,
        [(36.99, 27.42), (36.92, 27.32), (36.92, 27.31), (36.99, 27.41)],
    ),
    # a beacon that drifts while it is heard
    (972123456, None, "other", None, False, 19.2, 19.72, 1, [(34.36, 13.03), (34.4, 13.08)]),
)
SILENCE = {642012012: (14.0, 17.5), 308018018: (8.0, 13.0), 457013013: (12.0, 13.2)}  # hours without a report
LAST_HEARD = {672008008: 18.0, 355022022: 22.0}  # hour of the last report


def _cruise(first: float, last: float, minutes: float, route: Route) -> dict[str, NDArray[Any]]:
    hours = np.arange(first, last, minutes / 60)
    share = np.linspace(0, len(route) - 1, len(hours))
    lat, lon = (np.interp(share, np.arange(len(route)), axis) for axis in np.array(route).T)
    lat += 0.004 * np.sin(hours * 5)
    north, east = np.gradient(lat), np.gradient(lon) * np.cos(np.radians(lat))
    cog = np.degrees(np.arctan2(east, north)) % 360
    sog = np.hypot(north, east) * 60 / (minutes / 60)
    time_us = START_US + (hours * HOUR_US).astype(np.int64)
    return {"time_us": time_us, "lat": lat, "lon": lon, "sog_kn": np.minimum(sog, 28), "cog_deg": cog}


def _fixes() -> Fixes:
    tracks = []
    for mmsi, *_, first, last, minutes, route in sorted(CRUISES):
        track = _cruise(first, LAST_HEARD.get(mmsi, last), minutes, route)
        track["mmsi"] = np.full(len(track["time_us"]), mmsi)
        quiet = [START_US + int(hour * HOUR_US) for hour in SILENCE.get(mmsi, (0, 0))]
        heard = (track["time_us"] <= quiet[0]) | (track["time_us"] >= quiet[1])
        tracks.append({name: column[heard] for name, column in track.items()})
    return Fixes(**{name: np.concatenate([track[name] for track in tracks]) for name in tracks[0]})


def _alert(number: int, hour: float, headline: str, **more: Any) -> Alert:
    names = {cruise[0]: cruise[1] for cruise in CRUISES}
    alert: dict[str, Any] = {
        "id": f"{number:016x}",
        "class": "interest",
        "severity": "moderate",
        "time_us": START_US + int(hour * HOUR_US),
        "last_us": START_US + int((hour + 0.5) * HOUR_US),
        "lat": None,
        "lon": None,
        "name": names.get(more["mmsi"]),
        "headline": headline,
        "zone": None,
        "reasons": [],
        "not_known": [],
        "suppressions": [],
        "simulated": True,
        "state": "open",
        "rule": "example",
    }
    return alert | more  # type: ignore[return-value]


def _alerts() -> list[Alert]:
    west, bodrum = "Zuwarah-Sabratha-Zawiya-Tripoli", "Bodrum-Datca-Marmaris"
    distress: dict[str, Any] = {
        "class": "distress",
        "severity": "extreme",
        "mmsi": 972123456,
        "lat": 34.36,
        "lon": 13.03,
        "last_lat": 34.4,
        "last_lon": 13.08,
        "last_fix_us": START_US + int(19.7 * HOUR_US),
        "rule": "distress",
        "reasons": [
            "An MMSI of the form 972xxxxxx is a man-overboard device (ITU-R M.585).",
            "Heard 42 times in 31 minutes.",
        ],
        "not_known": ["Who carries the device.", "Whether a vessel is responding."],
    }
    silence: dict[str, Any] = {
        "severity": "severe",
        "mmsi": 642012012,
        "lat": 34.17,
        "lon": 12.28,
        "zone": west,
        "last_us": START_US + int(17.5 * HOUR_US),
        "rule": "gap-departure-coast",
        "reasons": [
            "Silent for 3 h 30 min; the threshold is 30 min.",
            "Last heard 17 nm outside ly-west-24 heading 009° at 8.1 kn.",
            "Reports from six vessels within 20 nm arrived during the silence.",
        ],
        "not_known": [
            "The vessel's name and size: no static report was heard.",
            "Whether the transponder was switched off.",
        ],
        "suppressions": ["Not a rescue or authority vessel.", "Reception in the cell was normal."],
    }
    listed = ["Watchlist entry 'NGO list 4' matches by IMO and MMSI (grade A)."]
    drift = ["Slower than 2 kn for 4 h 10 min; the threshold is 2 h."]
    gladiator: dict[str, Any] = {"mmsi": 667011011}
    pearl: dict[str, Any] = {"mmsi": 457013013}
    return [
        _alert(1, 19.2, "MOB beacon 972123456 is transmitting", **distress),
        _alert(2, 14, "SIMULATED: no report for 3 h 30 min after leaving the coast: MMSI 642012012", **silence),
        _alert(3, 1.4, "OCEAN GLADIATOR (watchlist) left Tripoli", lat=33.12, lon=13.17, reasons=listed, **gladiator),
        _alert(
            4,
            10.5,
            "OCEAN GLADIATOR has drifted 4 h 10 min at 0.9 kn",
            severity="severe",
            lat=34.31,
            lon=13.01,
            reasons=drift,
            **gladiator,
        ),
        _alert(
            5,
            4.6,
            "BLUE PEARL (watchlist) left the coast",
            lat=36.88,
            lon=27.3,
            zone=bodrum,
            state="acknowledged",
            **pearl,
        ),
        _alert(6, 12, "BLUE PEARL was silent for 1 h 12 min", lat=36.37, lon=24.3, severity="minor", **pearl),
        _alert(
            7,
            9.2,
            "Vessel without a name left the coast at 8.1 kn",
            mmsi=642012012,
            lat=33.05,
            lon=12.06,
            zone=west,
            state="in_progress",
        ),
        _alert(8, 8, "GULF TRADER was silent for 5 h", mmsi=308018018, lat=32.9, lon=27.5, severity="minor"),
        _alert(9, 21, "EL AMEL changed its identity", mmsi=672008008, severity="unknown", state="resolved"),
    ]


def _vessels() -> list[Vessel]:
    return [
        Vessel(
            mmsi=mmsi,
            name=name,
            family=family,
            flag=flag,
            listed=listed,
            simulated=True,
            destination="ZARZIS",
            length_m=24.0,
        )
        for mmsi, name, family, flag, listed, *_ in CRUISES
    ]


def example(**changes: Any) -> MapView:
    """Return the day, with fields changed as wanted."""
    view = MapView(
        title="Central and Eastern Mediterranean",
        subtitle="A simulated day",
        start_us=START_US,
        end_us=START_US + DAY_US,
        fixes=_fixes(),
        vessels=_vessels(),
        alerts=_alerts(),
        zones=zone_shapes(load_zones()),
        coast=levels(),
        places=places(),
    )
    return replace(view, **changes)


def hostile() -> MapView:
    """Return the day with every text a payload somewhere."""
    view = example()
    vessels = [vessel | {"name": HOSTILE_NAMES[i % len(HOSTILE_NAMES)]} for i, vessel in enumerate(view.vessels)]
    alerts = [
        alert | {"headline": name, "name": name, "zone": name, "reasons": [name], "rule": name, "id": f"{i}"}
        for i, (alert, name) in enumerate(zip(view.alerts * 2, HOSTILE_NAMES, strict=False))
    ]
    zones = [zone | {"name": HOSTILE_NAMES[i % len(HOSTILE_NAMES)]} for i, zone in enumerate(view.zones)]
    named = [place | {"name": HOSTILE_NAMES[i % len(HOSTILE_NAMES)]} for i, place in enumerate(view.places)]
    return replace(
        view,
        title=HOSTILE_NAMES[4],
        subtitle=HOSTILE_NAMES[0],
        vessels=vessels,
        alerts=alerts,
        zones=zones,
        places=named,
    )


def crowd(count: int, vessels: int = 1000) -> Fixes:
    """Return `count` positions of many vessels that wander at sea for a day."""
    random = np.random.default_rng(7)
    each = count // vessels
    mmsi = np.repeat(np.arange(200_000_000, 200_000_000 + vessels), each)
    time_us = START_US + np.tile(np.linspace(0, DAY_US, each).astype(np.int64), vessels)
    turn = np.cumsum(random.normal(0, 0.2, (vessels, each)), axis=1) + random.uniform(0, 2 * np.pi, (vessels, 1))
    step = 10 / 60 * 24 / each
    lat = random.uniform(32, 37, (vessels, 1)) + np.cumsum(step * np.cos(turn), axis=1)
    lon = random.uniform(12, 34, (vessels, 1)) + np.cumsum(step * np.sin(turn), axis=1)
    cog = np.degrees(turn).ravel() % 360
    return Fixes(
        mmsi=mmsi, time_us=time_us, lat=lat.ravel(), lon=lon.ravel(), sog_kn=np.full(each * vessels, 10.0), cog_deg=cog
    )
