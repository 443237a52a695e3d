"""The drivers of fsspec: from the URL of `attachments_dir` to one, and what its failures mean.

What a driver says may hold credentials or names and is not repeated: only the class of the error
is, after words that say what was tried. What it logs is dropped, or its secrets are hidden.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import ftplib
import logging
import re
import socket
import sys
import typing as t
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import fsspec
from fsspec.asyn import sync
from fsspec.core import url_to_fs

from tap_compleetpersy.errors import causes_of
from tap_compleetpersy.files.store import StoreError

OBJECTS: t.Final = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci")
"""Where an object appears when its upload is complete, and a folder is a part of a name."""
_CACHES = frozenset({"simplecache", "filecache", "blockcache", "cached"})


@dataclass(frozen=True, slots=True)
class Driver:
    """How to reach a store.

    Attributes:
        files: An instance of the driver.
        root: Within the store, without a slash at its end.
        another: Makes one more instance, for another thread.
    """

    files: t.Any  # fsspec has no types
    root: str
    another: Callable[[], t.Any]

    def speaks(self, *protocols: str) -> bool:
        """Whether the driver has one of these names in URLs."""
        names = self.files.protocol
        own = (names,) if isinstance(names, str) else names
        return not set(own).isdisjoint(protocols)

    def move(self, files: t.Any, old: str, new: str) -> None:  # noqa: ANN401 - fsspec has no types
        """Give a file another name, all at once, as some drivers' own `mv` does not.

        The instance is that of this thread. Whether a name that is taken is replaced, depends on
        the server.
        """
        if self.speaks("webdav"):  # its `mv` copies
            files.client.move(old, new, overwrite=True)
        elif _is_paramiko(files):
            # What replaces a file is an extension that servers on Windows lack.
            try:
                files.ftp.posix_rename(old, new)
            except OSError:
                files.ftp.rename(old, new)
        elif hasattr(files, "_pool"):  # sshfs, whose `mv` copies where the extension lacks
            sync(files.loop, _rename, files, old, new)
        else:
            files.mv(old, new)


async def _rename(files: t.Any, old: str, new: str) -> None:  # noqa: ANN401
    async with files._pool.get() as channel:  # noqa: SLF001 - there is no other way to it
        try:
            await channel.posix_rename(old, new)
        except Exception:  # noqa: BLE001 - the driver's classes are not to be imported
            await channel.rename(old, new)


def open_driver(url: str, options: Mapping[str, t.Any]) -> Driver:
    """Return the driver of a URL, chained or not, connected.

    Caches in front of a store are left out: what is written once and read by others gains nothing
    by them, and an old entry of the index would be believed.

    Raises:
        StoreError: When there is no such driver, or it cannot connect.
    """
    *wrappers, store = url.split("::")
    protocol = _protocol(store)
    folders = [_folder(wrapper) for wrapper in wrappers]
    try:
        fsspec.get_filesystem_class(protocol)
    except ImportError as error:
        message = f"attachments_dir: the driver of this URL is not installed: {error}"
        raise StoreError(message) from None
    except ValueError:
        message = f"attachments_dir: is no URL that fsspec can open: no driver is named {protocol}"
        raise StoreError(message) from None
    own = options_of(protocol, options)
    files, root = _connected(store, own)
    path = "/".join([root.rstrip("/"), *(folder for folder in reversed(folders) if folder)])
    return Driver(files, path, lambda: _connected(store, own)[0])


def options_of(protocol: str, options: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return the options of a driver: those under its name, else all.

    Dotted keys are objects, for Meltano turns one into the other.
    """
    nested = _nested(options)
    own = nested.get(protocol)
    found = dict(own) if isinstance(own, Mapping) else nested
    if isinstance(found.get("auth"), list):
        found["auth"] = tuple(found["auth"])  # a user and a password, as HTTP clients take them
    return found


