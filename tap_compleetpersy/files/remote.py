"""Files behind an fsspec URL: object stores, and servers of files."""

from __future__ import annotations

import contextlib
import functools
import io
import queue
import re
import secrets
import shutil
import tempfile
import threading
import time
import typing as t
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait

from tap_compleetpersy.files.drivers import (
    OBJECTS,
    Driver,
    explained,
    is_missing,
    open_driver,
    quiet_others,
)
from tap_compleetpersy.files.store import Folder, Incoming, Store, StoreError

_T = t.TypeVar("_T")
_Job = tuple[Callable[[], t.Any], Future[t.Any]]
_CHUNK = 2**20
_PARTIAL = re.compile(r"partial-([0-9a-f]{1,12})-[0-9a-f]{16}")
"""Without a dot, since some servers list no hidden files; with the second it was begun, by the
clock of this machine."""
_ABANDONED_SECONDS = 86_400


def open_remote(url: str, options: Mapping[str, t.Any], seconds: float) -> Store:
    """Return the store at a URL, as `open_store` does."""
    quiet_others(options)
    lane = Lane(seconds)
    driver = lane.run(lambda: open_driver(url, options))
    quiet_others(options)
    if driver.speaks("file"):
        return Folder(driver.root or "/")
    remote = Remote(driver, url, lane, seconds)
    remote.remove_abandoned()
    return remote


class _Lanes(threading.local):
    """What a thread reaches the store with."""

    lane: Lane | None = None
    files: t.Any = None


class Remote(Store):
    """A store, through one instance of its driver for each thread unless one serves all.

    An object appears when its upload is complete. Elsewhere content goes to a name that tells that
    it is not whole, and is moved.
    """

    def __init__(self, driver: Driver, url: str, lane: Lane, seconds: float) -> None:
        """Take an opened driver, and the lane that it was opened in for the calling thread."""
        self.where = url
        self._driver, self._seconds = driver, seconds
        # An object appears when its upload is complete.
        self._has_objects = driver.speaks(*OBJECTS)
        self._own = _Lanes()
        self._own.lane, self._own.files = lane, driver.files
        self._made: set[str] = set()

    def size(self, path: str) -> int | None:
        """Return the size of a file; None when there is none."""
        return self._run("asking for a file", lambda files: self._size(files, self._at(path)))

    @contextlib.contextmanager
    def receiving(self) -> Iterator[Incoming]:
        """Take a new file: here, without a name, until it is whole."""
        # Without a buffer nothing is left to be written when it is closed, on a full disk neither.
        with tempfile.TemporaryFile(buffering=0) as file:
            complaint = "a temporary file cannot be written"
            yield Incoming(file.fileno(), complaint, functools.partial(self.upload, file))

    def upload(self, file: t.IO[bytes], path: str) -> None:
        """Copy a received file to its path."""
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        if self._has_objects:
            name = f"/dev/fd/{file.fileno()}"
            self._run("an upload", lambda files: files.put_file(name, self._at(path)), size)
        else:
            self._put(path, file, size)

    def read(self, path: str, most: int | None = None) -> bytes | None:
        """Return the content of a file, or how it begins; None when there is none."""
        part = {} if most is None else {"start": 0, "end": most}

        def read(files: t.Any) -> bytes | None:  # noqa: ANN401 - fsspec has no types
            try:
                content = t.cast("bytes", files.cat_file(self._at(path), **part))
                return content[:most]  # sshfs reads all of it
            except Exception as error:
                if is_missing(error) or self._size(files, self._at(path)) is None:
                    return None
                raise

        return self._run("reading a file", read)

    def write(self, path: str, content: bytes) -> None:
        """Replace a small file, whole."""
        if self._has_objects:
            self._run("an upload", lambda files: files.pipe_file(self._at(path), content))
        else:
            self._put(path, io.BytesIO(content), len(content))

    def delete(self, path: str) -> None:
        """Remove a file, if it is there."""
        self._run("removing a file", lambda files: self._remove(files, self._at(path)))

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder; one of the index may have a million."""

        def names(files: t.Any) -> list[str]:  # noqa: ANN401 - fsspec has no types
            files.invalidate_cache()
            try:
                found = files.ls(self._at(folder).rstrip("/") or "/", detail=False)
            except Exception as error:
                if is_missing(error):
                    return []
                raise
            return sorted(path.rstrip("/").rpartition("/")[2] for path in found)

        return self._run("listing", names, _LONG_LISTING if folder else 0)

    def remove_abandoned(self) -> None:
        """Remove what killed runs have left, but nothing that another run may be writing."""
        if self._has_objects:
            return
        before = time.time() - _ABANDONED_SECONDS
        for name in self.names(""):
            found = _PARTIAL.fullmatch(name)
            if found and int(found[1], 16) < before:
                self.delete(name)

    def _put(self, path: str, file: t.IO[bytes], size: int) -> None:
        """Write a file under a name that tells that it is not whole, then give it its own."""
        partial = self._at(f"partial-{int(time.time()):x}-{secrets.token_hex(8)}")
        folder = self._at(path).rpartition("/")[0]

        def put(files: t.Any) -> None:  # noqa: ANN401 - fsspec has no types
            self._make_folder(files, folder)
            try:
                with files.open(partial, "wb") as target:
                    shutil.copyfileobj(file, target, _CHUNK)
                self._move(files, partial, path, size)
            except BaseException:
                with contextlib.suppress(Exception):  # the first failure is the one to tell
                    self._remove(files, partial)
                raise

        self._run("an upload", put, size)

    def _move(self, files: t.Any, partial: str, path: str, size: int) -> None:  # noqa: ANN401 - fsspec has no types
        """Give a file its name when it is whole; where a server replaces none, the old one goes.

        Others may be giving the same name to the same content meanwhile.
        """
        if self._size(files, partial) != size:
            raise StoreError(_NOT_WHOLE)
        full = self._at(path)
        for others in reversed(range(_MOST_OTHERS)):
            try:
                self._driver.move(files, partial, full)
            except Exception:
                if not others or self._size(files, partial) is None:
                    raise
                self._remove(files, full)
            else:
                return

    def _size(self, files: t.Any, full: str) -> int | None:  # noqa: ANN401 - fsspec has no types
        files.invalidate_cache()
        try:
            return int(files.info(full)["size"])
        except Exception as error:
            if is_missing(error):
                return None
            raise

    def _remove(self, files: t.Any, full: str) -> None:  # noqa: ANN401 - fsspec has no types
        try:
            files.rm_file(full)
        except Exception as error:
            files.invalidate_cache()
            if not is_missing(error) and files.exists(full):
                raise

    def _make_folder(self, files: t.Any, folder: str) -> None:  # noqa: ANN401 - fsspec has no types
        """Make a folder and those above it, step by step: SMB's never ends without a share."""
        if not folder.strip("/") or folder in self._made:
            return
        files.invalidate_cache()
        if not files.isdir(folder):
            self._make_folder(files, folder.rpartition("/")[0])
            try:
                files.mkdir(folder, create_parents=False)
            except Exception:
                files.invalidate_cache()
                if not files.isdir(folder):  # another thread may have made it
                    raise
        self._made.add(folder)

    def _run(self, doing: str, act: Callable[[t.Any], _T], size: int = 0) -> _T:
        """Have the driver do something, in the lane of this thread."""
        own, driver = self._own, self._driver
        if own.lane is None or own.lane.is_stuck:
            own.lane = Lane(self._seconds)
            # Only asynchronous ones may be used by several threads.
            own.files = driver.files if driver.files.async_impl else own.lane.run(driver.another)
        files = own.files
        with explained(doing):
            return own.lane.run(lambda: act(files), size)

    def _at(self, path: str) -> str:
        return f"{self._driver.root}/{path}"


