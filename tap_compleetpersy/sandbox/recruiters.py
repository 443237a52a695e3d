"""The users of the fictional tenant, and the notes that they write about candidates."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tap_compleetpersy.sandbox import words
from tap_compleetpersy.sandbox.facts import Candidate, Note, Recruiter
from tap_compleetpersy.sandbox.listing import MakeKey, OrderKey
from tap_compleetpersy.sandbox.people import HISTORY_SECONDS, People, plain_name, unambiguous
from tap_compleetpersy.sandbox.shapes import encode, recruiter
from tap_compleetpersy.sandbox.words import Draw

COUNT = 30
MINUTES_TO_FIRST_NOTE = 30 * 24 * 60
CLIENT = "API"


@dataclass(frozen=True, slots=True)
class Recruiters:
    """Everybody who works with Persy; nobody edits them. They share the people's seed and names."""

    people: People
    order: MakeKey
    everybody: dict[str, Recruiter] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Draw them all: they are few."""
        drawn = (_recruiter(self.people, number) for number in range(1, COUNT + 1))
        object.__setattr__(self, "everybody", {user.remote_id: user for user in drawn})

    def select(self, since: datetime | None = None, until: datetime | None = None) -> Sequence[str]:
        """Return the ids updated in a time span, as :meth:`Store.select` does."""
        chosen = (
            user.remote_id
            for user in self.everybody.values()
            if (since is None or user.updated_at >= since)
            and (until is None or user.updated_at < until)
        )
        return sorted(chosen, key=self.order_key)

    def order_key(self, remote_id: str) -> OrderKey:
        """Return the place of a recruiter in the list."""
        return self.order(remote_id, self.everybody[remote_id].updated_at, self.people.seed)

    def body(self, remote_id: str) -> bytes:
        """Return the JSON of one recruiter."""
        return encode(recruiter(self.everybody[remote_id]))


def _recruiter(people: People, number: int) -> Recruiter:
    draw = Draw(f"{people.seed}:recruiter:{number}")
    first_name = draw.pick(people.pools.first_names)
    last_name = draw.pick(people.pools.last_names)
    share = zlib.crc32(f"{people.seed}:recruiter:{number}".encode()) / 2**32
    return Recruiter(
        remote_id=str(number),
        first_name=first_name,
        last_name=last_name,
        email=f"{plain_name(first_name, last_name)}@firma.example.com",
        role=draw.pick(words.ROLES),
        updated_at=unambiguous(people.now - timedelta(seconds=int(HISTORY_SECONDS * share))),
    )


class Notes:
    """The notes of everybody: a function of the seed, and what was added since."""

    def __init__(self, people: People) -> None:
        """Start with the generated ones."""
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
        """Return a new note about a candidate, whose own update time stays."""
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
