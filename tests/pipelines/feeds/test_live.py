import threading

import pyarrow as pa
import pytest

from pipelines.feeds.live import GARBAGE, JOIN_US, Outlet, Reports, Sentences
from vessels.report import REPORT

LINE = b"!AIVDM,1,1,,B,16:Vk1h00g8O=vRBDhNp0nKp0000,0*40\r\n"
NAME = "udp://127.0.0.1:1"


def said(data=LINE, received=0, source=NAME, *, last=False):
    return Sentences(data, received, source, last=last)


def table(rows):
    return Reports(pa.table([pa.nulls(rows, field.type) for field in REPORT], schema=REPORT), 0, NAME)


def outlet(rows=10, *, can_wait=False, stop=None):
    return Outlet(stop or threading.Event(), can_wait=can_wait, rows=rows)


def test_chunks_come_out_in_the_order_they_were_put_in():
    queue = outlet()
    first, second, third = said(received=0), said(received=JOIN_US * 2), table(2)
    for chunk in (first, second, third):
        queue.put(chunk)
    assert queue.take() == [first, second, third]
    assert queue.take() == []


def test_sentences_of_one_source_received_together_come_out_as_one_chunk():
    queue = outlet()
    queue.put(said(LINE[:10], 5))
    queue.put(said(LINE[10:], JOIN_US))
    assert queue.take() == [said(LINE, 5)]


def test_sentences_of_two_senders_are_never_joined():
    queue = outlet()
    one, other = said(LINE[:10], source="a#1"), said(LINE[10:], source="a#2")
    queue.put(one)
    queue.put(other)
    assert queue.take() == [one, other]


def test_what_follows_the_end_of_a_connection_is_not_joined_with_it():
    queue = outlet()
    for chunk in (said(LINE[:10]), said(b"", last=True), said(LINE)):
        queue.put(chunk)
    assert queue.take() == [said(LINE[:10], last=True), said(LINE)]


def test_a_full_outlet_of_a_source_that_cannot_wait_drops_the_oldest_and_counts_rows():
    queue = outlet(rows=3)
    for at in range(5):
        queue.put(said(b"%d VDM,\n" % at, at))
    assert queue.dropped == 2
    assert b"".join(chunk.data for chunk in queue.take()) == b"2 VDM,\n3 VDM,\n4 VDM,\n"


def test_where_something_was_dropped_the_ends_are_marked_as_not_to_be_joined():
    queue = outlet(rows=1)
    queue.put(said(LINE + LINE[:10], 0))
    queue.put(said(LINE[10:], 1))
    queue.put(said(LINE, 2))
    marker, *rest = queue.take()
    assert (marker.data, marker.last) == (b"", True)
    assert b"".join(chunk.data for chunk in rest) == LINE


def test_a_full_outlet_of_a_source_that_can_wait_makes_it_wait():
    queue = outlet(rows=2, can_wait=True)
    queue.put(said(LINE * 2))
    handing = threading.Thread(target=queue.put, args=[said(LINE, 7 * JOIN_US)], daemon=True)
    handing.start()
    assert queue.take() == [said(LINE * 2)]
    handing.join(20)
    assert queue.take() == [said(LINE, 7 * JOIN_US)]
    assert queue.dropped == 0


def test_nothing_received_is_lost_or_waits_once_it_was_told_to_stop():
    stop = threading.Event()
    stop.set()
    queue = outlet(rows=1, can_wait=True, stop=stop)
    queue.put(said(LINE))
    queue.put(said(LINE))
    assert queue.take() == [said(LINE * 2)]


def test_bytes_without_line_ends_fill_the_outlet_too(monkeypatch):
    monkeypatch.setattr("pipelines.feeds.live.QUEUE_BYTES", 100)
    queue = outlet()
    for at in range(5):
        queue.put(said(b"x" * 60, at))
    assert sum(chunk.nbytes for chunk in queue.take()) == 60


def test_a_chunk_larger_than_the_outlet_is_taken_when_it_is_empty():
    queue = outlet(rows=1)
    queue.put(table(5))
    assert queue.take() == [table(5)]


def test_taking_stops_after_about_so_many_rows():
    queue = outlet(rows=100)
    for at in range(6):
        queue.put(said(LINE, at * 2 * JOIN_US))
    assert len(queue.take(4)) == 4
    assert len(queue.take(4)) == 2


def test_the_bell_rings_for_every_outlet():
    bell = threading.Event()
    Outlet(threading.Event(), can_wait=True, bell=bell).put(said())
    assert bell.is_set()


@pytest.mark.parametrize("flood", [b"HTTP/1.1 400 Bad Request\r\n" * GARBAGE, b"\x00" * 4096 * GARBAGE])
def test_what_is_no_ais_is_called_garbage_until_a_sentence_comes(flood):
    queue = outlet(rows=1000)
    queue.put(said(LINE, 1))
    assert not queue.garbage
    queue.put(said(flood, 2))
    assert queue.garbage
    assert queue.last_message == 1
    queue.put(said(LINE, 3))
    assert not queue.garbage
    assert queue.last_message == 3


def test_what_a_feed_refuses_is_counted_by_reason_and_may_be_all_there_is():
    queue = outlet()
    for _ in range(GARBAGE):
        queue.refuse("not JSON")
    queue.refuse("mmsi: none", 2)
    assert queue.rejects == {"not JSON": GARBAGE, "mmsi: none": 2}
    assert queue.garbage
