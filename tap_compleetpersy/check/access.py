"""Getting at the list and at attachments: the key, the paths."""

from __future__ import annotations

import contextlib
import typing as t
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import quote, urlsplit

from tap_compleetpersy.api.errors import UnexpectedAnswer
from tap_compleetpersy.check.budgeted_client import (
    BudgetedClient,
    NoRequestLeft,
    first_page,
    listing,
)
from tap_compleetpersy.check.evidence import (
    Attempt,
    Evidence,
    Finding,
    Listing,
    Reply,
    fails,
    holds,
    unclear,
)
from tap_compleetpersy.settings import Settings

REFUSED: t.Final = (401, 403)
"""Statuses that are about the key."""
GONE: t.Final = (404, 410)
"""Statuses that are about the path."""
_OK: t.Final = 200
_BAD_QUERY: t.Final = (400, 422)
OTHER_PATHS: t.Final = ("/candidates", "/candidate", "/Candidates", "/applicants")


def find_list(ask: BudgetedClient, evidence: Evidence) -> Evidence:
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


def _attempt(ask: BudgetedClient, settings: Settings, *, with_paging: bool = True) -> Attempt:
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


def _says_error(first: Listing) -> bool:
    return first.reply.error is not None and "failed" in first.reply.what


def ask_attachments(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Ask for the attachments of the first candidate."""
    first, settings = evidence.first, evidence.settings
    known = [remote_id for remote_id in first.ids if remote_id] if first is not None else []
    if not known:
        return evidence
    reply = ask(settings, _path_of(settings, known[0]))
    if reply.status in GONE and evidence.differs("candidates_path"):
        beside = replace(
            settings, attachments_path=f"{settings.candidates_path}/{{candidate_id}}/attachments"
        )
        other = ask(beside, _path_of(beside, known[0]))
        if other.error is None:
            return replace(evidence, settings=beside, attachments=other)
    return replace(evidence, attachments=reply)


def _path_of(settings: Settings, candidate_id: str) -> str:
    return settings.attachments_path.replace("{candidate_id}", quote(candidate_id, safe=""))


def authentication(evidence: Evidence) -> Iterator[Finding]:
    """The key is sent as `auth_method` says."""
    name, given = "authentication", evidence.given.auth_method
    tries = {attempt.auth_method: attempt.reply.what for attempt in evidence.attempts}
    told = "; ".join(f"{method}: {what}" for method, what in tries.items())
    if evidence.first is None and not any(
        attempt.reply.status in REFUSED for attempt in evidence.attempts
    ):
        yield unclear(name, told, "auth_method")
    elif evidence.first is None and evidence.attempts[-1].reply.status in REFUSED:
        if "basic" not in tries:
            told += "; basic: not tried, since username is not set"
        yield fails(name, told, "auth_method", loses_data=True)
    elif evidence.differs("auth_method"):
        yield fails(name, told, "auth_method", evidence.found("auth_method"), loses_data=True)
    else:
        yield holds(name, f"{given}: {evidence.attempts[-1].reply.what}")


def candidates_path(evidence: Evidence) -> Iterator[Finding]:
    """The list is at `candidates_path`."""
    name, given = "candidates_path", evidence.given.candidates_path
    tries = {attempt.path: attempt.reply.what for attempt in evidence.attempts}
    told = "; ".join(f"{path}: {what}" for path, what in tries.items())
    found = evidence.found("candidates_path")
    if evidence.first is None:
        is_gone = evidence.attempts[-1].reply.status in GONE
        verdict = fails(name, told, name, loses_data=True) if is_gone else unclear(name, told, name)
        yield verdict
    elif found is None:
        yield holds(name, f"{given}: {evidence.attempts[-1].reply.what}")
    elif found == evidence.attempts[-1].path:
        yield fails(name, told, name, found, loses_data=True)
    else:
        what = "redirects, so that each request is two"
        yield Finding(name, "holds", f"{given}: {what}", name, found)


def attachments_path(evidence: Evidence) -> Iterator[Finding]:
    """The attachments of a candidate are at `attachments_path`."""
    name, reply = "attachments_path", evidence.attachments
    if reply is None:
        yield unclear(name, "not asked: no candidate with an id, or no request left")
    elif reply.status in GONE:
        told = f"{reply.what} for one candidate: none of this candidate's, or another path"
        yield unclear(name, told, name)
    elif reply.error is not None:
        yield fails(name, f"{reply.what} for one candidate", name)
    elif evidence.differs(name):
        yield fails(name, "status 404; found beside the list", name, evidence.found(name))
    else:
        yield holds(name, f"{reply.what} and JSON for one candidate")
