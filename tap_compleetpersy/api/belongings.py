"""What belongs to one candidate: the lists of child streams, and the files that they link to.

Files are streamed, with the key for the API's own origin only.
"""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from urllib3 import HTTPResponse

from tap_compleetpersy.api.client import Client, follow, require_success
from tap_compleetpersy.api.envelope import records, total
from tap_compleetpersy.api.messages import Answer
from tap_compleetpersy.api.paginators import LINK_PLACES, at_path
from tap_compleetpersy.api.unfolding import embedded
from tap_compleetpersy.api.urls import joined_anywhere, objection, objection_to_address, same_origin
from tap_compleetpersy.errors import ApiError

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.transport import Transport
    from tap_compleetpersy.model.declaration import ChildStream

_GONE = (404, 410)
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A candidate's list, as the server gives it.

    Attributes:
        records: As decoded; they need not be objects.
        url: Address that answered: links may be relative to it.
        is_whole: Whether nothing tells of more records than these.
    """

    records: list[object] = field(repr=False)
    url: str = field(repr=False)
    is_whole: bool = True


def list_children(client: Client, child: ChildStream, candidate_id: str) -> Listed | None:
    """Return the list of a candidate, from one answer at the path that `child.path` sets.

    None when there is no such list (404, 410): the candidate may be gone, or without one, or the
    path may be wrong. Raise `ApiError` when it cannot be read.
    """
    try:
        path: str = getattr(client.settings, child.path)
        where = path.replace("{candidate_id}", quote(candidate_id, safe=""))
        answer, document = client.get_document(where)
        found = embedded(document, records(document, None, child.names))
        told = total(document, answer.headers) or 0
        further = (at_path(document, place) for place in LINK_PLACES)
        has_next = any(each.get("href") if isinstance(each, dict) else each for each in further)
        return Listed(found, answer.url, is_whole=len(found) >= told and not has_next)
    except ApiError as error:
        if error.status in _GONE:
            return None
        error.advice = error.advice.replace("candidates_path", child.path)
        raise


class Sink(t.Protocol):
    """Where the content of a file goes."""

    def restart(self) -> None:
        """Forget what was written: the file is sent from its beginning."""

    def write(self, piece: bytes, /) -> object:
        """Take the next bytes."""


class NotStoredError(Exception):
    """A file that cannot be had, or whose link or size forbids it; the message says why.

    Attributes:
        status: HTTP status, where there was an answer.
    """

    def __init__(self, reason: str, status: int | None = None) -> None:
        """Keep the reason and the status."""
        super().__init__(reason)
        self.status = status


@dataclass(eq=False)
class Downloader:
    """Fetches files, for one thread, out of its client's allowance and until that is closed."""

    client: Client

    def fetch(self, url: str, sink: Sink, largest: int, *, label: str) -> Answer:
        """Return the answer for one file; redirects are followed, each under the same rules.

        Args:
            url: Absolute.
            sink: Gets the content. After an error, what it has is worth nothing.
            largest: Most bytes.
            label: What the file is called in logs and messages: a link can hold a name.

        Raises:
            NotStoredError: Before anything is sent, or as soon as it is too large.
            ApiError: After all tries.
        """
        receive = functools.partial(_receive, sink, largest)

        def send(url: str) -> Answer:
            api_url = self.client.settings.api_url
            if reason := objection(url, api_url):
                raise NotStoredError(reason)
            sink.restart()
            transport = self._own if same_origin(url, api_url) else self._foreign
            return self.client.fetch(transport, url, receive)

        def attempt() -> Answer:
            answer = follow(url, send, joined_anywhere)
            if reason := _UNFINISHED.get(answer.status):
                raise NotStoredError(reason)
            return require_success(answer)

        return self.client.retrying(attempt, label)

    @functools.cached_property
    def _own(self) -> Transport:
        return self.client.transport(_HEADERS, with_key=True)

    @functools.cached_property
    def _foreign(self) -> Transport:
        """Return a session that connects to no private address, whatever a name resolves to."""

        def check(address: str) -> None:
            if reason := objection_to_address(address, self.client.settings.api_url):
                raise NotStoredError(reason)

        return self.client.transport(_HEADERS, with_key=False, check_peer=check)


def _receive(sink: Sink, largest: int, headers: Mapping[str, str], pieces: Iterator[bytes]) -> None:
    """Pass the content on, as long as it is not too large and can be decoded."""
    encodings = headers.get("Content-Encoding", "").lower().split(",")
    if not {encoding.strip() for encoding in encodings} <= _ENCODINGS:
        raise NotStoredError(_UNDECODABLE)
    told = headers.get("Content-Length", "")
    if told.isdecimal() and len(told) < _LONGEST_LENGTH and int(told) > largest:
        raise NotStoredError(too_large(largest))
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > largest:
            raise NotStoredError(too_large(largest))
        sink.write(piece)


_LONGEST_LENGTH = 20
_ENCODINGS = {"", "identity", *HTTPResponse.CONTENT_DECODERS}
_UNDECODABLE = "its encoding is none that was asked for, nor one that can be undone"
_UNFINISHED: t.Final = {
    202: "the server has not got it yet (status 202)",
    206: "the answer is only a part of it (status 206)",
}


def too_large(largest: int) -> str:
    """Return why a file of more bytes than these is not fetched."""
    return f"it is larger than attachment_max_mb ({largest / 2**20:g} MB)"
