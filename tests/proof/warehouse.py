"""A target that upserts, and what Meltano keeps of its STATE.

It keeps a STATE only for records that it has written. Like target-duckdb it can
write streams one by one, and then says the new bookmark of that stream alone.
"""

from __future__ import annotations

import copy
import typing as t
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.ledgers import decode, written_before

Message = dict[str, t.Any]
Record = dict[str, t.Any]
State = dict[str, t.Any]
Merge = Callable[[State, State], State]

STREAMS = ("candidates", "jobs", "applications")
COPIES = {stream: f"{stream}_again" for stream in STREAMS}
"""Names of tables that a stream map copies a stream into (``__source__``)."""
TABLES = (*STREAMS, *COPIES.values())


def source_of(table: str) -> str:
    """Return the stream that a table is filled from."""
    return table.removesuffix("_again")


def replaced(_old: State, new: State) -> State:
    """Keep the last STATE, as ``meltano run`` does."""
    return new


def merged(old: State, new: State) -> State:
    """Merge at depth, as Meltano does with ``--full-refresh``: what is missing stays."""
    return old | {
        key: merged(old.get(key) or {}, value) if isinstance(value, dict) else value
        for key, value in new.items()
    }


@dataclass(frozen=True, slots=True)
class Loading:
    """How a target loads one run.

    Attributes:
        batch: Rows of a stream that it collects before it writes them.
        one_by_one: Whether it writes one stream at a time.
        dies: Whether it is killed when the messages end: what is not written is lost.
        keep: What Meltano makes of a STATE.
    """

    batch: int = 1000
    one_by_one: bool = False
    dies: bool = False
    keep: Merge = replaced


@dataclass
class Warehouse:
    """The tables, and the state of the pipeline.

    Attributes:
        rows: By table and id; the last record of an id, whatever it says. A column that a
            record does not have stays as it was.
        state: What the next run gets; None before any STATE was kept.
        covered: Ids alive, by table, that the kept bookmark knows of: only their
            deletions can be found.
    """

    rows: dict[str, dict[str, Record]] = field(
        default_factory=lambda: {table: {} for table in TABLES}
    )
    state: State | None = None
    covered: dict[str, set[str]] = field(default_factory=lambda: {table: set() for table in TABLES})

    def living(self, stream: str) -> dict[str, Record]:
        """Return the rows of a stream that are not deleted, by remote id."""
        return {
            row["remote_id"]: row
            for row in self.rows[stream].values()
            if row["remote_deleted_at"] is None
        }

    def known_to(self, given: State | None) -> dict[str, set[str]]:
        """Return what a run knows that is started with the kept state, or with none."""
        bookmarks = (given or {}).get("bookmarks", {})
        return {
            table: set(ids) if source_of(table) in bookmarks else set()
            for table, ids in self.covered.items()
        }

    def keeps(self, stream: str, messages: Sequence[Message]) -> bool:
        """Return whether the last STATE of a run was kept for a stream."""
        said = [message["value"] for message in messages if message["type"] == "STATE"]
        return bool(said) and self._bookmark(self.state, stream) == self._bookmark(said[-1], stream)

    @staticmethod
    def _bookmark(state: State | None, stream: str) -> t.Any:
        return (state or {}).get("bookmarks", {}).get(stream)

    def looks_older(self) -> None:
        """Make the state look as a release wrote it that named candidates in every ledger."""
        self.state = copy.deepcopy(self.state)
        bookmarks = (self.state or {}).get("bookmarks", {})
        known = {
            stream: decode(bookmark["ledger"])
            for stream, bookmark in bookmarks.items()
            if bookmark.get("ledger") is not None
        }
        jobs, applications = known.pop("jobs", None), known.get("applications")
        if jobs is not None and applications is not None and jobs == applications.hashed():
            known["jobs"] = applications
        for stream, ledger in known.items():
            bookmarks[stream]["ledger"] = written_before(ledger)

    def load(self, messages: Sequence[Message], given: State | None, how: Loading) -> None:
        """Load what a run wrote.

        Args:
            messages: Whole lines, decoded; fewer than were written when the tap was killed.
            given: The state that the run was started with.
            how: The habits of the target, and its end.
        """
        Load(self, given or {}, how).run(messages)


@dataclass
class Load:
    """One run of the target."""

    warehouse: Warehouse
    given: State
    how: Loading
    waiting: dict[str, dict[str, Record]] = field(default_factory=lambda: defaultdict(dict))
    said: dict[str, dict[str, bool]] = field(default_factory=lambda: defaultdict(dict))
    """Ids that the run has spoken of, by stream, and whether they live."""
    state: State | None = None
    flushed: State | None = None
    heard: list[tuple[State, dict[str, dict[str, bool]]]] = field(default_factory=list)
    """Each STATE, and what had been said before it."""

    def run(self, messages: Sequence[Message]) -> None:
        """Read the messages to their end, or to the target's."""
        self.before = self.warehouse.known_to(self.given)
        for message in messages:
            if message["type"] == "RECORD":
                self._take(message["stream"], message["record"])
            elif message["type"] == "STATE":
                self._hear(message["value"])
        if not self.how.dies:
            if any(self.waiting.values()):
                self._flush_all()
            self._say(self.flushed if self.how.one_by_one else self.state)

    def _take(self, stream: str, record: Record) -> None:
        self.said[stream][record["remote_id"]] = record["remote_deleted_at"] is None
        self.waiting[stream][record["id"]] = record
        if len(self.waiting[stream]) < self.how.batch:
            return
        if not self.how.one_by_one:
            self._flush_all()
            self._say(self.state)
            return
        self._write(stream)
        if self.flushed is not None and self.state is not None:
            if (bookmark := self.state["bookmarks"].get(stream)) is not None:
                self.flushed["bookmarks"][stream] = bookmark
            self._say(self.flushed)

    def _hear(self, state: State) -> None:
        self.state = state
        self.heard.append((state, copy.deepcopy(dict(self.said))))
        if not self.flushed:  # as target-duckdb does it, written or not
            self.flushed = copy.deepcopy(state)

    def _flush_all(self) -> None:
        for stream in list(self.waiting):
            self._write(stream)
        self.flushed = copy.deepcopy(self.state)

    def _write(self, stream: str) -> None:
        rows = self.warehouse.rows[stream]
        for key, record in self.waiting.pop(stream, {}).items():
            rows[key] = {**rows.get(key, {}), **record}

    def _say(self, state: State | None) -> None:
        if state is None:
            return
        self.warehouse.state = self.how.keep(self.warehouse.state or {}, copy.deepcopy(state))
        kept = self.warehouse.state.get("bookmarks", {})
        for table in TABLES:
            stream = source_of(table)
            if stream not in kept:
                self.warehouse.covered[table] = set()
            elif stream in state.get("bookmarks", {}):
                self._cover(table, state["bookmarks"][stream])

    def _cover(self, table: str, bookmark: Mapping[str, t.Any]) -> None:
        """Note what a bookmark knows: it speaks of what was said before it."""
        said: Mapping[str, bool] = {}
        for state, so_far in self.heard:
            if state["bookmarks"].get(source_of(table)) == bookmark:
                said = so_far.get(table, {})
        alive = {remote_id for remote_id, lives in said.items() if lives}
        self.warehouse.covered[table] = (self.before[table] | alive) - (said.keys() - alive)
