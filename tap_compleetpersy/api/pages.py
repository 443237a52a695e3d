"""The list as pages, whichever way the server pages it.

Paging never ends on a total or a short page, since servers are wrong about both,
and always ends: a page, cursor or link that repeats is an error.
"""

from __future__ import annotations

import typing as t
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from tap_compleetpersy.api.ahead import Ready, read_ahead
from tap_compleetpersy.api.answers import Answer, header, http_date
from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.envelope import records, total
from tap_compleetpersy.api.errors import ApiError, PagingFailure
from tap_compleetpersy.api.links import next_link
from tap_compleetpersy.api.profile import Profile, filters, joined

_MOST_EMPTY_PAGES = 1000
_REPETITIONS = {
    "page": ("a page repeats, the page number seems ignored", "page_param and pagination"),
    "offset": ("a page repeats, the offset seems ignored", "offset_param and pagination"),
    "cursor": (
        "the cursors lead to no end",
        "cursor_param, next_cursor_path and pagination",
    ),
    "link": ("the next links lead to no end", "pagination"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the records, as the server sent them together.

    Attributes:
        number: From 1, in the order read, whatever the server calls the page.
        records: As decoded; they need not be objects. To be read only, since the
            next page is compared with them.
        total: What the server says the whole list has, or None.
        server_time: The server's clock (header ``Date``), aware UTC, or None.
        body: What it was decoded from.
    """

    number: int
    records: list[object] = field(repr=False)
    total: int | None
    server_time: datetime | None
    body: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class _Request:
    """Where the next page is."""

    path_or_url: str
    params: Mapping[str, str]
    place: str | int  # what tells this page from others: number, offset, cursor or link


def read_pages(  # noqa: PLR0913 - the contract with `sync`
    client: Client,
    profile: Profile,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    path: str | None = None,
    params: Mapping[str, str] | None = None,
    prefetch: int = 0,
    ready: Ready | None = None,
) -> Generator[Page]:
    """Read the list from its first page to its end.

    The first page is always given, even without records: its ``server_time`` and
    ``total`` are wanted. An empty page that ends the list is not.

    Args:
        client: Asks the server; with ``prefetch`` a sibling of it does.
        profile: How the server pages and filters.
        since: Lower bound on the updated time, aware; sent as this or earlier.
        until: Upper bound on the updated time, aware; sent as this or later.
        path: Of the list below `api_url`; None for `candidates_path`.
        params: Further query parameters of every page.
        prefetch: Pages read ahead by a thread; closing the iterator ends it.
        ready: A new queue, for who wants to see whether a page is waiting.

    Yields:
        The pages, in the order of the server.

    Raises:
        ApiError: When a page cannot be read, or the pages do not lead to an end.
    """
    wanted = {**(params or {}), **filters(profile, since, until)}
    first = path or profile.candidates_path
    if prefetch > 0:
        sibling = client.sibling()
        walk = _walk(sibling, profile, first, wanted)
        yield from read_ahead(walk, prefetch, sibling.close, ready)
    else:
        yield from _walk(client, profile, first, wanted)


def read_page(
    client: Client, profile: Profile, number: int, size: int, *, since: datetime | None = None
) -> Page:
    """Read one page out of turn, where pages have numbers or offsets.

    Args:
        client: Asks the server.
        profile: How the server pages and filters: by `page` or `offset`.
        number: Of the page, from 1.
        size: Records of the first page, hence of those before this one.
        since: As of `read_pages`.

    Raises:
        ApiError: When the page cannot be read.
    """
    request = _first(profile, profile.candidates_path, filters(profile, since, None))
    if profile.pagination == "offset":
        request = _moved(request, profile.offset_param, (number - 1) * size)
    else:
        request = _moved(request, profile.page_param, profile.first_page + number - 1)
    answer, document = client.get_document(request.path_or_url, request.params)
    try:
        return _page(number, records(document, profile.records_path), answer, document)
    except ApiError as error:
        error.path = answer.path
        raise


def _page(number: int, found: list[object], answer: Answer, document: object) -> Page:
    server_time = http_date(header(answer.headers, "Date"))
    return Page(number, found, total(document, answer.headers), server_time, answer.body)


def _walk(client: Client, profile: Profile, path: str, wanted: Mapping[str, str]) -> Iterator[Page]:
    request: _Request | None = _first(profile, path, wanted)
    seen: set[str | int] = set()
    previous: list[object] = []
    number, empty = 0, 0
    while request is not None:
        seen.add(request.place)
        answer, document = client.get_document(request.path_or_url, request.params)
        seen.add(answer.url)
        number += 1
        try:
            found = records(document, profile.records_path)
            refuse_repetition(found, previous, profile)
            request = _following(profile, request, answer, document, len(found))
            empty = 0 if found else empty + 1
            if request is not None and (request.place in seen or empty > _MOST_EMPTY_PAGES):
                raise _endless(profile)
        except ApiError as error:
            error.path = answer.path
            raise
        if found or number == 1 or request is not None:
            yield _page(number, found, answer, document)
        previous = found


def _first(profile: Profile, path: str, wanted: Mapping[str, str]) -> _Request:
    size = {profile.page_size_param: str(profile.page_size)}
    params = dict(wanted)
    if profile.pagination != "none" and profile.page_size_param:
        params |= size
    place: str | int = ""
    if profile.pagination == "page":
        place = profile.first_page
        params[profile.page_param] = str(place)
    elif profile.pagination == "offset":
        place = 0
        params[profile.offset_param] = str(place)
    return _Request(path, params, place)


def _following(
    profile: Profile, request: _Request, answer: Answer, document: object, count: int
) -> _Request | None:
    """Say where the next page is, or None when there is none."""
    if profile.pagination == "none":
        return None
    if profile.pagination == "link":
        return _linked(answer)
    if profile.pagination == "cursor":
        cursor = _next_cursor(document, profile.next_cursor_path)
        return None if cursor is None else _moved(request, profile.cursor_param, cursor)
    if not count:
        return None
    if profile.pagination == "offset":
        return _moved(request, profile.offset_param, int(request.place) + count)
    return _moved(request, profile.page_param, int(request.place) + 1)


def _moved(request: _Request, param: str, place: str | int) -> _Request:
    params = {**request.params, param: str(place)}
    return _Request(request.path_or_url, params, place)


def _linked(answer: Answer) -> _Request | None:
    target = next_link(header(answer.headers, "Link"))
    if target is None:
        return None
    url = joined(answer.url, target)
    if url is None:
        what = "the next link leads to another server"
        raise PagingFailure(what, "The key is not sent there. Check pagination and api_url.")
    return _Request(url, {}, url)


def _next_cursor(document: object, path: str) -> str | None:
    value: t.Any = document
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if value is None or value is False or value in ("", [], {}):
        return None
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value)
    what = "the next cursor is no text"
    raise PagingFailure(what, "Check the settings next_cursor_path and pagination.")


def refuse_repetition(found: list[object], previous: list[object], profile: Profile) -> None:
    """Notice a server that ignores its page parameter, even while records change.

    Raises:
        PagingFailure: When a page is another one again.
    """
    same = sum(
        isinstance(new, (dict, msgspec.Raw)) and new == old
        for new, old in zip(found, previous, strict=False)
    )
    if found and (found == previous or 2 * same > max(len(found), len(previous))):
        raise _endless(profile)


def _endless(profile: Profile) -> PagingFailure:
    what, settings = _REPETITIONS[profile.pagination]
    advice = f"Check the settings {settings}; if there is one page only: pagination: none."
    return PagingFailure(what, advice)
