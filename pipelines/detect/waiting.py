"""Rows on their way through the gate: those given to it, those it keeps waiting, those to be stored.

A row that waits is kept until it is judged and only then stored. Rows that were stored before, and are folded anew,
carry what the store says of them: only where the gate says otherwise now is there something to correct.
"""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.detect.fold import Table
from pipelines.rows import WAITING, taken, where
from vessels.event import HULLS_PER_MMSI

# `fresh`: given to the gate for the first time.
GIVEN: Final = pa.schema([*WAITING, ("fresh", pa.bool_())])


def arriving(rows: Table) -> Table:
    """Return rows (REPORT and `late`) as they are given to the gate (GIVEN)."""
    return _with(rows, stored=False, was_key=None, was_verdict=None, fresh=True)


def known(rows: Table) -> Table:
    """Return rows read back from the store (REPORT, `late`, `key`, `verdict`) as they are given to the gate (GIVEN)."""
    rows = rows.rename_columns({"key": "was_key", "verdict": "was_verdict"})
    return _with(rows, stored=True, fresh=True)


def queued(waiting: Table, rows: Table) -> Table:
    """Return what waited (WAITING) and newer rows (GIVEN), sorted by MMSI, in the order they were given within."""
    if waiting.num_rows == 0:
        return rows
    both = pa.concat_tables([_with(waiting, fresh=False), rows])
    return taken(both, np.argsort(both["mmsi"].to_numpy(), kind="stable"))


def anew(waiting: Table) -> Table:
    """Return what waited, and is not stored, as given for the first time (GIVEN)."""
    return _with(where(waiting, ~waiting["stored"].to_numpy()), fresh=True)


def held_back(judged: Table) -> Table:
    """Return the judged rows that wait (WAITING)."""
    return where(judged, judged["waits"].to_numpy()).select(WAITING.names).combine_chunks()


def to_store(judged: Table) -> Table:
    """Return the judged rows that are to be stored now."""
    return where(judged, ~(judged["waits"].to_numpy() | judged["stored"].to_numpy()))


def corrected(judged: Table) -> Table:
    """Return the judged rows of which the store says something else."""
    rows = where(judged, judged["stored"].to_numpy() & ~judged["waits"].to_numpy())
    verdict, before = (pc.fill_null(rows[name], "") for name in ("verdict", "was_verdict"))
    return rows.filter(pc.or_(pc.not_equal(rows["key"], rows["was_key"]), pc.not_equal(verdict, before)))


def unjudged(rows: Table) -> Table:
    """Return late rows (REPORT and `late`) as they are stored until their MMSI is folded anew: accepted."""
    key = rows["mmsi"].to_numpy().astype(np.int64) * HULLS_PER_MMSI + 1
    return rows.append_column("key", pa.array(key)).append_column("verdict", pa.nulls(rows.num_rows, pa.string()))


def _with(rows: Table, **values: object) -> Table:
    """Return rows with columns that hold one value each, in the order of GIVEN."""
    for name, value in values.items():
        column = pa.repeat(pa.scalar(value, GIVEN.field(name).type), rows.num_rows)
        rows = rows.append_column(name, column)
    return rows.select(GIVEN.names)
