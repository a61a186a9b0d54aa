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
WRONG = START + 5 * 365 * 86_400 * S  # 2031


def report(time, mmsi=1, *, source="a", second=None, receivers=1, offset=0, **content):
    row = {"time": time, "mmsi": mmsi, "msg_type": 1, "source": source, "receivers": receivers, "offset": offset}
    return {**dict.fromkeys(REPORT.names), **row, "simulated": False, "utc_second": second, **content}


def pair(time, **more):
    """Return two rows of two vessels: what it takes for a source to begin."""
    return report(time, 8, **more), report(time, 9, **more)


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
class Place:
    """How far one source has come."""

    newest: int | None = None
    since: int | None = None
    candidate: int | None = None
    ahead: dict | None = None
    refuted: bool = False

    def hear(self, row):
        time = row["time"]
        if self.newest is None:
            if self.candidate is not None and abs(time - self.candidate) <= AHEAD_US:
                self.newest = max(time, self.candidate)
            self.candidate = time
        elif time <= self.newest + AHEAD_US:
            self.newest = max(self.newest, time)
            self.refuted = True
        else:
            self._hear_ahead(row)

    def _hear_ahead(self, row):
        if self.waits():
            later = row["time"] - self.ahead["time"]
            if row["mmsi"] != self.ahead["mmsi"]:
                self.newest = min(row["time"], self.ahead["time"])
            elif not self.refuted and 0 <= later < MINUTE:
                return
            elif not self.refuted and MINUTE <= later <= AHEAD_US:
                self.newest = self.ahead["time"]
        self.ahead, self.refuted = row, False

    def waits(self):
        return self.ahead is not None and self.ahead["time"] > self.newest + AHEAD_US

    def counts(self, time):
        if self.newest is None:
            return True
        return time <= (self.ahead["time"] if self.waits() and not self.refuted else self.newest) + AHEAD_US


@dataclass
class Telling:
    """CONTRACT's dedup and watermark, one row at a time."""

    stall_us: int | None
    watermark: int = BEGINNING
    places: dict = field(default_factory=dict)
    kept: dict = field(default_factory=dict)
    seen: dict = field(default_factory=dict)
    out: list = field(default_factory=list)

    def open(self, source):
        place = self.kept.pop(source, Place())
        if place.newest is None and place.since is None:
            place.since = max(self._heard(), default=None)
        self.places[source] = place

    def hear(self, source, row):
        before = self.watermark
        self.places[source].hear(row)
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

    def finish(self):
        past = [row["time"] + 1 for row in self.out if self.places[row["source"]].counts(row["time"])]
        self.watermark = max([self.watermark, *past])
        names = {row["source"] for row in self.held()}
        self.kept, self.places = {name: self.places[name] for name in names}, {}

    def held(self):
        return [row for row in self.out if row["time"] >= self.watermark and not row["late"]]

    def released(self):
        return [row for row in self.out if row["time"] < self.watermark or row["late"]]

    def _copy(self, first, row, before):
        if first["late"] or first["time"] < before:
            return
        first["receivers"] += row["receivers"]
        if before <= row["time"] < first["time"]:
            first.update(time=row["time"], source=row["source"], offset=row["offset"])

    def _heard(self):
        return [place.newest for place in self.places.values() if place.newest is not None]

    def _advance(self):
        heard = self._heard()
        reached = []
        for place in self.places.values():
            if place.newest is None and place.since is None and heard:
                place.since = max(heard)
            position = place.newest if place.newest is not None else place.since
            if self.stall_us is None or not heard or max(heard) - position <= self.stall_us:
                reached.append(BEGINNING if place.newest is None else place.newest - DISORDER)
        self.watermark = max([self.watermark, min(reached)]) if reached else self.watermark


# ms; most of them a minute apart, or too far ahead of each other
FAR = [700_000, 710_000, 770_000, 1_299_000, 1_400_000, 1_460_000, 150_000_000_000]

arrivals = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.one_of(st.integers(0, 90_000), st.integers(0, 12_000), st.sampled_from(FAR)),
        st.sampled_from([1, 1, 2]),
        st.booleans(),
        st.sampled_from([7, 7, 8]),
    ).map(lambda a: (a[0], report(START + a[1] * 1000, a[2], source=a[0], second=0 if a[3] else None, lat_e=a[4]))),
    min_size=1,
    max_size=22,
)


