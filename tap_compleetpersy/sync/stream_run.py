"""One selected stream during one run: what it emits, and what it remembers."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Iterable
from dataclasses import dataclass, field

from tap_compleetpersy.model.ids import application_remote_id
from tap_compleetpersy.sync.ledger import DAY, UNKNOWN_DAY, Entry, Ledger

if t.TYPE_CHECKING:
    from datetime import datetime

    from tap_compleetpersy.model.candidate import Candidate, Opening
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.sync.emitter import Emitter
    from tap_compleetpersy.sync.plan import StreamPlan
    from tap_compleetpersy.sync.records import Shape
    from tap_compleetpersy.sync.state import Bookmark


@dataclass(frozen=True, slots=True)
class Seen:
    """A candidate as it was read: the model's view, and the record as received."""

    candidate: Candidate
    raw: t.Mapping[str, t.Any]


@dataclass(kw_only=True)
class StreamRun:
    """The moving parts of one stream in one run.

    Attributes:
        plan: From when on the stream emits, and whether it finds deletions.
        bookmark: What the last run left.
        ledger: Everything the warehouse may hold alive, kept up to date; None when
            the run keeps no ledger.
        newest: Latest update emitted, future-dated ones aside.
    """

    plan: StreamPlan
    bookmark: Bookmark
    emitter: Emitter
    shape: Shape
    ledger: Ledger | None
    newest: Instant | None = None

    name: t.ClassVar[str]
    replication_key: t.ClassVar[str] = "changed_at"

    def wants(self, candidate: Candidate) -> bool:
        """Tell whether the candidate is new enough for this stream."""
        return (
            self.plan.since is None
            or candidate.updated_at is None
            or candidate.updated_at >= self.plan.since
        )

    def take(self, seen: Seen, at: datetime, ceiling: Instant) -> None:
        """Emit what follows from a candidate and remember it."""
        candidate = seen.candidate
        self._emit(seen, at)
        updated = candidate.updated_at
        if updated is not None and updated <= ceiling:
            self.newest = updated if self.newest is None else max(self.newest, updated)
        if self.ledger is not None:
            day = UNKNOWN_DAY if updated is None else max(updated // DAY, 0)
            before = self.ledger.get(candidate.remote_id)
            entry = Entry(day, self._openings(candidate))
            self.ledger[candidate.remote_id] = entry
            if before is not None:
                gone = [o for o in before.openings if o not in entry.openings]
                self._withdraw(candidate.remote_id, gone, at)

    def expire(self, candidate_id: str) -> None:
        """Forget a candidate who is out of scope now; nothing was deleted."""
        if self.ledger is not None:
            self.ledger.pop(candidate_id, None)

    def delete(self, candidate_id: str, at: datetime) -> None:
        """Emit the deletion of a candidate, or of what followed from the candidate."""
        if self.ledger is not None:
            entry = self.ledger.pop(candidate_id)
            self._withdraw(candidate_id, entry.openings, at)

    def settle(self, at: datetime) -> None:
        """Emit what only the end of the run can tell."""

    def bookmark_at(
        self,
        position: Instant | None,
        *,
        changed_at: Instant,
        full_sync_at: Instant | None,
        unreadable: int | None,
    ) -> Bookmark:
        """Answer the bookmark with the stream complete up to a position.

        What is None stays as the last run left it; a position never moves back.
        """
        before = self.bookmark
        known = [p for p in (before.position, position) if p is not None]
        return dataclasses.replace(
            before,
            position=max(known, default=None),
            changed_at=changed_at,
            full_sync_at=before.full_sync_at if full_sync_at is None else full_sync_at,
            unreadable=before.unreadable if unreadable is None else unreadable,
            ledger=before.ledger if self.ledger is None else self.ledger,
        )

    def _emit(self, seen: Seen, at: datetime) -> None:
        raise NotImplementedError

    def _openings(self, candidate: Candidate) -> tuple[str, ...]:
        return tuple(opening.remote_id for opening in candidate.openings)

    def _withdraw(self, candidate_id: str, openings: Iterable[str], at: datetime) -> None:
        """Take note that openings are not on a candidate any more."""

    def _bury(self, remote_id: str, at: datetime) -> None:
        self.emitter.emit(self.shape.tombstone(self.name, remote_id), at)


class CandidatesRun(StreamRun):
    """Candidates: one record each."""

    name = "candidates"
    replication_key = "remote_updated_at"

    def delete(self, candidate_id: str, at: datetime) -> None:
        """Emit the tombstone of the candidate."""
        super().delete(candidate_id, at)
        self._bury(candidate_id, at)

    def _emit(self, seen: Seen, at: datetime) -> None:
        self.emitter.emit(self.shape.candidate(seen.candidate, seen.raw), at)

    def _openings(self, candidate: Candidate) -> tuple[str, ...]:  # noqa: ARG002 - a candidate's row does not depend on them
        return ()


class ApplicationsRun(StreamRun):
    """Applications: one record for each opening on a candidate."""

    name = "applications"

    def _emit(self, seen: Seen, at: datetime) -> None:
        for opening in seen.candidate.openings:
            self.emitter.emit(self.shape.application(seen.candidate, opening), at)

    def _withdraw(self, candidate_id: str, openings: Iterable[str], at: datetime) -> None:
        for opening_id in openings:
            self._bury(application_remote_id(candidate_id, opening_id), at)


@dataclass(kw_only=True)
class JobsRun(StreamRun):
    """Jobs: one record for each opening, titled by the most recent candidate.

    An opening is emitted when it is first seen, and again only when a more recently
    updated candidate (ties: the greater remote id) gives it another title. A
    missing title names nothing and never replaces one.

    Attributes:
        titles: Opening to who titled it (in the order of authority) and the title.
        lost: Openings that some candidate does not carry any more.
    """

    name = "jobs"

    titles: dict[str, tuple[tuple[bool, Instant, str], str | None]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    def _emit(self, seen: Seen, at: datetime) -> None:
        candidate = seen.candidate
        updated = -1 if candidate.updated_at is None else candidate.updated_at
        for opening in candidate.openings:
            authority = (opening.name is not None, updated, candidate.remote_id)
            if self._is_news(opening, authority):
                self.emitter.emit(self.shape.job(opening), at)

    def _is_news(self, opening: Opening, authority: tuple[bool, Instant, str]) -> bool:
        known = self.titles.get(opening.remote_id)
        if known is not None and authority <= known[0]:
            return False
        self.titles[opening.remote_id] = (authority, opening.name)
        return known is None or known[1] != opening.name

    def _withdraw(
        self,
        candidate_id: str,  # noqa: ARG002 - whoever carried it
        openings: Iterable[str],
        at: datetime,  # noqa: ARG002 - only the end of the run can tell
    ) -> None:
        self.lost.update(openings)

    def settle(self, at: datetime) -> None:
        """Emit tombstones of jobs whose last carrier was deleted or withdrew."""
        if self.lost and self.ledger is not None:
            for entry in self.ledger.values():
                self.lost.difference_update(entry.openings)
            for opening_id in sorted(self.lost):
                self._bury(opening_id, at)


RUNS: t.Mapping[str, type[StreamRun]] = {
    run.name: run for run in (CandidatesRun, JobsRun, ApplicationsRun)
}
"""How each stream runs, in the order in which a page is written."""
