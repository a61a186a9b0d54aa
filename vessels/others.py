"""Messages that become no report, for those who ask for all types.

Base stations and aids to navigation are read by our own tables in exact integers, every other type by pyais in its own
units.
"""

from typing import Any, Final, NamedTuple

import numpy as np
import pyais
from pyais.exceptions import AISBaseException

from vessels import ais, sixbit

EXTENSION: Final = 14  # the most characters that the name of an aid to navigation goes on
SEEN: Final = b"!AIVDM,1,1,,A,%b,%d*00"  # what pyais asks for round a payload; it does not ask for the checksum


class Other(NamedTuple):
    """One message: where its first sentence lies, its type, and what it says (empty when pyais cannot read it).

    Types 4, 11 and 21 have the names and integers of reports (`lat_e` in 1/600000 degree), without what is not
    available; the others what `pyais.ANY_MESSAGE.asdict` gives, with binary data as hexadecimal text.
    """

    offset: int
    msg_type: int
    said: dict[str, Any]


def read(payloads: sixbit.Payloads, kinds: sixbit.Ints, offset: sixbit.Ints) -> list[Other]:
    """Return n sound messages of types that become no report."""
    said: list[dict[str, Any]] = [{} for _ in range(len(kinds))]
    for kind, layout in ais.OTHERS.items():
        rows = np.flatnonzero(kinds == kind)
        for row, fields in zip(rows.tolist(), _by_layout(payloads.only(rows), layout), strict=True):
            said[row] = fields
    for row in np.flatnonzero(~np.isin(kinds, list(ais.OTHERS))).tolist():
        said[row] = _by_pyais(payloads, row)
    return [Other(*each) for each in zip(offset.tolist(), kinds.tolist(), said, strict=True)]


def _by_layout(payloads: sixbit.Payloads, layout: ais.Layout) -> list[dict[str, Any]]:
    """Return the fields of messages of one layout."""
    sixes = payloads.sixes(layout.bits)
    words = sixbit.packed(sixes)
    said: list[dict[str, Any]] = [{"mmsi": mmsi} for mmsi in sixbit.number(words, *ais.MMSI).tolist()]
    for column, (values, known) in ais.read(words, layout).items():
        for row in np.flatnonzero(known).tolist():
            said[row][column] = int(values[row])
    for text in layout.texts:
        six = np.concatenate((sixbit.characters(sixes, text.start, text.count), _extension(payloads, layout)), axis=1)
        for row, (line, length) in enumerate(zip(sixbit.ascii_of(six), sixbit.lengths(six).tolist(), strict=True)):
            if length:
                said[row][text.column] = line[:length].tobytes().decode("ascii")
    return said


def _extension(payloads: sixbit.Payloads, layout: ais.Layout) -> sixbit.Sixes:
    """Return the characters behind the layout, which go on with its text (type 21); "@" behind a message's end."""
    sixes = payloads.sixes(layout.bits + (EXTENSION + 1) * 6)
    more = sixbit.characters(sixes, layout.bits, EXTENSION)
    return np.where((payloads.bits - layout.bits)[:, None] // 6 > np.arange(EXTENSION), more, np.uint8(0))


def _by_pyais(payloads: sixbit.Payloads, row: int) -> dict[str, Any]:
    """Return the fields of one message as pyais has them."""
    start, bits = int(payloads.start[row]), int(payloads.bits[row])
    characters = payloads.armour[start : start + -(-bits // 6)].tobytes()
    try:
        fields = pyais.decode(SEEN % (characters, -bits % 6)).asdict(enum_as_int=True)
    except (AISBaseException, ValueError, IndexError, TypeError, OverflowError):
        return {}
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in fields.items()}
