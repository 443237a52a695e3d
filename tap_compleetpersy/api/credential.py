"""The key, and how a request carries it: in a header, or in its query."""

from __future__ import annotations

import typing as t
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import quote_plus, unquote_plus, urlsplit, urlunsplit

from tap_compleetpersy.api.errors import AccessRefused
from tap_compleetpersy.settings import Settings


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request carries. The ``repr`` shows no secret.

    Attributes:
        place: Where it is sent.
        name: Of the header, or of the query parameter.
        value: Of it, not yet encoded.
    """

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
    """Return how requests carry the key.

    Raises:
        AccessRefused: When the key cannot be sent in that way.
    """
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
