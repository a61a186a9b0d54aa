"""Sentences of every type, spoilt in every way: never an error, never a value out of its range.

Half of the spoilt lines get a checksum that is right again, so that what is spoilt gets past it. The long form
(`make soak`) reads 200,000 lines.
"""

import random
import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.vessels.golden import GOLDEN
from tests.vessels.nmea import NOON, checked, tag
from vessels.ais import OTHERS
from vessels.clock import NAMES
from vessels.decode import Decoder

LINES = [line for lines, _ in GOLDEN.values() for line in lines]
BLOCK = 50_000  # bytes; no multiple of a line
PIECES = (b"", b"!", b",", b"*", b"\\", b"\xff", b"\x00", b"9", b"\n", b"\r", b" ", b"#", b"!AIVDM,1,1,,A,", b"w" * 300)
RANGES = {
    "mmsi": (0, 2**30 - 1),
    "msg_type": (1, 27),
    "utc_second": (0, 59),
    "lat_e": (-54_000_000, 54_000_000),
    "lon_e": (-108_000_000, 108_000_000),
    "sog_e": (0, 10_220),
    "cog_e": (0, 3599),
    "heading_deg": (0, 359),
    "rot_e": (-127, 127),
    "nav_status": (0, 14),
    "imo": (1, 2**30 - 1),
    "ship_type": (1, 255),
    "to_bow_m": (0, 511),
    "to_stern_m": (0, 511),
    "to_port_m": (0, 63),
    "to_starboard_m": (0, 63),
    "draught_e": (1, 255),
    "receivers": (1, 1),
}
FORMS = {
    "name": "[ -_]{1,20}",
    "callsign": "[ -_]{1,7}",
    "destination": "[ -_]{1,20}",
    "text": "[ -_]{1,171}",  # what is left of 1064 bits behind the head
    "eta": r"(\d\d|-)-(\d\d|-)T(\d\d|-):(\d\d|-)",
    "clock": "|".join(filter(None, NAMES)),
}


def spoilt(line: bytes, chance: random.Random) -> bytes:
    """Return a line with bits flipped, bytes inserted or lost, or its end cut off."""
    changed = bytearray(line)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(changed) + 1)
        how = chance.randrange(4)
        if how == 0 and at < len(changed):
            changed[at] ^= 1 << chance.randrange(8)
        elif how == 1:
            changed[at:at] = chance.choice(PIECES)
        elif how == 2:
            del changed[at : at + chance.randint(1, 5)]
        else:
            changed[at:] = changed[at:][: chance.randrange(60)]
    whole = bytes(changed)
    return checked(whole[1:].rpartition(b"*")[0]) if chance.random() < 0.5 else whole


def mutated(count: int, seed: int) -> bytes:
    """Return so many lines, three of four spoilt, some with tag blocks, neighbours now and then swapped."""
    chance = random.Random(seed)
    lines = []
    for number in range(count):
        line = LINES[number % len(LINES)]
        line = spoilt(line, chance) if chance.random() < 0.75 else line
        before = tag(b"s:st%d,c:%d" % (number % 7, 1_700_049_600 + number // 10)) if chance.random() < 0.3 else b""
        lines.append((spoilt(before, chance) if before and chance.random() < 0.3 else before) + line)
        if chance.random() < 0.05:
            other = chance.randrange(max(0, number - 80), number + 1)
            lines[other], lines[number] = lines[number], lines[other]
    return b"\n".join(lines)


def beyond(reports: pa.Table) -> dict[str, list[object]]:
    """Return what is out of its range or has not its form, by column."""
    wrong: dict[str, list[object]] = {}
    for name, (low, high) in RANGES.items():
        column = reports[name]
        found = column.filter(pc.or_(pc.less(column, low), pc.greater(column, high)))
        if len(found):
            wrong[name] = found.to_pylist()
    for name, form in FORMS.items():
        found = [said for said in reports[name].unique().to_pylist() if said and not re.fullmatch(form, said)]
        if found:
            wrong[name] = found
    return wrong


def within(said: dict[str, object]) -> bool:
    """Return whether the numbers of a base station's report or an aid to navigation are in their ranges."""
    return all(low <= said[name] <= high for name, (low, high) in RANGES.items() if name in said)


@pytest.mark.parametrize("count", [6_000, pytest.param(200_000, marks=pytest.mark.soak)])
def test_no_spoilt_sentence_raises_or_gives_a_value_out_of_range(count):
    content = mutated(count, seed=count)
    decoder = Decoder("test", "f", start=NOON, all_types=True)
    for at in range(0, len(content), BLOCK):
        decoded = decoder.feed(content[at : at + BLOCK], last=at + BLOCK >= len(content))
        decoded.reports.validate(full=True)
        assert beyond(decoded.reports) == {}
        assert [other for other in decoded.others if other.msg_type in OTHERS and not within(other.said)] == []
    kinds = set(decoder.counts.messages)
    assert {int(kind.rstrip("AB")) for kind in GOLDEN} <= kinds
    assert {"checksum", "armour", "malformed", "too short", "incomplete"} <= set(decoder.counts.rejects)
