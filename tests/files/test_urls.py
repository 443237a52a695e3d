"""URLs of stores: no password in any part, options for the right driver, reasons in words."""

from __future__ import annotations

import errno
import ftplib
import logging
import subprocess
import sys
import threading

import pytest

from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.drivers import options_of, quiet_others, reason_of
from tap_compleetpersy.files.remote import Lane
from tap_compleetpersy.files.store import StoreError
from tap_compleetpersy.settings import SettingsError, read_settings

SECRET = "Geheim"  # noqa: S105 - of nobody


@pytest.mark.parametrize(
    "url",
    [
        f"sftp://hr:{SECRET}@host/x",
        f"sftp://hr:{SECRET}/y@host/x",
        f"smb://firm;hr:{SECRET}@host/share",
        f"simplecache::sftp://hr:{SECRET}@host/x",
        f"dir://x::simplecache::ftp://hr:{SECRET}@host/x",
        f"https://{SECRET}@host/x",
        f"webdav://{SECRET}@host/x",
        f"abfs://container@account.dfs.core.windows.net/x?sv=1&sig={SECRET}",
        f"ftp://host/x?password={SECRET}",
    ],
)
def test_a_password_in_any_part_of_a_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings({"api_key": "x", "attachments_dir": url})
    (problem,) = raised.value.problems
    assert problem == (
        "attachments_dir: must not hold credentials, give them in attachments_options"
    )


@pytest.mark.parametrize(
    "url",
    [
        "abfss://container@account.dfs.core.windows.net/x",
        "simplecache::abfss://container@account.dfs.core.windows.net/x",
        "sftp://hr@host:22/x",
        "s3://bucket/a@b:c",
        "/srv/files/a:b@c",
        "C:files@home",
        "memory://x",
    ],
)
def test_a_url_without_one_is_taken(url: str) -> None:
    assert read_settings({"api_key": "x", "attachments_dir": url}).attachments_dir == url


def test_options_are_secret_json_and_never_shown() -> None:
    text = f'{{"username": "hr", "password": "{SECRET}"}}'
    settings = read_settings({"api_key": "x", "attachments_options": text})
    assert settings.attachments_options == {"username": "hr", "password": SECRET}
    assert SECRET not in repr(settings)
    with pytest.raises(SettingsError, match="attachments_options: must be a JSON object"):
        read_settings({"api_key": "x", "attachments_options": f"password={SECRET}"})


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {}),
        ({"username": "hr"}, {"username": "hr"}),
        ({"sftp": {"username": "hr"}, "simplecache": {"x": 1}}, {"username": "hr"}),
        ({"client_kwargs.region": "eu", "client_kwargs": {"a.b": 1}}, {
            "client_kwargs": {"region": "eu", "a": {"b": 1}}
        }),
        ({"auth": ["hr", "x"]}, {"auth": ("hr", "x")}),
    ],
)  # fmt: skip
def test_options_belong_to_the_driver_under_its_name_or_all(
    options: dict[str, object], expected: dict[str, object]
) -> None:
    assert options_of("sftp", options) == expected


def test_options_that_a_driver_needs_or_does_not_take_are_the_reason() -> None:
    with pytest.raises(StoreError, match="needs other attachments_options than these"):
        open_store("webdav://without/base_url", {})
    with pytest.raises(StoreError, match="needs other attachments_options than these"):
        open_store("webdav://x", {"base_url": "http://127.0.0.1:1", "no_such_option": 1})


@pytest.mark.parametrize("url", ["zip://x::memory://y", "tar::memory://y", "reference::file:///x"])
def test_a_chain_that_can_only_be_read_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="cannot be written to, only dir:: and caches can"):
        open_store(url)


class NoSuchBucketError(Exception):
    """As clouds name it."""


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "x"), "there is no room left"),
        (ftplib.error_perm("552 Exceeded storage"), "there is no room left"),  # noqa: S321
        (ftplib.error_temp("426 No space left on device"), "there is no room left"),  # noqa: S321
        (ftplib.error_perm("530 Login incorrect"), "the login was refused"),  # noqa: S321
        (OSError(errno.EROFS, "x"), "it is not allowed there"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), "the host was not reached"),
        (NoSuchBucketError(), "the folder, share or bucket is not there"),
        (RuntimeError(OSError(errno.EDQUOT, "x")), "there is no room left"),
        (ExceptionGroup("x", [OSError(errno.EDQUOT, "x")]), "there is no room left"),
    ],
)
def test_a_failure_says_why(error: Exception, expected: str) -> None:
    assert (reason_of(error) or "").startswith(expected)


def test_a_failure_that_nobody_knows_says_nothing_more() -> None:
    assert reason_of(ValueError(SECRET)) is None


def test_a_driver_that_is_silent_is_not_waited_for_for_ever() -> None:
    lane, end = Lane(0.01), threading.Event()
    with pytest.raises(StoreError, match=r"did not answer within 0.01 s \(request_timeout\)"):
        lane.run(end.wait)
    assert lane.is_stuck
    end.set()


def test_others_log_warnings_only_and_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    logging.root.addHandler(caplog.handler)
    try:
        quiet_others({"password": SECRET})
        quiet_others({"sftp": {"password": SECRET, "port": 22}})
        other, own = logging.getLogger("httpx.of.a.test"), logging.getLogger("tap-compleetpersy")
        for logger in (other, own):
            logger.setLevel(logging.DEBUG)
            logger.info("to https://hr:%s@host", SECRET if logger is other else "…")
        other.warning("to https://hr:%s@host", SECRET)
        own.setLevel(logging.NOTSET)
    finally:
        logging.root.removeHandler(caplog.handler)
    assert set(caplog.messages) == {"to https://hr:…@host", "to https://hr:***@host"}


FULL = """
import resource, signal
from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.store import StoreError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, 70_000))
store = open_store("memory://full")
try:
    with store.receiving() as incoming:
        for piece in (bytes(65_536), bytes(5_000)):
            incoming.write(piece)
        incoming.keep("ab/c.pdf")
except StoreError as error:
    print(error, store.names(""))
"""


def test_no_room_for_the_last_bytes_on_the_way_is_one_line_and_leaves_nothing() -> None:
    command = [sys.executable, "-c", FULL]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    said = "attachments_dir: a temporary file cannot be written: File too large []"
    assert done.stdout.strip() == said
