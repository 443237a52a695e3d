"""The proof: a warehouse that this tap feeds equals its source.

A model of the remote system lives on at random. After every run that ended well the warehouse
must hold what the tap could know, after every complete pass all that is in scope, and after two
calm ones everything; no living row is a tombstone then, and nothing is left of the deleted.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.proof.life import Narrowing, StrangeServer, prove
from tests.proof.world import Server


class Everything(StrangeServer, Narrowing):
    """All that may happen."""


@pytest.mark.parametrize(
    "sequences",
    [pytest.param(4, id="4"), pytest.param(1200, id="1200", marks=pytest.mark.full)],
)
def test_the_warehouse_equals_its_source(
    server: Server, sequences: int, record_property: Callable[[str, object], None]
) -> None:
    prove(Everything, server, sequences, record_property, is_quick=sequences == 40)
