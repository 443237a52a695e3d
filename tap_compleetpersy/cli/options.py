"""What several commands have: options, settings, a state; and errors as one line."""

from __future__ import annotations

import dataclasses
import typing as t
from pathlib import Path

import click
from typing_extensions import override

from tap_compleetpersy.errors import explain
from tap_compleetpersy.settings import Settings, read_settings
from tap_compleetpersy.settings.declaration import read_environment, read_json_file
from tap_compleetpersy.settings.sdk import SDK_SETTINGS
from tap_compleetpersy.sync.ledger import KnownLedgers
from tap_compleetpersy.sync.reading import rules_of
from tap_compleetpersy.sync.state import REPLICATION_KEYS, Bookmark, read_bookmarks, tenant_of

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Config = dict[str, t.Any]
Option: t.TypeAlias = "Callable[[Callable[..., t.Any]], Callable[..., t.Any]]"
"""Adds an option to a command."""

_OWN = frozenset(field.name for field in dataclasses.fields(Settings))


class Command(click.Command):
    """A command in which whatever goes wrong is one line, without any content, and exit 1."""

    @override
    def invoke(self, ctx: click.Context) -> t.Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - its text may hold personal data
            raise click.ClickException("; ".join(explain(error))) from None


def file(name: str, *, told: str, multiple: bool = False) -> Option:
    """Return an option that takes a file."""
    kind = click.Path(path_type=Path, dir_okay=False)
    return click.option(name, type=kind, metavar="FILE", multiple=multiple, help=told)


def form(*forms: str, told: str) -> Option:
    """Return the option ``--format``, which a command gets as ``form``; the first is usual."""
    kind = click.Choice(forms)
    return click.option("--format", "form", type=kind, default=forms[0], help=told)


config: t.Final = file(
    "--config",
    multiple=True,
    told="Settings as JSON, as the tap takes them; a later file wins, and any file wins over "
    "the environment (TAP_COMPLEETPERSY_*) and .env.",
)
output: t.Final = file(
    "--output", told="Write to a file that only its owner reads, instead of to stdout."
)
state: t.Final = file(
    "--state",
    told="State of the last run: as the tap wrote it, or as `meltano state get` prints it.",
)
warehouse: t.Final = click.option(
    "--warehouse",
    envvar="PERSY_WAREHOUSE",
    metavar="FILE|URL",
    help="A DuckDB file, or postgresql://USER@HOST/DATABASE. Else PERSY_WAREHOUSE says it.",
)
schema: t.Final = click.option(
    "--schema", envvar="PERSY_WAREHOUSE_SCHEMA", default="persy", help="Schema of the tables."
)


def read_config(files: Iterable[Path]) -> Config:
    """Return the settings that are given, as they are given; those of later files win.

    Settings of the SDK (stream maps and such) are left out: commands have no use for them.
    """
    given: Config = dict(read_environment(_OWN))
    for path in files:
        given |= read_object("--config", path)
    return {name: value for name, value in given.items() if name not in SDK_SETTINGS}


def settings_to_ask(config: Config) -> Settings:
    """Return the settings, which must have a key, checked as far as asking for records needs."""
    settings = read_settings(config)
    rules_of(settings)
    settings.require_api_key()
    return settings


def read_state(path: Path, settings: Settings) -> dict[str, Bookmark]:
    """Return the bookmarks in the file of ``--state``, which must be of this tenant."""
    content = read_object("--state", path)
    for key in ("completed", "singer_state"):  # as Meltano prints it
        inner = content.get(key)
        if "bookmarks" not in content and isinstance(inner, dict):
            content = inner
    return read_bookmarks(content, REPLICATION_KEYS, tenant_of(settings), KnownLedgers())


def read_object(option: str, path: Path) -> dict[str, t.Any]:
    """Return the JSON object in the file of an option, which an error names."""
    return read_json_file(f"{option}: {click.format_filename(path)}", path)
