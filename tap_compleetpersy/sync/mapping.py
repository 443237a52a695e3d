"""Pages become rows: a pure function of a page, so that it can run anywhere.

What is decided here depends on a candidate and the plan alone. What depends on the others, on
the ledger and on the run's course is decided in `candidates`.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from tap_compleetpersy.model.candidate import Opening, ReadCandidate
from tap_compleetpersy.model.custom_fields import Drift
from tap_compleetpersy.model.times import Instant
from tap_compleetpersy.sync.clock import DAY
from tap_compleetpersy.sync.ledger import UNKNOWN_DAY, Entry
from tap_compleetpersy.sync.plan import StreamPlan, Window
from tap_compleetpersy.sync.reading import Read, is_within

if t.TYPE_CHECKING:
    from tap_compleetpersy.sync.records import RecordBuilder
    from tap_compleetpersy.sync.rendering import Renderer

Row = tuple[str, bytes]
"""Name of a table, and a record of it as JSON."""

Verdict = t.Literal["older", "undated", "outside", "dropped", "kept"]
"""Of a candidate: before the cutoff, under a cutoff without an update time, outside the window,
dropped by the filter of candidates, or none. A dropped candidate may have rows in a copy."""


class Mapped(msgspec.Struct, gc=False):
    """One candidate, ready to be written.

    Attributes:
        remote_id: Id in Persy.
        updated_at: Last update.
        openings: Each opening once.
        entry: What a ledger of openings is to know.
        doubts: What was not understood, by kind.
        verdict: Whether there are rows at all.
        rows: Rows by stream, for those that want the candidate. Those of jobs depend on other
            candidates, those of filtered applications on the ledger: they are made later.
        drift: What typing the custom fields found.
    """

    remote_id: str
    updated_at: Instant | None
    openings: tuple[Opening, ...]
    entry: Entry
    doubts: tuple[str, ...]
    verdict: Verdict
    rows: dict[str, list[Row]]
    drift: tuple[Drift, ...] = ()


class MappedPage(msgspec.Struct):
    """What a page holds.

    Attributes:
        candidates: Those that could be read, without those known.
        unreadable: Positions, from 1, of records that could not be.
        custom: Custom fields that the candidates with a row had.
        known: Ids of those known, who are left out.
    """

    candidates: list[Mapped]
    unreadable: list[int]
    custom: set[str]
    known: list[str] = msgspec.field(default_factory=list)

    def without_raw(self) -> MappedPage:
        """Leave out the openings as received, which are only for `remote_data`."""
        for mapped in self.candidates:
            mapped.openings = tuple(
                msgspec.structs.replace(opening, raw={}) for opening in mapped.openings
            )
        return self


@dataclass(frozen=True)
class Mapper:
    """What maps the pages of a run.

    Attributes:
        read: Turns the records of a page into candidates.
        keeps: Whether stream maps keep a candidate, hence what follows from it.
        cutoff: The plan's.
        plans: Plan of each selected stream, in the order in which a page is written.
        builder: Makes records.
        renderers: Make rows of them.
    """

    read: Read
    keeps: Callable[[ReadCandidate], bool]
    cutoff: Instant | None
    plans: Mapping[str, StreamPlan]
    builder: RecordBuilder
    renderers: Mapping[str, Renderer]

    def page(
        self, records: Sequence[object], window: Window, known: Collection[str] = ()
    ) -> MappedPage:
        """Return what a page holds of the window that was asked for, but candidates known."""
        page = MappedPage([], [], set())
        for position, seen in enumerate(self.read(records), start=1):
            if seen is None:
                page.unreadable.append(position)
            elif seen.candidate.remote_id in known:
                page.known.append(seen.candidate.remote_id)
            else:
                page.candidates.append(self._mapped(seen, window, page.custom))
        return page

    def _mapped(self, seen: ReadCandidate, window: Window, custom: set[str]) -> Mapped:
        candidate = seen.candidate
        updated, openings = candidate.updated_at, candidate.openings
        day = UNKNOWN_DAY if updated is None else max(updated // DAY, 0)
        mapped = Mapped(
            candidate.remote_id,
            updated,
            openings,
            Entry(day, tuple([opening.remote_id for opening in openings])),
            candidate.doubts,
            self._verdict(seen, window),
            {},
        )
        if mapped.verdict == "kept":
            for name, plan in self.plans.items():
                if plan.since is None or updated is None or updated >= plan.since:
                    mapped.rows[name] = []
            self._render(seen, mapped, custom)
        elif mapped.verdict == "dropped" and "candidates" in self.plans:
            self._render_copies(seen, mapped)
        return mapped

    def _verdict(self, seen: ReadCandidate, window: Window) -> Verdict:
        updated = seen.candidate.updated_at
        if not is_within(updated, self.cutoff):
            return "undated" if updated is None else "older"
        if updated is not None and not (
            (window.since is None or updated >= window.since)
            and (window.until is None or updated < window.until)
        ):
            return "outside"
        return "kept" if self.keeps(seen) else "dropped"

    def _render(self, seen: ReadCandidate, mapped: Mapped, custom: set[str]) -> None:
        if "candidates" in mapped.rows:
            mapped.rows["candidates"], mapped.drift = self._candidate(seen)
            custom.update(seen.custom)
        if "applications" in mapped.rows and not self.renderers["applications"].filtered:
            mapped.rows["applications"] = self._applications(mapped.remote_id, mapped.openings)

    def _candidate(self, seen: ReadCandidate) -> tuple[list[Row], tuple[Drift, ...]]:
        record, drift = self.builder.candidate(seen)
        return self.renderers["candidates"].rows(record), drift

    def _render_copies(self, seen: ReadCandidate, mapped: Mapped) -> None:
        """Make rows of a candidate that the filter drops; a copy has a filter of its own."""
        renderer = self.renderers["candidates"]
        if len(renderer.tables) > 1:
            record, drift = self.builder.candidate(seen)
            rows = renderer.rows(record)
            if rows:
                mapped.rows["candidates"], mapped.drift = rows, drift

    def _applications(self, candidate_id: str, openings: Sequence[Opening]) -> list[Row]:
        renderer, builder = self.renderers["applications"], self.builder
        records = (builder.application(candidate_id, opening) for opening in openings)
        return [row for record in records for row in renderer.rows(record)]
