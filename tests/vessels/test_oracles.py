"""Field by field the same as gpsdecode and pyais over all real files; what differs is written down, and why.

Both peers are fed the bare sentences (see `test_gpsdecode`). Messages are compared as sets, field by field: how often
we say (type, MMSI, value) and the peer does not, and the other way round. A message that only one of the two takes
differs in every field that it has, `mmsi` too.
"""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from pyais.exceptions import AISBaseException
from pyais.stream import BinaryIOStream

from tests.vessels.nmea import NOON
from tests.vessels.test_gpsdecode import FILES, bare
from vessels.decode import Decoder

Row = dict[str, Any]

COMPARED = (1, 2, 3, 4, 5, 9, 11, 12, 14, 18, 19, 21, 24, 27)
FIELDS = (
    "mmsi", "lon_e", "lat_e", "sog_e", "cog_e", "heading_deg", "utc_second", "nav_status", "rot_e", "imo", "ship_type",
    "draught_e", "aid_type", "to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m", "name", "callsign", "destination",
    "eta", "text",
)  # fmt: skip
EAST, NORTH = 108_000_000, 54_000_000
RANGES = {
    "lon_e": (-EAST, EAST), "lat_e": (-NORTH, NORTH), "sog_e": (0, 1022), "cog_e": (0, 3599), "heading_deg": (0, 359),
    "utc_second": (0, 59), "nav_status": (0, 14), "rot_e": (-127, 127), "imo": (1, 2**30), "ship_type": (1, 255),
    "draught_e": (1, 255), "aid_type": (1, 31),
}  # fmt: skip
LONG_RANGE = RANGES | {"lon_e": (-108_000, 108_000), "lat_e": (-54_000, 54_000), "sog_e": (0, 62), "cog_e": (0, 359)}
UNITS = {27: {"lon_e": 1000, "lat_e": 1000, "sog_e": 10, "cog_e": 10}, 9: {"sog_e": 10}}
PAIRS = (("lon_e", "lat_e"), ("to_bow_m", "to_stern_m"), ("to_port_m", "to_starboard_m"))


REFUSED = "whole messages that gpsdecode refuses: talkers SS and BY, channel 0, a sentence behind one that is cut short"
LENGTH = "3.25: type 27 has 96 bits; pyais decodes it at any length"
SHIP = "3.3.2: a type of ship that is not listed is what was sent; pyais makes it 0 or another type"
TEXTS = (
    "table 47: text ends at the first @ and keeps leading blanks; 3.19: the extension goes on with the name of an aid"
)
WHOLE = "3.10, 3.12: a text is whole characters and ends at the first @; pyais makes a last one of the fill bits"
# (peer, field): how many only we say, how many only the peer says, why (ITU-R M.1371-5, annex 8)
DIFFERENCES: dict[tuple[str, str], tuple[int, int, str]] = {
    ("gpsdecode", "mmsi"): (77, 0, REFUSED),
    ("gpsdecode", "lon_e"): (7, 0, REFUSED),
    ("gpsdecode", "lat_e"): (7, 0, REFUSED),
    ("gpsdecode", "sog_e"): (6, 0, REFUSED),
    ("gpsdecode", "cog_e"): (5, 0, REFUSED),
    ("gpsdecode", "heading_deg"): (5, 0, REFUSED),
    ("gpsdecode", "utc_second"): (7, 0, REFUSED),
    ("gpsdecode", "nav_status"): (5, 0, REFUSED),
    ("gpsdecode", "rot_e"): (5, 0, REFUSED),
    ("gpsdecode", "imo"): (67, 0, REFUSED),
    ("gpsdecode", "ship_type"): (68, 0, REFUSED),
    ("gpsdecode", "draught_e"): (69, 0, REFUSED),
    ("gpsdecode", "to_bow_m"): (68, 0, REFUSED),
    ("gpsdecode", "to_stern_m"): (68, 0, REFUSED),
    ("gpsdecode", "to_port_m"): (68, 0, REFUSED),
    ("gpsdecode", "to_starboard_m"): (68, 0, REFUSED),
    ("gpsdecode", "name"): (70, 0, REFUSED),
    ("gpsdecode", "callsign"): (70, 0, REFUSED),
    ("gpsdecode", "destination"): (69, 0, REFUSED),
    ("gpsdecode", "eta"): (68, 0, REFUSED),
    ("pyais", "mmsi"): (0, 10, LENGTH),
    ("pyais", "lon_e"): (0, 4, LENGTH),
    ("pyais", "lat_e"): (0, 4, LENGTH),
    ("pyais", "sog_e"): (0, 10, LENGTH),
    ("pyais", "cog_e"): (0, 6, LENGTH),
    ("pyais", "nav_status"): (0, 10, LENGTH),
    ("pyais", "ship_type"): (74, 26, SHIP),
    ("pyais", "name"): (48, 48, TEXTS),
    ("pyais", "callsign"): (3, 7, TEXTS),
    ("pyais", "destination"): (26, 27, TEXTS),
    ("pyais", "text"): (31, 34, WHOLE),
}


