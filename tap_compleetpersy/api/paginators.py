"""How a list is paged: one class for each style, with two methods.

`first` says how the first page is asked for, `following` what an answer says of the next one.
The walk over them is in `pages`; nothing else knows which style there is. A new style is one
class, one line of `PAGINATORS`, and one of the settings' `PAGINATIONS`.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tap_compleetpersy.api.messages import Answer
from tap_compleetpersy.api.urls import joined, next_link
from tap_compleetpersy.errors import ApiError, PagingFailure
from tap_compleetpersy.settings import Settings


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Where a page is: its `place` (number, offset, cursor or link) tells it from others."""

    path_or_url: str
    params: Mapping[str, str]
    place: str | int = ""

    def moved(self, param: str, place: str | int) -> PageRequest:
        """Return the request of the page at another place."""
        return PageRequest(self.path_or_url, {**self.params, param: str(place)}, place)


@dataclass(frozen=True, slots=True)
class Received:
    """What came for a page: the request, its answer, its document and the count of its records."""

    request: PageRequest
    answer: Answer
    document: object
    count: int


@dataclass(frozen=True, slots=True)
class Paginator:
    """One style of paging, under the settings of a tenant.

    Attributes:
        settings: Of the tenant.
        is_numbered: Whether pages have numbers or offsets, so that a deletion behind the reader
            shifts them, and so that any of them can be asked for: it is a `Numbered`.
        param: The setting that names the parameter of a page's place; empty without one.
        circle: What an error says of pages that lead to no end.
        blamed: The settings that it names.
    """

    settings: Settings
    is_numbered: t.ClassVar[bool] = False
    param: t.ClassVar[str] = ""
    circle: t.ClassVar[str]
    blamed: t.ClassVar[str]

    def first(self, path: str, wanted: Mapping[str, str]) -> PageRequest:
        """Return the request of the first page of a list, with what every page is asked for."""
        size = self.settings.page_size_param
        sized = {size: str(self.settings.page_size)} if size else {}
        return PageRequest(path, {**wanted, **sized})

    def following(self, page: Received) -> PageRequest | None:
        """Return the request of the page after one, None at the end; raise `PagingFailure`."""
        raise NotImplementedError

    def is_past_end(self, error: ApiError) -> bool:  # noqa: ARG002 - no error says so
        """Whether an error in answer to a further page says that the list has ended."""
        return False

    def endless(self) -> PagingFailure:
        """Return the error for pages that lead to no end."""
        advice = f"Check the settings {self.blamed} and pagination; if there is one page only: "
        return PagingFailure(self.circle, f"{advice}pagination: none.")


MAY_BE_PAST_END: t.Final = frozenset({400, 404, 410, 416, 422})
"""Statuses that may be the answer to a page that is not there."""


class Numbered(Paginator):
    """Pages that can be asked for out of turn; the server decides what lies past the end."""

    is_numbered = True

    def first(self, path: str, wanted: Mapping[str, str]) -> PageRequest:
        """Return the request of page 1."""
        return self.nth(Paginator.first(self, path, wanted), 1, 0)

    def nth(self, first: PageRequest, number: int, size: int) -> PageRequest:
        """Return the request of a page by its number, from 1, and the records of the first one."""
        raise NotImplementedError

    def is_past_end(self, error: ApiError) -> bool:
        """Whether the status is one of `past_end_statuses`."""
        return error.status in self.settings.past_end_statuses


class ByPage(Numbered):
    """`?page=2&per_page=100`."""

    param = "page_param"
    circle = "a page repeats, the page number seems ignored"
    blamed = "page_param"

    def following(self, page: Received) -> PageRequest | None:
        """Return the request of the next number; an empty page is the end."""
        if not page.count:
            return None
        return page.request.moved(self.settings.page_param, int(page.request.place) + 1)

    def nth(self, first: PageRequest, number: int, size: int) -> PageRequest:  # noqa: ARG002
        """Return the request of a page; its size does not matter."""
        return first.moved(self.settings.page_param, self.settings.first_page + number - 1)


class ByOffset(Numbered):
    """`?offset=100&limit=100`."""

    param = "offset_param"
    circle = "a page repeats, the offset seems ignored"
    blamed = "offset_param"

    def following(self, page: Received) -> PageRequest | None:
        """Return the request after the records that came; an empty page is the end."""
        if not page.count:
            return None
        return page.request.moved(self.settings.offset_param, int(page.request.place) + page.count)

    def nth(self, first: PageRequest, number: int, size: int) -> PageRequest:
        """Return the request of a page."""
        return first.moved(self.settings.offset_param, (number - 1) * size)


