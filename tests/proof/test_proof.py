"""The proof: a warehouse that this tap feeds equals its source.

A model of the remote system lives on at random: people are added, edited, deleted and
return, openings change hands and titles, the clock moves both ways, runs fail, are killed,
and are overtaken by edits between two pages. After every run that ended well the warehouse
must hold what the tap could know, after every complete pass all that is in scope.
"""

from __future__ import annotations

import contextlib
import typing as t
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tap_compleetpersy.api.errors import ApiError
from tap_compleetpersy.sync.pull import DeletionsRefusedError
from tests.proof import laws
from tests.proof.expected import Scope, agrees, authority, expected_rows, instant, moment_of
from tests.proof.knowledge import Knowledge
from tests.proof.laws import Situation
from tests.proof.remote import (
    DAY,
    HOUR,
    START,
    Add,
    Carry,
    Change,
    Delete,
    Edit,
    Forget,
    Moment,
    Opening,
    Purge,
    Remote,
    Return,
    Wait,
    Withdraw,
)
from tests.proof.running import discover, in_process, run_tap, select
from tests.proof.server import Drift, Habits, Tenant, Visit, serving
from tests.proof.warehouse import STREAMS, Loading, Message, Warehouse, merged, replaced

COMPLETE, DELTA = 0.0000001, 100_000.0

# --- What may happen -------------------------------------------------------------------

