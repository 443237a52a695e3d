"""The state of one local Persy: its clock, its people, every edit, and what it was asked."""

from __future__ import annotations

import threading
import typing as t
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from starlette.datastructures import Headers

from tap_compleetpersy.sandbox import words
from tap_compleetpersy.sandbox.attachments import Links
from tap_compleetpersy.sandbox.facts import Attachment, Candidate, Opening
from tap_compleetpersy.sandbox.faults import Faults
from tap_compleetpersy.sandbox.listing import ORDERS, MakeKey, OrderKey
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.people import FIRST_ID, Notes, People, Pools, Recruiters, within
from tap_compleetpersy.sandbox.shapes import renderer

if t.TYPE_CHECKING:
    from collections.abc import Sequence

KEPT_REQUESTS = 100_000
KEPT_BODIES = 100_000
KEPT_SELECTIONS = 8
CANDIDATE, OPENING, CUSTOM_FIELD, ATTACHMENT = "candidate", "opening", "custom field", "attachment"
_Part = t.TypeVar("_Part", bound=Opening | Attachment)
_FACTS = frozenset(each.name for each in fields(Candidate)) - {"remote_id"}


@dataclass(slots=True)
class Clock:
    """Real time until it is set; then it stands still, so that tests can move it."""

    stopped_at: datetime | None = None

    def now(self) -> datetime:
        """Return the time in UTC and whole seconds, since the wire has no fractions."""
        return (self.stopped_at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)

    def set(self, moment: datetime | None) -> None:
        """Stop the clock at an aware time, or let it show real time again with None."""
        self.stopped_at = moment

    def advance(self, seconds: float) -> None:
        """Stop the clock this many seconds after (or before) the time that it shows."""
        self.stopped_at = self.now() + timedelta(seconds=seconds)


class UnknownRecordError(LookupError):
    """There is no such candidate, opening, custom field or attachment."""

    def __init__(self, kind: str) -> None:
        """Name the kind, and nobody."""
        super().__init__(f"no such {kind}")


