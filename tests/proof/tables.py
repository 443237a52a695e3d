"""The warehouse and the remote system, compared after a run that nothing disturbed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.proof.knowledge import Knowledge
from tests.proof.remote import Person
from tests.proof.rows import Rows, agrees, authority, expected_rows
from tests.proof.situation import Situation
from tests.proof.warehouse import Record, source_of

Living = Mapping[str, Record]
"""Rows of a stream that are alive, by remote id."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One table after one run.

    Attributes:
        table: Its name.
        situation: The run.
        before: Its rows when the run began.
        after: Its rows now.
        known: Remote ids of rows that the tap could know to be alive when it began.
        knowledge: What the tap could know of people.
    """

    table: str
    situation: Situation
    before: Living
    after: Living
    known: set[str]
    knowledge: Knowledge

    def expect_everything(self) -> None:
        """After a complete pass the warehouse has all that is in scope, and nothing else.

        But it may still have what the tap cannot know of, and what is out of scope.
        """
        scope, people = self.situation.scope, self._seen()
        expected = self._expected(person for person in people if scope.holds(person))
        for number, row in expected.items():
            assert number in self.after, f"{self.table} {number} is missing"
            assert agrees(self.after[number], row), (self.after[number], row)
        if self.situation.is_refused or not self.situation.is_proven:
            return
        rest = self.known & self.after.keys() - expected.keys()
        outside = [person.number for person in people if not scope.holds(person)]
        outside += self.situation.unseen
        rest -= self.knowledge.rows_of(source_of(self.table), outside, rest)
        assert not rest, f"{self.table} {rest} should be deleted"

    def expect_what_a_delta_sees(self) -> None:
        """After a delta the warehouse is right about everyone who was not late."""
        people, stream = self._in_scope(), source_of(self.table)
        punctual = [person for person in people if person.number not in self.knowledge.late]
        expected = self._expected(punctual)
        if stream == "jobs":
            if not self.situation.doors.narrows(self.table):
                assert expected.keys() <= self.after.keys()
            self._expect_titles(people)
            return
        for number, row in expected.items():
            assert number in self.after, f"{self.table} {number} is missing"
            assert agrees(self.after[number], row), (self.after[number], row)
        if self.situation.is_refused:
            return
        own = self.knowledge.rows_of(stream, [p.number for p in punctual], self.after)
        rest = self.known & own - expected.keys()
        assert not rest, f"{self.table} {rest} should be deleted"

    def _expected(self, people: Iterable[Person]) -> Rows:
        """Return the rows that people make, in the columns that are selected."""
        situation = self.situation
        rows = expected_rows(self.table, people, situation.doors)
        gone = situation.deselected if source_of(self.table) == "candidates" else ()
        return {
            number: {name: value for name, value in row.items() if name not in gone}
            for number, row in rows.items()
        }

    def _in_scope(self) -> list[Person]:
        scope = self.situation.scope
        return [person for person in self._seen() if scope.holds(person)]

    def _seen(self) -> list[Person]:
        """Return the living, except those who are in no list."""
        situation = self.situation
        return [p for p in situation.after.values() if p.number not in situation.unseen]

    def _expect_titles(self, people: list[Person]) -> None:
        """What a delta says of a title is right; of what it cannot see it says nothing.

        It does not see that whoever named a job before has left it. A title by somebody
        without an update time is weighed by complete passes only.
        """
        said = {record["remote_id"] for record in self.situation.records(self.table)}
        admitted = [person for person in people if self.situation.doors.admits(person)]
        for number, row in self._expected(admitted).items():
            carriers = [person for person in admitted if number in person.openings]
            if any(person.number in self.knowledge.late for person in carriers):
                continue
            names, is_as_before = authority(number, carriers), self._is_as_before(number)
            if names is not None and names.updated is None and is_as_before:
                continue
            is_new = names is not None and names.number in self.knowledge.fresh
            if number in said or is_new:
                assert agrees(self.after[number], row), (self.after[number], row)
            else:
                assert is_as_before, (self.after.get(number), self.before.get(number))

    def _is_as_before(self, number: str) -> bool:
        return self.after.get(number) == self.before.get(number)
