"""One selected stream during one run: what it emits, and what it remembers."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import typing as t
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from typing_extensions import override

from tap_compleetpersy.model.candidate import WITHOUT_ID
from tap_compleetpersy.model.ids import application_remote_id
from tap_compleetpersy.model.times import latest
from tap_compleetpersy.sync import deletions
from tap_compleetpersy.sync.ledger import Ledger
from tap_compleetpersy.sync.ledger_columns import UNKNOWN_DAY, Entry, hashed
from tap_compleetpersy.sync.tables import Memory, Tables, make_tables

if t.TYPE_CHECKING:
    from datetime import datetime

    from tap_compleetpersy.model.candidate import Opening
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.sync.emitter import Emitter
    from tap_compleetpersy.sync.ledger_columns import Keys
    from tap_compleetpersy.sync.mapping import Mapped, MappedPage
    from tap_compleetpersy.sync.plan import Plan, StreamPlan
    from tap_compleetpersy.sync.records import RecordBuilder
    from tap_compleetpersy.sync.selection import Record
    from tap_compleetpersy.sync.state import Bookmark
    from tap_compleetpersy.sync.tables import StreamColumns


@dataclass(kw_only=True)
class StreamRun:
    """The moving parts of one stream in one run.

    Attributes:
        plan: From when on the stream emits, and whether it finds deletions.
        bookmark: What the last run left.
        before: What lived at the end of the last run.
        ledger: What lives, kept up to date; None when the run keeps no ledger.
        columns: Those of the stream's tables.
        look: Hashes of what decides how the rows of this run look.
        gone: What was taken out of the ledger. Only after the run it is certain that the target
            has the tombstones.
        withdrawn: Openings that candidates do not have any more, without a tombstone so far: only
            the end can tell whether they are too many to be believed.
        deleted_days: Day of the last update of each deleted candidate.
        newest: Latest update emitted, future-dated ones aside.
        short: By how many candidates the list was shorter than told, for the bookmark.
        tables: Which tables hold what; None when the run keeps no ledger.
    """

    plan: StreamPlan
    bookmark: Bookmark
    emitter: Emitter
    builder: RecordBuilder
    ledger: Ledger | None
    columns: StreamColumns
    look: Mapping[str, str]
    name: str = field(init=False)
    before: Ledger = field(init=False)
    gone: dict[str, set[str]] = field(default_factory=dict, init=False)
    withdrawn: dict[str, set[str]] = field(default_factory=dict, init=False)
    deleted_days: dict[str, int] = field(default_factory=dict, init=False)
    newest: Instant | None = field(default=None, init=False)
    short: int | None = field(init=False)
    tables: Tables | None = field(init=False)
    is_of_openings: t.ClassVar[bool] = False
    """Whether what the ledger knows beside the candidate are openings."""
    names_candidates: t.ClassVar[bool] = True
    """Whether tombstones name candidates; where none does, the ledger has hashes of UUIDs."""

    def __post_init__(self) -> None:
        """Take over what the last pass found, and what the tables hold."""
        if self.ledger is not None and not self.names_candidates:
            self.ledger = self.ledger.hashed()  # an older release kept all ids
        self.name = self.emitter.name
        self.short = self.bookmark.short
        self.before = self.bookmark.ledger or Ledger()
        self.tables = None
        if self.ledger is not None:
            tables, filtered = self.emitter.tables, self.emitter.filtered
            known = self._records(self.before)
            self.tables = make_tables(tables, filtered, self.bookmark.tables, known)

    def key(self, candidate_id: str) -> str:
        """Return what the ledger calls a candidate; all else here calls candidates so, too."""
        return candidate_id if self.names_candidates else hashed(candidate_id)

    def keys(self, ids: Keys) -> Keys:
        """Return what the ledger calls candidates."""
        return ids if self.names_candidates else ids.hashed()

    def prepare(self, wanted: Sequence[Mapped], page: MappedPage, at: datetime) -> None:
        """Do what is better done for a page at once, before those wanted of it are taken."""

    def take(self, mapped: Mapped, at: datetime, ceiling: Instant) -> None:
        """Emit what follows from a candidate and remember it."""
        self._emit(mapped, at)
        updated = mapped.updated_at
        if updated is not None and updated <= ceiling:
            self.newest = updated if self.newest is None else max(self.newest, updated)
        if self.ledger is not None:
            key, entry = self.key(mapped.remote_id), self._entry(mapped)
            before = self.ledger.put(key, entry)
            if before is not None:
                gone = [o for o in before.children if o not in entry.children]
                if gone and self.is_of_openings and WITHOUT_ID in mapped.doubts:
                    # Each of them may be the one that cannot be read: nothing proves that it left.
                    self.ledger.put(key, Entry(entry.day, (*entry.children, *gone)))
                elif gone:
                    self.gone.setdefault(key, set()).update(gone)
                    self.withdrawn.setdefault(key, set()).update(gone)

    def expire(self, key: str) -> None:
        """Forget a candidate who is out of scope now; nothing was deleted."""
        if self.ledger is not None:
            self.ledger.pop(key, None)
            self.withdrawn.pop(key, None)

    def delete(self, key: str, at: datetime) -> None:
        """Emit the deletion of a candidate, or of what followed from the candidate."""
        if self.ledger is not None:
            entry = self.ledger.pop(key)
            openings = {*entry.children, *self.withdrawn.pop(key, ())}
            self.gone.setdefault(key, set()).update(openings)
            self.deleted_days[key] = entry.day
            self._withdraw(key, sorted(openings), at)

    def objection(self, limit_percent: float) -> str | None:
        """Return why what candidates withdrew is too much to be believed, or None.

        An answer that leaves out everybody's openings looks like everybody withdrawing.
        """
        lost = self._losses()
        if lost <= deletions.ALWAYS_PASS:
            return None
        known = self._known()  # to count them takes time
        if not deletions.is_too_much(lost, known, limit_percent):
            return None
        return f"{lost} of {known} known {self.name} would be withdrawn by candidates who live"

    def withdraw_so_far(self, at: datetime) -> None:
        """Emit the deletions that are certain before the end of the run."""

    def withdraw(self, at: datetime, *, is_believed: bool) -> None:
        """Emit the deletions of what candidates withdrew, or know it as before if not believed."""
        for key, openings in self._withdrawn_now().items():
            if is_believed:
                self._withdraw(key, openings, at)
            elif self.ledger is not None:
                entry = self.ledger[key]
                self.ledger[key] = Entry(entry.day, (*entry.children, *openings))
        self.withdrawn.clear()

    def _losses(self) -> int:
        """Return how many records candidates withdrew; none where that cannot be a mistake."""
        return 0

    def _known(self) -> int:
        """Return how many records were known before the run."""
        return 0

    def _withdrawn_now(self) -> dict[str, list[str]]:
        """Return what candidates withdrew and did not take back in this run."""
        ledger: Mapping[str, Entry] = self.ledger or {}
        current = {c: ledger[c].children if c in ledger else () for c in self.withdrawn}
        left = {c: sorted(those.difference(current[c])) for c, those in self.withdrawn.items()}
        return {key: openings for key, openings in left.items() if openings}

    def take_out(self, at: datetime) -> None:
        """Emit the tombstones of what a complete pass found to fail a table's filter."""
        failed = {} if self.tables is None else self.tables.failed
        for table in list(failed):
            for remote_id in sorted(failed[table]):
                self._emit_tombstone(remote_id, at, [table])

    def settle(self, at: datetime) -> None:
        """Emit what only the end of the run can tell."""

    def bookmark_so_far(self, plan: Plan, reached: Instant | None) -> Bookmark:
        """Return the bookmark in the middle of a run.

        Its ledger holds everything that the target may have, what is gone
        included: a tombstone that is sent twice is harmless, one that is never
        sent leaves a person in the warehouse.

        Args:
            plan: The run's.
            reached: Where the last finished window ended, if any. The first sync
                of a stream goes on from there; a complete pass starts again.
        """
        is_first = self.bookmark.position is None and reached is not None
        return dataclasses.replace(
            self.bookmark,
            position=latest(self.bookmark.position, reached),
            changed_at=plan.changed_at,
            full_sync_at=plan.started_at
            if is_first and self.plan.complete
            else self.bookmark.full_sync_at,
            ledger=self._ledger_so_far(),
            tables=self._memory(whole=True),
            columns=self.columns.after(emptied=False),
        )

    def bookmark_at_end(self, plan: Plan, reached: Instant | None, unreadable: int) -> Bookmark:
        """Return the bookmark of a run that read everything it planned."""
        bookmark = dataclasses.replace(
            self.bookmark,
            position=latest(self.bookmark.position, reached, self.newest),
            changed_at=plan.changed_at,
            ledger=self.bookmark.ledger if self.ledger is None else self.ledger,
            tables=self._memory(whole=False),
            columns=self.columns.after(emptied=self.plan.complete),
            shape=self.look if self.bookmark.shape is None else self.bookmark.shape,
        )
        if not self.plan.complete:
            return bookmark
        return dataclasses.replace(
            bookmark,
            full_sync_at=plan.started_at,
            scope_since=plan.lower_bound,
            unreadable=unreadable,
            shape=self.look,
            short=self.short,
        )

    def _memory(self, *, whole: bool) -> Memory | None:
        if self.tables is None:
            return self.bookmark.tables
        if self.plan.complete and not whole:
            self.tables.keep(self._records(self.ledger or Ledger()))  # none of expired candidates
        return self.tables.memory(self.bookmark.tables, whole=whole)

    def _ledger_so_far(self) -> Ledger | None:
        if self.ledger is None:
            return self.bookmark.ledger
        ledger = self.ledger.copy()
        for key, openings in self.gone.items():
            day = self.deleted_days.get(key, UNKNOWN_DAY)
            entry = ledger.get(key, Entry(day, ()))
            rest = tuple(openings.difference(entry.children))
            ledger[key] = Entry(entry.day, entry.children + rest)
        return ledger

    def _emit(self, mapped: Mapped, at: datetime) -> None:
        """Emit the records that follow from a candidate, unless `prepare` did."""

    def _write(
        self, wanted: Sequence[Mapped], page: MappedPage, records: Callable[[Mapped], int]
    ) -> None:
        """Write the lines of a page's candidates; `records` says how many records one has."""
        lines = {table: page.lines[table] for table in self.emitter.tables}
        if len(wanted) == len(page.candidates) and not self.emitter.is_limited:
            every = [(table, (each.text,)) for table, each in lines.items()]
            self.emitter.write(every, sum(map(records, wanted)))
            return
        for mapped in wanted:
            own = [(table, (each[mapped.place],)) for table, each in lines.items()]
            self.emitter.write(own, records(mapped))

    def _entry(self, mapped: Mapped) -> Entry:
        """Return what the ledger is to know of a candidate."""
        return mapped.entry

    def _withdraw(self, key: str, openings: Iterable[str], at: datetime) -> None:
        """Take note that openings are not on a candidate any more."""

    def _records(self, ledger: Ledger) -> Iterable[str]:
        """Yield the remote ids of the stream's records that a ledger knows."""
        return ledger.carried()

    def _show(self, record: Record, at: datetime) -> None:
        """Emit a record that lives."""
        remote_id = record["remote_id"]
        self._note(remote_id, self.emitter.emit(record, at), at)

    def _note(self, remote_id: str, passing: Collection[str], at: datetime) -> None:
        """Take a record out of the tables whose filter it passes no more."""
        if self.tables is not None and self.emitter.filtered:
            failing = self.tables.see(remote_id, passing, later=self.plan.complete)
            if failing:
                self._emit_tombstone(remote_id, at, failing)

    def _emit_tombstone(
        self, remote_id: str, at: datetime, tables: Collection[str] | None = None
    ) -> None:
        """Emit the tombstone of a record, to the tables that hold it."""
        if self.tables is not None and (having := self.tables.leave(remote_id, tables)):
            self.emitter.emit(self.builder.tombstone(self.name, remote_id), at, having)