def as_reported(kind: int, raw: Row) -> Row:
    """Return a peer's raw integers as a report has them: its units, null where not available or out of range."""
    ranges = LONG_RANGE if kind == 27 else RANGES
    row = {name: value for name, value in raw.items() if value is not None and value != ""}
    for name, (low, high) in ranges.items():
        if name in row and not low <= row[name] <= high:
            del row[name]
    for one, other in PAIRS:
        if (one in row) != (other in row) or (one != "lon_e" and row.get(one) == row.get(other) == 0):
            row.pop(one, None)
            row.pop(other, None)
    return {name: value * UNITS.get(kind, {}).get(name, 1) for name, value in row.items()} | {"type": kind}


def ours(content: bytes) -> Iterator[Row]:
    decoded = Decoder("test", "f", start=NOON, all_types=True).feed(content, last=True)
    yield from (row | {"type": row["msg_type"]} for row in decoded.reports.to_pylist())
    yield from (each.said | {"type": each.msg_type} for each in decoded.others if each.msg_type in COMPARED)


GPSD = {
    "mmsi": "mmsi", "lon": "lon_e", "lat": "lat_e", "speed": "sog_e", "course": "cog_e", "heading": "heading_deg",
    "second": "utc_second", "status": "nav_status", "turn": "rot_e", "imo": "imo", "shiptype": "ship_type",
    "draught": "draught_e", "aid_type": "aid_type", "to_bow": "to_bow_m", "to_stern": "to_stern_m",
    "to_port": "to_port_m", "to_starboard": "to_starboard_m", "shipname": "name", "name": "name",
    "callsign": "callsign", "destination": "destination", "text": "text",
}  # fmt: skip


def gpsdecodes(program: str, content: bytes) -> Iterator[Row]:
    done = subprocess.run([program, "-u", "-s", "-j"], input=bare(content), capture_output=True, check=True)
    for line in done.stdout.decode("latin-1").splitlines():
        message = json.loads(line, strict=False)
        if message.get("class") == "AIS" and message["type"] in COMPARED:
            yield of_gpsdecode(message)


def of_gpsdecode(message: Row) -> Row:
    kind = message["type"]
    row = {name: message[theirs] for theirs, name in GPSD.items() if theirs in message}
    if kind == 24 and "callsign" in message:
        row.pop("name", None)  # gpsdecode repeats the name of part A in part B, although told to keep them apart
    if kind in (4, 11):
        row["utc_second"] = int(re.split(r"\D+", message["timestamp"])[5])
    if kind == 5:
        row["eta"] = eta_of(*map(int, re.findall(r"\d+", message["eta"])))
    row = {
        name: value.rstrip(" ") if name != "text" and isinstance(value, str) else value for name, value in row.items()
    }
    return as_reported(kind, row | {"text": row.get("text", "").strip(" ")})


