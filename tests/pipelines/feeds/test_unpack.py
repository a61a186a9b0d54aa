import gzip
import io
import os
import zipfile

import pyarrow as pa
import pytest

from pipelines.errors import FeedError
from pipelines.feeds import unpack
from pipelines.feeds.unpack import unpacked

CONTENT = b"".join(b"%d,%s\n" % (n, os.urandom(9).hex().encode()) for n in range(20_000))


def zstd(data):
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return sink.getvalue().to_pybytes()


def zipped(*members):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return sink.getvalue()


def one_zipped(data):
    return zipped(("day.csv", data))


PACKERS = [bytes, gzip.compress, zstd, one_zipped]


@pytest.fixture
def read(tmp_path):
    path = tmp_path / "log"

    def reading(data, skip=0):
        path.write_bytes(data)
        with unpacked(str(path)) as file:
            file.skip(skip)
            return file.readall()

    return reading


@pytest.mark.parametrize("pack", PACKERS)
def test_what_packs_a_file_is_seen_from_its_content(read, pack):
    assert read(pack(CONTENT)) == CONTENT


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_files_packed_one_after_another_are_one(read, pack):
    assert read(pack(CONTENT[:70]) + pack(CONTENT[70:])) == CONTENT


@pytest.mark.parametrize("pack", PACKERS)
@pytest.mark.parametrize("skip", [1, unpack.PIECE_BYTES, len(CONTENT), len(CONTENT) + 5])
def test_reading_begins_after_what_is_skipped(read, pack, skip):
    assert read(pack(CONTENT), skip) == CONTENT[skip:]


@pytest.mark.parametrize("pack", PACKERS)
def test_an_empty_file_is_empty(read, pack):
    assert read(pack(b"")) == b""


@pytest.mark.parametrize("pack", [gzip.compress, zstd, one_zipped])
def test_a_file_cut_short_is_told_by_name(read, pack):
    with pytest.raises(FeedError, match=r"log: (damaged|Truncated)"):
        read(pack(CONTENT)[:-40])


@pytest.mark.parametrize("pack", [gzip.compress, one_zipped])
def test_bytes_that_changed_are_told_by_the_name_of_the_file(read, pack):
    packed = pack(CONTENT)
    with pytest.raises(FeedError, match="log: damaged"):
        read(packed[:5000] + bytes(99) + packed[5099:])


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_what_lies_before_the_damage_is_read(tmp_path, pack):
    (tmp_path / "log").write_bytes(pack(CONTENT)[:-2000])
    with unpacked(str(tmp_path / "log")) as file:
        assert file.read(1000) == CONTENT[:1000]


@pytest.mark.parametrize("pack", [gzip.compress, zstd, one_zipped])
def test_a_bomb_is_refused_while_it_unpacks(read, pack, monkeypatch):
    monkeypatch.setattr(unpack, "RATIO_FROM", 1 << 20)
    monkeypatch.setattr(unpack, "RATIO", 50)  # the packer at hand packs zstd not more than 100 times
    with pytest.raises(FeedError, match="more than 50 times its size"):
        read(pack((b"0" * 79 + b"\n") * 100_000))


def test_what_packs_well_but_is_small_is_no_bomb(read):
    lines = b"!AIVDM\n" * 100_000
    assert read(gzip.compress(lines)) == lines


@pytest.mark.parametrize("pack", PACKERS)
def test_a_line_without_end_is_refused(read, pack):
    with pytest.raises(FeedError, match="a line of more than"):
        read(pack(CONTENT[:90] + os.urandom(unpack.LINE_BYTES * 2).replace(b"\n", b"x")))


def test_a_zip_archive_of_several_files_is_refused_with_a_remedy(read):
    with pytest.raises(FeedError, match="holds 2 files; unpack it"):
        read(zipped(("a", b"a"), ("b", b"b")))


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(FeedError, match=str(path)), unpacked(str(path)):
            pass


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd])
def test_standard_input_is_a_dash(monkeypatch, pack):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(pack(CONTENT)))))
    with unpacked("-") as file:
        assert file.readall() == CONTENT