def _connected(url: str, options: Mapping[str, t.Any]) -> tuple[t.Any, str]:
    """Return an instance of a driver, and the path of a URL in its store."""
    with explained("opening the store"):
        # What follows a number sign is part of the path, but drivers would get it as an option.
        files, _ = url_to_fs(url.partition("#")[0], **options, skip_instance_cache=True)
        if _is_paramiko(files):
            # Else the last bytes of each piece wait 40 ms for what was sent before.
            connection = files.client.get_transport().sock
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if smbclient := sys.modules.get("smbclient"):
            # Else the process waits for the farewell of a server that has fallen silent.
            atexit.unregister(smbclient.reset_connection_cache)
        return files, t.cast("str", files._strip_protocol(url))  # noqa: SLF001 - for other drivers


def _is_paramiko(files: t.Any) -> bool:  # noqa: ANN401
    return hasattr(files, "ftp") and hasattr(files.ftp, "posix_rename")


def _folder(wrapper: str) -> str:
    """Return the folder that a part of a chained URL adds, if any."""
    protocol = _protocol(wrapper)
    if protocol in _CACHES:
        return ""
    if protocol == "dir":
        return wrapper.partition("://")[2].strip("/")
    message = f"attachments_dir: {protocol}:: cannot be written to, only dir:: and caches can"
    raise StoreError(message)


def _protocol(part: str) -> str:
    """Return the name of the driver in a part of a chained URL; a plain path is a local one."""
    name, mark, _ = part.partition("://")
    return name if mark else (part if part.isalnum() else "file")


def _nested(options: Mapping[str, t.Any]) -> dict[str, t.Any]:
    every: dict[str, t.Any] = {}
    for key, value in options.items():
        *parents, last = key.split(".")
        inner = every
        for parent in parents:
            inner = inner.setdefault(parent, {})
        item = _nested(value) if isinstance(value, Mapping) else value
        before = inner.get(last)
        inner[last] = before | item if isinstance(before, dict) and isinstance(item, dict) else item
    return every


# --- what failures mean --------------------------------------------------------------

_MISSING: t.Final = (
    "the folder, share or bucket is not there, nor can it be made. Make it, or correct "
    "attachments_dir"
)
_REFUSED: t.Final = "it is not allowed there. Give the user of attachments_options that right"
_LOGIN: t.Final = "the login was refused. Check the credentials in attachments_options"
_UNREACHED: t.Final = "the host was not reached. Check its name and port, and the network"
_UNKNOWN_HOST: t.Final = (
    "the host's key is not the known one. Check known_hosts, or the driver's option for it"
)
_FULL: t.Final = "there is no room left"
_OPTIONS: t.Final = "the driver needs other attachments_options than these"

_BY_NUMBER: t.Final[Mapping[object, str]] = {
    errno.ENOENT: _MISSING,
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _REFUSED),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), _FULL),
    **dict.fromkeys((errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT), _UNREACHED),
    **dict.fromkeys((errno.EHOSTUNREACH, errno.ENETUNREACH), _UNREACHED),
}
_BY_STATUS: t.Final = {
    401: _LOGIN, 403: _REFUSED, 404: _MISSING, 405: _REFUSED, 423: _REFUSED, 507: _FULL,
    452: _FULL, 552: _FULL, 530: _LOGIN, 332: _LOGIN, 550: _REFUSED, 553: _REFUSED,
    0xC0000022: _REFUSED, 0xC00000A2: _REFUSED, 0xC000007F: _FULL, 0xC0000044: _FULL,
    0xC00000CC: _MISSING, 0xC0000225: _MISSING, 0xC000006D: _LOGIN,
}  # fmt: skip
"""Of HTTP, FTP and SMB, whose numbers do not collide."""

