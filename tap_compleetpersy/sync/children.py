"""Child streams: the list that each candidate has, and what a run remembers of it.

Lists are asked for several at a time. One that cannot be read is asked for again by the next
run; everything else is written.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import heapq
import logging
import threading
import typing as t
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from typing_extensions import override

from tap_compleetpersy.api.belongings import list_children
from tap_compleetpersy.api.client import Client
from tap_compleetpersy.errors import ApiError, ClientClosed, Unreachable
from tap_compleetpersy.model.children import Child, compile_child
from tap_compleetpersy.model.times import DAY, latest
from tap_compleetpersy.sync.ledger_columns import UNKNOWN_DAY, Entry
from tap_compleetpersy.sync.reading import rules_of
from tap_compleetpersy.sync.stream_run import CarriedRun
from tap_compleetpersy.sync.tables import changed

if t.TYPE_CHECKING:
    from datetime import datetime

    from tap_compleetpersy.model.declaration import ChildStream
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import Settings
    from tap_compleetpersy.sync.mapping import Mapped, MappedPage
    from tap_compleetpersy.sync.plan import Plan
    from tap_compleetpersy.sync.report import Report
    from tap_compleetpersy.sync.selection import Record
    from tap_compleetpersy.sync.state import Bookmark

logger = logging.getLogger("tap-compleetpersy")

MOST_OWED = 1_000
"""Most candidates that a bookmark names as owed; with more of them the position stays."""

MOST_LATE = 5_000
"""Candidates whose older documents one complete pass fetches when `attachments_dir` was set
later: an hour or so, 4 at a time, so that a run ends before the next one."""

AT_ONCE = 4
"""Candidates whose attachments are asked for, and fetched, at a time."""

FAILURES_IN_A_ROW = 20
"""After so many lists that could not be read, no other is asked for in this run: each may cost
all tries of `max_retries`, and a server that has none of them would hold up the rest for hours.
One without any answer counts fivefold, since it waited for `request_timeout` each time."""


_Row = t.TypeVar("_Row")


class ChildList(t.NamedTuple, t.Generic[_Row]):
    """The list of one candidate.

    Attributes:
        rows: Each remote id once.
        doubts: What was not understood, by kind.
        is_whole: Nothing says that there are more: what is missing is gone.
        url: Address that answered: links may be relative to it.
    """

    rows: Sequence[_Row]
    doubts: Sequence[str]
    is_whole: bool = True
    url: str = ""


Wants = Callable[[Child], bool]
"""Whether some table takes a record, hence the content behind it."""

ReadList = Callable[[Client, str, Wants], ChildList[Child] | None]
"""Asks for the list of a candidate by remote id; None when there is none (404, 410). In each
record ``application_id`` is the remote id of an opening."""


def compile_list(
    child: ChildStream, settings: Settings
) -> Callable[[Client, str], ChildList[Child] | None]:
    """Prepare the reading of lists.

    Returns:
        A function of a client and a candidate's remote id; it returns None when the server has
        no such list, and raises `ApiError` when the list cannot be read.
    """
    read = compile_child(child.name, rules_of(settings))

    def list_of(client: Client, candidate_id: str) -> ChildList[Child] | None:
        listed = list_children(client, child, candidate_id)
        if listed is None:
            return None
        found = [read(record) for record in listed.records]
        rows = {row.remote_id: row for row, _ in found if row is not None}
        doubts = [doubt for _, doubts in found for doubt in doubts]
        return ChildList(list(rows.values()), doubts, listed.is_whole, listed.url)

    return list_of


class ChildLists(contextlib.AbstractContextManager["ChildLists"]):
    """Asks for the lists of one child stream during one run."""

    def __init__(
        self,
        child: ChildStream,
        client: Client,
        report: Report,
        read: ReadList,
        summary: Callable[[], str] | None = None,
    ) -> None:
        """Start no thread yet; siblings of the client will ask.

        The summary tells what became of the files that records link to, if they are fetched.
        """
        self.child, self._client, self._report = child, client, report
        self._read, self._summary = read, summary
        self._lists, self._missing_lists, self._found, self._parts = 0, 0, 0, 0
        self._failures, self._failures_again, self._in_a_row = 0, 0, 0
        self._failure: ApiError | None = None
        self._own = threading.local()
        self._clients: list[Client] = []
        name = f"tap-compleetpersy-{child.noun}"
        self._pool = ThreadPoolExecutor(AT_ONCE, name, initializer=self._begin_thread)

    def __exit__(self, *_: object) -> None:
        """End what is being fetched, and say how much there was."""
        for client in tuple(self._clients):
            client.close()
        self._pool.shutdown(cancel_futures=True)
        if self._failure is not None and not self.found_no_answer:
            logger.warning(
                "%s: the lists of %d candidates could not be read (%s); the next run "
                "asks for them again",
                self.child.noun,
                self._failures,
                self._failure.what,
            )
        if self._lists or self._missing_lists:
            missing = f", {self._missing_lists} had no list" if self._missing_lists else ""
            stored = "" if self._summary is None else f"; {self._summary()}"
            message = "%s: %d of %d candidates%s%s"
            noun = self.child.noun.capitalize()
            logger.info(message, noun, self._found, self._lists, missing, stored)
        if self._parts:
            logger.warning(
                "%s: the API told of more than it gave in the lists of %d candidates; what is "
                "missing of them was not deleted",
                self.child.noun,
                self._parts,
            )
        if self.found_nothing_at_all:
            logger.warning(
                "%s: no candidate has such a list (status 404 or 410, %d times). "
                "Check the setting; %s asks for all of them again",
                self.child.path,
                self._missing_lists,
                self.child.name,
            )

    @property
    def found_nothing_at_all(self) -> bool:
        """Whether no candidate had a list, so that the path is in doubt."""
        return self._missing_lists > 0 and self._lists == 0

    @property
    def found_no_answer(self) -> bool:
        """Whether no list could be read, and some failed for the first time.

        A list that always fails is the only one asked for when no other candidate changes.
        """
        is_news = self._failures > self._failures_again
        return is_news and self._lists + self._missing_lists == 0

    @property
    def has_content(self) -> bool:
        """Whether files are fetched beside the lists."""
        return self._summary is not None

    def require_an_answer(self) -> None:
        """Raise the last failure when no list could be read; all else is written by then."""
        if self.found_no_answer and self._failure is not None:
            raise self._failure

    def fetch(
        self, due: Mapping[str, Wants], again: Collection[str] = ()
    ) -> Mapping[str, ChildList[Child] | None]:
        """Return the lists of some candidates; None for one without, nothing of what failed.

        Args:
            due: Remote ids, each with what is wanted of the list.
            again: Those whose list could not be read in the run before, while others' could.

        Raises:
            StoreError: When content cannot be stored.
        """
        every: dict[str, ChildList[Child] | None] = {}
        answers = self._pool.map(self._tried, due.keys(), due.values())
        for candidate_id, answer in zip(due, answers, strict=True):
            if isinstance(answer, ApiError):
                self._failures += 1
                self._failures_again += candidate_id in again
                continue
            every[candidate_id] = answer
            if answer is None:
                self._missing_lists += 1
                continue
            self._report.doubts.update(answer.doubts)
            self._lists += 1
            self._parts += not answer.is_whole
            self._found += len(answer.rows)
        return every

    def _begin_thread(self) -> None:
        self._own.client = self._client.sibling()
        self._clients.append(self._own.client)

    def _tried(self, candidate_id: str, wants: Wants) -> ChildList[Child] | ApiError | None:
        """Return a list, or why it could not be read or was not tried. In a thread."""
        if self._failure is not None and self._in_a_row >= FAILURES_IN_A_ROW:
            return self._failure
        try:
            found = self._read(self._own.client, candidate_id, wants)
        except ClientClosed:
            raise
        except ApiError as error:
            is_slow = isinstance(error, Unreachable)
            self._in_a_row += FAILURES_IN_A_ROW // AT_ONCE if is_slow else 1
            self._failure = error
            return error
        self._in_a_row = 0
        return found


class _Late(t.NamedTuple):
    """Candidates whose older documents this pass fetches, and how many are left to later ones."""

    now: Collection[str]
    later: int


@dataclass(kw_only=True)
class ChildRun(CarriedRun):
    """A child stream: the lists of candidates who are newer than those asked for before.

    A complete pass emits candidates again who did not change; it does not ask for their
    lists again, unless they change on their own, a setting changes how rows look, a column is to be
    emptied or content is wanted that is not there yet. Persy may move a record (two candidates
    become one), so it is deleted only when nobody has it. A candidate whose list cannot be read is
    remembered as owed, and the position stays before it, so that the next run asks again.

    Attributes:
        lists: Asks for them.
        maps: Hash of the stream maps. When it differs from that of the existing rows, a complete
            pass asks for all lists: a filter may pass others now. So it does after a change of
            `look`.
        folder: Hash of where content goes, and how much of it; "" when none is wanted.
        filters_content: A filter asks for the content itself, which has to be there first.
    """

    lists: ChildLists
    maps: str | None = None
    folder: str = ""
    filters_content: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _fetched: Mapping[str, ChildList[Child] | None] = field(default_factory=dict)
    _owed: dict[str, Instant | None] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    @override
    def prepare(self, wanted: Sequence[Mapped], page: MappedPage, at: datetime) -> None:
        """Ask for the lists of a page's candidates, several at a time."""
        due = {each.remote_id: each for each in wanted if self._is_due(each)}
        known = self.bookmark.ledger or ()
        others = len(known) > len(self.bookmark.owed)
        wants = {key: functools.partial(self._takes, each) for key, each in due.items()}
        self._fetched = self.lists.fetch(wants, self.bookmark.owed if others else ())
        self._seen.update(due)
        self._owed |= {key: m.updated_at for key, m in due.items() if key not in self._fetched}

    def bookmark_so_far(self, plan: Plan, reached: Instant | None) -> Bookmark:
        """Return the bookmark, with the candidates that are owed."""
        return self._owing(super().bookmark_so_far(plan, reached), whole=False)

    def bookmark_at_end(self, plan: Plan, reached: Instant | None, unreadable: int) -> Bookmark:
        """Return the bookmark; its position stays where it was when there was no list at all."""
        bookmark = super().bookmark_at_end(plan, reached, unreadable)
        self._say_what_is_to_come()
        if self.lists.found_nothing_at_all or self.lists.found_no_answer:
            unclaimed = dataclasses.replace(
                bookmark, position=self.bookmark.position, columns=self.columns.after(emptied=False)
            )
            return self._owing(unclaimed, whole=False)
        is_all = self.plan.complete or self.bookmark.position is None
        content = self.bookmark.content
        if is_all or not self.folder:  # the folder, and the last id that a pass of all came to
            content = f"{self.folder} {max(self._late.now)}" if self._late.later else self.folder
        maps = self.maps if self.plan.complete else self.bookmark.maps
        claimed = dataclasses.replace(bookmark, content=content, maps=maps)
        return self._owing(claimed, whole=is_all)

    def _owing(self, bookmark: Bookmark, *, whole: bool) -> Bookmark:
        """Return the bookmark with all that are owed; only new ones hold its position back."""
        before = set(self.bookmark.owed) - self._seen
        owed = (set() if whole else before) | self._owed.keys()
        if len(owed) > MOST_OWED:
            asked = self.bookmark.asked or self.bookmark.position
            return dataclasses.replace(bookmark, position=self.bookmark.position, asked=asked)
        new = [at for key, at in self._owed.items() if key not in self.bookmark.owed]
        oldest = min((at for at in new if at is not None), default=None)
        position = bookmark.position
        if oldest is not None and position is not None:
            position = min(position, oldest - 1)
        asked = latest(bookmark.position, self.bookmark.asked)
        return dataclasses.replace(
            bookmark, position=position, asked=asked, owed=tuple(sorted(owed))
        )

    def _say_what_is_to_come(self) -> None:
        if self._late.later:
            logger.info(
                "attachments_dir: the documents of %d candidates are still to come, those of %d in "
                "each complete pass",
                self._late.later,
                MOST_LATE,
            )
        elif not self.plan.complete and self._wants_late and self.bookmark.content is not None:
            logger.info(
                "attachments_dir: documents of candidates who do not change come with the next "
                "complete passes (full_sync_hours)"
            )

    @property
    def _wants_late(self) -> bool:
        return bool(self.folder) and self.folder != self.bookmark.content

    def _is_due(self, mapped: Mapped) -> bool:
        asked, updated = self.bookmark.asked or self.bookmark.position, mapped.updated_at
        return (
            self.bookmark.position is None
            or asked is None
            or updated is None
            or updated > asked
            or mapped.remote_id not in (self.bookmark.ledger or {})
            or (self.plan.complete and self._looks_otherwise)
            or mapped.remote_id in self.bookmark.owed
            or self.columns.is_due
            or (self.plan.complete and self.lists.child.is_independent)
            or mapped.remote_id in self._late.now
        )

    @functools.cached_property
    def _looks_otherwise(self) -> bool:
        """Whether rows look otherwise than those there are, by what the settings say of them.

        Where another folder wants documents, they come in portions (`_late`).
        """
        names = changed(self.name, self.bookmark.shape, self.look)
        in_portions = {"attachments_dir"} if self.folder else set[str]()
        return self.maps != self.bookmark.maps or bool(names - in_portions)

    @functools.cached_property
    def _late(self) -> _Late:
        """Candidates whose documents were not wanted when their lists were read, and are now.

        They come in order of their ids, so that unavailable documents hold up no others.
        """
        if not (self.plan.complete and self._wants_late):
            return _Late(frozenset(), 0)
        folder, _, last = (self.bookmark.content or "").partition(" ")
        known = (self.bookmark.ledger or {}).items()
        after = last if folder == self.folder else ""
        waiting = [key for key, entry in known if entry.children and key > after]
        now = heapq.nsmallest(MOST_LATE, waiting)
        return _Late(frozenset(now), len(waiting) - len(now))

    def _emit(self, mapped: Mapped, at: datetime) -> None:
        if (fetched := self._fetched.get(mapped.remote_id)) is not None:
            for each in fetched.rows:
                self._show(self._record(mapped, each), at)

    def _record(self, mapped: Mapped, row: Child) -> Record:
        openings = {opening.remote_id for opening in mapped.openings}
        return self.builder.child(self.name, mapped.remote_id, row, openings)

    def _takes(self, mapped: Mapped, row: Child) -> bool:
        """Whether some table takes a record. In a thread; maps are asked one by one."""
        with self._lock:
            return self.filters_content or self.emitter.takes(self._record(mapped, row))

    def _entry(self, mapped: Mapped) -> Entry:
        """Name the records; those that were not asked for are as they were."""
        fetched = self._fetched.get(mapped.remote_id)
        now = {} if fetched is None else dict.fromkeys(each.remote_id for each in fetched.rows)
        if fetched is None or not fetched.is_whole:
            known = None if self.ledger is None else self.ledger.get(mapped.remote_id)
            now |= dict.fromkeys(() if known is None else known.children)
        return Entry(mapped.entry.day, tuple(now))

    def withdraw(self, at: datetime, *, is_believed: bool) -> None:
        """As of `StreamRun`; lists that are not believed are asked for again by the next run."""
        if self.ledger is not None and not is_believed:
            days = {key: self.ledger[key].day for key in self._withdrawn_now()}
            self._owed |= {k: None if d == UNKNOWN_DAY else d * DAY for k, d in days.items()}
        super().withdraw(at, is_believed=is_believed)
