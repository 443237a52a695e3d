"""Other ways to the second page, where the one given leads nowhere."""

from __future__ import annotations

import itertools
import re
import typing as t
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from tap_compleetpersy.api.paginators import LINK_PLACES, PAGINATORS, at_path, paginator_of
from tap_compleetpersy.api.urls import next_link
from tap_compleetpersy.check import naming
from tap_compleetpersy.check.budgeted_client import BudgetedClient
from tap_compleetpersy.check.evidence import NOT_ASKED, Evidence, Listing
from tap_compleetpersy.check.naming import is_named
from tap_compleetpersy.check.paging import PLACES, has_moved, second_page, short
from tap_compleetpersy.check.structure import DEEPEST_PLACE, Place, places_in
from tap_compleetpersy.model.text import fold

PAGE_NAMES: t.Final = (
    "page", "seite", "p", "page[number]", "pageNumber", "page_number", "pg", "pageNo", "pageIndex",
    "blatt", "page_no",
)  # fmt: skip
OFFSET_NAMES: t.Final = (
    "offset", "start", "skip", "page[offset]", "from", "ab", "von", "startAt", "start_index",
    "first", "begin",
)  # fmt: skip
_LONGEST_CURSOR = 2000
_NEXT = frozenset(
    {"nextcursor", "nextpagetoken", "nexttoken", "nextpage", "next", "continuationtoken"}
    | {"continuation", "endcursor", "cursornext", "scrollid", "nextpageurl", "nexturl", "nextlink"}
)
_NEXT_PARTS = (
    "next", "cursor", "token", "continu", "after", "scroll", "bookmark", "weiter", "naechst",
    "folge",
)  # fmt: skip
"""Parts of keys of texts that say where the next page is; of numbers too much else has them."""
_MOST_CURSOR_NAMES = 3
_MOST_SINGLE_NAMES = 3
_MOST_GROUPS = 2

_Style = dict[str, t.Any]
"""Settings of another style of paging."""


