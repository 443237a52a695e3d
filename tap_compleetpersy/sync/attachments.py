"""Attachments: a child stream whose records link to files, stored under their own hash."""

from __future__ import annotations

import functools
import logging
import threading
import typing as t
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from tap_compleetpersy.api.belongings import Downloader, NotStoredError
from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.urls import addresses
from tap_compleetpersy.errors import ApiError
from tap_compleetpersy.files.index import Entry, Found, content_path, described, extension_of
from tap_compleetpersy.model.documents import HEAD, RULE, layers
from tap_compleetpersy.model.fields import ATTACHMENTS
from tap_compleetpersy.model.ids import compile_ids
from tap_compleetpersy.model.reader import value_of
from tap_compleetpersy.sync.children import ChildList, Wants, compile_list
from tap_compleetpersy.sync.content import Document, fetch_content, objection

if t.TYPE_CHECKING:
    from tap_compleetpersy.files.index import Index
    from tap_compleetpersy.model.children import Child
    from tap_compleetpersy.settings import Settings

logger = logging.getLogger("tap-compleetpersy")

Documents = Callable[[Client, str], ChildList[Document] | None]
"""Lists the attachments of a candidate, as of `compile_list`."""


def compile_documents(settings: Settings) -> Documents:
    """Prepare the listing of attachments."""
    list_of, api_url = compile_list(ATTACHMENTS, settings), settings.api_url.rstrip("/")

    def documents(client: Client, candidate_id: str) -> ChildList[Document] | None:
        listed = list_of(client, candidate_id)
        if listed is None:
            return None
        found = []
        for attachment in listed.rows:
            link = attachment.values["data_url"]
            urls = () if link is None else addresses(link, api_url, listed.url)
            values = attachment.values | {"data_url": urls[0] if urls else None}
            found.append(Document(candidate_id, attachment._replace(values=values), urls))
        return ChildList(found, listed.doubts, listed.is_whole)

    return documents


def largest_of(settings: Settings) -> int:
    """Return ``attachment_max_mb`` in bytes."""
    return round(settings.attachment_max_mb * 2**20)


class Attachments:
    """Reads lists of attachments, and stores their content where a folder is given.

    May be used by several threads, each with a client of its own.
    """

    def __init__(self, settings: Settings, index: Index | None) -> None:
        """Prepare, without any request; without an index, content is not fetched."""
        account = settings.account or ""
        self._documents = compile_documents(settings)
        self._index = index
        self._largest = largest_of(settings)
        self._id = compile_ids(account, ATTACHMENTS.name)
        self._candidate = compile_ids(account, "candidates")
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._downloader = functools.cache(Downloader)

    def read(self, client: Client, candidate_id: str, wants: Wants) -> ChildList[Child] | None:
        """Return the attachments of a candidate, with what is known of their content.

        Stored is the content of the records that `wants` takes.

        Raises:
            ApiError: When the list cannot be read.
            StoreError: When content cannot be stored.
        """
        listed = self._documents(client, candidate_id)
        if listed is None:
            return None
        rows = [document.attachment for document in listed.rows]
        if self._index is not None:
            wanted = [document for document in listed.rows if wants(document.attachment)]
            content = self._content(self._index, client, candidate_id, wanted)
            rows = [
                row._replace(values=row.values | content.get(row.remote_id, {})) for row in rows
            ]
        return ChildList(rows, listed.doubts, listed.is_whole)

    def summary(self) -> str:
        """Return what became of the content."""
        return ", ".join(f"{self._counts[kind]} {kind}" for kind in _KINDS)

    def _content(
        self, index: Index, client: Client, candidate_id: str, documents: Sequence[Document]
    ) -> dict[str, dict[str, object]]:
        """Return `file_path`, `sha256` and `size_bytes` by remote id, storing what is new.

        What the list says of an attachment tells whether its content is new. A content that
        cannot be had is a warning with the ids, and has no fields.
        """
        own = self._candidate(candidate_id)
        found = index.find(own, {each.remote_id: self._id(each.remote_id) for each in documents})
        entries = dict(found.entries)
        try:
            for document in documents:
                known = entries.pop(document.remote_id, None)
                entry = self._entry(index, client, document, known)
                if entry is not None:
                    entries[document.remote_id] = entry
        except ApiError:  # the list cannot be read again: what is stored is not fetched twice
            _remember(index, own, found, entries)
            raise
        _remember(index, own, found, entries)
        return {
            remote_id: {
                "file_path": index.store.location(entry.path),
                "sha256": entry.sha256,
                "size_bytes": entry.size,
            }
            for remote_id, entry in entries.items()
        }

    def _entry(
        self, index: Index, client: Client, document: Document, known: Entry | None
    ) -> Entry | None:
        entry, outcome = _still_right(index, document, known), "unchanged"
        if entry is None:
            try:
                entry, outcome = self._stored(index, client, document), "stored"
            except NotStoredError as reason:
                logger.warning("The %s was not stored: %s", document.label, reason)
                outcome = "not stored"
        with self._lock:
            self._counts[outcome] += 1
        return entry

    def _stored(self, index: Index, client: Client, document: Document) -> Entry:
        renew = functools.partial(self._documents, client, document.candidate_id)
        with index.store.receiving() as incoming:
            fetch_content(self._downloader(client), document, renew, incoming, self._largest)
            extension = extension_of(*document.promise)
            # To ask whether the same content is there costs more than to store it again.
            path = content_path(incoming.sha256, extension)
            incoming.keep(path)
            return Entry(
                candidate=document.candidate_id,
                attachment=document.remote_id,
                described=_described(document),
                path=path,
                sha256=incoming.sha256,
                size=incoming.size,
            )


_KINDS = ("stored", "unchanged", "not stored")


def _remember(index: Index, own: str, found: Found, entries: Mapping[str, Entry]) -> None:
    if entries != found.entries:
        index.put(own, list(entries.values()), found.singles)


def _still_right(index: Index, document: Document, entry: Entry | None) -> Entry | None:
    """Return the entry of a content that is stored and still right, else None.

    A content that another rule has judged is judged anew. One that is refused now loses its entry,
    so that no row names it and pruning removes it.
    """
    now = _described(document)
    if entry is None or entry.described == now:
        return entry
    if entry.described.rpartition(":")[2] != now.rpartition(":")[2]:
        return None
    # An empty file tells nothing of how it came.
    head = index.store.read(entry.path, HEAD) if entry.size else None
    if head is None or layers(head, *document.promise):
        return None
    if objection(document, head, entry.size) is not None:
        return None
    return msgspec.structs.replace(entry, described=now)


def _described(document: Document) -> str:
    names = ("size", "remote_created_at", "remote_updated_at")
    facts = (value_of(document.attachment.facts, name) for name in names)
    return described(RULE, *document.promise, *facts)
