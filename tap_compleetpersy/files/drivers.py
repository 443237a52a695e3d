"""From the URL of `attachments_dir` to a driver of fsspec, and what its kind of store can do."""

from __future__ import annotations

import atexit
import functools
import socket
import sys
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import fsspec
from fsspec.asyn import sync
from fsspec.core import url_to_fs

from tap_compleetpersy.files.failures import explained
from tap_compleetpersy.files.store import StoreError

_OBJECTS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci"})
"""Where an object appears when its upload is complete, and a folder is a part of a name."""
_CACHES = frozenset({"simplecache", "filecache", "blockcache", "cached"})
_FOLDER: t.Final = "dir"


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

    @property
    def protocols(self) -> frozenset[str]:
        """The names of the driver in URLs."""
        names = self.files.protocol
        return frozenset((names,) if isinstance(names, str) else names)

    @property
    def is_local(self) -> bool:
        """Whether the store is a folder of this machine."""
        return "file" in self.protocols

    @property
    def has_objects(self) -> bool:
        """Whether an upload is whole or not there at all."""
        return not _OBJECTS.isdisjoint(self.protocols)

    @property
    def serves_threads(self) -> bool:
        """Whether one instance may be used by several threads: only asynchronous ones may."""
        return bool(self.files.async_impl)

    def move(self, files: t.Any, old: str, new: str) -> None:  # noqa: ANN401 - fsspec has no types
        """Give a file another name, all at once, as some drivers' own `mv` does not.

        The instance is that of this thread. Whether a name that is taken is replaced, depends on
        the server.
        """
        if "webdav" in self.protocols:  # its `mv` copies
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
    _require_driver(protocol)
    own = options_of(protocol, options)
    another = functools.partial(_connected, store, own)
    files, root = another()
    path = "/".join([root.rstrip("/"), *(folder for folder in reversed(folders) if folder)])
    return Driver(files, path, lambda: another()[0])


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


def _require_driver(protocol: str) -> None:
    try:
        fsspec.get_filesystem_class(protocol)
    except ImportError as error:
        message = f"attachments_dir: the driver of this URL is not installed: {error}"
        raise StoreError(message) from None
    except ValueError:
        message = f"attachments_dir: is no URL that fsspec can open: no driver is named {protocol}"
        raise StoreError(message) from None


def _folder(wrapper: str) -> str:
    """Return the folder that a part of a chained URL adds, if any."""
    protocol = _protocol(wrapper)
    if protocol in _CACHES:
        return ""
    if protocol == _FOLDER:
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
