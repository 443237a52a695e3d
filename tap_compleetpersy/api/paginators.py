"""How a list is paged: one class for each style, with two methods.

`first` says how the first page is asked for, `following` what an answer says of the next one.
The walk over them is in `pages`; nothing else knows which style there is. A new style is one
class and one line of `PAGINATORS`.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tap_compleetpersy.api.answers import Answer, header
from tap_compleetpersy.api.errors import ApiError, PagingFailure
from tap_compleetpersy.api.links import next_link
from tap_compleetpersy.api.profile import Profile, joined


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Where a page is.

    Attributes:
        path_or_url: Path below `api_url`, or URL on the same server.
        params: Query parameters, not yet encoded.
        place: What tells this page from others: number, offset, cursor or link.
    """

    path_or_url: str
    params: Mapping[str, str]
    place: str | int

    def moved(self, param: str, place: str | int) -> PageRequest:
        """Return the request of the page at another place."""
        return PageRequest(self.path_or_url, {**self.params, param: str(place)}, place)


@dataclass(frozen=True, slots=True)
class Received:
    """What came for a page.

    Attributes:
        request: That was sent.
        answer: To it.
        document: Its content, decoded.
        count: Of its records.
    """

    request: PageRequest
    answer: Answer
    document: object
    count: int


class Paginator(t.Protocol):
    """One style of paging, under the settings of a tenant."""

    def first(self, path: str, wanted: Mapping[str, str]) -> PageRequest:
        """Return the request of the first page.

        Args:
            path: Of the list.
            wanted: Query parameters of every page.
        """

    def following(self, page: Received) -> PageRequest | None:
        """Return the request of the page after one, None at the end of the list.

        Raises:
            PagingFailure: When the answer says what cannot be followed.
        """

    def endless(self) -> PagingFailure:
        """Return the error for pages that lead to no end."""


