"""Notes about candidates: some are there from the start, others are written by clients."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from tap_compleetpersy.sandbox import words
from tap_compleetpersy.sandbox.draw import Draw
from tap_compleetpersy.sandbox.facts import Note

if t.TYPE_CHECKING:
    from tap_compleetpersy.sandbox.facts import Candidate
    from tap_compleetpersy.sandbox.people import People

MINUTES_TO_FIRST_NOTE = 30 * 24 * 60
CLIENT = "API"


class Notes:
    """The notes of everybody: a function of the seed, and what was added since."""

    def __init__(self, people: People) -> None:
        """Start with the generated ones.

        Args:
            people: Whose seed, present and names they share.
        """
        self._people = people
        self._added: dict[str, list[Note]] = {}
        self._replaced: dict[str, tuple[Note, ...]] = {}

    def of(self, candidate: Candidate) -> list[Note]:
        """Return the notes of a candidate, oldest first."""
        first = self._replaced.get(candidate.remote_id)
        if first is None:
            draw = Draw(f"{self._people.seed}:notes:{candidate.remote_id}")
            count = draw.below(4)
            drawn = [self._drawn(draw, candidate, position) for position in range(count)]
            first = tuple(sorted(drawn, key=lambda note: note.created_at))
        return [*first, *self._added.get(candidate.remote_id, ())]

    def replace(self, remote_id: str, *notes: Note) -> None:
        """Let a candidate have these notes and no other; the candidate's update time stays."""
        self._added.pop(remote_id, None)
        self._replaced[remote_id] = notes

    def add(self, candidate: Candidate, text: str, now: datetime) -> Note:
        """Write a note about a candidate, whose own update time stays."""
        added = self._added.setdefault(candidate.remote_id, [])
        note = Note(f"{candidate.remote_id}-{len(added) + 1}", text, CLIENT, now, now)
        added.append(note)
        return note

    def _drawn(self, draw: Draw, candidate: Candidate, position: int) -> Note:
        later = candidate.created_at + timedelta(minutes=draw.below(MINUTES_TO_FIRST_NOTE))
        moment = min(later, max(candidate.created_at, self._people.now))
        pools = self._people.pools
        author = f"{draw.pick(pools.first_names)} {draw.pick(pools.last_names)}"
        text = draw.pick(words.NOTES)
        return Note(f"{candidate.remote_id}{position}", text, author, moment, moment)
