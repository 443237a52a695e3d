"""What people write into a field for mail addresses.

`Anna Berg <a.berg@example.org>`, `mailto:…`, several of them, words about them. All that looks
like an address must be one: half of a field is a guess.
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import unquote

from tap_compleetpersy.model.contacts import use_of
from tap_compleetpersy.model.text import fold

if t.TYPE_CHECKING:
    from collections.abc import Callable

Mail: t.TypeAlias = tuple[str, "str | None"]
"""An address, and what the words beside it say about its use."""

_LONGEST: t.Final = 500
_NAMED = re.compile(
    r"(?:(?:\"[^\"<>]*\"|[^\"<>@;,]*(?:,[^\"<>@;,]*)?)\s*<\s*(?P<named>[^<>\s]+)\s*>"
    r"|(?P<alone>[^\s<>;,\"]+@[^\s<>;,\"]+))\s*(?:[;,.]\s*|\Z)"
)
_BREAK = re.compile(r"[\s;,|]+|/(?=[^/@\s]+@)")
_SCHEME = re.compile(r"mailto:", re.IGNORECASE)
_AROUND = "<>()[]{}\"'.:;,!"
_LABELS = frozenset({
    "", "email", "mail", "emailadresse", "mailadresse", "und", "oder", "and", "or", "adresse",
    "address", "u", "o", "bzw", "auch", "e",
})  # fmt: skip


def read_mails(text: str, is_valid: Callable[[str], bool]) -> list[Mail] | None:
    """Read the addresses of a field.

    Args:
        text: Clean text.
        is_valid: Judges one address.

    Returns:
        Each address with its use, which is None where no word says it; None when one of them
        is not valid, or when there are words that may belong to an address.
    """
    if is_valid(text):
        return [(text, None)]
    if "@" not in text or len(text) > _LONGEST:
        return None
    mails = _named(text) or _listed(text)
    if not mails or not all(is_valid(address) for address, _ in mails):
        return None
    return mails


def _named(text: str) -> list[Mail]:
    """Read `Anna Berg <a.berg@example.org>; b@example.org`; nothing where that is not all."""
    mails: list[Mail] = []
    place = 0
    while place < len(text):
        found = _NAMED.match(text, place)
        if found is None:
            return []
        mails.append((_bare(found["named"] or found["alone"]), None))
        place = found.end()
    return mails


def _listed(text: str) -> list[Mail]:
    """Read addresses among words that say what they are; other words spoil it."""
    mails: list[Mail] = []
    use: str | None = None
    for piece in filter(None, _BREAK.split(text)):
        address = _bare(piece)
        if "@" in address:
            mails.append((address, use))
            use = None
            continue
        said = use_of(address)
        if said is None and fold(address) not in _LABELS:
            return []
        if said is not None and piece.startswith("(") and mails and mails[-1][1] is None:
            mails[-1] = (mails[-1][0], said)
        elif said is not None:
            use = said
    if use is not None and len(mails) == 1 and mails[0][1] is None:
        mails[0] = (mails[0][0], use)
    return mails


def _bare(piece: str) -> str:
    """Take away what a mail client, a link or a sentence put around an address."""
    bare = piece.strip(_AROUND)
    if found := _SCHEME.match(bare):
        bare = unquote(bare[found.end() :].partition("?")[0])
    return bare.strip(_AROUND)
