"""A tenant, a project that runs the tap, and its warehouse: one run after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from tap_compleetpersy.errors import ApiError, DeletionsRefusedError
from tap_compleetpersy.settings import SettingsError
from tests.proof import laws
from tests.proof.columns import Columns
from tests.proof.doors import Doors
from tests.proof.habits import Ending, Habits
from tests.proof.in_process import run_tap, select
from tests.proof.knowledge import Knowledge
from tests.proof.project import COMPLETE, Project
from tests.proof.remote import HOUR, Change, Hide, Moment, Mute, Remote, Wait
from tests.proof.rows import Scope, moment_of
from tests.proof.serving import Drift, Tenant, Visit
from tests.proof.situation import Situation
from tests.proof.tables import Comparison
from tests.proof.warehouse import (
    COPIES,
    STREAMS,
    TABLES,
    Loading,
    Message,
    Warehouse,
    source_of,
)

CALM_ENDINGS: Collection[Ending] = {"plain", "404", "416"}
"""Of lists that have an end for everybody to see."""


@dataclass(frozen=True, slots=True)
class Server:
    """What all worlds of a test process share.

    Attributes:
        url: Where it listens.
        tenant: Whom it serves; each world puts itself there.
        catalog: As discovered.
    """

    url: str
    tenant: Tenant
    catalog: Message


@dataclass
class World:
    """Everything, from the first day on.

    Attributes:
        server: Serves this world.
        habits: Of the server.
        project: The settings; may be changed between two runs.
        counts: What was done and compared.
        remote: The remote system.
        warehouse: The target's tables, and the state.
        knowledge: What each stream can know.
        emitted: Remote ids of each stream that any run ever wrote as living.
        columns: Which of the candidates the kept state knows to be filled.
        latest_start: Of any run, by the server's clock.
        newest: Latest time that was shown of each person.
    """

    server: Server
    habits: Habits
    project: Project
    counts: Counter[str] = field(default_factory=Counter)
    remote: Remote = field(default_factory=Remote)
    warehouse: Warehouse = field(default_factory=Warehouse)
    knowledge: dict[str, Knowledge] = field(
        default_factory=lambda: {stream: Knowledge() for stream in STREAMS}
    )
    emitted: dict[str, set[str]] = field(
        default_factory=lambda: {stream: set() for stream in STREAMS}
    )
    columns: Columns = field(default_factory=Columns)
    latest_start: Moment = 0
    newest: dict[str, Moment] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let the server serve this world."""
        self.server.tenant.remote, self.server.tenant.habits = self.remote, self.habits
        self.remote.ids = self.habits.ids

    def happens(self, *changes: Change) -> None:
        """Let something change between two runs."""
        for change in changes:
            change.happen(self.remote)
        self._note_changes()

    def sync(  # noqa: PLR0913 - all that a run may suffer
        self,
        hours: float = COMPLETE,
        how: Loading | None = None,
        *,
        drift: Drift | None = None,
        fails_at: int | None = None,
        status: int = 500,
        cut: int | None = None,
        is_refresh: bool = False,
        skew: int = 0,
    ) -> Situation:
        """Run the tap into the warehouse, and check all that can be demanded.

        Args:
            hours: `full_sync_hours`.
            how: The target.
            drift: What happens between two pages.
            fails_at: Number of the request that fails for good.
            status: Of the failure.
            cut: Lines after which the tap is killed.
            is_refresh: ``--full-refresh``: the run gets no state.
            skew: Milliseconds by which the tap's clock is ahead of the server's.
        """
        how = how or Loading()
        if self.project.doors.copies:
            how = replace(how, one_by_one=False)  # such a target knows of no copies
        visit = self.server.tenant.visit = Visit(drift=drift, fails_at=fails_at, status=status)
        now, before, unseen = self.remote.now, self.remote.shown(), self._unseen()
        scope = self.project.scope(now + skew, self.habits)
        self._lapse(scope)
        given = None if is_refresh else self.warehouse.state
        settings = self.project.settings(self.server.url, self.habits, hours)
        if drift is not None and any(isinstance(change, Wait) for change in drift.changes):
            settings["prefetch_pages"] = 0  # else nobody knows when the tap looks at its clock
        catalog = select(self.server.catalog, self.project.streams, self.project.deselected)
        run = run_tap(self.server.tenant, settings, catalog, given, skew)
        situation = Situation(
            run=run,
            visit=visit,
            given=given or {},
            streams=self.project.streams,
            scope=scope,
            started=(now, now + skew),
            before=before,
            after=self.remote.shown(),
            rejuvenated=self._rejuvenated(),
            unseen=unseen | self._unseen(),
            limit=self.project.limit,
            written={table: len(rows) for table, rows in self.warehouse.rows.items()},
            doors=self.project.doors,
            deselected=self.project.deselected,
            to_empty=self.columns.to_empty(self.project) if given else {},
            emitted=self.emitted,
        )
        self._note_emitted(situation)
        self._expect_a_known_end(situation)
        laws.expect_lawful(situation)
        laws.expect_nothing_alive_buried(situation, self.knowledge["jobs"].late)
        known = self.warehouse.known_to(given)
        rows = {table: self.warehouse.living(table) for table in TABLES}
        self.warehouse.load(run.messages[:cut], given, how)
        is_whole = (
            (run.error is None or situation.is_refused)
            and (cut is None or cut >= len(run.messages))
            and not how.dies
        )
        self._note_shown(situation)
        if is_whole and not situation.is_refused and not visit.drifted:
            laws.expect_emptied_columns(
                situation, {table: self.warehouse.living(table) for table in TABLES}
            )
        is_kept = is_whole and self.warehouse.keeps("candidates", run.messages)
        self.columns.note(situation, is_kept=is_kept)
        for stream in self.project.streams:
            comparisons = [
                Comparison(
                    table=table,
                    situation=situation,
                    before=rows[table],
                    after=self.warehouse.living(table),
                    known=known[table],
                    knowledge=self.knowledge[stream],
                )
                for table in self.project.doors.tables([stream])
            ]
            self._learn(stream, situation, comparisons, hours, is_whole=is_whole)
        self._note_changes()
        self._count(situation, is_whole=is_whole)
        return situation

    def _learn(
        self,
        stream: str,
        situation: Situation,
        comparisons: Sequence[Comparison],
        hours: float,
        *,
        is_whole: bool,
    ) -> None:
        """Compare the tables of a stream, and note what its next runs can know."""
        knowledge, scope, before = self.knowledge[stream], situation.scope, situation.before
        is_kept = is_whole and self.warehouse.keeps(stream, situation.run.messages)
        knowledge.see(situation.visit.served, scope, is_kept=is_kept)
        if situation.visit.drifted:
            knowledge.late |= self.remote.people.keys() | before.keys()
        elif is_whole and _is_complete(stream, hours, situation):
            for comparison in comparisons:
                comparison.expect_everything()
            knowledge.late -= {p.number for p in before.values() if scope.holds(p)}
            self.counts["comparisons with all"] += 1
        elif is_whole:
            for comparison in comparisons:
                comparison.expect_what_a_delta_sees()
            self.counts["comparisons with what a delta sees"] += 1
        if is_kept:
            knowledge.fresh.clear()
        knowledge.late |= {p.number for p in before.values() if not scope.holds(p)}

    def _lapse(self, scope: Scope) -> None:
        """Let go of rows whose people the tap may forget now."""
        for stream in self.project.streams:
            knowledge = self.knowledge[stream]
            lapsed = knowledge.lapse(scope.lower)
            for table in (stream, COPIES[stream]):
                covered = self.warehouse.covered[table]
                covered -= knowledge.rows_of(stream, lapsed, covered)

    def _note_emitted(self, situation: Situation) -> None:
        for table in situation.tables:
            self.emitted[source_of(table)] |= {
                record["remote_id"]
                for record in situation.records(table)
                if record["remote_deleted_at"] is None
            }

    def _note_changes(self) -> None:
        for number, updated in self.remote.changed.items():
            for knowledge in self.knowledge.values():
                knowledge.change(number, is_late=self._is_late(updated))
        self.remote.changed.clear()

    def _is_late(self, updated: Moment | None) -> bool:
        """Return whether a version that shows up now may be beyond the next delta."""
        if updated is None:
            return self.habits.filters and not self.habits.knows_unknown
        return updated < self.latest_start - self.project.lookback * 1000

    def _note_shown(self, situation: Situation) -> None:
        self.latest_start = max(self.latest_start, situation.started[0])
        for number, versions in situation.visit.served.items():
            times = [version.updated for version in versions if version.updated is not None]
            self.newest[number] = max([*times, self.newest.get(number, 0)])

    def _unseen(self) -> set[str]:
        """Name those who are in no list, though the server counts them."""
        return self.remote.unseen() if self.server.tenant.habits.total == "true" else set()

    def _rejuvenated(self) -> set[str]:
        """Name those whose version says an earlier time than one that was shown, or none."""
        return {
            person.number
            for person in self.remote.people.values()
            if (newest := self.newest.get(person.number, 0))
            and (person.updated is None or person.updated < newest)
        }

    def _expect_a_known_end(self, situation: Situation) -> None:
        """A run ends well unless something happened that must end it."""
        error, visit = situation.run.error, situation.visit
        if visit.has_failed:
            assert isinstance(error, ApiError), error
        elif visit.is_endless and not visit.drifted:
            assert isinstance(error, ApiError) or situation.is_untimed, error
        elif situation.is_untimed:
            assert isinstance(error, SettingsError), error
            assert "field_paths" in str(error)
            assert not any(situation.records(stream) for stream in STREAMS)
        elif isinstance(error, ApiError) and visit.is_endless:
            pass
        elif isinstance(error, ApiError) and self.habits.ending == "empty for ever":
            assert not self.habits.is_numbered
        elif isinstance(error, ApiError):
            assert visit.drifted, error  # a page may look like the one before it
        elif isinstance(error, DeletionsRefusedError):
            assert self.project.limit < 100
            laws.expect_nobody_buried(situation)
        elif error is not None:
            raise error

    def _count(self, situation: Situation, *, is_whole: bool) -> None:
        self.counts["runs"] += 1
        self.counts["runs to their end"] += is_whole
        self.counts["runs that failed"] += isinstance(situation.run.error, ApiError)
        self.counts["runs that refused deletions"] += situation.is_refused
        self.counts["runs with drift"] += situation.visit.drifted
        self.counts["tombstones"] += sum(len(situation.tombstones(s)) for s in situation.tables)

    def filters_by(self, doors: Doors) -> None:
        """Let the project have other stream maps.

        A copy that is new begins empty, and one that is no more is dropped.
        """
        for stream in STREAMS:
            if stream in self.project.doors.copies and stream not in doors.copies:
                self.warehouse.rows[COPIES[stream]].clear()
                self.warehouse.covered[COPIES[stream]].clear()
        self.project.doors = doors
        self.remote.look_different()
        self._note_changes()

    def deselects(self, columns: Collection[str]) -> None:
        """Let the project select other columns."""
        self.project.deselected = columns
        self.columns.drop(self.project, self.warehouse)
        self.remote.look_different()
        self._note_changes()

    def calm_down(self) -> None:
        """Let lists be whole, have an end and be counted truly; let a cutoff be one to keep."""
        if any(person.updated is None for person in self.remote.people.values()):
            self.project.cutoff_date = self.project.cutoff_days = None
        self.happens(Mute(is_mute=False), Hide(0))
        if self.habits.ending not in CALM_ENDINGS:
            self.behaves(replace(self.habits, ending="plain"))
        if self.habits.total != "none":
            self.behaves(replace(self.habits, total="true"))

    def behaves(self, habits: Habits) -> None:
        """Let the server behave differently from now on."""
        self.habits = self.server.tenant.habits = habits

    def expect_equality(self) -> None:
        """After two more complete runs the warehouse equals its source."""
        self.project.limit, self.project.streams = 100, STREAMS
        self.calm_down()
        for _ in range(2):
            self.remote.now = max(self.remote.now, self.latest_start) + 4 * HOUR
            living = {table: self.warehouse.living(table) for table in TABLES}
            situation = self.sync()
            assert situation.run.error is None
        laws.expect_no_repetition(situation, living)
        laws.expect_no_trace(self.warehouse.rows)


def _is_complete(stream: str, hours: float, situation: Situation) -> bool:
    bookmark = situation.given.get("bookmarks", {}).get(stream, {})
    last, now = moment_of(bookmark.get("full_sync_at")), situation.started[1]
    return hours > 0 and (last is None or not 0 <= now - last < hours * HOUR)
