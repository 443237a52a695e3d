"""The SDK's own test class, against the local Persy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from singer_sdk.testing import SuiteConfig, get_tap_test_class

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.tap import TapCompleetpersy

_persy = running(Options(candidates=300, seed=3, now=datetime(2026, 11, 24, 12, tzinfo=UTC)))
_sandbox = _persy.__enter__()


@pytest.fixture(scope="module", autouse=True)
def _local_persy() -> Iterator[None]:
    yield
    _persy.__exit__(None, None, None)


# The factory makes a tap, hence reads the catalog, when the class is made.
TestTap = get_tap_test_class(
    TapCompleetpersy,
    config={
        "api_url": _sandbox.url,
        "api_key": _sandbox.api_key,
        "include_remote_data": True,
    },
    suite_config=SuiteConfig(max_records_limit=250),
    parse_env_config=False,
)
