import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.errors import StoreError
from pipelines.store import open_store, read
from pipelines.store.compact import GRACE_US, compact, rewrite
from pipelines.store.flush import commit
from pipelines.store.maintain import check
from pipelines.store.segments import DATASETS
from tests.pipelines.store.samples import DAY, KEY, MMSI, SEQUENCER, START, S, event, flush, report

NOW = START + 100 * DAY
NEXT_DAY = {**SEQUENCER, "watermark": START + DAY}
VESSELS = (MMSI, MMSI - 1)


@pytest.fixture
def full(store):
    """A store of a day that is over in four flushes, and a fifth on the next day."""
    for n in range(4):
        rows = [report(START + (4 - n) * S, mmsi, offset=n, lat_e=n, lon_e=n) for mmsi in VESSELS]
        statics = [report(START + n * S, msg_type=5, name=f"N{n}"), report(START + n * S, msg_type=19, name="B")]
        commit(store, flush(*rows, *statics, events=[event(START + n), event(START, status="closed", end=START + n)]))
    commit(store, flush(report(START + DAY, offset=9), sequencer=NEXT_DAY))
    return store


def listed(store, dataset="positions"):
    rows = store.rows("SELECT path FROM segments WHERE dataset = ? ORDER BY path", (dataset,))
    return [row["path"] for row in rows]


def content(store):
    return read.reports_of(store, VESSELS), read.events_of(store, [KEY])


def test_the_segments_of_a_day_that_is_over_become_one_sorted_by_vessel_and_time(full):
    before = content(full)
    merged = compact(full, now=NOW)
    assert [(each.dataset, each.day, each.files, each.rows) for each in merged] == [
        ("events", None, 4, 8),
        ("positions", "2026-06-01", 4, 12),
        ("static_reports", "2026-06-01", 4, 8),
    ]
    today = "positions/day=2026-06-02/0000000005.parquet"
    assert listed(full) == ["positions/day=2026-06-01/c000000002.parquet", today]
    with pq.ParquetFile(full.root / listed(full)[0]) as file:
        table = file.read()
    order = list(zip(table["mmsi"].to_pylist(), table["time"].to_pylist(), strict=True))
    assert order == sorted(order)
    assert table.schema.equals(DATASETS["positions"].schema)
    assert content(full)[0].equals(before[0])
    assert content(full)[1] == before[1]


def test_every_revision_of_an_event_is_kept_in_its_order(full):
    (before,) = [pq.read_table([full.root / path for path in listed(full, "events")])]
    compact(full, now=NOW)
    (path,) = listed(full, "events")
    after = pq.read_table(full.root / path)
    assert after.equals(before.sort_by([("seq", "ascending"), ("place", "ascending")]))


def test_a_merged_segment_is_encoded_like_any_other(full):
    compact(full, now=NOW)
    group = pq.read_metadata(full.root / listed(full)[0]).row_group(0)
    columns = {group.column(n).path_in_schema: group.column(n) for n in range(group.num_columns)}
    assert "DELTA_BINARY_PACKED" in columns["time"].encodings


def test_the_day_of_the_watermark_is_not_over(full):
    assert {each.day for each in compact(full, now=NOW)} == {None, "2026-06-01"}
    assert compact(full, now=NOW) == []


def test_only_days_before_the_one_given_are_merged(full):
    assert [each.dataset for each in compact(full, now=NOW, before_day="2026-06-01")] == ["events"]


def test_late_rows_are_merged_with_what_was_merged_before(full):
    compact(full, now=NOW)
    commit(full, flush(report(START + 9, late=True, offset=7), sequencer=NEXT_DAY))
    (merged,) = compact(full, now=NOW)
    assert (merged.dataset, merged.files, merged.rows) == ("positions", 2, 13)
    assert listed(full)[0].endswith("c000000004.parquet")


def test_a_store_without_rows_has_nothing_to_merge(store):
    assert compact(store, now=NOW) == []


