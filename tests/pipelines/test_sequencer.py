"""The sequencer against its law told row by row in plain Python, and against any way of cutting the same arrivals."""

import json
from dataclasses import dataclass, field

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sequencer import Released, Sequencer
from pipelines.store.blobs import packed, unpacked
from pipelines.watermark import AHEAD_US, BEGINNING
from vessels.report import REPORT

S = 1_000_000
MINUTE = 60 * S
START = 1_780_272_000 * S  # 2026-06-01T00:00:00Z
DISORDER = 5 * S  # short, so that few rows meet every case
STALL = 120 * S


def report(time, mmsi=1, *, source="a", second=None, receivers=1, offset=0, **content):
    row = {"time": time, "mmsi": mmsi, "msg_type": 1, "source": source, "receivers": receivers, "offset": offset}
    return {**dict.fromkeys(REPORT.names), **row, "simulated": False, "utc_second": second, **content}


def table(*rows):
    return pa.Table.from_pylist(list(rows), REPORT)


def sequencer(*sources, disorder_us=DISORDER, **options):
    made = Sequencer(**options)
    for source in sources or ("a",):
        made.open(source, disorder_us)
    return made


def times(released: Released):
    return [time - START for time in released.rows["time"].to_pylist()]


# --- the law, row by row -------------------------------------------------------------------------------------------


@dataclass
class Telling:
    """CONTRACT's dedup and watermark, one row at a time."""

    stall_us: int | None
    watermark: int = BEGINNING
    newest: dict = field(default_factory=dict)
    since: dict = field(default_factory=dict)
    ahead: dict = field(default_factory=dict)
    seen: dict = field(default_factory=dict)
    out: list = field(default_factory=list)

    def open(self, source):
        self.since[source] = max((t for t in self.newest.values() if t is not None), default=None)
        self.newest[source] = None

    def close(self, source):
        del self.newest[source]
        self._advance()

    def hear(self, source, row):
        before = self.watermark
        self._move(source, row["time"], row["mmsi"])
        self._advance()
        content = tuple(row[name] for name in REPORT.names if name in ("mmsi", "msg_type", "utc_second", "lat_e"))
        width = MINUTE if row["utc_second"] is None else S
        key, end = (content, row["time"] // width), (row["time"] // width + 1) * width
        first = self.seen.get(key)
        if first is not None and end > before:
            self._copy(first, row, before)
        else:
            kept = {**row, "late": row["time"] < before}
            self.out.append(kept)
            self.seen[key] = kept

    def _copy(self, first, row, before):
        if first["late"] or first["time"] < before:
            return
        first["receivers"] += row["receivers"]
        if before <= row["time"] < first["time"]:
            first.update(time=row["time"], source=row["source"], offset=row["offset"])

    def _move(self, source, time, mmsi):
        newest = self.newest[source]
        if newest is None or time <= newest + AHEAD_US:
            self.newest[source] = time if newest is None else max(newest, time)
            return
        other, waiting = self.ahead.get(source, (mmsi, 0))
        if other != mmsi and waiting > newest + AHEAD_US:
            self.newest[source] = min(time, waiting)
            del self.ahead[source]
        else:
            self.ahead[source] = (mmsi, time)

    def _advance(self):
        heard = [time for time in self.newest.values() if time is not None]
        reached = []
        for source, newest in self.newest.items():
            if newest is None and self.since[source] is None and heard:
                self.since[source] = max(heard)
            position = newest if newest is not None else self.since[source]
            if self.stall_us is None or not heard or max(heard) - position <= self.stall_us:
                reached.append(BEGINNING if newest is None else newest - DISORDER)
        self.watermark = max([self.watermark, min(reached)]) if reached else self.watermark


arrivals = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.one_of(st.integers(0, 90_000), st.integers(0, 12_000), st.sampled_from([700_000, 710_000, 1_400_000])),
        st.sampled_from([1, 1, 2]),
        st.booleans(),
        st.sampled_from([7, 7, 8]),
    ).map(lambda a: (a[0], report(START + a[1] * 1000, a[2], source=a[0], second=0 if a[3] else None, lat_e=a[4]))),
    min_size=1,
    max_size=22,
)


def fed(steps, cuts, stall_us):
    """Push arrivals cut as told (0 on, 1 push, 2 release, 3 restart); return the sequencer and what it released."""
    made, released, waiting = sequencer("a", "b", stall_us=stall_us), [], []
    for (source, row), cut in zip(steps, cuts, strict=True):
        if waiting and (cut or waiting[0][0] != source):
            made.push(waiting[0][0], table(*(row for _, row in waiting)))
            waiting = []
        if cut >= 2:
            released.append(made.release())
        if cut == 3:
            state, held = json.loads(json.dumps(made.state())), unpacked(packed(made.held))
            made = sequencer("a", "b", state=state, held=held, stall_us=stall_us)
        waiting.append((source, row))
    made.push(waiting[0][0], table(*(row for _, row in waiting)))
    return made, released


