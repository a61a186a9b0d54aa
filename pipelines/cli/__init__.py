"""The command line `voi`: its commands, and what becomes of their errors."""

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from maps.errors import MapError
from pipelines.cli.loading import Loading, Table
from pipelines.errors import PipelineError, StoreError
from pipelines.output import say
from vessels.errors import VesselError
from zones.errors import ZoneError

OURS: Final = (VesselError, ZoneError, MapError, PipelineError)
UNUSABLE: Final = 2  # exit code of our errors that name no other: usage or configuration
UNREADABLE: Final = 3  # a source unreadable
INTERNAL: Final = 70  # EX_SOFTWARE of sysexits.h: a fault of voi itself
INTERRUPTED: Final = 130  # 128 + SIGINT
PIPE_CLOSED: Final = 141  # 128 + SIGPIPE: what any Unix tool gives in `tool | head`

_INTERRUPTED: Final = "interrupted; what was read is kept, run the same command to go on"

COMMANDS: Final[Table] = {
    "demo": ("pipelines.cli.demo:demo", "Simulate a day and run it, from NMEA to alerts and a map."),
    "ingest": ("pipelines.cli.ingest:ingest", "Read files to the end: decode, store, detect, alert."),
    "watch": ("pipelines.cli.watch:watch", "Listen to live feeds: decode, store, detect, alert, for ever."),
    "alerts": ("pipelines.cli.alerts:alerts", "List alerts, and read why they were raised."),
    "watchlist": ("pipelines.cli.watchlist:watchlist", "Keep the list of vessels already of interest."),
    "map": ("pipelines.cli.map:draw", "Draw tracks, zones and alerts into one HTML file."),
    "events": ("pipelines.cli.events:events", "List what happened, whether or not it made an alert."),
    "sql": ("pipelines.cli.sql:sql", "Ask the store one SELECT."),
    "status": ("pipelines.cli.status:status", "Tell how fresh, how large and how well the store is."),
    "rules": ("pipelines.cli.rules:rules", "List and check what makes an alert."),
    "zones": ("pipelines.cli.zones:zones", "List the areas where behaviour matters."),
    "store": ("pipelines.cli.store:store", "Check, compact, back up, restore and upgrade the store."),
    "export": ("pipelines.cli.export:export", "Write the store into files that other programs open."),
    "retention": ("pipelines.cli.retention:retention", "Plan or carry out what is kept for how long."),
    "simulate": ("pipelines.cli.simulate:simulate", "Write simulated NMEA with the truth beside it."),
    "settings": ("pipelines.cli.settings:settings", "List what can be set, to what it is set, and where."),
}


@click.group(
    cls=Loading, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="voi", prog_name="voi")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Settings file (default ./voi.toml).")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), help="Least level logged.")
@click.option("--log-format", type=click.Choice(["text", "json"]), help="Default: text on a terminal, else json.")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
def voi(**_options: Any) -> None:
    """Vessels of Interest: raw AIS in, explained alerts and maps out. Cues for a person, never proof."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code (CONTRACT, "Commands")."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        code = voi.main(args=given, prog_name="voi", standalone_mode=False)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        say(_INTERRUPTED)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SystemExit as left:  # click's answer to a closed pipe; it raises none else here
        return _unwritten(OSError(errno.EPIPE, str(left)), debug=False)
    except OSError as error:
        return _unwritten(error, debug="--debug" in given)
    except Exception as error:  # noqa: BLE001
        return _told(error, debug="--debug" in given)
    return code if isinstance(code, int) else 0


def _unwritten(error: OSError, *, debug: bool) -> int:
    """Tell that stdout is closed or its disk full, and let Python flush what is left into nothing at exit."""
    if error.errno not in (errno.EPIPE, errno.ENOSPC):
        return _told(error, debug=debug)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error.errno == errno.EPIPE:
        return PIPE_CLOSED
    say("voi: no space left to write; make room and run the same again")
    return StoreError.exit_code


def _told(error: Exception, *, debug: bool) -> int:
    """Tell an error in one line and return its exit code."""
    if debug:
        say("".join(traceback.format_exception(error)))
    if isinstance(error, OURS):
        say(f"voi: {error}")
        return int(getattr(error, "exit_code", UNUSABLE))
    if isinstance(error, OSError) and error.filename:
        say(f"voi: {error.filename}: {error.strerror}")
        return UNREADABLE
    say(f"voi: unexpected {type(error).__name__}: {error}; `voi --debug …` shows where, please report it")
    return INTERNAL
