"""The settings of the tap: declared in `table`, read and checked here.

`declaration` is what a setting is made of and where values come from, `checks` what must hold
between them. `extra_streams` reads definitions of streams, `sdk` what the SDK brings.
"""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Mapping

from tap_compleetpersy.settings.checks import inconsistencies
from tap_compleetpersy.settings.declaration import SettingsError, read_values, unknown
from tap_compleetpersy.settings.extra_streams import ExtraStream, read_extra_streams
from tap_compleetpersy.settings.table import Settings

__all__ = ["ExtraStream", "Settings", "SettingsError", "read_settings"]


def read_settings(config: Mapping[str, t.Any]) -> Settings:
    """Return the settings that a config file, the environment or Meltano gives, checked.

    A null or (where that means nothing) empty value counts as not given; numbers and booleans may
    be text. The key itself is checked before the first request (:meth:`Settings.require_api_key`).

    Raises:
        SettingsError: With one line for each problem found.
    """
    known = {field.name: field for field in dataclasses.fields(Settings)}
    values, malformed = read_values(known.values(), config)
    problems = [unknown("setting", name, known) for name in config if name not in known]
    problems += malformed
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
