"""The command `persy` as a whole, and the one screen of errors that it shares with the tap."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import tap_compleetpersy.cli
from tap_compleetpersy.cli import COMMANDS, main
from tap_compleetpersy.cli.options import Command
from tap_compleetpersy.command import explain
from tap_compleetpersy.errors import PersyError
from tap_compleetpersy.settings import SettingsError


def test_every_module_that_holds_a_command_is_listed() -> None:
    files = Path(str(tap_compleetpersy.cli.__file__)).parent.glob("*.py")
    holding = {file.stem for file in files if "@click.command" in file.read_text()}
    assert holding == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_help_lists_each_command_with_the_first_sentence_of_its_own_help(name: str) -> None:
    command = importlib.import_module(f"tap_compleetpersy.cli.{name}").command
    assert command.name == name
    assert (command.help or "").replace("\n", " ").startswith(COMMANDS[name])


def test_help_imports_no_command() -> None:
    program = (
        "import sys\n"
        "from tap_compleetpersy.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "print([name for name in sys.modules if name.startswith('tap_compleetpersy.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "['tap_compleetpersy.cli']"


def test_an_unknown_command_is_named() -> None:
    done = CliRunner().invoke(main, ["chek"])
    assert done.exit_code == 2
    assert "No such command 'chek'" in done.output


def failing(error: Exception) -> click.ClickException:
    def fail() -> None:
        raise error

    with pytest.raises(click.ClickException) as raised:
        Command("fail", callback=fail).main([], standalone_mode=False)
    return raised.value


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (PersyError("nothing is claimed. Run again."), ["nothing is claimed. Run again."]),
        (SettingsError(["api_url: is not a URL", "page_size: must be a number"]),
         ["api_url: is not a URL", "page_size: must be a number"]),
    ],
)  # fmt: skip
def test_what_is_expected_is_told_as_it_is_by_commands_and_by_the_tap(
    error: Exception, lines: list[str]
) -> None:
    assert list(explain(error)) == lines
    assert failing(error).message == "; ".join(lines)


def test_of_what_is_not_expected_the_place_is_told_and_never_the_text() -> None:
    line = failing(LookupError("Anna Huber")).message
    assert line.startswith("Unexpected LookupError at test_cli.py:")
    assert "options.py:" in line
    assert "Huber" not in line
