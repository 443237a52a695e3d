"""The proof, of servers that count wrongly, list not everybody, and end their lists strangely."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.proof.life import StrangeServer, prove
from tests.proof.world import Server


@pytest.mark.parametrize(
    "sequences",
    [pytest.param(3, id="3"), pytest.param(900, id="900", marks=pytest.mark.full)],
)
def test_the_warehouse_equals_a_source_with_a_strange_server(
    server: Server, sequences: int, record_property: Callable[[str, object], None]
) -> None:
    prove(StrangeServer, server, sequences, record_property, is_quick=sequences == 30)
