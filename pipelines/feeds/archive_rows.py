"""Rows of a decoded archive as report rows: columns in, columns out."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.feeds import fields
from pipelines.feeds.fields import NOT_A_VESSEL, NUMBERS, TEXTS, TIMES, Flags, Floats, Ints
from pipelines.feeds.moments import YEARS_US, day_of, moments
from vessels.report import POSITION_TYPES, REPORT, STATIC_TYPES, TEXT_TYPES

Columns = Mapping[str, pa.Array]
Reasons = npt.NDArray[np.str_]

LATITUDE_ABSENT: Final = 91  # degrees, M.1371-5 table 48
LONGITUDE_ABSENT: Final = 181
_AIRCRAFT_MMSI: Final = 111  # how the MMSI of a search and rescue aircraft begins
_CLASS_A, _AIRCRAFT, _CLASS_B, _WHOLE = 1, 9, 18, 19
_VOYAGE, _STATIC_B = 5, 24
_B_TYPES: Final = (_AIRCRAFT, _CLASS_B)
_STATIC: Final = (
    *("imo", "name", "callsign", "ship_type", "to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m"),
    *("draught_e", "destination", "eta"),
)
_MOVING: Final = ("lat_e", "lon_e", "sog_e", "cog_e", "heading_deg", "rot_e", "nav_status", "utc_second")
_BOTH: Final = ("mmsi", "msg_type", "time", "station", "offset")
_SIDES: Final = (("length_m", "to_bow_m", "to_stern_m", 511), ("beam_m", "to_port_m", "to_starboard_m", 63))


def reports(columns: Columns, rows: Ints, zone: str) -> tuple[pa.Table, Reasons]:
    """Return REPORT rows (source, file and clock still null) of archive rows, and why each is refused, or "".

    `columns` are by field; `rows` their numbers, which become the offset. A row that says where and who becomes two.
    """
    columns = {field: fields.said(column) for field, column in columns.items()}
    values, reasons = _values(columns, zone)
    values["offset"] = pa.array(rows)
    table = pa.table(values).filter(pa.array(reasons == ""))
    who = _who(table)
    where = _where(table)
    found = pa.concat_tables([who, where]).sort_by([("offset", "ascending")])
    return _filled(found), reasons


def own(table: pa.Table, rows: Ints) -> tuple[pa.Table, Reasons]:
    """Return the same of rows that are REPORT already, as far as they have its columns."""
    names = table.column_names
    try:
        table = pa.table({name: table[name].cast(REPORT.field(name).type) for name in names}).combine_chunks()
    except pa.ArrowInvalid:
        return REPORT.empty_table(), np.full(len(rows), "type of a column")
    kept = {name: fields.texts(one(table[name]), length) for name, length in TEXTS.items() if name in names}
    for name, column in kept.items():
        table = table.set_column(names.index(name), name, column)
    reasons = _own_faults(table)
    table = table.append_column("offset", pa.array(rows))
    return _filled(table.filter(pa.array(reasons == ""))), reasons


def _own_faults(table: pa.Table) -> Reasons:
    reasons = np.full(table.num_rows, "", dtype="U40")
    for number in NUMBERS.values():
        if number.column in table.column_names:
            values = table[number.column].cast(pa.int64()).fill_null(number.low).to_numpy()
            low = -127 if number.column == "rot_e" else number.low
            high = 10 * number.high if number.column == "sog_e" else max(number.high, 127 * (number.column == "rot_e"))
            _refuse(reasons, (values < low) | (values > high), f"{number.column}: out of range")
    for name in ("mmsi", "time", "msg_type"):
        _refuse(reasons, ~np.asarray(table[name].is_valid()), f"{name}: none")
    kinds = table["msg_type"].fill_null(0).to_numpy()
    _refuse(reasons, ~np.isin(kinds, (*POSITION_TYPES, *STATIC_TYPES, *TEXT_TYPES)), "type: not kept")
    times = table["time"].fill_null(0).to_numpy()
    _refuse(reasons, (times < YEARS_US[0]) | (times >= YEARS_US[1]), "time: out of range")
    return reasons


def _values(columns: Columns, zone: str) -> tuple[dict[str, pa.Array], Reasons]:
    """Return the columns of the report (and type, time, size) for every row, and why a row is refused."""
    count = len(next(iter(columns.values())))
    reasons = np.full(count, "", dtype="U40")
    values: dict[str, pa.Array] = {}
    form = next(field for field in columns if field in TIMES)
    times, untimed = moments(columns[form], form, zone)
    values["time"] = pa.array(times)
    raw = {field: _raw(field, column, reasons) for field, column in columns.items() if field in (*NUMBERS, "class")}
    _types(raw, reasons, values)
    _refuse(reasons, untimed, "time: unreadable or out of range")
    _place(raw, reasons)
    if "rot_deg_min" in raw:
        raw["rot_deg_min"] = fields.turning(raw["rot_deg_min"])
    for field, number in NUMBERS.items():
        if field in raw and field != "msg_type":
            values[number.column] = fields.whole(raw[field], number)
    _refuse(reasons, np.asarray(values["mmsi"].is_null()), "mmsi: none")
    for field, length in TEXTS.items():
        if field in columns:
            values[field] = fields.texts(columns[field], length)
    if "eta_dmy" in columns:
        values["eta"] = pc.strftime(day_of(columns["eta_dmy"].cast(pa.string()), "time_dmy"), format="%m-%dT%H:%M")
    return values, reasons


def _raw(field: str, column: pa.Array, reasons: Reasons) -> Floats:
    """Return a column as numbers; what is no number is a reason to refuse the row."""
    words = fields.WORDS.get(field)
    values, bad = fields.coded(column, words) if words else fields.numbers(column)
    _refuse(reasons, bad & (field != "class"), f"{field}: no number")
    if field == "class":
        values = np.where(bad, NOT_A_VESSEL, values)
    return values


def _types(raw: dict[str, Floats], reasons: Reasons, values: dict[str, pa.Array]) -> None:
    """Tell each row's message type: as said, else by the class of its transponder, else class A."""
    mmsis = raw["mmsi"]
    usual = np.where(mmsis // 1_000_000 == _AIRCRAFT_MMSI, _AIRCRAFT, _CLASS_A)
    said = raw.get("msg_type", raw.pop("class", np.full(len(mmsis), np.nan)))
    kinds = np.where(np.isnan(said), usual, said)
    _refuse(reasons, kinds == NOT_A_VESSEL, "not a vessel")
    _refuse(reasons, ~np.isin(kinds, (*POSITION_TYPES, *STATIC_TYPES, *TEXT_TYPES)), "type: not kept")
    values["msg_type"] = pa.array(np.where(reasons == "", kinds, 0).astype(np.int8))


def _place(raw: dict[str, Floats], reasons: Reasons) -> None:
    """Refuse positions off the globe; one without its other half, or with "not available", is none."""
    lat, lon = raw["lat"], raw["lon"]
    absent = np.isnan(lat) | np.isnan(lon) | (lat == LATITUDE_ABSENT) | (lon == LONGITUDE_ABSENT)
    _refuse(reasons, ~absent & ((np.abs(lat) > 90) | (np.abs(lon) > 180)), "position: out of range")
    raw["lat"], raw["lon"] = np.where(absent, np.nan, lat), np.where(absent, np.nan, lon)


def _refuse(reasons: Reasons, where: Flags, reason: str) -> None:
    """Give a reason to rows that have none yet."""
    reasons[where & (reasons == "")] = reason


def _where(table: pa.Table) -> pa.Table:
    """Return the rows that say where a vessel is, and safety texts. Those of type 19 say the rest too."""
    kinds = table["msg_type"].to_numpy()
    whole = table.filter(pa.array(kinds == _WHOLE))
    moved = table.filter(pa.array(np.isin(kinds, POSITION_TYPES) & (kinds != _WHOLE)))
    texts = table.filter(pa.array(np.isin(kinds, TEXT_TYPES)))
    return pa.concat_tables(
        [_filled(_sized(whole)), _filled(_only(moved, (*_BOTH, *_MOVING))), _filled(_only(texts, (*_BOTH, "text")))]
    )


def _who(table: pa.Table) -> pa.Table:
    """Return the static rows: of each vessel its first, then those that differ from the one before."""
    kinds = table["msg_type"].to_numpy()
    table = _only(_sized(table.filter(pa.array(~np.isin(kinds, (_WHOLE, *TEXT_TYPES))))), (*_BOTH, *_STATIC))
    names = [name for name in _STATIC if name in table.column_names]
    if not names or table.num_rows == 0:
        return _filled(table[:0])
    spoken = np.logical_or.reduce([np.asarray(table[name].is_valid()) for name in names])
    table = table.filter(pa.array(spoken))
    order = np.argsort(table["mmsi"].to_numpy(), kind="stable")
    table = table.take(pa.array(order)).combine_chunks()
    table = table.filter(pa.array(_changed(table, ["mmsi", *names])))
    said = table["msg_type"].to_numpy()
    kind = np.where(np.isin(said, STATIC_TYPES), said, np.where(np.isin(said, _B_TYPES), _STATIC_B, _VOYAGE))
    return _filled(table.set_column(table.column_names.index("msg_type"), "msg_type", pa.array(kind.astype(np.int8))))


def _changed(table: pa.Table, names: list[str]) -> Flags:
    """Return the rows that differ from the row before in any of these columns."""
    changed = np.ones(table.num_rows, np.bool_)
    codes = [one(table[name]).dictionary_encode(null_encoding="encode").indices.to_numpy() for name in names]
    changed[1:] = np.logical_or.reduce([code[1:] != code[:-1] for code in codes])
    return changed


def _sized(table: pa.Table) -> pa.Table:
    """Say length and beam as AIS does of a hull whose antenna's place is not known: 0 forward and to port."""
    for size, near, far, most in _SIDES:
        if size in table.column_names:
            metres = table[size]
            rest = pc.min_element_wise(metres, pa.scalar(most, pa.int64()), skip_nulls=False)
            table = table.append_column(near, pc.subtract(metres, rest)).append_column(far, rest).drop_columns(size)
    return table


def _only(table: pa.Table, names: tuple[str, ...]) -> pa.Table:
    return table.select([name for name in names if name in table.column_names])


def _filled(table: pa.Table) -> pa.Table:
    """Return a table with the columns of a report: null where it has none."""
    return pa.table(
        [
            table[field.name].cast(field.type)
            if field.name in table.column_names
            else pa.nulls(table.num_rows, field.type)
            for field in REPORT
        ],
        schema=REPORT,
    )


def one(column: Any) -> pa.Array:
    """Return a column as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
