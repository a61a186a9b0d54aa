"""The careful pass: the rows of one MMSI put on hulls, one by one, where not all of them fit the hull before.

A row belongs to the hull that it can have come from; of several to the one whose dead reckoning it meets best. A row
that none can have reached begins a wait of `WAIT_US` of event time, after which all rows of that wait are judged
together. What was refused is remembered as a suspect: once it is proved to be another hull, it gets a number.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from pipelines.detect.reach import HOUR_US, Array, Reach, nm_within, reckoned
from pipelines.detect.ring import on_ring
from pipelines.detect.tracks import SUSPECT, Fixes, Track, begun, remembered
from vessels.event import HULLS_PER_MMSI
from zones.distance import haversine_nm

WAIT_US: Final = 10 * 60 * 1_000_000  # CONTRACT, Gate: at most 10 min of event time
SETTLED_US: Final = 60 * 60 * 1_000_000  # chosen: what a single transmitter claims for an hour is followed again
INLAND_NM: Final = 1.0  # chosen: beyond new moles, basins and river mouths that the coast does not know
ASHORE_NM: Final = 0.25  # chosen: where a ship alongside may be said to lie, but none that was far off just before
LAND_SLACK_NM: Final = 0.5  # chosen: noise of two positions, and a coast that is some years old

JUMP: Final = "jump"
LAND: Final = "land"
CLUSTER: Final = "cluster"
CIRCLE: Final = "circle"
REASONS: Final = (JUMP, CIRCLE, LAND, CLUSTER)
_LEAPS: Final = (JUMP, CIRCLE)  # reasons that another hull may be behind


class Hulls:
    """The tracks of one MMSI, and what they make of its positions: `hull` and `verdict` of each, once judged.

    A refused row stands under the hull heard last. `away_nm` and `away_us` are how far each refused row lies from the
    hull heard last, in space and time; for an accepted one, from the hull `beside` it (0: none) that was heard since
    its own was.
    """

    def __init__(self, reach: Reach, tracks: Iterable[Track], numbers: int, fixes: Fixes) -> None:
        """Go on with tracks; `numbers` were given to hulls so far."""
        self.reach = reach
        self.tracks = list(tracks)
        self.numbers = numbers
        self.fixes = fixes
        self.judged = 0
        self.hull = np.ones(len(fixes.time), np.int64)
        self.verdict = np.full(len(fixes.time), None, np.object_)
        self.beside = np.zeros(len(fixes.time), np.int64)
        self.away_nm = np.full(len(fixes.time), np.nan)
        self.away_us = np.zeros(len(fixes.time), np.int64)
        self.limit_kn = fixes.kind_kn

    def judge(self, watermark: int) -> None:
        """Judge rows as far as the watermark allows: the first `judged` of them. The others wait."""
        while self.judged < len(self.fixes.time):
            row = self.judged
            if self._judged(row):
                self.judged = self._followed(row)
                continue
            over = int(self.fixes.time[row]) + WAIT_US
            if watermark <= over:
                return
            self.judged = int(np.searchsorted(self.fixes.time, over, side="right"))
            self._together(row, self.judged)

    def _followed(self, row: int) -> int:
        """Put the steady rows behind an accepted one on its hull while there is only that; return the next row."""
        hulls = self._hulls()
        if self.verdict[row] is not None or len(hulls) > 1:
            return row + 1
        rest = self.fixes.steady[row + 1 :]
        if self._suspects(LAND):
            rest = rest & ~self.fixes.ashore[row + 1 :]
        stop = row + 1 + (len(rest) if rest.all() else int(np.argmin(rest)))
        if stop > row + 1:
            hulls[0].take(self.fixes, stop - 1, stop - 1 - row)
            self.hull[row:stop] = hulls[0].hull
        return stop

    def _judged(self, row: int) -> bool:
        """Judge a row at once; false where it has to wait."""
        self._forget(int(self.fixes.time[row]))
        if self.fixes.crowd[row]:
            self._suspect(row, CLUSTER)
        elif self._strayed(row):
            self._suspect(row, LAND)
        elif reached := self._within(row, self._hulls()):
            self._accept(row, self._nearest(row, reached))
        elif self.numbers == 0:
            self._open(begun(self.fixes, row, SUSPECT), [row])
        elif self.fixes.ashore[row]:
            self._suspect(row, LAND)
        elif known := self._within(row, self._suspects(*_LEAPS)):
            self._measure(row, self._hulls())
            self._again(row, self._nearest(row, known))
        else:
            self._measure(row, self._hulls())
            return False
        return True

    def _together(self, start: int, stop: int) -> None:
        """Judge the rows of one wait: those that no hull can have reached make candidates for new ones."""
        candidates: list[Track] = []
        for row in range(start, stop):
            if self._judged(row):
                continue
            if joined := self._within(row, candidates):
                chosen = self._nearest(row, joined)
                chosen.take(self.fixes, row)
            else:
                chosen = begun(self.fixes, row, SUSPECT, JUMP)
                candidates.append(chosen)
            chosen.members.append(row)
        for candidate in candidates:
            self._decide(candidate)

    def _decide(self, candidate: Track) -> None:
        members, candidate.members = candidate.members, []
        if on_ring(self.fixes.lat[members], self.fixes.lon[members]):
            candidate.verdict = CIRCLE
        if self._proved(candidate, members[-1]):
            self._settle(candidate, members)
        else:
            self._refuse(members, str(candidate.verdict))
            self.tracks.append(candidate)

    def _again(self, row: int, suspect: Track) -> None:
        """Take a row that goes on where a suspect was: it is refused too, until the suspect is proved."""
        if self._stale(suspect, row):
            self.tracks.remove(suspect)
            self.tracks.append(begun(self.fixes, row, SUSPECT, JUMP))
            self._refuse([row], JUMP)
            return
        suspect.take(self.fixes, row)
        if self._proved(suspect, row):
            self.tracks.remove(suspect)
            self._settle(suspect, [row])
        else:
            self._refuse([row], str(suspect.verdict))

    def _proved(self, suspect: Track, row: int) -> bool:
        """Tell whether a suspect, last heard at a row, is a hull, and not the only transmitter gone astray."""
        hulls = self._hulls()
        beside = any(hull.time >= suspect.first for hull in hulls)
        young = not any(hull.proved for hull in hulls)
        settled = suspect.time - suspect.first >= SETTLED_US
        other = suspect.verdict != CIRCLE and (beside or young or self._returned(suspect, row) is not None)
        return suspect.proved and (settled or other)

    def _stale(self, suspect: Track, row: int) -> bool:
        """Tell whether a suspect was silent so long beside a hull that its rows prove nothing together."""
        silent = self.fixes.time[row] - suspect.time > SETTLED_US
        return bool(silent) and any(hull.time >= suspect.time for hull in self._hulls())

    def _returned(self, suspect: Track, row: int) -> Track | None:
        """Return the hull that a suspect goes on from, leaving out the last place at which that hull was heard."""
        limit = max(float(self.fixes.kind_kn[row]), self.reach.by_own(suspect.sog_kn))
        for hull in self._hulls():
            time, lat, lon = hull.before
            nm = haversine_nm(lat, lon, suspect.lat, suspect.lon)  # NaN where there is no place before
            if hull.time < suspect.first and nm <= nm_within(limit, suspect.time - time):
                return hull
        return None

    def _settle(self, suspect: Track, rows: list[int]) -> None:
        """Make a suspect the hull that it goes on from, or one of its own."""
        if former := self._returned(suspect, rows[-1]):
            self.tracks.remove(former)
            suspect.hull, suspect.first, suspect.rows = former.hull, former.first, former.rows + suspect.rows
            suspect.verdict = None
            self.tracks.append(suspect)
            self.hull[rows] = suspect.hull
            self.away_nm[rows] = np.nan
        else:
            self._open(suspect, rows)

    def _open(self, track: Track, rows: list[int]) -> None:
        """Give a track the next number; where there is none left, its rows are refused."""
        if self.numbers + 1 >= HULLS_PER_MMSI:
            self._refuse(rows, JUMP)
            return
        self.numbers += 1
        track.hull, track.verdict = self.numbers, None
        self.tracks.append(track)
        self.hull[rows] = track.hull
        self.away_nm[rows] = np.nan

    def _accept(self, row: int, track: Track) -> None:
        others = [hull for hull in self._hulls() if hull is not track and hull.time > track.time]
        if others:
            self.beside[row] = self._measure(row, others).hull
        track.take(self.fixes, row)
        self.hull[row] = track.hull

    def _measure(self, row: int, hulls: list[Track]) -> Track:
        """Note how far a row lies from the one of some hulls that was heard last; return that."""
        last = max(hulls, key=lambda hull: (hull.time, hull.hull))
        self.away_nm[row] = self._distances(row, [last])[0]
        self.away_us[row] = self.fixes.time[row] - last.time
        return last

    def _suspect(self, row: int, reason: str) -> None:
        """Refuse a row for where it lies, and remember the place."""
        self._refuse([row], reason)
        if hulls := self._hulls():
            self._measure(row, hulls)
        if same := next(iter(self._suspects(reason)), None):
            same.take(self.fixes, row)
        else:
            self.tracks.append(begun(self.fixes, row, SUSPECT, reason))

    def _refuse(self, rows: list[int], reason: str) -> None:
        last = max(self._hulls(), key=lambda hull: hull.time, default=None)
        self.hull[rows] = last.hull if last else 1
        self.verdict[rows] = reason

    def _strayed(self, row: int) -> bool:
        """Tell whether a row on land is no arrival: it goes on where land was refused, or no hull can have gone there.

        A hull is followed up rivers and through canals that the coast does not know, step by step.
        """
        if self.fixes.ashore[row] and self._within(row, self._suspects(LAND), strictly=True):
            return True
        inland = self.fixes.inland[row] and self.numbers > 0
        return bool(inland) and not self._within(row, self._hulls(), strictly=True)

    def _within(self, row: int, tracks: list[Track], *, strictly: bool = False) -> list[Track]:
        """Return the tracks that a row can have come from; strictly: without a tolerance for its time."""
        if not tracks:
            return []
        fixes = self.fixes
        elapsed = np.array([fixes.time[row] - track.time for track in tracks])
        own = self.reach.by_own(np.fmax([track.sog_kn for track in tracks], fixes.sog_kn[row]))
        limit = np.maximum(own, fixes.kind_kn[row])
        nm = self._distances(row, tracks)
        allowed = nm_within(limit, elapsed, 0) + LAND_SLACK_NM if strictly else nm_within(limit, elapsed)
        return [track for track, fits in zip(tracks, nm <= allowed, strict=True) if fits]

    def _distances(self, row: int, tracks: list[Track]) -> Array:
        lat, lon = [track.lat for track in tracks], [track.lon for track in tracks]
        return haversine_nm(lat, lon, self.fixes.lat[row], self.fixes.lon[row])

    def _nearest(self, row: int, tracks: list[Track]) -> Track:
        """Return the track whose dead reckoning a row meets best: the mean of the errors forward and backward."""
        if len(tracks) == 1:
            return tracks[0]
        fixes = self.fixes
        hours = np.array([fixes.time[row] - track.time for track in tracks]) / HOUR_US
        lat, lon = np.array([track.lat for track in tracks]), np.array([track.lon for track in tracks])
        ahead = np.array([(track.sog_kn, track.cog_deg) for track in tracks])
        forward = haversine_nm(*reckoned(lat, lon, ahead[:, 1], ahead[:, 0] * hours), fixes.lat[row], fixes.lon[row])
        back = reckoned(fixes.lat[row], fixes.lon[row], fixes.cog_deg[row], -fixes.sog_kn[row] * hours)
        return tracks[int(np.argmin(forward + haversine_nm(*back, lat, lon)))]

    def _hulls(self) -> list[Track]:
        """Return the hulls, in the order of their numbers."""
        return sorted((track for track in self.tracks if track.hull != SUSPECT), key=lambda track: track.hull)

    def _suspects(self, *reasons: str) -> list[Track]:
        """Return what was refused for some reasons, in order of time."""
        found = (track for track in self.tracks if track.verdict in reasons)
        return sorted(found, key=lambda track: (track.first, track.time, track.lat, track.lon))

    def _forget(self, now: int) -> None:
        """Drop the tracks not heard for long, but for the hull heard last."""
        if len(self.tracks) > 1:
            self.tracks = list(remembered(self.tracks, now))
