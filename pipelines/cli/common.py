"""What every command shares: `--store`, `--format`, settings resolved in one place, and how times are typed."""

import functools
import getpass
import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import click

from pipelines.config import Resolved, Settings, resolve
from pipelines.logs import configure

PAGES: Final = (".html", ".htm")
FORMATS: Final = ("table", "json", "jsonl", "csv")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def settings_command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--store` and `--format`, and call it with the settings in force as its first argument.

    Every option that is named like a setting is taken for that setting's flag.
    """

    @click.option("--store", type=click.Path(path_type=Path), metavar="DIR", help="Store folder (VOI_STORE).")
    @click.option("-f", "--format", type=click.Choice(FORMATS), help="Default: table on a terminal, else jsonl.")
    @click.pass_context
    @functools.wraps(function)
    def run(context: click.Context, /, **options: Any) -> Any:
        flags = context.find_root().params | options
        given = {key: flags[key] for key in Settings.model_fields if key in flags}
        resolved = resolve(given, os.environ, flags.get("config"))
        configure(resolved.settings.log_level, resolved.settings.log_format)
        context.obj = resolved
        rest = {key: value for key, value in options.items() if key not in given}
        return function(resolved.settings, **rest)

    return run


def limits(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the limits of what is kept; days count back from the newest event time, not the wall clock."""
    keep = click.option("--keep-days", type=click.IntRange(0), metavar="N", help="Days kept whole; default: all.")
    class_b = click.option(
        "--class-b-days",
        type=click.IntRange(0),
        metavar="N",
        help="Days kept of class B vessels never on the watchlist nor in an alert; default 30.",
    )
    return keep(class_b(function))


def page_file(_context: click.Context, _parameter: click.Parameter, path: Path) -> Path:
    """Return where a page is to be written, once it can be: the callback of an option."""
    if not path.parent.is_dir():
        raise click.BadParameter(f"there is no folder {path.parent}; make it first")
    if path.exists() and not path.is_file():
        raise click.BadParameter(f"{path} is no regular file; name a file to write")
    if path.suffix.lower() not in PAGES:
        raise click.BadParameter(f"{path} is written as a page, whatever its name; call it {path.with_suffix('.html')}")
    return path


def now() -> int:
    """Return the wall clock: when people do things. Microseconds UTC."""
    return time.time_ns() // 1000


def ledger() -> dict[str, Any]:
    """Return who writes something down, and when."""
    return {"recorded_at": now(), "added_by": _user()}


def _user() -> str:
    """Return the name of who is at work; a container may know a number only."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def resolved_settings() -> Resolved:
    """Return the settings in force of the running command, with their origins."""
    resolved = click.get_current_context().obj
    assert isinstance(resolved, Resolved)
    return resolved


class Ago(NamedTuple):
    """A span before the newest event time, as typed in `--since 24h`."""

    us: int


class Moment(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on only
    """A time on the command line: ISO 8601, UTC where no offset is given; with `spans`, also `30m`, `24h`, `7d`."""

    name = "time"

    def __init__(self, *, spans: bool = False) -> None:
        self.spans = spans

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | Ago:
        """Return microseconds UTC, or the span."""
        if isinstance(value, int | Ago):
            return value
        if self.spans and (span := re.fullmatch(r"(\d+)([smhdw])", value)):
            return Ago(timedelta(**{_UNITS[span[2]]: int(span[1])}) // timedelta(microseconds=1))
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            spans = " or a span such as 24h" if self.spans else ""
            self.fail(f"{value!r} is no time; write 2026-03-01T06:00Z{spans}", param, ctx)
        aware = time if time.tzinfo else time.replace(tzinfo=UTC)
        return (aware - _EPOCH) // timedelta(microseconds=1)


def before(asked: int | Ago | None, watermark: int | None) -> int | None:
    """Return the time asked for; a span counts back from the watermark (event time, never the wall clock)."""
    if isinstance(asked, Ago):
        return None if watermark is None else watermark - asked.us
    return asked
