import re

import pyarrow.compute as pc
import pytest

from pipelines.errors import PipelineError
from pipelines.feeds.archive import ArchiveFeed
from pipelines.feeds.fields import FIELDS, TIMES
from pipelines.feeds.presets import NAMES, PRESETS, chosen, mapped

SAMPLES = {
    "noaa": (
        "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo,"
        "TransceiverClass\n"
        "538009563,2022-06-20T00:00:04,29.23668,-116.63519,20.4,360.0,511.0,DEL MONTE PRIDE,IMO9869693,V7A4893,70,15,"
        "192,30,7.6,70,A\n"
    ),
    "noaa-2025": (
        "mmsi,base_date_time,longitude,latitude,sog,cog,heading,vessel_name,imo,call_sign,vessel_type,status,length,"
        "width,draft,cargo,transceiver\n"
        "538009563,2022-06-20 00:00:04,-116.63519,29.23668,20.4,360.0,511,DEL MONTE PRIDE,IMO9869693,V7A4893,70,15,"
        "192,30,7.6,70,A\n"
    ),
    "dma": (
        "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,"
        "Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,A,B,"
        "C,D\n"
        "20/06/2022 00:00:04,Class A,538009563,29.23668,-116.63519,Unknown value,,20.4,360,,9869693,V7A4893,"
        "DEL MONTE PRIDE,Cargo,No additional information,30,192,GPS,7.6,Unknown,,AIS,0,192,0,30\n"
    ),
    "gfw": (
        "mmsi,timestamp,distance_from_shore,distance_from_port,speed,course,lat,lon,is_fishing,source\n"
        "538009563.0,1655683204.0,0.0,0.0,20.4,360.0,29.23668,-116.63519,-1.0,x\n"
    ),
    "exactearth": (
        "MMSI,Message_ID,Repeat_indicator,Time,Millisecond,Navigational_status,ROT,SOG,Accuracy,Longitude,Latitude,COG,"
        "Heading,UTC_second\n"
        "538009563,1,0,20220620_000004,0,15,,20.4,1,-116.63519,29.23668,360,511,60\n"
    ),
    "statsat": (
        "mmsi;lon;lat;date_time_utc;sog;cog;true_heading;nav_status;rot;message_nr;source\n"
        "538009563;-116.63519;29.23668;2022-06-20 00:00:04;20.4;360;511;15;;1;s\n"
    ),
}


def rows(feed):
    return [row for table in feed.tables() for row in table.to_pylist()]


def said(row):
    """Return what a row says beyond where it is from."""
    left_out = ("source", "file", "station", "receivers", "simulated", "offset")
    return {key: value for key, value in row.items() if value is not None and key not in left_out}


@pytest.fixture
def archive(tmp_path):
    def made(text, **options):
        path = tmp_path / "archive.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return ArchiveFeed(str(path), **options)

    return made


@pytest.mark.parametrize("name", list(SAMPLES))
def test_every_preset_is_found_by_its_header_and_gives_the_same_position(archive, name):
    feed = archive(SAMPLES[name])
    *_, position = rows(feed)
    assert feed.preset.name == name
    assert said(position) == {
        "time": 1_655_683_204_000_000,
        "clock": "feed",
        "mmsi": 538009563,
        "msg_type": 1,
        "lat_e": 17_542_008,
        "lon_e": -69_981_114,
        "sog_e": 204,
    }
    assert feed.rejected == {}


@pytest.mark.parametrize("name", ["noaa", "noaa-2025", "dma"])
def test_static_columns_become_a_static_row_before_the_position(archive, name):
    static, _ = rows(archive(SAMPLES[name]))
    assert said(static) == {
        "time": 1_655_683_204_000_000,
        "clock": "feed",
        "mmsi": 538009563,
        "msg_type": 5,
        "imo": 9869693,
        "name": "DEL MONTE PRIDE",
        "callsign": "V7A4893",
        "ship_type": 70,
        "to_bow_m": 0,
        "to_stern_m": 192,
        "to_port_m": 0,
        "to_starboard_m": 30,
        "draught_e": 76,
    }


def test_presets_never_tried_on_a_real_file_say_so():
    told = {preset.name: "never tried on a real file" in preset.told for preset in PRESETS}
    assert told == {**dict.fromkeys(SAMPLES, True), "noaa": False}


def test_every_preset_maps_to_fields_that_exist_and_has_one_time():
    for preset in PRESETS:
        fields = set(preset.columns.values())
        assert fields <= set(FIELDS)
        assert len(fields & set(TIMES)) == 1
        assert set(preset.needs) >= {
            name for name, field in preset.columns.items() if field in ("mmsi", "lat", "lon")
        } - {"imo"}


def test_the_real_sample_of_noaa_is_read_whole(shared_data):
    path = shared_data / "csv" / "noaa_marinecadastre_20230101.csv"
    feed = ArchiveFeed(str(path))
    (table,) = feed.tables()
    lines = path.read_text().splitlines()[1:]
    assert feed.preset.name == "noaa"
    assert feed.rejected == {}
    positions = table.filter(pc.is_in(table["msg_type"], pc.cast([1, 18], table["msg_type"].type)))
    assert positions["mmsi"].to_pylist() == [int(line.split(",")[0]) for line in lines]
    assert positions["lat_e"].to_pylist() == [round(float(line.split(",")[2]) * 600_000) for line in lines]
    assert positions["cog_e"].null_count == sum(line.split(",")[5] == "360.0" for line in lines)
    assert positions["heading_deg"].null_count == sum(line.split(",")[6] == "511.0" for line in lines)
    assert pc.count_distinct(table["mmsi"]).as_py() == 1000
    assert feed.messages == {1: 954, 5: 952, 18: 46, 24: 46}


