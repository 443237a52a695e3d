"""The schema of records of which nothing is known but a sample."""

from __future__ import annotations

import typing as t

from typing_extensions import override

from tap_compleetpersy.model.custom_types import Evidence, Schema, kind_of

if t.TYPE_CHECKING:
    from collections.abc import Mapping


class JsonEvidence(Evidence):
    """What values a field has had, by their types in JSON: text is text, whatever it says.

    An empty list says nothing beside other values, since PHP writes an empty object so.
    """

    __slots__ = ("was_empty",)

    def __init__(self, *levels: int) -> None:
        """Begin without evidence."""
        super().__init__(*levels)
        self.was_empty = False

    @override
    def add(self, value: object) -> None:
        """Take note of one value; null says nothing."""
        if value == []:
            self.was_empty = True
        else:
            super().add(value)

    @override
    def schema(self) -> Schema:
        """Give the type as a nullable JSON schema."""
        if self.was_empty and not (self.kinds or self.properties is not None):
            self.is_list = True
        return super().schema()

    @override
    def _kind_of(self, value: object) -> str | None:
        return "text" if isinstance(value, str) else kind_of(value)


class RecordSample:
    """Records seen one after the other, in flat memory.

    Attributes:
        size: How many.
    """

    def __init__(self) -> None:
        """Begin without records."""
        self.size = 0
        self._fields: dict[str, JsonEvidence] = {}

    def add(self, record: Mapping[str, object]) -> None:
        """Take note of one record."""
        self.size += 1
        for key, value in record.items():
            evidence = self._fields.get(key)
            if evidence is None:
                evidence = self._fields[key] = JsonEvidence()
            evidence.add(value)

    def properties(self) -> dict[str, Schema]:
        """Give the type of each field, nullable, in the order of their first sight.

        One type is kept as it is, also nested; integers with other numbers are numbers; one
        beside several is several; every other mixture is text.
        """
        return {key: evidence.schema() for key, evidence in self._fields.items()}


def required(schema: Schema) -> Schema:
    """Give the same type without null, as keys have it."""
    types = schema.get("type", [])
    return {**schema, "type": [name for name in types if name != "null"]}


def is_scalar(schema: Schema) -> bool:
    """Tell whether values of a type can be a key."""
    return not {"object", "array"} & set(schema.get("type", []))
