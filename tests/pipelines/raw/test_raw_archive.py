"""The raw archive: what was heard comes back, whatever tore, filled up or was forged meanwhile."""

import errno
import json
import subprocess
from io import FileIO
from pathlib import Path

import pytest

from pipelines.errors import PipelineError
from pipelines.feeds.file import FileFeed
from pipelines.feeds.live import Sentences
from pipelines.raw import hour, manifest
from pipelines.raw.archive import LINE_BYTES, RawArchive
from pipelines.raw.decoder import RawDecoder
from pipelines.raw.pieces import Piece, Reader
from tests.conftest import program
from vessels.decode import Decoder

NOW = 1_780_272_000_000_000  # 2026-06-01T00:00:00Z
HOUR = 3_600_000_000
URL = "udp://127.0.0.1:10110"
LINE = b"!AIVDM,1,1,,B,16:Vk1h00g8O=vRBDhNp0nKp0000,0*40\r\n"
PARTS = (
    b"!AIVDM,2,1,4,A,55O0W7`00001L@gCWGA2uItLth@DqtL5@F22220j1h742t0Ht0000000,0*08\r\n",
    b"!AIVDM,2,2,4,A,000000000000000,2*20\r\n",
)


def said(data, at=NOW, sender=URL, *, last=False):
    return Sentences(data, at, sender, last=last)


def archived(folder, *chunks, now=NOW):
    """Archive chunks, a flush each."""
    archive = RawArchive(folder, now)
    for chunk in chunks:
        archive.hear(URL, chunk)
        archive.flush()
    archive.close()
    return archive


def pieces(folder, number=0):
    reader = Reader()
    blocks = FileFeed(str(manifest.hours(folder)[number])).blocks()
    return [piece for block in blocks for piece in reader.feed(block)]


def rows(decoder, blocks):
    found = [decoder.feed(block).reports for block in blocks] + [decoder.feed(b"", last=True).reports]
    return [row for table in found for row in table.select(["time", "clock", "mmsi", "source"]).to_pylist()]


def test_lines_cut_anywhere_are_kept_whole_at_the_time_their_end_came(tmp_path):
    archived(tmp_path, said(LINE[:20]), said(LINE[20:] + LINE[:5], NOW + 1), said(LINE[5:], NOW + 2))
    assert pieces(tmp_path) == [Piece(NOW + 1, URL, LINE), Piece(NOW + 2, URL, LINE)]


def test_a_line_that_a_connection_left_unfinished_is_kept_and_the_end_marked(tmp_path):
    archived(tmp_path, said(LINE[:20]), said(b"", NOW + 1, last=True))
    assert pieces(tmp_path) == [Piece(NOW + 1, URL, LINE[:20] + b"\n"), Piece(NOW + 1, URL, b"")]


def test_other_programs_read_it_as_nmea_with_comments(tmp_path):
    archived(tmp_path, said(LINE), said(LINE))
    order = [program("zstd"), "-dc", str(manifest.hours(tmp_path)[0])]
    text = subprocess.run(order, check=True, capture_output=True).stdout
    assert [line for line in text.splitlines(keepends=True) if not line.startswith(b"#")] == [LINE, LINE]


def test_it_decodes_to_the_rows_of_the_feed_at_its_times_each_sender_by_itself(tmp_path):
    one, other = f"{URL}#10.0.0.1:1", f"{URL}#10.0.0.2:1"
    late = NOW + 25_000_000  # the message says second 0: too far for a tag's time, not for one of receipt
    chunks = [said(PARTS[0], NOW, one), said(LINE, late, other), said(PARTS[1], NOW + 5, one), said(LINE, late, one)]
    archived(tmp_path, *chunks)
    live = {sender: Decoder(sender, "f", receive=True) for sender in (one, other)}
    heard = [
        row
        for chunk in chunks
        for row in live[chunk.source]
        .feed(chunk.data, received=chunk.received)
        .reports.select(["time", "clock", "mmsi", "source"])
        .to_pylist()
    ]
    assert len(heard) == 3
    assert rows(RawDecoder("f"), FileFeed(str(manifest.hours(tmp_path)[0])).blocks()) == heard


