"""The docs are true: every command, setting, detector and rule key is told, and every shell block names what exists."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pipelines.cli import COMMANDS, voi
from pipelines.config import Settings
from pipelines.detect import DETECTORS
from pipelines.rules.model import Behaviour, Rule
from pipelines.rules.reading import KINDS, load

REPOSITORY = Path(__file__).resolve().parents[1]
README = "README.md"
PAGES = (README, "CONTRIBUTING.md")
MANUAL = (README, "ARCHITECTURE.md", "CONTRIBUTING.md")
BLOCK = re.compile(r"^```(?:console|sh|shell|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def page(name):
    return (REPOSITORY / name).read_text("utf-8")


def manual():
    return "\n".join(page(name) for name in MANUAL)


def every_command() -> Iterator[tuple[str, click.Command]]:
    """Yield each command that does something, with its words: `watchlist add`."""
    for name in COMMANDS:
        command = voi.get_command(click.Context(voi), name)
        if isinstance(command, click.Group):
            context = click.Context(command)
            yield from (
                (f"{name} {part}", command.get_command(context, part)) for part in command.list_commands(context)
            )
        else:
            yield name, command


def command_lines(text) -> Iterator[list[str]]:
    """Yield the words of every `voi …` line of the shell blocks of a page, comments and prompts taken off."""
    for block in BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            words = words[next((at for at, word in enumerate(words) if "=" not in word), 0) :]
            if words and words[0].rsplit("/", 1)[-1] == "voi":
                yield words[1:]


def faults(words) -> list[str]:
    """Return what a command line names that does not exist: a command, or an option of it."""
    command, left = voi, list(words)
    while isinstance(command, click.Group):
        while left and left[0].startswith("-"):
            if not known(command, left[0]):
                return [f"voi {' '.join(words)}: no option {left[0]}"]
            left.pop(0)
        if not left:
            return []
        found = command.get_command(click.Context(command), left[0])
        if found is None:
            return [f"voi {' '.join(words)}: no command {left[0]}"]
        command = found
        left.pop(0)
    options = [word.split("=")[0] for word in left if re.match(r"--?[a-z]", word)]
    return [f"voi {' '.join(words)}: no option {option}" for option in options if not known(command, option)]


def known(command, option) -> bool:
    return option in ("-h", "--help") or any(option in (*part.opts, *part.secondary_opts) for part in command.params)


def told_commands(text) -> set[str]:
    """Return every command that a page names, `voi watchlist add|list` being two."""
    found = re.findall(r"voi ([a-z]+)(?: ([a-z]+(?:\|[a-z]+)*))?", text.replace("\\|", "|"))
    return {group for group, _ in found} | {
        f"{group} {part}" for group, parts in found for part in parts.split("|") if part
    }


COMMAND_NAMES = [name for name, _ in every_command()]


@pytest.mark.parametrize("name", COMMAND_NAMES)
def test_every_command_stands_in_the_readme(name):
    assert name in told_commands(page(README))


@pytest.mark.parametrize(("name", "command"), list(every_command()), ids=COMMAND_NAMES)
def test_every_command_and_option_has_help(name, command):
    assert command.help
    assert [part.name for part in command.params if isinstance(part, click.Option) and not part.help] == []


@pytest.mark.parametrize("name", PAGES)
def test_shell_blocks_name_only_what_exists(name):
    assert [fault for words in command_lines(page(name)) for fault in faults(words)] == []


def test_the_readme_has_shell_blocks_with_commands():
    assert len(list(command_lines(page(README)))) > 5


def test_alternatives_of_a_group_are_each_told():
    assert told_commands("`voi zones list|show` and voi map -o x") == {"zones", "zones list", "zones show", "map"}


@pytest.mark.parametrize("line", ["voi wathc x", "voi alerts ack 1", "voi map --oops", "voi --oops map"])
def test_a_command_line_that_does_not_exist_is_found(line):
    assert len(faults(line.split()[1:])) == 1


def test_options_prompts_variables_and_comments_are_read_as_the_shell_reads_them():
    text = "```console\n$ VOI_STORE=a .venv/bin/voi map -o x.html  # draw\noutput\n```\n"
    assert list(command_lines(text)) == [["map", "-o", "x.html"]]


@pytest.mark.parametrize("key", list(Settings.model_fields))
def test_every_setting_is_told(key):
    assert f"`{key}`" in manual()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_is_told(kind):
    assert f"`{kind}`" in manual()


def test_every_detector_and_shipped_behaviour_is_told():
    told = manual()
    names = [*DETECTORS, *(behaviour.name for behaviour in load().behaviours)]
    assert [name for name in names if f"`{name}`" not in told] == []


@pytest.mark.parametrize("model", [Behaviour, Rule])
def test_every_key_of_a_rule_file_is_told(model):
    told = manual()
    keys = [field.alias or name for name, field in model.model_fields.items()]
    assert [key for key in keys if f"`{key}`" not in told] == []
