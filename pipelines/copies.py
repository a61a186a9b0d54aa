"""When two rows are one transmission heard twice: same CONTENT within the same second (or minute, without a second).

A copy's key is a 64-bit digest of CONTENT and of that second or minute. Two different messages share one with a chance
of 2^-64, and would have to come from the rows remembered at the same time to do harm: about 1 in 10^14 a row.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.watermark import BEGINNING, Array
from vessels.report import CONTENT, REPORT

SECOND_US: Final = 1_000_000
MINUTE_US: Final = 60 * SECOND_US

MOST_RECEIVERS: Final = 2**15 - 1  # what the column holds
_NEVER_US: Final = 2 * MINUTE_US  # as time within a second or minute: after every real one

# splitmix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", section 5)
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = ((30, np.uint64(0xBF58476D1CE4E5B9)), (27, np.uint64(0x94D049BB133111EB)))
_LAST_SHIFT: Final = np.uint64(31)
_NULL: Final = 1 << 40  # stands for null: outside every integer column of CONTENT


def total_order(rows: pa.Table) -> pa.Table:
    """Return the rows sorted by (mmsi, time, msg_type, content): the one order of the whole product, nulls last."""
    first = ("mmsi", "time", "msg_type")
    keys = (*first, *(name for name in CONTENT.names if name not in first))
    return rows.take(pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in keys]))


def bucket_us(rows: pa.Table) -> Array:
    """Return how long each row may have copies: a second when it says its UTC second, else a minute."""
    return np.where(rows["utc_second"].is_null().to_numpy(), MINUTE_US, SECOND_US)


def bucket_end(rows: pa.Table) -> Array:
    """Return the end (exclusive, microseconds UTC) of the second or minute that each row lies in."""
    width = bucket_us(rows)
    ends: Array = (rows["time"].to_numpy() // width + 1) * width
    return ends


def copy_keys(rows: pa.Table) -> Array:
    """Return one uint64 a row, equal for copies and for nothing else: the sum of a mixed word for each column."""
    keys = _mixed(bucket_end(rows).astype(np.uint64))
    for place, name in enumerate(CONTENT.names, start=1):
        column = rows[name]
        salt = np.uint64(place << 48)  # above every value, so that equal values in two columns differ
        if column.null_count == len(column):
            keys += _mixed(np.array([_NULL], np.uint64) ^ salt)
        else:
            keys += _mixed(_words(column) ^ salt)
    return keys


def _words(column: pa.ChunkedArray) -> Array:
    """Return a column as uint64 words, null apart from every value."""
    if pa.types.is_string(column.type):
        return _text_words(column)
    words: Array = column.cast(pa.int64()).fill_null(_NULL).to_numpy().astype(np.uint64)
    return words


def _text_words(column: pa.ChunkedArray) -> Array:
    """Return the digest of each text, worked out once for each different one."""
    coded = pc.dictionary_encode(column.combine_chunks())
    digests = [hashlib.blake2b(text.encode(), digest_size=8).digest() for text in coded.dictionary.to_pylist()]
    each = np.frombuffer(b"".join(digests) + _NULL.to_bytes(8, "little"), "<u8")
    words: Array = each[coded.indices.fill_null(len(digests)).to_numpy()]
    return words


def _mixed(words: Array) -> Array:
    """Return splitmix64's output function of each word."""
    mixed = words + _GOLDEN
    for shift, factor in _MIX:
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * factor
    return mixed ^ (mixed >> _LAST_SHIFT)


@dataclass(frozen=True, slots=True)
class Firsts:
    """Rows with what deduplication needs of them; once merged, one row a key.

    `late` tells whether a row was behind the watermark when it came, `ends` when its second or minute is over.
    """

    table: pa.Table
    late: Array
    keys: Array
    ends: Array

    @classmethod
    def of(cls, table: pa.Table, before: Array | int = BEGINNING) -> Self:
        """Wrap rows that came when the watermark stood at `before` (one value, or one a row)."""
        late = table["time"].to_numpy() < before
        return cls(table, late, copy_keys(table), bucket_end(table))

    def where(self, mask: Array) -> Self:
        """Return the rows where the mask is true."""
        return type(self)(self.table.filter(pa.array(mask)), self.late[mask], self.keys[mask], self.ends[mask])

    def released(self) -> pa.Table:
        """Return the rows with their `late` column."""
        return self.table.append_column("late", pa.array(self.late))

    def merged(self, rows: Self, before: Array) -> Self:
        """Return these and newer rows, copies made one; `before` is the watermark just before each newer row.

        The first row of a key stands for its copies. Kept is the one of smallest time that was not late, and receivers
        are added as long as the watermark had not passed the smallest time so far.
        """
        if rows.table.num_rows == 0:
            return self
        both = self.then(rows)
        order = np.argsort(both.keys, kind="stable")
        opens = np.concatenate(([True], np.diff(both.keys[order]) != 0))
        if opens.all():
            return both
        before = np.concatenate((np.full(len(self.keys), BEGINNING), before))
        return both.one_a_key(order, opens, before[order])

    def then(self, rows: Self) -> Self:
        """Return these rows and the others after them."""
        table = pa.concat_tables([self.table, rows.table])
        pairs = ((self.late, rows.late), (self.keys, rows.keys), (self.ends, rows.ends))
        return type(self)(table, *(np.concatenate(pair) for pair in pairs))

    def one_a_key(self, order: Array, opens: Array, before: Array) -> Self:
        """Return one row a key; the arguments are in the order of (key, arrival), `opens` marks where a key begins."""
        group = np.cumsum(opens) - 1
        starts = np.flatnonzero(opens)
        late, floor = self.late[order], (self.ends - MINUTE_US)[order]
        within = np.where(late & ~opens, _NEVER_US, self.table["time"].to_numpy()[order] - floor)
        smallest = _running_minimum(within, group)
        held = floor + np.roll(smallest, 1) >= before  # false behind a late first row, passed before it came
        heard = np.where(opens | held, self.table["receivers"].to_numpy()[order].astype(np.int64), 0)
        receivers = np.minimum(np.add.reduceat(heard, starts), MOST_RECEIVERS)
        last = np.append(starts[1:], len(order)) - 1
        candidates = np.flatnonzero(within == smallest[last][group])
        kept = order[candidates[np.unique(group[candidates], return_index=True)[1]]]
        table = self.table.take(pa.array(kept))
        counted = pa.array(receivers, REPORT.field("receivers").type)
        table = table.set_column(table.schema.get_field_index("receivers"), "receivers", counted)
        return type(self)(table, self.late[kept], self.keys[kept], self.ends[kept])


def _running_minimum(within: Array, group: Array) -> Array:
    """Return the minimum so far in each group; each group is lifted above all that follow, so that one pass does."""
    lift = (group[-1] - group) * 2 * _NEVER_US
    smallest: Array = np.minimum.accumulate(within + lift) - lift
    return smallest
