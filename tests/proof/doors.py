"""Filters of stream maps: as a map says them, and what they mean; and the tables they make."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.proof.remote import Opening, Person
from tests.proof.warehouse import COPIES, STREAMS, source_of


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of one stream.

    Attributes:
        stream: Whose records it is for.
        expression: As in ``__filter__``.
        passes: Whether a version passes, or one of the openings of a version.
    """

    stream: str
    expression: str
    passes: Callable[[t.Any], bool] = field(repr=False)


def _is_hire(opening: Opening) -> bool:
    return opening.status == "Zusage"


def _is_titled(opening: Opening) -> bool:
    return opening.title is not None


PUBLIC = Filter("candidates", "confidential is False", lambda person: not person.is_confidential)
SECRET = Filter("candidates", "confidential is True", lambda person: person.is_confidential)
FILTERS = (
    PUBLIC,
    SECRET,
    Filter("jobs", "name is not None", _is_titled),
    Filter("jobs", "name == 'Dreher'", lambda opening: opening.title == "Dreher"),
    Filter("applications", "outcome == 'HIRED'", _is_hire),
    Filter("applications", "outcome != 'HIRED'", lambda opening: not _is_hire(opening)),
)


@dataclass(frozen=True, slots=True)
class Doors:
    """Whom and what the stream maps let into which table.

    Attributes:
        filters: Of the map of a stream, by its name.
        copies: Of its copy under another name (``__source__``); a stream without one has no copy.
    """

    filters: Mapping[str, Filter] = field(default_factory=dict)
    copies: Mapping[str, Filter] = field(default_factory=dict)

    @property
    def stream_maps(self) -> dict[str, t.Any]:
        """The setting of that name."""
        own = {stream: {"__filter__": each.expression} for stream, each in self.filters.items()}
        copies = {
            COPIES[stream]: {"__source__": stream, "__filter__": each.expression}
            for stream, each in self.copies.items()
        }
        return own | copies

    def tables(self, streams: Sequence[str]) -> list[str]:
        """Return the tables that selected streams are written to."""
        return [*streams, *(COPIES[stream] for stream in streams if stream in self.copies)]

    def narrows(self, table: str) -> bool:
        """Whether a table has a filter of its own."""
        return source_of(table) in (self.filters if table in STREAMS else self.copies)

    def admits(self, person: Person) -> bool:
        """Whether what follows from a version may be written at all."""
        return "candidates" not in self.filters or self.filters["candidates"].passes(person)

    def passes(self, table: str, person: Person, opening: Opening | None = None) -> bool:
        """Whether a version, or what follows from one of its openings, belongs into a table."""
        stream = source_of(table)
        those = self.filters if table in STREAMS else self.copies
        own = those.get(stream)
        if stream == "candidates":
            return own is None or own.passes(person)
        return self.admits(person) and (own is None or own.passes(opening))
