"""Sentences for tests, and a decoder over them."""

import json
from functools import reduce
from operator import xor

from vessels.decode import Decoded, Decoder

NOON = 1_700_049_600_000_000  # 2023-11-15T12:00:00Z
SECOND = 1_000_000

# From the AIVDM/AIVDO description of gpsd (BSD-2-Clause) and from ITU-like examples; values as published there.
CLASS_A = b"!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C"
VOYAGE = (
    b"!AIVDM,2,1,3,B,55P5TL01VIaAL@7WKO@mBplU@<PDhh000000001S;AJ::4A80?4i@E53,0*3E",
    b"!AIVDM,2,2,3,B,1@0000000000000,2*55",
)


def checked(body: bytes, mark: bytes = b"!") -> bytes:
    """Return a sentence with its checksum."""
    return b"%b%b*%02X" % (mark, body, reduce(xor, body, 0))


def tag(body: bytes) -> bytes:
    """Return a tag block with its checksum."""
    return b"\\%b*%02X\\" % (body, reduce(xor, body, 0))


def sentence(payload: bytes, fill: int = 0, parts: bytes = b"1,1,,A") -> bytes:
    return checked(b"AIVDM,%b,%b,%d" % (parts, payload, fill))


def decode(*lines: bytes, start: int | None = NOON, **options: object) -> Decoded:
    """Return what a decoder makes of these lines, all at once."""
    return Decoder("test", "f" * 16, start=start, **options).feed(b"\n".join(lines), last=True)


def rows(*lines: bytes, start: int | None = NOON) -> list[dict]:
    """Return the report rows of these lines; there must be no reject."""
    decoded = decode(*lines, start=start)
    assert decoded.rejects == []
    return decoded.reports.to_pylist()


def reasons(*lines: bytes, start: int | None = NOON) -> list[str]:
    return [refused.reason for refused in decode(*lines, start=start).rejects]


def saved(decoder: Decoder) -> dict:
    """Return the decoder's state as it comes back from a store."""
    return json.loads(json.dumps(decoder.state()))


def armour(*fields: tuple[int, int]) -> tuple[bytes, int]:
    """Return payload and fill of (width, value) fields laid end to end; negative values as two's complement."""
    bits = "".join(f"{value & (1 << width) - 1:0{width}b}" for width, value in fields)
    fill = -len(bits) % 6
    values = [int((bits + "0" * fill)[at : at + 6], 2) for at in range(0, len(bits), 6)]
    return bytes(value + 48 if value < 40 else value + 56 for value in values), fill


def position(
    kind: int = 1,
    mmsi: int = 247_320_100,
    *,
    status: int = 0,
    rot: int = 0,
    sog: int = 123,
    lon: int = 8_000_000,
    lat: int = 20_000_000,
    cog: int = 1800,
    heading: int = 181,
    second: int = 15,
) -> bytes:
    """Return a class A position sentence of these raw values."""
    head = (6, kind), (2, 0), (30, mmsi), (4, status), (8, rot), (10, sog), (1, 0), (28, lon), (27, lat)
    return sentence(*armour(*head, (12, cog), (9, heading), (6, second), (2, 0), (3, 0), (1, 0), (19, 0)))


def base(*date: int, mmsi: int = 2_470_001) -> bytes:
    """Return a base station's report (type 4) of this year, month, day, hour, minute and second."""
    fields = zip((14, 4, 5, 5, 6, 6), date, strict=True)
    return sentence(*armour((6, 4), (2, 0), (30, mmsi), *fields, (1, 0), (28, 0), (27, 0), (4, 0), (30, 0)))


def six(text: str, count: int) -> list[tuple[int, int]]:
    """Return a text as six-bit fields, filled up with `@`."""
    return [(6, ord(character) & 63 if character != "@" else 0) for character in text.ljust(count, "@")]


def text14(text: str, mmsi: int = 970_123_456) -> bytes:
    """Return a safety-related broadcast."""
    return sentence(*armour((6, 14), (2, 0), (30, mmsi), (2, 0), *six(text, len(text))))


def static_a(name: str, mmsi: int = 247_320_100) -> bytes:
    """Return static data of class B, part A."""
    return sentence(*armour((6, 24), (2, 0), (30, mmsi), (2, 0), *six(name, 20)))


def aid(name: str, extension: str = "", lon: int = 8_000_000) -> tuple[bytes, int]:
    """Return payload and fill of an aid to navigation (type 21)."""
    hull = (9, 1), (9, 2), (6, 3), (6, 4)
    tail = (4, 1), (6, 61), (1, 1), (8, 0), (1, 0), (1, 1), (1, 0), (1, 0)
    where = (1, 0), (28, lon), (27, 20_000_000)
    head = (6, 21), (2, 0), (30, 992_471_000), (5, 18)
    return armour(*head, *six(name, 20), *where, *hull, *tail, *six(extension, len(extension)))