def as_set(rows):
    return sorted(repr(sorted((key, value) for key, value in row.items() if value is not None)) for row in rows)


@settings(max_examples=80)
@given(steps=arrivals, data=st.data(), stall_us=st.sampled_from([None, STALL]))
def test_any_cut_of_the_same_arrivals_gives_what_the_law_gives_row_by_row(steps, data, stall_us):
    steps = [(source, {**row, "offset": place}) for place, (source, row) in enumerate(steps)]
    cuts = data.draw(st.lists(st.integers(0, 3), min_size=len(steps), max_size=len(steps)))
    told = Telling(stall_us)
    told.open("a")
    told.open("b")
    for source, row in steps:
        told.hear(source, row)
    made, released = fed(steps, cuts, stall_us)
    assert made.state()["watermark"] == told.watermark
    released.append(made.finish())
    assert as_set(row for part in released for row in part.rows.to_pylist()) == as_set(told.out)
    passed = BEGINNING
    for part in released:
        on_time = [row["time"] for row in part.rows.to_pylist() if not row["late"]]
        assert all(passed <= time < part.watermark for time in on_time)
        passed = part.watermark


@settings(max_examples=20)
@given(steps=arrivals)
def test_the_watermark_never_goes_back(steps):
    made, before = sequencer("a", "b"), BEGINNING
    for source, row in steps:
        made.push(source, table(row))
        after = made.release().watermark
        assert after >= before
        before = after


# --- the words of the contract, one by one -------------------------------------------------------------------------


def test_a_row_waits_until_the_watermark_has_passed_it():
    made = sequencer()
    made.push("a", table(report(START), report(START + DISORDER)))
    assert times(made.release()) == []
    made.push("a", table(report(START + DISORDER + 1)))
    assert times(made.release()) == [0]


def test_released_rows_are_sorted_by_vessel_time_type_and_content():
    made = sequencer()
    rows = [report(START + 1, 2), report(START, 2, lat_e=2), report(START, 2, lat_e=1), report(START + 3, 1)]
    made.push("a", table(*rows))
    found = made.finish().rows.select(["mmsi", "time", "lat_e"]).to_pylist()
    assert [(row["mmsi"], row["time"] - START, row["lat_e"]) for row in found] == [
        *[(1, 3, None)],
        *[(2, 0, 1), (2, 0, 2), (2, 1, None)],
    ]


def test_copies_of_one_transmission_become_one_row_with_the_smallest_time_and_all_receivers():
    made = sequencer()
    rows = [report(START + 700, second=0, receivers=2, offset=1), report(START + 200, second=0, offset=2)]
    made.push("a", table(*rows))
    (row,) = made.finish().rows.to_pylist()
    assert (row["time"], row["receivers"], row["offset"]) == (START + 200, 3, 2)


def test_the_same_words_a_second_later_are_another_transmission():
    made = sequencer()
    made.push("a", table(report(START, second=0), report(START + S, second=0)))
    assert times(made.finish()) == [0, S]


def test_without_a_second_the_same_words_within_a_minute_are_one_transmission():
    made = sequencer()
    made.push("a", table(report(START), report(START + 59 * S), report(START + 60 * S)))
    assert times(made.finish()) == [0, 60 * S]


def test_null_and_a_value_are_different_words():
    made = sequencer()
    made.push("a", table(report(START, second=0, name="A"), report(START, second=0)))
    assert len(times(made.finish())) == 2


def test_a_row_behind_the_watermark_is_released_at_once_and_flagged():
    made = sequencer()
    made.push("a", table(report(START + 100 * S)))
    made.release()
    made.push("a", table(report(START, lat_e=3)))
    (row,) = made.release().rows.to_pylist()
    assert (row["time"], row["late"]) == (START, True)


def test_a_late_copy_of_a_held_row_adds_its_receiver_and_leaves_the_time():
    made = sequencer()
    made.push("a", table(report(START + 50 * S), report(START + 50 * S, lat_e=1), report(START + 42 * S)))
    found = {row["lat_e"]: row for row in made.finish().rows.to_pylist()}
    assert found[None]["receivers"] == 2
    assert found[None]["time"] == START + 50 * S


