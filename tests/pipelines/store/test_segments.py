import pyarrow.parquet as pq

from pipelines.store.flush import commit
from pipelines.store.segments import DATASETS, utc_day
from tests.pipelines.store.samples import DAY, START, event, flush, report


def listed(store):
    return [tuple(row.values()) for row in store.rows("SELECT path, rows FROM segments ORDER BY path")]


def test_rows_are_cut_by_kind_and_by_the_utc_day_of_their_event_time(store):
    commit(
        store,
        flush(
            *(report(START - 1), report(START), report(START + DAY - 1), report(START + DAY)),
            *(report(START, msg_type=5), report(START, msg_type=19), report(START, msg_type=14)),
            events=[event()],
        ),
    )
    assert listed(store) == [
        ("events/0000000001.parquet", 1),
        ("positions/day=2026-05-31/0000000001.parquet", 1),
        ("positions/day=2026-06-01/0000000001.parquet", 3),
        ("positions/day=2026-06-02/0000000001.parquet", 1),
        ("static_reports/day=2026-06-01/0000000001.parquet", 2),
        ("texts/day=2026-06-01/0000000001.parquet", 1),
    ]


def test_a_flush_without_rows_writes_no_segment(store):
    commit(store, flush())
    assert listed(store) == []


def test_segments_keep_the_exact_integers_compressed_by_delta(store):
    commit(store, flush(report(START, lat_e=19_830_001)))
    (path,) = (store.root / path for path, _ in listed(store))
    assert pq.read_schema(path).field("lat_e").type == "int32"
    assert pq.read_table(path)["lat_e"].to_pylist() == [19_830_001]
    group = pq.read_metadata(path).row_group(0)
    columns = {group.column(n).path_in_schema: group.column(n) for n in range(group.num_columns)}
    assert set(columns) == set(DATASETS["positions"].schema.names)
    assert columns["time"].compression == "ZSTD"
    assert "DELTA_BINARY_PACKED" in columns["time"].encodings
    assert "RLE_DICTIONARY" in columns["track_id"].encodings


def test_no_unfinished_file_is_left(store):
    commit(store, flush(report(START), report(START, msg_type=5), events=[event()]))
    assert list(store.root.rglob("*.tmp")) == []


def test_days_are_utc():
    assert [utc_day(time) for time in (START - 1, START, -1)] == ["2026-05-31", "2026-06-01", "1969-12-31"]
