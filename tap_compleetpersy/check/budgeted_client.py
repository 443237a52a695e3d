"""One request at a time, and never more than the budget."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from typing_extensions import override

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.date_filter import filters
from tap_compleetpersy.api.envelope import total
from tap_compleetpersy.api.paginators import paginator_of
from tap_compleetpersy.api.retry import Allowance
from tap_compleetpersy.api.unfolding import records_of
from tap_compleetpersy.check.evidence import Listing, Reply
from tap_compleetpersy.errors import ApiError
from tap_compleetpersy.model.text import compact_json
from tap_compleetpersy.model.times import Instant, to_datetime
from tap_compleetpersy.settings import Settings
from tap_compleetpersy.sync.reading import compile_read, rules_of

MOST_REQUESTS = 20
"""Redirects count, and nothing is tried again."""


class NoRequestLeft(Exception):  # noqa: N818 - says what happened
    """The budget is used up."""


class BudgetedClient(Allowance):
    """Sends requests under changing settings, and lets through so many and no more."""

    @override
    def take_request(self) -> float:
        if self.requests_made >= MOST_REQUESTS:
            raise NoRequestLeft
        return super().take_request()

    def __call__(
        self,
        settings: Settings,
        path: str,
        params: Mapping[str, str] | None = None,
        also: Sequence[str] = (),
    ) -> Reply:
        """Return the answer to one request; what goes wrong is an answer, too.

        The key is also sent in further headers, or parameters with `auth_method: query`.

        Raises:
            NoRequestLeft: Instead of sending one too many.
            SettingsError: When there is no key.
        """
        once = replace(settings, max_retries=0)
        keys = dict.fromkeys(also, settings.require_api_key()) if also else {}
        headers, named = ({}, keys) if settings.auth_method == "query" else (keys, {})
        start = time.monotonic()
        with Client(once, allowance=self, headers=headers) as client:
            try:
                answer, document = client.get_document(path, {**(params or {}), **named})
            except ApiError as error:
                return Reply(error.status, error, path=error.path)
        seconds = time.monotonic() - start
        return Reply(answer.status, None, answer.headers, document, answer.path, seconds)

    def list(self, settings: Settings, params: Mapping[str, str]) -> Listing:
        """Ask for candidates."""
        return listing(self(settings, settings.candidates_path, params), settings)


def first_page(
    settings: Settings, since: Instant | None = None, until: Instant | None = None
) -> dict[str, str]:
    """Return the parameters that the tap sends for the first page of a list."""
    bounds = (None if bound is None else to_datetime(bound) for bound in (since, until))
    return dict(paginator_of(settings).first("", filters(settings, *bounds)).params)


def listing(reply: Reply, settings: Settings) -> Listing:
    """Return a reply as a list of candidates, as far as it is one."""
    if reply.error is not None:
        return Listing(reply)
    try:
        found = records_of(reply.document, settings)
    except ApiError as error:
        return Listing(replace(reply, error=error))
    read = compile_read(rules_of(settings))
    candidates = [seen.candidate if (seen := read(record)) else None for record in found]
    return Listing(
        reply,
        records=tuple(found),
        marks=tuple(
            compact_json(record) if one is None else one.remote_id
            for record, one in zip(found, candidates, strict=True)
        ),
        ids=tuple(None if one is None else one.remote_id for one in candidates),
        times=tuple(None if one is None else one.updated_at for one in candidates),
        total=total(reply.document, reply.headers),
        page_size=settings.page_size,
    )
