"""The list as pages, whichever way the server pages it, and how a list ends.

Paging never ends on a total or a short page, since servers are wrong about both, and always ends
(`docs/guarantees.md`, "The end of a list"): by an empty page, no next link, a status that says
"past the end", by the last page sent again. What leads round in circles is an error.

A sample takes pages from all over the list (`Spread`), to be more than the oldest people.
"""

from __future__ import annotations

import contextlib
import functools
import typing as t
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.date_filter import filters
from tap_compleetpersy.api.envelope import total
from tap_compleetpersy.api.messages import Answer, http_date
from tap_compleetpersy.api.paginators import (
    MAY_BE_PAST_END,
    Numbered,
    PageRequest,
    Paginator,
    Received,
    paginator_of,
)
from tap_compleetpersy.api.prefetch import InFlight, Ready, read_ahead
from tap_compleetpersy.api.unfolding import records_of
from tap_compleetpersy.errors import ApiError
from tap_compleetpersy.settings import Settings

_MOST_EMPTY_PAGES = 10
"""In a row, where a page without records may have a next one (a cursor, a link)."""

_MOST_IDLE_PAGES = 2
"""Pages in a row that bring nobody new: then the list leads round in circles."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the records, as the server sent them together.

    Attributes:
        number: From 1, in the order read, whatever the server calls the page.
        records: As decoded, perhaps no objects; the next page is compared with them.
        total: What the server says the whole list has, or None.
        server_time: The server's clock (header ``Date``), aware UTC, or None.
    """

    number: int
    records: list[object] = field(repr=False)
    total: int | None
    server_time: datetime | None


Identify = Callable[[object], Hashable]
"""What tells a record from others."""

Asked: t.TypeAlias = tuple[Received, Page]
Ask = Callable[[PageRequest, int], Asked]
"""Asks for the page of a request; the number is the page's."""


class CircleGuard:
    """Counts whom each page of a walk brings, and notices when they are none twice in a row."""

    def __init__(
        self,
        settings: Settings,
        identify: Identify = msgspec.json.encode,
        is_new: Callable[[t.Any], bool] | None = None,
    ) -> None:
        """Begin a walk.

        `is_new` says whether the walk meets an identity for the first time, and remembers it; by
        default the guard remembers them itself.
        """
        self._endless = paginator_of(settings).endless
        self._identify = identify
        self._is_new = is_new or self._add
        self._known: set[int] = set()
        self._idle = 0

    def take(self, page: Page) -> Page:
        """Return a page of the walk, counted; raise `PagingFailure` as `count` does."""
        self.count(map(self._identify, page.records))
        return page

    def count(self, identities: Iterable[Hashable], unreadable: int = 0) -> int:
        """Return how many records of a page the walk had not met before; unreadable ones are new.

        A second page in a row that has records, and none is new, raises `PagingFailure`.
        """
        met = [self._is_new(identity) for identity in identities]
        news = sum(met) + unreadable
        if news:
            self._idle = 0
        elif met:
            self._idle += 1
        if self._idle >= _MOST_IDLE_PAGES:
            raise self._endless()
        return news

    def _add(self, identity: Hashable) -> bool:
        before = len(self._known)
        self._known.add(hash(identity))
        return len(self._known) > before


def read_pages(  # noqa: PLR0913 - the contract with `sync`
    client: Client,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    path: str | None = None,
    params: Mapping[str, str] | None = None,
    prefetch: int = 0,
    spare: int = 0,
    ready: Ready | None = None,
) -> Generator[Page]:
    """Yield the pages of the list in the order of the server.

    The first page is always given, even without records: its ``server_time`` and
    ``total`` are wanted. An empty page that ends the list is not.

    Args:
        client: Asks the server; with ``prefetch`` siblings of it do. Its settings say how the
            server pages and filters.
        since: Lower bound on the updated time, aware, as of `filters`.
        until: Upper bound.
        path: Of the list below `api_url`; None for `candidates_path`.
        params: Further query parameters of every page.
        prefetch: Pages read ahead by a thread; closing the iterator ends it. Where pages have
            numbers, more than 1 are so many requests in flight.
        spare: Further pages to have ready, with `prefetch`.
        ready: A new queue, which shows whether a page is waiting.

    Raises:
        ApiError: When a page cannot be read, or the pages do not lead to an end.
    """
    settings = client.settings
    paginator = paginator_of(settings)
    wanted = {**(params or {}), **filters(settings, since, until)}
    first = paginator.first(path or settings.candidates_path, wanted)
    if not prefetch:
        yield from _walk(functools.partial(ask_page, client), paginator, first)
        return
    width = prefetch if paginator.is_numbered else 1
    flight = InFlight(client, ask_page, paginator, width)
    depth = (1 if width > 1 else prefetch) + spare
    yield from read_ahead(_walk(flight.ask, paginator, first), depth, flight.close, ready)


def ask_page(client: Client, request: PageRequest, number: int) -> Asked:
    """Return what came for one page, and the page; raise `ApiError` when it cannot be read."""
    answer, document = client.get_document(request.path_or_url, request.params)
    with _located(answer):
        found = records_of(document, client.settings)
    server_time = http_date(answer.headers.get("Date"))
    page = Page(number, found, total(document, answer.headers), server_time)
    return Received(request, answer, document, len(found)), page


