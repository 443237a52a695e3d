"""The cases of the profiles hold every pair of options, and there are few of them."""

from __future__ import annotations

from tap_compleetpersy.sandbox.options import AUTHENTICATIONS, ORDERS, PAGINATIONS, SHAPES
from tests.profiles.options import CASES, OPTIONS, is_possible
from tests.profiles.pairs import all_pairs, pairs_in


def test_every_possible_pair_is_in_a_case() -> None:
    assert all_pairs(OPTIONS, is_possible) == set().union(*map(pairs_in, CASES))
    assert len(CASES) < 40


def test_no_case_is_impossible_or_adds_nothing() -> None:
    assert all(map(is_possible, CASES))
    for case in CASES:
        others = [pairs_in(other) for other in CASES if other is not case]
        assert not pairs_in(case) <= set().union(*others)


def test_every_choice_of_the_sandbox_is_among_the_options() -> None:
    chosen = [set(OPTIONS[name]) for name in ("shape", "pagination", "auth", "order")]
    assert chosen == list(map(set, (SHAPES, PAGINATIONS, AUTHENTICATIONS, ORDERS)))
