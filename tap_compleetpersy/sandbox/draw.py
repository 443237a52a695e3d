"""Seeded draws: the same seed gives the same answers on every machine."""

from __future__ import annotations

import random
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Sequence

T = t.TypeVar("T")


class Draw(random.Random):
    """A seeded source of randomness with the three questions that this package asks.

    They are faster than ``choice`` and ``randint``, which matters for a million people.
    """

    def pick(self, pool: Sequence[T]) -> T:
        """Return any element of a pool that is not empty."""
        return pool[int(self.random() * len(pool))]

    def chance(self, probability: float) -> bool:
        """Whether something happens that does so with this probability (0 to 1)."""
        return self.random() < probability

    def below(self, limit: int) -> int:
        """Return an integer from 0 up to the limit, exclusive."""
        return int(self.random() * limit)
