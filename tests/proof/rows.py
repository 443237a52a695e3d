"""What a warehouse must hold, told without anything of the tap."""

from __future__ import annotations

import json
import typing as t
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.proof.answers import remark
from tests.proof.doors import Doors
from tests.proof.remote import Moment, Opening, Person
from tests.proof.warehouse import source_of

Row = Mapping[str, str | bool | None]
Rows = dict[str, Row]

OUTCOMES = {"neu": "PENDING", "Absage": "DECLINED", "Zusage": "HIRED"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a run may speak of.

    Attributes:
        cutoff: Nobody older is emitted.
        lower: Nobody older is read by a complete pass.
        unknown: Those whose versions do not say their time are read, too.
    """

    cutoff: Moment | None
    lower: Moment | None
    unknown: bool

    def allows(self, person: Person) -> bool:
        """Return whether the cutoff lets a version out: not if it does not say its time."""
        return self.cutoff is None or (person.updated is not None and person.updated >= self.cutoff)

    def holds(self, person: Person) -> bool:
        """Return whether a complete pass reads and emits a version."""
        if person.updated is None:
            return self.unknown and self.allows(person)
        return self.allows(person) and (self.lower is None or person.updated >= self.lower)


def expected_rows(table: str, people: Iterable[Person], doors: Doors) -> Rows:
    """Return the rows of a table by remote id, without `changed_at` and the like."""
    people, stream = list(people), source_of(table)
    if stream == "candidates":
        return {p.number: _candidate(p) for p in people if doors.passes(table, p)}
    admitted = [person for person in people if doors.admits(person)]
    if stream == "jobs":
        titles = {o: Opening(title(o, admitted), "") for p in admitted for o in p.openings}
        return {
            number: {"id": identifier("jobs", number), "remote_id": number, "name": opening.title}
            for number, opening in titles.items()
            if doors.passes(table, admitted[0], opening)
        }
    return {
        application_number(person.number, number): _application(person, number, opening)
        for person in admitted
        for number, opening in person.openings.items()
        if doors.passes(table, person, opening)
    }


def authority(number: str, people: Iterable[Person]) -> Person | None:
    """Return whose title an opening has: of those who give one, whoever was updated last."""
    return max(
        (p for p in people if number in p.openings and p.openings[number].title is not None),
        key=lambda p: (-1 if p.updated is None else p.updated, p.number),
        default=None,
    )


def title(number: str, people: Iterable[Person]) -> str | None:
    """Return the title of an opening."""
    person = authority(number, people)
    return None if person is None else person.openings[number].title


def application_number(person: str, opening: str) -> str:
    """Return the remote id of an application; these ids need no quoting."""
    return f"{person}/{opening}"


def identifier(stream: str, remote_id: str) -> str:
    """Return the `id` of a row."""
    text = json.dumps(["", stream, remote_id], separators=(",", ":"), ensure_ascii=False)
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text))


def instant(moment: Moment | None) -> str | None:
    """Write a time as rows have it."""
    if moment is None:
        return None
    text = datetime.fromtimestamp(moment / 1000, tz=UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def moment_of(text: str | None) -> Moment | None:
    """Read such a time."""
    return None if text is None else round(datetime.fromisoformat(text).timestamp() * 1000)


def _candidate(person: Person) -> Row:
    return {
        "id": identifier("candidates", person.number),
        "remote_id": person.number,
        "last_name": person.name,
        "source": remark(person, "Quelle"),
        "custom_fields.Vermerk": remark(person, "Vermerk"),
        "confidential": person.is_confidential,
        "remote_created_at": instant(person.created),
        "remote_updated_at": instant(person.updated),
    }


def _application(person: Person, number: str, opening: Opening) -> Row:
    remote_id = application_number(person.number, number)
    return {
        "id": identifier("applications", remote_id),
        "remote_id": remote_id,
        "outcome": OUTCOMES[opening.status],
        "job_id": identifier("jobs", number),
        "candidate_id": identifier("candidates", person.number),
    }


def agrees(row: Mapping[str, t.Any], expected: Row) -> bool:
    """Return whether a row says what is expected."""
    return all(column(row, name) == value for name, value in expected.items())


def column(row: Mapping[str, t.Any], name: str) -> t.Any:
    """Return a value of a row; a custom field is named with its column, after a dot."""
    own, _, field = name.partition(".")
    value = row.get(own)
    return value if not field or value is None else value.get(field)
