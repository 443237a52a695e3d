"""What is missing, and whether a pass that misses it is believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.model.times import DAY
from tap_compleetpersy.sync.deletions import Missing, missing, objection
from tap_compleetpersy.sync.ledger import Ledger
from tap_compleetpersy.sync.ledger_columns import UNKNOWN_DAY, Entry, Keys

LEDGER = {
    "old": Entry(100, ()),
    "edge": Entry(200, ()),
    "new": Entry(300, ()),
    "dateless": Entry(UNKNOWN_DAY, ()),
}


def found(read: set[str], lower_bound: int | None, scope_since: int | None) -> Missing:
    return missing(Ledger(LEDGER), Keys.of(read), (), lower_bound, scope_since)


@pytest.mark.parametrize(
    ("read", "lower_bound", "scope_since", "expected"),
    [
        pytest.param(set(LEDGER), None, None, Missing((), ()), id="nothing"),
        pytest.param({"old", "edge"}, None, None, Missing((), ("dateless", "new")), id="deleted"),
        pytest.param(
            {"new"},
            200 * DAY,
            None,
            Missing(("dateless", "old"), ("edge",)),
            id="a-smaller-scope-expires",
        ),
        pytest.param(
            {"new"},
            200 * DAY + 1,
            None,
            Missing(("dateless", "edge", "old"), ()),
            id="a-day-in-doubt-expires",
        ),
        pytest.param(
            {"new"},
            200 * DAY + 1,
            200 * DAY + 1,
            Missing((), ("dateless", "edge", "old")),
            id="the-same-scope-hides-nobody",
        ),
        pytest.param(
            {"new"},
            100 * DAY,
            200 * DAY,
            Missing((), ("dateless", "edge", "old")),
            id="a-larger-scope-hides-nobody",
        ),
        pytest.param(
            {"new"},
            200 * DAY,
            150 * DAY,
            Missing(("dateless", "old"), ("edge",)),
            id="a-rolling-cutoff",
        ),
    ],
)
def test_missing_candidates_are_expired_or_deleted(
    read: set[str], lower_bound: int | None, scope_since: int | None, expected: Missing
) -> None:
    assert found(read, lower_bound, scope_since) == expected


def test_whoever_is_dropped_counts_as_missing() -> None:
    those = missing(Ledger(LEDGER), Keys.of(LEDGER), {"new", "unknown"}, None, None)
    assert those == Missing((), ("new",))


bounds = st.none() | st.integers(0, 400 * DAY)


@given(st.sets(st.sampled_from(sorted(LEDGER))), bounds, bounds)
def test_nobody_who_was_read_is_missing(
    read: set[str], lower_bound: int | None, scope_since: int | None
) -> None:
    those = found(read, lower_bound, scope_since)
    assert not read & {*those.expired, *those.deleted}
    assert set(LEDGER) - {"dateless"} <= read | {*those.expired, *those.deleted}


@pytest.mark.parametrize(
    ("deleted", "known", "limit", "answered", "believed"),
    [
        pytest.param(0, 100, 0, True, True, id="nothing-is-missing"),
        pytest.param(10, 10, 0, True, True, id="ten-always-pass"),
        pytest.param(11, 100, 10, True, False, id="more-than-the-limit"),
        pytest.param(20, 100, 20, True, True, id="exactly-the-limit"),
        pytest.param(21, 100, 20, True, False, id="above"),
        pytest.param(100, 100, 100, True, True, id="approved"),
        pytest.param(1, 1, 99, False, False, id="an-empty-answer"),
        pytest.param(1, 1, 100, False, True, id="an-empty-answer-approved"),
        pytest.param(0, 0, 0, False, True, id="an-empty-tenant"),
    ],
)
def test_a_pass_is_believed_within_the_limit(
    deleted: int, known: int, limit: float, answered: bool, believed: bool
) -> None:
    assert (objection(deleted, known, limit, answered=answered) is None) is believed