_MOST_OTHERS: t.Final = 8
"""More threads than two runs have, one of which is through each time."""
_SLOWEST: t.Final = 64 * 1024
"""Bytes a second of the slowest line."""
_LONG_LISTING: t.Final = 600 * _SLOWEST
"""It may take ten minutes longer than an answer of one piece."""
_NOT_WHOLE: t.Final = "attachments_dir: the store has not kept a whole file"


class Lane:
    """Runs what it is given, one after the other, in a thread of its own.

    Many drivers have no bound on their silence, or repeat themselves for minutes. A thread that
    hangs is left behind, and never keeps the process from ending.
    """

    def __init__(self, seconds: float) -> None:
        """Start the thread; the seconds are the longest wait."""
        self.is_stuck = False
        self._seconds = seconds
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        threading.Thread(
            target=_work, args=(self._jobs,), name="tap-compleetpersy-store", daemon=True
        ).start()

    def __del__(self) -> None:
        """End the thread, when it has nothing more to do."""
        self._jobs.put(None)

    def run(self, act: Callable[[], _T], size: int = 0) -> _T:
        """Return what an action returns, or raise what it raises.

        For each 64 KiB that it has to carry, a second more is waited.

        Raises:
            StoreError: When it takes too long; the lane is stuck then.
        """
        done: Future[_T] = Future()
        self._jobs.put((act, done))
        seconds = self._seconds + size / _SLOWEST
        wait([done], seconds)
        if not done.done():
            self.is_stuck = True
            message = (
                f"attachments_dir: the store did not answer within {seconds:.3g} s "
                "(request_timeout). Check its host and port, and the network"
            )
            raise StoreError(message)
        return done.result()


def _work(jobs: queue.SimpleQueue[_Job | None]) -> None:
    while (job := jobs.get()) is not None:
        act, done = job
        try:
            done.set_result(act())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            done.set_exception(error)
        del job, act, done
