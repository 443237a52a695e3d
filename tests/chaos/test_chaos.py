"""With a random fault in every fifth request, a run is complete and exact, or fails loudly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.seeded import tenant, without_waiting


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with without_waiting():
        yield


@pytest.mark.parametrize(
    "seeds", [pytest.param(2, id="2"), pytest.param(200, id="200", marks=pytest.mark.full)]
)
def test_each_run_is_complete_or_fails_loudly_and_a_calm_one_completes_it(
    tmp_path: Path, seeds: int, record_property: Callable[[str, object], None]
) -> None:
    counts: Counter[str] = Counter(seeds=seeds)
    for seed in range(seeds):
        with tenant(seed, tmp_path) as tried:
            tried.lives_through_chaos()
        counts += tried.counts
    assert counts["runs complete"] > seeds
    assert counts["runs failed loudly"] > 0
    for name, count in counts.items():
        record_property(name, count)