somebody = st.integers(0, 15)
an_opening = st.sampled_from(["81", "82", "83", "84"])
a_title = st.sampled_from([None, "Dreher", "Fräser"])
a_status = st.sampled_from(["neu", "Absage", "Zusage"])
some_openings = st.dictionaries(an_opening, st.builds(Opening, a_title, a_status), max_size=3)
lateness = st.sampled_from([0, 0, 5_000, HOUR // 2, 30 * HOUR])
forward = st.sampled_from([125, 1_000, 60_000, HOUR // 2, 2 * HOUR, DAY, 3 * DAY])
changes = st.one_of(
    st.builds(Add, some_openings, lateness),
    st.builds(Edit, somebody, lateness),
    st.builds(Carry, somebody, an_opening, a_title, a_status),
    st.builds(Withdraw, somebody, an_opening),
    st.builds(Delete, somebody),
    st.builds(Return, somebody, some_openings),
    st.builds(Forget, somebody),
    st.builds(Purge, st.integers(0, 3)),
    st.builds(Wait, forward | st.sampled_from([-1_000, -2 * HOUR, -DAY])),
)
habits = st.builds(
    Habits,
    pagination=st.sampled_from(["page", "offset", "cursor", "link"]),
    order=st.sampled_from(["id", "newest", "scattered"]),
    filters=st.booleans(),
    until=st.booleans(),
    until_inclusive=st.booleans(),
    knows_unknown=st.booleans(),
    tells_total=st.booleans(),
)
some_streams = st.sets(st.sampled_from(STREAMS), min_size=1).map(sorted)
loading = st.builds(
    Loading,
    batch=st.sampled_from([1, 3, 1000]),
    one_by_one=st.booleans(),
    keep=st.sampled_from([replaced, merged]),
)


class Proof(RuleBasedStateMachine):
    """The remote system, the tap, the warehouse, and what must hold of the three."""

    url: t.ClassVar[str]
    tenant: t.ClassVar[Tenant]
    catalog: t.ClassVar[Message]
    counts: t.ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        """Begin with nobody and nothing."""
        super().__init__()
        self.remote = Remote()
        self.warehouse = Warehouse()
        self.knowledge = {stream: Knowledge() for stream in STREAMS}
        self.latest_start: Moment = 0
        self.newest: dict[str, Moment] = {}
        self.is_whole = True
        self.tenant.remote = self.remote
        self.counts["sequences"] += 1

    # --- The beginning -----------------------------------------------------------------

    @initialize(
        habits=habits,
        people=st.lists(st.tuples(some_openings, st.integers(0, 10)), max_size=8),
        crowd=st.sampled_from([0, 0, 12]),
        streams=st.just(list(STREAMS)) | some_streams,
        page_size=st.sampled_from([2, 3]),
        lookback=st.sampled_from([10, 3600]),
        limit=st.sampled_from([20, 20, 100]),
        start=st.sampled_from([None, 12, 2]),
        prefetch=st.sampled_from([0, 1]),
    )
    def begin(  # noqa: PLR0913 - all that a tenant and a project may differ in
        self,
        habits: Habits,
        people: Sequence[tuple[Mapping[str, Opening], int]],
        crowd: int,
        streams: list[str],
        page_size: int,
        lookback: int,
        limit: int,
        start: int | None,
        prefetch: int,
    ) -> None:
        """Settle how the server behaves and how the tap is set up."""
        with self._checked():
            for openings, days in [*people, *([({}, 1)] * crowd)]:
                Add(openings, days * DAY).happen(self.remote)
            self.habits = self.tenant.habits = habits
            self.streams = streams
            self.lookback = lookback * 1000
            self.limit = limit
            self.start = None if start is None else START - start * DAY
            self.cutoff: tuple[str, int] | None = None
            self.config: dict[str, t.Any] = {
                "api_url": self.url,
                "api_key": "key",
                "max_retries": 0,
                "pagination": habits.pagination,
                "page_size": page_size,
                "prefetch_pages": prefetch,
                "modified_since_param": "modified_since" if habits.filters else "",
                "lookback_seconds": lookback,
            }
            if habits.filters and habits.until:
                self.config |= {"modified_until_param": "modified_until"}
                self.config |= {} if start is None else {"window_days": 1.5}
            if self.start is not None:
                self.config["start_date"] = instant(self.start)

    # --- What happens to the remote system and to the project --------------------------

    @rule(what=st.lists(changes, min_size=1, max_size=5))
    def happens(self, what: list[Change]) -> None:
        """Something changes between two runs."""
        with self._checked():
            for change in what:
                change.happen(self.remote)

    @rule(cutoff=st.none() | st.tuples(st.sampled_from(["date", "days"]), st.integers(0, 12)))
    def sets_cutoff(self, cutoff: tuple[str, int] | None) -> None:
        """The project changes its cutoff, or drops it."""
        with self._checked():
            kind, days = cutoff or ("", 0)
            fixed = self.remote.now - days * DAY - HOUR
            self.cutoff = ("date", fixed) if kind == "date" else cutoff

    @rule(streams=some_streams)
    def selects(self, streams: list[str]) -> None:
        """The project selects other streams."""
        with self._checked():
            self.streams = streams

    @rule(limit=st.sampled_from([20, 100]))
    def limits(self, limit: int) -> None:
        """The project changes `deletion_limit_percent`."""
        with self._checked():
            self.limit = limit

    # --- Runs --------------------------------------------------------------------------

    @rule(hours=st.sampled_from([COMPLETE, DELTA, 24, 0]), how=loading)
    def syncs(self, hours: float, how: Loading) -> None:
        """A run that nothing disturbs."""
        with self._checked():
            self._sync(hours, how)

    @rule(
        hours=st.sampled_from([COMPLETE, DELTA]),
        how=loading,
        drift=st.builds(
            Drift,
            st.sampled_from([2, 3, 1, 4, 5]),
            st.lists(changes, min_size=1, max_size=3).map(tuple),
        ),
    )
    def syncs_meanwhile(self, hours: float, how: Loading, drift: Drift) -> None:
        """A run during which things happen between two pages."""
        with self._checked():
            self._sync(hours, how, Visit(drift=drift))

    @rule(
        hours=st.sampled_from([COMPLETE, DELTA]),
        how=loading,
        fails_at=st.integers(1, 5),
        status=st.sampled_from([500, 401]),
    )
    def fails(self, hours: float, how: Loading, fails_at: int, status: int) -> None:
        """A run in which a request fails for good."""
        with self._checked():
            self._sync(hours, how, Visit(fails_at=fails_at, status=status))

    @rule(
        hours=st.sampled_from([COMPLETE, DELTA]),
        how=loading,
        after=st.integers(0, 40),
        both=st.booleans(),
    )
    def is_killed(self, hours: float, how: Loading, after: int, both: bool) -> None:
        """A run whose tap is killed after so many lines, and perhaps the target with it."""
        with self._checked():
            self._sync(hours, replace(how, dies=both), cut=after)

    @rule(hours=st.sampled_from([DELTA, 0]), how=loading)
    def starts_over(self, hours: float, how: Loading) -> None:
        """A run with `--full-refresh`."""
        with self._checked():
            self._sync(hours, replace(how, keep=merged), is_refresh=True)

    @rule(skew=st.sampled_from([-3 * HOUR, -2_000, 2_000, 3 * HOUR]), how=loading)
    def syncs_with_a_wrong_clock(self, skew: int, how: Loading) -> None:
        """A run on a machine whose clock is wrong."""
        with self._checked():
            self._sync(DELTA, how, skew=skew)

    # --- The end -----------------------------------------------------------------------

    def teardown(self) -> None:
        """After two more complete runs the warehouse equals its source."""
        if not self.is_whole or not hasattr(self, "config"):
            return
        self.limit, self.streams = 100, list(STREAMS)
        for _ in range(2):
            self.remote.now = max(self.remote.now, self.latest_start) + 4 * HOUR
            living = {stream: self.warehouse.living(stream) for stream in STREAMS}
            situation = self._sync(COMPLETE, Loading())
            assert situation.run.error is None
        laws.expect_no_repetition(situation, living)

    # --- How it is done ----------------------------------------------------------------

    @contextlib.contextmanager
    def _checked(self) -> Iterator[None]:
        """Do a step, unless one before it failed; then there is no end to check."""
        self.is_whole = False
        yield
        self._note_changes()
        self.is_whole = True

    def _note_changes(self) -> None:
        for number, updated in self.remote.changed.items():
            for knowledge in self.knowledge.values():
                knowledge.change(number, is_late=self._is_late(updated))
        self.remote.changed.clear()

    def _is_late(self, updated: Moment | None) -> bool:
        if updated is None:
            return self.habits.filters and not self.habits.knows_unknown
        return updated < self.latest_start - self.lookback

    def _settings(self, hours: float) -> dict[str, t.Any]:
        config = self.config | {
            "full_sync_hours": hours,
            "deletion_limit_percent": self.limit,
        }
        if self.cutoff is not None:
            kind, value = self.cutoff
            config[f"cutoff_{kind}"] = instant(value) if kind == "date" else value
        return config

    def _scope(self, now: Moment) -> Scope:
        cutoff = None
        if self.cutoff is not None:
            kind, value = self.cutoff
            cutoff = value if kind == "date" else now - value * DAY
        lower = max((m for m in (cutoff, self.start) if m is not None), default=None)
        unknown = self.habits.knows_unknown or not self.habits.filters or lower is None
        return Scope(cutoff, lower, unknown)

    def _is_complete(self, stream: str, hours: float, situation: Situation) -> bool:
        bookmark = situation.given.get("bookmarks", {}).get(stream, {})
        last, now = moment_of(bookmark.get("full_sync_at")), situation.started[1]
        return hours > 0 and (last is None or not 0 <= now - last < hours * HOUR)

    def _sync(  # noqa: PLR0913 - all that a run may suffer
        self,
        hours: float,
        how: Loading,
        visit: Visit | None = None,
        *,
        cut: int | None = None,
        is_refresh: bool = False,
        skew: int = 0,
    ) -> Situation:
        """Run the tap into the warehouse, and check all that can be demanded."""
        self._note_changes()
        visit = self.tenant.visit = visit or Visit()
        now, given = self.remote.now, None if is_refresh else self.warehouse.state
        scope = self._scope(now + skew)
        before = dict(self.remote.people)
        for stream in self.streams:
            self._lapse(stream, scope)
        catalog = select(self.catalog, self.streams)
        settings = self._settings(hours)
        if visit.drift is not None and any(isinstance(c, Wait) for c in visit.drift.changes):
            settings["prefetch_pages"] = 0  # else nobody knows what the tap's clock says when
        run = run_tap(self.tenant, settings, catalog, given, skew)
        situation = Situation(
            run=run,
            visit=visit,
            given=given or {},
            streams=self.streams,
            scope=scope,
            started=(now, now + skew),
            before=before,
            after=dict(self.remote.people),
            rejuvenated=self._rejuvenated(),
        )
        self._expect_a_known_end(situation)
        laws.expect_lawful(situation)
        late = {stream: set(self.knowledge[stream].late) for stream in STREAMS}
        laws.expect_nothing_alive_buried(situation, late)
        living_before = {stream: self.warehouse.living(stream) for stream in STREAMS}
        known = self.warehouse.known_to(given)
        self.warehouse.load(run.messages[:cut], given, how)
        is_whole = (
            (run.error is None or situation.is_refused)
            and (cut is None or cut >= len(run.messages))
            and not how.dies
        )
        self.latest_start = max(self.latest_start, now)
        for number, versions in visit.served.items():
            times = [version.updated for version in versions if version.updated is not None]
            self.newest[number] = max([*times, self.newest.get(number, 0)])
        for stream in self.streams:
            knowledge = self.knowledge[stream]
            is_kept = is_whole and self.warehouse.keeps(stream, run.messages)
            knowledge.see(visit.served, scope, is_kept=is_kept)
            if visit.drifted:
                knowledge.late |= self.remote.people.keys() | before.keys()
            elif is_whole:
                if self._is_complete(stream, hours, situation):
                    self._expect_equal(stream, situation, known[stream])
                    knowledge.late -= {p.number for p in before.values() if scope.holds(p)}
                else:
                    self._expect_delta(stream, situation, known[stream], living_before)
            if is_kept:
                knowledge.fresh.clear()
            knowledge.late |= {p.number for p in before.values() if not scope.holds(p)}
        self._note_changes()
        self._count(situation, is_whole=is_whole)
        return situation

    def _rejuvenated(self) -> set[str]:
        """Name those whose version says an earlier time than one that was shown, or none."""
        return {
            person.number
            for person in self.remote.people.values()
            if (newest := self.newest.get(person.number, 0))
            and (person.updated is None or person.updated < newest)
        }

    def _lapse(self, stream: str, scope: Scope) -> None:
        covered = self.warehouse.covered[stream]
        knowledge = self.knowledge[stream]
        lapsed = knowledge.lapse(scope.lower)
        covered -= knowledge.rows_of(stream, lapsed, covered)

    def _count(self, situation: Situation, *, is_whole: bool) -> None:
        self.counts["runs"] += 1
        self.counts["runs to their end"] += is_whole
        self.counts["runs that failed"] += isinstance(situation.run.error, ApiError)
        self.counts["runs that refused deletions"] += situation.is_refused
        self.counts["runs with drift"] += situation.visit.drifted
        self.counts["tombstones"] += sum(len(situation.tombstones(s)) for s in STREAMS)

    def _expect_a_known_end(self, situation: Situation) -> None:
        """A run ends well unless something happened that must end it."""
        error, visit = situation.run.error, situation.visit
        failed = visit.fails_at is not None and len(visit.requests) >= visit.fails_at
        if failed:
            assert isinstance(error, ApiError), error
        elif isinstance(error, ApiError):
            assert visit.drifted, error  # a page may look like the one before it
        elif isinstance(error, DeletionsRefusedError):
            assert self.limit < 100
            assert not situation.tombstones("candidates")
            people = {record["remote_id"][:2] for record in situation.tombstones("applications")}
            assert people <= situation.before.keys() | situation.after.keys()
        elif error is not None:
            raise error

    def _expect_equal(self, stream: str, situation: Situation, known: set[str]) -> None:
        """After a complete pass the warehouse has all that is in scope, and nothing else.

        But it may still have what the tap cannot know of, and what is out of scope.
        """
        self.counts["comparisons with all"] += 1
        scope, people = situation.scope, situation.after.values()
        inside = [p for p in people if scope.holds(p)]
        outside = [p.number for p in people if not scope.holds(p)]
        living = self.warehouse.living(stream)
        expected = expected_rows(inside)[stream]
        for number, row in expected.items():
            assert number in living, f"{stream} {number} is missing"
            assert agrees(living[number], row), (living[number], row)
        if situation.is_refused:
            return
        rest = known & living.keys() - expected.keys()
        rest -= self.knowledge[stream].rows_of(stream, outside, rest)
        assert not rest, f"{stream} {rest} should be deleted"

    def _expect_delta(
        self,
        stream: str,
        situation: Situation,
        known: set[str],
        before: Mapping[str, Mapping[str, t.Any]],
    ) -> None:
        """After a delta the warehouse has whatever could be seen of everyone."""
        self.counts["comparisons with what a delta sees"] += 1
        knowledge = self.knowledge[stream]
        people = [p for p in situation.after.values() if situation.scope.holds(p)]
        punctual = [p for p in people if p.number not in knowledge.late]
        living = self.warehouse.living(stream)
        expected = expected_rows(punctual)[stream]
        assert expected.keys() <= living.keys(), f"{stream} {expected.keys() - living.keys()}"
        if stream != "jobs":
            for number, row in expected.items():
                assert agrees(living[number], row), (living[number], row)
            own = knowledge.rows_of(stream, [p.number for p in punctual], living)
            rest = (own - expected.keys()) & known
            assert not rest, f"{stream} {rest} should be deleted"
            return
        said = {record["remote_id"] for record in situation.records("jobs")}
        whole = expected_rows(people)["jobs"]
        for number in expected:
            carriers = [p for p in people if number in p.openings]
            if any(p.number in knowledge.late for p in carriers):
                continue
            names = authority(number, carriers)
            before_it = before["jobs"].get(number)
            if names is not None and names.updated is None and living[number] == before_it:
                continue  # a title of no time is weighed by complete passes only
            if number in said or (names is not None and names.number in knowledge.fresh):
                assert agrees(living[number], whole[number]), (living[number], whole[number])
            else:
                assert living[number] == before_it


@pytest.fixture(scope="module")
def tenant() -> Iterator[None]:
    """One server for all sequences: each gets a world of its own."""
    tenant = Tenant()
    Add().happen(tenant.remote)
    with in_process(), serving(tenant) as url:
        Proof.url, Proof.tenant = url, tenant
        Proof.catalog = discover({"api_url": url, "api_key": "key"})
        yield


@pytest.mark.usefixtures("tenant")
@pytest.mark.parametrize(
    "sequences",
    [pytest.param(100, id="100"), pytest.param(2000, id="2000", marks=pytest.mark.full)],
)
def test_the_warehouse_equals_its_source(
    sequences: int, record_property: Callable[[str, object], None]
) -> None:
    Proof.counts.clear()
    run_state_machine_as_test(
        Proof,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=15,
            deadline=None,
            derandomize=sequences == 100,  # the same for everyone who runs `make test`
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    for name, count in Proof.counts.items():
        record_property(name, count)
