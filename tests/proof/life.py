"""A life at random: what may happen to a tenant, its server, the project and its runs.

People are added, edited, deleted and return, openings change hands and titles, the clock moves
both ways, runs fail, are killed, and are overtaken by edits between two pages. What servers do
that is strange, and what projects keep out, are rules of their own.
"""

from __future__ import annotations

import contextlib
import typing as t
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.proof.doors import FILTERS, Doors, Filter
from tests.proof.habits import Ending, Habits, Total
from tests.proof.laws import SAYS
from tests.proof.notes import sync_notes
from tests.proof.project import COMPLETE, DELTA, Project
from tests.proof.remote import (
    DAY,
    HOUR,
    START,
    Add,
    Carry,
    Change,
    Classify,
    Delete,
    Edit,
    Forget,
    Hide,
    Mute,
    Opening,
    Purge,
    Return,
    Wait,
    Withdraw,
)
from tests.proof.serving import Drift
from tests.proof.warehouse import STREAMS, Loading, merged, replaced
from tests.proof.world import Server, World

# --- What may happen -------------------------------------------------------------------

somebody = st.integers(0, 15)
an_opening = st.sampled_from(["81", "82", "83", "84"])
a_title = st.sampled_from([None, "Dreher", "Fräser"])
a_status = st.sampled_from(["neu", "Absage", "Zusage"])
some_openings = st.dictionaries(an_opening, st.builds(Opening, a_title, a_status), max_size=3)
lateness = st.sampled_from([0, 0, 5_000, HOUR // 2, 30 * HOUR])
forward = st.sampled_from([125, 1_000, 60_000, HOUR // 2, 2 * HOUR, DAY, 3 * DAY])
backward = st.sampled_from([-1_000, -2 * HOUR, -DAY])
a_change = st.one_of(
    st.builds(Add, some_openings, lateness),
    st.builds(Edit, somebody, lateness),
    st.builds(Carry, somebody, an_opening, a_title, a_status),
    st.builds(Withdraw, somebody, an_opening),
    st.builds(Delete, somebody),
    st.builds(Return, somebody, some_openings),
    st.builds(Forget, somebody),
    st.builds(Classify, somebody),
    st.builds(Purge, st.integers(0, 3)),
    st.builds(Wait, forward | backward),
)
totals = st.sampled_from(["none", "true", "true", "low", "high", "everybody"])
endings = st.sampled_from(["plain", "plain", "404", "416", "last again", "empty for ever"])
shapes = st.sampled_from(["list", "gaps", "ids", "single"])
no_ends = st.sampled_from(["first", "shuffled"])
some_habits = st.builds(
    Habits,
    pagination=st.sampled_from(["page", "offset", "cursor", "link"]),
    order=st.sampled_from(["id", "newest", "scattered"]),
    filters=st.booleans(),
    until=st.booleans(),
    until_inclusive=st.booleans(),
    knows_unknown=st.booleans(),
    total=totals,
    ending=endings,
    shape=shapes,
    ids=st.sampled_from(["numbers", "uuids", "both"]),
)
some_streams = st.sets(st.sampled_from(STREAMS), min_size=1).map(sorted)
a_project = st.builds(
    Project,
    page_size=st.sampled_from([2, 3]),
    prefetch=st.sampled_from([0, 1]),
    lookback=st.sampled_from([10, 3600]),
    start=st.sampled_from([None, START - 12 * DAY, START - 2 * DAY]),
    has_windows=st.booleans(),
    limit=st.sampled_from([20, 20, 100]),
    erases=st.booleans(),
    streams=st.just(list(STREAMS)) | some_streams,
)
a_target = st.builds(
    Loading,
    batch=st.sampled_from([1, 3, 1000]),
    one_by_one=st.booleans(),
    keep=st.sampled_from([replaced, merged]),
)
a_drift = st.builds(
    Drift, st.sampled_from([2, 3, 1, 4, 5]), st.lists(a_change, min_size=1, max_size=3).map(tuple)
)
complete_or_delta = st.sampled_from([COMPLETE, DELTA])


def some_filters() -> st.SearchStrategy[dict[str, Filter]]:
    """Choose a filter for some of the streams."""
    return st.lists(st.sampled_from(FILTERS), max_size=2).map(
        lambda those: {each.stream: each for each in those}
    )


some_doors = st.builds(Doors, some_filters(), some_filters())
some_columns = st.sets(st.sampled_from(sorted(SAYS))).map(sorted)


class Life(RuleBasedStateMachine):
    """The life of one world, step by step."""

    server: t.ClassVar[Server]
    counts: t.ClassVar[Counter[str]] = Counter()
    world: World
    is_sound = False

    @initialize(
        habits=some_habits,
        project=a_project,
        people=st.lists(st.tuples(some_openings, st.integers(0, 10)), max_size=8),
        crowd=st.sampled_from([0, 0, 12]),
    )
    def begin(
        self,
        habits: Habits,
        project: Project,
        people: Sequence[tuple[Mapping[str, Opening], int]],
        crowd: int,
    ) -> None:
        """Settle how the server behaves, how the tap is set up, and who is there."""
        self.world = World(self.server, habits, replace(project), self.counts)
        self.counts["sequences"] += 1
        with self.step():
            crowded = [*people, *([({}, 1)] * crowd)]
            self.world.happens(*(Add(openings, days * DAY) for openings, days in crowded))

    # --- What happens to the remote system and to the project --------------------------

    @rule(changes=st.lists(a_change, min_size=1, max_size=5))
    def happens(self, changes: list[Change]) -> None:
        """Something changes between two runs."""
        with self.step():
            self.world.happens(*changes)

    @rule(days=st.none() | st.integers(0, 12), is_rolling=st.booleans())
    def sets_cutoff(self, days: int | None, is_rolling: bool) -> None:
        """The project changes its cutoff, or drops it."""
        with self.step():
            project = self.world.project
            project.cutoff_date = project.cutoff_days = None
            if days is not None and is_rolling:
                project.cutoff_days = days
            elif days is not None:
                project.cutoff_date = self.world.remote.now - days * DAY - HOUR

    @rule(streams=some_streams)
    def selects(self, streams: list[str]) -> None:
        """The project selects other streams."""
        with self.step():
            self.world.project.streams = streams

    @rule(limit=st.sampled_from([20, 100]))
    def limits(self, limit: int) -> None:
        """The project changes `deletion_limit_percent`."""
        with self.step():
            self.world.project.limit = limit

    @rule()
    def was_run_by_an_older_release(self) -> None:
        """The state is as a release left it that named candidates in every ledger."""
        with self.step():
            self.world.warehouse.looks_older()

    # --- Runs --------------------------------------------------------------------------

    @rule(hours=st.sampled_from([COMPLETE, DELTA, 24, 0]), how=a_target)
    def syncs(self, hours: float, how: Loading) -> None:
        """A run that nothing disturbs."""
        with self.step():
            self.world.sync(hours, how)

    @rule(hours=complete_or_delta, how=a_target, drift=a_drift)
    def syncs_meanwhile(self, hours: float, how: Loading, drift: Drift) -> None:
        """A run during which things happen between two pages."""
        with self.step():
            self.world.sync(hours, how, drift=drift)

    @rule(
        hours=complete_or_delta,
        how=a_target,
        fails_at=st.integers(1, 5),
        status=st.sampled_from([500, 401]),
    )
    def fails(self, hours: float, how: Loading, fails_at: int, status: int) -> None:
        """A run in which a request fails for good."""
        with self.step():
            self.world.sync(hours, how, fails_at=fails_at, status=status)

    @rule(hours=complete_or_delta, how=a_target, cut=st.integers(0, 40), dies=st.booleans())
    def is_killed(self, hours: float, how: Loading, cut: int, dies: bool) -> None:
        """A run whose tap is killed after so many lines, and perhaps the target with it."""
        with self.step():
            self.world.sync(hours, replace(how, dies=dies), cut=cut)

    @rule(hours=st.sampled_from([DELTA, 0]), how=a_target)
    def starts_over(self, hours: float, how: Loading) -> None:
        """A run with `--full-refresh`."""
        with self.step():
            self.world.sync(hours, replace(how, keep=merged), is_refresh=True)

    @rule(how=a_target, skew=st.sampled_from([-3 * HOUR, -2_000, 2_000, 3 * HOUR]))
    def syncs_with_a_wrong_clock(self, how: Loading, skew: int) -> None:
        """A run on a machine whose clock is wrong."""
        with self.step():
            self.world.sync(DELTA, how, skew=skew)

    # --- The end -----------------------------------------------------------------------

    def teardown(self) -> None:
        """Two more complete runs make the warehouse equal; unless a step failed before."""
        if self.is_sound:
            self.world.expect_equality()

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        self.is_sound = False
        yield
        self.is_sound = True


class StrangeServer(Life):
    """What servers do that is wrong, or only unusual."""

    @rule(ending=endings | no_ends)
    def ends_differently(self, ending: Ending) -> None:
        """The end of its lists looks different, or there is none."""
        with self.step():
            self.world.behaves(replace(self.world.habits, ending=ending))

    @rule(total=totals)
    def counts_differently(self, total: Total) -> None:
        """It tells other totals."""
        with self.step():
            self.world.behaves(replace(self.world.habits, total=total))

    @rule(is_mute=st.booleans(), hours=complete_or_delta, how=a_target)
    def leaves_out_openings(self, is_mute: bool, hours: float, how: Loading) -> None:
        """A run in which answers have nobody's openings, or have them again."""
        with self.step():
            self.world.happens(Mute(is_mute))
            self.world.sync(hours, how)

    @rule(many=st.sampled_from([0, 1, 3]), how=a_target)
    def caps_its_lists(self, many: int, how: Loading) -> None:
        """A complete pass over lists without some people who are counted, or with all again."""
        with self.step():
            self.world.happens(Hide(many), Wait(1000))
            self.world.sync(COMPLETE, how)


class Narrowing(Life):
    """What a project keeps out, and lets in again."""

    @rule(doors=some_doors)
    def filters(self, doors: Doors) -> None:
        """The project changes its stream maps."""
        with self.step():
            self.world.filters_by(doors)

    @rule(columns=some_columns)
    def deselects(self, columns: list[str]) -> None:
        """The project deselects other columns."""
        with self.step():
            self.world.deselects(columns)

    @rule()
    def syncs_notes(self) -> None:
        """A run of an extra stream, of what is written about each candidate."""
        with self.step():
            sync_notes(self.world)


def prove(
    life: type[Life],
    server: Server,
    sequences: int,
    record_property: Callable[[str, object], None],
    *,
    is_quick: bool,
) -> None:
    """Let lives go by, and record what was counted.

    Args:
        life: With the rules.
        server: Of all worlds.
        sequences: So many.
        record_property: Takes the counts.
        is_quick: The same sequences for everyone who runs `make test`.
    """
    life.server = server
    life.counts.clear()
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=15,
            deadline=None,
            derandomize=is_quick,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    for name, count in life.counts.items():
        record_property(name, count)