_BY_NAME: t.Final = {
    # In this order: a refused login is often an error of permission, too.
    "HostKey|BadHostKey": _UNKNOWN_HOST,
    "Authenti|LogonFailure|^PermissionDenied$|BadCredentials|NoCredentials|InvalidAccessKey"
    "|Signature|RefreshError|DefaultCredentials|InvalidCredential|SpnegoError": _LOGIN,
    "NoSpace|QuotaExceeded|InsufficientStorage|DiskFull": _FULL,
    "NoSuch|NotFound|BadNetworkName|PathNotFound": _MISSING,
    "AccessDenied|PermissionDenied|PermissionError|Forbidden|WriteProtect": _REFUSED,
    "Connect|gaierror|Timeout|TimedOut|Unreachable|ServiceRequestError|DisconnectError"
    "|ConnectionLost|NoValidConnections": _UNREACHED,
}
_BY_TEXT: t.Final = {
    "(?i)signature|access key id|credential|failed to authenticate": _LOGIN,
    "unexpected keyword argument|required (?:positional|keyword-only) argument": _OPTIONS,
    "(?i)no space left|disk (?:is )?full|quota exceeded": _FULL,
    r"not an SSH-server|Failed to connect|\[Errno -\d+\]": _UNREACHED,
}
"""Where a driver says everything with one class; looked for, never shown."""


@contextlib.contextmanager
def explained(doing: str) -> Iterator[None]:
    """Raise a `StoreError` that says what was tried, in place of whatever the driver raises."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - drivers raise what they like
        reason = reason_of(error)
        why = f": {reason}" if reason else ""
        failure = StoreError(f"attachments_dir: {doing} failed{why} ({type(error).__name__})")
    else:
        return
    raise failure  # here, so that it has no context that holds a secret


def reason_of(error: BaseException) -> str | None:
    """Return why something failed, by what caused it, too; None when nothing says so."""
    every = list(causes_of(error))
    names = [name for cause in every for name in _names(cause)]
    texts = [str(cause) for cause in every]
    for patterns, words in ((_BY_NAME, names), (_BY_TEXT, texts)):
        for pattern, reason in patterns.items():
            if any(re.search(pattern, word) for word in words):
                return reason
    return next(filter(None, map(_numbered, every)), None)


def is_missing(error: BaseException) -> bool:
    """Whether an error says that a file is not there: by class or by number (SMB)."""
    return isinstance(error, FileNotFoundError) or getattr(error, "errno", None) == errno.ENOENT


def _names(error: BaseException) -> list[str]:
    """Return the names of the classes of an error, and that which a cloud gives it."""
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return [*(kind.__name__ for kind in type(error).__mro__ if kind not in _PLAIN), str(code)]


_PLAIN: t.Final = frozenset({object, BaseException, Exception, OSError, ValueError, RuntimeError})


def _numbered(error: BaseException) -> str | None:
    number = getattr(error, "errno", None)
    return _BY_NUMBER.get(number) or _BY_STATUS.get(_status(error) or 0)


def _status(error: BaseException) -> int | None:
    """Return the status of HTTP or FTP that an error carries."""
    response = getattr(error, "response", None)
    candidates: list[object] = [getattr(error, name, None) for name in _STATUS_NAMES]
    if isinstance(error, ftplib.Error):
        candidates.append(str(error)[:3])
    if isinstance(response, dict):
        candidates.append(response.get("ResponseMetadata", {}).get("HTTPStatusCode"))
    else:
        candidates.append(getattr(response, "status_code", None))
    for value in candidates:
        if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()):
            return int(value)
    return None


_STATUS_NAMES: t.Final = ("ntstatus", "status", "status_code", "code")

_OURS = frozenset({"tap-compleetpersy", "tap_compleetpersy", "singer_sdk", "root"})
_SHORTEST_SECRET = 4


def quiet_others(options: Mapping[str, t.Any]) -> None:
    """Have every handler of the program drop what others log below WARNING, and hide secrets.

    Drivers log each request at INFO, some with the URL and the password in it. Each text of the
    options may be a secret.
    """
    secrets = tuple(sorted(_texts(options), key=len, reverse=True))
    for handler in logging.root.handlers:
        for before in handler.filters[:]:
            if isinstance(before, _Quiet):
                handler.removeFilter(before)
        handler.addFilter(_Quiet(secrets))


class _Quiet(logging.Filter):
    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] in _OURS:
            return True
        if record.levelno < logging.WARNING:
            return False
        # A driver's traceback shows its arguments; the tap's own error says what failed.
        text = record.getMessage()
        for secret in self._secrets:
            text = text.replace(secret, "***")
        record.msg, record.args = text, None
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str) and len(value) >= _SHORTEST_SECRET:
        yield value
