"""What goes over the wire, as values: requests, the key in them, and answers."""

from __future__ import annotations

import typing as t
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote_plus, unquote_plus, urlsplit, urlunsplit

from tap_compleetpersy.errors import AccessRefused
from tap_compleetpersy.settings import Settings

Content: t.TypeAlias = "bytes | t.BinaryIO"
"""What is sent: at hand, or in a file that is read while it is sent."""


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a form, or a file in it: with the name that the server is told, and a type."""

    name: str
    content: Content = field(repr=False)
    file_name: str | None = field(default=None, repr=False)
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A request with any method, whose body is content or a form. The ``repr`` shows the method."""

    method: str
    url: str = field(repr=False)
    content: Content | None = field(default=None, repr=False)
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An answer with any status, whose body is read by whoever wants it.

    Attributes:
        status: HTTP status.
        reason: The server's word for it.
        headers: By names in any case; repeated ones are joined with commas.
        chunks: The body, decompressed; to be taken once. Raises `ApiError`.
        close: Ends the answer, read or not.
    """

    status: int
    reason: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    chunks: Iterator[bytes] = field(repr=False)
    close: Callable[[], None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer to a GET, whose status is below 400.

    The ``repr`` shows status and path only: the rest can hold personal data.

    Attributes:
        status: HTTP status.
        headers: By names in any case; repeated ones are joined with commas.
        body: Content, decompressed.
        path: Of the request, without its query.
        url: Address that answered, after redirects, with its query but without the key.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    path: str = ""
    url: str = field(default="", repr=False)


Announce: t.TypeAlias = Callable[[Request, Mapping[str, str]], None]
"""Told each request just before it is sent, with all of its headers, the key's included."""


def http_date(text: str | None) -> datetime | None:
    """Return a date of HTTP (RFC 9110) as aware UTC, or None if it is not one."""
    try:
        moment = parsedate_to_datetime(text or "")
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Credential:
    """What carries the key: a header or a query parameter, not yet encoded."""

    place: t.Literal["header", "query"]
    name: str
    value: str = field(repr=False)

    def added(self, url: str) -> str:
        """Return the URL with the key, where the query carries it.

        A server that repeats the key in a link, or another one, is not asked with both.
        """
        if self.place == "header":
            return url
        parts = urlsplit(self.removed(url))
        pair = f"{quote_plus(self.name)}={quote_plus(self.value)}"
        return urlunsplit(parts._replace(query=f"{parts.query}&{pair}" if parts.query else pair))

    def removed(self, url: str) -> str:
        """Return a URL, as received, without the parameter of the key."""
        if self.place == "header" or "?" not in url:
            return url
        parts = urlsplit(url)
        kept = [
            pair
            for pair in parts.query.split("&")
            if unquote_plus(pair.partition("=")[0]) != self.name
        ]
        return urlunsplit(parts._replace(query="&".join(kept)))


def authorization(settings: Settings, key: str) -> Credential:
    """Return how requests carry the key; raise `AccessRefused` when it cannot be sent so."""
    if settings.auth_method == "query":
        return Credential("query", settings.auth_param, key)
    if settings.auth_method == "basic":
        pair = f"{settings.username or ''}:{key}".encode()
        return Credential("header", "Authorization", f"Basic {b64encode(pair).decode('ascii')}")
    if not key.isascii() or not key.isprintable():
        message = "the key holds characters that no header can carry"
        raise AccessRefused(message, "Check the settings api_key and auth_method.")
    if settings.auth_method == "header":
        return Credential("header", settings.auth_header, key)
    return Credential("header", "Authorization", f"Bearer {key}")
