"""Getting at the list and at attachments: the key, the paths."""

from __future__ import annotations

import contextlib
import typing as t
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlsplit

from tap_compleetpersy.check import naming
from tap_compleetpersy.check.budgeted_client import (
    BudgetedClient,
    NoRequestLeft,
    first_page,
    listing,
)
from tap_compleetpersy.check.evidence import Attempt, Evidence, Reply, Say
from tap_compleetpersy.errors import UnexpectedAnswer
from tap_compleetpersy.settings import Settings

REFUSED: t.Final = (401, 403)
"""Statuses that are about the key."""
GONE: t.Final = (404, 410)
"""Statuses that are about the path."""
_OK: t.Final = 200
_BAD_QUERY: t.Final = (400, 422)
HEADERS: t.Final = (
    "Api-Key", "X-Auth-Token", "X-Api-Token", "X-Access-Token", "X-Auth-Key", "Authorization",
    "apikey", "Api-Token", "Token", "X-Token", "X-Key", "Auth-Token", "Access-Token",
    "X-Access-Key", "X-AuthToken", "X-Authorization", "X-Auth", "X-Client-Key", "X-Client-Token",
    "X-Customer-Key", "X-App-Key", "X-App-Token", "X-Secret-Key", "Client-Token", "Auth-Key",
    "X-Persy-Key", "X-Persy-Api-Key", "X-Persy-Token", "Persy-Token", "X-Schluessel",
    "X-API-Schluessel", "Private-Token", "Ocp-Apim-Subscription-Key",
)  # fmt: skip
"""Headers in which APIs expect a key, beside `X-API-Key`."""
PARAMS: t.Final = (
    "apikey", "key", "token", "access_token", "api_token", "apiKey", "auth", "auth_token",
    "api-key", "accessToken", "schluessel", "secret",
)  # fmt: skip
"""Parameters likewise, beside `api_key`."""
_LISTS: t.Final = ("candidates", "bewerber", "kandidaten", "applicants")
PATHS: t.Final = (
    *(f"/{name}" for name in _LISTS), "/candidate", "/Candidates", "/bewerbungen", "/people",
    "/personen", "/talents", "/kandidat", "/bewerberliste", "/applications",
)  # fmt: skip
"""Where lists of candidates are."""
PREFIXES: t.Final = ("/api/v1", "/v1", "/api")
_FEATHERS: t.Final = frozenset({"total", "limit", "skip", "data"})
"""Keys of a list of Feathers, to which most parameters are filters on fields: it may be empty."""
_MOST_PATHS: t.Final = 10
_MOST_BYTES: t.Final = 6000
"""Servers refuse larger headers and addresses."""

_Way = tuple[Settings, tuple[str, ...]]
"""Settings to ask with, and the further names that carry the key."""


