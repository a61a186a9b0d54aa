"""Running checked conditions over columns: all of them in one SELECT, null counted as false."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.rules.columns import EVENT_COLUMNS, ROW_COLUMNS, Column
from pipelines.rules.language import Condition
from pipelines.rules.model import Behaviour
from pipelines.store.sandbox import sandbox

_READ: Final = {
    # a NaN would exceed every threshold: what cannot be computed is unknown
    "number": 'nullif(CAST("{0}" AS DOUBLE), \'nan\'::DOUBLE) AS "{0}"',
    "text": 'CAST("{0}" AS VARCHAR) AS "{0}"',
    "flag": 'CAST("{0}" AS BOOLEAN) AS "{0}"',
    "texts": 'CAST("{0}" AS VARCHAR[]) AS "{0}"',
}


def flag_name(behaviour: str) -> str:
    """Return the name of the column that holds where a behaviour's condition is true."""
    return f"is_{behaviour}"


def flag(rows: pa.Table, behaviours: Sequence[Behaviour]) -> pa.Table:
    """Return the rows with one boolean column `is_<name>` a behaviour; null and "cannot be computed" are false."""
    conditions = {flag_name(behaviour.name): behaviour.while_ for behaviour in behaviours}
    answers = truths(rows, conditions, ROW_COLUMNS)
    for name in conditions:
        rows = rows.append_column(name, answers[name])
    return rows


def columns_read(behaviours: Iterable[Behaviour]) -> frozenset[str]:
    """Return the columns that the behaviours' conditions read, so that nobody computes others."""
    return frozenset(name for behaviour in behaviours for name in behaviour.while_.columns)


def matches(rows: pa.Table, conditions: Mapping[str, Condition]) -> dict[str, npt.NDArray[np.bool_]]:
    """Return for each named condition on events the rows (event in zone) where it is true, as booleans."""
    answers = truths(rows, conditions, EVENT_COLUMNS)
    return {name: answers[name].to_numpy() for name in conditions}


def truths(rows: pa.Table, conditions: Mapping[str, Condition], columns: Iterable[Column]) -> pa.Table:
    """Return one boolean column without nulls a condition, in the order of the rows, from one SELECT."""
    if not conditions:
        return pa.table({})
    needed = {name for condition in conditions.values() for name in condition.columns}
    read = [_READ[column.type].format(column.name) for column in columns if column.name in needed]
    wanted = [f'coalesce({condition.sql}, FALSE) AS "{name}"' for name, condition in conditions.items()]
    query = f"SELECT {', '.join(wanted)} FROM (SELECT {', '.join(read) or '1'} FROM batch)"  # noqa: S608 - from the walk
    with closing(sandbox()) as connection:
        connection.register("batch", rows)
        return connection.sql(query).to_arrow_table()
