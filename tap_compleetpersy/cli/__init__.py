"""The command line for people: one file a command, each loaded when it is asked for.

`options` is what several of them take, `output` what they write.
"""

from __future__ import annotations

import importlib
import typing as t

import click

COMMANDS: t.Mapping[str, str] = {
    "attachments": "Show the attachments of a candidate, download them, or prune a folder of them.",
    "check": "Ask the live server which assumptions hold, and print the settings to change.",
    "fields": "Show every field of the remote records: type, fill rate, examples.",
    "map": "Show what feeds each column, what nothing claims, and the settings to try.",
    "person": "Show what is held on the candidate with this remote id, or erase it.",
    "request": "Send a request to PATH below api_url, with the key, and print what is answered.",
    "sandbox": "Serve a local Persy with fictional people until Ctrl-C.",
    "show": "Show the last run, from the state and the warehouse, and what the next run does.",
}
"""Command, held as ``command`` by the module of its name, to the first sentence of its help."""


class LazyGroup(click.Group):
    """A group that imports a command when it runs, so that ``--help`` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands, in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return an imported command; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"tap_compleetpersy.cli.{cmd_name}")
        return t.cast("click.Command", module.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "show_default": True}
)
@click.version_option(package_name="tap-compleetpersy", prog_name="persy")
def main() -> None:
    """Work with Compleet Persy from the command line.

    The Singer tap itself is the command tap-compleetpersy.
    """