def find_other_paging(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Try what the answer itself points to, then the usual names."""
    first, start = evidence.first, evidence.start
    is_wanted = paginator_of(evidence.settings).is_numbered or not first.is_whole
    if not len(first) or evidence.moved or not is_wanted:
        return evidence
    if evidence.sized and first.is_whole:  # only a short page says where the next one is
        evidence = replace(evidence, first=ask.list(evidence.settings, short(evidence)))
    for way in (_by_pointers, _by_names, _by_composed_names):
        evidence = way(ask, evidence)
        if evidence.differs("pagination", *PLACES):
            return replace(evidence, first=first)
    evidence = replace(evidence, first=first)
    # Only where the server says that these are all: `none` would end a sync quietly. A total that
    # follows the page size is the page's own.
    is_all = first.is_whole and (start is NOT_ASKED or start.total == first.total)
    return evidence.fit(pagination="none") if evidence.moved is False and is_all else evidence


def _tried(evidence: Evidence, *names: str) -> Evidence:
    return replace(evidence, tried=tuple(dict.fromkeys((*evidence.tried, *names))))


def _by_pointers(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Follow what the first page says of the next one, until that leads to other records."""
    for style, names in _pointers(evidence):
        fitted = evidence.fit(**style)
        second = second_page(ask, fitted)
        if has_moved(evidence.first, second):
            return replace(fitted, second=second)
        evidence = _tried(evidence, *names)
    return evidence


def _pointers(evidence: Evidence) -> Iterator[tuple[_Style, tuple[str, ...]]]:
    """Yield settings for what the first page says of the next one, and the names of these.

    That is an address in a header, a cursor, the parameter of an address in the body, and that
    address itself.
    """
    first, given, reply = evidence.first, evidence.given, evidence.first.reply
    said = next_places(reply.document)
    if next_link(reply.headers.get("Link")) is not None:
        yield from _link(evidence, None)
    in_headers = _next(dict(reply.headers), 1)
    cursors = [place.path for place in (*said, *in_headers) if not is_address(place)]
    for path in cursors[:1]:
        names = tuple(dict.fromkeys((given.cursor_param, *cursor_names(path))))
        for name in names[:_MOST_CURSOR_NAMES]:
            cursor = {"pagination": "cursor", "next_cursor_path": path, "cursor_param": name}
            yield cursor, (path, *names)
    for place in said:
        if param := parameter_with(place.value, str(given.first_page + 1)):
            yield _numbered("page", param), (param,)
        elif param := parameter_with(place.value, str(len(first))):
            yield _numbered("offset", param), (param,)
    for path in [place.path for place in said if is_address(place)][:1]:
        yield from _link(evidence, None if path in LINK_PLACES else path)


def _link(evidence: Evidence, path: str | None) -> Iterator[tuple[_Style, tuple[str]]]:
    style = {"pagination": "link", "next_link_path": path}
    if evidence.fit(**style) != evidence:
        yield style, (path or "next link",)


def _numbered(pagination: str, name: str) -> _Style:
    """Return the settings of another style of paging, by a parameter of this name."""
    return {"pagination": pagination, PAGINATORS[pagination].param: name}


def _by_names(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Send the usual names all at once, each with another place; twice if there are too many."""
    for _ in range(_MOST_GROUPS):
        before = evidence
        evidence = _by_untried_names(ask, evidence)
        if evidence.tried == before.tried or evidence.settings != before.settings:
            break
    return evidence


def _by_untried_names(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    first, settings = evidence.first, evidence.settings
    known = _proven_ignored(evidence) | {*evidence.tried}
    pages, offsets = (
        [name for name in dict.fromkeys(names) if name not in known]
        for names in ((settings.page_param, *PAGE_NAMES), (settings.offset_param, *OFFSET_NAMES))
    )
    single = {settings.page_size_param: "1"} if evidence.sized else {}
    asked, meant = places(pages, offsets, len(first))
    if not asked:
        return evidence
    answer = ask.list(settings, {**single, **{name: str(place) for name, place in asked.items()}})
    evidence = _tried(evidence, *asked)
    if not has_moved(first, answer):
        return evidence
    style = step_to(first, answer, meant)
    if style is None or not (evidence.sized or style["pagination"] == "offset"):
        return _one_by_one(ask, evidence, [name for name in pages if name in asked])
    return replace(evidence.fit(**style), second=answer)


def _proven_ignored(evidence: Evidence) -> frozenset[str]:
    paginator = paginator_of(evidence.given)
    is_proven = evidence.moved is False and paginator.is_numbered
    return frozenset({getattr(evidence.given, paginator.param)} if is_proven else ())


def _one_by_one(ask: BudgetedClient, evidence: Evidence, names: list[str]) -> Evidence:
    """Send one name after the other, where one of them counts, until a page number leads on."""
    for name in names[:_MOST_SINGLE_NAMES]:
        fitted = evidence.fit(**_numbered("page", name))
        second = ask.list(fitted.settings, {name: str(fitted.settings.first_page + 1)})
        if has_moved(evidence.first, second):
            return _begun(ask, replace(fitted, second=second))
    return evidence


def _begun(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Take 0 for the first page where the number 1 leads beyond it."""
    settings = evidence.settings
    if settings.first_page != 1:
        return evidence
    one = ask.list(settings, {settings.page_param: "1"})
    is_beyond = has_moved(evidence.first, one)
    return replace(evidence.fit(first_page=0), second=one) if is_beyond else evidence


def _by_composed_names(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Send names that are put together at once, and halve them until one is left.

    Page numbers lead to the third page at most, and offsets into the middle of the first.
    """
    known = _proven_ignored(evidence)  # names tried before may have led behind the end
    first, settings = evidence.first, evidence.settings
    offset = len(first) // 2
    number = str(settings.first_page + 1)
    pages = {name: number for name in (*PAGE_NAMES, *naming.PAGES) if name not in known}
    offsets = {name: str(offset) for name in naming.OFFSETS if name not in known}
    answer = ask.list(settings, {**pages, **offsets})
    if not offset or not has_moved(first, answer):
        return evidence
    is_offset = answer.marks[:1] == first.marks[offset : offset + 1]
    asked = offsets if is_offset else pages
    names = [*asked]
    while len(names) > 1:
        half = names[: len(names) // 2]
        moved = ask.list(settings, {name: asked[name] for name in half})
        names = half if has_moved(first, moved) else names[len(half) :]
    second = ask.list(settings, {names[0]: asked[names[0]]})
    if not has_moved(first, second):
        return evidence
    style = _numbered("offset" if is_offset else "page", names[0])
    evidence = replace(evidence.fit(**style), second=second)
    return evidence if is_offset else _begun(ask, evidence)


def places(
    page_names: Sequence[str], offset_names: Sequence[str], room: int
) -> tuple[dict[str, int], dict[int, _Style]]:
    """Return each name another place, so that the first record of one answer tells which counts.

    The answer must have one record a page, and a place is one of the known records in the room.
    A page number leads to one of two records, since the first page is 1 or 0. With the parameters
    to send comes what each place in the list would mean, as settings.
    """
    asked: dict[str, int] = {}
    meant: dict[int, _Style] = {}
    place = 1
    for page, offset in itertools.zip_longest(page_names, offset_names):
        if page is not None and place + 1 < room:
            asked[page] = place + 1
            for begin in (1, 0):
                meant[place + 1 - begin] = {**_numbered("page", page), "first_page": begin}
            place += 2
        if offset is not None and place < room:
            asked[offset] = place
            meant[place] = _numbered("offset", offset)
            place += 1
    return asked, meant


def step_to(first: Listing, answer: Listing, meant: dict[int, _Style]) -> _Style | None:
    """Return what led to the first record of an answer to :func:`places`."""
    if not len(answer) or answer.marks[0] not in first.marks:
        return None
    return meant.get(first.marks.index(answer.marks[0]))


def next_places(document: object) -> list[Place]:
    """Return the scalars of a document that say where the next page is, shallow ones first.

    Records are not looked into: their content is no matter of paging.
    """
    usual = [(path, at_path(document, path)) for path in LINK_PLACES]
    links = [(path, link.get("href") if isinstance(link, dict) else link) for path, link in usual]
    found = [Place(path, link) for path, link in links if isinstance(link, str) and link]
    if isinstance(document, dict):
        found += sorted(_next(document), key=lambda place: place.path.count("."))
    return list({place.path: place for place in found}.values())


def _next(document: dict[str, t.Any], room: int = DEEPEST_PLACE) -> Iterator[Place]:
    for path, value in places_in(document, room):
        key = fold(path.rpartition(".")[2])
        is_text = isinstance(value, str)
        is_next = key in _NEXT or (is_text and any(part in key for part in _NEXT_PARTS))
        if is_next and type(value) in {str, int} and 0 < len(str(value)) <= _LONGEST_CURSOR:
            yield Place(path, str(value))


def is_address(place: Place) -> bool:
    """Whether the next page is said as an address, and not as a cursor."""
    is_path = place.value.startswith("/") and is_named(place.path, ("url", "link", "href", "uri"))
    return is_path or "?" in place.value or "://" in place.value


def parameter_with(address: str, wanted: str) -> str | None:
    """Return the query parameter that has a value in an address, such as the next page's number."""
    try:
        query = urlsplit(address).query
    except ValueError:
        return None
    return next((name for name, value in parse_qsl(query) if value == wanted), None)


def cursor_names(path: str) -> tuple[str, ...]:
    """Return parameters that may take the cursor at a path: ``next_page_token`` is one, too."""
    last = path.rpartition(".")[2]
    bare = re.sub(r"^(?:[Xx]-)?[Nn]ext[_-]?", "", last)
    bare = bare[:1].lower() + bare[1:]
    return tuple(dict.fromkeys(name for name in (bare, last, "cursor", "after") if name))
