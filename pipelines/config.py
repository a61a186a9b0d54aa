"""Settings: one schema, read from flags, then `VOI_*`, then `voi.toml`, and listed by `voi settings`."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import PipelineError

FILE: Final = "voi.toml"
PREFIX: Final = "VOI_"
FILE_VARIABLE: Final = "VOI_CONFIG"
_CLASS_B_DAYS: Final = 30  # chosen: adding to the watchlist looks back as far
_TYPO: Final = 0.8  # difflib ratio from which an unknown name is taken for a slip of the keyboard; chosen


class ConfigError(PipelineError):
    """A setting that cannot be used: says which file or variable, which line and key, and what to do."""

    exit_code = 2


class Settings(BaseModel):
    """Everything that can be set. A field's description is what `voi settings` prints."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    store: Path = Field(Path("voi-store"), description="folder of the store")
    format: Literal["auto", "table", "json", "jsonl", "csv"] = Field(
        "auto", description="how rows are printed; auto: a table on a terminal, jsonl otherwise"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level that is logged")
    log_format: Literal["auto", "text", "json"] = Field(
        "auto", description="how logs are written; auto: text on a terminal, JSON lines otherwise"
    )
    rules: Path | None = Field(None, description="rules file used instead of the shipped rules")
    flush_rows: int = Field(100_000, ge=1, description="rows gathered before one write of ingest")
    max_reject: float = Field(100.0, ge=0, le=100, description="rejected lines in percent above which ingest fails")
    disorder_s: int = Field(60, ge=0, description="seconds a row may come late before it counts as late")
    archive: Path | None = Field(None, description="folder where watch keeps what feeds sent, by source and hour")
    keep_days: int | None = Field(
        None, ge=0, description="days kept by watch and retention; without it all are, and watch drops nothing"
    )
    class_b_days: int = Field(
        _CLASS_B_DAYS, ge=0, description="days kept of class B vessels never on the watchlist nor in an alert"
    )


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings in force, and for each key where its value was found."""

    settings: Settings
    origins: Mapping[str, str]


def resolve(flags: Mapping[str, Any], environ: Mapping[str, str], file: Path | None = None) -> Resolved:
    """Return the settings in force: flag before environment before file before default.

    A flag that is None was not given. `file` is the settings file; without it `VOI_CONFIG`, else `voi.toml` in the
    working folder if there is one.
    """
    path = _settings_file(environ, file)
    values: dict[str, Any] = {}
    origins = dict.fromkeys(Settings.model_fields, "default")
    layers = [(_from_file(path), str(path)), (_from_environment(environ), ""), (_given(flags), "flag")]
    for layer, origin in layers:
        values |= layer
        origins |= {key: origin or variable(key) for key in layer}
    try:
        return Resolved(Settings.model_validate(values), origins)
    except ValidationError as error:
        raise ConfigError(_explain(error, origins, path)) from None


def variable(key: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + key.upper()


def _settings_file(environ: Mapping[str, str], file: Path | None) -> Path | None:
    asked = file or (Path(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else None)
    if asked is not None and not asked.is_file():
        raise ConfigError(f"{asked}: there is no such settings file; give a readable file, or leave it out")
    if asked is None and Path(FILE).exists() and not Path(FILE).is_file():
        raise ConfigError(f"{FILE}: is where settings stand, but no file; rename it, or name another with --config")
    return asked or (Path(FILE) if Path(FILE).is_file() else None)


def _from_file(path: Path | None) -> dict[str, Any]:
    """Return the settings of a TOML file; its relative paths start at its own folder."""
    if path is None:
        return {}
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}; mend that place") from None
    for key in values:
        if key not in Settings.model_fields:
            raise ConfigError(f"{_place(path, key)}: unknown setting {key!r}; {_remedy(key)}")
    return {key: _anchored(value, path.parent) if _is_path(key) else value for key, value in values.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of the environment; refuse a name so near to one of ours that it must be a slip."""
    known = {variable(key): key for key in Settings.model_fields}
    for name in environ:
        if name.startswith(PREFIX) and name not in known and name != FILE_VARIABLE:
            for near in difflib.get_close_matches(name, known, n=1, cutoff=_TYPO):
                raise ConfigError(f"environment: unknown variable {name}; did you mean {near}?")
    return {key: environ[name] for name, key in known.items() if environ.get(name)}


def _given(flags: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in flags.items() if value is not None}


def _is_path(key: str) -> bool:
    return "Path" in str(Settings.model_fields[key].annotation)


def _anchored(value: Any, folder: Path) -> Any:
    return folder / Path(value).expanduser() if isinstance(value, str) else value


def _remedy(key: str) -> str:
    near = difflib.get_close_matches(key, Settings.model_fields, n=1)
    return f"did you mean {near[0]!r}?" if near else "`voi settings` lists what can be set"


def _explain(error: ValidationError, origins: Mapping[str, str], path: Path | None) -> str:
    """Return one line for the first thing that pydantic found wrong."""
    first = error.errors(include_url=False)[0]
    key = str(first["loc"][0])
    origin = origins[key]
    place = {"flag": "--" + key.replace("_", "-"), str(path): _place(path, key)}.get(origin, origin)
    message = first["msg"][0].lower() + first["msg"][1:]
    return f"{place}: {key} = {first['input']!r}: {message}; {Settings.model_fields[key].description}"


def _place(path: Path | None, key: str) -> str:
    """Return `file:line` of a key of a flat TOML file."""
    lines = path.read_text("utf-8").splitlines() if path else []
    opening = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[=.\]]""")
    found = [number for number, line in enumerate(lines, 1) if opening.match(line)]
    return f"{path}:{found[0]}" if found else str(path)
