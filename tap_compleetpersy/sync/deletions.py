"""What a complete pass did not find any more, and whether to believe it."""

from __future__ import annotations

import typing as t
from collections.abc import Collection
from dataclasses import dataclass

from tap_compleetpersy.model.times import DAY
from tap_compleetpersy.sync.ledger import Ledger
from tap_compleetpersy.sync.ledger_columns import UNKNOWN_DAY

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.sync.ledger_columns import Keys

ALWAYS_PASS = 10
"""So many deletions are believed whatever the limit says (docs/guarantees.md)."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Known candidates that a complete pass did not read.

    Attributes:
        expired: Last updated before the pass's lower bound: out of scope, not deleted.
        deleted: In scope, hence deleted, unless the pass cannot be believed.
    """

    expired: tuple[str, ...]
    deleted: tuple[str, ...]


def missing(
    ledger: Ledger,
    read: Keys,
    dropped: Collection[str],
    lower_bound: Instant | None,
    scope_since: Instant | None,
) -> Missing:
    """Sort the candidates of a ledger that were not read.

    The ledger knows the day of the last update only. Where the scope has become
    smaller, a day that holds the new bound counts as before it, and so does an unknown
    one: a deletion is never claimed of someone who may live.

    Args:
        ledger: What is known.
        read: Candidates that the pass has read, as the ledger calls them.
        dropped: Those of them who count as missing, likewise.
        lower_bound: Of this pass; None for no bound.
        scope_since: The same of the last complete pass.
    """
    absent = [*ledger.absent(read), *filter(ledger.__contains__, sorted(dropped))]
    if lower_bound is None or (scope_since is not None and lower_bound <= scope_since):
        return Missing((), tuple(absent))
    expired: list[str] = []
    deleted: list[str] = []
    for candidate_id in absent:
        day = ledger[candidate_id].day
        is_outside = day == UNKNOWN_DAY or day * DAY < lower_bound
        (expired if is_outside else deleted).append(candidate_id)
    return Missing(tuple(expired), tuple(deleted))


def objection(deleted: int, known: int, limit_percent: float, *, answered: bool) -> str | None:
    """Return why a pass that misses some of the known candidates is not believed, or None.

    Args:
        deleted: How many would be deleted.
        known: How many were known before the pass.
        limit_percent: The setting ``deletion_limit_percent``.
        answered: Whether the pass read any candidate at all.
    """
    if not deleted:
        return None
    if not answered and limit_percent < 100:  # noqa: PLR2004 - percent
        return f"the API answered without any candidate, but {known} are known"
    if is_too_much(deleted, known, limit_percent):
        return f"{deleted} of {known} known candidates are missing"
    return None


def is_too_much(gone: int, known: int, limit_percent: float) -> bool:
    """Whether so many deletions of so many known records are more than the limit allows."""
    return gone > max(ALWAYS_PASS, known * limit_percent / 100)
