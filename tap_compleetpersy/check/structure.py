"""Where the records and the next page are in an answer of unknown form."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit

from tap_compleetpersy.api.paginators import LINK_PLACES, at_path
from tap_compleetpersy.model.text import fold

_DEEPEST = 6
_PLAIN_KEY = re.compile(r"[^\W\d_][\w -]{0,39}|_\w{1,39}")
_LONGEST_CURSOR = 2000
_NEXT = frozenset(
    {"nextcursor", "nextpagetoken", "nexttoken", "nextpage", "next", "continuationtoken"}
    | {"continuation", "endcursor", "cursornext", "scrollid", "nextpageurl", "nexturl", "nextlink"}
)


class Place(t.NamedTuple):
    """A dotted path into a document, and what stands there."""

    path: str
    value: t.Any


def locate_records(document: object, readable: Callable[[list[object]], int]) -> str | None:
    """Find the dotted path of the list that looks most like candidates.

    Args:
        document: As decoded.
        readable: Counts the records of a list that the model reads.

    Returns:
        The path, or None when there is no list of objects, or the document is it.
    """
    lists = [
        (readable(place.value), len(place.value), -place.path.count("."), place.path)
        for place in _lists(document, "", _DEEPEST)
    ]
    return max(lists)[-1] or None if lists else None


def _lists(value: object, path: str, room: int) -> Iterator[Place]:
    if isinstance(value, list):
        if any(isinstance(item, dict) for item in value):
            yield Place(path, value)
        return
    if not isinstance(value, dict) or not room:
        return
    if value and all(key.isdigit() and isinstance(item, dict) for key, item in value.items()):
        yield Place(path, list(value.values()))
        return
    for key, item in value.items():
        if _PLAIN_KEY.fullmatch(key):
            yield from _lists(item, f"{path}.{key}" if path else key, room - 1)


def next_places(document: object, room: int = _DEEPEST) -> list[Place]:
    """List the scalars of a document that say where the next page is, shallow ones first.

    Records are not looked into: their content is no matter of paging.
    """
    usual = [Place(path, _linked(at_path(document, path))) for path in LINK_PLACES]
    found = [place for place in usual if isinstance(place.value, str) and place.value]
    found += sorted(_next(document, "", room), key=lambda place: place.path.count("."))
    return list({place.path: place for place in found}.values())


def _linked(value: object) -> object:
    return value.get("href") if isinstance(value, dict) else value


def _next(value: object, path: str, room: int) -> Iterator[Place]:
    if not isinstance(value, dict) or not room:
        return
    for key, item in value.items():
        if not _PLAIN_KEY.fullmatch(key):
            continue
        here = f"{path}.{key}" if path else key
        if isinstance(item, dict):
            yield from _next(item, here, room - 1)
        elif fold(key) in _NEXT and isinstance(item, (str, int)) and not isinstance(item, bool):
            text = str(item)
            if text and len(text) <= _LONGEST_CURSOR:
                yield Place(here, text)


def is_address(text: str) -> bool:
    """Tell whether the next page is said as an address, and not as a cursor."""
    return "?" in text or "://" in text


def parameter_with(address: str, wanted: str) -> str | None:
    """Name the query parameter of an address that has a value, such as the next page's number."""
    try:
        query = urlsplit(address).query
    except ValueError:
        return None
    return next((name for name, value in parse_qsl(query) if value == wanted), None)


def cursor_names(path: str) -> tuple[str, ...]:
    """Name the parameters that may take the cursor of a path: ``next_page_token`` is one, too."""
    last = path.rpartition(".")[2]
    bare = re.sub(r"^[Nn]ext_?", "", last)
    bare = bare[:1].lower() + bare[1:]
    return tuple(dict.fromkeys(name for name in (bare, last, "cursor", "after") if name))
