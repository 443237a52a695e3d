"""Where a path that somebody wrote leads: below `api_url`, or nowhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from urllib.parse import quote, urlencode

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,=:-]|%[0-9A-Fa-f]{2})*")
_ENCODED = re.compile(r"((?:%[0-9A-Fa-f]{2})+)")
_SPECIAL = frozenset("./\\;@%?#:")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_QUERY_SAFE = "!$&'()*+,;=:@/?%"


class PathRefusedError(ValueError):
    """A path that might leave the API. The text is the reason, without the path."""


def address(api_url: str, path: str, params: Sequence[tuple[str, str]] = ()) -> str:
    """Join a path to the API's URL: the result has the same origin and path prefix.

    Nothing is cleaned, since servers, proxies and libraries clean differently: what
    any of them could read as a way out is refused. A query is taken as it stands.

    Args:
        api_url: Base URL, with or without a slash at the end.
        path: With or without a slash at the start; may hold a query.
        params: Query parameters, not yet encoded; names may repeat.

    Raises:
        PathRefusedError: When the path is none, or could lead elsewhere.
    """
    location, _, query = path.partition("?")
    for reason in _objections(path, location):
        raise PathRefusedError(reason)
    given = quote(_STRAY_PERCENT.sub("%25", query), safe=_QUERY_SAFE)
    url = f"{api_url.rstrip('/')}/{location.removeprefix('/')}"
    queries = [text for text in (given, urlencode(params)) if text]
    return f"{url}?{'&'.join(queries)}" if queries else url


def _objections(path: str, location: str) -> Iterator[str]:
    if not path.isprintable():
        yield "holds a control character"
    if "#" in path:
        yield "holds a fragment (#), which no server gets"
    if not location:
        yield "is empty"
    if _SCHEME.match(location):
        yield "is an address of its own, not a path below api_url"
    segments = location.removeprefix("/").split("/")
    if "" in segments[:-1]:
        yield "holds an empty segment (//)"
    if any(segment and not segment.strip(".") for segment in segments):
        yield "holds a dot segment (. or ..)"
    if not all(_SEGMENT.fullmatch(segment) for segment in segments):
        yield "holds a character that a path cannot have unless it is percent-encoded"
    if not all(_is_harmless(encoded) for encoded in _ENCODED.findall(location)):
        yield "holds a percent-encoded character that could lead elsewhere"


def _is_harmless(encoded: str) -> bool:
    """Tell whether a run of percent-encoded bytes is text without any special meaning.

    Compatible forms count as what they stand for: some servers make a dot of U+FF0E.
    """
    try:
        text = bytes.fromhex(encoded.replace("%", "")).decode()
    except UnicodeDecodeError:
        return False
    plain = unicodedata.normalize("NFKC", text)
    return text.isprintable() and not _SPECIAL.intersection(text + plain)
