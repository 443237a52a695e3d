"""Settings of the commands for people: files, environment, `.env`; and errors as one line."""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t
from pathlib import Path

import click

from tap_compleetpersy.errors import explain
from tap_compleetpersy.settings import Settings, SettingsError, read_environment
from tap_compleetpersy.settings.sdk import SDK_SETTINGS
from tap_compleetpersy.settings.sources import read_json_object

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Config = dict[str, t.Any]

_OWN = frozenset(field.name for field in dataclasses.fields(Settings))


def config_option(function: Callable[..., t.Any]) -> Callable[..., t.Any]:
    """Add ``--config FILE`` to a command, which gets the paths as ``config``."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        multiple=True,
        metavar="FILE",
        help="Settings as JSON, as the tap takes them; a later file wins, and any file wins over "
        "the environment (TAP_COMPLEETPERSY_*) and .env.",
    )(function)


def output_option(function: Callable[..., t.Any]) -> Callable[..., t.Any]:
    """Add ``--output FILE`` to a command, which writes there instead of to stdout."""
    return click.option(
        "--output",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Write to a file that only its owner reads, instead of to stdout.",
    )(function)


def state_option(function: Callable[..., t.Any]) -> Callable[..., t.Any]:
    """Add ``--state FILE`` to a command: what a run of the tap left."""
    return click.option(
        "--state",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="State of the last run: as the tap wrote it, or as `meltano state get` prints it.",
    )(function)


def read_config(files: t.Iterable[Path]) -> Config:
    """Collect the settings that are given, as they are given.

    Args:
        files: JSON files, later ones win. Settings of the SDK (stream maps and such) in
            them are left out: commands have no use for them.

    Raises:
        SettingsError: When a file is not readable as a JSON object.
    """
    config: Config = dict(read_environment(_OWN))
    for path in files:
        config |= _read_file(path)
    return {name: value for name, value in config.items() if name not in SDK_SETTINGS}


def _read_file(path: Path) -> Config:
    option = f"--config: {click.format_filename(path)}"
    try:
        with path.expanduser().open(encoding="utf-8-sig") as file:
            return read_json_object(option, file)
    except OSError as error:
        raise SettingsError([f"{option} cannot be read: {error.strerror}"]) from None


@contextlib.contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what can go wrong into one line on stderr and exit 1, without any content."""
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - its text may hold personal data
        raise click.ClickException("; ".join(explain(error))) from None
