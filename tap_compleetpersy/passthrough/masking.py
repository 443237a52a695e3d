"""The key is never printed, whoever says it: a header, or a server that repeats it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from tap_compleetpersy.api.messages import Credential

MASK = "***"
_PERCENT = re.compile("%[0-9A-F]{2}")
_SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "set-cookie2"}
)
_SHORTEST_IN_A_TEXT = 8  # what is shorter is no key, and part of many words


@dataclass(frozen=True, slots=True)
class Masking:
    """What must not be printed.

    Attributes:
        header: Name of the header that carries the key; None when the query does.
        secrets: The key in every form in which it is sent or may be repeated.
    """

    header: str | None
    secrets: frozenset[str] = field(repr=False)

    def value(self, name: str, text: str) -> str:
        """Return the value of a header as it may be shown: whole, or not at all."""
        folded = text.casefold()
        own = set() if self.header is None else {self.header.casefold()}
        if name.casefold() in _SECRET_HEADERS | own or any(
            secret.casefold() in folded for secret in self.secrets
        ):
            return MASK
        return printable(text)

    def is_in(self, text: str) -> bool:
        """Whether the key is part of a text."""
        return any(secret in text for secret in self._long)

    def whole(self, body: bytes) -> bytes:
        """Return a body without the key."""
        return b"".join(self.body(iter([body])))

    def body(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield a body without the key, though it may lie across two chunks."""
        secrets = [secret.encode() for secret in self._long]
        if not secrets:
            yield from chunks
            return
        secrets.sort(key=len, reverse=True)
        pattern = re.compile(b"|".join(map(re.escape, secrets)))
        kept = len(secrets[0]) - 1
        rest = b""
        for chunk in chunks:
            rest = pattern.sub(MASK.encode(), rest + chunk)
            ready = max(len(rest) - kept, 0)
            yield rest[:ready]
            rest = rest[ready:]
        yield rest

    @property
    def _long(self) -> list[str]:
        return [secret for secret in self.secrets if len(secret) >= _SHORTEST_IN_A_TEXT]


def masking_of(authorization: Credential, key: str) -> Masking:
    """Return what must not be printed: the key, and what carries it."""
    name, value = authorization.name, authorization.value
    escaped = json.dumps(key)[1:-1]
    forms = {
        key,
        value.rpartition(" ")[2],
        quote(key),
        quote(key, safe=""),
        quote_plus(key),
        b64encode(key.encode()).decode("ascii"),
        escaped,
        escaped.replace("/", "\\/"),  # as PHP writes it
    }
    forms |= {_PERCENT.sub(lambda code: code[0].lower(), form) for form in forms}
    if authorization.place == "query":  # a short key, too, where its name is beside it
        forms |= {f"{name}={form}" for form in forms}
        return Masking(None, frozenset(forms))
    return Masking(name, frozenset(forms))


def printable(text: str) -> str:
    """Return a text in which nothing can direct a terminal."""
    return "".join(char if char.isprintable() else "?" for char in text)
