"""The key, when `api_key_file` says where it is: a file, or an entry of the system's keyring."""

from __future__ import annotations

from pathlib import Path

KEYRING = "keyring:"
"""What `api_key_file` begins with when it names an entry: ``keyring:service/username``."""


def entry_of(place: str) -> tuple[str, str] | None:
    """Answer service and user name of a keyring's entry, or None when one of them is missing."""
    service, _, username = place.removeprefix(KEYRING).rpartition("/")
    return (service, username) if service and username else None


def read_key(place: str) -> str:
    """Answer the key, without spaces around it.

    Args:
        place: Value of the setting `api_key_file`.

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
