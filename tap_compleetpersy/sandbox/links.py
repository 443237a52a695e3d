"""Where the content of an attachment is: on the API, or elsewhere until the link expires."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import re
import typing as t
from dataclasses import dataclass
from datetime import datetime

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from tap_compleetpersy.sandbox.options import Options

FILES = "/files"
_KINDS = ("relative", "absolute", "foreign")
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
_SIGNATURE_BYTES = 16


class ExpiredLinkError(ValueError):
    """A link is too old, or none of this server."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a foreign link leads to."""

    candidate_id: str
    attachment_id: str
    expires: float


class Links:
    """Makes links and reads foreign ones again: their token says where they lead, signed."""

    def __init__(
        self, options: Options, url: str, foreign_url: str | None, now: Callable[[], datetime]
    ) -> None:
        """Remember where the server answers.

        Args:
            options: Which links, and how long they live.
            url: Base URL of the API.
            foreign_url: Base URL of the second port, if there is one.
            now: The sandbox's time.
        """
        self._options = options
        self._url = url
        self._foreign_url = foreign_url
        self._now = now
        self._key = f"persy sandbox {options.seed}".encode()
        self._numbers = itertools.count()

    def url(self, candidate_id: str, attachment_id: str, file_name: str, position: int) -> str:
        """Return the link to an attachment's content; each foreign one is new.

        Args:
            candidate_id: Whose attachment.
            attachment_id: Which.
            file_name: What a foreign link ends with, as far as it is safe.
            position: Of the attachment in its list: which kind of link it gets when mixed.
        """
        kind = self._options.attachment_links
        if kind == "mixed":
            kind = _KINDS[position % len(_KINDS)]
        if kind == "foreign":
            name = _UNSAFE.sub("_", file_name)
            return f"{self._foreign_url}{FILES}/{self._token(candidate_id, attachment_id)}/{name}"
        path = f"candidates/{candidate_id}/attachments/{attachment_id}/content"
        return path if kind == "relative" else f"{self._url}/{path}"

    def read(self, token: str) -> Link:
        """Return what a foreign link leads to.

        Raises:
            ExpiredLinkError: Its time is over, or it was not made here.
        """
        try:
            text = base64.urlsafe_b64decode(token.encode() + b"==")
        except ValueError:
            raise ExpiredLinkError from None
        signature, message = text[:_SIGNATURE_BYTES], text[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(message)):
            raise ExpiredLinkError
        candidate_id, attachment_id, expires, _ = json.loads(message)
        if self._now().timestamp() >= expires:
            raise ExpiredLinkError
        return Link(candidate_id, attachment_id, expires)

    def _token(self, candidate_id: str, attachment_id: str) -> str:
        expires = self._now().timestamp() + self._options.link_seconds
        message = json.dumps([candidate_id, attachment_id, expires, next(self._numbers)]).encode()
        return base64.urlsafe_b64encode(self._signature(message) + message).decode().rstrip("=")

    def _signature(self, message: bytes) -> bytes:
        return hmac.digest(self._key, message, hashlib.sha256)[:_SIGNATURE_BYTES]
