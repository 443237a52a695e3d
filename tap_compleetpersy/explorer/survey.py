"""Counting: from candidates, one after the other, to fields."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

from tap_compleetpersy.explorer.field import Kind, Model, RemoteField, Survey
from tap_compleetpersy.explorer.statistics import Statistics, masked
from tap_compleetpersy.model.listing import compile_listing, compile_opening_listing
from tap_compleetpersy.model.remote_data import (
    compile_opening_data,
    compile_remote_data,
    excludes_openings,
)
from tap_compleetpersy.model.text import clean_value

if t.TYPE_CHECKING:
    from tap_compleetpersy.explorer.comparison import Chosen
    from tap_compleetpersy.model.candidate import Seen
    from tap_compleetpersy.model.rules import Rules

MOST_FIELDS = 5000
"""Fields of a model that are told apart; a server that invents keys must not fill memory."""

Name: t.TypeAlias = tuple[Kind, str]


def survey(
    sample: Iterable[Seen], rules: Rules, chosen: Chosen | None = None, *, show_values: bool = False
) -> Survey:
    """Count the fields of a sample, in memory that does not grow with it.

    Args:
        sample: Candidates with their records as received.
        rules: How the records are read; excluded fields are not shown.
        chosen: What a catalog lets leave, if one is given.
        show_values: Give examples as they are instead of their masks.
    """
    candidates, openings = _Tally("candidates"), _Tally("opening")
    copy, copy_opening = compile_remote_data(rules), compile_opening_data(rules)
    listing, opening_listing = compile_listing(rules), compile_opening_listing(rules)
    no_openings = excludes_openings(rules)
    for seen in sample:
        candidates.records += 1
        listing(copy(seen.raw), candidates.add_default)
        for key, value in seen.candidate.custom.items():
            candidates.add(key, "CUSTOM", value, seen.candidate.labels.get(key, key))
        if chosen is not None and chosen.candidates is not None:
            listing(chosen.candidates(seen.raw), candidates.leave)
        for opening in () if no_openings else seen.candidate.openings:
            openings.records += 1
            opening_listing(copy_opening(opening.raw), openings.add)
            if chosen is not None and chosen.openings is not None:
                opening_listing(chosen.openings(opening.raw), openings.leave)
    fields = [
        field
        for tally in (candidates, openings)
        for field in tally.fields(compared=chosen is not None, show_values=show_values)
    ]
    return Survey(tuple(fields), candidates.records, openings.records)


class _Tally:
    """Statistics of the fields of one model."""

    def __init__(self, model: Model) -> None:
        self.records = 0
        self._model = model
        self._statistics: dict[Name, Statistics] = {}
        self._leaving: set[Name] = set()

    def add(self, key: str, kind: Kind, value: object, label: str) -> None:
        """Take note of a field of the record in hand."""
        statistics = self._statistics.get((kind, key))
        if statistics is None:
            if len(self._statistics) >= MOST_FIELDS:
                return
            statistics = self._statistics[kind, key] = Statistics()
        statistics.add(clean_value(value), label)

    def add_default(self, key: str, kind: Kind, value: object, label: str) -> None:
        """Take note of a field of the vendor's; the tenant's own come from the model."""
        if kind == "DEFAULT":
            self.add(key, kind, value, label)

    def leave(self, key: str, kind: Kind, value: object, label: str) -> None:  # noqa: ARG002 - the signature of a listing
        """Take note that a field leaves by the catalog."""
        if (kind, key) in self._statistics:
            self._leaving.add((kind, key))

    def fields(self, *, compared: bool, show_values: bool) -> Iterable[RemoteField]:
        """Give the fields, custom ones first, in the order of their first sight."""
        for (kind, key), found in sorted(self._statistics.items(), key=lambda item: item[0][0]):
            yield RemoteField(
                key=key,
                label=found.label,
                model=self._model,
                kind=kind,
                type=found.type,
                filled=found.filled,
                records=self.records,
                distinct=found.distinct,
                shortest=found.shortest,
                longest=found.longest,
                examples=found.examples if show_values else masked(found.examples),
                selected=(kind, key) in self._leaving if compared else None,
            )
