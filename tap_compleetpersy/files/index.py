"""Which file is whose, and which nobody needs: a small file of entries for each candidate.

An entry has ids, a hash of what the list said, and the path: no names, no content. A file for each
candidate needs no lock, does not grow, and costs a store less than one for each attachment.
"""

from __future__ import annotations

import hashlib
import re
import threading
import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from tap_compleetpersy.files.store import StoreError

if t.TYPE_CHECKING:
    from tap_compleetpersy.files.store import Store

FOLDER = "index"
_MANY_MISSES = 16


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One attachment, by remote ids, whose content is stored at a path.

    Attributes:
        described: Number of the rule that judged it, a colon, and a hash of what the list said of
            it: another hash is another content. Older entries have the hash alone.
        sha256: Of the content, hexadecimal.
        size: Of the content, in bytes.
    """

    candidate: str
    attachment: str
    described: str
    path: str
    sha256: str
    size: int


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Entry | list[Entry]).decode


def described(rule: int, *facts: object) -> str:
    """Return a rule's number and a hash of what a list says of an attachment, but for its link."""
    return f"{rule}:{hashlib.sha256(msgspec.json.encode(facts)).hexdigest()}"


class Found(t.NamedTuple):
    """What is known of a candidate's attachments.

    Attributes:
        entries: By remote id; those whose content is there.
        singles: Names of files that older versions wrote, one for each attachment.
    """

    entries: dict[str, Entry]
    singles: tuple[str, ...]


class Index:
    """The entries of one tenant (as in the state), one file for each candidate.

    Files are asked for one by one, and after many misses all at once: a store far away takes as
    long to say that a file is missing as to take a content.
    """

    def __init__(self, store: Store, tenant: str) -> None:
        """Take the store; nothing is read yet."""
        self.store = store
        self._folder = f"{FOLDER}/{tenant}"
        self._lock = threading.Lock()
        self._misses = 0
        self._listed: frozenset[str] | None = None
        self._added: set[str] = set()

    def find(self, candidate: str, attachments: Mapping[str, str]) -> Found:
        """Return what is known of some attachments of a candidate.

        Args:
            candidate: Its generated `id`.
            attachments: Remote id to generated `id`.
        """
        known = {entry.attachment: entry for entry in self._entries(candidate)}
        singles: list[str] = []
        for remote_id, own in attachments.items():
            if remote_id not in known and (single := self._entries(own)):
                singles.append(own)
                known[remote_id] = single[0]
        there = {
            remote_id: entry
            for remote_id in attachments
            if (entry := known.get(remote_id)) and self.store.size(entry.path) == entry.size
        }
        return Found(there, tuple(singles))

    def put(self, candidate: str, entries: Sequence[Entry], singles: Sequence[str] = ()) -> None:
        """Remember all entries of a candidate, by its generated `id`.

        They replace those before, and the files of older versions (`singles`).
        """
        if entries:
            self._added.add(candidate)
        _write(self.store, self._path(candidate), entries)
        for single in singles:
            self.store.delete(self._path(single))

    def _entries(self, name: str) -> Sequence[Entry]:
        listed = self._listed
        if not (listed is None or name in listed or name in self._added):
            return ()
        content = self.store.read(self._path(name))
        if content is not None:
            return _read(content) or ()
        with self._lock:
            self._misses += 1
            is_time = self._misses == _MANY_MISSES
        if is_time:
            names = self.store.names(self._folder)
            self._listed = frozenset(name.removesuffix(".json") for name in names)
        return ()

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}.json"


def files_of(store: Store) -> Iterator[tuple[str, str, Sequence[Entry]]]:
    """Yield the files of the index of every tenant: the tenant, the path, the entries.

    Raises:
        StoreError: When one of them is damaged.
    """
    for tenant in store.names(FOLDER):
        for name in store.names(f"{FOLDER}/{tenant}"):
            path = f"{FOLDER}/{tenant}/{name}"
            content = store.read(path)
            entries = None if content is None else _read(content)
            if entries is None:
                message = f"attachments_dir: {store.location(path)} is no file of the index"
                raise StoreError(message)
            yield tenant, path, entries


def contents(store: Store) -> Iterator[str]:
    """Yield the paths of every content; what else is in the folder is not ours."""
    for folder in store.names(""):
        if _CONTENT_FOLDER.fullmatch(folder):
            paths = (f"{folder}/{name}" for name in store.names(folder))
            yield from filter(_CONTENT.fullmatch, paths)


def content_path(sha256: str, extension: str) -> str:
    """Return the path of a content: it is named by itself."""
    return f"{sha256[:2]}/{sha256}{extension}"


def extension_of(file_name: str | None, content_type: str | None) -> str:
    """Return a short extension with its dot, in lower case, or nothing; that of the name wins."""
    _, dot, last = (file_name or "").strip().rpartition(".")
    if _EXTENSION.fullmatch(f"{dot}{last}"):
        return f".{last.lower()}"
    media_type = (content_type or "").partition(";")[0].strip().lower()
    known = _EXTENSIONS.get(media_type)
    return f".{known}" if known else ""


_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,8})")
_EXTENSIONS: t.Final = {
    "application/msword": "doc",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/zip": "zip",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/webp": "webp",
    "text/plain": "txt",
}

_CONTENT_FOLDER = re.compile(r"[0-9a-f]{2}")
_CONTENT = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}(?:\.[a-z0-9]{1,8})?")


def _read(content: bytes) -> Sequence[Entry] | None:
    """Return the entries that a file holds; None when it is damaged."""
    try:
        found = _decode(content)
    except msgspec.MsgspecError:
        return None
    entries = [found] if isinstance(found, Entry) else found
    # Nothing else is ours to remove.
    return entries if all(_CONTENT.fullmatch(entry.path) for entry in entries) else None


def _write(store: Store, path: str, entries: Sequence[Entry]) -> None:
    if entries:
        store.write(path, _encode(entries))
    else:
        store.delete(path)


@dataclass(frozen=True, slots=True)
class Pruning:
    """What is to be removed.

    Attributes:
        index: Files of the index in which an attachment is gone, or its candidate: the path, and
            the entries that stay.
        contents: Paths of contents that no other entry needs, of any tenant.
        gone: How many entries go.
        kept: How many entries of the tenant stay.
    """

    index: Mapping[str, Sequence[Entry]]
    contents: tuple[str, ...]
    gone: int
    kept: int


def plan_pruning(store: Store, tenant: str, stays: Callable[[Entry], bool]) -> Pruning:
    """Return what can go of a tenant: the entries that do not stay, and their contents.

    Raises:
        StoreError: When the index cannot be read.
    """
    every = list(contents(store))
    changed: dict[str, Sequence[Entry]] = {}
    needed: set[str] = set()
    gone, kept = 0, 0
    for owner, path, entries in files_of(store):
        rest = [entry for entry in entries if owner != tenant or stays(entry)]
        needed.update(entry.path for entry in rest)
        gone += len(entries) - len(rest)
        kept += len(rest) if owner == tenant else 0
        if len(rest) < len(entries):
            changed[path] = rest
    unneeded = tuple(path for path in every if path not in needed)
    return Pruning(changed, unneeded, gone, kept)


def prune(store: Store, pruning: Pruning) -> None:
    """Remove contents, then their entries: a kill in between leaves nothing unknown."""
    for path in pruning.contents:
        store.delete(path)
    for path, rest in pruning.index.items():
        _write(store, path, rest)
