"""Files of zstd frames one after another, as `zstd -d` reads them: each written at once, a torn last one found."""

from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

import pyarrow as pa

LEVEL: Final = 3  # zstd's own default
# RFC 8878, 3.1.1: magic number and descriptor, then what it says is there, then blocks until the last.
_HEAD: Final = 5
_CONTENT_SIZE: Final = (0, 2, 4, 8)  # bytes, by the descriptor's first two bits
_DICTIONARY: Final = (0, 1, 2, 4)  # by its last two
_BLOCK: Final = 3
_RUN: Final = 1  # the type of block that is one byte repeated
_CHECK: Final = 4


def frame(data: bytes) -> bytes:
    """Return data as one frame."""
    packed = pa.Codec("zstd", compression_level=LEVEL).compress(data, asbytes=True)
    assert isinstance(packed, bytes)
    return packed


def whole(path: Path) -> int:
    """Return how many bytes of a file are whole frames; what follows was torn by a kill."""
    if path.stat().st_size == 0:
        return 0
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        end = 0
        while (behind := _behind(data, end)) <= len(data):
            end = behind
        return end


def _behind(data: mmap, at: int) -> int:
    """Return where the frame that begins at a place ends, or a place behind the data."""
    beyond = len(data) + 1
    if at + _HEAD > len(data):
        return beyond
    said = data[at + _HEAD - 1]
    single = said >> 5 & 1
    sizes = _CONTENT_SIZE[said >> 6] or single
    at += _HEAD + (1 - single) + _DICTIONARY[said & 3] + sizes
    last = 0
    while not last:
        if at + _BLOCK > len(data):
            return beyond
        block = int.from_bytes(data[at : at + _BLOCK], "little")
        last = block & 1
        at += _BLOCK + (1 if block >> 1 & 3 == _RUN else block >> 3)
    return at + _CHECK * (said >> 2 & 1)
