"""The gate within a run: what waits is lost by nothing, and what is judged does not depend on how rows came."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pytest

from pipelines.config import Settings
from pipelines.run import IngestSummary, ingest
from pipelines.simulate.sea import Ship
from pipelines.store import resume
from pipelines.store.state import open_store
from pipelines.store.views import query
from tests.pipelines.seas import Arrival
from tests.pipelines.stores import count, told
from tests.scenarios import START, rows
from vessels.encode import sentences
from vessels.report import POSITION_SCALE

MINUTE: Final = 60_000_000
SHIP: Final = Ship(mmsi=511_100_102, name="SIM BORAK", ship_type=70, length_m=88, beam_m=13, callsign="T8SIM1")
OTHER: Final = Ship(mmsi=636_100_106, name="SIM TRADER", ship_type=70, length_m=180, beam_m=28, callsign="D5SIM5")
_JUDGED: Final = """
SELECT epoch_us(time) AS time, mmsi, msg_type, track_id, verdict FROM positions ORDER BY ALL
"""


def _elsewhere(reports: pa.Table, begin: float, end: float, *, mmsi: int = SHIP.mmsi) -> pa.Table:
    """Return the positions of a vessel between two minutes a degree and a half to the south, a second later."""
    time = reports["time"].to_numpy()
    within = (time >= START + begin * MINUTE) & (time < START + end * MINUTE) & reports["lat_e"].is_valid().to_numpy()
    found = reports.filter(pa.array(within & (reports["mmsi"].to_numpy() == mmsi)))
    for name, by in {"time": 1_000_000, "lat_e": -3 * POSITION_SCALE // 2}.items():
        field = found.schema.field(name)
        found = found.set_column(found.schema.get_field_index(name), field, pa.array(found[name].to_numpy() + by))
    return found.cast(reports.schema)


@pytest.fixture(scope="module")
def arrival() -> Arrival:
    """Two freighters; one jumps thrice at 0:30, and from 1:10 to 2:00 another hull sends under its number."""
    said = rows(
        SHIP.at(35.0, 14.0, "00:00").sail(to=[(35.0, 15.0)], kn=14),
        OTHER.at(35.2, 15.0, "00:00").sail(to=[(34.9, 16.2)], kn=14),
        every_s=60,
    )
    both = pa.concat_tables([said, _elsewhere(said, 30, 33), _elsewhere(said, 70, 120)]).sort_by("time")
    return Arrival(tuple(sentences(both, station="VOISIM1")), tuple(both["time"].to_pylist()))


def _ingest(root: Path, *parts: Any, flush_rows: int = 500_000) -> IngestSummary:
    """Ingest parts of an arrival, one file after another; return the last summary."""
    for number, lines in enumerate(parts):
        path = root.parent / f"{root.name}-{number}.nmea"
        path.write_bytes(b"".join(lines))
        summary = ingest(root, [str(path)], settings=Settings(flush_rows=flush_rows))
    return summary


def _judged(root: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = query(root, _JUDGED).to_pylist()
    return found


@pytest.fixture(scope="module")
def whole(arrival: Arrival, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("judged") / "whole"
    _ingest(root, arrival.lines)
    return root


def test_a_jump_and_a_second_hull_are_told_and_nothing_else_is_made_of_them(whole: Path) -> None:
    kinds = {event.kind for event in told(whole).values()}
    assert {"position_spoofing", "mmsi_clone"} <= kinds
    assert "gap" not in {event.kind for event in told(whole).values() if event.key % 1024 == 1 and event.end}
    verdicts = [(row["track_id"], row["verdict"]) for row in _judged(whole) if row["mmsi"] == SHIP.mmsi]
    assert verdicts.count((f"{SHIP.mmsi}/1", "jump")) == 3
    assert {track for track, verdict in verdicts if verdict is None} == {f"{SHIP.mmsi}/1", f"{SHIP.mmsi}/2"}


@pytest.mark.parametrize("flush_rows", [40, 500_000])
def test_files_cut_within_a_wait_give_what_one_file_gives(
    arrival: Arrival, whole: Path, tmp_path: Path, flush_rows: int
) -> None:
    cuts = [int(np.searchsorted(arrival.times, START + minute * MINUTE)) for minute in (31, 36, 75, 76, 100)]
    parts = [arrival.lines[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)]
    _ingest(tmp_path / "s", *parts, flush_rows=flush_rows)
    assert _judged(tmp_path / "s") == _judged(whole)
    assert told(tmp_path / "s") == told(whole)


def test_rows_that_wait_at_the_end_are_kept_and_not_doubled(arrival: Arrival, tmp_path: Path) -> None:
    upto = int(np.searchsorted(arrival.times, START + 36 * MINUTE))
    _ingest(tmp_path / "s", arrival.lines[:upto])
    with open_store(tmp_path / "s", create=False) as store:
        waiting = resume.waiting(store)
    assert set(waiting["mmsi"].to_pylist()) == {SHIP.mmsi}
    assert len(_judged(tmp_path / "s")) + waiting.num_rows < count(tmp_path / "s")  # static reports, too
    again = _ingest(tmp_path / "s", [b"# again\n", *arrival.lines[:upto]])
    assert again.rows == 0
    assert count(tmp_path / "s") == len(set(arrival.lines[:upto]))


def test_rows_that_come_late_are_judged_as_in_order(arrival: Arrival, whole: Path, tmp_path: Path) -> None:
    late = arrival.displaced(0.2, 300, 3000, seed=3)
    summary = _ingest(tmp_path / "s", late.lines, flush_rows=60)
    assert summary.late > 20
    assert _judged(tmp_path / "s") == _judged(whole)
    assert told(tmp_path / "s") == told(whole)
