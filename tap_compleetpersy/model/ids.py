"""Deterministic identifiers of every row."""

from __future__ import annotations

import hashlib
import json
import typing as t
import uuid
from functools import lru_cache
from json.encoder import encode_basestring
from urllib.parse import quote

if t.TYPE_CHECKING:
    from collections.abc import Callable

# The two variant bits of RFC 9562 in the first digit of the fourth group.
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def generated_id(account: str, stream: str, remote_id: str) -> str:
    """Return the id of one row, for ever the same, in its canonical form of 36 characters.

    It is `uuid5(NAMESPACE_URL, text)` where text is the JSON array `[account, stream, remote_id]`,
    without spaces and not ASCII-escaped. The account is the label of the tenant, or empty.
    """
    return compile_ids(account, stream)(remote_id)


@lru_cache(maxsize=32)
def compile_ids(account: str, stream: str) -> Callable[[str], str]:
    """Return `generated_id` for many rows of one stream.

    The common beginning is hashed once: three times as fast as `uuid.uuid5`.
    """
    text = json.dumps([account, stream], ensure_ascii=False, separators=(",", ":"))
    prefix = f"{text[:-1]},".encode()
    # SHA-1 is what a UUID of version 5 is made of; nothing is secured by it.
    begun = hashlib.sha1(uuid.NAMESPACE_URL.bytes + prefix, usedforsecurity=False)
    copy = begun.copy

    def name(remote_id: str) -> str:
        digest = copy()
        digest.update(f"{encode_basestring(remote_id)}]".encode())
        text = digest.hexdigest()
        return (
            f"{text[:8]}-{text[8:12]}-5{text[13:16]}"
            f"-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"
        )

    return name


def application_remote_id(candidate_id: str, opening_id: str) -> str:
    """Return the ids of a candidate and an opening joined, so that the pair stays unique.

    Persy has no identifier for applications (`docs/wire.md`, "Found").
    """
    return f"{_quoted(candidate_id)}/{_quoted(opening_id)}"


def _quoted(text: str) -> str:
    # Most ids are numbers, which need no look at each letter.
    return text if text.isascii() and text.isalnum() else quote(text, safe="")
