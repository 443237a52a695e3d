"""Files that the API links to: streamed, with the key for the API's own origin only."""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Iterator, Mapping

from urllib3 import HTTPResponse

from tap_compleetpersy.api.client import Client, follow, require_success
from tap_compleetpersy.api.messages import Answer, header
from tap_compleetpersy.api.urls import joined_anywhere, objection, objection_to_address, same_origin

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.transport import Transport

_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity"}


class Sink(t.Protocol):
    """Where the content of a file goes."""

    def restart(self) -> None:
        """Forget what was written: the file is sent from its beginning."""

    def write(self, piece: bytes, /) -> object:
        """Take the next bytes."""


class DownloadRefusedError(Exception):
    """A file that is not fetched: its link or its size forbids it. The message says why."""


class Downloader:
    """Fetches files, for one thread."""

    def __init__(self, client: Client, api_url: str) -> None:
        """Share a client's allowance and end; the origin of `api_url` gets the key."""
        self._client = client
        self._api_url = api_url

    def fetch(self, url: str, sink: Sink, largest: int, *, label: str) -> Answer:
        """Return the answer for one file; redirects are followed, each under the same rules.

        Args:
            url: Absolute.
            sink: Gets the content. After an error, what it has is worth nothing.
            largest: Most bytes.
            label: What the file is called in logs and messages: a link can hold a name.

        Raises:
            DownloadRefusedError: Before anything is sent, or as soon as it is too large.
            ApiError: After all tries.
        """
        receive = functools.partial(_receive, sink, largest)

        def send(url: str) -> Answer:
            if reason := objection(url, self._api_url):
                raise DownloadRefusedError(reason)
            sink.restart()
            transport = self._own if same_origin(url, self._api_url) else self._foreign
            return self._client.fetch(transport, url, receive)

        def attempt() -> Answer:
            answer = follow(url, send, joined_anywhere)
            if reason := _UNFINISHED.get(answer.status):
                raise DownloadRefusedError(reason)
            return require_success(answer)

        return self._client.retrying(attempt, label)

    @functools.cached_property
    def _own(self) -> Transport:
        return self._client.transport(_HEADERS, with_key=True)

    @functools.cached_property
    def _foreign(self) -> Transport:
        """Return a session that connects to no private address, whatever a name resolves to."""

        def check(address: str) -> None:
            if reason := objection_to_address(address, self._api_url):
                raise DownloadRefusedError(reason)

        return self._client.transport(_HEADERS, with_key=False, check_peer=check)


def _receive(sink: Sink, largest: int, headers: Mapping[str, str], pieces: Iterator[bytes]) -> None:
    """Pass the content on, as long as it is not too large and can be decoded."""
    encodings = (header(headers, "Content-Encoding") or "").lower().split(",")
    if not {encoding.strip() for encoding in encodings} <= _ENCODINGS:
        raise DownloadRefusedError(_UNDECODABLE)
    told = header(headers, "Content-Length") or ""
    if told.isdecimal() and len(told) < _LONGEST_LENGTH and int(told) > largest:
        raise DownloadRefusedError(too_large(largest))
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > largest:
            raise DownloadRefusedError(too_large(largest))
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
