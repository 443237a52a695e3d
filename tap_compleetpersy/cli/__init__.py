"""The command line for people: one file a command, each loaded when it is asked for."""

from __future__ import annotations

import importlib
import typing as t

import click

COMMANDS: t.Mapping[str, str] = {
    "attachments": "tap_compleetpersy.cli.attachments",
    "check": "tap_compleetpersy.cli.check",
    "fields": "tap_compleetpersy.cli.fields",
    "map": "tap_compleetpersy.cli.map",
    "request": "tap_compleetpersy.cli.request",
    "sandbox": "tap_compleetpersy.cli.sandbox",
}
"""Command to the module that holds it as ``command``."""


class LazyGroup(click.Group):
    """A group that imports a command when it runs, so that ``--help`` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands, in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import a command; None when there is none of that name."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        return t.cast("click.Command", importlib.import_module(module).command)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tap-compleetpersy", prog_name="persy")
def main() -> None:
    """Work with Compleet Persy from the command line.

    The Singer tap itself is the command tap-compleetpersy.
    """
