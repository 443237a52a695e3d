"""Some of the candidates, for discovery and the Explorer: the newest, and from all over.

Half of a sample are the candidates updated last, where the server filters by time: new
custom fields are on them. The rest is spread over the list, and over at least ten pages of
it. No one in it is older than the cutoff.
"""

from __future__ import annotations

import contextlib
import itertools
import time
import typing as t
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from tap_compleetpersy.api.page_sampling import Spread
from tap_compleetpersy.api.pages import CircleGuard, read_pages
from tap_compleetpersy.model.candidate import ReadCandidate, UnreadableRecord
from tap_compleetpersy.sync.ledger import DAY
from tap_compleetpersy.sync.plan import cutoff_of
from tap_compleetpersy.sync.reading import compile_read, is_within, require_times, rules_of

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.client import Client
    from tap_compleetpersy.api.pages import Page
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import Settings

LAST_DAYS = (28, 448)
"""How far back the newest are asked for, until there are enough."""

_PAGES = 10
"""A sample comes from so many pages or more, if the list has them."""


def read_sample(client: Client, settings: Settings, wanted: int | None) -> Iterator[ReadCandidate]:
    """Read different candidates within the cutoff.

    Args:
        client: Asks the server.
        settings: The settings of the tenant.
        wanted: The most to read; None for everyone, in the order of the server.

    Yields:
        The candidates. Unreadable records are left out: the sync counts them.

    Raises:
        ApiError: When a page cannot be read: half a sample would be half a catalog.
        SettingsError: When there is a cutoff, and no update time can be read.
    """
    now = time.time_ns() // 1_000_000
    cutoff = cutoff_of(settings, now)
    since = None if cutoff is None else _moment(cutoff)
    sample = _Sample(client, settings, cutoff)
    if wanted is None:
        yield from sample.new(sample.walk(since, settings.prefetch_pages), None)
        return

    left: list[object] = []

    def share(pages: Iterable[Page]) -> Iterator[object]:
        for page in pages:
            size = -(-wanted // _PAGES)
            step = -(-len(page.records) // size) or 1
            left.extend(r for number, r in enumerate(page.records) if number % step)
            yield from page.records[::step]

    spread = Spread(client, settings, since=since, identify=sample.identify)
    sample.check_times(spread.first)
    yield from sample.new(share([spread.first]), wanted)
    if len(sample.known) >= wanted:
        return
    for days in _last_days(settings, spread, wanted):
        newer = _moment(max(now - days * DAY, cutoff or 0))
        yield from sample.new(sample.walk(newer), wanted // 2)
    yield from sample.new(share(itertools.islice(spread, 1, None)), wanted)
    yield from sample.new(left, wanted)


class _Sample:
    """Who was chosen so far, and the reading of others.

    Attributes:
        known: Remote ids of those chosen.
    """

    def __init__(self, client: Client, settings: Settings, cutoff: Instant | None) -> None:
        self._settings = settings
        self.known: set[str] = set()
        self._client, self._cutoff = client, cutoff
        self._read = compile_read(rules_of(settings))

    def new(self, records: Iterable[object], most: int | None) -> Iterator[ReadCandidate]:
        """Yield those who are new and within the cutoff, until there are enough."""
        fresh = (
            seen
            for seen in self.read(records)
            if seen.candidate.remote_id not in self.known
            and is_within(seen.candidate.updated_at, self._cutoff)
        )
        room = None if most is None else max(most - len(self.known), 0)
        for seen in itertools.islice(fresh, room):
            self.known.add(seen.candidate.remote_id)
            yield seen

    def read(self, records: Iterable[object]) -> Iterator[ReadCandidate]:
        """Yield the candidates among records."""
        for record in records:
            with contextlib.suppress(UnreadableRecord):
                yield self._read(record)

    def identify(self, record: object) -> Hashable:
        """Return what tells a record from others: the id of a candidate, else all of it."""
        seen = next(self.read([record]), None)
        return msgspec.json.encode(record) if seen is None else seen.candidate.remote_id

    def walk(self, since: datetime | None, prefetch: int = 0) -> Iterator[object]:
        """Yield the records of the list, in the order of the server."""
        guard = CircleGuard(self._settings, self.identify)
        for page in read_pages(self._client, self._settings, since=since, prefetch=prefetch):
            if page.number == 1:
                self.check_times(page)
            yield from guard.take(page).records

    def check_times(self, first: Page) -> None:
        """Raise when a cutoff cannot be kept: no update time of a first page can be read."""
        if self._cutoff is not None:
            updated = [seen.candidate.updated_at for seen in self.read(first.records)]
            require_times(updated, self._cutoff)


def _last_days(settings: Settings, spread: Spread, wanted: int) -> Sequence[int]:
    """Return how far back to ask for the newest: not at all where everyone is wanted.

    Each walk may read again whom another has read, so a list whose length is not known has one:
    a sample sends at most twice as many requests as the list has pages, and twenty.
    """
    if not settings.modified_since_param or spread.pages == 0:
        return ()
    if spread.pages is None:
        return LAST_DAYS[:1]
    is_more = (spread.pages - 1) * len(spread.first.records) >= wanted
    return LAST_DAYS if is_more else ()


def _moment(instant: Instant) -> datetime:
    return datetime.fromtimestamp(instant / 1000, tz=UTC)