class Store:
    """The candidates that exist now, and the operations that change them.

    Each change sets the candidate's ``updated_at`` to the clock's time unless one is given.
    Methods may be called from several threads; ``lock`` keeps several calls together.
    """

    def __init__(
        self,
        people: People,
        count: int,
        clock: Clock,
        *,
        render: Callable[[Candidate], bytes],
        order: MakeKey,
    ) -> None:
        """Fill the tenant with the first ``count`` people, numbered from 1.

        Candidates are rendered once for each version of them.
        """
        self.clock = clock
        self._people = people
        self._render = render
        self._order = order
        self._next_number = count + 1
        self._added_attachments = 0
        self._updated_at = {
            str(FIRST_ID + number): people.updated_at(number) for number in range(1, count + 1)
        }
        self._changed: dict[str, Candidate] = {}
        self._bodies: dict[str, bytes] = {}
        self._kept_selections = lru_cache(KEPT_SELECTIONS)(self._selected)
        self.lock = threading.RLock()

    def __len__(self) -> int:
        """Return how many candidates exist."""
        return len(self._updated_at)

    def candidate(self, remote_id: str) -> Candidate:
        """Return the facts of one candidate; raise `UnknownRecordError` when there is none."""
        with self.lock:
            if remote_id not in self._updated_at:
                raise UnknownRecordError(CANDIDATE)
            return self._changed.get(remote_id) or self._people.candidate(int(remote_id) - FIRST_ID)

    def candidates(self) -> list[Candidate]:
        """Return the facts of all candidates in the order of the list."""
        with self.lock:
            return [self.candidate(remote_id) for remote_id in self.select()]

    def body(self, remote_id: str) -> bytes:
        """Return the JSON of one candidate, made once for each version of it."""
        with self.lock:
            if (body := self._bodies.get(remote_id)) is None:
                body = self._render(self.candidate(remote_id))
                if len(self._bodies) < KEPT_BODIES:
                    self._bodies[remote_id] = body
            return body

    def warm(self) -> None:
        """Make the bytes of every page in advance, as far as they are kept."""
        for remote_id in self.select()[:KEPT_BODIES]:
            self.body(remote_id)

    def select(self, since: datetime | None = None, until: datetime | None = None) -> Sequence[str]:
        """Return the ids updated in a time span (its end exclusive), in the order of the list."""
        with self.lock:
            return self._kept_selections(since, until)

    def order_key(self, remote_id: str) -> OrderKey:
        """Return the place of a candidate in the list."""
        return self._order(remote_id, self._updated_at[remote_id], self._people.seed)

    def add(self, **facts: t.Any) -> Candidate:  # noqa: ANN401 - the types are Candidate's
        """Add a candidate, or bring one back: the facts given, and otherwise a fictional person.

        Without ``remote_id`` it is the next free one, without times the clock's. `ValueError` says
        that there is a candidate with this id, `TypeError` that there is no such fact.
        """
        with self.lock:
            now = self.clock.now()
            newcomer = self._newcomer()
            remote_id = facts.pop("remote_id", None) or newcomer.remote_id
            if remote_id in self._updated_at:
                message = "a candidate with this remote_id exists"
                raise ValueError(message)
            given: dict[str, t.Any] = {"created_at": now, "updated_at": now} | _known(facts)
            return self._keep(replace(newcomer, remote_id=remote_id, **given))

    def edit(self, remote_id: str, *, touch: bool = True, **facts: t.Any) -> Candidate:  # noqa: ANN401 - the types are Candidate's
        """Replace some facts of a candidate; without ``updated_at``, it is the clock's time.

        Without ``touch`` it stays. A fact that is unknown, or cannot change, is a `TypeError`.
        """
        with self.lock:
            candidate = self.candidate(remote_id)
            moment = facts.get("updated_at") or self.clock.now()
            facts["updated_at"] = moment if touch else candidate.updated_at
            return self._keep(replace(candidate, **_known(facts)))

    def delete(self, remote_id: str) -> None:
        """Delete a candidate for good; the list does not mention it any more."""
        with self.lock:
            self.candidate(remote_id)
            del self._updated_at[remote_id]
            self._changed.pop(remote_id, None)
            self._forget(remote_id)

    def put_opening(
        self,
        remote_id: str,
        opening_id: str,
        *,
        updated_at: datetime | None = None,
        **facts: t.Any,  # noqa: ANN401 - the types are Opening's
    ) -> Candidate:
        """Add an opening to a candidate, or replace some facts of one that is there."""
        with self.lock:
            openings = _put(self.candidate(remote_id).openings, Opening(opening_id), facts)
            return self.edit(remote_id, openings=openings, updated_at=updated_at)

    def remove_opening(
        self, remote_id: str, opening_id: str, *, updated_at: datetime | None = None
    ) -> Candidate:
        """Withdraw a candidate from an opening."""
        with self.lock:
            rest = _without(self.candidate(remote_id).openings, opening_id, OPENING)
            return self.edit(remote_id, openings=rest, updated_at=updated_at)

    def rename_opening(
        self,
        opening_id: str,
        title: str | None,
        *,
        updated_at: datetime | None = None,
        touch: bool = True,
    ) -> int:
        """Rename an opening on everybody who carries it, and return how many do.

        Without ``touch`` the update times of its carriers stay.
        """
        with self.lock:
            carriers = [
                candidate
                for candidate in self.candidates()
                if any(opening.remote_id == opening_id for opening in candidate.openings)
            ]
            for carrier in carriers:
                moment = updated_at if touch else carrier.updated_at
                self.put_opening(carrier.remote_id, opening_id, title=title, updated_at=moment)
            return len(carriers)

    def set_custom_field(
        self, remote_id: str, key: str, value: object, *, updated_at: datetime | None = None
    ) -> Candidate:
        """Set a custom field of a candidate; the value is any JSON value."""
        with self.lock:
            custom_fields = {**self.candidate(remote_id).custom_fields, key: value}
            return self.edit(remote_id, custom_fields=custom_fields, updated_at=updated_at)

    def remove_custom_field(
        self, remote_id: str, key: str, *, updated_at: datetime | None = None
    ) -> Candidate:
        """Take a custom field away from a candidate."""
        with self.lock:
            custom_fields = dict(self.candidate(remote_id).custom_fields)
            if key not in custom_fields:
                raise UnknownRecordError(CUSTOM_FIELD)
            del custom_fields[key]
            return self.edit(remote_id, custom_fields=custom_fields, updated_at=updated_at)

    def attachment(self, remote_id: str, attachment_id: str) -> Attachment:
        """Return the facts of one attachment; raise `UnknownRecordError` when there is none."""
        for attachment in self.candidate(remote_id).attachments:
            if attachment.remote_id == attachment_id:
                return attachment
        raise UnknownRecordError(ATTACHMENT)

    def add_attachment(self, remote_id: str, **facts: t.Any) -> Attachment:  # noqa: ANN401 - the types are Attachment's
        """Add an attachment to a candidate under an id that is never given twice."""
        with self.lock:
            self._added_attachments += 1
            attachment_id = f"{remote_id}-{self._added_attachments}"
            self.put_attachment(remote_id, attachment_id, **facts)
            return self.attachment(remote_id, attachment_id)

    def put_attachment(
        self,
        remote_id: str,
        attachment_id: str,
        *,
        updated_at: datetime | None = None,
        touch: bool = True,
        **facts: t.Any,  # noqa: ANN401 - the types are Attachment's
    ) -> Candidate:
        """Add an attachment (a CV of now), or replace some facts of one that is there.

        A given update time is that of the attachment, too; without ``touch`` the candidate's stays.
        """
        with self.lock:
            if updated_at is not None:
                facts["updated_at"] = _whole_second(updated_at)
            new = Attachment(attachment_id, *words.DOCUMENTS[0], self.clock.now())
            attachments = _put(self.candidate(remote_id).attachments, new, facts)
            return self.edit(remote_id, attachments=attachments, updated_at=updated_at, touch=touch)

    def remove_attachment(
        self,
        remote_id: str,
        attachment_id: str,
        *,
        updated_at: datetime | None = None,
        touch: bool = True,
    ) -> Candidate:
        """Take an attachment away from a candidate; ``touch`` as in :meth:`put_attachment`."""
        with self.lock:
            rest = _without(self.candidate(remote_id).attachments, attachment_id, ATTACHMENT)
            return self.edit(remote_id, attachments=rest, updated_at=updated_at, touch=touch)

    def _newcomer(self) -> Candidate:
        """Return the next person who does not exist yet, having applied just now."""
        while str(FIRST_ID + self._next_number) in self._updated_at:
            self._next_number += 1
        person = self._people.candidate(self._next_number)
        self._next_number += 1
        now = self.clock.now()
        return replace(
            person,
            openings=tuple(replace(opening, applied_at=now) for opening in person.openings),
            attachments=tuple(replace(document, created_at=now) for document in person.attachments),
        )

    def _selected(self, since: datetime | None, until: datetime | None) -> Sequence[str]:
        if since is None and until is None:
            return sorted(self._updated_at, key=self.order_key)
        ordered = {remote_id: self._updated_at[remote_id] for remote_id in self.select()}
        return within(ordered, since, until)

    def _keep(self, candidate: Candidate) -> Candidate:
        candidate = replace(
            candidate,
            created_at=_whole_second(candidate.created_at),
            updated_at=_whole_second(candidate.updated_at),
        )
        self._changed[candidate.remote_id] = candidate
        self._updated_at[candidate.remote_id] = candidate.updated_at
        self._forget(candidate.remote_id)
        return candidate

    def _forget(self, remote_id: str) -> None:
        self._bodies.pop(remote_id, None)
        self._kept_selections.cache_clear()