def fed(steps, cuts, made, stall_us):
    """Push arrivals cut as told (0 on, 1 push, 2 release, 3 restart); return the sequencer and what it released."""
    released, waiting = [], []
    for (source, row), cut in zip(steps, cuts, strict=True):
        if waiting and (cut or waiting[0][0] != source):
            made.push(waiting[0][0], table(*(row for _, row in waiting)))
            waiting = []
        if cut >= 2:
            released.append(made.release())
        if cut == 3:
            made = restarted(made, stall_us)
        waiting.append((source, row))
    made.push(waiting[0][0], table(*(row for _, row in waiting)))
    return made, released


def restarted(made, stall_us=None):
    state, held = json.loads(json.dumps(made.state())), unpacked(packed(made.held))
    return sequencer("a", "b", state=state, held=held, stall_us=stall_us)


def as_set(rows):
    return sorted(repr(sorted((key, value) for key, value in row.items() if value is not None)) for row in rows)


@settings(max_examples=120)
@given(runs=st.lists(arrivals, min_size=1, max_size=2), data=st.data(), stall_us=st.sampled_from([None, STALL]))
def test_any_cut_of_the_same_arrivals_gives_what_the_law_gives_row_by_row(runs, data, stall_us):
    told, made, released = Telling(stall_us), sequencer("a", "b", stall_us=stall_us), []
    for run, arrived in enumerate(runs):
        steps = [(source, {**row, "offset": 100 * run + place}) for place, (source, row) in enumerate(arrived)]
        cuts = data.draw(st.lists(st.integers(0, 3), min_size=len(steps), max_size=len(steps)))
        told.open("a")
        told.open("b")
        for source, row in steps:
            told.hear(source, row)
        made, parts = fed(steps, cuts, made, stall_us)
        assert made.state()["watermark"] == told.watermark
        released += [*parts, made.finish()]
        told.finish()
        assert as_set(row for part in released for row in part.rows.to_pylist()) == as_set(told.released())
        assert as_set({**row, "late": False} for row in made.held.to_pylist()) == as_set(told.held())
        assert made.waiting == len(told.held())
        made = restarted(made, stall_us)
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
    made.push("a", table(report(START + 100 * S), report(START + 100 * S, 2)))
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
    rows = [report(START + 40 * S, lat_e=1), report(START + 41 * S, lat_e=2), report(START), report(START + 50 * S)]
    for at in range(0, 4, rows_a_push):
        made.push("a", table(*rows[at : at + rows_a_push]))
    found = [(row["time"] - START, row["late"], row["receivers"]) for row in made.finish().rows.to_pylist()]
    assert found == [(0, True, 1), (40 * S, False, 1), (41 * S, False, 1)]


def test_the_slowest_open_source_holds_the_watermark_back_until_it_is_closed():
    made = sequencer("a", "b")
    made.push("a", table(*pair(START)))
    assert made.release().watermark == BEGINNING
    made.push("b", table(*pair(START + 100 * S, source="b")))
    assert made.release().watermark == START - DISORDER
    assert made.behind() == "a"
    made.close("a")
    assert made.release().watermark == START + 95 * S


def test_a_source_ten_minutes_behind_no_longer_counts_on_live_feeds():
    made = sequencer("a", "b", stall_us=600 * S)
    made.push("a", table(report(START)))
    for minute in range(12):
        made.push("a", table(report(START + minute * MINUTE)))
        expected = BEGINNING if minute <= 10 else START + minute * MINUTE - DISORDER
        assert made.release().watermark == expected


def test_a_restart_does_not_lengthen_the_wait_for_a_silent_source():
    made = sequencer("a", "b", stall_us=600 * S)
    made.push("b", table(*pair(START, source="b")))
    made.release()
    made = restarted(made, 600 * S)
    made.push("b", table(report(START + 300 * S, source="b"), report(START + 601 * S, source="b")))
    assert made.release().watermark == START + 601 * S - DISORDER


# --- wrong times ---------------------------------------------------------------------------------------------------


def test_a_first_row_alone_moves_nothing():
    made = sequencer()
    made.push("a", table(report(START)))
    assert made.release().watermark == BEGINNING


@pytest.mark.parametrize("mmsi", [1, 2])
def test_a_second_row_up_to_ten_minutes_from_the_first_begins_the_source_at_the_larger(mmsi):
    made = sequencer()
    made.push("a", table(report(START, 1), report(START - AHEAD_US, mmsi)))
    assert made.release().watermark == START - DISORDER


