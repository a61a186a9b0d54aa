import gzip
import os

import pytest

from pipelines.feeds import open_live
from pipelines.feeds.follow import Pipe, WholeFile

pytestmark = pytest.mark.live

LINE = b"!AIVDM,1,1,,B,16:Vk1h00g8O=vRBDhNp0nKp0000,0*40\r\n"


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.nmea"
    path.write_bytes(LINE * 2)
    return path


def append(path, data):
    with path.open("ab") as file:
        file.write(data)


def test_a_growing_file_is_followed_through_cut_lines(hear, log):
    ear = hear(f"follow:{log}")
    ear.until_data(LINE * 2)
    append(log, LINE[:9])
    ear.until_data(LINE * 2 + LINE[:9])
    append(log, LINE[9:])
    ear.until_data(LINE * 3)
    assert [chunk.offset for chunk in ear.chunks] == [0, len(LINE) * 2, len(LINE) * 2 + 9]
    assert ear.health.state == "live"


def test_a_file_that_is_replaced_is_read_to_its_end_and_the_new_one_from_its_start(hear, log, tmp_path):
    ear = hear(f"follow:{log}")
    ear.until_data(LINE * 2)
    append(log, LINE[:20])
    log.rename(tmp_path / "log.nmea.1")
    log.write_bytes(LINE)
    ear.until_data(LINE * 2 + LINE[:20] + LINE)
    end = next(at for at, chunk in enumerate(ear.chunks) if chunk.last)
    assert b"".join(chunk.data for chunk in ear.chunks[: end + 1]) == LINE * 2 + LINE[:20]
    assert ear.chunks[end + 1].offset == 0


def test_a_file_that_is_cut_short_is_read_from_its_start(hear, log):
    ear = hear(f"follow:{log}")
    ear.until_data(LINE * 2)
    log.write_bytes(LINE)
    ear.until_data(LINE * 3)


def test_a_file_that_is_not_there_yet_is_awaited(hear, tmp_path):
    ear = hear(f"follow:{tmp_path / 'later.nmea'}")
    ear.until_state("down")
    (tmp_path / "later.nmea").write_bytes(LINE)
    ear.until_data(LINE)


def test_following_goes_on_at_an_offset(log):
    ear_feed = open_live(f"follow:{log}", offset=len(LINE))
    assert ear_feed._offset == len(LINE)


@pytest.mark.parametrize("form", ["{}", "file://{}", "file:{}"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_read_to_its_end_and_is_then_at_its_end(hear, log, form, packed):
    if packed:
        log.write_bytes(gzip.compress(log.read_bytes()))
    ear = hear(form.format(log))
    ear.until_state("ended")
    ear.take()
    assert ear.data() == LINE * 2
    assert ear.chunks[-1].last
    assert isinstance(ear.feed, WholeFile)


def test_a_damaged_file_is_read_as_far_as_it_goes_and_not_again(hear, log):
    packed = gzip.compress(os.urandom(300_000).hex().encode())
    log.write_bytes(packed[:-100_000])
    ear = hear(str(log))
    ear.until_state("ended")
    ear.take()
    assert len(ear.data()) > 100_000
    assert ear.chunks[-1].last
    assert "damaged" in ear.health.error
    assert ear.health.reconnects == 0


def test_a_pipe_is_handed_over_at_once_and_ends_with_its_writer(hear, tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    holder = os.open(path, os.O_RDWR)  # so that our end opens whoever is first
    ear = hear(str(path))
    assert isinstance(ear.feed, Pipe)
    os.write(holder, LINE[:11])
    ear.until_data(LINE[:11])
    os.close(holder)
    ear.until_state("ended")
    ear.take()
    assert ear.data() == LINE[:11]
