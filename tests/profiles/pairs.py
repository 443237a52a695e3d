"""Few cases that hold every pair of options: a greedy covering array."""

from __future__ import annotations

import itertools
import typing as t
from collections.abc import Callable, Mapping, Sequence

Case: t.TypeAlias = dict[str, t.Any]
Pair: t.TypeAlias = frozenset[tuple[str, t.Any]]


def all_pairs(
    options: Mapping[str, Sequence[t.Any]], possible: Callable[[Case], bool]
) -> set[Pair]:
    """Name each pair of values of two options, but for those that cannot be."""
    return {
        frozenset({(first, one), (second, other)})
        for first, second in itertools.combinations(options, 2)
        for one in options[first]
        for other in options[second]
        if possible({first: one, second: other})
    }


def pairs_in(case: Case) -> set[Pair]:
    """Name the pairs that one case holds."""
    return {frozenset(pair) for pair in itertools.combinations(case.items(), 2)}


def covering_cases(
    options: Mapping[str, Sequence[t.Any]], possible: Callable[[Case], bool]
) -> list[Case]:
    """Choose cases until every possible pair is in one; the same options give the same cases.

    Args:
        options: Values of each option.
        possible: Whether some of the options can be together.
    """
    missing = all_pairs(options, possible)
    cases: list[Case] = []
    while missing:
        case = dict(min(missing, key=lambda pair: sorted(map(repr, pair))))
        for name in options:
            if name not in case:
                candidates = [case | {name: value} for value in options[name]]
                case = max(filter(possible, candidates), key=lambda c: len(pairs_in(c) & missing))
        missing -= pairs_in(case)
        cases.append({name: case[name] for name in options})
    return cases
