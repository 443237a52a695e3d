"""Where files go: what every store does, and a local folder, the plainest of them.

The folder is private to the user, no link leads out of it, and its files have safe names.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import secrets
import stat
import time
import typing as t
import unicodedata
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from tap_compleetpersy.errors import PersyError

_PARTIAL = ".partial-"
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700
_ABANDONED_SECONDS = 86_400


class StoreError(PersyError):
    """The folder or the store cannot be used; the message names the setting."""


class Incoming:
    """A file that is being received, counted and hashed: nobody sees it before it is kept."""

    def __init__(self, number: int, complaint: str, keep: Callable[[str], None]) -> None:
        """Take an open descriptor, what an error says, and what moves the file to its path.

        It comes there whole, in place of what is there.
        """
        self.size = 0
        self.keep = keep
        self._hash = hashlib.sha256()
        self._number, self._complaint = number, complaint

    def restart(self) -> None:
        """Forget what was written."""
        os.ftruncate(self._number, 0)
        os.lseek(self._number, 0, os.SEEK_SET)
        self.size = 0
        self._hash = hashlib.sha256()

    def write(self, piece: bytes, /) -> None:
        """Take the next bytes.

        Raises:
            StoreError: When they cannot be written: a full disk.
        """
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


class Store(t.Protocol):
    """Files by path: `ab/abc….pdf`. All methods may be called from several threads."""

    where: str

    def location(self, path: str) -> str:
        """Return where a file is for others: the setting and the path."""
        return f"{self.where.rstrip('/')}/{path}"

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


# --- a local folder ------------------------------------------------------------------


@contextlib.contextmanager
def _explained(where: str) -> Iterator[None]:
    """Raise a `StoreError` that names the folder, with the system's words for what is wrong."""
    try:
        yield
    except OSError as error:
        message = f"attachments_dir: {where} cannot be used: {error.strerror}"
        raise StoreError(message) from None