class CandidatesRun(StreamRun):
    """Candidates: one record each."""

    def delete(self, key: str, at: datetime) -> None:
        """Emit the tombstone of the candidate."""
        super().delete(key, at)
        self._emit_tombstone(key, at)

    @override
    def prepare(self, wanted: Sequence[Mapped], page: MappedPage, at: datetime) -> None:
        """Write all at once."""
        self._write(wanted, page, lambda _: 1)
        if self.emitter.filtered:
            for mapped in wanted:
                passing = [t for t in self.emitter.tables if page.lines[t][mapped.place]]
                self._note(mapped.remote_id, passing, at)

    def _records(self, ledger: Ledger) -> Iterable[str]:
        return ledger.keys()

    def _entry(self, mapped: Mapped) -> Entry:
        return Entry(mapped.entry.day, ())  # a candidate's row does not depend on the openings


@dataclass(kw_only=True)
class ApplicationsRun(StreamRun):
    """Applications: one record for each opening on a candidate."""

    is_of_openings = True

    _written: int = 0

    def withdraw_so_far(self, at: datetime) -> None:
        """Emit the deletions; those of the next windows count together with these."""
        self._written = self._losses()
        self.withdraw(at, is_believed=True)

    def _losses(self) -> int:
        return self._written + sum(map(len, self._withdrawn_now().values()))

    def _known(self) -> int:
        return self.before.openings

    @override
    def prepare(self, wanted: Sequence[Mapped], page: MappedPage, at: datetime) -> None:
        """Write all at once, unless the ledger has a say."""
        if not self.emitter.filtered:
            self._write(wanted, page, lambda mapped: len(mapped.openings))

    def _emit(self, mapped: Mapped, at: datetime) -> None:
        if self.emitter.filtered:
            for opening in mapped.openings:
                self._show(self.builder.application(mapped.remote_id, opening), at)

    def _records(self, ledger: Ledger) -> Iterable[str]:
        return (
            application_remote_id(candidate_id, opening)
            for candidate_id, entry in ledger.items()
            for opening in entry.children
        )

    def _withdraw(self, key: str, openings: Iterable[str], at: datetime) -> None:
        for opening_id in openings:
            self._emit_tombstone(application_remote_id(key, opening_id), at)