class ByCursor(Paginator):
    """`?cursor=abc`: each answer has the next one at `next_cursor_path`, or in that header."""

    param = "cursor_param"
    circle = "the cursors lead to no end"
    blamed = "cursor_param, next_cursor_path"

    def following(self, page: Received) -> PageRequest | None:
        """Return the request of the next cursor; none is the end."""
        place = self.settings.next_cursor_path
        value = at_path(page.document, place)
        if value is None:
            value = page.answer.headers.get(place)
        if _is_nothing(value):
            return None
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return page.request.moved(self.settings.cursor_param, str(value))
        what = "the next cursor is no text"
        raise PagingFailure(what, "Check the settings next_cursor_path and pagination.")


LINK_PLACES: t.Final = (
    "links.next",
    "_links.next",
    "next_page_url",
    "hydra:view.hydra:next",
    "view.next",
    "@odata.nextLink",
)
"""Where frameworks have the next URL; as an object it has it in `href`."""
_FURTHER_PLACES: t.Final = (
    "next", "meta.next_page_url", "meta.pagination.links.next", "pagination.links.next",
    "meta.links.next", "paging.next", "pagination.next", "meta.next",
)  # fmt: skip
"""The same, where a text alone is one: of others it is a number."""


class ByLink(Paginator):
    """The server names the next URL: at `next_link_path`, in a header, or where it is usual."""

    circle = "the next links lead to no end"
    blamed = "next_link_path"

    def following(self, page: Received) -> PageRequest | None:
        """Return the request of the next link, if any; raise when it leaves the server."""
        target = self.target(page.answer.headers, page.document)
        if target is None:
            return None
        url = joined(page.answer.url, target)
        if url is None:
            what = "the next link leads to another server"
            raise PagingFailure(what, "The key is not sent there. Check pagination and api_url.")
        return PageRequest(url, {}, url)

    def target(self, headers: Mapping[str, str], document: object) -> str | None:
        """Return the next URL as it stands in an answer, None at the end."""
        if path := self.settings.next_link_path:
            return link_at(document, path)
        in_header = next_link(headers.get("Link"))
        found = (link_at(document, place) for place in LINK_PLACES)
        further = (at_path(document, place) for place in _FURTHER_PLACES)
        texts = (each for each in (*_of_relation(document), *further) if isinstance(each, str))
        return in_header or next(filter(None, found), None) or next(filter(None, texts), None)


class AtOnce(Paginator):
    """The whole list in one answer."""

    circle = "the page repeats"
    blamed = "records_path"

    def first(self, path: str, wanted: Mapping[str, str]) -> PageRequest:
        """Return the only request."""
        return PageRequest(path, wanted)

    def following(self, page: Received) -> PageRequest | None:  # noqa: ARG002 - nothing follows
        """Return nothing."""
        return None


PAGINATORS: t.Final[Mapping[str, type[Paginator]]] = {
    "page": ByPage,
    "offset": ByOffset,
    "cursor": ByCursor,
    "link": ByLink,
    "none": AtOnce,
}


def paginator_of(settings: Settings) -> Paginator:
    """Return the paginator of the setting `pagination`."""
    return PAGINATORS[settings.pagination](settings)


def link_at(document: object, path: str) -> str | None:
    """Return the URL at a dotted path of a document, or in `href` there; raise if it is no text."""
    value = at_path(document, path)
    if isinstance(value, dict):
        value = value.get("href")
    if _is_nothing(value):
        return None
    if isinstance(value, str):
        return value.strip() or None
    what = "the next link is no text"
    raise PagingFailure(what, "Check the settings next_link_path and pagination.")


def _of_relation(document: object) -> Iterator[object]:
    """Yield the URL of `{"links": [{"rel": "next", "href": …}]}`."""
    links = at_path(document, "links")
    for each in links if isinstance(links, list) else ():
        if isinstance(each, dict) and each.get("rel") == "next":
            yield each.get("href", each.get("url"))


def at_path(document: object, path: str) -> object:
    """Return what stands at a dotted path, None where nothing does.

    A key may hold dots itself (`@odata.nextLink`): the longest that is there counts.
    """
    return next(_at(document, path.split(".")), None)


def _at(value: object, keys: list[str]) -> Iterator[object]:
    if not keys:
        yield value
    elif isinstance(value, dict):
        for length in range(len(keys), 0, -1):
            key = ".".join(keys[:length])
            if key in value:
                yield from _at(value[key], keys[length:])


def _is_nothing(value: object) -> bool:
    return value is None or value is False or value in ("", [], {})
