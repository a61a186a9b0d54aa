"""Positions of many MMSIs, each laid along the tracks that it may go on from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pyarrow as pa

from pipelines.detect.fold import Table
from pipelines.detect.geography import Geography
from pipelines.detect.hulls import ASHORE_NM, INLAND_NM, LAND, LAND_SLACK_NM, Hulls
from pipelines.detect.reach import Array, Reach, nm_within
from pipelines.detect.tracks import (
    EXPIRES_US,
    LONG_AGO,
    TRACKS,
    Fixes,
    of_mmsi,
    owners_of,
    record_of,
    table_of,
    track_of,
)
from vessels import ais
from vessels.ais import LONG_RANGE
from vessels.event import HULLS_PER_MMSI
from zones.distance import haversine_nm
from zones.inland import cell


@dataclass(frozen=True)
class Line:
    """Positions (at the places `at` among rows) in order of MMSI and time, and the tracks of before.

    Each MMSI is a run `start[i]:stop[i]`, its tracks are `low[i]:high[i]`.
    """

    tracks: Table
    at: Array
    owner: Array
    columns: Mapping[str, Array]
    inland: Array
    ashore: Array
    crowd: Array

    @classmethod
    def of(cls, rows: Table, at: Array, tracks: Table, geography: Geography) -> Self:
        """Return the line of rows (REPORT)."""
        read = {"lat": ais.degrees, "lon": ais.degrees, "sog_kn": ais.knots, "cog_deg": ais.knots}
        sources = {"lat": "lat_e", "lon": "lon_e", "sog_kn": "sog_e", "cog_deg": "cog_e"}
        columns = {name: read[name](rows[source])[at] for name, source in sources.items()}
        columns |= {name: rows[name].to_numpy()[at] for name in ("time", "msg_type")}
        owner = rows["mmsi"].to_numpy()[at].astype(np.int64)
        depth = geography.inland_nm(columns["lat"], columns["lon"])
        crowd = np.zeros(len(at), np.bool_)
        return cls(tracks, at, owner, columns, depth > INLAND_NM, depth > ASHORE_NM, crowd)

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    @cached_property
    def cell(self) -> Array:
        """The small cell that each position lies in."""
        return cell(self["lat"], self["lon"])

    @cached_property
    def start(self) -> Array:
        """First row of each MMSI."""
        return np.flatnonzero(np.diff(self.owner, prepend=-1))

    @cached_property
    def stop(self) -> Array:
        """One behind the last row of each MMSI."""
        return np.append(self.start[1:], len(self.owner))

    @cached_property
    def mmsi(self) -> Array:
        """The MMSIs."""
        return self.owner[self.start]

    @cached_property
    def low(self) -> Array:
        """First track of each MMSI."""
        return np.searchsorted(owners_of(self.tracks), self.mmsi, side="left")

    @cached_property
    def high(self) -> Array:
        """One behind the last track of each MMSI."""
        return np.searchsorted(owners_of(self.tracks), self.mmsi, side="right")

    @cached_property
    def known(self) -> Array:
        """Whether each MMSI has tracks."""
        return self.high > self.low

    @cached_property
    def alone(self) -> Array:
        """Whether each MMSI has one hull or is new, and none of its rows asks for a closer look at what was refused."""
        accepted = self.tracks["verdict"].is_null().to_numpy()
        land = np.asarray(self.tracks["verdict"].to_numpy() == LAND)
        one = self._counted(accepted) == 1
        ashore = (self._counted(land) > 0) & np.logical_or.reduceat(self.ashore, self.start)
        alone: Array = ~self.known | (one & ~ashore)
        return alone

    def _counted(self, which: Array) -> Array:
        """Return how many tracks of each MMSI are such."""
        total = np.concatenate(([0], np.cumsum(which)))
        counted: Array = total[self.high] - total[self.low]
        return counted

    def _head(self, name: str) -> Array:
        """Return a column of each MMSI's last hull (its numbers ascend), NaN or `LONG_AGO` where it has none."""
        missing = np.nan if pa.types.is_floating(TRACKS.field(name).type) else LONG_AGO
        values = self.tracks[name].fill_null(missing).to_numpy()
        return np.where(self.known, np.append(values, missing)[np.where(self.known, self.high - 1, -1)], missing)

    @cached_property
    def hull(self) -> Array:
        """The number of each MMSI's last hull; 1 for a new one."""
        return np.where(self.known, self._head("key") % HULLS_PER_MMSI, 1)

    def _before(self, name: str) -> Array:
        """Return a column of the row before, or of the last hull before the first row of an MMSI."""
        values = np.roll(self[name], 1)
        values[self.start] = self._head(name)
        return values

    def steady(self, reach: Reach, register: Table) -> Array:
        """Tell which rows can have come from the row before, or from the last hull where they are an MMSI's first.

        A row on land is held against the time between them alone, without a tolerance.
        """
        elapsed = self["time"] - self._before("time")
        nm = haversine_nm(self._before("lat"), self._before("lon"), self["lat"], self["lon"])
        near = nm <= np.where(self.inland, LAND_SLACK_NM, nm_within(reach.ship_kn, elapsed))
        far = np.flatnonzero(~near & np.isfinite(nm))
        own = reach.by_own(np.fmax(self["sog_kn"], self._before("sog_kn"))[far])
        limit = np.maximum(own, self._by_kind(far, reach, register))
        strict = nm_within(limit, elapsed[far], 0) + LAND_SLACK_NM
        steady = np.ones(len(nm), np.bool_)
        steady[far] = nm[far] <= np.where(self.inland[far], strict, nm_within(limit, elapsed[far]))
        return steady & ~self.crowd

    def _by_kind(self, rows: Array, reach: Reach, register: Table) -> Array:
        return reach.by_kind(register, self.owner[rows], self["time"][rows], self["msg_type"][rows])

    def hulls(self, run: int, steady: Array, reach: Reach, register: Table) -> Hulls:
        """Return the careful pass over an MMSI's rows."""
        rows = np.arange(self.start[run], self.stop[run])
        fixes = Fixes(
            time=self["time"][rows],
            lat=self["lat"][rows],
            lon=self["lon"][rows],
            sog_kn=self["sog_kn"][rows],
            cog_deg=self["cog_deg"][rows],
            kind_kn=self._by_kind(rows, reach, register),
            steady=steady[rows],
            inland=self.inland[rows],
            ashore=self.ashore[rows],
            crowd=self.crowd[rows],
        )
        own = self.tracks.slice(self.low[run], self.high[run] - self.low[run]).to_pylist()
        return Hulls(reach, map(track_of, own), own[0]["hulls"] if own else 0, fixes)

    def after(self, plain: Array, careful: Mapping[int, Hulls]) -> Table:
        """Return all tracks: of MMSIs with one hull (`plain`), of those looked at carefully, and the others'."""
        done = plain.copy()
        done[list(careful)] = True
        rest = self.tracks.filter(pa.array(~np.isin(owners_of(self.tracks), self.mmsi[done])))
        parts = [rest, *self._plain(np.flatnonzero(plain)), self._careful(careful)]
        return pa.concat_tables(parts).sort_by([("key", "ascending"), ("first", "ascending"), ("time", "ascending")])

    def _plain(self, runs: Array) -> list[Table]:
        """Return the one hull of each MMSI as it goes on, and what it was suspected of that is not over yet."""
        first, last = self.start[runs], self.stop[runs] - 1
        several = last > first
        size = self.stop[runs] - self.start[runs]
        head = {name: self._head(name)[runs] for name in ("first", "rows", "time", "lat", "lon", "hulls")}
        known = self.known[runs]
        columns = {name: self[name][last] for name in ("time", "lat", "lon", "sog_kn", "cog_deg")}
        columns |= {
            "key": self.mmsi[runs] * HULLS_PER_MMSI + self.hull[runs],
            "first": np.where(known, head["first"], self["time"][first]),
            "rows": np.where(known, head["rows"], 0) + size,
            "before_time": np.where(several, self["time"][last - 1], head["time"]),
            "before_lat": np.where(several, self["lat"][last - 1], head["lat"]),
            "before_lon": np.where(several, self["lon"][last - 1], head["lon"]),
            "hulls": np.where(known, head["hulls"], 1),
            "fine": self._fine(runs, self.stop[runs]),
        }
        return [table_of(columns), self._suspected(runs)]

    def _suspected(self, runs: Array) -> Table:
        """Return what MMSIs with one hull were suspected of, as long as it is remembered."""
        owners, mmsi = owners_of(self.tracks), self.mmsi[runs]
        at = np.flatnonzero(np.isin(owners, mmsi) & self.tracks["verdict"].is_valid().to_numpy())
        of = runs[np.searchsorted(mmsi, owners[at])]
        open_ = self["time"][self.stop[of] - 1] - self.tracks["time"].to_numpy()[at] <= EXPIRES_US
        kept = self.tracks.take(pa.array(at[open_]))
        fine = pa.array(self._fine(of[open_], self.stop[of[open_]]), pa.int64())
        return kept.set_column(kept.column_names.index("fine"), "fine", fine)

    def _fine(self, runs: Array, stop: Array) -> Array:
        """Return the time of the newest position of each MMSI that is no coarse one and comes before `stop`."""
        place = np.maximum.accumulate(np.where(self["msg_type"] == LONG_RANGE, -1, np.arange(len(self.owner))))
        newest = np.where(stop > self.start[runs], place[stop - 1], -1)
        before = of_mmsi(self.tracks, self.mmsi[runs], "fine")
        fine: Array = np.where(newest >= self.start[runs], self["time"][newest], before)
        return fine

    def _careful(self, careful: Mapping[int, Hulls]) -> Table:
        """Return the tracks of the MMSIs that were looked at carefully."""
        runs = np.array(list(careful), np.int64)
        judged = np.array([hulls.judged for hulls in careful.values()], np.int64)
        fine = dict(zip(careful, self._fine(runs, self.start[runs] + judged).tolist(), strict=True))
        records = [
            record_of(track, int(self.mmsi[run]), hulls.numbers, fine[run])
            for run, hulls in careful.items()
            for track in hulls.tracks
        ]
        return pa.Table.from_pylist(records, schema=TRACKS)
