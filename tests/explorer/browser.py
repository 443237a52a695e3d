"""A headless Chromium, and what happened while it showed a page."""

from __future__ import annotations

import contextlib
import os
import shutil
import typing as t
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Pages are files of ours, read without a network: Chromium shall not look for one either. Its
# sandbox stays off, as Playwright wants it, because root and most containers cannot have it.
OPTIONS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


MILLISECONDS = 60_000
"""The longest wait for the page; a busy machine is no failure."""

expect.set_options(timeout=MILLISECONDS)


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that is open.

    Attributes:
        page: For looking, clicking and typing.
        requests: Every address that was wanted.
        answers: Every one of these that was not refused.
        problems: Messages on the console, and exceptions.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def find_chromium() -> str | None:
    """Return the path of Chromium: from CHROMIUM, else from the search path."""
    found = (os.environ.get("CHROMIUM"), *map(shutil.which, NAMES))
    return next(filter(None, found), None)


@contextlib.contextmanager
def running(executable: str) -> Iterator[Browser]:
    """Run Chromium for the time of a block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def visiting(browser: Browser, file: Path, **options: t.Any) -> Iterator[Visit]:
    """Open a file, offline and as a new user, for the time of a block.

    Args:
        browser: It stays open.
        file: What to open.
        options: Of the browser's context, such as `viewport` and `color_scheme`.
    """
    context = browser.new_context(offline=True, **options)
    context.set_default_timeout(MILLISECONDS)
    try:
        visit = Visit(context.new_page())
        visit.page.on("request", lambda request: visit.requests.append(request.url))
        visit.page.on("requestfinished", lambda request: visit.answers.append(request.url))
        visit.page.on("console", lambda message: visit.problems.append(message.text))
        visit.page.on("pageerror", lambda error: visit.problems.append(str(error)))
        visit.page.goto(file.as_uri())
        yield visit
    finally:
        context.close()