def find_list(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Ask for the first page as the tap does, then in other ways until one answers."""
    search = _Search(ask, evidence.settings)
    search.attempt(evidence.settings)
    with contextlib.suppress(NoRequestLeft):
        is_refused = _may_be_refused(search.last)
        if is_refused:
            search.find(_other_keys(search.settings), _may_be_refused)
        if search.last.status in GONE:
            search.find(_other_paths(search), _is_elsewhere)
        if not is_refused and _may_be_refused(search.last):
            search.find(_other_keys(search.settings), _may_be_refused)
        if _is_page(search.last):
            search.find(_other_paths(search), _is_elsewhere)
        search.name_key()
        if search.last.status in _BAD_QUERY:
            search.attempt(search.settings, with_paging=False)
        document = search.last.document
        if isinstance(document, dict) and {*document} == _FEATHERS and not document["data"]:
            search.settings = replace(
                search.settings,
                pagination="offset",
                offset_param="$skip",
                page_size_param="$limit",
            )
            search.attempt(search.settings)
    reply, settings = search.last, search.settings
    found = replace(evidence, settings=settings, attempts=tuple(search.attempts))
    if reply.error is not None:
        return found
    found = found.fit(candidates_path=_redirected(settings, reply))
    return replace(found, first=listing(reply, found.settings))


@dataclass
class _Search:
    """What was tried to get at the list, and the settings that came closest.

    Attributes:
        also: Headers or parameters that carry the key, too: one of them counts.
    """

    ask: BudgetedClient
    settings: Settings
    also: tuple[str, ...] = ()
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def last(self) -> Reply:
        return self.attempts[-1].reply

    def attempt(
        self, settings: Settings, also: tuple[str, ...] = (), *, with_paging: bool = True
    ) -> Reply:
        path = settings.candidates_path
        reply = self.ask(settings, path, first_page(settings) if with_paging else {}, also)
        read = listing(reply, settings).reply
        if read.error is not None and "failed" in read.what:
            reply = read  # an error that says 200 is taken for what it is
        kind = "parameters" if settings.auth_method == "query" else "headers"
        how = f"{len(also) + 1} {kind} at once" if also else settings.auth_method
        self.attempts.append(Attempt(how, path, with_paging, reply))
        return reply

    def find(self, ways: Iterable[_Way], is_in_the_way: Callable[[Reply], bool]) -> None:
        """Try one way after the other, until nothing is in the way any more."""
        for settings, also in ways:
            if not is_in_the_way(self.attempt(settings, also)):
                self.settings, self.also = settings, also
                return

    def name_key(self) -> None:
        """Halve the names that carry the key until one is left."""
        if not self.also:
            return
        name = "auth_param" if self.settings.auth_method == "query" else "auth_header"
        names = (getattr(self.settings, name), *self.also)
        tried, let_in = len(self.attempts), self.attempts[-1]
        while len(names) > 1:
            half, rest = names[: len(names) // 2], names[len(names) // 2 :]
            settings = replace(self.settings, **{name: half[0]})
            if _may_be_refused(self.attempt(settings, half[1:])):
                names = rest
            else:
                names, let_in = half, self.attempts[-1]
        self.settings, self.also = replace(self.settings, **{name: names[0]}), ()
        self.attempts[tried:] = [replace(let_in, auth_method=self.settings.auth_method)]


def _may_be_refused(reply: Reply) -> bool:
    """Whether the key may be the reason: login pages and errors often say 200."""
    return reply.status in REFUSED or _is_page(reply)


def _is_page(reply: Reply) -> bool:
    """Whether an answer is a page for people, or an error that says 200."""
    return isinstance(reply.error, UnexpectedAnswer) and reply.status in {None, _OK}


def _is_elsewhere(reply: Reply) -> bool:
    """Whether the list is not there; a path that only refuses the key may have it."""
    return reply.status in GONE or _is_page(reply)


def _other_keys(settings: Settings) -> Iterator[_Way]:
    """Yield other ways to send the key: first alone, then under many names at once."""
    for method in ("bearer", "header", "basic", "query"):
        if method != settings.auth_method and (method != "basic" or settings.username):
            yield replace(settings, auth_method=method), ()
    room = max(1, _MOST_BYTES // (len(settings.require_api_key()) + 20))
    header, param = settings.auth_header, settings.auth_param
    for names in (naming.unique(HEADERS, header), naming.unique(naming.HEADERS, header, *HEADERS)):
        first, *rest = names[:room]
        yield replace(settings, auth_method="header", auth_header=first), tuple(rest)
    composed = [name for name in naming.PARAMS if name not in {param, *PARAMS}]
    for params in ([name for name in PARAMS if name != param], composed):
        first, *rest = params[:room]
        yield replace(settings, auth_method="query", auth_param=first), tuple(rest)


def _other_paths(search: _Search) -> Iterator[_Way]:
    """Yield other paths of the list; below other prefixes where `api_url` is a host only."""
    settings, also = search.settings, search.also
    prefixed = [f"{prefix}/{name}" for name in _LISTS for prefix in PREFIXES]
    is_host = not urlsplit(settings.api_url).path.strip("/")
    known = [*PATHS[:4], *prefixed, *PATHS[4:]] if is_host else PATHS
    for path in [path for path in known if path != settings.candidates_path][:_MOST_PATHS]:
        yield replace(settings, candidates_path=path), also


def _redirected(settings: Settings, reply: Reply) -> str:
    """Return the path of the list: where a redirect led, if that is below `api_url`."""
    base = urlsplit(settings.api_url).path.rstrip("/")
    path = reply.path.removeprefix(base)
    asked = settings.candidates_path
    is_below = reply.path.startswith(f"{base}/") and not path.startswith("//")
    return path if is_below and ".." not in path else asked


def ask_attachments(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Ask for the attachments of the first candidate."""
    settings = evidence.settings
    known = next((remote_id for remote_id in evidence.first.ids if remote_id), None)
    if known is None:
        return evidence
    reply = ask(settings, _path_of(settings, known))
    if reply.status in GONE and evidence.differs("candidates_path"):
        path = f"{settings.candidates_path}/{{candidate_id}}/attachments"
        beside = evidence.fit(attachments_path=path)
        other = ask(beside.settings, _path_of(beside.settings, known))
        if other.error is None:
            return replace(beside, attachments=other)
    return replace(evidence, attachments=reply)


def _path_of(settings: Settings, candidate_id: str) -> str:
    return settings.attachments_path.replace("{candidate_id}", quote(candidate_id, safe=""))


def authentication(evidence: Evidence, say: Say) -> None:
    """The key is sent as `auth_method` says."""
    setting, given = "auth_method", evidence.given.auth_method
    tries = {attempt.auth_method: attempt.reply.what for attempt in evidence.attempts}
    told = "; ".join(f"{method}: {what}" for method, what in tries.items())
    statuses = [attempt.reply.status for attempt in evidence.attempts]
    if not evidence.has_list and not {*REFUSED}.intersection(statuses):
        say("cannot tell", told, setting)
    elif not evidence.has_list and statuses[-1] in REFUSED:
        if "basic" not in tries:
            told += "; basic: not tried, since username is not set"
        say("fails", told, setting, loses_data=True)
    elif evidence.differs(setting):
        say("fails", told, setting, evidence.found(setting), loses_data=True)
        for carrier in filter(evidence.differs, ("auth_header", "auth_param")):
            told = f"of many at once only {evidence.found(carrier)} counts"
            say.about(carrier).unfit(told)
    else:
        say("holds", f"{given}: {evidence.attempts[-1].reply.what}")


def candidates_path(evidence: Evidence, say: Say) -> None:
    """The list is at `candidates_path`."""
    given, found = evidence.given.candidates_path, evidence.found("candidates_path")
    last = evidence.attempts[-1]
    tries = {attempt.path: attempt.reply.what for attempt in evidence.attempts}
    told = "; ".join(f"{path}: {what}" for path, what in tries.items())
    if not evidence.has_list and last.reply.status in GONE:
        say("fails", told, say.name, loses_data=True)
    elif not evidence.has_list:
        say("cannot tell", told, say.name)
    elif found is None:
        say("holds", f"{given}: {last.reply.what}")
    elif found == last.path:
        say.unfit(told)
    else:
        say("holds", f"{given}: redirects, so that each request is two", say.name, found)


def attachments_path(evidence: Evidence, say: Say) -> None:
    """The attachments of a candidate are at `attachments_path`."""
    reply = evidence.attachments
    if reply is None:
        say("cannot tell", "not asked: no candidate with an id, or no request left")
    elif reply.status in GONE:
        told = f"{reply.what} for one candidate: none of this candidate's, or another path"
        say("cannot tell", told, say.name)
    elif reply.error is not None:
        say("fails", f"{reply.what} for one candidate", say.name)
    elif evidence.differs(say.name):
        say.unfit("status 404; found beside the list", loses_data=False)
    else:
        say("holds", f"{reply.what} and JSON for one candidate")
