"""What several tests need: a local Persy, and settings that fit it."""

from __future__ import annotations

import socket
import typing as t
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox

# Nothing is asserted about time, which on a busy machine says nothing.
hypothesis.settings.register_profile(
    "full", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
# What `make test-full` tries a hundred times.
hypothesis.settings.register_profile(
    "quick", hypothesis.settings.get_profile("full"), max_examples=20
)
# Whether a mutant is noticed matters, not by which smallest example.
hypothesis.settings.register_profile(
    "mutation",
    hypothesis.settings.get_profile("full"),
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
)
hypothesis.settings.load_profile("quick")

TESTS = Path(__file__).parent
BEGUN_FIRST = (
    "dbt", "warehouse", "targets", "project", "stores", "faults", "kills", "proof", "attachments",
    "explorer", "request",
)  # fmt: skip
"""Folders whose files take longest. Begun last, one would keep one worker busy, and the others
waiting for it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long at the beginning; workers take files in their order."""
    ranks = {folder: rank for rank, folder in enumerate(BEGUN_FIRST)}
    items.sort(key=lambda item: ranks.get(_folder_of(item.path), len(ranks)))


def _folder_of(path: Path) -> str:
    return path.relative_to(TESTS).parts[0] if path.is_relative_to(TESTS) else ""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A local Persy with 60 candidates, listed by id, in pages of 25."""
    with running(Options(candidates=60, seed=7)) as sandbox:
        yield sandbox


@pytest.fixture
def config(sandbox: Sandbox) -> dict[str, t.Any]:
    """Settings that talk to the local Persy."""
    return {"api_url": sandbox.url, "api_key": sandbox.api_key, "page_size": 25}


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    """A local S3 with a bucket named ``attachments``, as the environment that leads to it."""
    import boto3  # noqa: PLC0415 - slow to import, and rarely needed
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    url = f"http://127.0.0.1:{port}"
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=url, **keys).create_bucket(Bucket="attachments")
    yield {
        "AWS_ENDPOINT_URL_S3": url,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    server.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what tests have counted: kills survived, sequences tried."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid}: {value} {name}")
