"""Serves the model over HTTP, a page at a time, as a tenant's API may do it."""

from __future__ import annotations

import email.utils
import json
import threading
import typing as t
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.proof.answers import (
    PAST_ALL,
    Query,
    filtered,
    is_endless,
    next_link,
    paged,
    shaped,
    sort_key,
    told_total,
    wire,
)
from tests.proof.habits import Habits
from tests.proof.remote import Change, Person, Remote

Bounds = tuple[str | None, str | None]

FLOOD = 400
"""Whoever sends so many requests in one run gets no more answers."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Changes that happen all at once, just before an answer.

    Attributes:
        before: Number of the request in the run, from 1.
        changes: What happens.
    """

    before: int
    changes: Sequence[Change]


@dataclass
class Visit:
    """What one run of the tap asks, gets and suffers.

    Attributes:
        drift: What happens meanwhile, if anything.
        fails_at: Number of the request that fails, from 1; None for none.
        status: Of the failure.
        requests: Queries so far.
        served: Versions of each person that were sent.
        drifted: The drift has happened.
        first: The first page.
        last: The latest one.
        is_endless: A list was asked for of which nobody could see the end.
        pages: So many has each list that was asked for, at most; by its bounds.
        walked: So many requests were made of each.
        asked_about: Whose notes were asked for.
        told: Of the last list: how many people there are, by the server's word.
    """

    drift: Drift | None = None
    fails_at: int | None = None
    status: int = 500
    requests: list[Query] = field(default_factory=list)
    served: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    drifted: bool = False
    first: Sequence[Person] = ()
    last: Sequence[Person] = ()
    is_endless: bool = False
    pages: Counter[Bounds] = field(default_factory=Counter)
    walked: Counter[Bounds] = field(default_factory=Counter)
    asked_about: list[str] = field(default_factory=list)
    told: int | None = None

    @property
    def has_failed(self) -> bool:
        """Whether the request that fails was made."""
        return self.fails_at is not None and len(self.requests) >= self.fails_at


@dataclass
class Tenant:
    """The server's present world; a test replaces the parts between two runs."""

    remote: Remote = field(default_factory=Remote)
    habits: Habits = field(default_factory=Habits)
    visit: Visit = field(default_factory=Visit)
    clock_moved: Callable[[], None] = lambda: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, url: str) -> tuple[int, Mapping[str, str], bytes]:
        """Return the answer to one request: status, headers, body."""
        parts, visit = urlsplit(url), self.visit
        if parts.path.endswith("/notes"):
            who = parts.path.split("/")[-2]
            visit.asked_about.append(who)
            return 200, {}, json.dumps([{"Id": 1, "Text": f"about {who}"}]).encode()
        return self._list(dict(parse_qsl(parts.query)))

    def _list(self, query: Query) -> tuple[int, Mapping[str, str], bytes]:
        """Return the answer to a request for a page."""
        visit = self.visit
        visit.requests.append(query)
        number = len(visit.requests)
        if visit.drift is not None and number == visit.drift.before:
            visit.drifted = True
            for change in visit.drift.changes:
                change.happen(self.remote)
            self.clock_moved()
        if number == visit.fails_at or number > FLOOD:
            return visit.status, {}, b"{}"
        people = filtered(self.remote, self.habits, query)
        told = told_total(self.remote, self.habits, people, query)
        self._note(query, people, told)
        status, page, more = paged(people, self.habits, query, number)
        if status != HTTPStatus.OK:
            return status, {}, b"{}"
        if number == 1:
            visit.first = page
        if self.habits.ending == "shuffled" and page == visit.last:
            page = page[::-1]  # else it would be a last page, sent again
        visit.last = page
        for person in page:
            visit.served[person.number].append(person)
        document: dict[str, t.Any] = {
            # By the digits that the id begins with: keys that are numbers are a list.
            "data": shaped({p.number[:2]: wire(p, self.habits) for p in page}, self.habits.shape),
            "meta": {} if told is None else {"total": told},
        }
        headers = {}
        if more and self.habits.pagination == "cursor":
            place = sort_key(self.habits.order, page[-1]) if page else PAST_ALL
            document["meta"]["next_cursor"] = json.dumps([number, *place])
        elif more and self.habits.pagination == "link":
            headers["Link"] = next_link(query)
        return 200, headers, json.dumps(document).encode()

    def _note(self, query: Query, people: Sequence[Person], told: int | None) -> None:
        visit, size = self.visit, int(query["per_page"])
        bounds = query.get("modified_since"), query.get("modified_until")
        visit.pages[bounds] = max(visit.pages[bounds], -(-len(people) // size))
        visit.walked[bounds] += 1
        visit.told = told
        visit.is_endless |= is_endless(self.habits, len(people), size, told)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        tenant = self.server.tenant
        with tenant.lock:
            status, headers, body = tenant.answer(self.path)
            now = tenant.remote.now
        self.send_response_only(status)
        self.send_header("Date", email.utils.formatdate(now // 1000, usegmt=True))
        for name, text in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(tenant: Tenant) -> Iterator[str]:
    """Serve a tenant in the background and answer its URL."""
    server = _Server(tenant)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
