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
