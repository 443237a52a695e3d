"""Some of the candidates, for discovery and the Explorer: the newest, and from all over.

Half of a sample are the candidates updated last, where the server filters by time: new
custom fields are on them. The rest is spread over the list, and over at least ten pages of
it. No one in it is older than the cutoff.
"""

from __future__ import annotations

import itertools
import time
import typing as t
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from tap_compleetpersy.api.pages import CircleGuard, Identify, read_pages
from tap_compleetpersy.api.profile import profile_of
from tap_compleetpersy.api.spread import Spread
from tap_compleetpersy.model.candidate import UnreadableRecord
from tap_compleetpersy.sync.ledger import DAY
from tap_compleetpersy.sync.plan import cutoff_of
from tap_compleetpersy.sync.reading import Seen, compile_read, is_within, rules_of

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.client import Client
    from tap_compleetpersy.api.pages import Page
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import Settings

LAST_DAYS = (28, 448)
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
    known: set[str] = set()

    def new(records: Iterable[object], most: int | None) -> Iterator[Seen]:
        fresh = (seen for seen in read(records) if seen.candidate.remote_id not in known)
        room = None if most is None else max(most - len(known), 0)
        for seen in itertools.islice(fresh, room):
            known.add(seen.candidate.remote_id)
            yield seen

    def walk(since: datetime | None, prefetch: int = 0) -> Iterator[object]:
        guard = CircleGuard(profile, identify)
        for page in read_pages(client, profile, since=since, prefetch=prefetch):
            yield from guard.take(page).records

    identify = _compile_identify(settings)
    if wanted is None:
        yield from new(walk(since, settings.prefetch_pages), None)
        return

    left: list[object] = []

    def share(pages: Iterable[Page]) -> Iterator[object]:
        for page in pages:
            size = -(-wanted // _PAGES)
            step = -(-len(page.records) // size) or 1
            left.extend(r for number, r in enumerate(page.records) if number % step)
            yield from page.records[::step]

    spread = Spread(client, profile, since=since, identify=identify)
    yield from new(share([spread.first]), wanted)
    for days in _last_days(settings, spread, wanted):
        newer = _moment(max(now - days * DAY, cutoff or 0))
        yield from new(walk(newer), wanted // 2)
    yield from new(share(itertools.islice(spread, 1, None)), wanted)
    yield from new(left, wanted)


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


def _compile_identify(settings: Settings) -> Identify:
    read_one = compile_read(rules_of(settings), is_quick=False)

    def identify(record: object) -> Hashable:
        try:
            return read_one(record).candidate.remote_id
        except UnreadableRecord:
            return msgspec.json.encode(record)

    return identify


def _compile_read(
    settings: Settings, cutoff: Instant | None
) -> t.Callable[[Iterable[object]], Iterator[Seen]]:
    read_one = compile_read(rules_of(settings), is_quick=False)

    def read(records: Iterable[object]) -> Iterator[Seen]:
        for record in records:
            try:
                seen = read_one(record)
            except UnreadableRecord:
                continue
            if cutoff is None or is_within(seen.candidate, cutoff):
                yield seen

    return read


def _moment(instant: Instant) -> datetime:
    return datetime.fromtimestamp(instant / 1000, tz=UTC)
