"""Choosing rows of wide tables. Most columns of reports hold nothing but null: those are not looked at."""

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import pyarrow as pa

from vessels.report import REPORT

Array = np.ndarray[Any, Any]

# Rows that the gate keeps waiting. Those that are `stored` already stand there on the track `was_key`, with
# `was_verdict`.
_STANDING: Final = (("stored", pa.bool_()), ("was_key", pa.int64()), ("was_verdict", pa.string()))
WAITING: Final = pa.schema([*REPORT, ("late", pa.bool_()), *_STANDING])


def taken(table: pa.Table, places: Array) -> pa.Table:
    """Return a table's rows at these places."""
    rows = pa.array(places)
    columns = [
        pa.nulls(len(rows), column.type) if column.null_count == len(column) else column.take(rows)
        for column in table.columns
    ]
    return pa.table(columns, schema=table.schema)


def where(table: pa.Table, mask: Array) -> pa.Table:
    """Return a table's rows where a mask (booleans) is true; nothing is copied where it is always, or never."""
    if mask.all():
        return table
    return taken(table, np.flatnonzero(mask)) if mask.any() else table.slice(0, 0)


def has_value(column: pa.ChunkedArray, values: Collection[int]) -> Array:
    """Tell which rows of an int8 column without nulls hold one of some values: types of messages, say."""
    chosen = np.zeros(2**8, np.bool_)
    chosen[np.array(list(values), np.int8).view(np.uint8)] = True
    found: Array = chosen[column.to_numpy().view(np.uint8)]
    return found
