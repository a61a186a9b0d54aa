from pipelines.detect.gate import admit
from tests.pipelines.detect.reports import fix, released, static
from vessels.event import track_key


def test_every_row_is_on_the_first_track_of_its_mmsi_and_accepted():
    rows = admit(released([fix(0, 247000001), static(1, 247000002)]))
    assert rows["key"].to_pylist() == [track_key(247000001), track_key(247000002)]
    assert rows["verdict"].to_pylist() == [None, None]


def test_no_row_gives_no_row():
    assert admit(released([])).num_rows == 0
