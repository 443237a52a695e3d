from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.running import Taps


@pytest.fixture(scope="session")
def taps() -> Iterator[Taps]:
    running = Taps()
    yield running
    running.close()
