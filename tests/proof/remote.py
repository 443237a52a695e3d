"""A model of the remote system: its people, its clock, and what may happen to them.

It shares nothing with the tap. A change is a value, so that a failing sequence
prints what happened.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tests.proof.habits import Ids

START = int(datetime(2026, 12, 1, 12, tzinfo=UTC).timestamp() * 1000)
SECOND, HOUR, DAY = 1_000, 3_600_000, 86_400_000

Moment = int
"""Milliseconds since 1970; the remote system itself knows whole seconds only."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening as one candidate carries it."""

    title: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Person:
    """One version of a candidate.

    Attributes:
        number: The remote id.
        name: Different in each version.
        created: When the person was added.
        updated: When the system says that this version was made; None: it does not say.
        openings: By id.
        is_confidential: As the system says.
    """

    number: str
    name: str
    created: Moment
    updated: Moment | None
    openings: Mapping[str, Opening] = field(default_factory=dict)
    is_confidential: bool = False


@dataclass
class Remote:
    """The people of the remote system.

    Attributes:
        now: The system's clock.
        people: Who lives, by id.
        graveyard: Who was deleted and did not return.
        is_mute: Answers leave out everybody's openings.
        unlisted: So many of the living, those with the greatest ids, are in no list.
        changed: Ids whose present version nobody has looked at yet, with its time.
        versions: So many were made; names them.
        ids: What new ids are.
    """

    now: Moment = START
    people: dict[str, Person] = field(default_factory=dict)
    graveyard: list[str] = field(default_factory=list)
    is_mute: bool = False
    unlisted: int = 0
    changed: dict[str, Moment | None] = field(default_factory=dict)
    versions: int = 0
    ids: Ids = "numbers"

    def someone(self, who: int) -> Person | None:
        """Return one of the living, if any."""
        living = sorted(self.people)
        return self.people[living[who % len(living)]] if living else None

    def put(self, person: Person, updated: Moment | None) -> None:
        """Make a version, with a time of whole seconds."""
        self.versions += 1
        whole = None if updated is None else updated // SECOND * SECOND
        self.people[person.number] = replace(person, name=f"Name {self.versions:04}", updated=whole)
        self.changed[person.number] = whole

    def shown(self) -> dict[str, Person]:
        """Return the living as answers show them, by id, those in no list included."""
        if not self.is_mute:
            return dict(self.people)
        return {number: replace(person, openings={}) for number, person in self.people.items()}

    def unseen(self) -> set[str]:
        """Return the ids of the living who are in no list."""
        return set(sorted(self.people)[len(self.people) - self.unlisted :])

    def look_different(self) -> None:
        """Note that anybody may look different from now on, though nobody was edited."""
        self.changed |= {number: person.updated for number, person in self.people.items()}

    def number(self) -> str:
        """Return an id that was never given; all begin with two digits, and text sorts so."""
        number = 10 + len(self.people) + len(self.graveyard)
        is_uuid = self.ids == "uuids" or (self.ids == "both" and number % 2 == 0)
        return f"{number}000000-0000-4000-8000-{number:012}" if is_uuid else str(number)


@dataclass(frozen=True, slots=True)
class Add:
    """Someone is added, long ago if the system was told late."""

    openings: Mapping[str, Opening] = field(default_factory=dict)
    late: int = 0

    def happen(self, remote: Remote) -> None:
        """Make it so."""
        moment = remote.now - self.late
        created = moment // SECOND * SECOND
        remote.put(Person(remote.number(), "", created, None, self.openings), moment)


@dataclass(frozen=True, slots=True)
class Edit:
    """Someone is edited; late: the version shows up so many milliseconds after its time."""

    who: int
    late: int = 0

    def happen(self, remote: Remote) -> None:
        """Make it so."""
        if person := remote.someone(self.who):
            remote.put(person, remote.now - self.late)


@dataclass(frozen=True, slots=True)
class Forget:
    """Someone's new version does not say when it was made."""

    who: int

    def happen(self, remote: Remote) -> None:
        """Make it so."""
        if person := remote.someone(self.who):
            remote.put(person, None)


@dataclass(frozen=True, slots=True)
class Delete:
    """Someone is deleted."""

    who: int

    def happen(self, remote: Remote) -> None:
        """Make it so."""
        if person := remote.someone(self.who):
            del remote.people[person.number]
            remote.graveyard.append(person.number)


@dataclass(frozen=True, slots=True)
class Purge:
    """Everyone is deleted but a few."""

    but: int

    def happen(self, remote: Remote) -> None:
        """Make it so."""
        while len(remote.people) > self.but:
            Delete(0).happen(remote)


@dataclass(frozen=True, slots=True)
class Return:
    """Someone who was deleted is back under the same id."""

    who: int
    openings: Mapping[str, Opening] = field(default_factory=dict)

    def happen(self, remote: Remote) -> None:
        """Make it so."""
        if remote.graveyard:
            number = remote.graveyard.pop(self.who % len(remote.graveyard))
            created = remote.now // SECOND * SECOND
            remote.put(Person(number, "", created, None, self.openings), remote.now)


@dataclass(frozen=True, slots=True)
class Carry:
    """An opening comes to someone, or gets another title or status there."""

    who: int
    opening: str
    title: str | None
    status: str = "neu"

    def happen(self, remote: Remote) -> None:
        """Make it so."""
        if person := remote.someone(self.who):
            openings = {**person.openings, self.opening: Opening(self.title, self.status)}
            remote.put(replace(person, openings=openings), remote.now)


@dataclass(frozen=True, slots=True)
class Withdraw:
    """An opening leaves someone."""

    who: int
    opening: str

    def happen(self, remote: Remote) -> None:
        """Make it so."""
        person = remote.someone(self.who)
        if person and self.opening in person.openings:
            openings = {o: what for o, what in person.openings.items() if o != self.opening}
            remote.put(replace(person, openings=openings), remote.now)


@dataclass(frozen=True, slots=True)
class Classify:
    """Someone becomes confidential, or public again."""

    who: int

    def happen(self, remote: Remote) -> None:
        """Make it so."""
        if person := remote.someone(self.who):
            remote.put(replace(person, is_confidential=not person.is_confidential), remote.now)


@dataclass(frozen=True, slots=True)
class Mute:
    """Answers begin to leave out everybody's openings, or have them again."""

    is_mute: bool

    def happen(self, remote: Remote) -> None:
        """Make it so."""
        if self.is_mute != remote.is_mute:
            remote.is_mute = self.is_mute
            remote.look_different()


@dataclass(frozen=True, slots=True)
class Hide:
    """The list leaves out so many of the living, or nobody: a search that is capped."""

    many: int

    def happen(self, remote: Remote) -> None:
        """Make it so."""
        if self.many != remote.unlisted:
            remote.unlisted = self.many
            remote.look_different()


@dataclass(frozen=True, slots=True)
class Wait:
    """The clock moves, backwards too."""

    milliseconds: int

    def happen(self, remote: Remote) -> None:
        """Make it so."""
        remote.now += self.milliseconds


Change: t.TypeAlias = (
    Add | Edit | Forget | Delete | Purge | Return | Carry | Withdraw | Classify | Mute | Hide | Wait
)
