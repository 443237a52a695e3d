"""Dagster's web page over a platform, and a run that somebody starts there."""

from __future__ import annotations

import contextlib
import subprocess
import time
import typing as t
import urllib.request
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, expect

from tests.tenants.platform import MODULE, Platform
from tests.warehouse.postgres import HOST, free_port

LOCATION = "/locations/persy_tenants.definitions"
MILLISECONDS = 600_000
"""The longest wait for a run of a few tenants."""


@contextlib.contextmanager
def serving(place: Platform, **variables: str) -> Iterator[str]:
    """Run ``dagster dev`` for the time of a block, and answer the address of its page.

    Args:
        place: Whose tenants.
        variables: Of Dagster, beside those of the platform.
    """
    port = free_port()
    words = ("dev", *MODULE, "--host", HOST, "--port", str(port))
    with place.running("dagster", *words, **variables) as process:
        address = f"http://{HOST}:{port}"
        wait_for(f"{address}/server_info", process)
        yield address


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers, as long as its process lives."""
    deadline = time.monotonic() + MILLISECONDS / 1000
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(address):  # noqa: S310 - ours
            return
        assert time.monotonic() < deadline
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
        assert process.poll() is None


def visit(browser: Browser, address: str, **options: t.Any) -> Page:
    """Open the page of the job `sync` as a new user, who wants no letter."""
    page = browser.new_page(**options)
    page.goto(f"{address}{LOCATION}/jobs/sync")
    page.get_by_text("Skip").click()
    return page


def run_all(page: Page) -> None:
    """Press the button, follow the run, and wait until it has ended."""
    page.get_by_role("button", name="Materialize all").click()
    page.get_by_text("View", exact=True).click()
    ended = page.get_by_text("RUN_FAILURE").or_(page.get_by_text("RUN_SUCCESS"))
    expect(ended.first).to_be_visible(timeout=MILLISECONDS)