def ask_further(
    ask: Ask, paginator: Paginator, request: PageRequest, number: int, previous: Page
) -> Asked | None:
    """Return a page after another one as `ask_page` does; None past the end of the list.

    The server says so by a status of `past_end_statuses`, or by its last page, sent again. Pages
    that repeat and cannot be the end raise `PagingFailure`.
    """
    try:
        received, page = ask(request, number)
    except ApiError as error:
        if paginator.is_past_end(error):
            return None
        if paginator.is_numbered and error.status in MAY_BE_PAST_END:
            error.advice += f" If the list ends so, add {error.status} to past_end_statuses."
        raise
    with _located(received.answer):
        return None if _is_repetition(page, previous, paginator) else (received, page)


def _walk(ask: Ask, paginator: Paginator, first: PageRequest) -> Iterator[Page]:
    request: PageRequest | None = first
    asked: Asked | None = ask(first, 1)
    seen: set[str | int] = {first.place}
    empty = 0
    while asked is not None:
        received, page = asked
        seen.add(received.answer.url)
        with _located(received.answer):
            request = paginator.following(received)
            empty = 0 if page.records else empty + 1
            if empty and request is not None and request.place == received.request.place:
                request = None  # an empty page that leads to itself is the end
            if request is not None and (request.place in seen or empty > _MOST_EMPTY_PAGES):
                raise paginator.endless()
        if page.records or page.number == 1 or request is not None:
            yield page
        if request is None:
            return
        seen.add(request.place)
        asked = ask_further(ask, paginator, request, page.number + 1, page)


@contextlib.contextmanager
def _located(answer: Answer) -> Iterator[None]:
    """Have errors name the path that answered."""
    try:
        yield
    except ApiError as error:
        error.path = answer.path
        raise


def _is_repetition(page: Page, previous: Page, paginator: Paginator) -> bool:
    """Whether a page is the one before it, sent again because the list has ended.

    Some servers answer their last page for ever. On the second page, that can be told from a
    server that ignores the number only where the first page was the whole list. Pages that repeat
    and cannot be the end raise `PagingFailure`, even while records change.
    """
    if not page.records:
        return False
    is_same = page.records == previous.records
    count = len(previous.records)
    is_whole = count < paginator.settings.page_size or count == previous.total
    if paginator.is_numbered and (previous.number > 1 or is_whole):
        return is_same
    if is_same or _is_mostly(page, previous):
        raise paginator.endless()
    return False


def _is_mostly(page: Page, previous: Page) -> bool:
    same = sum(
        isinstance(new, (dict, msgspec.Raw)) and new == old
        for new, old in zip(page.records, previous.records, strict=False)
    )
    return 2 * same > max(len(page.records), len(previous.records))


class Spread:
    """A list in an order of which every beginning is spread over the whole.

    Where pages have neither numbers nor offsets, the order is the server's.
    """

    def __init__(
        self,
        client: Client,
        *,
        since: datetime | None = None,
        identify: Identify = msgspec.json.encode,
    ) -> None:
        """Read the `first` page; raise `ApiError` when it cannot be read."""
        settings = client.settings
        self._ask = functools.partial(ask_page, client)
        self._paginator = paginator_of(settings)
        self._start = self._paginator.first(
            settings.candidates_path, filters(settings, since, None)
        )
        self._guard = CircleGuard(settings, identify)
        self._walk = read_pages(client, since=since)
        self.first = self._furthest = self._guard.take(next(self._walk))
        self._found = [self.first]

    @functools.cached_property
    def pages(self) -> int | None:
        """Number of pages that have records; None where only reading them all would tell."""
        if not self.first.records:
            return 0
        if not self._paginator.is_numbered:
            return None
        self._walk.close()
        return self._last()

    def __iter__(self) -> Iterator[Page]:
        """Yield every page once, the first one first, until the caller has enough."""
        yield self.first
        pages = self.pages
        yield from self._found[1:]
        if pages is None:
            yield from map(self._guard.take, self._walk)
            return
        read = {page.number for page in self._found}
        for number in spread(2, pages + 1):
            if number not in read:
                yield self._to(number)

    def _to(self, number: int) -> Page:
        """Return a page; one past the end is empty."""
        paginator = t.cast("Numbered", self._paginator)
        request = paginator.nth(self._start, number, len(self.first.records))
        asked = ask_further(self._ask, paginator, request, number, self._furthest)
        if asked is None:
            return Page(number, [], None, None)
        page = asked[1]
        if page.records and number > self._furthest.number:
            self._furthest = page
        return self._guard.take(page)

    def _last(self) -> int:
        """Return the number of the last page: that which the total tells, or one that is searched.

        The search doubles the number until a page is empty, and halves what is left. A total is
        believed when its last two pages have records and differ: servers are wrong about it.
        """
        told = -(-(self.first.total or 0) // len(self.first.records))
        last, empty, number = 1, None, 2
        if told > 1 and (told == 2 or self._has(told - 1)) and self._has(told):  # noqa: PLR2004
            last, number = told, told + 1
        while empty is None or empty - last > 1:
            if self._has(number):
                last = number
            else:
                empty = number
            number = last * 2 if empty is None else (last + empty) // 2
        return last

    def _has(self, number: int) -> bool:
        """Whether there is such a page; then it is one of those found."""
        page = self._to(number)
        if page.records:
            self._found.append(page)
        return bool(page.records)


def spread(start: int, stop: int) -> list[int]:
    """Return the numbers of a range in an order of which every beginning is spread over it.

    The order is van der Corput's: numbers sorted by their mirrored binary digits,
    counted from the end, since lists tend to have their newest records there.
    """
    count = max(stop - start, 0)
    digits = max(count - 1, 0).bit_length()
    order = sorted(range(count), key=lambda n: f"{n:0{digits}b}"[::-1])
    return [stop - 1 - n for n in order]