def eta_of(*parts: int) -> str:
    """Return month, day, hour and minute as a report has them."""
    month, day, hour, minute = (
        f"{part:02d}" if low <= part <= high else "-"
        for part, (low, high) in zip(parts, ((1, 12), (1, 31), (0, 23), (0, 59)), strict=True)
    )
    return "" if {month, day, hour, minute} == {"-"} else f"{month}-{day}T{hour}:{minute}"


PYAIS = {
    "mmsi": "mmsi", "heading": "heading_deg", "second": "utc_second", "status": "nav_status", "imo": "imo",
    "ship_type": "ship_type", "aid_type": "aid_type", "to_bow": "to_bow_m", "to_stern": "to_stern_m",
    "to_port": "to_port_m", "to_starboard": "to_starboard_m", "shipname": "name", "name": "name",
    "callsign": "callsign", "destination": "destination", "text": "text",
}  # fmt: skip
TALKER = re.compile(rb"![A-Z]{2}VD[MO],")
SCALED = {"lon": ("lon_e", 600_000), "lat": ("lat_e", 600_000), "speed": ("sog_e", 10), "course": ("cog_e", 10),
          "draught": ("draught_e", 10)}  # fmt: skip


def pyais(content: bytes) -> Iterator[Row]:
    """Yield what pyais makes of sentences; left out is what it reads although it is wrong or cut short."""
    sentences = [line for line in bare(content).split(b"\r\n") if TALKER.match(line)]
    for message in BinaryIOStream(BytesIO(b"\r\n".join(sentences))):
        if not message.is_valid:
            continue
        try:
            said = message.decode().asdict(enum_as_int=True)
        except AISBaseException:
            continue
        if said["msg_type"] in COMPARED and not any(
            said[name] is None for name in said if name not in ("name_ext", "text")
        ):
            yield of_pyais(said)


def of_pyais(said: Row) -> Row:
    kind = said["msg_type"]
    units = {"speed": 1, "course": 1, "lon": 600, "lat": 600} if kind == 27 else {"speed": 1} if kind == 9 else {}
    row = {name: said[theirs] for theirs, name in PYAIS.items() if theirs in said}
    for theirs, (name, unit) in SCALED.items():
        if said.get(theirs) is not None:
            row[name] = round(said[theirs] * units.get(theirs, unit))
    if kind == 5:
        row["eta"] = eta_of(said["month"], said["day"], said["hour"], said["minute"])
    return as_reported(kind, row)


def differences(peer: Callable[[bytes], Iterator[Row]], folder: Path) -> dict[str, tuple[int, int]]:
    """Return for each field that differs how many values only we have and how many only the peer has."""
    found: Counter[tuple[str, int]] = Counter()
    for file in FILES:
        content = (folder / "nmea" / file).read_bytes()
        mine, theirs = list(ours(content)), list(peer(content))
        for name in FIELDS:
            one, other = (
                Counter((row["type"], row["mmsi"], row[name]) for row in rows if row.get(name) is not None)
                for rows in (mine, theirs)
            )
            found[name, 0] += (one - other).total()
            found[name, 1] += (other - one).total()
    return {name: (found[name, 0], found[name, 1]) for name in FIELDS if found[name, 0] or found[name, 1]}


def test_gpsdecode_says_the_same_in_every_field(shared_data: Path, gpsdecode: str):
    expected = {field: counts for (peer, field), (*counts, _) in DIFFERENCES.items() if peer == "gpsdecode"}
    assert differences(partial(gpsdecodes, gpsdecode), shared_data) == {k: tuple(v) for k, v in expected.items()}


def test_pyais_says_the_same_in_every_field(shared_data: Path):
    expected = {field: counts for (peer, field), (*counts, _) in DIFFERENCES.items() if peer == "pyais"}
    found = differences(pyais, shared_data)
    assert found.pop("rot_e")[1] == 0  # pyais gives rounded degrees a minute, from which the integer cannot be told
    assert found == {k: tuple(v) for k, v in expected.items()}
