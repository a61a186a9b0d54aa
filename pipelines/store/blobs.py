"""Small Arrow tables as bytes in the state file: Arrow IPC, never pickle."""

import io

import pyarrow as pa
from pyarrow import ipc


def packed(table: pa.Table) -> bytes:
    """Return a table as the bytes of an Arrow IPC stream."""
    sink = io.BytesIO()
    with ipc.new_stream(sink, table.schema, options=ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return sink.getvalue()


def unpacked(blob: bytes) -> pa.Table:
    """Return the table that `packed` made bytes of."""
    with ipc.open_stream(blob) as reader:
        return reader.read_all()
