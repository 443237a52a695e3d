"""What each table was ever given: columns that left, and whether their values did too.

A target keeps a column that no row names any more, with its values, those of people who are
deleted later included. So the bookmark remembers names and kinds of columns, never a value.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Schema = Mapping[str, t.Any]
Columns = Mapping[str, Mapping[str, str]]
"""Kinds of columns, by table and name."""

EMPTIED = " emptied"
"""Ends the kind of a column that left, and that a complete pass has emptied."""


def kind_of(schema: Schema) -> str:
    """Return the type of a property as a short text: ``string:date-time``, ``array/object``."""
    types = schema.get("type", "string")
    kind = "|".join(
        each for each in ([types] if isinstance(types, str) else types) if each != "null"
    )
    if "format" in schema:
        kind += f":{schema['format']}"
    items = schema.get("items")
    return f"{kind}/{kind_of(items)}" if isinstance(items, Mapping) else kind


def property_of(kind: str) -> dict[str, t.Any]:
    """Return a nullable property of a kind: a column of another type would be another column."""
    whole, _, items = kind.removesuffix(EMPTIED).partition("/")
    types, _, form = whole.partition(":")
    found: dict[str, t.Any] = {"type": [*types.split("|"), "null"]}
    if form:
        found["format"] = form
    if items:
        found["items"] = property_of(items)
    return found


def kinds_of(schema: Schema) -> dict[str, str]:
    """Return the kinds of the columns that a SCHEMA declares, by name."""
    return {name: kind_of(each) for name, each in schema.get("properties", {}).items()}


@dataclass(frozen=True, slots=True)
class StreamColumns:
    """The columns of the tables of one stream.

    Attributes:
        present: That this run's rows have.
        remembered: That any run's rows ever had, as the bookmark knows.
        erases: The setting ``erase_deselected``.
    """

    present: Columns
    remembered: Columns
    erases: bool

    @property
    def left(self) -> dict[str, dict[str, str]]:
        """Columns that are no more, of tables that still are."""
        return {
            table: {
                name: kind
                for name, kind in self.remembered.get(table, {}).items()
                if name not in names
            }
            for table, names in self.present.items()
        }

    @property
    def nulled(self) -> dict[str, tuple[str, ...]]:
        """Columns that left and that every row names all the same, with null."""
        return {table: tuple(names) for table, names in self.left.items() if names and self.erases}

    @property
    def is_due(self) -> bool:
        """Whether only a complete pass can empty what left."""
        return self.erases and any(_full(names) for names in self.left.values())

    def widened(self, table: str, schema: Schema) -> dict[str, t.Any]:
        """Return a SCHEMA of a table with the columns that are nulled."""
        left = self.left.get(table, {}) if self.erases else {}
        more = {name: property_of(kind) for name, kind in left.items()}
        return {**schema, "properties": {**schema["properties"], **more}}

    def after(self, *, emptied: bool) -> Columns:
        """Return what to remember.

        Args:
            emptied: A complete pass came to its end.
        """
        mark = EMPTIED if emptied and self.erases else ""
        gone = {
            table: {
                name: kind if kind.endswith(EMPTIED) else kind + mark
                for name, kind in names.items()
            }
            for table, names in self.left.items()
        }
        return {
            **self.remembered,
            **{table: {**names, **gone[table]} for table, names in self.present.items()},
        }

    def warnings(self) -> Iterator[str]:
        """Yield a line for each table that may keep what left."""
        way = "docs/privacy.md says what to do"
        for table, names in self.left.items():
            shown = ", ".join(sorted(_full(names)))
            if shown and self.erases:
                yield f"{table}: {shown} left and will be emptied by a complete pass"
            elif shown:
                yield (
                    f"{table}: {shown} left, and the target keeps the values, those of people "
                    f"who are deleted later included. Set erase_deselected, or {way}"
                )
        for table in sorted(self.remembered.keys() - self.present.keys()):
            yield f"{table}: is not written any more, and the target keeps its rows; {way}"


def _full(names: Mapping[str, str]) -> list[str]:
    return [name for name, kind in names.items() if not kind.endswith(EMPTIED)]
