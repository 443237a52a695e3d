"""All records of a list, as lines of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import msgspec

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.pages import Page, read_pages
from tap_compleetpersy.api.profile import Profile, profile_of
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
    profile = profile_of(settings)
    names = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    if taken := names & _own_params(profile):
        message = f"--paginate: sends {min(taken)} itself; the setting page_size says how many"
        raise ArgumentRefusedError(message)
    return read_pages(client, profile, path=url)


def lines(page: Page) -> bytes:
    """Write the records of a page, whatever they are, one a line."""
    return b"".join(msgspec.json.encode(record) + b"\n" for record in page.records)


def _own_params(profile: Profile) -> frozenset[str]:
    if profile.pagination == "none":
        return frozenset()
    place = {
        "page": profile.page_param,
        "offset": profile.offset_param,
        "cursor": profile.cursor_param,
    }
    return frozenset({place.get(profile.pagination, ""), profile.page_size_param} - {""})