def _put(parts: tuple[_Part, ...], new: _Part, facts: dict[str, t.Any]) -> tuple[_Part, ...]:
    """Return parts of a candidate, one of which has these facts; a new one if it is not there."""
    if all(part.remote_id != new.remote_id for part in parts):
        return (*parts, replace(new, **facts))
    return tuple(
        replace(part, **facts) if part.remote_id == new.remote_id else part for part in parts
    )


def _without(parts: tuple[_Part, ...], remote_id: str, kind: str) -> tuple[_Part, ...]:
    rest = tuple(part for part in parts if part.remote_id != remote_id)
    if len(rest) == len(parts):
        raise UnknownRecordError(kind)
    return rest


def _known(facts: dict[str, t.Any]) -> dict[str, t.Any]:
    if unknown := facts.keys() - _FACTS:
        message = f"no such fact, or one that cannot change: {', '.join(sorted(unknown))}"
        raise TypeError(message)
    return facts


def _whole_second(moment: datetime) -> datetime:
    """Return the time in UTC as the wire can hold it, so that the filter sees what clients see."""
    if moment.tzinfo is None:
        message = "times must have an offset"
        raise ValueError(message)
    return moment.astimezone(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """A request that reached the API. The admin API's own are not recorded."""

    method: str
    path: str
    query: str


@dataclass(frozen=True, slots=True)
class ForeignRequest:
    """A request that reached the second port, with all that it gave away."""

    method: str
    path: str
    headers: Headers


class Sandbox:
    """One local Persy.

    Attributes:
        store: Its people, for direct edits.
        faults: What goes wrong next.
        url: Base URL of the API, which the tap's setting ``api_url`` takes.
        foreign_url: Base URL of the second port, where foreign links lead; None without such links.
        requests: What was asked, oldest first; the newest 100,000.
        foreign_requests: What the second port was asked, with all headers.
        before_answer: Called with each request before it is answered: for edits between two pages.
    """

    def __init__(self, options: Options, url: str, foreign_url: str | None = None) -> None:
        """Make the tenant and its pages, not yet served."""
        clock, order = Clock(options.now), ORDERS[options.order]
        people = People(options.seed, clock.now(), Pools.drawn(options.seed))
        render = renderer(options.shape)
        self.options, self.url, self.foreign_url = options, url, foreign_url
        self.store = Store(people, options.candidates, clock, render=render, order=order)
        self.store.warm()
        self.faults = Faults(options.page_params, options.chaos, options.seed)
        self.recruiters = Recruiters(people, order)
        self.notes = Notes(people)
        self.links = Links(options, url, foreign_url, clock.now)
        self.requests: deque[ServedRequest] = deque(maxlen=KEPT_REQUESTS)
        self.foreign_requests: deque[ForeignRequest] = deque(maxlen=KEPT_REQUESTS)
        self.before_answer: list[Callable[[ServedRequest], object]] = []

    @property
    def api_key(self) -> str:
        """The key that is let in."""
        return self.options.api_key
