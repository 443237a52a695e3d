"""Serves the model over HTTP, a page at a time, as a tenant's API may do it."""

from __future__ import annotations

import email.utils
import json
import threading
import typing as t
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.proof.remote import Change, Moment, Person, Remote

Order = t.Literal["id", "newest", "scattered"]
Query = Mapping[str, str]

NOTE = "x" * 2000
"""Makes records large for their STATE, so that there is STATE in the middle of a run."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How this tenant's server behaves.

    Attributes:
        pagination: The setting of the tap that fits.
        order: Of the list; scattered: neither by time nor by id, but always the same.
        filters: It honours `modified_since`; else the tap filters.
        until: It honours `modified_until`, too.
        until_inclusive: Whether that bound belongs to the window.
        knows_unknown: A filtered list has those without a time, too.
        tells_total: It says how many there are.
    """

    pagination: t.Literal["page", "offset", "cursor", "link"] = "page"
    order: Order = "id"
    filters: bool = True
    until: bool = False
    until_inclusive: bool = False
    knows_unknown: bool = True
    tells_total: bool = False


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
    """

    drift: Drift | None = None
    fails_at: int | None = None
    status: int = 500
    requests: list[Query] = field(default_factory=list)
    served: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    drifted: bool = False

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
        """Answer one request: status, headers, body."""
        query = dict(parse_qsl(urlsplit(url).query))
        visit = self.visit
        visit.requests.append(query)
        number = len(visit.requests)
        if visit.drift is not None and number == visit.drift.before:
            visit.drifted = True
            for change in visit.drift.changes:
                change.happen(self.remote)
            self.clock_moved()
        if number == visit.fails_at:
            return visit.status, {}, b"{}"
        people = filtered(self.remote, self.habits, query)
        page, more = paged(people, self.habits, query)
        for person in page:
            visit.served[person.number].append(person)
        document: dict[str, t.Any] = {"data": [wire(person) for person in page], "meta": {}}
        if self.habits.tells_total:
            document["meta"]["total"] = len(people)
        headers = {}
        if more and self.habits.pagination == "cursor":
            document["meta"]["next_cursor"] = json.dumps(sort_key(self.habits.order, page[-1]))
        if more and self.habits.pagination == "link":
            following = urlencode({**query, "page": int(query.get("page", 1)) + 1})
            headers["Link"] = f'<?{following}>; rel="next"'
        return 200, headers, json.dumps(document).encode()


def filtered(remote: Remote, habits: Habits, query: Query) -> list[Person]:
    """Answer the list that a query means, in the order of the server."""
    since, until = _moment(query.get("modified_since")), _moment(query.get("modified_until"))

    def fits(person: Person) -> bool:
        if person.updated is None:
            return habits.knows_unknown or (since is None and until is None)
        return (since is None or person.updated >= since) and (
            until is None
            or person.updated < until
            or (habits.until_inclusive and person.updated == until)
        )

    return sorted(
        filter(fits, remote.people.values()), key=lambda person: sort_key(habits.order, person)
    )


def paged(people: Sequence[Person], habits: Habits, query: Query) -> tuple[Sequence[Person], bool]:
    """Answer the page that a query means, and whether more follows."""
    size = int(query["per_page"])
    if habits.pagination == "cursor":
        after = json.loads(query["cursor"]) if "cursor" in query else None
        rest = [p for p in people if after is None or sort_key(habits.order, p) > after]
        return rest[:size], len(rest) > size
    start = int(query.get("offset", 0))
    if habits.pagination != "offset":
        start = (int(query.get("page", 1)) - 1) * size
    return people[start : start + size], len(people) > start + size


def sort_key(order: Order, person: Person) -> list[t.Any]:
    """Answer what a list is sorted by: no two have the same."""
    first = {
        "id": 0,
        "newest": 0 if person.updated is None else -person.updated,
        "scattered": zlib.crc32(person.number.encode()),
    }[order]
    return [first, person.number]


def wire(person: Person) -> dict[str, t.Any]:
    """Say a version as the API does."""
    return {
        "CandidateRecordInfo": {
            "Id": {"IdValue": person.number},
            "CreatedDate": said(person.created),
            "LastModificationDate": "" if person.updated is None else said(person.updated),
        },
        "CandidateProfile": {"PersonalData": {"PersonName": {"FamilyName": person.name}}},
        "PositionOpening": [
            {
                "PositionRecordInfo": {"Id": {"IdValue": number}},
                "PositionProfile": {"PositionDetail": {"PositionTitle": opening.title}},
                "Status": opening.status,
            }
            for number, opening in person.openings.items()
        ],
        "UserArea": {"Notiz": NOTE},
    }


def said(moment: Moment) -> str:
    """Say a time in whole seconds of UTC."""
    return f"{datetime.fromtimestamp(moment // 1000, tz=UTC):%Y-%m-%dT%H:%M:%SZ}"


def _moment(text: str | None) -> Moment | None:
    return None if text is None else int(datetime.fromisoformat(text).timestamp() * 1000)


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
