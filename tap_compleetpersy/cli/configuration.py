"""Settings of the commands for people: files, environment, `.env`; and errors as one line."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import traceback
import typing as t
from pathlib import Path

import click

from tap_compleetpersy.settings import Settings, SettingsError, read_environment

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
    foreign = config.keys() - _OWN
    if foreign:
        foreign &= _settings_of_the_sdk()
    return {name: value for name, value in config.items() if name not in foreign}


def _read_file(path: Path) -> Config:
    try:
        content = json.loads(path.expanduser().read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no JSON"
        message = f"--config: {click.format_filename(path)} cannot be read: {reason}"
        raise SettingsError([message]) from None
    if not isinstance(content, dict):
        message = f"--config: {click.format_filename(path)} must hold a JSON object"
        raise SettingsError([message])
    return content


def _settings_of_the_sdk() -> frozenset[str]:
    from tap_compleetpersy.tap import TapCompleetpersy  # noqa: PLC0415 - slow, and rarely needed

    TapCompleetpersy.append_builtin_config(TapCompleetpersy.config_jsonschema)
    return frozenset(TapCompleetpersy.config_jsonschema["properties"]) - _OWN


@contextlib.contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what can go wrong into one line on stderr and exit 1, without any content."""
    try:
        yield
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - its text may hold personal data
        from tap_compleetpersy.api.errors import ApiError  # noqa: PLC0415 - not for --help
        from tap_compleetpersy.files.store import StoreError  # noqa: PLC0415

        if isinstance(error, (ApiError, StoreError)):
            raise click.ClickException(str(error)) from None
        origin = traceback.extract_tb(error.__traceback__)[-1]
        message = (
            f"Unexpected {type(error).__name__} at {Path(origin.filename).name}:{origin.lineno}. "
            "Its text is not shown, since it may hold personal data; please report this line"
        )
        raise click.ClickException(message) from None
