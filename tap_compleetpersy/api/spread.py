"""Pages from all over the list, for a sample that is not the oldest people only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.pages import Page, read_page, read_pages, refuse_repetition
from tap_compleetpersy.api.profile import Profile


def read_spread(
    client: Client, profile: Profile, *, since: datetime | None = None
) -> Iterator[Page]:
    """Read the list in an order of which every beginning is spread over the whole.

    Where pages have neither numbers nor offsets, the order is the server's.

    Args:
        client: Asks the server.
        profile: How the server pages and filters.
        since: Lower bound on the updated time, aware.

    Yields:
        Every page once, the first one first. The caller stops when it has enough.

    Raises:
        ApiError: When a page cannot be read.
    """
    pages = read_pages(client, profile, since=since)
    first = next(pages)
    yield first
    if profile.pagination not in {"page", "offset"} or not first.records:
        yield from pages
        return
    pages.close()
    jump = _Jump(client, profile, first, since)
    yield from jump.find_end()
    for number in spread(2, jump.end):
        if number not in jump.read:
            yield jump.to(number)


class _Jump:
    """Reads pages by number and remembers which.

    Attributes:
        read: Numbers of the pages that were read.
        end: Number after the last page that has records.
    """

    def __init__(
        self, client: Client, profile: Profile, first: Page, since: datetime | None
    ) -> None:
        self._client, self._profile, self._first, self._since = client, profile, first, since
        self.read = {1}
        self.end = 2

    def to(self, number: int) -> Page:
        size = len(self._first.records)
        page = read_page(self._client, self._profile, number, size, since=self._since)
        refuse_repetition(page.records, self._first.records, self._profile)
        self.read.add(number)
        return page

    def find_end(self) -> Iterator[Page]:
        """Ask after the end that the server tells; without one, search for it.

        The search doubles the number until a page is empty, and halves what is left. A
        total is believed when the page after it is empty: servers are wrong about it.
        """
        told = self._first.total
        number = 2 if told is None else max(-(-told // len(self._first.records)) + 1, 2)
        last, empty = 1, None
        while empty is None or (told is None and empty - last > 1):
            page = self.to(number)
            if page.records:
                last, told = number, None
                yield page
            else:
                empty = number
            number = last * 2 if empty is None else (last + empty) // 2
        self.end = empty


def spread(start: int, stop: int) -> list[int]:
    """Order the numbers of a range so that every beginning is spread over the range.

    The order is van der Corput's: numbers sorted by their mirrored binary digits,
    counted from the end, since lists tend to have their newest records there.
    """
    count = max(stop - start, 0)
    digits = max(count - 1, 0).bit_length()
    order = sorted(range(count), key=lambda n: f"{n:0{digits}b}"[::-1])
    return [stop - 1 - n for n in order]
