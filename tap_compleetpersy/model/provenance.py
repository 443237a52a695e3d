"""Which path fed which model field of a record, and what no path claims."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from tap_compleetpersy.model.custom_values import entries, is_custom_key, read_custom
from tap_compleetpersy.model.fields import CANDIDATE, OPENING
from tap_compleetpersy.model.paths import GROUPS
from tap_compleetpersy.model.reader import is_container, parts, walk
from tap_compleetpersy.model.remote_data import compile_strip
from tap_compleetpersy.model.rules import OPENINGS, Rules, candidate_tree, opening_tree
from tap_compleetpersy.model.text import MAX_DEPTH, NOT_UNDERSTOOD
from tap_compleetpersy.model.wrappers import flat, is_attribute

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from tap_compleetpersy.model.declaration import Element
    from tap_compleetpersy.model.reader import Found, Node

CUSTOM: t.Final = "custom_fields"
STATUS: t.Final = "applications.outcome"
"""The field that statuses feed: the opening's own first, the candidate's second."""


class Source(t.NamedTuple):
    """One value of a record that a model field took."""

    field: str
    """As `field_paths` names it: `first_name`, `location.city`, `jobs.name`."""
    path: str
    """As declared: of an opening's field, within the opening."""
    value: object
    """As received."""


class Claim(t.NamedTuple):
    """One value of a record, and what it is to the model."""

    path: str
    """Dotted keys as received, from the top of the record."""
    value: object
    """As received."""
    fields: tuple[str, ...] = ()
    """The fields that it feeds, as `Source` names them; a custom field is `custom_fields`."""
    passed: tuple[str, ...] = ()
    """The fields whose paths lead here, and which took another value or did not understand it."""


class Provenance(t.NamedTuple):
    """What the paths of one tenant do to one record."""

    sources: list[Source]
    misread_times: list[object]
    """Values that stand where a time should, and are none."""
    claims: list[Claim]
    """Every value of the record that is no comment or attribute, in its order."""

    @property
    def unclaimed(self) -> list[str]:
        """Dotted keys, below the top of the record, that no path leads to.

        They are no custom fields either.
        """
        return [
            path
            for path, _, fields, passed in self.claims
            if not fields and not passed and "." in path
        ]


Fed: t.TypeAlias = tuple[str, str]
"""A field and the declared path that fed it."""


def compile_provenance(rules: Rules) -> Callable[[dict[str, object]], Provenance]:
    """Return the tracing of records, for reports about the paths.

    A value counts for a field although a better one may be chosen later: `company` may come from
    an employer and from a flat key.

    Raises:
        ValueError: As `flat_field_paths`.
    """
    misread: list[object] = []
    readers = {
        name: _keeping(read, misread if name in {"time", "month"} else [])
        for name, read in rules.readers.items()
    }
    own, fed = rules.own, set[Fed]()
    names = {fact.name: name for name, fact in OPENING.extensible.items()}
    opening = _Traced(OPENING, opening_tree(rules, readers), own, names, fed)
    told = (fact.name for fact in CANDIDATE.facts.values() if not fact.qualifies)
    names = {name: name for name in own if name != OPENINGS}
    names |= {name: next(iter(CANDIDATE.fields[name]), STATUS) for name in told}
    candidate = _Traced(CANDIDATE, candidate_tree(rules, readers), own, names, fed, opening)
    strip = compile_strip(rules.exclude_fields) if rules.exclude_fields else dict

    def trace(record: dict[str, object]) -> Provenance:
        misread.clear()
        received = flat(strip(record))
        found = walk(candidate.tree, received)
        # Configured paths lead into custom fields.
        read_custom(candidate.tree, received, found, rules.exclude_fields)
        sources = list(candidate.sources(found))
        for element in found.get(OPENINGS, ()):
            if isinstance(element, dict):
                sources += opening.sources(walk(opening.tree, element))
        fed.clear()
        fed.update((source.field, source.path) for source in sources)
        claims = list(candidate.claims(candidate.tree, received, "", MAX_DEPTH))
        return Provenance(sources, misread.copy(), claims)

    return trace


def _keeping(read: Callable[[object], object], misread: list[object]) -> Callable[[object], object]:
    """Return a reader that decides as another does, and keeps the value as received."""

    def keep(value: object) -> object:
        result = read(value)
        if result is NOT_UNDERSTOOD:
            misread.append(value)
        return result if result is None or result is NOT_UNDERSTOOD else (value,)

    return keep


@dataclass(frozen=True, slots=True)
class _Traced:
    """One kind of element, whose values are told to the model."""

    element: Element
    tree: Node
    own: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    """The field that each slot feeds, without those that only say how to understand others."""
    fed: Collection[Fed]
    """What fed the fields of the record in hand."""
    opening: _Traced | None = None

    def sources(self, found: Found) -> Iterator[Source]:
        """Yield what a walk found."""
        for slot, what in found.items():
            if slot in GROUPS:
                for element in what:
                    yield from self.sources(element)
            elif slot in self.names:
                for rank, (value,), *_ in what if isinstance(what, list) else [what]:
                    yield Source(self.names[slot], self.path(slot, rank), value)

    def path(self, slot: str, rank: int) -> str:
        """Return a path by its rank; those of `field_paths` are negative."""
        if rank < 0:
            return self.own[self.names[slot]][rank]
        return self.element.facts[slot].paths[rank]

    def claims(self, node: Node, value: object, path: str, room: int) -> Iterator[Claim]:
        """Yield the claims on a value and on all within it."""
        if not room:
            return
        if node.custom:
            yield from self._in_container(node, value, path, room)
        elif self.opening and _is_opening(node, value):
            yield from self.opening.claims(self.opening.tree, value, path, room)
        elif (inside := parts(node, value)) is not None:
            for key, child, item in inside:
                below = path if child is node else f"{path}.{key}" if path else key
                if is_attribute(key, item):
                    continue
                if child is not None:
                    yield from self.claims(child, item, below, room - 1)
                elif path or is_custom_key(key):
                    yield Claim(below, item, () if path else (CUSTOM,))
        elif path:
            yield self._claim(path, node, value)

    def _in_container(self, node: Node, value: object, path: str, room: int) -> Iterator[Claim]:
        """Yield a container's entries: custom fields, unless a configured path reads them."""
        for entry in entries(value, room):
            below = f"{path}.{entry.key}"
            child = node.claimed(entry.key)
            if child is None:
                yield Claim(below, entry.value, (CUSTOM,))
            else:
                yield from self.claims(child, entry.value, below, room - 1)

    def _claim(self, path: str, node: Node, value: object) -> Claim:
        """Return what a value is at the end of paths."""
        does: dict[str, bool] = {}
        for slot, rank, *_ in node.leaves:
            name = self.names.get(slot)
            if name is None:
                does |= dict.fromkeys(self.element.fields[slot], value not in (None, ""))
            else:
                does[name] = does.get(name, False) or (name, self.path(slot, rank)) in self.fed
        took = tuple(name for name in does if does[name])
        return Claim(path, value, took, tuple(name for name in does if not does[name]))


def _is_opening(node: Node, value: object) -> bool:
    """Whether an element is an opening, and neither a list nor a container of them."""
    if node.collected is None or not isinstance(value, dict):
        return False
    return node.elements(value) is None and not is_container(node, value)
