"""The register: who every MMSI said it was, and since when.

A snapshot holds all that was known at its time: a field that a message does not carry keeps its last value. Only
changes make snapshots, so the register grows with what ships change, not with how often they say it.
"""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vessels.report import STATIC_TYPES, TENTHS

IDENTITY: Final = pa.schema(
    [
        ("imo", pa.int32()),
        ("name", pa.string()),
        ("callsign", pa.string()),
        ("ship_type", pa.int16()),
        ("length_m", pa.int32()),
        ("beam_m", pa.int32()),
        ("draught_m", pa.float64()),
        ("destination", pa.string()),
        ("eta", pa.string()),
    ]
)
REGISTER: Final = pa.schema([("mmsi", pa.int32()), ("time", pa.int64()), *IDENTITY])
_Ints = np.ndarray[Any, np.dtype[np.int64]]


def extend(register: pa.Table, rows: pa.Table) -> pa.Table:
    """Return the register with the changes that rows bring, sorted by (mmsi, time).

    Rows are REPORT rows sorted by (mmsi, time), all newer than those seen before; only static ones count. Late ones
    are to be left out: reconciling builds the register of their MMSIs anew.
    """
    both = pa.concat_tables([register, snapshots(register, rows)])
    return both.take(pa.array(np.lexsort((both["time"].to_numpy(), both["mmsi"].to_numpy()))))


def snapshots(register: pa.Table, rows: pa.Table) -> pa.Table:
    """Return the new snapshots alone, sorted by (mmsi, time)."""
    said = _said(rows.filter(pc.is_in(rows["msg_type"], value_set=pa.array(STATIC_TYPES, pa.int8()))))
    known = register.filter(pa.array(_run_ends(register["mmsi"].to_numpy())))
    known = known.filter(pc.is_in(known["mmsi"], value_set=said["mmsi"].combine_chunks()))
    both = pa.concat_tables([known, said])
    order = np.argsort(both["mmsi"].to_numpy(), kind="stable")
    filled = _filled(both.take(pa.array(order)))
    at_once = _run_ends(filled["mmsi"].to_numpy(), filled["time"].to_numpy())
    settled = filled.filter(pa.array(at_once))
    return settled.filter(pa.array(_changed(settled) & (order >= known.num_rows)[at_once]))


def as_of(register: pa.Table, mmsi: Any, time: Any) -> pa.Table:
    """Return what was known of each MMSI at each time (IDENTITY columns, aligned, null where nothing was)."""
    mmsi, time = np.asarray(mmsi, np.int64), np.asarray(time, np.int64)
    owner, since = register["mmsi"].to_numpy(), register["time"].to_numpy()
    first = low = np.searchsorted(owner, mmsi, side="left")
    high = np.searchsorted(owner, mmsi, side="right")
    while (low < high).any():  # bisection of all ranges at once; `low` ends behind the last snapshot not after `time`
        middle = (low + high) // 2
        known = (low < high) & (since[np.minimum(middle, len(since) - 1)] <= time)
        low, high = np.where(known, middle + 1, low), np.where(known, high, middle)
    return register.select(IDENTITY.names).take(pa.array(low - 1, mask=low == first))


def only(register: pa.Table, mmsis: Any) -> pa.Table:
    """Return the part of the register that some MMSIs have."""
    return register.filter(pc.is_in(register["mmsi"], value_set=pa.array(mmsis, pa.int32())))


def without(register: pa.Table, mmsis: Any) -> pa.Table:
    """Return the register without some MMSIs."""
    return register.filter(pc.invert(pc.is_in(register["mmsi"], value_set=pa.array(mmsis, pa.int32()))))


def _said(rows: pa.Table) -> pa.Table:
    """Return what each static row says, nothing filled in; a hull needs both of its halves."""
    wide = {name: pc.cast(rows[name], pa.int32()) for name in ("to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m")}
    derived = {
        "length_m": pc.add(wide["to_bow_m"], wide["to_stern_m"]),
        "beam_m": pc.add(wide["to_port_m"], wide["to_starboard_m"]),
        "draught_m": pc.divide(pc.cast(rows["draught_e"], pa.float64()), float(TENTHS)),
    }
    return pa.table([derived[name] if name in derived else rows[name] for name in REGISTER.names], schema=REGISTER)


def _filled(rows: pa.Table) -> pa.Table:
    """Return rows sorted by MMSI with each null field replaced by the last value of the same MMSI."""
    place = np.arange(rows.num_rows)
    begin = np.maximum.accumulate(np.where(_run_starts(rows["mmsi"].to_numpy()), place, 0))
    for name in IDENTITY.names:
        source = np.maximum.accumulate(np.where(rows[name].is_valid().to_numpy(), place, -1))
        column = rows[name].take(pa.array(source, mask=source < begin))
        rows = rows.set_column(rows.column_names.index(name), name, column)
    return rows


def _changed(rows: pa.Table) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Tell which rows differ from the row before of the same MMSI, or have none."""
    changed = _run_starts(rows["mmsi"].to_numpy())
    for name in IDENTITY.names:
        values = rows[name].combine_chunks().dictionary_encode().indices
        changed |= _run_starts(pc.fill_null(values, -1).to_numpy())
    return changed


def _run_starts(*columns: "np.ndarray[Any, np.dtype[Any]]") -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Tell at which rows any of the columns changes; the first row is a change."""
    change = np.ones(len(columns[0]), bool)
    change[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return change


def _run_ends(*columns: "np.ndarray[Any, np.dtype[Any]]") -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Tell which rows are the last before any of the columns changes."""
    return np.append(_run_starts(*columns)[1:], True) if len(columns[0]) else np.zeros(0, bool)
