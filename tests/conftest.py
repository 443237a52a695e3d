"""What several tests need: a local Persy, and settings that fit it."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import hypothesis
import pytest

from tap_compleetpersy.sandbox.application import Sandbox
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running

# Nothing is asserted about time, which on a busy machine says nothing.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A local Persy with 60 candidates, listed by id, in pages of 25."""
    with running(Options(candidates=60, seed=7)) as sandbox:
        yield sandbox


@pytest.fixture
def config(sandbox: Sandbox) -> dict[str, t.Any]:
    """Settings that talk to the local Persy."""
    return {"api_url": sandbox.url, "api_key": sandbox.api_key, "page_size": 25}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what tests have counted: kills survived, sequences tried."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid}: {value} {name}")
