"""The key may be in the system's keyring; no message shows where, or the key."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked
from typing_extensions import override

from tap_compleetpersy.settings import SettingsError, read_settings
from tests.singer import bare_environment

PLACE = "keyring:persy/production/Tenant-4711"


class Entries(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # the library's
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = False

    @override
    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked(PLACE)
        return self.entries.get((service, username))

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password


@pytest.fixture
def entries() -> Iterator[Entries]:
    before = keyring.get_keyring()
    backend = Entries()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def problem(place: str) -> str:
    with pytest.raises(SettingsError) as raised:
        read_settings({"api_key_file": place}).require_api_key()
    (line,) = raised.value.problems
    assert "4711" not in line
    return line


@pytest.mark.usefixtures("entries")
def test_the_key_may_come_from_the_keyring() -> None:
    keyring.set_password("persy/production", "Tenant-4711", "from-the-keyring\n")

    settings = read_settings({"api_key_file": PLACE})

    assert settings.has_api_key
    assert settings.require_api_key() == "from-the-keyring"


@pytest.mark.usefixtures("entries")
def test_an_entry_that_is_not_there() -> None:
    assert problem(PLACE) == (
        "api_key_file: the keyring has no such entry. Add it: keyring set SERVICE USERNAME"
    )


def test_a_keyring_that_is_locked(entries: Entries) -> None:
    entries.locked = True

    assert problem(PLACE) == "api_key_file: the keyring cannot be read (KeyringLocked)"


@pytest.mark.usefixtures("entries")
def test_a_key_that_no_header_can_carry() -> None:
    keyring.set_password("persy/production", "Tenant-4711", "4711\r\n4712")

    assert problem(PLACE) == "api_key_file: holds more than one line of text"


@pytest.mark.parametrize("place", ["keyring:", "keyring:4711", "keyring:/4711", "keyring:4711/"])
def test_an_entry_without_service_or_user(place: str) -> None:
    assert problem(place) == (
        "api_key_file: an entry of the keyring must be keyring:service/username"
    )


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "sys.modules['keyring'] = None\n"
        "from tap_compleetpersy.tap import TapCompleetpersy\n"
        "TapCompleetpersy.cli()\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env=bare_environment() | {"TAP_COMPLEETPERSY_API_KEY_FILE": PLACE},
        text=True,
    )

    assert finished.returncode == 1
    assert "pip install 'tap-compleetpersy[keyring]'" in finished.stderr
    assert "Traceback" not in finished.stderr
    assert "4711" not in finished.stderr