@dataclass(kw_only=True)
class CarriedRun(StreamRun):
    """Records that live as long as some candidate carries them.

    Attributes:
        lost: Records that some candidate does not carry any more.
    """

    lost: set[str] = field(default_factory=set)

    def _losses(self) -> int:
        lost = set(itertools.chain.from_iterable(self._withdrawn_now().values()))
        return len(self._uncarried(lost)) if len(lost) > deletions.ALWAYS_PASS else 0

    def _known(self) -> int:
        return len(self.before.carried())

    def _withdraw(self, _key: str, openings: Iterable[str], _at: datetime) -> None:
        self.lost.update(openings)  # only the end of the run can tell

    def settle(self, at: datetime) -> None:
        """Emit tombstones of what its last carrier lost, or was deleted with."""
        for remote_id in sorted(self._uncarried(self.lost)):
            self._emit_tombstone(remote_id, at)

    def _uncarried(self, lost: set[str]) -> set[str]:
        """Return those of some records that no candidate carries any more."""
        if not lost or self.ledger is None:
            return set()
        return lost - self.ledger.carried()


@dataclass(kw_only=True)
class JobsRun(CarriedRun):
    """Jobs: one record for each opening, titled by the most recent candidate.

    An opening is emitted when it is first seen, and again only when a more recently
    updated candidate (ties: the greater remote id) gives it another title. A
    missing title names nothing and never replaces one. In a delta, neither it nor a title
    by a candidate without an update time replaces one that the target has.

    Attributes:
        titles: Opening to who titled it (in the order of authority) and the title.
    """

    is_of_openings = True
    names_candidates = False

    titles: dict[str, tuple[tuple[bool, Instant, str], str | None]] = field(default_factory=dict)

    def _emit(self, mapped: Mapped, at: datetime) -> None:
        updated = -1 if mapped.updated_at is None else mapped.updated_at
        for opening in mapped.openings:
            is_vague = opening.name is None or mapped.updated_at is None
            if is_vague and opening.remote_id in self._emitted_before:
                continue
            authority = (opening.name is not None, updated, mapped.remote_id)
            if self._is_news(opening, authority):
                self._show(self.builder.job(opening), at)

    @functools.cached_property
    def _emitted_before(self) -> frozenset[str]:
        """Openings whose job the target has, for all that a delta knows."""
        return frozenset(() if self.plan.complete else self.before.carried())

    def _is_news(self, opening: Opening, authority: tuple[bool, Instant, str]) -> bool:
        known = self.titles.get(opening.remote_id)
        if known is not None and authority <= known[0]:
            return False
        self.titles[opening.remote_id] = (authority, opening.name)
        return known is None or known[1] != opening.name


RUNS: t.Mapping[str, type[StreamRun]] = {
    "candidates": CandidatesRun,
    "jobs": JobsRun,
    "applications": ApplicationsRun,
}
"""How the streams that follow from the list of candidates run, in the order in which a page is
written; child streams come after them."""
