import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import FeedError
from pipelines.feeds import table_file
from pipelines.feeds.archive import KEPT, ArchiveFeed, is_archive
from pipelines.store.segments import POSITIONS
from vessels.report import REPORT

HEADER = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Draft,TransceiverClass"
LATER = 1_640_995_200_000_000  # 2022-01-01T00:00:00Z


def line(second=0, *, mmsi=247000001, lat=36.5, name="NAME", kind="A", draught=""):
    return (
        f"{mmsi},2022-01-01T00:{second // 60:02d}:{second % 60:02d},{lat},12.5,1.0,2,3,{name},,,70,0,{draught},{kind}"
    )


@pytest.fixture
def feed(tmp_path):
    def made(*lines, pack=bytes, header=HEADER, **options):
        path = tmp_path / "archive"
        path.write_bytes(pack("\n".join([header, *lines, ""]).encode()))
        return ArchiveFeed(str(path), **options)

    return made


def read(feed, offset=0):
    return pa.concat_tables([REPORT.empty_table(), *feed.tables(offset)])


def kinds(table):
    return list(zip(table["offset"].to_pylist(), table["msg_type"].to_pylist(), strict=True))


def test_rows_are_report_rows_with_their_row_number_as_offset(feed):
    archive = feed(line(0), line(1))
    table = read(archive)
    assert table.schema == REPORT
    assert kinds(table) == [(0, 5), (0, 1), (1, 1)]
    assert set(table["clock"].to_pylist()) == {"feed"}
    assert set(table["file"].to_pylist()) == {archive.identity().sha256[:16]}
    assert set(table["source"].to_pylist()) == {archive.name}
    assert table["time"].to_pylist() == [LATER, LATER, LATER + 1_000_000]


def test_static_data_come_again_only_when_they_change(feed):
    names = ["A", "A", "B", "B", "", "A", "A"]
    table = read(feed(*(line(second, name=name) for second, name in enumerate(names))))
    statics = table.filter(pa.compute.equal(table["msg_type"], 5))
    assert list(zip(statics["offset"].to_pylist(), statics["name"].to_pylist(), strict=True)) == [
        *((0, "A"), (2, "B"), (4, None), (5, "A")),
    ]


def test_static_data_of_vessels_in_turn_are_told_apart(feed):
    table = read(feed(*(line(second, mmsi=247000001 + second % 3, name=f"N{second % 3}") for second in range(30))))
    assert table.filter(pa.compute.equal(table["msg_type"], 5))["offset"].to_pylist() == [0, 1, 2]
    assert table.filter(pa.compute.equal(table["msg_type"], 1)).num_rows == 30


def test_class_b_says_who_it_is_in_a_type_24(feed):
    assert kinds(read(feed(line(kind="B")))) == [(0, 24), (0, 18)]


def test_a_row_without_static_data_is_a_position_only(feed):
    archive = feed("247000001,2022-01-01 00:00:00,36.5,12.5", header="mmsi,base_date_time,latitude,longitude")
    assert kinds(read(archive)) == [(0, 1)]


@pytest.mark.parametrize("offset", range(7))
def test_reading_goes_on_at_a_row(feed, offset):
    archive = feed(*(line(second, name=f"N{second}") for second in range(6)))
    rest = read(archive, offset)
    assert rest.to_pylist() == [row for row in read(archive).to_pylist() if row["offset"] >= offset]
    assert archive.read == 6


def test_rows_are_the_same_in_whatever_batches_they_come(feed, monkeypatch):
    lines = [line(second, name=f"N{second}") for second in range(200)]
    whole = read(feed(*lines))
    monkeypatch.setattr(table_file, "CSV_BLOCK", 1000)
    archive = feed(*lines)
    assert len(list(archive.tables())) > 5
    assert read(archive).equals(whole)


def test_rejects_are_counted_by_reason_with_their_row_numbers(feed):
    archive = feed(
        line(0),
        line(1) + ",more",
        line(2, lat=95),
        line(3, lat="x"),
        line(4, mmsi=""),
        line(5, mmsi=10**10),
        line(6).replace("2022-01-01", "2022-01-32"),
        "247000001,too,few",
        line(8),
    )
    table = read(archive)
    assert [offset for offset, kind in kinds(table) if kind == 1] == [0, 8]
    assert {(reject.reason, reject.offset) for reject in archive.rejects} == {
        ("columns", 1),
        ("position: out of range", 2),
        ("lat: no number", 3),
        ("mmsi: none", 4),
        ("mmsi: none", 5),
        ("time: unreadable or out of range", 6),
        ("columns", 7),
    }
    assert sum(archive.rejected.values()) == 7
    assert archive.messages == {5: 1, 1: 2}


def test_of_many_rejects_the_first_are_kept_and_all_are_counted(feed):
    archive = feed(*(line(lat=95) for _ in range(KEPT * 3)))
    read(archive)
    assert len(archive.rejects) == KEPT
    assert archive.rejected == {"position: out of range": 3 * KEPT}


