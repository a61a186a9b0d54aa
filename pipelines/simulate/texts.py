"""Safety texts on the air. Type 14 has its text where part A of type 24 has the name, and is written as such a part."""

import re
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vessels.encode import sentences
from vessels.report import REPORT

TEXT_TYPE: Final = 14
NAME_TYPE: Final = 24
# The first six bits of a payload are its type: "H" is 24, ">" is 14 (ITU-R M.1371-5 annex 8, IEC 61162-1 armour).
NAME_HEAD: Final = b"H"
TEXT_HEAD: Final = b">"

_SENTENCE: Final = re.compile(rb"(!AIVDM,1,1,,[AB],)H([^*]*)\*([0-9A-F]{2})")


def spoken(rows: pa.Table) -> list[bytes]:
    """Return one entry a REPORT row as heard by its station; texts have up to 20 characters."""
    texts = pc.equal(rows["msg_type"], TEXT_TYPE)
    kinds = pc.if_else(texts, pa.scalar(NAME_TYPE, pa.int8()), rows["msg_type"])
    sent = rows.set_column(REPORT.get_field_index("msg_type"), "msg_type", kinds)
    sent = sent.set_column(REPORT.get_field_index("name"), "name", pc.coalesce(rows["name"], rows["text"]))
    lines = sentences(sent, station=rows["station"].to_pylist())
    for index in np.flatnonzero(texts.to_numpy()).tolist():
        lines[index] = _SENTENCE.sub(_retyped, lines[index])
    return lines


def _retyped(sentence: re.Match[bytes]) -> bytes:
    """Return the sentence with the other type, and the checksum that goes with it."""
    before, after, check = sentence.groups()
    return b"%b%b%b*%02X" % (before, TEXT_HEAD, after, int(check, 16) ^ ord(NAME_HEAD) ^ ord(TEXT_HEAD))
