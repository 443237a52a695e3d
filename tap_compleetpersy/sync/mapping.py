"""Pages become rows: a pure function of a page, so that it can run anywhere.

What is decided here depends on a candidate and the plan alone. What depends on the others, on
the ledger and on the run's course is decided in `candidates`.
"""

from __future__ import annotations

import functools
import itertools
import typing as t
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from tap_compleetpersy.api.decode import Listed
from tap_compleetpersy.model.candidate import Opening, ReadCandidate
from tap_compleetpersy.model.custom_fields import Drift
from tap_compleetpersy.model.times import DAY, Instant
from tap_compleetpersy.sync.ledger_columns import UNKNOWN_DAY, Entry
from tap_compleetpersy.sync.output import Line, encode_line
from tap_compleetpersy.sync.plan import StreamPlan, Window
from tap_compleetpersy.sync.reading import Read, is_within

if t.TYPE_CHECKING:
    from tap_compleetpersy.sync.records import RecordBuilder
    from tap_compleetpersy.sync.rendering import Renderer

Verdict = t.Literal["older", "undated", "outside", "dropped", "kept"]
"""Of a candidate: before the cutoff, under a cutoff without an update time, outside the window,
dropped by the filter of candidates, or none. A dropped candidate may have rows in a copy."""


class Lines(msgspec.Struct, gc=False, array_like=True):
    """The lines of one table that follow from the candidates of a page.

    Attributes:
        text: Of all candidates, one after the other.
        ends: Where those of each candidate end.
    """

    text: memoryview
    ends: list[int]

    def __getitem__(self, place: int) -> memoryview:
        """Return the lines of a candidate, by its place on the page."""
        return self.text[self.ends[place - 1] if place else 0 : self.ends[place]]


class Mapped(msgspec.Struct, gc=False, array_like=True):
    """One candidate, ready to be written.

    Attributes:
        place: Among the candidates of the page, from 0.
        openings: Each opening once.
        entry: What a ledger of openings is to know.
        doubts: What was not understood, by kind.
        verdict: Whether there are rows at all.
        wanted: Streams that want the candidate.
        drift: What typing the custom fields found.
    """

    place: int
    remote_id: str
    updated_at: Instant | None
    openings: tuple[Opening, ...]
    entry: Entry
    doubts: tuple[str, ...]
    verdict: Verdict
    wanted: tuple[str, ...] = ()
    drift: tuple[Drift, ...] = ()


class MappedPage(msgspec.Struct, array_like=True):
    """What a page holds.

    Attributes:
        candidates: Those that could be read, without those known.
        unreadable: Positions, from 1, of records that could not be.
        custom: Custom fields that the candidates with a row had.
        lines: By table. Those of jobs depend on other candidates, those of filtered applications on
            the ledger: they are made later.
        known: Ids of those known, who are left out.
    """

    candidates: list[Mapped]
    unreadable: list[int]
    custom: set[str]
    lines: dict[str, Lines] = msgspec.field(default_factory=dict)
    known: list[str] = msgspec.field(default_factory=list)

    def without_applications(self) -> MappedPage:
        """Leave out what of openings is in lines already, and what only `remote_data` has."""
        for mapped in self.candidates:
            mapped.openings = tuple(
                [Opening(o.remote_id, o.created_at, o.job, {}, {}) for o in mapped.openings]
            )
        return self


_Sheets = Mapping[str, tuple[list[bytes], list[int]]]
"""Lines by table, in pieces, and how many pieces there are after each candidate."""


def _lines(pieces: list[bytes], counts: list[int]) -> Lines:
    sizes = [0, *itertools.accumulate(map(len, pieces))]
    return Lines(memoryview(b"".join(pieces)), [sizes[count] for count in counts])


