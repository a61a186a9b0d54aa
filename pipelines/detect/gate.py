"""The gate: which track a row belongs to, and whether it may be believed.

A fold like the detectors. A position that its MMSI's only hull can have reached passes at once, by arithmetic on whole
columns (`gate_line`); only the MMSIs with another one are looked at row by row (`hulls`). There a row may have to wait:
then all rows of its MMSI wait, at most 10 minutes of event time, and its detectors with them. What is refused keeps its
place with a reason in `verdict`. Whatever is no position passes, on the first track of its MMSI.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

import numpy as np
import pyarrow as pa

from pipelines.detect.crowds import AT_SEA, CROWDS, crowded, gathered, leapt, spans
from pipelines.detect.fold import JUDGED, Table
from pipelines.detect.gate_line import Line
from pipelines.detect.geography import Geography
from pipelines.detect.hulls import Hulls
from pipelines.detect.reach import HOUR_US, Array, Reach
from pipelines.detect.tracks import TRACKS, of_mmsi
from pipelines.rows import has_value
from vessels.ais import LONG_RANGE
from vessels.event import HULLS_PER_MMSI, digest
from vessels.report import POSITION_TYPES

COARSE: Final = "coarse"
CROWDS_STATE: Final = "gate_crowds"
COARSE_US: Final = HOUR_US  # gpsdio-segment: a type 27 within 1 h of another position is dropped
JUDGEMENT: Final = pa.schema([("key", pa.int64()), ("waits", pa.bool_()), *JUDGED])
MEASURES: Final = tuple(name for name in JUDGED.names if name != "verdict")


@dataclass(frozen=True)
class Gate:
    """The gate of a geography, which knows where land is."""

    geography: Geography
    reach: Reach = field(default_factory=Reach)
    states: ClassVar[Mapping[str, pa.Schema]] = {"gate": TRACKS, "gate_at_sea": AT_SEA, CROWDS_STATE: CROWDS}

    @property
    def version(self) -> str:
        """Digest of the parameters."""
        return digest("gate", 1, self.reach.ship_kn, self.reach.fast_kn, self.reach.aircraft_kn)

    def step(
        self, states: Mapping[str, Table], rows: Table, register: Table, watermark: int
    ) -> tuple[dict[str, Table], Table]:
        """Return the states, and the rows (GIVEN, sorted by MMSI and time) with their JUDGEMENT.

        A missing state is an empty one. Rows that wait are to be given again, before newer ones of their MMSI and not
        as fresh; their tracks stay as they were.
        """
        tracks, at_sea, crowds = (states.get(name, schema.empty_table()) for name, schema in self.states.items())
        mmsi = rows["mmsi"].to_numpy().astype(np.int64)
        at = np.flatnonzero(has_value(rows["msg_type"], POSITION_TYPES) & rows["lat_e"].is_valid().to_numpy())
        coarse = _coarse(rows, mmsi, at, tracks)
        judged = _Judged(mmsi)
        judged.refuse(at[coarse], COARSE)
        at = at[~coarse]
        if len(at):
            line = Line.of(rows, at, tracks, self.geography)
            at_sea, crowds = _gathered(line, rows["fresh"].to_numpy()[at], at_sea, crowds, watermark)
            line = replace(line, crowd=line.ashore & crowded(crowds, line["time"], line.cell))
            tracks = self._judge(line, judged, register, watermark)
        return dict(zip(self.states, (tracks, at_sea, crowds), strict=True)), judged.beside(rows)

    def shared(self, states: Mapping[str, Table]) -> dict[str, Table]:
        """Return what of the states counts when MMSIs are folded from the beginning: the crowds that were."""
        return {CROWDS_STATE: spans(states.get(CROWDS_STATE, CROWDS.empty_table()))}

    def _judge(self, line: Line, judged: "_Judged", register: Table, watermark: int) -> Table:
        """Judge all positions; return the tracks after them."""
        steady = line.steady(self.reach, register)
        plain = line.alone & np.logical_and.reduceat(steady, line.start)
        careful: dict[int, Hulls] = {}
        for run in np.flatnonzero(~plain).tolist():
            careful[run] = line.hulls(run, steady, self.reach, register)
            careful[run].judge(watermark)
            judged.put(line.at[line.start[run] : line.stop[run]], careful[run])
        judged.follow(line.at, np.repeat(np.where(plain, line.hull, 1), line.stop - line.start))
        return line.after(plain, careful)


class _Judged:
    """What is found of each row; at first all are accepted on the first track of their MMSI."""

    def __init__(self, mmsi: Array) -> None:
        self._mmsi = mmsi
        self._key = mmsi * HULLS_PER_MMSI + 1
        self._verdict = np.full(len(mmsi), None, np.object_)
        self._waits = np.zeros(len(mmsi), np.bool_)
        self._measured: list[tuple[Array, dict[str, Array]]] = []

    def refuse(self, at: Array, reason: str) -> None:
        self._verdict[at] = reason

    def put(self, at: Array, hulls: Hulls) -> None:
        """Take over what was found of an MMSI's positions; from the first that waits on all its rows do."""
        if hulls.judged < len(at):
            doubtful = at[hulls.judged]
            self._waits[doubtful:] |= self._mmsi[doubtful:] == self._mmsi[doubtful]
            at = at[: hulls.judged]
        self._key[at] += hulls.hull[: len(at)] - 1
        self._verdict[at] = hulls.verdict[: len(at)]
        measured = np.isfinite(hulls.away_nm[: len(at)])
        if measured.any():
            self._measured.append(
                (at[measured], {name: getattr(hulls, name)[: len(at)][measured] for name in MEASURES})
            )

    def follow(self, at: Array, hull: Array) -> None:
        self._key[at] += hull - 1

    def beside(self, rows: Table) -> Table:
        found = {"key": self._key, "verdict": self._verdict, "waits": self._waits}
        columns = {name: pa.array(values, JUDGEMENT.field(name).type) for name, values in found.items()}
        columns |= self._measures()
        for name in JUDGEMENT.names:
            rows = rows.append_column(JUDGEMENT.field(name), columns[name])
        return rows

    def _measures(self) -> dict[str, pa.Array]:
        """Return what was measured of the rows at which somebody looked closely; null for all others."""
        empty = {name: pa.nulls(len(self._key), JUDGEMENT.field(name).type) for name in MEASURES}
        if not self._measured:
            return empty
        at = np.concatenate([at for at, _ in self._measured])
        found = {name: np.concatenate([measures[name] for _, measures in self._measured]) for name in MEASURES}
        return {name: _spread(at, found[name], empty[name]) for name in MEASURES}


