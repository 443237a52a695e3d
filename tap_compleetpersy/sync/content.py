"""The content of an attachment: fetched once, stored under its own hash."""

from __future__ import annotations

import logging
import threading
import typing as t
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tap_compleetpersy.api.answers import header
from tap_compleetpersy.api.downloads import DownloadRefusedError
from tap_compleetpersy.api.errors import ApiError, ClientClosed
from tap_compleetpersy.files.index import Entry, content_path, described
from tap_compleetpersy.files.names import extension_of
from tap_compleetpersy.model.attachments import Attachment
from tap_compleetpersy.model.ids import compile_ids

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.answers import Answer
    from tap_compleetpersy.api.downloads import Downloader, Sink
    from tap_compleetpersy.files.index import Index
    from tap_compleetpersy.settings import Settings

logger = logging.getLogger("tap-compleetpersy")

_NOT_FOUND = 404
_EXPIRED = frozenset({400, 401, 403, 404, 410})
_NO_FILES = frozenset({"text/html", "application/xhtml+xml", "application/json"})
_LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class Document:
    """One attachment, as it was listed.

    Attributes:
        candidate_id: Remote id.
        attachment: As it was read.
        urls: What its link may mean, absolute, the likeliest first.
    """

    candidate_id: str
    attachment: Attachment
    urls: tuple[str, ...] = field(repr=False)

    @property
    def label(self) -> str:
        """What it is called in logs: by its ids, for a name can be somebody's."""
        attachment, candidate = map(_shown, (self.attachment.remote_id, self.candidate_id))
        return f"attachment {attachment} of candidate {candidate}"


Renew = Callable[[], "Document | None"]
"""Asks for a document again, since links expire."""


class NotStoredError(Exception):
    """A content that cannot be had; the message says why.

    Attributes:
        status: HTTP status, where there was an answer.
    """

    def __init__(self, reason: str, status: int | None = None) -> None:
        """Keep the reason and the status."""
        super().__init__(reason)
        self.status = status


def largest_of(settings: Settings) -> int:
    """Answer ``attachment_max_mb`` in bytes."""
    return round(settings.attachment_max_mb * 2**20)


def fetch_content(
    downloader: Downloader, document: Document, renew: Renew, sink: Sink, largest: int
) -> None:
    """Fetch the content of a document; where its link has expired, ask for another one, once.

    Args:
        downloader: Of this thread.
        document: Whose content.
        renew: Asks for the document again.
        sink: Gets the content.
        largest: Most bytes.

    Raises:
        NotStoredError: When it is missing, refused or too large.
        ClientClosed: When the run ends meanwhile.
    """
    try:
        answer = _first_of(downloader, document, document.urls, sink, largest)
    except NotStoredError as failure:
        if failure.status not in _EXPIRED:
            raise
        renewed = renew()
        fresh = () if renewed is None else renewed.urls
        if not set(fresh).difference(document.urls):
            raise
        answer = _first_of(downloader, document, fresh, sink, largest)
    _require_file(answer, document.attachment)


def _first_of(
    downloader: Downloader, document: Document, urls: tuple[str, ...], sink: Sink, largest: int
) -> Answer:
    """Try what a relative link may mean, until one of them is there."""
    failure = NotStoredError("it has no link")
    for url in urls:
        try:
            return downloader.fetch(url, sink, largest, label=document.label)
        except DownloadRefusedError as refused:
            failure = NotStoredError(str(refused))
        except ClientClosed:
            raise
        except ApiError as error:
            failure = NotStoredError(error.what, error.status)
        if failure.status != _NOT_FOUND:
            break
    raise failure


class Contents:
    """Stores the content of attachments; may be used by several threads."""

    def __init__(self, index: Index, settings: Settings) -> None:
        """Count from zero.

        Args:
            index: Knows what is stored already.
            settings: Of the run.
        """
        self._index = index
        self._largest = largest_of(settings)
        self._id = compile_ids(settings.account or "", "candidate_attachments")
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def of(self, downloader: Downloader, document: Document, renew: Renew) -> Mapping[str, object]:
        """Answer `file_path`, `sha256` and `size_bytes`, storing the content if it is new.

        What the list says of an attachment tells whether its content is new. A content that
        cannot be had is a warning with the ids, and has no fields. Arguments as of
        `fetch_content`.

        Raises:
            StoreError: When it cannot be stored.
            ClientClosed: When the run ends meanwhile.
        """
        entry = self._index.find(self._id(document.attachment.remote_id))
        if entry is not None and entry.described == _described(document.attachment):
            self._count("unchanged")
        else:
            try:
                entry = self._stored(downloader, document, renew)
            except NotStoredError as reason:
                logger.warning("The %s was not stored: %s", document.label, reason)
                self._count("not stored")
                return {}
            self._count("stored")
        return {
            "file_path": self._index.store.location(entry.path),
            "sha256": entry.sha256,
            "size_bytes": entry.size,
        }

    def summary(self) -> str:
        """Say what became of the content."""
        return ", ".join(f"{self._counts[kind]} {kind}" for kind in _KINDS)

    def _stored(self, downloader: Downloader, document: Document, renew: Renew) -> Entry:
        attachment, store = document.attachment, self._index.store
        with store.receiving() as incoming:
            fetch_content(downloader, document, renew, incoming, self._largest)
            extension = extension_of(attachment.file_name, attachment.content_type)
            entry = Entry(
                candidate=document.candidate_id,
                attachment=attachment.remote_id,
                described=_described(attachment),
                path=content_path(incoming.sha256, extension),
                sha256=incoming.sha256,
                size=incoming.size,
            )
            # The entry goes first: no content is ever there that the index does not know.
            self._index.put(self._id(attachment.remote_id), entry)
            if store.size(entry.path) != entry.size:
                incoming.keep(entry.path)
        return entry

    def _count(self, kind: str) -> None:
        with self._lock:
            self._counts[kind] += 1


_KINDS = ("stored", "unchanged", "not stored")


def _described(attachment: Attachment) -> str:
    return described(
        attachment.file_name,
        attachment.content_type,
        attachment.size,
        attachment.created_at,
        attachment.updated_at,
    )


def _require_file(answer: Answer, attachment: Attachment) -> None:
    """Notice a login page or an error in place of a file (`persy-api.md`, hazards)."""
    got = _media_type(header(answer.headers, "Content-Type"))
    expected = _media_type(attachment.content_type)
    if got in _NO_FILES and expected not in {got, ""}:
        message = f"the answer is {got} and no file"
        raise NotStoredError(message)


def _media_type(text: str | None) -> str:
    return (text or "").partition(";")[0].strip().lower()


def _shown(remote_id: str) -> str:
    """Answer an id for logs: it came from outside."""
    text = "".join(char if char.isprintable() else "?" for char in remote_id)
    return text[:_LONGEST_ID]
