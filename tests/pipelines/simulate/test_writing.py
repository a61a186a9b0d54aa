"""From the story to NMEA files and back: the decoder reads what the ships said, and everything says it is simulated."""

import json
import re
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.simulate import simulate
from pipelines.simulate.day import voyages
from pipelines.simulate.radio import heard
from pipelines.simulate.speech import reports
from pipelines.simulate.writing import EVERY_S, START_US, broadcast
from tests.scenarios import shared_scenario
from vessels.decode import Decoder
from vessels.report import CONTENT

STATIC_LATENESS_US = 2_000_000  # without a second of its own a copy keeps its stamp, up to two seconds late


def decoded(data):
    decoder = Decoder("test", "0" * 16)
    return decoder.feed(data, last=True), decoder.counts


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    shares = []
    out = tmp_path_factory.mktemp("sim")
    return simulate(out, seed=1, progress=shares.append), shares


@pytest.fixture(scope="module")
def read(written):
    return [decoded(path.read_bytes()) for path in written[0].files]


def test_rows_go_through_the_radio_and_come_back_the_same():
    told = shared_scenario().reports
    copies = heard(told, np.random.default_rng(5))
    sound = copies.part(~copies.broken)
    found, counts = decoded(b"".join(broadcast(told, sound, np.random.default_rng(5))))
    assert not counts.rejects
    sent = told.take(pa.array(sound.row))
    assert found.reports.select(CONTENT.names).equals(sent.select(CONTENT.names))
    late = found.reports["time"].to_numpy() - sent["time"].to_numpy()
    assert not late[pc.is_valid(sent["utc_second"]).to_numpy()].any()
    assert 0 <= late.min() <= late.max() <= STATIC_LATENESS_US


def test_every_decoded_row_is_marked_simulated(read):
    assert all(pc.all(found.reports["simulated"]).as_py() for found, _ in read)


def test_the_files_hold_all_vessels_and_the_promised_number_of_sentences(written, read):
    made, _ = written
    heard_of = {mmsi for found, _ in read for mmsi in found.reports["mmsi"].to_pylist()}
    assert heard_of == {voyage.ship.mmsi for voyage in voyages()}
    assert made.vessels == len(heard_of)
    assert 150_000 < made.sentences < 300_000
    assert sum(counts.sentences for _, counts in read) == pytest.approx(made.sentences, rel=0.001)


def test_broken_sentences_are_there_to_be_refused(written, read):
    rejects = read[0][1].rejects
    assert rejects["checksum"] > 10
    assert sum(rejects.values()) < 0.01 * written[0].sentences


def test_all_types_the_sea_language_speaks_are_in_the_files(read):
    assert {kind for _, counts in read for kind in counts.messages} == {1, 3, 5, 14, 18, 19, 24, 27}


def test_a_file_begins_by_saying_that_it_is_simulated(written):
    assert all(path.read_bytes().startswith(b"# SIMULATED") for path in written[0].files)


def test_the_truth_lies_beside_the_radio(written):
    document = json.loads(written[0].truth_path.read_text("utf-8"))
    assert document["simulated"] is True
    assert {item["mmsi"] for item in document["planted"]} < {voyage.ship.mmsi for voyage in voyages()}
    first = min(datetime.fromisoformat(item["start"]) for item in document["planted"] if item["kind"] == "gap")
    assert first.date() == datetime.fromtimestamp(START_US / 1e6, UTC).date()


def test_progress_runs_to_the_end(written):
    shares = written[1]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(written, tmp_path):
    again, other = simulate(tmp_path / "again", seed=1), simulate(tmp_path / "other", seed=2)
    first = [path.read_bytes() for path in written[0].files]
    assert [path.read_bytes() for path in again.files] == first
    assert [path.read_bytes() for path in other.files] != first
    assert other.truth_path.read_text("utf-8") == again.truth_path.read_text("utf-8")


def test_a_second_day_goes_on_where_the_first_ended(tmp_path):
    later = START_US + 10 * 86_400_000_000
    made = simulate(tmp_path, days=2, start=later)
    tags = re.findall(rb",c:([0-9]+)", b"".join(path.read_bytes() for path in made.files))
    times = np.array(tags, np.int64) * 1_000_000
    assert later <= times.min() < later + 60_000_000
    assert times.max() > later + 2 * 86_400_000_000 - 60_000_000
    assert np.diff(np.unique(times)).max() < 60_000_000
    assert made.vessels == len(voyages())


def test_thinning_leaves_the_demo_day_its_usual_size():
    assert 100_000 < reports(voyages(), start=START_US, every_s=EVERY_S).num_rows < 250_000
