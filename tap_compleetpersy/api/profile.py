"""Every assumption about the wire (`docs/wire.md`) as one value.

Each has a setting, since the vendor's documentation is not public.
"""

from __future__ import annotations

import typing as t
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urldefrag, urljoin, urlsplit
from zoneinfo import ZoneInfo

from tap_compleetpersy.api.bounds import lower_bound, upper_bound
from tap_compleetpersy.api.credential import Credential
from tap_compleetpersy.api.errors import AccessRefused
from tap_compleetpersy.settings import Settings

Pagination = t.Literal["page", "offset", "cursor", "link", "none"]
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SHOWN_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Profile:
    """How one tenant's API is assumed to work; the key is no part of it.

    The attributes have the names and meanings of the settings.
    """

    api_url: str
    auth_method: str
    auth_header: str
    auth_param: str
    username: str | None = field(repr=False)
    candidates_path: str
    records_path: str | None
    pagination: Pagination
    page_param: str
    page_size_param: str
    first_page: int
    page_size: int
    offset_param: str
    cursor_param: str
    next_cursor_path: str
    next_link_path: str | None
    past_end_statuses: Sequence[int]
    modified_since_param: str
    modified_until_param: str | None
    date_format: str
    zone: ZoneInfo
    encoding: str | None = None


def profile_of(settings: Settings) -> Profile:
    """Take what concerns the wire out of the settings."""
    return Profile(
        api_url=settings.api_url.rstrip("/"),
        auth_method=settings.auth_method,
        auth_header=settings.auth_header,
        auth_param=settings.auth_param,
        username=settings.username,
        candidates_path=settings.candidates_path,
        records_path=settings.records_path,
        pagination=t.cast("Pagination", settings.pagination),
        page_param=settings.page_param,
        page_size_param=settings.page_size_param,
        first_page=settings.first_page,
        page_size=settings.page_size,
        offset_param=settings.offset_param,
        cursor_param=settings.cursor_param,
        next_cursor_path=settings.next_cursor_path,
        next_link_path=settings.next_link_path,
        past_end_statuses=settings.past_end_statuses,
        modified_since_param=settings.modified_since_param,
        modified_until_param=settings.modified_until_param,
        date_format=settings.date_format,
        zone=settings.zone,
        encoding=settings.encoding,
    )


def authorization(profile: Profile, key: str) -> Credential:
    """Return how requests carry the key.

    Raises:
        AccessRefused: When the key cannot be sent in that way.
    """
    if profile.auth_method == "query":
        return Credential("query", profile.auth_param, key)
    if profile.auth_method == "basic":
        pair = f"{profile.username or ''}:{key}".encode()
        return Credential("header", "Authorization", f"Basic {b64encode(pair).decode('ascii')}")
    if not key.isascii() or not key.isprintable():
        message = "the key holds characters that no header can carry"
        raise AccessRefused(message, "Check the settings api_key and auth_method.")
    if profile.auth_method == "header":
        return Credential("header", profile.auth_header, key)
    return Credential("header", "Authorization", f"Bearer {key}")


def filters(profile: Profile, since: datetime | None, until: datetime | None) -> dict[str, str]:
    """Answer the query parameters of a window on the updated time.

    Args:
        profile: Names the parameters; one without a name is not sent.
        since: Lower bound, aware, inclusive; sent as this or earlier.
        until: Upper bound, aware; sent as this or later.
    """
    sent: dict[str, str] = {}
    if since is not None and profile.modified_since_param:
        text = lower_bound(since, profile.date_format, profile.zone)
        sent[profile.modified_since_param] = text
    if until is not None and profile.modified_until_param:
        text = upper_bound(until, profile.date_format, profile.zone)
        sent[profile.modified_until_param] = text
    return sent


def same_origin(one: str, other: str) -> bool:
    """Tell whether two URLs have scheme, host and port in common.

    Nothing else may ever get the key: another port is another service.
    """
    return _origin(one) is not None and _origin(one) == _origin(other)


def joined(base: str, target: str) -> str | None:
    """Answer where a link leads, or None when it leaves the server of ``base``."""
    try:
        url = urldefrag(urljoin(base, target)).url
    except ValueError:
        return None
    return url if same_origin(url, base) else None


def shown(url: str) -> str:
    """Answer the path of a URL for logs and messages.

    Queries are left out, since they can hold names; so are path parameters,
    since PHP puts session ids there.
    """
    path = urlsplit(url).path.partition(";")[0] or "/"
    printable = "".join(char if char.isprintable() else "?" for char in path)
    return printable[:_SHOWN_LENGTH]


def _origin(url: str) -> tuple[str, str, int | None] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or _DEFAULT_PORTS.get(parts.scheme)
