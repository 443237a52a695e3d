"""All records of a list, as lines of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import msgspec

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.pages import Page, read_pages
from tap_compleetpersy.passthrough.arguments import ArgumentRefusedError
from tap_compleetpersy.settings import Settings


def pages_of(client: Client, settings: Settings, url: str) -> Iterator[Page]:
    """Read the pages of a list.

    Args:
        client: Asks the server.
        settings: Say how the server pages.
        url: Of the list, with its query.

    Raises:
        ApiError: When a page cannot be read.
        ArgumentRefusedError: When the query has what the pagination says itself.
    """
    names = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    if taken := names & _own_params(settings):
        message = f"--paginate: sends {min(taken)} itself; the setting page_size says how many"
        raise ArgumentRefusedError(message)
    return read_pages(client, settings, path=url)


def lines(page: Page) -> bytes:
    """Write the records of a page, whatever they are, one a line."""
    return b"".join(msgspec.json.encode(record) + b"\n" for record in page.records)


def _own_params(settings: Settings) -> frozenset[str]:
    """Return the parameters by which pages differ, and that of their size."""
    return frozenset(getattr(settings, name) for name in settings.paging_params) - {""}
