import gzip
import hashlib
import io
import os
import threading

import pyarrow as pa
import pytest

from pipelines.errors import FeedError, PipelineError
from pipelines.feeds import open_feed
from pipelines.feeds.file import BLOCK_BYTES, FileFeed

LINE = b"!AIVDM,1,1,,B,16:Vk1h00g8O=vRBDhNp0nKp0000,0*40\r\n"
LINES = BLOCK_BYTES * 3 // 2 // len(LINE)


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.nmea"
    path.write_bytes(LINE * LINES)
    return path


def test_a_file_comes_in_blocks_that_together_are_its_content(log):
    blocks = list(FileFeed(str(log)).blocks())
    assert len(blocks) == 2
    assert max(map(len, blocks)) == BLOCK_BYTES
    assert b"".join(blocks) == log.read_bytes()


@pytest.mark.parametrize("offset", [0, 7, BLOCK_BYTES, BLOCK_BYTES + 1])
@pytest.mark.parametrize("packed", [False, True])
def test_reading_goes_on_at_an_offset_of_the_decompressed_content(log, packed, offset):
    content = log.read_bytes()
    if packed:
        log.write_bytes(gzip.compress(content))
    assert b"".join(FileFeed(str(log)).blocks(offset)) == content[offset:]


def test_gzip_is_seen_from_the_content_whatever_the_name(log):
    content = log.read_bytes()
    log.write_bytes(gzip.compress(content[:100]) + gzip.compress(content[100:]))
    assert b"".join(FileFeed(str(log)).blocks()) == content


def zstd(content):
    packed = pa.BufferOutputStream()
    with pa.CompressedOutputStream(packed, "zstd") as stream:
        stream.write(content)
    return packed.getvalue().to_pybytes()


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_file_is_the_same_packed_or_not(log, pack):
    plain = FileFeed(str(log)).identity()
    log.write_bytes(pack(log.read_bytes()))
    assert FileFeed(str(log)).identity() == plain
    assert plain.length == LINES * len(LINE)


def test_a_grown_file_still_begins_with_what_it_held(log):
    before = FileFeed(str(log)).identity()
    with log.open("ab") as file:
        file.write(LINE)
    after = FileFeed(str(log)).identity([before.length, 10**12, 5, before.length, 0])
    assert after.sha256 == hashlib.sha256(LINE * (LINES + 1)).hexdigest()
    assert after.prefixes == {
        0: hashlib.sha256(b"").hexdigest(),
        5: hashlib.sha256(LINE[:5]).hexdigest(),
        before.length: before.sha256,
    }


def test_an_empty_file_holds_nothing(tmp_path):
    (tmp_path / "empty").touch()
    feed = open_feed(str(tmp_path / "empty"))
    assert list(feed.blocks()) == []
    assert FileFeed(str(tmp_path / "empty")).identity([0]).prefixes == {0: hashlib.sha256(b"").hexdigest()}


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(FeedError, match=str(path)) as raised:
            list(FileFeed(str(path)).blocks())
        assert raised.value.exit_code == 3


@pytest.mark.parametrize("damage", [lambda packed: packed[:-20], lambda packed: packed[:50] + b"\0" * 40 + packed[90:]])
def test_a_damaged_gzip_file_is_named_with_a_remedy(log, damage):
    log.write_bytes(damage(gzip.compress(os.urandom(2000) + LINE)))
    with pytest.raises(FeedError, match="unpack what is readable"):
        list(FileFeed(str(log)).blocks())


def test_what_lies_before_the_damage_is_read(log):
    content = os.urandom(BLOCK_BYTES + 5000)
    log.write_bytes(gzip.compress(content)[:-2000])
    blocks = FileFeed(str(log)).blocks()
    assert next(blocks) == content[:BLOCK_BYTES]
    with pytest.raises(FeedError):
        list(blocks)


def test_a_file_that_unpacks_to_far_more_than_a_log_would_is_refused_on_the_way(log, monkeypatch):
    monkeypatch.setattr("pipelines.feeds.unpack.RATIO_FROM", 2 * BLOCK_BYTES)
    log.write_bytes(gzip.compress(b"\0" * BLOCK_BYTES * 8))
    blocks = []
    with pytest.raises(FeedError, match="unpacks to more than"):
        blocks.extend(FileFeed(str(log)).blocks())
    assert len(blocks) <= 3


def test_a_line_without_end_is_left_to_the_decoder_and_what_follows_is_read(log):
    log.write_bytes(b"\0" * BLOCK_BYTES * 2 + b"\n" + LINE)
    assert b"".join(FileFeed(str(log)).blocks()).endswith(LINE)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd])
def test_standard_input_is_a_dash_and_cannot_be_read_again(monkeypatch, pack):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(pack(LINE * 3)))))
    feed = open_feed("-")
    assert (feed.name, feed.rereadable) == ("-", False)
    assert b"".join(feed.blocks()) == LINE * 3


def test_a_pipe_with_a_name_is_read_once(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_bytes(LINE))
    writer.start()
    feed = FileFeed(str(path))
    assert not feed.rereadable
    assert b"".join(feed.blocks()) == LINE
    writer.join()


def test_a_file_can_be_read_again(log):
    assert open_feed(str(log)).rereadable


def test_a_scheme_that_no_feed_reads_is_named():
    with pytest.raises(PipelineError, match="tcp://") as raised:
        open_feed("tcp://localhost:1")
    assert raised.value.exit_code == 2
