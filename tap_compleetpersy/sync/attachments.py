"""Attachments of candidates: asked for, and their content fetched, several at a time."""

from __future__ import annotations

import logging
import threading
import typing as t
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tap_compleetpersy.api.attachments import list_attachments
from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.downloads import Downloader
from tap_compleetpersy.api.errors import ApiError, ClientClosed, Unreachable
from tap_compleetpersy.api.urls import addresses
from tap_compleetpersy.model.attachments import compile_attachments
from tap_compleetpersy.sync.content import Contents, Document
from tap_compleetpersy.sync.reading import rules_of

if t.TYPE_CHECKING:
    from types import TracebackType

    from tap_compleetpersy.files.index import Index
    from tap_compleetpersy.settings import Settings
    from tap_compleetpersy.sync.report import Report

logger = logging.getLogger("tap-compleetpersy")

AT_ONCE = 4
"""Candidates whose attachments are asked for, and fetched, at a time."""

FAILURES_IN_A_ROW = 20
"""After so many lists that could not be read, no other is asked for in this run: each may cost
all tries of `max_retries`, and a server that has none of them would hold up the rest for hours.
One without any answer counts fivefold, since it waited for `request_timeout` each time."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The attachments of a candidate, each id once, and what was not understood."""

    documents: Sequence[Document]
    doubts: Sequence[str]


def compile_list(settings: Settings) -> Callable[[Client, str], Listed | None]:
    """Prepare the listing of attachments.

    Returns:
        A function of a client and a candidate's remote id; it answers None when the server
        has no such list, and raises `ApiError` when the list cannot be read.
    """
    read = compile_attachments(rules_of(settings))
    api_url = settings.api_url.rstrip("/")

    def documents(client: Client, candidate_id: str) -> Listed | None:
        answer = list_attachments(client, settings.attachments_path, candidate_id)
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
        return Listed(list(found.values()), every)

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


@dataclass(frozen=True, slots=True)
class Fetched:
    """One attachment of a candidate.

    Attributes:
        document: As it was listed.
        content: Fields of its stored content; none when there is none.
    """

    document: Document
    content: Mapping[str, object] = field(default_factory=dict)


class AttachmentSource:
    """Answers the attachments of candidates during one run."""

    def __init__(
        self, client: Client, settings: Settings, index: Index | None, report: Report
    ) -> None:
        """Start no thread yet.

        Args:
            client: Whose siblings ask the server.
            settings: Of the run.
            index: Where content goes, and whose it is; None: it is not fetched.
            report: Takes what was not understood.
        """
        self._client = client
        self._api_url = settings.api_url.rstrip("/")
        self._documents = compile_list(settings)
        self._index = index
        self._contents = None if index is None else Contents(index, settings)
        self._report = report
        self._lists, self._missing_lists, self._found = 0, 0, 0
        self._failures, self._failures_again, self._in_a_row = 0, 0, 0
        self._failure: ApiError | None = None
        self._pool = ThreadPoolExecutor(AT_ONCE, "tap-compleetpersy-attachments")
        self._own = threading.local()
        self._clients: list[Client] = []

    def __enter__(self) -> t.Self:
        """Answer the source itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End what is being fetched, and say how much there was."""
        for client in tuple(self._clients):
            client.close()
        self._pool.shutdown(cancel_futures=True)
        if self._failure is not None and not self.found_no_answer:
            logger.warning(
                "attachments: the lists of %d candidates could not be read (%s); the next run "
                "asks for them again",
                self._failures,
                self._failure.what,
            )
        if self._lists or self._missing_lists:
            missing = f", {self._missing_lists} had no list" if self._missing_lists else ""
            stored = "" if self._contents is None else f"; {self._contents.summary()}"
            message = "Attachments: %d of %d candidates%s%s"
            logger.info(message, self._found, self._lists, missing, stored)
        if self.found_nothing_at_all:
            logger.warning(
                "attachments_path: no candidate has such a list (status 404 or 410, %d times). "
                "Check the setting; candidate_attachments asks for all of them again",
                self._missing_lists,
            )

    @property
    def found_nothing_at_all(self) -> bool:
        """Whether there was no list for anybody, so that the path is in doubt."""
        return self._missing_lists > 0 and self._lists == 0

    @property
    def found_no_answer(self) -> bool:
        """Whether all lists that were asked for could not be read, some for the first time.

        Who alone is refused is asked for alone, in a run in which nobody else changes.
        """
        is_news = self._failures > self._failures_again
        return is_news and self._lists + self._missing_lists == 0

    @property
    def index(self) -> Index | None:
        """Where content goes, and whose it is."""
        return self._index

    def require_an_answer(self) -> None:
        """Raise what kept all lists from being read; all else is written by then.

        Raises:
            ApiError: The last failure.
        """
        if self.found_no_answer and self._failure is not None:
            raise self._failure

    def fetch(
        self, candidate_ids: Sequence[str], again: Collection[str] = ()
    ) -> Mapping[str, Sequence[Fetched] | None]:
        """Return the attachments of some candidates; None for one without a list.

        Who is left out has a list that could not be read.

        Args:
            candidate_ids: Remote ids.
            again: Those whose list could not be read in the run before, while others' could.

        Raises:
            StoreError: When content cannot be stored.
        """
        every: dict[str, Sequence[Fetched] | None] = {}
        for candidate_id, answer in zip(
            candidate_ids, self._pool.map(self._tried, candidate_ids), strict=True
        ):
            if answer is None or isinstance(answer, ApiError):
                self._failures += 1
                self._failures_again += candidate_id in again
                self._failure = answer or self._failure
                continue
            fetched, doubts = answer
            every[candidate_id] = fetched
            self._report.doubts.update(doubts)
            if fetched is None:
                self._missing_lists += 1
            else:
                self._lists += 1
                self._found += len(fetched)
        return every

    def _tried(
        self, candidate_id: str
    ) -> tuple[Sequence[Fetched] | None, Sequence[str]] | ApiError | None:
        """Return as `_of`, or why that failed; None: it was not tried any more. In a thread."""
        if self._in_a_row >= FAILURES_IN_A_ROW:
            return None
        try:
            answer = self._of(candidate_id)
        except ClientClosed:
            raise
        except ApiError as error:
            is_slow = isinstance(error, Unreachable)
            self._in_a_row += FAILURES_IN_A_ROW // AT_ONCE if is_slow else 1
            return error
        self._in_a_row = 0
        return answer

    def _of(self, candidate_id: str) -> tuple[Sequence[Fetched] | None, Sequence[str]]:
        """Answer a candidate's attachments and what was not understood, in a thread."""
        client, downloader = self._of_this_thread()
        listed = self._documents(client, candidate_id)
        if listed is None:
            return None, ()
        contents = self._contents
        if contents is None:
            return [Fetched(document) for document in listed.documents], listed.doubts
        return [
            Fetched(
                document,
                contents.of(downloader, document, renewing(self._documents, client, document)),
            )
            for document in listed.documents
        ], listed.doubts

    def _of_this_thread(self) -> tuple[Client, Downloader]:
        if not hasattr(self._own, "pair"):
            client = self._client.sibling()
            self._clients.append(client)
            self._own.pair = client, Downloader(client, self._api_url)
        return t.cast("tuple[Client, Downloader]", self._own.pair)
