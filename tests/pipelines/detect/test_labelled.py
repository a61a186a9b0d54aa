"""One MMSI whose rows were put on tracks by others: how far the gate agrees.

The file holds one hull, heard by satellites of which some stamp a row up to two hours wrong: such rows lie miles ahead.
"""

import json
from collections import Counter
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from pipelines.detect.gate import Gate
from pipelines.detect.register import REGISTER
from pipelines.detect.waiting import arriving, held_back, queued
from tests.pipelines.detect.reports import FlatEarth
from vessels.report import POSITION_SCALE, REPORT, TENTHS

DAY_US = 86_400_000_000


class OpenSea(FlatEarth):
    def inland_nm(self, lat, lon):  # noqa: ARG002  there is no land
        return np.zeros(len(lat))


def scaled(value, scale):
    return None if value is None else round(value * scale)


@pytest.fixture(scope="module")
def labelled(shared_data):
    lines = (shared_data / "labelled" / "338013000.json").read_text().splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def reports(labelled):
    rows = [
        {
            "time": round(datetime.fromisoformat(row["timestamp"]).timestamp() * 1_000_000),
            "mmsi": row["ssvid"],
            "msg_type": 1,
            "lat_e": scaled(row["lat"], POSITION_SCALE),
            "lon_e": scaled(row["lon"], POSITION_SCALE),
            "sog_e": scaled(row["speed"], TENTHS),
            "cog_e": scaled(row["course"], TENTHS),
            "late": False,
        }
        for row in labelled
    ]
    return pa.Table.from_pylist(rows, schema=REPORT.append(pa.field("late", pa.bool_())))


def judged(rows, watermarks):
    """Hull and verdict of every row, in the order of the file; state and waiting rows carried from step to step."""
    gate, seen, found = Gate(OpenSea()), -1, []
    states, waiting = {}, arriving(rows[:0]).append_column("waits", pa.nulls(0, pa.bool_()))
    waiting = held_back(waiting)
    for watermark in watermarks:
        time = rows["time"].to_numpy()
        new = arriving(rows.filter(pa.array((time >= seen) & (time < watermark))))
        states, told = gate.step(states, queued(waiting, new), REGISTER.empty_table(), watermark)
        waiting, seen = held_back(told), watermark
        settled = told.filter(pa.array(~told["waits"].to_numpy()))
        found += zip(settled["key"].to_pylist(), settled["verdict"].to_pylist(), strict=True)
    return found


def agreement(one, other):
    """The share of all pairs of rows that both put together, or both put apart."""
    one, other = (np.unique(np.array(each), return_inverse=True)[1] for each in (one, other))
    same = (one[:, None] == one) == (other[:, None] == other)
    return (same.sum() - len(one)) / (len(one) * (len(one) - 1))


def test_the_rows_of_one_hull_stay_together_and_strays_are_kept_off(labelled):
    rows = reports(labelled)
    found = judged(rows, [1 << 60])
    tracks = [f"{key}" if verdict is None else f"refused {i}" for i, (key, verdict) in enumerate(found)]
    truth = [row["expected"] for row in labelled]
    main, hull = (Counter(each).most_common(1)[0][0] for each in (truth, tracks))
    strays = [track for track, segment in zip(tracks, truth, strict=True) if segment != main]
    assert agreement(truth, tracks) >= 0.98
    assert len(strays) == 30
    assert sum(track != hull for track in strays) >= 25


def test_state_carried_over_days_changes_nothing(labelled):
    rows = reports(labelled)
    days = sorted({time // DAY_US * DAY_US + DAY_US for time in rows["time"].to_pylist()})
    every_hour = range(rows["time"][0].as_py() // DAY_US * DAY_US, days[-1], DAY_US // 24)
    assert judged(rows, [*days, 1 << 60]) == judged(rows, [*every_hour, 1 << 60]) == judged(rows, [1 << 60])
