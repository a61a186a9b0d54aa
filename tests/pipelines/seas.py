"""Small seas drawn by hypothesis, as sentences that two stations hear, and ways in which they may arrive."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import strategies as st

from pipelines.simulate.sea import Ship, Voyage, beacon
from tests.scenarios import rows
from vessels.encode import sentences

BOUND_S: Final = 60  # the disorder that every source is allowed
EVERY_S: Final = 60
MINUTE_US: Final = 60_000_000
WATCHED: Final = 9_599_901  # IMO number of the first ship
BEACON: Final = 970_100_107
SHIPS: Final = (
    Ship(mmsi=511_100_102, name="SIM BORAK", imo=WATCHED, length_m=88, beam_m=13, callsign="T8SIM1"),
    Ship(mmsi=672_000_101, name="SIM NAJMA", ship_type=30, length_m=24, beam_m=7, callsign="3V1001"),
    Ship(mmsi=642_100_104, name="SIM CROSSER", transponder="B", compass=False, length_m=12, beam_m=4),
)
PLACES: Final = ((33.25, 11.75), (33.10, 12.40), (33.60, 12.60), (33.06, 13.00), (33.9, 12.7))


@dataclass(frozen=True, slots=True)
class Arrival:
    """Lines in order of arrival, each with the time (microseconds UTC) of what it says."""

    lines: tuple[bytes, ...]
    times: tuple[int, ...]

    def displaced(self, share: float, least_s: float, most_s: float, seed: int) -> "Arrival":
        """Return them in order of time, but for a share of the transmissions, of which every copy comes so much later.

        Of a transmission stamped apart by its stations, and without a second of its own, the smallest time counts; a
        copy that comes when the others have long been told no longer moves it.
        """
        rng, times = np.random.default_rng(seed), np.array(self.times)
        sent = [(_payload(line), time // MINUTE_US) for line, time in zip(self.lines, self.times, strict=True)]
        number = {transmission: place for place, transmission in enumerate(dict.fromkeys(sent))}
        delayed = rng.uniform(size=len(number)) < share
        delays = np.where(delayed, rng.uniform(least_s, most_s, len(number)) * 1e6, 0)
        order = np.argsort(times + delays[[number[transmission] for transmission in sent]], kind="stable").tolist()
        return Arrival(tuple(self.lines[at] for at in order), tuple(self.times[at] for at in order))


def _payload(message: bytes) -> bytes:
    """Return what the lines of a message carry, whoever heard it and on whatever channel."""
    bodies = [line.rpartition(b"\\")[2] for line in message.splitlines()]
    return b"".join(b",".join(body.split(b",")[5:6]) or body for body in bodies)


def heard_by_two(reports: pa.Table, seed: int) -> Arrival:
    """Return the sentences of REPORT rows in order; a second station hears half of them."""
    again = np.flatnonzero(np.random.default_rng(seed).uniform(size=reports.num_rows) < 0.5)
    places = np.sort(np.concatenate((np.arange(reports.num_rows), again)), kind="stable")
    second = np.concatenate(([False], np.diff(places) == 0))
    lines = sentences(reports.take(pa.array(places)), station=[f"VOISIM{1 + int(is_)}" for is_ in second])
    return Arrival(tuple(lines), tuple(pc.take(reports["time"], pa.array(places)).to_pylist()))


@st.composite
def seas(draw: st.DrawFn) -> Arrival:
    """Draw one to three ships that sail, fall silent, loiter and drift, and perhaps a beacon."""
    ships = draw(st.sets(st.sampled_from(range(len(SHIPS))), min_size=1))
    voyages = [draw(_voyages(SHIPS[index])) for index in sorted(ships)]
    if draw(st.booleans()):
        voyages.append(beacon(BEACON, at=(33.80, 12.20), start="01:10", minutes=draw(st.integers(2, 50))))
    return heard_by_two(rows(*voyages, seed=draw(st.integers(0, 9)), every_s=EVERY_S), draw(st.integers(0, 9)))


@st.composite
def _voyages(draw: st.DrawFn, ship: Ship) -> Voyage:
    voyage = ship.at(*draw(st.sampled_from(PLACES)), draw(st.sampled_from(("00:00", "00:40"))))
    for what in draw(st.lists(st.sampled_from(("sail", "silence", "hold", "drift")), min_size=1, max_size=4)):
        if what == "hold":
            voyage = voyage.hold(hours=draw(st.sampled_from((1.0, 3.0))), radius_nm=0.4)
        elif what == "drift":
            voyage = voyage.drift(hours=draw(st.sampled_from((1.0, 3.0))), kn=1.4, toward=60)
        else:
            silent = voyage.silence(minutes=draw(st.sampled_from((20, 31, 95)))) if what == "silence" else voyage
            voyage = silent.sail(to=[draw(st.sampled_from(PLACES))], kn=draw(st.sampled_from((6, 14))))
    return voyage
