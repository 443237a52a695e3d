"""A remote record in, a candidate with its openings out."""

from __future__ import annotations

import typing as t
import zoneinfo
from dataclasses import dataclass, field

from tap_compleetpersy.model.composition import employment, reach, residence
from tap_compleetpersy.model.contacts import compile_email_check
from tap_compleetpersy.model.custom_values import read_custom
from tap_compleetpersy.model.openings import Opening, read_openings, value_of
from tap_compleetpersy.model.outcomes import compile_outcomes
from tap_compleetpersy.model.reader import DOUBTS, Found, Node, walk
from tap_compleetpersy.model.remote_data import compile_strip, within_openings
from tap_compleetpersy.model.rules import (
    OPENINGS,
    Rules,
    candidate_tree,
    check_field_paths,
    opening_tree,
)
from tap_compleetpersy.model.scalars import compile_readers
from tap_compleetpersy.model.times import format_time

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from tap_compleetpersy.model.times import Instant

__all__ = [
    "Candidate",
    "Opening",
    "Rules",
    "UnreadableRecord",
    "check_field_paths",
    "compile_reader",
]

# Without these there is no sync, so `exclude_fields` does not reach them.
_STRUCTURE: t.Final = ("remote_id", "remote_created_at", "remote_updated_at")


class UnreadableRecord(ValueError):  # noqa: N818  (the name is the contract)
    """A record that is no candidate; the message says why, never what it holds."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate, read."""

    remote_id: str
    updated_at: Instant | None
    created_at: Instant | None
    values: dict[str, t.Any] = field(repr=False)
    """The fields `first_name` to `location`, `remote_created_at` and `remote_updated_at`, as
    emitted."""
    custom: dict[str, t.Any] = field(repr=False)
    """Custom fields by remote key: cleaned, not typed."""
    labels: dict[str, str]
    """Labels of custom fields, where they differ from the key."""
    openings: tuple[Opening, ...] = field(repr=False)
    """Each opening once."""
    doubts: tuple[str, ...]
    """One short kind for everything not understood; never a value."""


def compile_reader(rules: Rules) -> Callable[[object], Candidate]:
    """Prepare the reading of candidates under the given rules.

    Returns:
        A function from one decoded JSON value to a candidate. It raises
        `UnreadableRecord` for anything without an id, and nothing else.

    Raises:
        ValueError: If `field_paths` names an unknown field.
    """
    readers = compile_readers(zoneinfo.ZoneInfo(rules.time_zone))
    tree, opening = candidate_tree(rules, readers), opening_tree(rules, readers)
    find = _excluding(tree, rules.exclude_fields, (*_STRUCTURE, OPENINGS))
    find_in_opening = _excluding(
        opening, within_openings(rules), ("remote_id", "remote_created_at")
    )
    outcome = compile_outcomes(rules.outcomes)
    is_email = compile_email_check()

    def read(record: object) -> Candidate:
        if not isinstance(record, dict):
            message = "not an object"
            raise UnreadableRecord(message)
        found, received = find(record)
        custom = read_custom(tree, received, found, rules.exclude_fields)
        if "remote_id" not in found:
            message = "no id"
            raise UnreadableRecord(message)
        doubts = custom.doubts
        doubts += [f"{slot}: unreadable" for slot in found.get(DOUBTS, ()) if slot not in found]
        values = _values(found, is_email, doubts)
        openings = read_openings(
            found.get(OPENINGS, ()),
            lambda element: find_in_opening(element)[0],
            outcome,
            value_of(found, "status"),
            doubts,
        )
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

    return read


def _excluding(
    tree: Node, exclude: frozenset[str], structure: tuple[str, ...]
) -> Callable[[dict[str, t.Any]], tuple[Found, dict[str, t.Any]]]:
    """Prepare the walk; excluded keys feed nothing but the structure."""
    if not exclude:
        return lambda record: (walk(tree, record), record)
    strip = compile_strip(exclude)

    def find(record: dict[str, t.Any]) -> tuple[Found, dict[str, t.Any]]:
        stripped = strip(record)
        found = walk(tree, stripped)
        whole = walk(tree, record)
        return found | {slot: whole[slot] for slot in structure if slot in whole}, stripped

    return find


def _values(found: Found, is_email: Callable[[str], bool], doubts: list[str]) -> dict[str, t.Any]:
    company, title = employment(found)
    phones, emails = reach(found, is_email, doubts)
    created = value_of(found, "remote_created_at")
    updated = value_of(found, "remote_updated_at")
    return {
        "first_name": value_of(found, "first_name"),
        "last_name": value_of(found, "last_name"),
        "company": company,
        "title": title,
        "confidential": value_of(found, "confidential"),
        "source": value_of(found, "source"),
        "phone_numbers": phones,
        "email_addresses": emails,
        "location": residence(found),
        "remote_created_at": None if created is None else format_time(created),
        "remote_updated_at": None if updated is None else format_time(updated),
    }
