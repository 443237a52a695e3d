"""A remote record in, a candidate with its openings out."""

from __future__ import annotations

import operator
import typing as t
import zoneinfo

import msgspec

from tap_compleetpersy.model.composition import Notes
from tap_compleetpersy.model.custom_values import Custom, read_custom
from tap_compleetpersy.model.declaration import compile_values
from tap_compleetpersy.model.fields import CANDIDATE_FIELDS
from tap_compleetpersy.model.openings import Opening, doubts_of, read_openings
from tap_compleetpersy.model.outcomes import compile_outcomes
from tap_compleetpersy.model.quick import Plain, QuickReader, received
from tap_compleetpersy.model.reader import Found, Node, value_of, walk
from tap_compleetpersy.model.remote_data import compile_strip, excludes_openings, within_openings
from tap_compleetpersy.model.resources import flat
from tap_compleetpersy.model.rules import (
    OPENINGS,
    Rules,
    candidate_tree,
    check_field_paths,
    opening_tree,
)
from tap_compleetpersy.model.scalars import compile_readers
from tap_compleetpersy.model.times import Instant

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tap_compleetpersy.model.custom_fields import Typing

__all__ = [
    "Candidate",
    "Opening",
    "Rules",
    "Seen",
    "UnreadableRecord",
    "check_field_paths",
    "compile_quick_reader",
    "compile_reader",
]

# Without these there is no sync, so `exclude_fields` does not reach them.
_STRUCTURE: t.Final = ("remote_id", "remote_created_at", "remote_updated_at")


class UnreadableRecord(ValueError):  # noqa: N818  (the name is the contract)
    """A record that is no candidate; the message says why, never what it holds."""


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """One candidate, read.

    Attributes:
        remote_id: Id in Persy.
        updated_at: Last update.
        created_at: When Persy created it.
        values: The fields `first_name` to `location`, `remote_created_at` and
            `remote_updated_at`, as emitted.
        custom: Custom fields by remote key: cleaned, not typed.
        labels: Labels of custom fields, where they differ from the key.
        openings: Each opening once.
        doubts: One short kind for everything not understood; never a value.
    """

    remote_id: str
    updated_at: Instant | None
    created_at: Instant | None
    values: dict[str, t.Any]
    custom: dict[str, t.Any]
    labels: dict[str, str]
    openings: tuple[Opening, ...]
    doubts: tuple[str, ...]

    def __repr__(self) -> str:
        """Show no person."""
        return f"Candidate({self.remote_id!r})"


class Seen(msgspec.Struct, frozen=True, gc=False):
    """A candidate as it was read: the model's view, and the record as received.

    Attributes:
        candidate: The model's view.
        raw: The record; None when nobody wants it.
        plain: What reading a plain record gives beside the candidate.
    """

    candidate: Candidate
    raw: t.Any
    plain: Plain | None = None

    @property
    def custom(self) -> Collection[str]:
        """Names of the custom fields."""
        return self.candidate.custom if self.plain is None else self.plain.custom


def compile_reader(rules: Rules) -> Callable[[object], Candidate]:
    """Prepare the reading of candidates under the given rules.

    Returns:
        A function from one decoded JSON value to a candidate. It raises
        `UnreadableRecord` for anything without an id, and nothing else.

    Raises:
        ValueError: If `field_paths` names an unknown field.
    """
    return _compile_reading(rules, *_trees(rules))


def _trees(rules: Rules) -> tuple[Node, Node]:
    """Compile the paths of candidates and of openings."""
    readers = compile_readers(zoneinfo.ZoneInfo(rules.time_zone))
    return candidate_tree(rules, readers), opening_tree(rules, readers)


def _compile_reading(rules: Rules, tree: Node, opening: Node) -> Callable[[object], Candidate]:
    find = _excluding(tree, rules.exclude_fields, (*_STRUCTURE, OPENINGS))
    find_in_opening = _excluding(
        opening, within_openings(rules), ("remote_id", "remote_created_at")
    )
    compose = _compile_composition(
        rules, lambda e: find_in_opening(e)[0] if isinstance(e, dict) else None
    )

    def read(record: object) -> Candidate:
        if not isinstance(record, dict):
            message = "not an object"
            raise UnreadableRecord(message)
        found, received = find(record)
        return compose(found, read_custom(tree, received, found, rules.exclude_fields))

    return read


def compile_quick_reader(
    rules: Rules,
    typing: Typing,
    patience: float = 250,
    *,
    selected: Collection[str] | None = None,
    keeps_raw: bool = False,
) -> Callable[[bytes], list[tuple[Candidate, Plain] | None]]:
    """Prepare the same for the plain records of a page.

    Args:
        rules: Without `exclude_fields`.
        typing: Of custom fields.
        patience: As of `QuickReader`.
        selected: As of `compile_integration_fields`.
        keeps_raw: Openings are wanted as received, too.

    Returns:
        A function from a list as JSON to what is known of each record: a candidate without
        its custom fields, and what `quick` gives. None is for `compile_reader`.
    """
    quick = QuickReader(*_trees(rules), rules, typing, patience=patience, selected=selected)
    compose = _compile_composition(rules, operator.itemgetter(1))
    nothing = Custom({}, {}, [])

    def read(records: bytes) -> list[tuple[Candidate, Plain] | None]:
        return [
            None
            if plain is None or "remote_id" not in plain.found
            else (finish(compose(plain.found, nothing)), plain)
            for plain in quick.page(records)
        ]

    def finish(candidate: Candidate) -> Candidate:
        if not keeps_raw:
            return candidate
        openings = (
            msgspec.structs.replace(each, raw=received(each.raw[0])) for each in candidate.openings
        )
        return msgspec.structs.replace(candidate, openings=tuple(openings))

    return read


def _compile_composition(
    rules: Rules, read_opening: Callable[[t.Any], Found | None]
) -> Callable[[Found, Custom], Candidate]:
    """Prepare the making of a candidate from what was found."""
    outcome = compile_outcomes(rules.outcomes)
    # Of excluded openings only what makes rows of them is read, and no text.
    hides_status = excludes_openings(rules)

    def compose(found: Found, custom: Custom) -> Candidate:
        if "remote_id" not in found:
            message = "no id"
            raise UnreadableRecord(message)
        doubts = [*custom.doubts, *doubts_of(found)]
        notes = Notes(doubts, outcome, value_of(found, "status"))
        values = _values(found, notes)
        openings = read_openings(found.get(OPENINGS, ()), read_opening, notes)
        if hides_status:
            for opening in openings:
                opening.application["remote_status"] = None
        return Candidate(
            found["remote_id"][1],
            value_of(found, "remote_updated_at"),
            value_of(found, "remote_created_at"),
            values,
            custom.values,
            custom.labels,
            openings,
            tuple(doubts),
        )

    return compose


def _excluding(
    tree: Node, exclude: frozenset[str], structure: tuple[str, ...]
) -> Callable[[dict[str, t.Any]], tuple[Found, dict[str, t.Any]]]:
    """Prepare the walk; excluded keys feed nothing but the structure."""
    if not exclude:

        def find_all(record: dict[str, t.Any]) -> tuple[Found, dict[str, t.Any]]:
            received = flat(record)
            return walk(tree, received), received

        return find_all
    strip = compile_strip(exclude)

    def find(record: dict[str, t.Any]) -> tuple[Found, dict[str, t.Any]]:
        stripped = flat(strip(record))
        found = walk(tree, stripped)
        whole = walk(tree, flat(record))
        return found | {slot: whole[slot] for slot in structure if slot in whole}, stripped

    return find


_values: t.Final = compile_values(CANDIDATE_FIELDS)
