"""What messages say: payloads of all types to the columns of CONTENT, each layout's fields read at once."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vessels import ais, eta, safety, sixbit
from vessels.report import CONTENT, POSITION_TYPES, STATIC_TYPES
from vessels.strings import Texts, bitmap, column

Flags = npt.NDArray[np.bool_]

_REPORTED: Final = (*POSITION_TYPES, *STATIC_TYPES)
_LAYOUTS: Final = list(dict.fromkeys(layout for (kind, _), layout in ais.LAYOUTS.items() if kind in _REPORTED))
_TEXT: Final = len(_LAYOUTS)  # stands for the types that are a text
NOTHING: Final = -1


def _forms() -> npt.NDArray[np.int8]:
    """Return by type and part which layout a message has."""
    forms = np.full((64, 4), NOTHING, np.int8)
    for (kind, part), layout in ais.LAYOUTS.items():
        if kind in _REPORTED:
            forms[kind, part] = _LAYOUTS.index(layout)
    forms[list(safety.STARTS), 0] = _TEXT
    return forms


_FORMS: Final = _forms()


def form(kinds: sixbit.Ints, parts: sixbit.Ints) -> npt.NDArray[np.int8]:
    """Return what form messages of these types and parts have; NOTHING where they become no report."""
    return _FORMS.take(kinds * 4 + parts)


class Content:
    """The columns of n reports, filled layout by layout."""

    def __init__(self, payloads: sixbit.Payloads, kinds: sixbit.Ints, forms: npt.NDArray[np.int8]) -> None:
        """Read n sound payloads (`ais.judge`), all of them of a form that becomes a report."""
        self._count = len(kinds)
        self._numbers: dict[str, tuple[npt.NDArray[Any], Flags | None]] = {}
        self._texts: dict[str, list[Texts]] = {}
        self._numbers["msg_type"] = kinds, None
        self._numbers["mmsi"] = np.zeros(self._count, np.int32), None
        for index, layout in enumerate(_LAYOUTS):
            rows = np.flatnonzero(forms == index)
            if len(rows):
                self._read(payloads.only(rows), rows, layout)
        rows = np.flatnonzero(forms == _TEXT)
        for kind in safety.STARTS:
            if len(chosen := rows[kinds[rows] == kind]):
                self._read_text(payloads.only(chosen), chosen, kind)

    def seconds(self) -> sixbit.Ints:
        """Return the UTC seconds that the messages say, -1 where they say none."""
        if "utc_second" not in self._numbers:
            return np.full(self._count, -1, np.int64)
        value, said = self._numbers["utc_second"]
        assert said is not None
        return np.where(said, value, -1)

    def columns(self) -> list[pa.Array]:
        """Return the columns of CONTENT."""
        return [self._column(field) for field in CONTENT]

    def _read(self, payloads: sixbit.Payloads, rows: sixbit.Ints, layout: ais.Layout) -> None:
        sixes = payloads.sixes(layout.bits)
        words = sixbit.packed(sixes)
        self._numbers["mmsi"][0][rows] = sixbit.number(words, *ais.MMSI).astype(np.int32)
        self._put(rows, ais.read(words, layout))
        for text in layout.texts:
            said = sixbit.characters(sixes, text.start, text.count)
            begin = np.zeros(len(rows), np.int64)
            self._texts.setdefault(text.column, []).append((rows, sixbit.ascii_of(said), begin, sixbit.lengths(said)))
        if layout.eta is not None:
            said, length = eta.texts(sixbit.number(words, layout.eta, eta.BITS))
            self._texts["eta"] = [(rows, said, np.zeros(len(rows), np.int64), length)]

    def _read_text(self, payloads: sixbit.Payloads, rows: sixbit.Ints, kind: int) -> None:
        words = sixbit.packed(payloads.sixes(ais.HEADER_BITS))
        self._numbers["mmsi"][0][rows] = sixbit.number(words, *ais.MMSI)
        self._texts.setdefault("text", []).append((rows, *safety.texts(payloads, kind)))

    def _put(self, rows: sixbit.Ints, numbers: Mapping[str, tuple[sixbit.Ints, Flags]]) -> None:
        for name, (value, said) in numbers.items():
            if name not in self._numbers:
                kind = CONTENT.field(name).type.to_pandas_dtype()
                self._numbers[name] = np.zeros(self._count, kind), np.zeros(self._count, np.bool_)
            values, known = self._numbers[name]
            assert known is not None
            values[rows] = value.astype(values.dtype)  # an assignment that also converts takes twice as long
            known[rows] = said

    def _column(self, field: pa.Field) -> pa.Array:
        if field.name in self._numbers:
            value, known = self._numbers[field.name]
            typed = value.astype(field.type.to_pandas_dtype(), copy=False)
            return pa.Array.from_buffers(field.type, self._count, [bitmap(known), pa.py_buffer(typed)])
        if field.name in self._texts:
            return column(self._texts[field.name], self._count)
        return pa.nulls(self._count, field.type)
