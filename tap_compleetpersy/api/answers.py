"""An answer of the server, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer to a GET, whose status is below 400.

    The ``repr`` shows status and path only: the rest can hold personal data.

    Attributes:
        status: HTTP status.
        headers: Header name to value; repeated headers are joined with commas.
        body: Content, decompressed.
        path: Path of the request, without its query.
        url: Address that answered, after redirects, with its query.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    path: str = ""
    url: str = field(default="", repr=False)


def header(headers: Mapping[str, str], name: str) -> str | None:
    """Answer a header's value; the case of its name does not matter."""
    wanted = name.casefold()
    return next((text for key, text in headers.items() if key.casefold() == wanted), None)


def http_date(text: str | None) -> datetime | None:
    """Read a date of HTTP (RFC 9110) as aware UTC, or None if it is not one."""
    try:
        moment = parsedate_to_datetime(text or "")
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
