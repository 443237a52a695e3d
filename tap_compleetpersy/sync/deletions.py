"""What a complete pass did not find any more, and whether to believe it."""

from __future__ import annotations

import typing as t
from collections.abc import Collection
from dataclasses import dataclass

from tap_compleetpersy.sync.ledger import DAY, UNKNOWN_DAY, Ledger

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.times import Instant

ALWAYS_PASS = 10
"""So many deletions are believed whatever the limit says (design, §1)."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Known candidates that a complete pass did not read.

    Attributes:
        expired: Last updated before the pass's lower bound: out of scope, not deleted.
        deleted: In scope, hence deleted, unless the pass cannot be believed.
    """

    expired: tuple[str, ...]
    deleted: tuple[str, ...]


def missing(ledger: Ledger, read: Collection[str], lower_bound: Instant | None) -> Missing:
    """Sort the candidates of a ledger that were not read.

    The ledger knows the day of the last update only. A day that holds the lower bound
    counts as before it: a deletion must never be claimed of someone who expired.
    """
    expired: list[str] = []
    deleted: list[str] = []
    for candidate_id, entry in ledger.items():
        if candidate_id not in read:
            out_of_scope = (
                lower_bound is not None
                and entry.day != UNKNOWN_DAY
                and entry.day * DAY < lower_bound
            )
            (expired if out_of_scope else deleted).append(candidate_id)
    return Missing(tuple(expired), tuple(deleted))


def objection(deleted: int, known: int, limit_percent: float, *, answered: bool) -> str | None:
    """Say why a pass that misses candidates is not believed, or answer None.

    Args:
        deleted: Candidates that would be deleted.
        known: Candidates of the ledger before the pass.
        limit_percent: The setting ``deletion_limit_percent``.
        answered: Whether the pass read any candidate at all.
    """
    if not deleted:
        return None
    if not answered and limit_percent < 100:  # noqa: PLR2004 - percent
        return f"the API answered without any candidate, but {known} are known"
    if deleted > max(ALWAYS_PASS, known * limit_percent / 100):
        return f"{deleted} of {known} known candidates are missing"
    return None
