"""Which file is whose, and which nobody needs: one small entry for each attachment.

An entry has ids, a hash of what the list said, and the path: no names, no content. One
entry a file needs no lock and grows no file, whatever writes at the same time.
"""

from __future__ import annotations

import hashlib
import re
import threading
import typing as t
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from tap_compleetpersy.files.store import StoreError

if t.TYPE_CHECKING:
    from tap_compleetpersy.files.store import Store

FOLDER = "index"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One attachment whose content is stored.

    Attributes:
        candidate: Remote id.
        attachment: Remote id.
        described: Number of the rule that judged it, a colon, and a hash of what the list said of
            it: another hash is another content. Older entries have the hash alone.
        path: Of the content.
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
_decode = msgspec.json.Decoder(Entry).decode


def described(rule: int, *facts: object) -> str:
    """Return a rule's number and a hash of what a list says of an attachment.

    Its link is left out, for links expire.
    """
    return f"{rule}:{hashlib.sha256(msgspec.json.encode(facts)).hexdigest()}"


class _Names:
    """Which attachments have an entry: asked for one by one, and all at once after many misses.

    A store far away takes as long to say that an entry is missing as to take a content.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._misses = 0
        self._listed: frozenset[str] | None = None
        self._added: set[str] = set()

    def may_have(self, attachment_id: str) -> bool:
        """Whether there may be an entry."""
        listed = self._listed
        return listed is None or attachment_id in listed or attachment_id in self._added

    def add(self, attachment_id: str) -> None:
        """Know that there is one."""
        self._added.add(attachment_id)

    def miss(self, list_names: Callable[[], list[str]]) -> None:
        """Know that there was none."""
        with self._lock:
            self._misses += 1
            is_time = self._misses == _MANY_MISSES
        if is_time:
            self._listed = frozenset(name.removesuffix(".json") for name in list_names())


_MANY_MISSES = 16


@dataclass(frozen=True, slots=True)
class Index:
    """The entries of one tenant.

    Attributes:
        store: Where files go.
        tenant: As in the state.
    """

    store: Store
    tenant: str
    _names: _Names = field(init=False, repr=False, compare=False, default_factory=_Names)

    def find(self, attachment_id: str) -> Entry | None:
        """Return the entry of an attachment (its generated `id`), if its content is there."""
        if not self._names.may_have(attachment_id):
            return None
        content = self.store.read(self._path(attachment_id))
        if content is None:
            self._names.miss(lambda: self.store.names(f"{FOLDER}/{self.tenant}"))
            return None
        entry = _read(content)
        return None if entry is None or self.store.size(entry.path) != entry.size else entry

    def put(self, attachment_id: str, entry: Entry) -> None:
        """Remember the entry of an attachment."""
        self._names.add(attachment_id)
        self.store.write(self._path(attachment_id), _encode(entry))

    def forget(self, attachment_id: str) -> None:
        """Forget the entry of an attachment; its content stays until it is pruned."""
        self.store.delete(self._path(attachment_id))

    def _path(self, attachment_id: str) -> str:
        return f"{FOLDER}/{self.tenant}/{attachment_id}.json"


def entries(store: Store) -> Iterator[tuple[str, str, Entry]]:
    """Yield the entries of every tenant: the tenant, the path of the entry, the entry.

    Raises:
        StoreError: When one of them is damaged.
    """
    for tenant in store.names(FOLDER):
        for name in store.names(f"{FOLDER}/{tenant}"):
            path = f"{FOLDER}/{tenant}/{name}"
            content = store.read(path)
            entry = None if content is None else _read(content)
            if entry is None:
                message = f"attachments_dir: {store.location(path)} is no entry of the index"
                raise StoreError(message)
            yield tenant, path, entry


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
    """Return a short extension with its dot, in lower case, or nothing.

    Args:
        file_name: As received; its extension wins.
        content_type: As received.
    """
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


def _read(content: bytes) -> Entry | None:
    try:
        entry = _decode(content)
    except msgspec.MsgspecError:
        return None
    return entry if _CONTENT.fullmatch(entry.path) else None  # nothing else is ours to remove


@dataclass(frozen=True, slots=True)
class Pruning:
    """What is to be removed.

    Attributes:
        entries: Entries of the index, by path: the attachment, or its candidate, is gone.
        contents: Paths of contents that no other entry needs, of any tenant.
        kept: How many entries of the tenant stay.
    """

    entries: Mapping[str, Entry]
    contents: tuple[str, ...]
    kept: int


def plan_pruning(store: Store, tenant: str, living: Mapping[str, Collection[str]]) -> Pruning:
    """Return what can go.

    Args:
        store: Where the files are.
        tenant: Whose; others' entries stay.
        living: Remote id of each candidate who lives, to the ids of his attachments.

    Raises:
        StoreError: When the index cannot be read.
    """
    every = list(contents(store))  # before the entries, since an entry is older than its content
    gone: dict[str, Entry] = {}
    needed: set[str] = set()
    kept = 0
    for owner, path, entry in entries(store):
        if owner == tenant and entry.attachment not in living.get(entry.candidate, ()):
            gone[path] = entry
        else:
            needed.add(entry.path)
            kept += owner == tenant
    return Pruning(gone, tuple(path for path in every if path not in needed), kept)


def prune(store: Store, pruning: Pruning) -> None:
    """Remove contents, then their entries: a kill in between leaves nothing unknown."""
    for path in (*pruning.contents, *pruning.entries):
        store.delete(path)
