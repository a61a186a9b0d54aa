"""Layouts of decoded archives, each a table from their columns to our fields, and how one is known by its header."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from pipelines.errors import FeedError, PipelineError
from pipelines.feeds.fields import FIELDS, TIMES
from vessels.report import CONTENT

AUTO: Final = "auto"
_PLACE: Final = ("mmsi", "lat", "lon")
_SHOWN: Final = 40  # columns of a header, and characters of each, that an error shows; chosen: NOAA's have 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One layout. `columns` maps its columns to fields; by those in `needs` it is known."""

    name: str
    title: str
    columns: Mapping[str, str]
    needs: Sequence[str]
    tried: bool = False  # on a real file, not only on samples made by hand
    note: str = ""

    @property
    def told(self) -> str:
        """Return what a summary says of it."""
        untried = "" if self.tried else "never tried on a real file: check some rows"
        return "; ".join(filter(None, (self.title, self.note, untried)))


def _read() -> tuple[Preset, ...]:
    tables = tomllib.loads(files("pipelines.feeds").joinpath("presets.toml").read_text("utf-8"))
    return tuple(Preset(name=name, **table) for name, table in tables.items())


PRESETS: Final = _read()
OWN: Final = Preset(
    name="voi",
    title="voi's own Parquet",
    columns={name: name for name in (*CONTENT.names, "time", "clock", "station", "receivers", "simulated")},
    needs=("mmsi", "time", "msg_type", "lat_e", "lon_e"),
    tried=True,
)
NAMES: Final = (AUTO, *(preset.name for preset in PRESETS), OWN.name)


def check_name(name: str) -> None:
    """Raise `PipelineError` for a preset that there is not."""
    if name not in NAMES:
        raise PipelineError(f"--preset: there is no preset {name!r}; there are {', '.join(NAMES)}")


def chosen(name: str, header: Sequence[str], where: str) -> Preset:
    """Return the preset of a name; for `auto` the one that fits a header. Raises `FeedError` when none does."""
    check_name(name)
    fitting = [preset for preset in (*PRESETS, OWN) if set(preset.needs) <= set(header)]
    if name != AUTO:
        fitting = [preset for preset in fitting if preset.name == name]
    if not fitting:
        asked = "no preset fits" if name == AUTO else f"preset {name} does not fit"
        raise FeedError(f"{where}: {asked}; {_columns(header)}; say what they mean with --map COLUMN=FIELD")
    return max(fitting, key=lambda preset: len(set(preset.columns) & set(header)))


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raise `PipelineError` for columns and fields of `--map COLUMN=FIELD` that cannot be meant of any table."""
    for column, field in mapping.items():
        if field not in FIELDS and column in FIELDS:
            raise PipelineError(f"--map {column}={field}: the column stands first; write --map {field}={column}")
    if unknown := sorted(set(mapping.values()) - set(FIELDS)):
        raise PipelineError(f"--map: there is no field {', '.join(unknown)}; there are {', '.join(FIELDS)}")
    fields = list(mapping.values())
    if twice := sorted({field for field in fields if fields.count(field) > 1}):
        raise PipelineError(f"--map: {', '.join(twice)} is given twice")
    if not set(_PLACE) <= set(fields) or len(set(TIMES) & set(fields)) != 1:
        raise PipelineError(f"--map: give {', '.join(_PLACE)} and one of {', '.join(TIMES)}")


def mapped(mapping: Mapping[str, str], header: Sequence[str], where: str) -> Preset:
    """Return the layout that `--map COLUMN=FIELD` says. Raises `FeedError` where a column is missing."""
    check_mapping(mapping)
    if missing := sorted(set(mapping) - set(header)):
        raise FeedError(f"{where}: --map: no column {', '.join(missing)}; {_columns(header)}")
    return Preset(name="map", title="columns as given by --map", columns=mapping, needs=tuple(mapping), tried=True)


def _columns(header: Sequence[str]) -> str:
    """Return the columns of a file for an error; what is no table may have any number of any length."""
    more = ", …" if len(header) > _SHOWN else ""
    return f"its columns are {', '.join(name[:_SHOWN] for name in header[:_SHOWN]) or 'none'}{more}"


def delimiter(line: str) -> str:
    """Return what parts the columns of a header line: comma, semicolon, tab or bar, whichever is there most often."""
    return max(",;\t|", key=line.count)
