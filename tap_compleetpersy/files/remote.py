"""Files behind an fsspec URL: S3, GCS, Azure and whatever has a maintained driver."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import typing as t
from collections.abc import Iterator

import fsspec
from fsspec.core import url_to_fs
from typing_extensions import override

from tap_compleetpersy.files.store import Hashing, Incoming, Store, StoreError

_CHUNK = 2**20
_BUCKETS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci"})
"""Where a folder is a part of a name: making one would make the bucket, too."""


@contextlib.contextmanager
def _explained(doing: str) -> Iterator[None]:
    """Say what failed; drivers' own texts can hold credentials and are not repeated."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - drivers raise what they like
        message = f"attachments_dir: {doing} failed ({type(error).__name__})"
        raise StoreError(message) from None


def open_remote(url: str) -> Store:
    """Open a store.

    Raises:
        StoreError: When its driver is not installed, or the URL is none.
    """
    try:
        with contextlib.suppress(KeyError):
            fsspec.get_filesystem_class(url.partition("::")[0].partition("://")[0])
        files, root = url_to_fs(url)
    except ImportError as error:
        message = f"attachments_dir: the driver of this URL is not installed: {error}"
        raise StoreError(message) from None
    except Exception as error:  # noqa: BLE001 - drivers raise what they like
        message = f"attachments_dir: is no URL that fsspec can open ({type(error).__name__})"
        raise StoreError(message) from None
    if "file" in _protocols(files):
        from tap_compleetpersy.files.folder import Folder  # noqa: PLC0415 - one of the two

        return Folder(root)
    return Remote(files, root, url)


def _protocols(files: t.Any) -> tuple[str, ...]:  # noqa: ANN401 - fsspec has no types
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)


class Remote:
    """A store. An object appears there when its upload is complete."""

    def __init__(self, files: t.Any, root: str, url: str) -> None:  # noqa: ANN401 - fsspec has no types
        """Take an opened file system, and the root within it."""
        self._files, self._root, self._url = files, root.rstrip("/"), url.rstrip("/")

    def location(self, path: str) -> str:
        """Answer the setting and the path."""
        return f"{self._url}/{path}"

    def size(self, path: str) -> int | None:
        """Answer the size of an object; None when there is none."""
        with _explained("asking for an object"):
            try:
                return int(self._files.info(self._at(path))["size"])
            except FileNotFoundError:
                return None

    @contextlib.contextmanager
    def receiving(self) -> Iterator[Incoming]:
        """Take a new file: here, without a name, until it is whole."""
        with tempfile.TemporaryFile() as file:
            yield _Receiving(self, file)

    def upload(self, file: t.IO[bytes], path: str) -> None:
        """Copy a received file to its path."""
        with _explained("an upload"):
            self._make_folder(path)
            file.seek(0)
            with self._files.open(self._at(path), "wb") as target:
                shutil.copyfileobj(file, target, _CHUNK)

    def read(self, path: str) -> bytes | None:
        """Answer the content of a small object; None when there is none."""
        with _explained("reading an object"):
            try:
                return t.cast("bytes", self._files.cat_file(self._at(path)))
            except FileNotFoundError:
                return None

    def write(self, path: str, content: bytes) -> None:
        """Replace a small object."""
        with _explained("an upload"):
            self._make_folder(path)
            self._files.pipe_file(self._at(path), content)

    def delete(self, path: str) -> None:
        """Remove an object, if it is there."""
        with _explained("removing an object"), contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._at(path))

    def names(self, folder: str) -> list[str]:
        """Name what is in a folder."""
        with _explained("listing"):
            try:
                found = self._files.ls(self._at(folder).rstrip("/"), detail=False, refresh=True)
            except FileNotFoundError:
                return []
            return sorted(path.rstrip("/").rpartition("/")[2] for path in found)

    def _make_folder(self, path: str) -> None:
        if not _BUCKETS.intersection(_protocols(self._files)):
            self._files.makedirs(self._at(path).rpartition("/")[0], exist_ok=True)

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"


class _Receiving(Hashing):
    """A file without a place yet, on this machine's disk and without a name."""

    def __init__(self, remote: Remote, file: t.IO[bytes]) -> None:
        super().__init__()
        self._remote, self._file = remote, file

    @override
    def restart(self) -> None:
        super().restart()
        self._file.seek(0)
        self._file.truncate()

    def write(self, piece: bytes, /) -> None:
        try:
            self._file.write(piece)
        except OSError as error:
            message = f"attachments_dir: a temporary file cannot be written: {error.strerror}"
            raise StoreError(message) from None
        self.update(piece)

    def keep(self, path: str) -> None:
        self._remote.upload(self._file, path)
