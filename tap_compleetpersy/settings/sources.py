"""Where settings come from: the environment, `.env`, files of options, and the key's own place."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

from dotenv import dotenv_values, find_dotenv

from tap_compleetpersy.settings.declaration import SettingsError

ENVIRONMENT_PREFIX = "TAP_COMPLEETPERSY_"

KEYRING = "keyring:"
"""What `api_key_file` begins with when it names an entry: ``keyring:service/username``."""


def read_environment(names: t.Iterable[str]) -> dict[str, str]:
    """Return the settings of these names in the environment (``TAP_COMPLEETPERSY_<NAME>``).

    What is not there is read from the nearest `.env` file at or above the working directory.
    """
    found = {**dotenv_values(find_dotenv(usecwd=True)), **os.environ}
    values = {name: found.get(ENVIRONMENT_PREFIX + name.upper()) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def read_json_object(option: str, file: t.IO[str]) -> dict[str, t.Any]:
    """Return the JSON object in the file of an option.

    Raises:
        SettingsError: When it is no JSON object, naming the option.
    """
    try:
        content = json.loads(file.read(), parse_constant=_refuse)
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise SettingsError([f"{option}: the file is not a JSON object"])
    return content


def read_json_file(option: str, path: Path) -> dict[str, t.Any]:
    """Return the JSON object in the file that an option names.

    Raises:
        SettingsError: When it is no JSON object, naming the option.
    """
    try:
        with path.expanduser().open(encoding="utf-8-sig") as file:
            return read_json_object(option, file)
    except OSError as error:
        raise SettingsError([f"{option}: the file cannot be read: {error.strerror}"]) from None


def _refuse(constant: str) -> t.NoReturn:
    """Refuse NaN and Infinity, which Python reads though they are not JSON."""
    raise ValueError(constant)


def entry_of(place: str) -> tuple[str, str] | None:
    """Return service and user name of a keyring's entry, or None when one of them is missing."""
    service, _, username = place.removeprefix(KEYRING).rpartition("/")
    return (service, username) if service and username else None


def read_key(place: str) -> str:
    """Return the key at a place that `api_key_file` names, without spaces around it.

    Raises:
        ValueError: With what is wrong with the place, but never the place or the key.
    """
    text = _of_keyring(place) if place.startswith(KEYRING) else _of_file(place)
    return text.strip()


def _of_file(place: str) -> str:
    try:
        return Path(place).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read ({type(error).__name__})"
    raise ValueError(message)


def _of_keyring(place: str) -> str:
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        message = "the keyring needs: pip install 'tap-compleetpersy[keyring]'"
        raise ValueError(message) from None
    found: str | None = None
    try:
        if (entry := entry_of(place)) is not None:
            found = keyring.get_password(*entry)
    except Exception as error:  # noqa: BLE001 - backends raise what they like, with any text
        message = f"the keyring cannot be read ({type(error).__name__})"
    else:
        message = "the keyring has no such entry. Add it: keyring set SERVICE USERNAME"
    if not found:
        raise ValueError(message)
    return found
