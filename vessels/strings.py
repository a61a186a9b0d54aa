"""Columns of strings from arrays of bytes, without a Python object a row."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vessels.sixbit import Ints, Sixes

Texts = tuple[Ints, Sixes, Ints, Ints]
"""Of some rows: which, their ASCII texts in rows, where each begins and ends."""


def bitmap(known: npt.NDArray[np.bool_] | None) -> pa.Buffer | None:
    """Return which rows are not null as Arrow has it; None says that none is."""
    return None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))


def repeated(text: str, count: int) -> pa.Array:
    """Return a column that says the same in every row."""
    data = text.encode()
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(len(data))
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data * count))


def chosen(words: Sequence[str], index: npt.NDArray[Any]) -> pa.Array:
    """Return a column of the chosen words; null where the word is empty."""
    if len(index) and (index == index[0]).all():
        word = words[index[0]]
        return repeated(word, len(index)) if word else pa.nulls(len(index), pa.string())
    said = pa.array([word or None for word in words], pa.string())
    return pc.take(said, pa.array(index), boundscheck=False)


def column(texts: Sequence[Texts], count: int) -> pa.Array:
    """Return a column of `count` strings: null where no text is, or an empty one."""
    rows = np.concatenate([row for row, _, _, _ in texts])
    begin, end = (np.concatenate([each[at] for each in texts]) for at in (2, 3))
    said = _stacked([each for _, each, _, _ in texts])
    if len(texts) > 1:
        order = np.argsort(rows, kind="stable")
        rows, begin, end, said = rows[order], begin[order], end[order], said[order]
    data = said
    if begin.any() or (end != said.shape[1]).any():
        place = np.arange(said.shape[1], dtype=np.uint8)
        shown = (place >= begin.astype(np.uint8)[:, None]) & (place < end.astype(np.uint8)[:, None])
        data = said.ravel().take(np.flatnonzero(shown))
    length = np.zeros(count + 1, np.int32)
    length[rows + 1] = end - begin
    offsets = np.cumsum(length, dtype=np.int32)
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(data)), bitmap(length[1:] > 0)
    )


def _stacked(texts: Sequence[Sixes]) -> Sixes:
    """Return texts of several widths one below another."""
    if len(texts) == 1:
        return texts[0]
    every = np.zeros((sum(map(len, texts)), max(each.shape[1] for each in texts)), np.uint8)
    first = 0
    for each in texts:
        every[first : first + len(each), : each.shape[1]] = each
        first += len(each)
    return every
