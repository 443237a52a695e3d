"""The SDK's own test class, against the local Persy."""

from __future__ import annotations

import atexit
import contextlib
from datetime import UTC, datetime

from singer_sdk.testing import SuiteConfig, get_tap_test_class

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.tap import TapCompleetpersy

# The factory makes a tap, hence reads a catalog, when it makes the class: the local
# Persy has to run from here to the end of the process.
_until_the_end = contextlib.ExitStack()
atexit.register(_until_the_end.close)
_NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_persy = _until_the_end.enter_context(running(Options(candidates=60, seed=3, now=_NOW)))

TestTap = get_tap_test_class(
    TapCompleetpersy,
    config={"api_url": _persy.url, "api_key": _persy.api_key, "include_remote_data": True},
    suite_config=SuiteConfig(max_records_limit=250),
    parse_env_config=False,
)