@dataclass(frozen=True)
class Mapper:
    """What maps the pages of a run.

    Attributes:
        keeps: Whether stream maps keep a candidate, hence what follows from it; None: all.
        cutoff: The plan's.
        plans: Plan of each selected stream, in the order in which a page is written.
    """

    read: Read
    keeps: Callable[[ReadCandidate], bool] | None
    cutoff: Instant | None
    plans: Mapping[str, StreamPlan]
    builder: RecordBuilder
    renderers: Mapping[str, Renderer]
    line: Line

    def page(
        self, records: Listed, window: Window, extracted_at: datetime, known: Collection[str] = ()
    ) -> MappedPage:
        """Return what a page, read at a time, holds of the window asked for, but those known."""
        page, at = MappedPage([], [], set()), encode_line(extracted_at)
        sheets: _Sheets = {table: ([], []) for table in self._tables}
        for position, seen in enumerate(self.read(records), start=1):
            if seen is None:
                page.unreadable.append(position)
            elif seen.candidate.remote_id in known:
                page.known.append(seen.candidate.remote_id)
            else:
                mapped = self._mapped(len(page.candidates), seen, window)
                page.candidates.append(mapped)
                for table, row in self._rows(seen, mapped, page.custom):
                    pieces, _ = sheets[table]
                    pieces += self.line(table, row, at)
                for pieces, counts in sheets.values():
                    counts.append(len(pieces))
        page.lines = {table: _lines(*sheet) for table, sheet in sheets.items()}
        return page

    @functools.cached_property
    def _tables(self) -> Sequence[str]:
        """Tables whose lines are made here."""
        return [
            table
            for name, renderer in self.renderers.items()
            if name == "candidates" or (name == "applications" and not renderer.filtered)
            for table in renderer.tables
        ]

    def _mapped(self, place: int, seen: ReadCandidate, window: Window) -> Mapped:
        candidate = seen.candidate
        updated, openings = candidate.updated_at, candidate.openings
        day = UNKNOWN_DAY if updated is None else max(updated // DAY, 0)
        verdict = self._verdict(seen, window)
        wanted = self._wanting(updated) if verdict == "kept" else ()
        return Mapped(
            place,
            candidate.remote_id,
            updated,
            openings,
            Entry(day, tuple([opening.remote_id for opening in openings])),
            candidate.doubts,
            verdict,
            wanted,
        )

    @functools.cached_property
    def _has_copies(self) -> bool:
        """Whether candidates are written to several tables."""
        return "candidates" in self.plans and len(self.renderers["candidates"].tables) > 1

    def _wanting(self, updated: Instant | None) -> tuple[str, ...]:
        """Return the streams that want a candidate who was updated then."""
        return tuple(
            [
                name
                for name, plan in self.plans.items()
                if updated is None or plan.since is None or updated >= plan.since
            ]
        )

    def _verdict(self, seen: ReadCandidate, window: Window) -> Verdict:
        updated = seen.candidate.updated_at
        if not is_within(updated, self.cutoff):
            return "undated" if updated is None else "older"
        if updated is not None and not (
            (window.since is None or updated >= window.since)
            and (window.until is None or updated < window.until)
        ):
            return "outside"
        return "kept" if self.keeps is None or self.keeps(seen) else "dropped"

    def _rows(
        self, seen: ReadCandidate, mapped: Mapped, custom: set[str]
    ) -> list[tuple[str, bytes]]:
        """Return the rows of a candidate, each with the name of its table."""
        rows: list[tuple[str, bytes]] = []
        is_dropped = mapped.verdict == "dropped"  # but a copy has a filter of its own
        if "candidates" in mapped.wanted or (is_dropped and self._has_copies):
            record, drift = self.builder.candidate(seen)
            rows = self.renderers["candidates"].rows(record)
            if is_dropped:
                mapped.wanted = ("candidates",) if rows else ()
            else:
                custom.update(seen.custom)
            if mapped.wanted:
                mapped.drift = drift
        if "applications" in mapped.wanted and not self.renderers["applications"].filtered:
            renderer = self.renderers["applications"]
            for opening in mapped.openings:
                rows += renderer.rows(self.builder.application(mapped.remote_id, opening))
        return rows
