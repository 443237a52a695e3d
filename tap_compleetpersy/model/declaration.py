"""What a declaration of fields is made of, and what follows from one."""

from __future__ import annotations

import dataclasses
import operator
import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass

from tap_compleetpersy.model.times import format_time

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.composition import Notes
    from tap_compleetpersy.model.reader import Found

Compose: t.TypeAlias = "Callable[[Found, Notes, dict[str, t.Any]], None]"
"""Puts the values of the fields that share it to the others."""

Schema: t.TypeAlias = dict[str, t.Any]
"""A fragment of JSON Schema."""


class Fact(t.NamedTuple):
    """One thing that a record may say, and the ordered paths to it."""

    name: str
    paths: tuple[str, ...]
    read: str = "text"
    """Reader of the value (`text.compile_readers`): `text`, `id`, `boolean` or `time`."""
    many: bool = False
    """Whether every value counts, not the one of the best path alone."""
    qualifies: bool = False
    """Whether it only says how to understand other facts of the same element."""
    joined: bool = False
    """Whether values at one path are one, joined by blanks: `GivenName` of HR-XML."""
    tells_all: bool = False
    """Whether it repeats all of its fields, so that who may not see one may not see it."""


STRING: t.Final[Schema] = {"type": ["string", "null"]}


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a stream's records."""

    name: str
    description: str
    paths: tuple[str, ...] = ()
    """Where the wire may hold it: ordered, dotted; of an opening's field, within the opening."""
    _: KW_ONLY
    type: Schema = dataclasses.field(default_factory=STRING.copy)
    """JSON schema without description; nullable fields say so themselves."""
    read: str = "text"
    """Reader of the value there, as of `Fact`."""
    personal: bool = False
    """Whether it tells something about a person, as the privacy page says."""
    facts: tuple[Fact, ...] = ()
    """What it is made of, where that is more than a value at its paths. The fact that has the
    field's name is the one that `field_paths` adds to."""
    parts: tuple[Field, ...] = ()
    """Properties of an object that are selected one by one."""
    compose: Compose | None = None
    """Makes it of its facts; fields that are made together share a function."""
    derived: bool = False
    """Whether it follows from the run or from other fields, so that no path leads to it."""

    @property
    def all_facts(self) -> tuple[Fact, ...]:
        """What has to be read for it, its parts included."""
        alone = (Fact(self.name, self.paths, self.read),) if self.paths else ()
        return (*alone, *self.facts, *(fact for part in self.parts for fact in part.all_facts))


@dataclass(frozen=True, slots=True)
class ChildStream:
    """A list that each candidate has, at a path of its own.

    Everything follows from it and from the setting with the path: the stream and its schema, one
    more request for each candidate who is new or was updated, a ledger that finds deletions,
    filters, cutoff and bookmark.

    Attributes:
        name: Of the stream.
        path: Name of the setting that holds the path of the list.
        names: Under which a document may hold the list, in small letters.
        fields: Of its records.
        has_content: Its records link to files, which can be downloaded.
        is_independent: Records come and change while their candidate's update time stays, so
            that a complete pass asks for everybody's list.
    """

    name: str
    path: str
    names: frozenset[str]
    fields: tuple[Field, ...]
    has_content: bool = False
    is_independent: bool = False

    @property
    def noun(self) -> str:
        """What its records are called, in the plural."""
        return self.path.removesuffix("_path")


class _Use(t.NamedTuple):
    """A field, or a part of one, that is made of facts."""

    name: str
    given: str
    """Its name in `field_paths`."""
    field: Field


def _uses(prefix: str, fields: Sequence[Field]) -> Iterator[_Use]:
    for field in fields:
        if not field.parts:
            yield _Use(field.name, f"{prefix}{field.name}", field)
        for part in field.parts:
            name = f"{field.name}.{part.name}"
            yield _Use(name, f"{prefix}{name}", part)


class Element:
    """What is read from one kind of JSON object: a candidate, an opening, an attachment.

    Attributes:
        facts: By name.
        fields: Names of the fields that are made of a fact, by its name; derived ones come last.
        extensible: The fact that a name in `field_paths` adds paths to.
    """

    def __init__(self, tables: Mapping[str, Sequence[Field]], *others: Fact) -> None:
        """Derive it from the fields.

        Args:
            tables: Fields of a stream, by what stands before their names in `field_paths`.
            others: Facts that no field of the element itself is made of.
        """
        uses = [use for prefix, fields in tables.items() for use in _uses(prefix, fields)]
        facts = [fact for use in uses for fact in use.field.all_facts]
        self.facts = {fact.name: fact for fact in (*facts, *others)}
        self.extensible: dict[str, Fact] = {}
        names: dict[str, list[str]] = {name: [] for name in self.facts}
        for use in sorted(uses, key=operator.attrgetter("field.derived")):
            for fact in use.field.all_facts:
                names[fact.name].append(use.name)
        self.fields = {name: tuple(those) for name, those in names.items()}
        for use in uses:
            if "." in use.name:
                self.extensible[use.given] = Fact(use.name, ())
            elif use.name in self.facts and not use.field.derived:
                self.extensible[use.given] = self.facts[use.name]


Values: t.TypeAlias = "Callable[[Found, Notes], dict[str, t.Any]]"


def compile_values(fields: Sequence[Field]) -> Values:
    """Return the function that makes the values of the fields that an element says itself.

    They are as emitted, in the order of the fields, without the id.
    """
    own = [field for field in fields if not field.derived and field.name != "remote_id"]
    nulls: dict[str, t.Any] = dict.fromkeys(field.name for field in own)
    simple = [field.name for field in own if field.compose is None and field.read != "time"]
    times = [field.name for field in own if field.compose is None and field.read == "time"]
    composed = dict.fromkeys(field.compose for field in own if field.compose is not None)

    def values(found: Found, notes: Notes) -> dict[str, t.Any]:
        made = nulls.copy()
        for name in simple:
            if name in found:
                made[name] = found[name][1]
        for name in times:
            if name in found:
                made[name] = format_time(found[name][1])
        for compose in composed:
            compose(found, notes, made)
        return made

    return values
