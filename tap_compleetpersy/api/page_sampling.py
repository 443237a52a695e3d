"""Pages from all over the list, for a sample that is not the oldest people only."""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Iterator
from datetime import datetime

import msgspec

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.date_filter import filters
from tap_compleetpersy.api.pages import (
    CircleGuard,
    Identify,
    Page,
    ask_further,
    ask_page,
    read_pages,
)
from tap_compleetpersy.api.paginators import Numbered, paginator_of
from tap_compleetpersy.settings import Settings


class Spread:
    """A list in an order of which every beginning is spread over the whole.

    Where pages have neither numbers nor offsets, the order is the server's.

    Attributes:
        first: The first page, read at once.
    """

    def __init__(
        self,
        client: Client,
        settings: Settings,
        *,
        since: datetime | None = None,
        identify: Identify = msgspec.json.encode,
    ) -> None:
        """Read the first page.

        Args:
            client: Asks the server.
            settings: Say how the server pages and filters.
            since: Lower bound on the updated time, aware.
            identify: What tells a record from others.

        Raises:
            ApiError: When a page cannot be read.
        """
        self._ask = functools.partial(ask_page, settings, client)
        self._paginator = paginator_of(settings)
        self._start = self._paginator.first(
            settings.candidates_path, filters(settings, since, None)
        )
        self._guard = CircleGuard(settings, identify)
        self._walk = read_pages(client, settings, since=since)
        self.first = self._furthest = self._guard.take(next(self._walk))
        self._found = [self.first]

    @functools.cached_property
    def pages(self) -> int | None:
        """Number of pages that have records; None where only reading them all would tell.

        Raises:
            ApiError: When a page cannot be read on the way to the last.
        """
        if not self.first.records:
            return 0
        if not self._paginator.is_numbered:
            return None
        self._walk.close()
        return self._last()

    def __iter__(self) -> Iterator[Page]:
        """Yield every page once, the first one first. The caller stops when it has enough.

        Raises:
            ApiError: When a page cannot be read.
        """
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
        """Read a page; one past the end is empty."""
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
        """Ask after the end that the server tells; without one, search for it.

        The search doubles the number until a page is empty, and halves what is left. A
        total is believed when the page after it is empty: servers are wrong about it.
        """
        told = self.first.total
        number = 2 if told is None else max(-(-told // len(self.first.records)) + 1, 2)
        last, empty = 1, None
        while empty is None or (told is None and empty - last > 1):
            page = self._to(number)
            if page.records:
                last, told = number, None
                self._found.append(page)
            else:
                empty = number
            number = last * 2 if empty is None else (last + empty) // 2
        return empty - 1


def spread(start: int, stop: int) -> list[int]:
    """Order the numbers of a range so that every beginning is spread over the range.

    The order is van der Corput's: numbers sorted by their mirrored binary digits,
    counted from the end, since lists tend to have their newest records there.
    """
    count = max(stop - start, 0)
    digits = max(count - 1, 0).bit_length()
    order = sorted(range(count), key=lambda n: f"{n:0{digits}b}"[::-1])
    return [stop - 1 - n for n in order]
