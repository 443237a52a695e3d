"""A run, and all that it is judged by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from tap_compleetpersy.errors import DeletionsRefusedError
from tests.proof.doors import Doors
from tests.proof.in_process import Run
from tests.proof.remote import Moment, Person
from tests.proof.rows import Scope
from tests.proof.serving import Visit
from tests.proof.warehouse import Record, State


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a run is judged by.

    Attributes:
        run: What the tap wrote and how it ended.
        visit: What the server was asked and said.
        given: The state that the run was started with.
        streams: Those selected.
        scope: Of this run.
        started: When, by the server's clock and by the tap's.
        before: Who lived when it began.
        after: Who lived when it ended.
        rejuvenated: Those of them whose present version is not their newest.
        unseen: Those of them who are in no list.
        limit: `deletion_limit_percent`.
        written: Records of each stream that the warehouse had, deleted ones included.
        doors: What the stream maps let through.
        deselected: Columns of candidates that are.
        to_empty: Those of them that the tap can know to be filled in a table of candidates, and
            is to empty (`erase_deselected`).
        emitted: Remote ids of each stream that runs so far and this one said to live.
    """

    run: Run
    visit: Visit
    given: State
    streams: Collection[str]
    scope: Scope
    started: tuple[Moment, Moment]
    before: Mapping[str, Person]
    after: Mapping[str, Person]
    rejuvenated: Collection[str]
    unseen: Collection[str]
    limit: int
    written: Mapping[str, int]
    doors: Doors
    deselected: Collection[str]
    to_empty: Mapping[str, Collection[str]]
    emitted: Mapping[str, set[str]]

    def columns(self, table: str) -> set[str] | None:
        """Return the columns of a table as the run's SCHEMA has them; None: it has none."""
        for message in self.run.messages:
            if message["type"] == "SCHEMA" and message["stream"] == table:
                return set(message["schema"]["properties"])
        return None

    @property
    def tables(self) -> list[str]:
        """The tables that the run writes to."""
        return self.doors.tables(list(self.streams))

    @property
    def is_refused(self) -> bool:
        """The pass has found too many deletions."""
        return isinstance(self.run.error, DeletionsRefusedError)

    @property
    def short(self) -> int:
        """By how many people less were served than the server told of, in the end."""
        return max((self.visit.told or 0) - len(self.visit.served), 0)

    def is_proof(self, stream: str) -> bool:
        """Whether the pass proves to a stream that who was not served is gone."""
        before = self.given.get("bookmarks", {}).get(stream, {}).get("short")
        return self.short <= (before or 0)

    @property
    def is_proven(self) -> bool:
        """Whether the pass proves it to every stream."""
        return all(map(self.is_proof, self.streams))

    @property
    def is_untimed(self) -> bool:
        """Whether a cutoff cannot be kept: no version on the first page says its time."""
        return is_untimed(self.visit, self.scope)

    def records(self, stream: str) -> list[Record]:
        """Return the records of a stream, in order."""
        return [
            message["record"]
            for message in self.run.messages
            if message["type"] == "RECORD" and message["stream"] == stream
        ]

    def tombstones(self, stream: str) -> list[Record]:
        """Return the deletions of a stream."""
        return [record for record in self.records(stream) if record["remote_deleted_at"]]

    def served(self) -> Iterator[Person]:
        """Yield the versions that the server has sent and the cutoff lets out."""
        for versions in self.visit.served.values():
            yield from filter(self.scope.allows, versions)


def is_untimed(visit: Visit, scope: Scope) -> bool:
    """Whether a cutoff cannot be kept: no version on the first page says its time."""
    is_kept = not visit.first or any(version.updated is not None for version in visit.first)
    return scope.cutoff is not None and not is_kept