def _spread(at: Array, values: Array, empty: pa.Array) -> pa.Array:
    """Return a column that holds values at some places, null elsewhere."""
    spread, unknown = np.zeros(len(empty), values.dtype), np.ones(len(empty), np.bool_)
    spread[at], unknown[at] = values, False
    return pa.array(spread, empty.type, mask=unknown)


def _gathered(line: Line, fresh: Array, at_sea: Table, crowds: Table, watermark: int) -> tuple[Table, Table]:
    """Return where stations were last at sea, and the crowds, after the positions that are heard for the first time."""
    places = {name: line[name][fresh] for name in ("time", "lat", "lon")}
    at_sea, leaps = leapt(at_sea, line.owner[fresh], places, line.ashore[fresh])
    calling = np.flatnonzero(fresh)[leaps]
    called = (line.owner[calling], line["time"][calling], line.cell[calling])
    return at_sea, gathered(crowds, *called, watermark)


def _coarse(rows: Table, mmsi: Array, at: Array, tracks: Table) -> Array:
    """Tell which positions at these places are coarse and follow a fine one of their MMSI within `COARSE_US`."""
    rough = has_value(rows["msg_type"], (LONG_RANGE,))[at]
    if not rough.any():
        return rough
    time, owner = rows["time"].to_numpy()[at], mmsi[at]
    fine = np.maximum.accumulate(np.where(rough, 0, np.arange(len(at))))
    known = ~rough[fine] & (owner[fine] == owner)
    before = np.where(known, time[fine], of_mmsi(tracks, owner, "fine"))
    found: Array = rough & (time - before <= COARSE_US)
    return found
