"""Getting at the list: authentication, path, and the records in the answer."""

from __future__ import annotations

import contextlib
import typing as t
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from tap_compleetpersy.api.errors import UnexpectedAnswer
from tap_compleetpersy.check.asking import Asker, NoRequestLeft, first_page, listing
from tap_compleetpersy.check.evidence import GONE, REFUSED, Attempt, Evidence, Listing, Reply
from tap_compleetpersy.check.examination import examine
from tap_compleetpersy.check.guessing import guess_paths
from tap_compleetpersy.check.structure import locate_records
from tap_compleetpersy.settings import Settings
from tap_compleetpersy.sync.reading import rules_of

_OK: t.Final = 200
_BAD_QUERY: t.Final = (400, 422)
OTHER_PATHS: t.Final = ("/candidates", "/candidate", "/Candidates", "/applicants")


def find_list(ask: Asker, evidence: Evidence) -> Evidence:
    """Ask for the first page as the tap does, then in other ways until one answers."""
    settings = evidence.settings
    attempts = [_attempt(ask, settings)]
    with contextlib.suppress(NoRequestLeft):
        for stands_in_the_way, others in _WAYS:
            if not stands_in_the_way(attempts[-1].reply):
                continue
            for other in others(settings):
                attempts.append(_attempt(ask, other))
                if not stands_in_the_way(attempts[-1].reply):
                    settings = other
                    break
        if attempts[-1].reply.status in _BAD_QUERY:
            attempts.append(_attempt(ask, settings, with_paging=False))
    reply = attempts[-1].reply
    found = replace(evidence, settings=settings, attempts=tuple(attempts))
    if reply.error is not None:
        return found
    settings = replace(settings, candidates_path=redirected(settings, reply))
    return replace(found, settings=settings, first=listing(reply, settings))


def _attempt(ask: Asker, settings: Settings, *, with_paging: bool = True) -> Attempt:
    path = settings.candidates_path
    reply = ask(settings, path, first_page(settings) if with_paging else {})
    first = listing(reply, settings)
    if _says_error(first):  # an error that says 200 is taken for what it is
        reply = first.reply
    return Attempt(settings.auth_method, path, with_paging, reply)


def _may_be_refused(reply: Reply) -> bool:
    """Tell whether the key may be the reason: login pages and errors often say 200."""
    is_answer = isinstance(reply.error, UnexpectedAnswer)
    return reply.status in REFUSED or (is_answer and reply.status in {None, _OK})


def _is_gone(reply: Reply) -> bool:
    return reply.status in GONE


def _other_methods(settings: Settings) -> Iterator[Settings]:
    """Give the other ways to send the key that the settings allow."""
    for method in ("bearer", "header", "basic", "query"):
        if method != settings.auth_method and (method != "basic" or settings.username):
            yield replace(settings, auth_method=method)


def _other_paths(settings: Settings) -> Iterator[Settings]:
    for path in OTHER_PATHS:
        if path != settings.candidates_path:
            yield replace(settings, candidates_path=path)


_WAYS: t.Final[
    tuple[tuple[Callable[[Reply], bool], Callable[[Settings], Iterator[Settings]]], ...]
] = (
    (_may_be_refused, _other_methods),
    (_is_gone, _other_paths),
)
"""What may stand in the way of the list, and what to try then."""


def redirected(settings: Settings, reply: Reply) -> str:
    """Answer the path of the list: where a redirect led, if that is below `api_url`."""
    base = urlsplit(settings.api_url).path.rstrip("/")
    path = reply.path.removeprefix(base)
    asked = settings.candidates_path
    is_below = reply.path.startswith(f"{base}/") and not path.startswith("//")
    return path if is_below and ".." not in path else asked


def read_records(_ask: Asker, evidence: Evidence) -> Evidence:
    """Find the records in the first page and what feeds the model; asks nothing."""
    first = evidence.first
    if first is None:
        return evidence
    settings = evidence.settings
    path = better_path(first, settings)
    if path is not None:
        settings = replace(settings, records_path=path)
        first = listing(replace(first.reply, error=None), settings)
        evidence = replace(evidence, located=False)
    examination = examine(first.records, rules_of(settings))
    if guesses := guess_paths(first.records, examination.fed):
        settings = replace(settings, field_paths={**settings.field_paths, **guesses})
        examination = examine(first.records, rules_of(settings))
        first = listing(first.reply, settings)
    return replace(evidence, settings=settings, first=first, examination=examination)


def better_path(first: Listing, settings: Settings) -> str | None:
    """Find where more records are than the settings found, if anywhere."""
    document = first.reply.document

    def readable(records: list[object]) -> int:
        return examine(records, rules_of(settings)).readable

    path = locate_records(document, readable)
    if path is None:
        return None
    other = listing(replace(first.reply, error=None), replace(settings, records_path=path))
    if not other.is_usable:
        return None
    if not first.is_usable:
        return path
    now, then = readable(list(first.records)), readable(list(other.records))
    found_nothing = not now and _seems_one_record(first)
    return path if then > now or (not then and found_nothing and len(other) > len(first)) else None


def _says_error(first: Listing) -> bool:
    return first.reply.error is not None and "failed" in first.reply.what


def _seems_one_record(first: Listing) -> bool:
    """An envelope that is not understood is taken for one record, or for an empty list."""
    return len(first) <= 1
