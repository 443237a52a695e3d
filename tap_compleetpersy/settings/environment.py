"""Settings from the environment and from a `.env` file."""

from __future__ import annotations

import os
import typing as t

from dotenv import dotenv_values, find_dotenv

ENVIRONMENT_PREFIX = "TAP_COMPLEETPERSY_"


def read_environment(names: t.Iterable[str]) -> dict[str, str]:
    """Answer the settings that the environment, or else a `.env` file, holds.

    Args:
        names: Settings to look for, as ``TAP_COMPLEETPERSY_<NAME>``.

    Returns:
        Setting name to text. The `.env` file is the nearest one at or above the
        working directory.
    """
    found = {**dotenv_values(find_dotenv(usecwd=True)), **os.environ}
    values = {name: found.get(ENVIRONMENT_PREFIX + name.upper()) for name in names}
    return {name: value for name, value in values.items() if value is not None}