def test_a_wrong_first_row_makes_none_of_the_others_late_and_stays_held():
    made = sequencer()
    made.push("a", table(report(WRONG, 3), report(START), report(START + 10 * S, lat_e=1)))
    assert made.release().watermark == START + 10 * S - DISORDER
    released = made.finish()
    assert (released.watermark, made.waiting) == (START + 10 * S + 1, 1)
    assert made.held["time"].to_pylist() == [WRONG]
    assert released.rows["late"].to_pylist() == [False]


@pytest.mark.parametrize("place", [1, 2, 30, 59])
@pytest.mark.parametrize("rows_a_push", [1, 60])
def test_one_wrong_row_among_many_neither_moves_the_watermark_at_the_end_nor_is_lost(place, rows_a_push):
    rows = [report(START + k * S, k % 3, second=k) for k in range(60)]
    rows.insert(place, report(WRONG, 1))
    made = sequencer()
    for at in range(0, 61, rows_a_push):
        made.push("a", table(*rows[at : at + rows_a_push]))
    released = made.finish()
    assert (released.watermark, released.rows.num_rows) == (START + 59 * S + 1, 60)
    assert (made.waiting, made.held["time"].to_pylist()) == (1, [WRONG])


def test_a_wrong_row_stays_held_through_later_runs_until_the_watermark_reaches_it():
    first = sequencer()
    first.push("a", table(*pair(START), report(WRONG, 3), report(START + S)))
    first.finish()
    second = restarted(first)
    assert second.waiting == 1
    second.push("b", table(*pair(START + 100 * S, source="b")))
    assert second.finish().watermark == START + 100 * S + 1
    assert second.waiting == 1
    third = restarted(second)
    third.push("b", table(*pair(WRONG + S, source="b")))
    assert (third.finish().rows["time"].to_pylist()[0], third.waiting) == (WRONG, 0)


def test_a_source_read_on_is_still_judged_by_what_it_was_proved_to_have_reached():
    first = sequencer()
    first.push("a", table(*pair(START), report(WRONG, 3), report(START + S)))
    first.finish()
    second = restarted(first)
    second.push("a", table(report(START + 20 * S, lat_e=1)))
    assert second.finish().watermark == START + 20 * S + 1


def test_a_wrong_row_stays_held_when_the_very_last_row_is_far_ahead_too():
    made = sequencer()
    made.push("a", table(*pair(START), report(WRONG, 3), report(START + S), report(START + 3600 * S)))
    assert made.finish().watermark == START + 3600 * S + 1
    assert made.held["time"].to_pylist() == [WRONG]


def test_a_wrong_row_of_a_source_already_closed_stays_held():
    made = sequencer("a", "b")
    made.push("a", table(*pair(START), report(WRONG, 3), report(START + S)))
    made.close("a")
    made.push("b", table(report(START + 100 * S, source="b")))
    assert made.finish().watermark == START + 100 * S + 1


def test_the_rows_of_one_sender_of_a_feed_are_judged_by_the_feed():
    made = sequencer("a", "b")
    made.push("a", table(*pair(START, source="a#1"), report(WRONG, 3, source="a#1"), report(START + S, source="a#2")))
    assert (made.finish().watermark, made.waiting) == (START + S + 1, 1)
    again = restarted(made)
    again.push("a", table(report(START + 9 * S, source="a#1", lat_e=1)))
    assert (again.finish().watermark, again.waiting) == (START + 9 * S + 1, 1)


def test_sources_without_wrong_rows_are_forgotten_at_the_end():
    made = sequencer("a", "b")
    made.push("a", table(*pair(START), report(WRONG, 3), report(START + S)))
    made.push("b", table(*pair(START, source="b")))
    made.finish()
    assert list(made.state()["sources"]) == ["a"]


def test_rows_that_all_disagree_are_all_released_at_the_end():
    made = sequencer()
    made.push("a", table(*(report(START + hour * 3600 * S) for hour in range(3))))
    assert made.release().watermark == BEGINNING
    assert times(made.finish()) == [0, 3600 * S, 7200 * S]


def test_a_lone_vessel_that_speaks_again_after_hours_is_released_at_the_end():
    made = sequencer()
    again = [report(START + 7200 * S + quarter * 900 * S, 3) for quarter in range(4)]
    made.push("a", table(*pair(START), *again))
    assert made.release().watermark == START - DISORDER
    assert made.finish().watermark == again[-1]["time"] + 1
    assert (made.waiting, made.held.num_rows) == (0, 0)


