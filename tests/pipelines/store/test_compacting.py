from pipelines.store.compact import compact
from pipelines.store.compacting import Compacting
from pipelines.store.flush import commit
from pipelines.store.maintain import check
from tests.pipelines.store.samples import DAY, MMSI, SEQUENCER, START, S, flush, report
from tests.pipelines.store.test_compact import content, full, listed  # noqa: F401 - full is the fixture

NOW = START + 100 * DAY
OVER = "positions/day=2026-06-01/"


def test_what_is_written_beside_is_swapped_in_at_a_look(full):  # noqa: F811
    before = content(full)
    with Compacting(full) as compacting:
        compacting.begin()
        assert len(listed(full)) == 5
        compacting.look(NOW, wait=True)
    assert [path.startswith(OVER) for path in listed(full)] == [True, False]
    assert content(full)[0].equals(before[0])


def test_rows_that_come_for_the_day_meanwhile_are_kept(full):  # noqa: F811
    with Compacting(full) as compacting:
        compacting.begin()
        late = {**SEQUENCER, "watermark": START + DAY + S}
        commit(full, flush(report(START + 30 * S, MMSI, offset=77), sequencer=late))
        after = content(full)
        compacting.look(NOW, wait=True)
    assert content(full)[0].equals(after[0])
    assert sum(path.startswith(OVER) for path in listed(full)) == 2


def test_what_was_not_swapped_in_changes_nothing_and_the_next_compaction_does_it(full):  # noqa: F811
    before = listed(full)
    with Compacting(full) as compacting:
        compacting.begin()
    assert listed(full) == before
    assert {each.dataset for each in compact(full, now=NOW)} == {"events", "positions", "static_reports"}
    assert [finding for finding in check(full) if finding.kind != "leftover"] == []
