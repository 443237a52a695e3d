"""Which path fed which model field of a record, and what no path claims."""

from __future__ import annotations

import typing as t
import zoneinfo

from tap_compleetpersy.model.custom_values import fields_of
from tap_compleetpersy.model.fields import CANDIDATE, OPENING
from tap_compleetpersy.model.paths import GROUPS
from tap_compleetpersy.model.reader import NOT_UNDERSTOOD, THROUGH, walk
from tap_compleetpersy.model.remote_data import compile_strip
from tap_compleetpersy.model.resources import flat
from tap_compleetpersy.model.rules import (
    OPENINGS,
    Rules,
    candidate_tree,
    flat_field_paths,
    opening_tree,
)
from tap_compleetpersy.model.scalars import compile_readers
from tap_compleetpersy.model.text import MAX_DEPTH
from tap_compleetpersy.model.wrappers import elements_of, is_attribute, is_date_object

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_compleetpersy.model.paths import Fact
    from tap_compleetpersy.model.reader import Found, Node

STATUS: t.Final = "applications.outcome"
"""The field that statuses feed: the opening's own first, the candidate's second."""
_GROUP_NAMES: t.Final = frozenset(name for name, _ in GROUPS)
_OPENING_FIELDS: t.Final = {fact.name: name for name, fact in OPENING.extensible.items()}


class Source(t.NamedTuple):
    """One value of a record that a model field took."""

    field: str
    """As `field_paths` names it: `first_name`, `location.city`, `jobs.name`."""
    path: str
    """As declared: of an opening's field, within the opening."""
    value: object
    """As received."""


class Provenance(t.NamedTuple):
    """What the paths of one tenant do to one record."""

    sources: list[Source]
    misread_times: list[object]
    """Values that stand where a time should, and are none."""
    unclaimed: list[str]
    """Dotted keys, below the top of the record, that no path leads to: they are no
    custom fields either."""


class _Origin(t.NamedTuple):
    """Turns what a walk found into sources."""

    fields: dict[str, str]
    paths: dict[str, tuple[str, ...]]
    own: dict[str, tuple[str, ...]]

    def path(self, slot: str, rank: int) -> str:
        """Give a path by its rank; those of the user's are negative."""
        given = self.own.get(self.fields[slot], ())
        return given[rank] if rank < 0 else self.paths[slot][rank]


def compile_provenance(rules: Rules) -> Callable[[dict[str, object]], Provenance]:
    """Prepare the tracing of records, for reports about the paths.

    A value counts for a field although a better one may be chosen later: `company`
    may come from an employer and from a flat key.

    Raises:
        ValueError: As `check_field_paths`.
    """
    misread: list[object] = []
    readers = {
        name: _keeping(read, misread if name in {"time", "month"} else [])
        for name, read in compile_readers(zoneinfo.ZoneInfo(rules.time_zone)).items()
    }
    tree, opening = candidate_tree(rules, readers), opening_tree(rules, readers)
    own = flat_field_paths(rules.field_paths)
    of_candidate = _origin(CANDIDATE.facts, _field_of_candidate, own)
    for name in own:
        of_candidate.fields.setdefault(name, name)
    of_opening = _origin(OPENING.facts, lambda fact: _OPENING_FIELDS[fact.name], own)
    strip = compile_strip(rules.exclude_fields) if rules.exclude_fields else dict

    def trace(record: dict[str, object]) -> Provenance:
        misread.clear()
        received = flat(strip(record))
        found = walk(tree, received)
        sources = list(_sources(found, of_candidate))
        for element in found.get(OPENINGS, ()):
            if isinstance(element, dict):
                sources += _sources(walk(opening, element), of_opening)
        unclaimed = [path for path in _unclaimed(tree, opening, received) if "." in path]
        return Provenance(sources, misread.copy(), unclaimed)

    return trace


def _keeping(read: Callable[[object], object], misread: list[object]) -> Callable[[object], object]:
    """Decide as a reader does, and keep the value as received."""

    def keep(value: object) -> object:
        result = read(value)
        if result is NOT_UNDERSTOOD:
            misread.append(value)
        return result if result is None or result is NOT_UNDERSTOOD else (value,)

    return keep


def _field_of_candidate(fact: Fact) -> str:
    return next(iter(CANDIDATE.fields[fact.name]), STATUS)


def _origin(
    facts: Iterable[Fact], field: Callable[[Fact], str], own: dict[str, tuple[str, ...]]
) -> _Origin:
    told = [fact for fact in facts if not fact.qualifies]
    return _Origin(
        {fact.name: field(fact) for fact in told}, {fact.name: fact.paths for fact in told}, own
    )


def _sources(found: Found, origin: _Origin) -> Iterator[Source]:
    for name, what in found.items():
        if name in _GROUP_NAMES:
            for element in what:
                yield from _sources(element, origin)
        elif name in origin.fields:
            for rank, (value,), *_ in what if isinstance(what, list) else [what]:
                yield Source(origin.fields[name], origin.path(name, rank), value)


def _unclaimed(
    node: Node, opening: Node, value: object, prefix: str = "", room: int = MAX_DEPTH
) -> Iterator[str]:
    if not room or node.custom:
        return
    if isinstance(value, dict) and not node.has_numbers:
        value = value if (elements := elements_of(value)) is None else elements
    if isinstance(value, list):
        for item in value:
            yield from _unclaimed(node, opening, item, prefix, room - 1)
    elif isinstance(value, dict) and not (node.leaves and is_date_object(value)):
        inside = node if node.collected is None or _holds_openings(node, value) else opening
        for key, item in fields_of(value):
            if is_attribute(key, item):
                continue
            child = inside.child(key)
            if child is THROUGH:
                yield from _unclaimed(inside, opening, item, prefix, room - 1)
            elif child is not None:
                yield from _unclaimed(child, opening, item, f"{prefix}{key}.", room - 1)
            else:
                yield f"{prefix}{key}"


def _holds_openings(node: Node, value: dict[str, object]) -> bool:
    """Tell a container of openings from an opening."""
    return any((child := node.child(key)) and child.collected for key in value)