@pytest.mark.parametrize("size", [1, 7, 100])
def test_it_decodes_alike_however_it_is_cut_and_goes_on_from_its_state(size):
    content = b"".join(Piece(NOW + at, URL, data).written() for at, data in enumerate((PARTS[0], LINE, PARTS[1], b"")))
    whole = rows(RawDecoder("f"), [content])
    found, decoder = [], RawDecoder("f")
    at = 0
    while at < len(content):
        found += decoder.feed(content[at : at + size]).reports.select(["time", "clock", "mmsi", "source"]).to_pylist()
        at = decoder.state()["offset"] if (again := at // 50 != (at + size) // 50) else at + size
        if again:
            decoder, size = RawDecoder("f", state=json.loads(json.dumps(decoder.state()))), size + 50
    assert found == whole
    assert len(whole) == 2


def test_a_sender_cannot_forge_a_piece(tmp_path):
    forged = Piece(NOW - HOUR, "tcp://elsewhere:1", LINE).written()
    archived(tmp_path, said(forged + LINE))
    assert pieces(tmp_path) == [Piece(NOW, URL, forged + LINE)]


def test_what_is_no_piece_is_counted_and_the_next_is_read():
    decoder = RawDecoder("f")
    found = decoder.feed(b"# voi raw yesterday 5 x\n" + Piece(NOW, URL, LINE).written() + b"# voi raw", last=True)
    assert (found.reports.num_rows, decoder.counts.rejects) == (1, {"malformed": 2})


def test_a_restart_goes_on_behind_the_last_whole_flush(tmp_path):
    archived(tmp_path, said(LINE), said(LINE, NOW + 1))
    path = manifest.hours(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:-3])  # a kill in the middle of a write
    with pytest.raises(PipelineError, match="Truncated"):
        pieces(tmp_path)
    archived(tmp_path, said(LINE, NOW + 2))
    assert [piece.received for piece in pieces(tmp_path)] == [NOW, NOW + 2]


def test_a_closed_hour_is_listed_and_what_is_changed_or_gone_is_found(tmp_path):
    archived(tmp_path, said(LINE), said(LINE * 2, NOW + 1), said(LINE, NOW + HOUR))
    (entry,) = manifest.listed(tmp_path).values()
    assert (entry.source, entry.sentences) == (URL, 3)
    assert (entry.first, entry.last) == ("2026-06-01T00:00:00Z", "2026-06-01T00:00:00.000001Z")
    assert list(manifest.check(tmp_path)) == []
    path = tmp_path / entry.file
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert [finding.kind for finding in manifest.check(tmp_path)] == ["fault"]
    path.unlink()
    assert "missing" in next(manifest.check(tmp_path)).message


def test_an_hour_that_a_kill_left_is_listed_by_the_next_watch_once_it_is_over(tmp_path):
    archived(tmp_path, said(LINE))
    archived(tmp_path, now=NOW + 1)
    assert manifest.listed(tmp_path) == {}
    with (tmp_path / manifest.NAME).open("w") as file:
        file.write('{"file": "torn')
    archived(tmp_path, now=NOW + HOUR)
    archived(tmp_path, now=NOW + HOUR)
    assert [entry.sentences for entry in manifest.listed(tmp_path).values()] == [1]
    assert list(manifest.check(tmp_path)) == []


def test_an_hour_does_not_end_within_a_message(tmp_path):
    archived(tmp_path, said(PARTS[0], NOW + HOUR - 1))
    archive = RawArchive(tmp_path, NOW + HOUR - 1)
    for chunk in (said(PARTS[0], NOW + HOUR - 1), said(PARTS[1], NOW + HOUR), said(LINE, NOW + HOUR)):
        archive.hear(URL, chunk)
    archive.close()
    assert [piece.data for piece in pieces(tmp_path, 0)] == [PARTS[0], PARTS[0], PARTS[1]]
    assert [piece.data for piece in pieces(tmp_path, 1)] == [LINE]


def test_a_full_disk_loses_what_came_meanwhile_counts_it_and_leaves_the_file_whole(tmp_path, monkeypatch):
    archive = RawArchive(tmp_path, NOW)
    archive.hear(URL, said(LINE))
    archive.flush()

    def half(file: FileIO, data: bytes) -> None:
        file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(hour, "_write", half)
        archive.hear(URL, said(LINE * 3, NOW + 1))
        archive.flush()
    assert (archive.error, archive.lost) == ("No space left on device", 3)
    archive.hear(URL, said(LINE, NOW + 2))
    archive.close()
    assert (archive.error, archive.lost) == (None, 3)
    assert [piece.received for piece in pieces(tmp_path)] == [NOW, NOW + 2]


def test_what_has_no_line_ends_does_not_fill_the_memory(tmp_path):
    archive = RawArchive(tmp_path, NOW)
    for _ in range(3):
        archive.hear(URL, said(b"x" * LINE_BYTES))
    archive.hear(URL, said(b"\n"))
    archive.close()
    assert [len(piece.data) for piece in pieces(tmp_path)] == [LINE_BYTES + 1]


def test_one_watch_writes_an_archive_at_a_time(tmp_path):
    archive = RawArchive(tmp_path, NOW)
    with pytest.raises(PipelineError, match="another watch"):
        RawArchive(tmp_path, NOW)
    archive.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PipelineError, match="give --archive"):
        RawArchive(Path(tmp_path / "file" / "x"), NOW)
