"""The settings of the tap: declared in `table`, read and checked here."""

from __future__ import annotations

import dataclasses
import difflib
import typing as t
from collections.abc import Mapping

from tap_compleetpersy.settings.checks import OUTCOMES, inconsistencies, is_loopback
from tap_compleetpersy.settings.declaration import (
    CONTROL_CHARACTERS,
    About,
    SettingsError,
    about,
    default,
    is_given,
    json_type,
    read_value,
)
from tap_compleetpersy.settings.extra_streams import ExtraStream, read_extra_streams
from tap_compleetpersy.settings.sources import ENVIRONMENT_PREFIX, read_environment
from tap_compleetpersy.settings.table import PAGINATIONS, Settings, config_jsonschema

__all__ = [
    "ENVIRONMENT_PREFIX",
    "OUTCOMES",
    "PAGINATIONS",
    "About",
    "ExtraStream",
    "Settings",
    "SettingsError",
    "about",
    "config_jsonschema",
    "default",
    "is_loopback",
    "json_type",
    "read_environment",
    "read_settings",
]


def read_settings(config: Mapping[str, t.Any]) -> Settings:
    """Read and check a configuration.

    Args:
        config: Setting name to value, as a config file, the environment or
            Meltano gives it. A null or (where that means nothing) empty value
            counts as not given; numbers and booleans may be text.

    Returns:
        The settings, complete and consistent but for the key itself: use
        :meth:`Settings.require_api_key` before the first request.

    Raises:
        SettingsError: With one line for each problem found.
    """
    known = {field.name: field for field in dataclasses.fields(Settings)}
    problems = [_unknown(name, known) for name in config if name not in known]
    values: dict[str, t.Any] = {}
    for name, field in known.items():
        raw = config.get(name)
        if not is_given(field, raw):
            continue
        try:
            values[name] = read_value(field, raw)
        except ValueError as error:
            problems.append(f"{name}: {error}")
    if "api_url" in values:
        values["api_url"] = values["api_url"].rstrip("/")
    if "extra_streams" in values:
        values["extra_streams"], found = read_extra_streams(values["extra_streams"], known)
        problems += found
    if problems:
        raise SettingsError(problems)
    settings = Settings(**values)
    if problems := list(inconsistencies(settings)):
        raise SettingsError(problems)
    return settings


def _unknown(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    shown = CONTROL_CHARACTERS.sub("?", name)[:60]
    return f"{shown}: unknown setting" + (f", did you mean {close[0]}?" if close else "")
