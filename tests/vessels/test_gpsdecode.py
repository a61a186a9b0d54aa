"""The same messages as gpsdecode, over real files; every difference is written down with its reason.

gpsdecode (gpsd 3.22, `-u` raw integers, `-s` parts of type 24 apart) is fed the bare sentences: tag blocks, epochs and
whatever else stands before `!` and after the checksum are cut off, and comments left out, since its packet reader loses
some sentences behind them. What it accepts although it has no checksum or illegal characters does not occur in types
1-5, 18, 19, 24 and 27 of these files.
"""

import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.vessels.nmea import NOON
from vessels.decode import Decoder

COMPARED = (1, 2, 3, 4, 5, 18, 19, 24, 27)

TALKERS = "gpsdecode refuses talkers SS and BY"
CHANNEL = "gpsdecode refuses channel 0"
SWALLOWED = "gpsdecode loses the sentence after one that is cut short"
# (file, type): ours, gpsdecode's, why
DIFFERENCES = {
    ("dma_stream_example.txt", 1): (2511, 2508, TALKERS),
    ("dma_stream_example.txt", 3): (369, 368, TALKERS),
    ("dma_stream_example.txt", 4): (129, 128, TALKERS),
    ("dma_stream_example.txt", 5): (424, 416, TALKERS),
    ("risky_ais.txt", 1): (18388, 18387, SWALLOWED),
    ("risky_ais.txt", 5): (1727, 1665, CHANNEL),
    ("risky_ais.txt", 18): (2679, 2678, SWALLOWED),
}
FILES = (
    "aduvenhage_test_ais_data.log",
    "dma_ais250.txt",
    "dma_decode_encode_messages.txt",
    "dma_replay_dump.txt",
    "dma_stream_example.txt",
    "gfw_mixed_types.nmea",
    "gfw_multi-part.nmea",
    "goais_aistest.nmea",
    "gpsd_ais-nmea-type6-fid55.log",
    "gpsd_ais_unpack_sixbit.log",
    "gpsd_ait250.log",
    "gpsd_sample.aivdm",
    "kystverket_Ais1000Lines.nm4",
    "libais_test.aivdm",
    "libais_typeexamples.nmea",
    "pyais_ais_test_messages.txt",
    "pyais_gatehouse.nmea",
    "pyais_messages.ais",
    "pyais_mixed.txt",
    "pyais_nmea_data_sample.txt",
    "pyais_sample.ais",
    "pyais_timestamped.ais",
    "risky_ais.txt",
    "risky_exact-earth-augmented-2.txt",
    "risky_exact-earth-with-tag-block.txt",
    "risky_nmea-timestamped.txt",
)
BARE = re.compile(rb"![^!\r\n]*?\*[0-9A-Fa-f]{2}|![^!\r\n]*")


def bare(content: bytes) -> bytes:
    """Return the sentences of a file without what stands round them."""
    lines = [line for line in content.split(b"\n") if not line.startswith(b"#")]
    return b"".join(found + b"\r\n" for line in lines for found in BARE.findall(line))


def peer(program: str, content: bytes) -> list[dict]:
    """Return what gpsdecode makes of the content."""
    done = subprocess.run([program, "-u", "-s", "-j"], input=bare(content), capture_output=True, check=True)
    messages = (json.loads(line, strict=False) for line in done.stdout.decode("latin-1").splitlines())
    return [message for message in messages if message.get("class") == "AIS" and message["type"] in COMPARED]


def test_every_file_of_the_shared_data_is_compared(shared_data: Path):
    logs = {path.name for path in (shared_data / "nmea").iterdir() if path.suffix != ".json"}
    assert logs - {"kystverket_LICENSE"} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_as_many_messages_of_each_type_as_gpsdecode(shared_data: Path, gpsdecode: str, name: str):
    content = (shared_data / "nmea" / name).read_bytes()
    decoder = Decoder("test", "f")
    decoder.feed(content, last=True)
    theirs = Counter(message["type"] for message in peer(gpsdecode, content))
    ours = decoder.counts.messages
    differ = {(name, kind): (ours[kind], theirs[kind]) for kind in COMPARED if ours[kind] != theirs[kind]}
    assert differ == {key: counts[:2] for key, counts in DIFFERENCES.items() if key[0] == name}


# Theirs, ours, the value that says "not available", and what lies beyond the range.
NUMBERS = {
    "lon": ("lon_e", lambda raw: abs(raw) > 108_000_000),
    "lat": ("lat_e", lambda raw: abs(raw) > 54_000_000),
    "speed": ("sog_e", lambda raw: raw == 1023),
    "course": ("cog_e", lambda raw: raw >= 3600),
    "heading": ("heading_deg", lambda raw: raw >= 360),
    "second": ("utc_second", lambda raw: raw >= 60),
    "status": ("nav_status", lambda raw: raw == 15),
    "turn": ("rot_e", lambda raw: raw == -128),
    "shiptype": ("ship_type", lambda raw: raw == 0),
    "imo": ("imo", lambda raw: raw == 0),
    "draught": ("draught_e", lambda raw: raw == 0),
    "shipname": ("name", lambda raw: raw == ""),
    "callsign": ("callsign", lambda raw: raw == ""),
    "destination": ("destination", lambda raw: raw == ""),
}


def values(message: dict) -> tuple:
    """Return a message of gpsdecode as our row would have it."""
    said = {
        name: None if absent(message[theirs]) else message[theirs]
        for theirs, (name, absent) in NUMBERS.items()
        if theirs in message
    }
    if message["type"] == 24 and "callsign" in message:
        said["name"] = None  # gpsdecode repeats the name of part A in part B, although told to keep them apart
    if said.get("lat_e", 0) is None or said.get("lon_e", 0) is None:
        said |= {"lat_e": None, "lon_e": None}
    return message["type"], message["mmsi"], *(said.get(name) for name, _ in NUMBERS.values())


@pytest.mark.parametrize("name", FILES)
def test_every_value_is_gpsdecodes_value(shared_data: Path, gpsdecode: str, name: str):
    content = (shared_data / "nmea" / name).read_bytes()
    reports = Decoder("test", "f", start=NOON).feed(content, last=True).reports
    columns = ["msg_type", "mmsi", *(column for column, _ in NUMBERS.values())]
    ours = Counter(zip(*(reports[column].to_pylist() for column in columns), strict=True))
    theirs = Counter(values(message) for message in peer(gpsdecode, content) if message["type"] not in (4, 27))
    missing = sum(counts[0] - counts[1] for key, counts in DIFFERENCES.items() if key[0] == name and key[1] != 4)
    extra = Counter({row: count for row, count in (ours - theirs).items() if row[0] in COMPARED and row[0] != 27})
    assert theirs - ours == Counter()
    assert extra.total() == missing
