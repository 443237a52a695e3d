"""Where files go: what a folder and an object store have in common."""

from __future__ import annotations

import contextlib
import hashlib
import os
import typing as t

from tap_compleetpersy.errors import PersyError


class StoreError(PersyError):
    """The folder or the store cannot be used; the message names the setting."""


class Incoming(t.Protocol):
    """A file that is being received: nobody sees it before it is kept."""

    def restart(self) -> None:
        """Forget what was written."""

    def write(self, piece: bytes, /) -> object:
        """Take the next bytes.

        Raises:
            StoreError: When they cannot be written: a full disk, a refused upload.
        """

    @property
    def size(self) -> int:
        """Bytes so far."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes so far, hexadecimal."""

    def keep(self, path: str) -> None:
        """Move the file to its path, whole, in place of what is there.

        Raises:
            StoreError: When it cannot be stored.
        """


class Store(t.Protocol):
    """Files by path: `ab/abc….pdf`. All methods may be called from several threads."""

    def location(self, path: str) -> str:
        """Return where a file is for others: the setting and the path."""

    def size(self, path: str) -> int | None:
        """Return the size of a file; None when there is none."""

    def receiving(self) -> contextlib.AbstractContextManager[Incoming]:
        """Take a new file; what was not kept is gone after the block, and after a kill."""

    def read(self, path: str, most: int | None = None) -> bytes | None:
        """Return a small file, or the first bytes of any; None when there is none."""

    def write(self, path: str, content: bytes) -> None:
        """Replace a small file, whole."""

    def delete(self, path: str) -> None:
        """Remove a file, if it is there."""

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, or in the store itself (empty), sorted, if it is there."""


class Receiving:
    """A file of this machine without a place yet, counted and hashed while it is written."""

    def __init__(self, number: int, complaint: str) -> None:
        """Take an open descriptor, and what an error says when it cannot be written to."""
        self.size = 0
        self._hash = hashlib.sha256()
        self._number, self._complaint = number, complaint

    def restart(self) -> None:
        """Forget what was written."""
        os.ftruncate(self._number, 0)
        os.lseek(self._number, 0, os.SEEK_SET)
        self.size = 0
        self._hash = hashlib.sha256()

    def write(self, piece: bytes, /) -> None:
        """Take the next bytes."""
        rest = memoryview(piece)
        try:
            while rest:
                rest = rest[os.write(self._number, rest) :]
        except OSError as error:
            message = f"attachments_dir: {self._complaint}: {error.strerror}"
            raise StoreError(message) from None
        self.size += len(piece)
        self._hash.update(piece)

    @property
    def sha256(self) -> str:
        """SHA-256 so far, hexadecimal."""
        return self._hash.hexdigest()
