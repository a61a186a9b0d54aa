"""Sorted runs: carried rows and new rows woven into one sequence, on which detectors work with plain array arithmetic.

A *ref* names a row wherever it lies: below the number of keys in the state it is the row that the state carries for
that key, above it counts into the new rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.detect.fold import Table

Array = np.ndarray[Any, np.dtype[Any]]

NEW: Final = -1  # slot of a row that is no carried one

# What is remembered of a row that begins, opens or ends something.
PLACE: Final = pa.schema(
    [
        ("time", pa.int64()),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("zones", pa.list_(pa.string())),
        ("file", pa.string()),
        ("offset", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Line:
    """Rows of many keys in order of (key, time), the carried ones of a key before its new ones.

    `slot` says which of the carried times a row is (`NEW` for a new row), `ref` where it lies; `first` and `last` mark
    the ends of each key's run; `silence` is the time since the row before, 0 on the first of a key.
    """

    key: Array
    time: Array
    ref: Array
    slot: Array
    first: Array
    last: Array
    silence: Array


def weave(state: Table, times: Sequence[str], rows: Table) -> Line:
    """Return new rows, before them a carried row for each of the state's `times` columns (ascending; null: none)."""
    held = [np.flatnonzero(state[name].is_valid().to_numpy()) for name in times]
    ref = np.concatenate([*held, state.num_rows + np.arange(rows.num_rows)])
    slot = np.repeat([*range(len(times)), NEW], [*map(len, held), rows.num_rows])
    time = np.concatenate([*(state[name].drop_null().to_numpy() for name in times), rows["time"].to_numpy()])
    key = np.concatenate((state["key"].to_numpy(), rows["key"].to_numpy()))[ref]
    order = np.argsort(key, kind="stable")
    key, time = key[order], time[order]
    change = key[1:] != key[:-1]
    edge = np.ones(min(len(key), 1), bool)
    first, last = np.concatenate((edge, change)), np.concatenate((change, edge))
    silence = np.where(first, 0, np.diff(time, prepend=time[:1]))
    return Line(key, time, ref[order], slot[order], first, last, silence)


def gather(carried: Table, rows: Table, ref: Array, zone_ids: Sequence[str]) -> Table:
    """Return the rows that refs name, with `carried`'s columns; zone indices of new rows become zone ids."""
    new = ref >= carried.num_rows
    if not new.any():
        return carried.take(pa.array(ref)).combine_chunks()
    fresh = rows.select(carried.column_names).take(pa.array(ref[new] - carried.num_rows))
    if "zones" in carried.column_names:
        place = carried.column_names.index("zones")
        fresh = fresh.set_column(place, "zones", zone_names(fresh["zones"], zone_ids))
    both = pa.concat_tables([carried.take(pa.array(ref[~new])), fresh.cast(carried.schema)])
    back = np.argsort(np.concatenate((np.flatnonzero(~new), np.flatnonzero(new))))
    return both.take(pa.array(back)).combine_chunks()


def zone_names(zones: pa.ChunkedArray, zone_ids: Sequence[str]) -> pa.Array:
    """Return lists of zone ids for lists of zone indices."""
    lists = zones.combine_chunks()
    names = pa.array(zone_ids, pa.string()).take(lists.flatten())
    sizes = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()
    return pa.ListArray.from_arrays(pa.array(np.concatenate(([0], np.cumsum(sizes))), pa.int32()), names)


def carried(state: Table, prefix: str, schema: pa.Schema = PLACE) -> Table:
    """Return the part of a state whose columns start with `prefix`, without it."""
    return state.select([prefix + name for name in schema.names]).rename_columns(schema.names)


def prefixed(prefix: str, schema: pa.Schema = PLACE) -> list[pa.Field]:
    """Return the fields of `schema` as a state keeps them."""
    return [pa.field(prefix + field.name, field.type) for field in schema]


def ranges(ufunc: np.ufunc, values: Array, start: Array, stop: Array) -> Array:
    """Return `ufunc` reduced over each non-empty `values[start:stop]`."""
    padded = np.concatenate((values, np.zeros(1, values.dtype)))
    return np.asarray(ufunc.reduceat(padded, np.column_stack((start, stop)).ravel().astype(np.intp))[::2])


def first_where(mask: Array, start: Array, stop: Array) -> Array:
    """Return the first place in each non-empty `mask[start:stop]` that is true, `stop` where none is."""
    place = np.where(mask, np.arange(len(mask)), len(mask))
    found: Array = np.minimum(ranges(np.minimum, place, start, stop), stop)
    return found


def tally(ufuncs: Mapping[str, np.ufunc], values: Mapping[str, Array], start: Array, stop: Array) -> dict[str, Array]:
    """Return each column of integers reduced over ranges of rows by its own sum, minimum or maximum."""
    return {name: ranges(ufunc, values[name], start, stop) for name, ufunc in ufuncs.items()}