@dataclass(frozen=True, slots=True)
class _Style:
    profile: Profile

    def sized(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """Return the parameters of a page, its size included."""
        size = self.profile.page_size_param
        return {**wanted, size: str(self.profile.page_size)} if size else dict(wanted)

    def first(self, path: str, wanted: Mapping[str, str]) -> PageRequest:
        return PageRequest(path, self.sized(wanted), "")


@dataclass(frozen=True, slots=True)
class Numbered(_Style):
    """Pages that can be asked for out of turn; the server decides what lies past the end."""

    def nth(self, first: PageRequest, number: int, size: int) -> PageRequest:
        """Return the request of a page.

        Args:
            first: The request of the first one.
            number: Of the page, from 1.
            size: Records of the first page, hence of those before this one.
        """
        raise NotImplementedError

    def following(self, page: Received) -> PageRequest | None:
        """Return the request of the page after one, which needs its number of records only."""
        raise NotImplementedError

    def is_past_end(self, error: ApiError) -> bool:
        """Whether an error is the server's way to say that there is no such page."""
        return error.status in self.profile.past_end_statuses


class ByPage(Numbered):
    """`?page=2&per_page=100`."""

    def first(self, path: str, wanted: Mapping[str, str]) -> PageRequest:
        """Return the request of the page `first_page`."""
        profile = self.profile
        request = PageRequest(path, self.sized(wanted), "")
        return request.moved(profile.page_param, profile.first_page)

    def following(self, page: Received) -> PageRequest | None:
        """Return the request of the next number; an empty page is the end."""
        if not page.count:
            return None
        return page.request.moved(self.profile.page_param, int(page.request.place) + 1)

    def nth(self, first: PageRequest, number: int, size: int) -> PageRequest:  # noqa: ARG002
        """Return the request of a page; its size does not matter."""
        return first.moved(self.profile.page_param, self.profile.first_page + number - 1)

    def endless(self) -> PagingFailure:
        """Return the error for a server that ignores the number."""
        return _endless("a page repeats, the page number seems ignored", "page_param")


class ByOffset(Numbered):
    """`?offset=100&limit=100`."""

    def first(self, path: str, wanted: Mapping[str, str]) -> PageRequest:
        """Return the request at offset 0."""
        return PageRequest(path, self.sized(wanted), "").moved(self.profile.offset_param, 0)

    def following(self, page: Received) -> PageRequest | None:
        """Return the request after the records that came; an empty page is the end."""
        if not page.count:
            return None
        after = int(page.request.place) + page.count
        return page.request.moved(self.profile.offset_param, after)

    def nth(self, first: PageRequest, number: int, size: int) -> PageRequest:
        """Return the request of a page."""
        return first.moved(self.profile.offset_param, (number - 1) * size)

    def endless(self) -> PagingFailure:
        """Return the error for a server that ignores the offset."""
        return _endless("a page repeats, the offset seems ignored", "offset_param")


class ByCursor(_Style):
    """`?cursor=abc`, where each answer names the next one at `next_cursor_path`."""

    def following(self, page: Received) -> PageRequest | None:
        """Return the request of the next cursor; none is the end."""
        value = at_path(page.document, self.profile.next_cursor_path)
        if _is_nothing(value):
            return None
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return page.request.moved(self.profile.cursor_param, str(value))
        what = "the next cursor is no text"
        raise PagingFailure(what, "Check the settings next_cursor_path and pagination.")

    def endless(self) -> PagingFailure:
        """Return the error for cursors that lead round in circles."""
        return _endless("the cursors lead to no end", "cursor_param, next_cursor_path")


LINK_PLACES: t.Final = (
    "links.next",
    "_links.next",
    "next_page_url",
    "hydra:view.hydra:next",
    "view.next",
    "@odata.nextLink",
)
"""Where frameworks have the next URL; as an object it has it in `href`."""


class ByLink(_Style):
    """The server names the next URL: at `next_link_path`, in a header, or where it is usual."""

    def following(self, page: Received) -> PageRequest | None:
        """Return the request of the next link; none is the end.

        Raises:
            PagingFailure: When it leaves the server, which must not get the key.
        """
        target = self.target(page.answer.headers, page.document)
        if target is None:
            return None
        url = joined(page.answer.url, target)
        if url is None:
            what = "the next link leads to another server"
            raise PagingFailure(what, "The key is not sent there. Check pagination and api_url.")
        return PageRequest(url, {}, url)

    def endless(self) -> PagingFailure:
        """Return the error for links that lead round in circles."""
        return _endless("the next links lead to no end", "next_link_path")

    def target(self, headers: Mapping[str, str], document: object) -> str | None:
        """Return the next URL as it stands in an answer, None at the end."""
        if path := self.profile.next_link_path:
            return link_at(document, path)
        in_header = next_link(header(headers, "Link"))
        found = (link_at(document, place) for place in LINK_PLACES)
        return in_header or next(filter(None, found), None)


class AtOnce(_Style):
    """The whole list in one answer."""

    def first(self, path: str, wanted: Mapping[str, str]) -> PageRequest:
        """Return the only request."""
        return PageRequest(path, dict(wanted), "")

    def following(self, page: Received) -> PageRequest | None:  # noqa: ARG002 - nothing follows
        """Return nothing."""
        return None

    def endless(self) -> PagingFailure:
        """Return the error that one page cannot raise."""
        return _endless("the page repeats", "records_path")


PAGINATORS: t.Final[Mapping[str, Callable[[Profile], Paginator]]] = {
    "page": ByPage,
    "offset": ByOffset,
    "cursor": ByCursor,
    "link": ByLink,
    "none": AtOnce,
}


def paginator_of(profile: Profile) -> Paginator:
    """Return the paginator that the setting `pagination` names."""
    return PAGINATORS[profile.pagination](profile)


def is_numbered(profile: Profile) -> bool:
    """Whether pages have numbers or offsets, so that a deletion behind the reader shifts them."""
    return isinstance(paginator_of(profile), Numbered)


def link_at(document: object, path: str) -> str | None:
    """Return the URL at a dotted path of a document, or in `href` of an object there.

    Raises:
        PagingFailure: When something else than a text stands there.
    """
    value = at_path(document, path)
    if isinstance(value, dict):
        value = value.get("href")
    if _is_nothing(value):
        return None
    if isinstance(value, str):
        return value.strip() or None
    what = "the next link is no text"
    raise PagingFailure(what, "Check the settings next_link_path and pagination.")


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


def _endless(what: str, settings: str) -> PagingFailure:
    advice = f"Check the settings {settings} and pagination; if there is one page only: "
    return PagingFailure(what, f"{advice}pagination: none.")