def test_a_copy_after_release_vanishes_while_its_minute_lasts():
    made = sequencer()
    made.push("a", table(report(START), report(START + 10 * S, lat_e=1)))
    assert times(made.release()) == [0]
    made.push("a", table(report(START + 20 * S)))
    assert times(made.finish()) == [10 * S]


@pytest.mark.parametrize("rows_a_push", [1, 3])
def test_a_copy_after_release_adds_no_receiver_however_the_rows_were_cut(rows_a_push):
    made = sequencer()
    rows = [report(START), report(START + 10 * S, lat_e=1), report(START + 20 * S)]
    for at in range(0, 3, rows_a_push):
        made.push("a", table(*rows[at : at + rows_a_push]))
    assert [row["receivers"] for row in made.finish().rows.to_pylist()] == [1, 1]


@pytest.mark.parametrize("rows_a_push", [1, 3])
def test_a_copy_of_a_late_row_vanishes_however_the_rows_were_cut(rows_a_push):
    made = sequencer()
    rows = [report(START + 40 * S, lat_e=1), report(START), report(START + 50 * S)]
    for at in range(0, 3, rows_a_push):
        made.push("a", table(*rows[at : at + rows_a_push]))
    found = [(row["time"] - START, row["late"], row["receivers"]) for row in made.finish().rows.to_pylist()]
    assert found == [(0, True, 1), (40 * S, False, 1)]


def test_the_slowest_open_source_holds_the_watermark_back_until_it_is_closed():
    made = sequencer("a", "b")
    made.push("a", table(report(START)))
    assert made.release().watermark == BEGINNING
    made.push("b", table(report(START + 100 * S, source="b")))
    assert made.release().watermark == START - DISORDER
    assert made.behind() == "a"
    made.close("a")
    assert made.release().watermark == START + 95 * S


def test_a_source_ten_minutes_behind_no_longer_counts_on_live_feeds():
    made = sequencer("a", "b", stall_us=600 * S)
    for minute in range(12):
        made.push("a", table(report(START + minute * MINUTE)))
        expected = BEGINNING if minute <= 10 else START + minute * MINUTE - DISORDER
        assert made.release().watermark == expected


def test_a_row_far_ahead_moves_nothing_until_a_second_vessel_confirms_it():
    made = sequencer()
    ahead = START + 3600 * S
    made.push("a", table(report(START), report(ahead, 1), report(ahead + S, 1)))
    assert made.release().watermark == START - DISORDER
    made.push("a", table(report(ahead + 5 * S, 2)))
    assert made.release().watermark == ahead + S - DISORDER


def test_a_row_exactly_ten_minutes_ahead_needs_no_second_vessel():
    made = sequencer()
    made.push("a", table(report(START), report(START + AHEAD_US)))
    assert made.release().watermark == START + AHEAD_US - DISORDER


def test_an_ordinary_row_confirms_nothing():
    made = sequencer()
    made.push("a", table(report(START), report(START + 3600 * S, 1), report(START + 10 * S, 2)))
    assert made.release().watermark == START + 5 * S


def test_at_the_end_the_watermark_goes_just_past_the_newest_row_and_nothing_is_held():
    made = sequencer("a", "b")
    made.push("a", table(report(START), report(START + 7200 * S, lat_e=1)))
    released = made.finish()
    assert released.watermark == START + 7200 * S + 1
    assert len(times(released)) == 2
    assert made.held.num_rows == 0


def test_without_rows_nothing_moves():
    made = sequencer()
    made.push("a", REPORT.empty_table())
    released = made.finish()
    assert (released.watermark, released.rows.num_rows) == (BEGINNING, 0)
    assert released.rows.schema.names == [*REPORT.names, "late"]


def test_a_former_run_leaves_its_watermark_and_only_sources_opened_again_count():
    first = sequencer("a", "slow")
    first.push("a", table(report(START + 10 * S, lat_e=1)))
    first.push("slow", table(report(START, source="slow")))
    first.release()
    second = sequencer("b", state=first.state(), held=first.held)
    second.push("b", table(report(START + 100 * S, source="b")))
    released = second.release()
    assert released.watermark == START + 95 * S
    assert times(released) == [0, 10 * S]


def test_held_rows_are_those_of_the_disorder_window():
    made = sequencer()
    for start in range(0, 3600, 60):
        made.push("a", table(*(report(START + (start + k) * S, k, second=k) for k in range(60))))
        made.release()
        assert made.held.num_rows <= 6


def test_a_source_never_opened_is_refused():
    with pytest.raises(KeyError):
        sequencer("a").push("b", table(report(START)))
