"""The proof, of projects whose filters, copies and columns change between two runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.proof.life import Narrowing, prove
from tests.proof.world import Server


@pytest.mark.parametrize(
    "sequences",
    [pytest.param(3, id="3"), pytest.param(900, id="900", marks=pytest.mark.full)],
)
def test_the_warehouse_holds_what_the_project_lets_in(
    server: Server, sequences: int, record_property: Callable[[str, object], None]
) -> None:
    prove(Narrowing, server, sequences, record_property, is_quick=sequences == 30)
