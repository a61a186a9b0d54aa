import pytest

from pipelines.store.flush import commit
from pipelines.store.maintain import check
from tests.pipelines.store.samples import START, event, flush, report


@pytest.fixture
def segment(store):
    commit(store, flush(report(START), events=[event()]))
    (row,) = store.rows("SELECT path FROM segments WHERE dataset = 'positions'")
    return store.root / row["path"]


def told(store):
    return [(finding.kind, finding.path, finding.message.split(";")[0]) for finding in check(store)]


def test_a_whole_store_gives_no_finding(store, segment):
    assert segment.exists()
    assert check(store) == []


def test_a_missing_segment_is_a_fault(store, segment):
    segment.unlink()
    path = segment.relative_to(store.root).as_posix()
    assert told(store) == [("fault", path, "missing")]


def test_a_segment_cut_short_is_a_fault(store, segment):
    segment.write_bytes(segment.read_bytes()[:-9])
    ((kind, _, message),) = told(store)
    assert kind == "fault"
    assert "bytes where" in message


def test_a_segment_that_cannot_be_read_is_a_fault(store, segment):
    segment.write_bytes(b"x" * segment.stat().st_size)
    ((kind, _, message),) = told(store)
    assert kind == "fault"
    assert "unreadable" in message


def test_a_segment_with_other_rows_than_listed_is_a_fault(store, segment):
    assert segment.exists()
    store.conn.execute("UPDATE segments SET rows = 5 WHERE dataset = 'positions'")
    ((kind, _, message),) = told(store)
    assert (kind, message) == ("fault", "1 rows where 5 were written")


def test_what_a_stopped_run_left_is_told_after_the_faults(store, segment):
    segment.with_name("0000000009.parquet").touch()
    segment.with_name("0000000009.tmp").touch()
    segment.unlink()
    assert [kind for kind, *_ in told(store)] == ["fault", "leftover", "leftover"]


def test_a_store_that_others_may_enter_is_a_fault(store):
    store.root.chmod(0o755)
    assert [finding.message for finding in check(store)] == ["other users may enter this folder; chmod 700 it"]
