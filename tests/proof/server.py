"""Serves the model over HTTP, a page at a time, as a tenant's API may do it."""

from __future__ import annotations

import email.utils
import json
import random
import threading
import typing as t
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.proof.remote import Change, Moment, Person, Remote

Pagination = t.Literal["page", "offset", "cursor", "link"]
Order = t.Literal["id", "newest", "scattered"]
Total = t.Literal["none", "true", "low", "high", "everybody"]
"""What an answer tells of the length of a list; everybody: as if nothing were filtered."""
Ending = t.Literal["plain", "404", "416", "last again", "empty for ever", "first", "shuffled"]
"""What follows the last page: nothing (an empty page, no link), a status, the last page again and
again, or links to empty pages; with the last two the list has no end, since the place in it is
ignored: the first page for ever, or any people in any order."""
Shape = t.Literal["list", "gaps", "ids", "single"]
"""How a list is written: as one, as what PHP makes of one with holes, by id, or one as itself."""
Query = Mapping[str, str]
Bounds = tuple[str | None, str | None]

PAST_ALL = [1 << 60]
"""Sorts after everybody."""
FLOOD = 400
"""Whoever sends so many requests in one run gets no more answers."""

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
        total: What it says of the number of people.
        ending: What follows its last page.
        shape: How its lists are written, of people and of openings.
    """

    pagination: Pagination = "page"
    order: Order = "id"
    filters: bool = True
    until: bool = False
    until_inclusive: bool = False
    knows_unknown: bool = True
    total: Total = "none"
    ending: Ending = "plain"
    shape: Shape = "list"

    @property
    def is_numbered(self) -> bool:
        """Whether its pages have numbers or offsets."""
        return self.pagination in {"page", "offset"}


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
        """Answer one request: status, headers, body."""
        parts, visit = urlsplit(url), self.visit
        if parts.path.endswith("/notes"):
            who = parts.path.split("/")[-2]
            visit.asked_about.append(who)
            return 200, {}, json.dumps([{"Id": 1, "Text": f"about {who}"}]).encode()
        return self._list(dict(parse_qsl(parts.query)))

    def _list(self, query: Query) -> tuple[int, Mapping[str, str], bytes]:
        """Answer a request for a page."""
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
            "data": shaped({p.number: wire(p, self.habits) for p in page}, self.habits.shape),
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


def is_endless(habits: Habits, many: int, size: int, told: int | None) -> bool:
    """Whether nobody can see where a list of so many people ends.

    A full first page that is sent again may be the whole list or the only page that is shown,
    unless the server tells how many people there are.
    """
    is_one_page = many < size or (many == size == told)
    if not habits.is_numbered:
        return habits.ending in {"first", "shuffled"}
    if habits.ending == "first":
        return many > 0 and not is_one_page
    if habits.ending == "shuffled":
        return many > 1
    return habits.ending == "last again" and many == size and not is_one_page


def next_link(query: Query) -> str:
    """Return the header that leads to the next page."""
    following = urlencode({**query, "page": int(query.get("page", 1)) + 1})
    return f'<?{following}>; rel="next"'


def told_total(
    remote: Remote, habits: Habits, people: Sequence[Person], query: Query
) -> int | None:
    """Return what the server says of the number of people, None for nothing."""
    if habits.total == "true":  # and only then is anybody hidden
        return len(filtered(remote, habits, query, is_capped=False))
    if habits.total == "low" and habits.ending != "first":  # else it says: one page is all
        return max(len(people) - 1, 0)
    return {"high": len(people) + 2, "everybody": len(remote.people)}.get(habits.total)


def filtered(
    remote: Remote, habits: Habits, query: Query, *, is_capped: bool = True
) -> list[Person]:
    """Answer the list that a query means, in the order of the server."""
    unseen = remote.unseen() if is_capped and habits.total == "true" else ()
    since, until = _moment(query.get("modified_since")), _moment(query.get("modified_until"))

    def fits(person: Person) -> bool:
        if person.number in unseen:
            return False
        if person.updated is None:
            return habits.knows_unknown or (since is None and until is None)
        return (since is None or person.updated >= since) and (
            until is None
            or person.updated < until
            or (habits.until_inclusive and person.updated == until)
        )

    return sorted(
        filter(fits, remote.shown().values()), key=lambda person: sort_key(habits.order, person)
    )


def paged(
    people: Sequence[Person], habits: Habits, query: Query, number: int
) -> tuple[int, Sequence[Person], bool]:
    """Answer the status, the page that a query means, and whether a next link follows it.

    Args:
        people: The list.
        habits: Of the server.
        query: As asked.
        number: Of the request in the run.
    """
    size = int(query["per_page"])
    if habits.ending in {"first", "shuffled"}:
        order = list(people)
        if habits.ending == "shuffled":
            random.Random(number).shuffle(order)
        return 200, order[:size], True
    if habits.pagination == "cursor":
        after = json.loads(query["cursor"])[1:] if "cursor" in query else None
        rest = [p for p in people if after is None or sort_key(habits.order, p) > after]
        more = len(rest) > size or habits.ending == "empty for ever"
        return 200, rest[:size], more
    start = int(query.get("offset", 0))
    if habits.pagination != "offset":
        start = (int(query.get("page", 1)) - 1) * size
    if habits.is_numbered and start > 0 and start >= len(people):
        if habits.ending in {"404", "416"}:
            return int(habits.ending), [], False
        if habits.ending == "last again" and people:
            start = (len(people) - 1) // size * size
    more = len(people) > start + size or habits.ending == "empty for ever"
    return 200, people[start : start + size], more


def sort_key(order: Order, person: Person) -> list[t.Any]:
    """Answer what a list is sorted by: no two have the same."""
    first = {
        "id": 0,
        "newest": 0 if person.updated is None else -person.updated,
        "scattered": zlib.crc32(person.number.encode()),
    }[order]
    return [first, person.number]


def shaped(items: Mapping[str, t.Any], shape: Shape) -> t.Any:
    """Write a list, the way a shape says; keys are ids."""
    those = list(items.values())
    if shape == "single":
        return those[0] if len(those) == 1 else those or None
    if shape == "gaps" and those:
        return {str(2 * place): each for place, each in enumerate(those)}
    return items if shape == "ids" and those else those


def wire(person: Person, habits: Habits) -> dict[str, t.Any]:
    """Say a version as the API does."""
    return {
        "CandidateRecordInfo": {
            "Id": {"IdValue": person.number},
            "Confidential": str(int(person.is_confidential)),
            "CreatedDate": said(person.created),
            "LastModificationDate": "" if person.updated is None else said(person.updated),
        },
        "CandidateSupplier": {"EntityName": remark(person, "Quelle")},
        "CandidateProfile": {"PersonalData": {"PersonName": {"FamilyName": person.name}}},
        "PositionOpening": shaped(
            {
                number: {
                    "PositionRecordInfo": {"Id": {"IdValue": number}},
                    "PositionProfile": {"PositionDetail": {"PositionTitle": opening.title}},
                    "Status": opening.status,
                }
                for number, opening in person.openings.items()
            },
            habits.shape,
        ),
        "UserArea": {"Notiz": NOTE, "Vermerk": remark(person, "Vermerk")},
    }


def remark(person: Person, word: str) -> str:
    """Return a text that begins with a word, different in each version."""
    return person.name.replace("Name", word)


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
