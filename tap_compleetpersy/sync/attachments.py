"""Attachments: a child stream whose records link to files, stored under their own hash."""

from __future__ import annotations

import logging
import threading
import typing as t
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from tap_compleetpersy.api.belongings import Downloader
from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.urls import addresses
from tap_compleetpersy.errors import ApiError
from tap_compleetpersy.files.index import Entry, Found, content_path, described, extension_of
from tap_compleetpersy.model.children import Attachment, Child, compile_attachments
from tap_compleetpersy.model.documents import HEAD, RULE, layers
from tap_compleetpersy.model.fields import ATTACHMENTS
from tap_compleetpersy.model.ids import compile_ids
from tap_compleetpersy.sync.children import ChildList, Wants, compile_list
from tap_compleetpersy.sync.content import Document, NotStoredError, fetch_content, objection
from tap_compleetpersy.sync.reading import rules_of

if t.TYPE_CHECKING:
    from tap_compleetpersy.files.index import Index
    from tap_compleetpersy.settings import Settings

logger = logging.getLogger("tap-compleetpersy")

ListOf = Callable[[Client, str], ChildList[Document] | None]
"""Lists the attachments of a candidate, as of `compile_list`."""


def compile_attachment_list(settings: Settings) -> ListOf:
    """Prepare the listing of attachments."""
    read = compile_attachments(rules_of(settings))
    api_url = settings.api_url.rstrip("/")

    def document(
        record: object, candidate_id: str, url: str
    ) -> tuple[Document | None, Sequence[str]]:
        attachment, doubts = read(record)
        if attachment is None:
            return None, doubts
        link = attachment.link
        urls = () if link is None else addresses(link, api_url, url)
        return Document(candidate_id, attachment, urls), doubts

    return compile_list(ATTACHMENTS, settings, document)


def renewing(
    documents: ListOf, client: Client, document: Document
) -> Callable[[], Document | None]:
    """Prepare the asking for one attachment again."""

    def renew() -> Document | None:
        listed = documents(client, document.candidate_id)
        every = () if listed is None else listed.rows
        return next((each for each in every if each.remote_id == document.remote_id), None)

    return renew


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
        self._documents = compile_attachment_list(settings)
        self._api_url = settings.api_url.rstrip("/")
        self._index = index
        self._largest = largest_of(settings)
        self._id = compile_ids(account, ATTACHMENTS.name)
        self._candidate = compile_ids(account, "candidates")
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._own = threading.local()

    def read(self, client: Client, candidate_id: str, wants: Wants) -> ChildList[Child] | None:
        """Return the attachments of a candidate, with what is known of their content.

        Stored is the content of the records that `wants` takes.

        Raises:
            ApiError: When the list cannot be read.
            StoreError: When content cannot be stored.
            ClientClosed: When the run ends meanwhile.
        """
        listed = self._documents(client, candidate_id)
        if listed is None:
            return None
        rows = [_row(document) for document in listed.rows]
        if self._index is not None:
            every = zip(rows, listed.rows, strict=True)
            wanted = [document for row, document in every if wants(row)]
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
        entry = _still_right(index, document.attachment, known)
        if entry is not None:
            self._count("unchanged")
            return entry
        try:
            entry = self._stored(index, client, document)
        except NotStoredError as reason:
            logger.warning("The %s was not stored: %s", document.label, reason)
            self._count("not stored")
            return None
        self._count("stored")
        return entry

    def _stored(self, index: Index, client: Client, document: Document) -> Entry:
        attachment = document.attachment
        renew = renewing(self._documents, client, document)
        with index.store.receiving() as incoming:
            fetch_content(self._downloader(client), document, renew, incoming, self._largest)
            extension = extension_of(attachment.file_name, attachment.content_type)
            # To ask whether the same content is there costs more than to store it again.
            path = content_path(incoming.sha256, extension)
            incoming.keep(path)
            return Entry(
                candidate=document.candidate_id,
                attachment=attachment.remote_id,
                described=_described(attachment),
                path=path,
                sha256=incoming.sha256,
                size=incoming.size,
            )

    def _count(self, kind: str) -> None:
        with self._lock:
            self._counts[kind] += 1

    def _downloader(self, client: Client) -> Downloader:
        """Return that of this thread, whose client it is."""
        if not hasattr(self._own, "downloader"):
            self._own.downloader = Downloader(client, self._api_url)
        return t.cast("Downloader", self._own.downloader)


_KINDS = ("stored", "unchanged", "not stored")


def _row(document: Document) -> Child:
    url = document.urls[0] if document.urls else None
    return Child(document.remote_id, {**document.attachment.values, "data_url": url}, {})


def _remember(index: Index, own: str, found: Found, entries: Mapping[str, Entry]) -> None:
    if entries != found.entries:
        index.put(own, list(entries.values()), found.singles)


def _still_right(index: Index, attachment: Attachment, entry: Entry | None) -> Entry | None:
    """Return the entry of a content that is stored and still right, else None.

    A content that another rule has judged is judged anew. One that is refused now loses its entry,
    so that no row names it and pruning removes it.
    """
    now = _described(attachment)
    if entry is None or entry.described == now:
        return entry
    if entry.described.rpartition(":")[2] != now.rpartition(":")[2]:
        return None
    # An empty file tells nothing of how it came.
    head = index.store.read(entry.path, HEAD) if entry.size else None
    if head is None or layers(head, attachment.file_name, attachment.content_type):
        return None
    if objection(attachment, head, entry.size) is not None:
        return None
    return msgspec.structs.replace(entry, described=now)


def _described(attachment: Attachment) -> str:
    return described(
        RULE,
        attachment.file_name,
        attachment.content_type,
        attachment.size,
        attachment.created_at,
        attachment.updated_at,
    )
