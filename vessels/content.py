"""What messages say: payloads of all types to one table of CONTENT, each type's fields read at once."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vessels import ais, safety, sixbit
from vessels.multipart import Messages
from vessels.report import CONTENT, TEXT_TYPES

Rows = npt.NDArray[np.intp]

STATIC_PARTS: Final = 24  # the message type that comes in parts
INDEXED: Final = CONTENT.append(pa.field("message", pa.int64()))


def read(packed: sixbit.Payloads, kinds: sixbit.Ints, messages: Messages) -> pa.Table:
    """Return CONTENT of the messages that become reports, in their order, and `message`: which message each row is.

    `packed` holds the n payloads, all of them sound (`ais.judge`), and `kinds` their n types.
    """
    parts = np.zeros(len(kinds), np.int64)
    static = np.flatnonzero(kinds == STATIC_PARTS)
    parts[static] = ais.part_number(packed, static)
    tables = [
        _table(ais.read(packed.rows(chosen, layout.least), layout), packed, kinds, chosen)
        for (kind, part), layout in ais.LAYOUTS.items()
        if len(chosen := np.flatnonzero((kinds == kind) & (parts == part)))
    ]
    if len(texts := np.flatnonzero(np.isin(kinds, TEXT_TYPES))):
        said = [safety.text(messages.payload[row], messages.fill[row]) for row in texts.tolist()]
        tables.append(_table({"text": pa.array(said, pa.string())}, packed, kinds, texts))
    table = pa.concat_tables([INDEXED.empty_table(), *tables])
    return table.take(np.argsort(table["message"].to_numpy(), kind="stable"))


def _table(columns: ais.Columns, packed: sixbit.Payloads, kinds: sixbit.Ints, chosen: Rows) -> pa.Table:
    """Return columns of the chosen messages as a table of INDEXED; what they do not say is null."""
    mmsi = sixbit.number(packed.rows(chosen, ais.HEADER_BITS), *ais.MMSI)
    columns |= {"mmsi": pa.array(mmsi), "msg_type": pa.array(kinds[chosen]), "message": pa.array(chosen)}
    arrays = [
        columns[field.name].cast(field.type) if field.name in columns else pa.nulls(len(chosen), field.type)
        for field in INDEXED
    ]
    return pa.table(arrays, schema=INDEXED)
