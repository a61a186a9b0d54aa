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

from pipelines.rows import taken
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
_FIRST: Final = ("mmsi", "time", "msg_type")  # what the total order looks at first


def total_order(rows: pa.Table) -> pa.Table:
    """Return the rows sorted by (mmsi, time, msg_type, content): the one order of the whole product, nulls last."""
    rows = rows.combine_chunks()
    return taken(rows, ordered(rows, np.arange(rows.num_rows)))


def ordered(rows: pa.Table, places: Array) -> Array:
    """Return places in a table in the total order of their rows, whose MMSI, time and type are never null."""
    first = [rows[name].to_numpy()[places] for name in _FIRST]
    order = np.lexsort(first[::-1])
    same = np.all([np.diff(column[order]) == 0 for column in first], axis=0)
    places = places[order]
    if same.any():
        tied = np.flatnonzero(np.append(same, [False]) | np.append([False], same))
        places[tied] = places[tied][_by_content(taken(rows, places[tied]))]
    return places


def _by_content(rows: pa.Table) -> Array:
    """Return the total order of rows, in which content decides between rows of one vessel, time and type."""
    keys = (*_FIRST, *(name for name in CONTENT.names if name not in _FIRST))
    order: Array = pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in keys]).to_numpy()
    return order


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
class Arrivals:
    """Rows in order of arrival (REPORT), with what deduplication needs of them.

    `before` is the watermark just before each came, `ends` when its second or minute is over.
    """

    table: pa.Table
    before: Array
    keys: Array
    ends: Array

    @classmethod
    def of(cls, table: pa.Table, before: Array | None = None) -> Self:
        """Wrap rows; without `before` they came ahead of every watermark."""
        table = table.combine_chunks()
        before = np.full(table.num_rows, BEGINNING) if before is None else before
        return cls(table, before, copy_keys(table), bucket_end(table))

    @property
    def times(self) -> Array:
        """Return the rows' times, microseconds UTC."""
        times: Array = self.table["time"].to_numpy()
        return times

    @property
    def late(self) -> Array:
        """Tell which rows were behind the watermark when they came."""
        late: Array = self.times < self.before
        return late

    @property
    def spent(self) -> Array:
        """Tell which rows came when the watermark had left their second or minute: no copy of them is looked for."""
        spent: Array = self.ends <= self.before
        return spent

    def where(self, mask: Array) -> Self:
        """Return the rows where the mask is true."""
        if mask.all():
            return self
        rows = np.flatnonzero(mask)
        return type(self)(taken(self.table, rows), self.before[rows], self.keys[rows], self.ends[rows])

    def released(self) -> pa.Table:
        """Return the rows with their `late` column."""
        return self.table.append_column("late", pa.array(self.late))

    def then(self, more: Self) -> Self:
        """Return these rows and the others after them."""
        table = pa.concat_tables([self.table, more.table]).combine_chunks()
        pairs = ((self.before, more.before), (self.keys, more.keys), (self.ends, more.ends))
        return type(self)(table, *(np.concatenate(pair) for pair in pairs))


@dataclass(frozen=True, slots=True)
class Firsts:
    """Which rows stand for their transmissions: their places among all that arrived, and who heard each.

    The first row of a key stands for its copies. Kept is the one of smallest time that was not late, and receivers are
    added as long as the watermark had not passed the smallest time so far.
    """

    rows: Arrivals
    kept: Array
    receivers: Array

    @classmethod
    def apart(cls, rows: Arrivals) -> Self:
        """Take rows of which none is a copy."""
        return cls(rows, np.arange(rows.table.num_rows), rows.table["receivers"].to_numpy())

    @classmethod
    def of(cls, rows: Arrivals) -> Self:
        """Find them among rows."""
        receivers = rows.table["receivers"].to_numpy()
        order = np.argsort(rows.keys, kind="stable")
        opens = np.ones(len(order), np.bool_)
        opens[1:] = np.diff(rows.keys[order]) != 0
        alone = opens & np.append(opens[1:], [True])[: len(order)]
        single, several = order[alone], order[~alone]
        if len(several) == 0:
            return cls(rows, single, receivers[single])
        kept, heard = _one_a_key(rows, several, opens[~alone])
        return cls(rows, np.concatenate((single, kept)), np.concatenate((receivers[single], heard)))

    @property
    def times(self) -> Array:
        """Return their times, microseconds UTC."""
        return self.rows.times[self.kept]

    def where(self, mask: Array) -> Self:
        """Return those where the mask is true."""
        return type(self)(self.rows, self.kept[mask], self.receivers[mask])

    def merged(self, rows: Arrivals) -> Self:
        """Return these, which were held, and newer rows, copies made one."""
        return type(self).of(self.rows.then(rows)) if rows.table.num_rows else self

    def held(self) -> Arrivals:
        """Return them alone, each with all its receivers; what is held was not passed by a watermark."""
        rows = self.rows
        before = np.full(len(self.kept), BEGINNING)
        return Arrivals(self._table(self.kept), before, rows.keys[self.kept], rows.ends[self.kept])

    def released(self) -> pa.Table:
        """Return them in the total order (REPORT and `late`), each with all its receivers."""
        places = ordered(self.rows.table, self.kept)
        return self._table(places).append_column("late", pa.array(self.rows.late[places]))

    def _table(self, places: Array) -> pa.Table:
        """Return the rows at these places among all."""
        table = taken(self.rows.table, places)
        heard = np.zeros(self.rows.table.num_rows, np.int16)
        heard[self.kept] = self.receivers
        column = table.schema.get_field_index("receivers")
        return table.set_column(column, REPORT.field("receivers"), pa.array(heard[places]))


def _one_a_key(rows: Arrivals, order: Array, opens: Array) -> tuple[Array, Array]:
    """Return which row is kept of each key, and its receivers, from places (at least one) in order of (key, arrival).

    `opens` marks where a key begins.
    """
    group = np.cumsum(opens) - 1
    starts = np.flatnonzero(opens)
    late, floor = rows.late[order], rows.ends[order] - MINUTE_US
    within = np.where(late & ~opens, _NEVER_US, rows.times[order] - floor)
    smallest = _running_minimum(within, group)
    held = floor + np.roll(smallest, 1) >= rows.before[order]  # false behind a late first row, passed before it came
    heard = np.where(opens | held, rows.table["receivers"].to_numpy()[order].astype(np.int64), 0)
    receivers = np.minimum(np.add.reduceat(heard, starts), MOST_RECEIVERS)
    last = np.append(starts[1:], len(order)) - 1
    candidates = np.flatnonzero(within == smallest[last][group])
    first = np.append([True], np.diff(group[candidates]) != 0)
    return order[candidates[first]], receivers.astype(np.int16)


def _running_minimum(within: Array, group: Array) -> Array:
    """Return the minimum so far in each group; each group is lifted above all that follow, so that one pass does."""
    lift = (group[-1] - group) * 2 * _NEVER_US
    smallest: Array = np.minimum.accumulate(within + lift) - lift
    return smallest
