from __future__ import annotations

import typing as t
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache

import pytest
import requests

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.people import People, Pools
from tap_compleetpersy.sandbox.server import running

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_compleetpersy.sandbox.state import Sandbox

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def people() -> People:
    return People(seed=1, now=NOW, pools=Pools.drawn(1))


@pytest.fixture
def start() -> Iterator[Callable[..., Sandbox]]:
    """Start sandboxes of 23 people whose clock stands still; they end with the test."""
    with ExitStack() as running_ones:

        def started(**options: t.Any) -> Sandbox:
            chosen = Options(**{"candidates": 23, "now": NOW, **options})
            return running_ones.enter_context(running(chosen))

        yield started


@pytest.fixture(scope="session")
def shared() -> Iterator[Callable[..., Sandbox]]:
    """Like ``start``, but one sandbox for all tests with the same options that edit nobody."""
    with ExitStack() as running_ones:

        @cache
        def started(**options: t.Any) -> Sandbox:
            chosen = Options(**{"candidates": 23, "now": NOW, **options})
            return running_ones.enter_context(running(chosen))

        yield started


@pytest.fixture
def client() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = "Bearer sandbox-key"
        yield session
