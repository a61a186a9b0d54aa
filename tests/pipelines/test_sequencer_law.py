"""The sequencer against its law told row by row in plain Python, and against any way of cutting the same arrivals."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.watermark import AHEAD_US, BEGINNING
from tests.pipelines.arrivals import DISORDER, MINUTE, START, S, report, restarted, sequencer, table
from vessels.report import REPORT

STALL = 120 * S


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
