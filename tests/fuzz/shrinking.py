"""From a payload that breaks something to the smallest one that breaks the same."""

from __future__ import annotations

import itertools
import typing as t
from collections.abc import Callable, Iterator, Sequence

T = t.TypeVar("T")
Json: t.TypeAlias = t.Any

MOST_TRIES = 5000


def smallest(record: Json, still_breaks: Callable[[Json], bool]) -> Json:
    """Take away what is not needed, piece by piece; after many tries it is small enough."""
    tries = itertools.count()
    while smaller := next(
        ([one] for one in _smaller(record) if next(tries) < MOST_TRIES and still_breaks(one)), None
    ):
        (record,) = smaller
    return record


def _smaller(value: Json) -> Iterator[Json]:
    if isinstance(value, dict):
        yield from value.values()
        for key in value:
            yield {other: item for other, item in value.items() if other != key}
        for key, item in value.items():
            for smaller in _smaller(item):
                yield {**value, key: smaller}
    elif isinstance(value, list):
        yield from value
        for place, item in enumerate(value):
            yield value[:place] + value[place + 1 :]
            for smaller in _smaller(item):
                yield [*value[:place], smaller, *value[place + 1 :]]
    elif isinstance(value, str) and len(value) > 1:
        yield value[: len(value) // 2]
        yield value[len(value) // 2 :]


def fewest(items: Sequence[T], still_breaks: Callable[[Sequence[T]], bool]) -> list[T]:
    """Leave out what is not needed: many items at a time, then fewer, then single ones."""
    kept, size = [*items], len(items)
    while size := size // 2:
        for start in reversed(range(0, len(kept), size)):
            others = kept[:start] + kept[start + size :]
            if others and still_breaks(others):
                kept = others
    return kept