def test_vessels_heard_hours_apart_are_all_released_at_the_end():
    made = sequencer()
    made.push("a", table(*pair(START), *(report(START + k * 7200 * S, k) for k in range(1, 6))))
    assert made.finish().watermark == START + 5 * 7200 * S + 1
    assert made.waiting == 0


def test_the_ten_minutes_after_newest_count_at_the_end():
    made = sequencer()
    ahead = report(START + AHEAD_US + S, 3)
    made.push("a", table(*pair(START), ahead, report(START + S)))
    assert made.finish().watermark == ahead["time"] + 1


def test_a_row_far_ahead_moves_nothing_until_a_second_vessel_confirms_it():
    made = sequencer()
    ahead = START + 3600 * S
    made.push("a", table(*pair(START), report(ahead, 1), report(ahead + S, 1)))
    assert made.release().watermark == START - DISORDER
    made.push("a", table(report(ahead + 5 * S, 2)))
    assert made.release().watermark == ahead - DISORDER


def test_a_second_vessel_confirms_a_row_that_was_refuted():
    made = sequencer()
    ahead = START + 3600 * S
    made.push("a", table(*pair(START), report(ahead, 1), report(START), report(ahead + S, 2)))
    assert made.release().watermark == ahead - DISORDER


@pytest.mark.parametrize(("after_s", "moves"), [(59, False), (60, True), (600, True), (601, False)])
def test_a_lone_vessel_confirms_itself_one_to_ten_minutes_later(after_s, moves):
    made = sequencer(stall_us=600 * S)
    ahead = START + 3600 * S
    made.push("a", table(*pair(START), report(ahead, 1), report(ahead + after_s * S, 1)))
    assert made.release().watermark == (ahead if moves else START) - DISORDER


def test_a_lone_vessel_that_speaks_every_ten_seconds_confirms_itself_after_a_minute():
    made = sequencer()
    ahead = START + 3600 * S
    made.push("a", table(*pair(START), *(report(ahead + k * 10 * S, 1) for k in range(6))))
    assert made.release().watermark == START - DISORDER
    made.push("a", table(report(ahead + 60 * S, 1)))
    assert made.release().watermark == ahead - DISORDER


def test_a_vessel_does_not_confirm_its_own_row_that_was_refuted():
    made = sequencer()
    ahead = START + 3600 * S
    made.push("a", table(*pair(START), report(ahead, 1), report(START + S), report(ahead + 60 * S, 1)))
    assert made.release().watermark == START + S - DISORDER


def test_a_row_exactly_ten_minutes_ahead_needs_no_second_vessel():
    made = sequencer()
    made.push("a", table(*pair(START), report(START + AHEAD_US)))
    assert made.release().watermark == START + AHEAD_US - DISORDER


def test_an_ordinary_row_confirms_nothing():
    made = sequencer()
    made.push("a", table(*pair(START), report(START + 3600 * S, 1), report(START + 10 * S, 2)))
    assert made.release().watermark == START + 5 * S


def test_the_state_of_a_run_that_knew_nothing_of_wrong_times_still_loads():
    state = {"watermark": START - DISORDER, "recent": []}
    source = {"disorder_us": DISORDER, "newest": START, "since": None, "ahead_mmsi": 3, "ahead_time": WRONG}
    made = sequencer(state={**state, "sources": {"a": source}}, held=table(report(START), report(WRONG, 3)))
    made.push("a", table(report(START + S, lat_e=1)))
    assert (made.finish().watermark, made.waiting) == (START + S + 1, 1)


# --- the end, and what comes after ---------------------------------------------------------------------------------


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
    first.push("a", table(*pair(START + 10 * S, lat_e=1)))
    first.push("slow", table(*pair(START, source="slow")))
    first.release()
    second = sequencer("b", state=first.state(), held=first.held)
    second.push("b", table(*pair(START + 100 * S, source="b")))
    released = second.release()
    assert released.watermark == START + 95 * S
    assert times(released) == [0, 10 * S, 0, 10 * S]


def test_held_rows_are_those_of_the_disorder_window():
    made = sequencer()
    for start in range(0, 3600, 60):
        made.push("a", table(*(report(START + (start + k) * S, k, second=k) for k in range(60))))
        made.release()
        assert made.held.num_rows <= 6


def test_a_source_never_opened_is_refused():
    with pytest.raises(KeyError):
        sequencer("a").push("b", table(report(START)))
