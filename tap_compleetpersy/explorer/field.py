"""What the Explorer finds: remote fields, and what a sample says of them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

Model: t.TypeAlias = t.Literal["candidates", "opening"]
Kind: t.TypeAlias = t.Literal["DEFAULT", "CUSTOM"]


@dataclass(frozen=True, slots=True)
class RemoteField:
    """One field of the remote records, as a sample shows it.

    Attributes:
        key: Remote key; of a default field its dotted path, within the opening for an
            opening's.
        label: What the tenant calls it, else the last part of the key.
        model: Whether candidates or the openings on them have it.
        kind: A field of the vendor's, or of the tenant's own.
        type: `boolean`, `integer`, `number`, `date`, `date-time`, `string`, `object`, or
            `array of` one of these.
        filled: Records in which it has a value.
        records: Records of the model that were read.
        distinct: Different values; beyond 1024 an estimate.
        shortest: Characters of the shortest value; None without values.
        longest: The same of the longest.
        examples: Values, or their masks (`Xxxxxx`, `99.999`).
        feeds: Columns that took a value of it, as `field_paths` names them; a custom field's is
            `custom_fields`.
        selected: Whether it leaves by the catalog given; None without a catalog.
        change: Against the catalog: `new`, `gone`, `integer → string`; None for no change
            and without a catalog.
    """

    key: str
    label: str
    model: Model
    kind: Kind
    type: str
    filled: int
    records: int
    distinct: int
    shortest: int | None
    longest: int | None
    examples: tuple[str, ...]
    feeds: tuple[str, ...] = ()
    selected: bool | None = None
    change: str | None = None

    @property
    def fill_rate(self) -> float:
        """Share of the records in which the field has a value, from 0 to 1."""
        return self.filled / self.records if self.records else 0.0

    def as_json(self) -> dict[str, t.Any]:
        """Return the field as the JSON output has it."""
        return {
            "key": self.key,
            "label": self.label,
            "model": self.model,
            "kind": self.kind,
            "type": self.type,
            "fill_rate": round(self.fill_rate, 4),
            "filled": self.filled,
            "records": self.records,
            "distinct": self.distinct,
            "shortest": self.shortest,
            "longest": self.longest,
            "examples": list(self.examples),
            "feeds": list(self.feeds),
            "selected": self.selected,
            "change": self.change,
        }


@dataclass(frozen=True, slots=True)
class Survey:
    """What a sample shows.

    Attributes:
        fields: Of candidates first, then of openings; custom ones before default ones.
        candidates: How many candidates were read.
        openings: How many openings were on them.
    """

    fields: tuple[RemoteField, ...]
    candidates: int
    openings: int
