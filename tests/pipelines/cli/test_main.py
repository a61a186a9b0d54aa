"""The door: what loads, what is printed where, and with which code it closes."""

import json
import shlex
import subprocess
import sys

import click
import pytest

import pipelines.cli as door
from pipelines.cli import COMMANDS, main, voi
from pipelines.errors import FeedError, PipelineError, StoreError
from vessels.errors import VesselError

HEAVY = {"pandas", "geopandas", "folium", "shapely", "pyproj", "pyais", "pyarrow", "duckdb"}


def run(*words, folder):
    code = (
        "import sys; from pipelines.cli import main; code = main(sys.argv[1:]);"
        "print('LOADED', *sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--log-level", "error", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PYTHONPATH": str(door.__path__[0]).removesuffix("/pipelines/cli"), "PATH": ""},
        check=False,
    )
    return done, set(done.stderr.rsplit("LOADED ", 1)[-1].split())


@pytest.fixture
def failing(monkeypatch):
    def fail_with(error):
        @click.command("fail")
        def fail():
            raise error

        monkeypatch.setattr(voi, "get_command", lambda _context, _name: fail)

    return fail_with


@pytest.mark.parametrize("words", [["--help"], ["settings"], ["alerts", "--help"], ["watchlist", "--help"]])
def test_it_starts_without_maps_tables_or_geometry(tmp_path, words):
    done, loaded = run(*words, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "click" in loaded
    assert loaded & HEAVY == set()


def test_adding_to_the_watchlist_and_listing_alerts_needs_sqlite_only(tmp_path):
    added, loaded = run("watchlist", "add", "--name", "BLUE SKY M", "--why", "test", folder=tmp_path)
    assert added.returncode == 0, added.stderr
    assert loaded & HEAVY == set()
    listed, loaded = run("alerts", "list", folder=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_of_the_table_is_the_first_line_of_the_commands_own_help(name):
    command = voi.get_command(click.Context(voi), name)
    assert command.help.splitlines()[0] == COMMANDS[name][1]
    assert command.name == name


def test_help_lists_every_command(capsys):
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert [name for name in COMMANDS if f"\n  {name} " not in printed] == []


def test_an_unknown_command_is_a_usage_error(capsys):
    assert main(["wathclist"]) == 2
    assert "No such command" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"), [(PipelineError("x"), 2), (FeedError("x"), 3), (StoreError("x"), 5), (VesselError("x"), 2)]
)
def test_our_errors_are_one_line_and_their_own_code(capsys, failing, error, code):
    failing(error)
    assert main(["fail"]) == code
    assert capsys.readouterr().err == "voi: x\n"


def test_an_unexpected_error_is_short_without_debug(capsys, failing):
    failing(KeyError("rows"))
    assert main(["fail"]) == 70
    printed = capsys.readouterr().err
    assert printed.startswith("voi: unexpected KeyError: 'rows'")
    assert "Traceback" not in printed


def test_an_unexpected_error_shows_its_traceback_with_debug(capsys, failing):
    failing(KeyError("rows"))
    assert main(["--debug", "fail"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_file_that_cannot_be_opened_is_named(capsys, failing):
    failing(FileNotFoundError(2, "No such file or directory", "sea.nmea"))
    assert main(["fail"]) == 3
    assert capsys.readouterr().err == "voi: sea.nmea: No such file or directory\n"


def test_an_interrupt_ends_with_130_and_says_how_to_go_on(capsys, failing):
    failing(KeyboardInterrupt())
    assert main(["fail"]) == 130
    assert "run the same command to go on" in capsys.readouterr().err


def test_a_full_disk_is_told_with_the_remedy(tmp_path):
    done = piped("from pipelines.cli import main; raise SystemExit(main())", "settings > /dev/full", folder=tmp_path)
    assert (done.returncode, done.stderr) == (5, "voi: no space left to write; make room and run the same again\n")


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_a_reader_that_leaves_early_ends_a_command_with_141(tmp_path, form):
    code = f"""
import click
from pipelines.cli import main, voi
from pipelines.output import show
many = click.Command("many", callback=lambda: show(({{"n": n}} for n in range(100_000)), "{form}"))
voi.get_command = lambda context, name: many
raise SystemExit(main(["many"]))"""
    done = piped(code, "| head -1 > /dev/null", folder=tmp_path)
    assert (done.returncode, done.stderr) == (141, "")


def piped(code, after, *, folder):
    """Run Python code in a shell, followed by arguments or a pipe."""
    environment = {"PYTHONPATH": str(door.__path__[0]).removesuffix("/pipelines/cli"), "PATH": "/bin:/usr/bin"}
    command = f"set -o pipefail; {sys.executable} -c {shlex.quote(code)} {after}"
    return subprocess.run(
        ["/bin/bash", "-c", command], capture_output=True, text=True, env=environment, check=False, cwd=folder
    )


def test_a_closed_pipe_is_quiet(tmp_path):
    done = piped("from pipelines.cli import main; raise SystemExit(main())", "settings | true", folder=tmp_path)
    assert done.stderr == ""


def test_an_error_text_from_the_outside_cannot_drive_the_terminal(capsys, failing):
    failing(PipelineError("file \x1b[2J.nmea"))
    main(["fail"])
    assert "\x1b" not in capsys.readouterr().err


def test_a_wrong_setting_is_told_with_its_remedy(capsys, monkeypatch):
    monkeypatch.setenv("VOI_FORMAT", "xml")
    assert main(["settings"]) == 2
    assert "VOI_FORMAT" in capsys.readouterr().err


def test_settings_are_listed_with_where_they_came_from(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOI_STORE", "sea")
    (tmp_path / "voi.toml").write_text("disorder_s = 30\n")
    assert main(["--log-level", "error", "settings", "-f", "json"]) == 0
    listed = {row["key"]: (row["value"], row["from"]) for row in json.loads(capsys.readouterr().out)}
    assert listed["store"] == ("sea", "VOI_STORE")
    assert listed["disorder_s"] == (30, "voi.toml")
    assert listed["log_level"] == ("error", "flag")
    assert listed["max_reject"] == (100.0, "default")
