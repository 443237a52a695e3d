"""Attachments: a child stream whose records link to files."""

from __future__ import annotations

import threading
import typing as t
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tap_compleetpersy.api.children import list_children
from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.downloads import Downloader
from tap_compleetpersy.api.urls import addresses
from tap_compleetpersy.model.children import compile_attachments
from tap_compleetpersy.model.fields import ATTACHMENTS
from tap_compleetpersy.sync.children import ChildList, ChildRow, Wants
from tap_compleetpersy.sync.content import Contents, Document
from tap_compleetpersy.sync.reading import rules_of

if t.TYPE_CHECKING:
    from tap_compleetpersy.files.index import Index
    from tap_compleetpersy.settings import Settings


@dataclass(frozen=True, slots=True)
class Listed:
    """The attachments of a candidate, as of `ChildList`."""

    documents: Sequence[Document]
    doubts: Sequence[str]
    is_whole: bool = True


def compile_list(settings: Settings) -> Callable[[Client, str], Listed | None]:
    """Prepare the listing of attachments.

    Returns:
        A function of a client and a candidate's remote id; it answers None when the server
        has no such list, and raises `ApiError` when the list cannot be read.
    """
    read = compile_attachments(rules_of(settings))
    api_url = settings.api_url.rstrip("/")

    def documents(client: Client, candidate_id: str) -> Listed | None:
        answer = list_children(client, ATTACHMENTS, settings.attachments_path, candidate_id)
        if answer is None:
            return None
        found: dict[str, Document] = {}
        every: list[str] = []
        for record in answer.records:
            attachment, doubts = read(record)
            every += doubts
            if attachment is not None:
                link = attachment.link
                urls = () if link is None else addresses(link, api_url, answer.url)
                found[attachment.remote_id] = Document(candidate_id, attachment, urls)
        return Listed(list(found.values()), every, answer.is_whole)

    return documents


def renewing(
    documents: Callable[[Client, str], Listed | None], client: Client, document: Document
) -> Callable[[], Document | None]:
    """Prepare the asking for one attachment again."""

    def renew() -> Document | None:
        listed = documents(client, document.candidate_id)
        wanted = document.attachment.remote_id
        every = () if listed is None else listed.documents
        return next((each for each in every if each.attachment.remote_id == wanted), None)

    return renew


def _row(document: Document) -> ChildRow:
    attachment, url = document.attachment, document.urls[0] if document.urls else None
    return ChildRow(attachment.remote_id, {**attachment.values, "data_url": url})


class Attachments:
    """Reads lists of attachments, and stores their content where a folder is given."""

    def __init__(self, settings: Settings, index: Index | None) -> None:
        """Prepare, without any request.

        Args:
            settings: Of the run.
            index: Where content goes, and whose it is; None: it is not fetched.
        """
        self._documents = compile_list(settings)
        self._api_url = settings.api_url.rstrip("/")
        self._contents = None if index is None else Contents(index, settings)
        self._own = threading.local()

    def read(self, client: Client, candidate_id: str, wants: Wants) -> ChildList | None:
        """Return the attachments of a candidate, with what is known of their content.

        Args:
            client: Of this thread.
            candidate_id: Remote id.
            wants: Whose content is stored.

        Raises:
            ApiError: When the list cannot be read.
            StoreError: When content cannot be stored.
        """
        listed = self._documents(client, candidate_id)
        if listed is None:
            return None
        rows = [_row(document) for document in listed.documents]
        if self._contents is not None:
            every = zip(rows, listed.documents, strict=True)
            content = self._contents.of(
                self._downloader(client),
                candidate_id,
                [document for row, document in every if wants(row)],
                lambda document: renewing(self._documents, client, document),
            )
            rows = [
                row._replace(values={**row.values, **content.get(row.remote_id, {})})
                for row in rows
            ]
        return ChildList(rows, listed.doubts, listed.is_whole)

    def summary(self) -> str:
        """Return what became of the content."""
        return "" if self._contents is None else self._contents.summary()

    def _downloader(self, client: Client) -> Downloader:
        """Return that of this thread, whose client it is."""
        if not hasattr(self._own, "downloader"):
            self._own.downloader = Downloader(client, self._api_url)
        return t.cast("Downloader", self._own.downloader)
