"""Some of the candidates, for discovery and the Explorer: the newest, and from all over.

Half of a sample are the candidates updated last, where the server filters by time: new
custom fields are on them. The rest is spread over the list, and over at least ten pages of
it. No one in it is older than the cutoff.
"""

from __future__ import annotations

import itertools
import time
import typing as t
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from tap_compleetpersy.api.pages import read_pages
from tap_compleetpersy.api.profile import profile_of
from tap_compleetpersy.api.spread import read_spread
from tap_compleetpersy.model.candidate import UnreadableRecord
from tap_compleetpersy.sync.ledger import DAY
from tap_compleetpersy.sync.plan import cutoff_of
from tap_compleetpersy.sync.reading import Seen, compile_read, is_older, rules_of

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.client import Client
    from tap_compleetpersy.api.pages import Page
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import Settings

LAST_DAYS = (7, 28, 112, 448)
"""How far back the newest are asked for, until there are enough."""

_PAGES = 10
"""A sample comes from so many pages or more, if the list has them."""


def read_sample(client: Client, settings: Settings, wanted: int | None) -> Iterator[Seen]:
    """Read different candidates within the cutoff.

    Args:
        client: Asks the server.
        settings: The settings of the tenant.
        wanted: The most to read; None for everyone, in the order of the server.

    Yields:
        The candidates. Unreadable records are left out: the sync counts them.

    Raises:
        ApiError: When a page cannot be read: half a sample would be half a catalog.
    """
    now = time.time_ns() // 1_000_000
    cutoff = cutoff_of(settings, now)
    since = None if cutoff is None else _moment(cutoff)
    read = _compile_read(settings, cutoff)
    profile = profile_of(settings)
    if wanted is None:
        for page in read_pages(client, profile, since=since, prefetch=settings.prefetch_pages):
            yield from read(page.records)
        return

    known: set[str] = set()
    left: list[object] = []

    def new(records: Iterable[object], most: int) -> Iterator[Seen]:
        fresh = (seen for seen in read(records) if seen.candidate.remote_id not in known)
        for seen in itertools.islice(fresh, max(most - len(known), 0)):
            known.add(seen.candidate.remote_id)
            yield seen

    def share(pages: Iterable[Page]) -> Iterator[object]:
        for page in pages:
            size = -(-wanted // _PAGES)
            step = -(-len(page.records) // size) or 1
            left.extend(r for number, r in enumerate(page.records) if number % step)
            yield from page.records[::step]

    pages = read_spread(client, profile, since=since)
    first = next(pages)
    yield from new(share([first]), wanted)
    if profile.modified_since_param and (first.total is None or first.total > wanted):
        for days in LAST_DAYS:
            newer = _moment(max(now - days * DAY, cutoff or 0))
            newest = (r for page in read_pages(client, profile, since=newer) for r in page.records)
            yield from new(newest, wanted // 2)
    yield from new(share(pages), wanted)
    yield from new(left, wanted)


def _compile_read(
    settings: Settings, cutoff: Instant | None
) -> t.Callable[[Iterable[object]], Iterator[Seen]]:
    read_one = compile_read(rules_of(settings))

    def read(records: Iterable[object]) -> Iterator[Seen]:
        for record in records:
            try:
                seen = read_one(record)
            except UnreadableRecord:
                continue
            if cutoff is None or not is_older(seen.candidate, cutoff):
                yield seen

    return read


def _moment(instant: Instant) -> datetime:
    return datetime.fromtimestamp(instant / 1000, tz=UTC)