DANISH = (
    SAMPLES["dma"].splitlines()[0]
    + """
31/12/2021 23:59:59,Base Station,2190049,55.1,12.1,Unknown value,,,,,Unknown,,,Undefined,,,,,,,,AIS,,,,
31/12/2021 23:59:59,AtoN,992190049,55.1,12.1,Unknown value,,,,,Unknown,,,Undefined,,,,,,,,AIS,,,,
31/12/2021 23:59:59,Class B,219000432,91,0,Unknown value,,,,,Unknown,,SAILOR,Sailing,,4,12,GPS,,Unknown,,AIS,8,4,2,2
31/12/2021 23:59:59,Class A,219000431,54.5,11.9,Restricted maneuverability,-10,1,2,3,,,"A, B",Dredging,,,,,,X,\
15/01/2022 06:30:00,AIS,,,,
31/12/2021 23:59:59,SAR Airborne,111219501,54.5,11.9,Unknown value,,120,2,,Unknown,,,SAR,,,,,,,,AIS,,,,
"""
)


def test_the_danish_archive_leaves_out_what_is_no_vessel_and_knows_its_words(archive):
    feed = archive(DANISH)
    found = rows(feed)
    assert [(row["mmsi"], row["msg_type"]) for row in found] == [
        *((219000432, 24), (219000432, 18), (219000431, 5), (219000431, 1), (111219501, 24), (111219501, 9)),
    ]
    assert {row["time"] for row in found} == {1_640_995_199_000_000}
    assert (found[1]["lat_e"], found[1]["lon_e"]) == (None, None)
    assert (found[3]["nav_status"], found[3]["rot_e"]) == (3, -15)
    assert (found[2]["name"], found[2]["ship_type"], found[2]["eta"]) == ("A, B", 33, "01-15T06:30")
    assert feed.rejected == {"not a vessel": 2}
    assert [reject.offset for reject in feed.rejects] == [0, 1]


def test_exactearth_tells_by_message_type_what_a_row_is(archive):
    text = (
        "MMSI,Message_ID,Time,Vessel_Name,Call_sign,IMO,Ship_Type,Longitude,Latitude,SOG,Safety_text\n"
        "247000001,5,20210701_000005,NAME,CALL,9307839,70,,,,\n"
        "247000001,19,20210701_000006,NAME,,,70,12.2,36.1,1,\n"
        "247000001,14,20210701_000007,,,,,,,,HELP ME\n"
        "247000001,4,20210701_000008,,,,,12.2,36.1,,\n"
    )
    feed = archive(text)
    assert [(row["msg_type"], row["name"], row["lat_e"], row["text"]) for row in rows(feed)] == [
        (5, "NAME", None, None),
        (19, "NAME", 21_660_000, None),
        (14, None, None, "HELP ME"),
    ]
    assert feed.rejected == {"type: not kept": 1}


def test_anonymised_numbers_are_no_mmsi(archive):
    feed = archive(SAMPLES["gfw"].replace("538009563.0", "12639560807591.0"))
    assert rows(feed) == []
    assert feed.rejected == {"mmsi: none": 1}


def test_a_header_that_nothing_fits_is_told_with_its_columns():
    with pytest.raises(PipelineError, match=r"x.csv: no preset fits; its columns are when, where; .*--map"):
        chosen("auto", ["when", "where"], "x.csv")
    with pytest.raises(PipelineError, match="preset dma does not fit"):
        chosen("dma", ["when", "where"], "x.csv")


def test_an_unknown_preset_is_refused_with_those_there_are():
    with pytest.raises(PipelineError, match=re.escape(", ".join(NAMES))):
        chosen("noaaa", ["MMSI"], "x.csv")


MAPPING = {"t": "time", "id": "mmsi", "y": "lat", "x": "lon"}


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_other_table_is_mapped_by_hand(archive, mark):
    text = "t,id,y,x,v\n2022-06-20T00:00:04Z,538009563,29.23668,-116.63519,20.4\n".replace(",", mark)
    (position,) = rows(archive(text, mapping={**MAPPING, "v": "sog_kn"}))
    assert (position["mmsi"], position["lat_e"], position["sog_e"]) == (538009563, 17_542_008, 204)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({**MAPPING, "v": "speed"}, "no field speed; there are mmsi"),
        ({**MAPPING, "w": "sog_kn"}, "no column w; its columns are t, id, y, x, v"),
        ({**MAPPING, "v": "lat"}, "lat is given twice"),
        ({"t": "time", "id": "mmsi", "y": "lat"}, "give mmsi, lat, lon and one of time"),
        ({"id": "mmsi", "y": "lat", "x": "lon"}, "give mmsi, lat, lon and one of time"),
        ({**MAPPING, "v": "time_s"}, "give mmsi, lat, lon and one of time"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(mapping, message):
    with pytest.raises(PipelineError, match=message):
        mapped(mapping, ["t", "id", "y", "x", "v"], "x.csv")
