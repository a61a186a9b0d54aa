"""Layouts of decoded archives, each a table from their columns to our fields, and how one is known by its header."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from pipelines.errors import PipelineError
from pipelines.feeds.fields import FIELDS, TIMES
from vessels.report import CONTENT

AUTO: Final = "auto"
_PLACE: Final = ("mmsi", "lat", "lon")


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


def chosen(name: str, header: Sequence[str], where: str) -> Preset:
    """Return the preset of a name; for `auto` the one that fits a header. Raises `PipelineError` when none does."""
    fitting = [preset for preset in (*PRESETS, OWN) if set(preset.needs) <= set(header)]
    if name != AUTO:
        fitting = [preset for preset in fitting if preset.name == name]
    if name not in NAMES:
        raise PipelineError(f"there is no preset {name!r}; there are {', '.join(NAMES)}")
    if not fitting:
        found = ", ".join(header[:30]) or "none"
        asked = "no preset fits" if name == AUTO else f"preset {name} does not fit"
        raise PipelineError(f"{where}: {asked}; its columns are {found}; say what they mean with --map COLUMN=FIELD")
    return max(fitting, key=lambda preset: len(set(preset.columns) & set(header)))


def mapped(mapping: Mapping[str, str], header: Sequence[str], where: str) -> Preset:
    """Return the layout that `--map COLUMN=FIELD` says. Raises `PipelineError` for what cannot be meant."""
    if unknown := sorted(set(mapping.values()) - set(FIELDS)):
        raise PipelineError(f"--map: there is no field {', '.join(unknown)}; there are {', '.join(FIELDS)}")
    if missing := sorted(set(mapping) - set(header)):
        raise PipelineError(f"{where}: --map: no column {', '.join(missing)}; its columns are {', '.join(header)}")
    fields = list(mapping.values())
    if twice := sorted({field for field in fields if fields.count(field) > 1}):
        raise PipelineError(f"--map: {', '.join(twice)} is given twice")
    if not set(_PLACE) <= set(fields) or len(set(TIMES) & set(fields)) != 1:
        raise PipelineError(f"--map: give {', '.join(_PLACE)} and one of {', '.join(TIMES)}")
    return Preset(name="map", title="columns as given by --map", columns=mapping, needs=tuple(mapping), tried=True)


def delimiter(line: str) -> str:
    """Return what parts the columns of a header line: comma, semicolon, tab or bar, whichever is there most often."""
    return max(",;\t|", key=line.count)