class Folder(Store):
    """A local folder. Below it, links are never followed."""

    def __init__(self, where: str) -> None:
        """Make the folder, unless it is there, and remove what a killed run has left.

        Raises:
            StoreError: When it cannot be made or opened.
        """
        self.where = where
        path = Path(where).expanduser()
        with _explained(where):
            path.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            self._root = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            self._named = _has_no_unnamed_files(self._root)
            self._remove_abandoned()

    def _remove_abandoned(self) -> None:
        """Remove what killed runs have left, but nothing that another run may be writing."""
        before = time.time() - _ABANDONED_SECONDS
        for entry in os.scandir(self._root):
            if entry.name.startswith(_PARTIAL):
                with contextlib.suppress(FileNotFoundError):
                    if entry.stat(follow_symlinks=False).st_mtime < before:
                        os.unlink(entry.name, dir_fd=self._root)

    def size(self, path: str) -> int | None:
        """Return the size of a file; None when there is none, or it is no plain file."""
        with self._parent(path) as (parent, name):
            return None if parent is None else _size(parent, name)

    @contextlib.contextmanager
    def receiving(self) -> Iterator[Incoming]:
        """Take a new file.

        It has no name before it is kept, where the system can do that: then nothing is
        left of it when the process is killed. Elsewhere its name tells that it is not whole.
        """
        name = _partial_name() if self._named else None
        with _explained(self.where):
            if name is None:
                number = os.open(".", os.O_RDWR | os.O_TMPFILE, _PRIVATE_FILE, dir_fd=self._root)
            else:
                number = os.open(name, _NEW, _PRIVATE_FILE, dir_fd=self._root)
        complaint = f"{self.location('')} cannot be used"
        try:
            yield Incoming(number, complaint, functools.partial(self._keep, number, name))
        finally:
            os.close(number)
            if name is not None:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=self._root)

    def read(self, path: str, most: int | None = None) -> bytes | None:
        """Return a file, or its first bytes; None when there is none."""
        with self._parent(path) as (parent, name):
            if parent is None or _size(parent, name) is None:
                return None
            number = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=parent)
            with os.fdopen(number, "rb") as file:
                return file.read(most)

    def write(self, path: str, content: bytes) -> None:
        """Replace a small file, whole."""
        temporary = _partial_name()
        with self._parent(path, make=True) as (parent, name):
            number = os.open(temporary, _NEW, _PRIVATE_FILE, dir_fd=self._root)
            with os.fdopen(number, "wb") as file:
                file.write(content)
            os.replace(temporary, name, src_dir_fd=self._root, dst_dir_fd=parent)

    def delete(self, path: str) -> None:
        """Remove a file, if it is there."""
        with self._parent(path) as (parent, name):
            if parent is not None:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=parent)

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder; behind a link there is nothing."""
        with self._parent(f"{folder}/*".lstrip("/")) as (parent, _):
            if parent is None:
                return []
            with os.scandir(parent) as found:
                return sorted(entry.name for entry in found)

    def _keep(self, number: int, name: str | None, path: str) -> None:
        """Link a received file to its path, in place of what is there."""
        temporary = _partial_name()
        with self._parent(path, make=True) as (parent, last):
            os.fsync(number)
            source = f"/proc/self/fd/{number}" if name is None else name
            os.link(source, temporary, src_dir_fd=self._root, dst_dir_fd=self._root)
            os.replace(temporary, last, src_dir_fd=self._root, dst_dir_fd=parent)

    @contextlib.contextmanager
    def _parent(self, path: str, *, make: bool = False) -> Iterator[tuple[t.Any, str]]:
        """Open the folder of a path, step by step, each of which must be a real folder."""
        *folders, name = path.split("/")
        with _explained(self.where), contextlib.ExitStack() as opened:
            parent: int | None = self._root
            for folder in folders:
                parent = None if parent is None else _entered(parent, folder, make=make)
                if parent is not None:
                    opened.callback(os.close, parent)
            yield parent, name


def _entered(parent: int, name: str, *, make: bool) -> int | None:
    if make:
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, _PRIVATE_FOLDER, dir_fd=parent)
    try:
        return os.open(name, _DIRECTORY, dir_fd=parent)
    except (FileNotFoundError, NotADirectoryError):
        if make:
            raise
        return None


def _partial_name() -> str:
    return f"{_PARTIAL}{secrets.token_hex(8)}"


def _size(parent: int, name: str) -> int | None:
    try:
        status = os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _has_no_unnamed_files(root: int) -> bool:
    """Whether a file must have a name from the start (network drives, macOS)."""
    try:
        number = os.open(".", os.O_RDWR | os.O_TMPFILE, _PRIVATE_FILE, dir_fd=root)
        try:
            trial = _partial_name()
            os.link(f"/proc/self/fd/{number}", trial, dst_dir_fd=root, follow_symlinks=True)
            os.unlink(trial, dir_fd=root)
        finally:
            os.close(number)
    except (AttributeError, OSError):
        return True
    return False


def safe_name(name: str | None, taken: Collection[str] = ()) -> str:
    """Return a name of one file, made of a name that anybody may have chosen.

    It is NFC, holds no separator, control, format or surrogate character, is no name of a device
    on any system, does not begin or end with a dot or a space, and has at most 150 bytes. Its
    extension stays. A number tells it from the casefolded names taken in the same folder.
    """
    text = unicodedata.normalize("NFC", name or "")
    text = "".join(char for char in text if unicodedata.category(char)[0] != "C")
    text = _FORBIDDEN.sub("_", text)
    text = " ".join(text.split()).strip(". ") or _NAMELESS
    if text.partition(".")[0].strip().casefold() in _DEVICES:
        text = f"_{text}"
    stem, dot, extension = text.rpartition(".")
    if not stem or not _ANY_EXTENSION.fullmatch(extension):
        stem, dot, extension = text, "", ""
    number = 1
    while True:
        mark = f" ({number})" if number > 1 else ""
        room = _LONGEST_NAME - len(f"{mark}{dot}{extension}".encode())
        cut = stem.encode()[:room].decode(errors="ignore").rstrip(". ")
        chosen = f"{cut}{mark}{dot}{extension}"
        if chosen.casefold() not in taken:
            return chosen
        number += 1


_LONGEST_NAME = 150
_NAMELESS: t.Final = "attachment"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in "0123456789¹²³"}
)
_ANY_EXTENSION = re.compile(r"[A-Za-z0-9]{1,12}")
