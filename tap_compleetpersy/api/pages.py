"""The list as pages, whichever way the server pages it, and how a list ends.

Paging never ends on a total or a short page, since servers are wrong about both, and always ends
(`docs/guarantees.md`, the end of a list): by an empty page, by no next link, by a status that says
"past the end", by the last page sent again. What leads round in circles is an error.
"""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Callable, Generator, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from tap_compleetpersy.api.ahead import Ready, read_ahead
from tap_compleetpersy.api.answers import header, http_date
from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.envelope import records, total
from tap_compleetpersy.api.errors import ApiError
from tap_compleetpersy.api.paginators import Numbered, PageRequest, Received, paginator_of
from tap_compleetpersy.api.prefetch import InFlight
from tap_compleetpersy.api.profile import Profile, filters

_MOST_EMPTY_PAGES = 10
"""In a row, where a page without records may have a next one (a cursor, a link)."""

_MOST_IDLE_PAGES = 2
"""Pages in a row that bring nobody new: then the list leads round in circles."""


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


Identify = Callable[[object], Hashable]
"""What tells a record from others."""


class CircleGuard:
    """Notices pages that bring only what was read before, in whatever order it comes."""

    def __init__(self, profile: Profile, identify: Identify = msgspec.json.encode) -> None:
        """Begin a walk.

        Args:
            profile: Of the list.
            identify: What tells a record from others; by default all of it.
        """
        self._endless = paginator_of(profile).endless
        self._identify = identify
        self._known: set[int] = set()
        self._idle = 0

    def take(self, page: Page) -> Page:
        """Return a page of the walk.

        Raises:
            PagingFailure: When it is the second in a row that brings nothing new.
        """
        if page.records:
            before = len(self._known)
            self._known.update(hash(self._identify(record)) for record in page.records)
            self.note(brings_news=len(self._known) > before)
        return page

    def note(self, *, brings_news: bool) -> None:
        """Take note of a page that has records, for who knows what was read before.

        Raises:
            PagingFailure: As of `take`.
        """
        self._idle = 0 if brings_news else self._idle + 1
        if self._idle >= _MOST_IDLE_PAGES:
            raise self._endless()


def read_pages(  # noqa: PLR0913 - the contract with `sync`
    client: Client,
    profile: Profile,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    path: str | None = None,
    params: Mapping[str, str] | None = None,
    prefetch: int = 0,
    spare: int = 0,
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
        prefetch: Pages read ahead by a thread; closing the iterator ends it. Where pages have
            numbers, more than 1 are so many requests in flight.
        spare: Further pages to have ready, with `prefetch`.
        ready: A new queue, for who wants to see whether a page is waiting.

    Yields:
        The pages, in the order of the server.

    Raises:
        ApiError: When a page cannot be read, or the pages do not lead to an end.
    """
    wanted = {**(params or {}), **filters(profile, since, until)}
    first = path or profile.candidates_path
    paginator = paginator_of(profile)

    def ask(asking: Client, request: PageRequest, number: int) -> tuple[Received, Page]:
        return _ask(asking, profile, request, number)

    if prefetch > 1 and isinstance(paginator, Numbered):
        flight = InFlight(client, ask, paginator, prefetch)
        walk = _walk(flight.ask, profile, first, wanted)
        yield from read_ahead(walk, 1 + spare, flight.close, ready)
    elif prefetch > 0:
        sibling = client.sibling()
        walk = _walk(functools.partial(ask, sibling), profile, first, wanted)
        yield from read_ahead(walk, prefetch + spare, sibling.close, ready)
    else:
        yield from _walk(functools.partial(ask, client), profile, first, wanted)


def read_page(
    client: Client, profile: Profile, number: int, size: int, *, since: datetime | None = None
) -> Page:
    """Read one page out of turn, where pages have numbers or offsets.

    Args:
        client: Asks the server.
        profile: How the server pages and filters: by a `Numbered` style.
        number: Of the page, from 2.
        size: Records of the first page, hence of those before this one.
        since: As of `read_pages`.

    Returns:
        The page; one without records when the server says that it lies past the end.

    Raises:
        ApiError: When the page cannot be read.
    """
    paginator = t.cast("Numbered", paginator_of(profile))
    first = paginator.first(profile.candidates_path, filters(profile, since, None))
    try:
        return _ask(client, profile, paginator.nth(first, number, size), number)[1]
    except ApiError as error:
        if is_past_end(profile, error):
            return Page(number, [], None, None)
        raise


def _ask(
    client: Client, profile: Profile, request: PageRequest, number: int
) -> tuple[Received, Page]:
    answer, document = client.get_document(request.path_or_url, request.params)
    try:
        found = records(document, profile.records_path)
    except ApiError as error:
        error.path = answer.path
        raise
    server_time = http_date(header(answer.headers, "Date"))
    page = Page(number, found, total(document, answer.headers), server_time, answer.body)
    return Received(request, answer, document, len(found)), page


def _walk(
    ask: Callable[[PageRequest, int], tuple[Received, Page]],
    profile: Profile,
    path: str,
    wanted: Mapping[str, str],
) -> Iterator[Page]:
    paginator = paginator_of(profile)
    request: PageRequest | None = paginator.first(path, wanted)
    seen: set[str | int] = set()
    previous: Page | None = None
    number, empty = 0, 0
    while request is not None:
        seen.add(request.place)
        number += 1
        try:
            received, page = ask(request, number)
        except ApiError as error:
            if previous is not None and is_past_end(profile, error):
                return
            raise
        seen.add(received.answer.url)
        try:
            if is_repetition(page, previous, profile):
                return
            request = paginator.following(received)
            empty = 0 if page.records else empty + 1
            if request is not None and (request.place in seen or empty > _MOST_EMPTY_PAGES):
                raise paginator.endless()
        except ApiError as error:
            error.path = received.answer.path
            raise
        if page.records or number == 1 or request is not None:
            yield page
        previous = page


def is_past_end(profile: Profile, error: ApiError) -> bool:
    """Whether an error in answer to a further page says that the list has ended."""
    paginator = paginator_of(profile)
    return isinstance(paginator, Numbered) and paginator.is_past_end(error)


def is_repetition(page: Page, previous: Page | None, profile: Profile) -> bool:
    """Whether a page is the one before it, sent again because the list has ended.

    Some servers answer their last page for ever. On the second page, that can be told from a
    server that ignores the number only where the first page was the whole list.

    Args:
        page: As read.
        previous: The page before it; None for the first one.
        profile: How the server pages.

    Raises:
        PagingFailure: When pages repeat that cannot be the end, even while records change.
    """
    if previous is None or not page.records:
        return False
    is_same = page.records == previous.records
    paginator = paginator_of(profile)
    if not isinstance(paginator, Numbered):
        if is_same or _is_mostly(page, previous):
            raise paginator.endless()
        return False
    if previous.number > 1:
        return is_same
    told = previous.total
    if len(previous.records) < profile.page_size or len(previous.records) == told:
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