@pytest.mark.parametrize(
    ("column", "text", "kept"),
    [
        ("LAT", "91", None),
        ("LON", "181", None),
        ("SOG", "102.3", None),
        ("SOG", "-0.1", None),
        ("SOG", "102.2", 1022),
        ("COG", "360.0", None),
        ("COG", "359.9", 3599),
        ("Heading", "511", None),
        ("Heading", "359.0", 359),
        ("Status", "15", None),
        ("Status", "Moored", 5),
        ("Status", "", None),
    ],
)
def test_not_available_is_null(feed, column, text, kept):
    values = dict(zip(HEADER.split(","), line().split(","), strict=True))
    (*_, row) = read(feed(",".join({**values, column: text}.values()))).to_pylist()
    name = {"LAT": "lat_e", "LON": "lon_e", "SOG": "sog_e", "COG": "cog_e", "Heading": "heading_deg"}
    assert row[name.get(column, "nav_status")] == kept


@given(st.integers(-54_000_000, 54_000_000))
def test_five_decimals_of_a_degree_come_back_exactly(tmp_path_factory, units):
    path = tmp_path_factory.mktemp("degrees") / "a.csv"
    hundred_thousandths = units // 6
    path.write_text(f"{HEADER}\n{line(lat=hundred_thousandths / 100_000)}\n")
    (*_, row) = read(ArchiveFeed(str(path))).to_pylist()
    assert row["lat_e"] == hundred_thousandths * 6


def test_hostile_text_is_cleaned_and_cut(feed):
    (static, _) = read(feed(line(name="\x1b[2J\u202eEVIL" + "X" * 90))).to_pylist()
    assert static["name"] == "[2JEVILXXXXXXXXXXXXX"


def test_bytes_that_are_no_utf8_are_read_as_latin_1(feed):
    (static, _) = read(feed(line(name="ØSTERSØ"), pack=lambda data: data.decode().encode("latin-1"))).to_pylist()
    assert static["name"] == "ØSTERSØ"


def test_packed_or_not_an_archive_is_the_same(feed):
    plain = feed(line()).identity()
    assert feed(line(), pack=gzip.compress).identity() == plain
    assert plain.length == 1


def test_an_archive_is_known_as_a_whole(feed):
    identity = feed(line(0), line(1)).identity([0, 1, 2, 3])
    assert identity.prefixes == dict.fromkeys((0, 1, 2), identity.sha256)
    assert feed(line(0), line(1), line(2)).identity([2]).prefixes[2] != identity.sha256


def test_the_summary_tells_preset_and_zone(feed):
    assert "times that name no zone are read as Europe/Rome" in feed(line(), zone="Europe/Rome").told


def test_parquet_of_numbers_and_timestamps_is_read_like_text(tmp_path, feed):
    expected = read(feed(line(draught="7.5")))
    table = pa.table(
        {
            "MMSI": [247000001],
            "BaseDateTime": pa.array([LATER], pa.timestamp("us")),
            "LAT": [36.5],
            "LON": [12.5],
            "SOG": pa.array([1.0], pa.float32()),
            "COG": [2],
            "Heading": [3],
            "VesselName": ["NAME"],
            "VesselType": [70],
            "Status": ["0"],
            "Draft": [7.5],
            "TransceiverClass": pa.array(["A"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    found = read(ArchiveFeed(str(tmp_path / "a.parquet")))
    assert found.drop_columns(["file", "source"]).equals(expected.drop_columns(["file", "source"]))


OWN_ROW = {"time": LATER, "mmsi": 247000001, "msg_type": 1, "lat_e": 1, "lon_e": 2, "station": "S", "clock": "tag"}


def test_parquet_of_our_own_layout_keeps_its_exact_integers(tmp_path):
    rows = [dict.fromkeys(POSITIONS.names) | OWN_ROW | {"lat_e": lat} for lat in (19_830_001, 99_000_000)]
    pq.write_table(pa.Table.from_pylist(rows, POSITIONS), tmp_path / "a.parquet")
    archive = ArchiveFeed(str(tmp_path / "a.parquet"))
    (row,) = read(archive).to_pylist()
    assert archive.preset.name == "voi"
    assert (row["lat_e"], row["clock"], row["station"], row["offset"]) == (19_830_001, "tag", "S", 0)
    assert archive.rejected == {"lat_e: out of range": 1}


def test_parquet_that_only_names_its_columns_like_ours_is_rejected(tmp_path):
    pq.write_table(pa.table({name: ["x"] for name in OWN_ROW}), tmp_path / "a.parquet")
    archive = ArchiveFeed(str(tmp_path / "a.parquet"))
    assert read(archive).num_rows == 0
    assert sum(archive.rejected.values()) == 1


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", b"\x1f\x8b\x08\x00"])
def test_what_is_no_table_is_refused_by_name(tmp_path, content):
    (tmp_path / "broken").write_bytes(content)
    with pytest.raises(Exception, match="broken") as raised:
        ArchiveFeed(str(tmp_path / "broken"))
    assert raised.value.exit_code in (2, 3)


def test_a_damaged_archive_gives_what_comes_before_the_damage(feed, monkeypatch):
    monkeypatch.setattr(table_file, "CSV_BLOCK", 4000)
    archive = feed(*(line(second % 3600) for second in range(9000)), pack=lambda data: gzip.compress(data)[:-500])
    tables = archive.tables()
    with pytest.raises(FeedError, match="damaged"):
        list(tables)


def test_a_file_is_an_archive_when_a_preset_fits(feed, tmp_path):
    assert is_archive(feed(line()).name)
    (tmp_path / "log.nmea").write_bytes(b"!AIVDM,1,1,,B,16:Vk1h00g8O=vRBDhNp0nKp0000,0*40\r\n")
    assert not is_archive(str(tmp_path / "log.nmea"))
    assert not is_archive(str(tmp_path / "none"))
    assert not is_archive("-")