def test_old_files_stay_for_queries_that_hold_them_and_go_after_the_grace_time(full):
    old = [full.root / path for path in listed(full)[:4]]
    compact(full, now=NOW)
    assert all(path.exists() for path in old)
    assert {finding.kind for finding in check(full)} == {"leftover"}
    compact(full, now=NOW + GRACE_US - 1)
    assert all(path.exists() for path in old)
    compact(full, now=NOW + GRACE_US)
    assert not any(path.exists() for path in old)
    assert check(full) == []


def test_what_a_killed_run_left_goes_too(full):
    orphan = full.root / "positions" / "day=2026-06-01" / "0000000099.tmp"
    orphan.touch()
    os.utime(orphan, (0, 0))
    (full.root / "sort-old").mkdir()
    compact(full, now=NOW)
    assert not orphan.exists()
    assert not (full.root / "sort-old").exists()


class StoppedError(Exception):
    """Stands for a kill."""


STEPS = ["os.fsync", "os.utime", "pathlib.Path.rename", "pipelines.store.compact.set_meta"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("times", range(6))
def test_stopped_at_any_step_nothing_is_lost_or_doubled_and_it_can_be_done_again(full, monkeypatch, step, times):
    before = content(full)
    left = [times]
    module, _, name = step.rpartition(".")
    owner = {"os": os, "pathlib.Path": Path, "pipelines.store.compact": sys.modules["pipelines.store.compact"]}[module]
    real = getattr(owner, name)

    def stop(*args, **kwargs):
        if left[0] == 0:
            raise StoppedError
        left[0] -= 1
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, stop)
        try:
            compact(full, now=NOW)
        except StoppedError:
            pass
        else:
            assert name in ("set_meta", "rename")  # there are only three merges
    assert [finding for finding in check(full) if finding.kind == "fault"] == []
    assert content(full)[0].equals(before[0])
    assert content(full)[1] == before[1]
    compact(full, now=NOW)
    compact(full, now=NOW + GRACE_US)
    assert content(full)[0].equals(before[0])
    assert check(full) == []


def test_a_manifest_that_changed_meanwhile_is_left_alone(full, monkeypatch):
    def overtaken(*args, **kwargs):
        monkeypatch.undo()
        rewrite(full, "positions", "2026-06-01", now=NOW)
        os.utime(*args, **kwargs)

    monkeypatch.setattr("pipelines.store.compact.os.utime", overtaken)
    with pytest.raises(StoreError, match="another process"):
        rewrite(full, "positions", "2026-06-01", now=NOW)
    assert read.reports_of(full, VESSELS).num_rows == 17


COMPACTER = """
import sys
from pathlib import Path
from pipelines.store import open_store
from pipelines.store.compact import compact
from pipelines.store.flush import commit
from tests.pipelines.store.samples import DAY, S, SEQUENCER, START, event, flush, report

later = {**SEQUENCER, "watermark": START + DAY}
with open_store(Path(sys.argv[1]), create=True) as store, store.writing():
    while True:
        n = store.meta("seq") or 0
        commit(store, flush(report(START + n * S, offset=n), events=[event(START + n)], sequencer=later))
        print(n, flush=True)
        compact(store, now=10**18)
"""


def test_killed_at_any_moment_a_compacted_store_holds_what_was_committed(tmp_path):
    root, chance = tmp_path / "store", random.Random(7)
    top = Path(__file__).resolve().parents[3]
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", COMPACTER, str(root)], stdout=subprocess.PIPE, cwd=top, env={**os.environ}
        ) as writer:
            for _ in range(chance.randint(2, 6)):
                acknowledged = int(writer.stdout.readline())
            for _ in range(chance.randint(0, 300_000)):
                pass
            writer.send_signal(signal.SIGKILL)
        with open_store(root, create=False) as store:
            count = store.meta("seq")
            assert count > acknowledged
            assert read.reports_of(store, [MMSI])["offset"].to_pylist() == list(range(count))
            assert len(read.events_of(store, [KEY])) == count
            assert [finding for finding in check(store) if finding.kind == "fault"] == []
