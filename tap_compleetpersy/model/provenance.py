"""Which path fed which model field of a record, and what no path claims."""

from __future__ import annotations

import typing as t

from tap_compleetpersy.model.custom_values import entries, is_custom_key, read_custom
from tap_compleetpersy.model.fields import CANDIDATE, OPENING
from tap_compleetpersy.model.parts import parts
from tap_compleetpersy.model.paths import GROUPS
from tap_compleetpersy.model.reader import is_container, walk
from tap_compleetpersy.model.remote_data import compile_strip
from tap_compleetpersy.model.rules import OPENINGS, Rules, candidate_tree, opening_tree
from tap_compleetpersy.model.text import MAX_DEPTH, NOT_UNDERSTOOD
from tap_compleetpersy.model.wrappers import flat, is_attribute

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from tap_compleetpersy.model.declaration import Element, Fact
    from tap_compleetpersy.model.reader import Found, Node

CUSTOM: t.Final = "custom_fields"
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


class _Origin(t.NamedTuple):
    """Turns what a walk found into sources."""

    fields: dict[str, str]
    paths: dict[str, tuple[str, ...]]
    own: dict[str, tuple[str, ...]]
    qualified: dict[str, tuple[str, ...]]
    """Fields of the slots that only say how to understand others."""

    def path(self, slot: str, rank: int) -> str:
        """Return a path by its rank; those of `field_paths` are negative."""
        given = self.own.get(self.fields[slot], ())
        return given[rank] if rank < 0 else self.paths[slot][rank]

    def claim(self, path: str, node: Node, value: object, fed: Collection[Fed]) -> Claim:
        """Return what a value is at the end of paths; `fed` are the paths that fed a field."""
        fields: dict[str, bool] = {}
        for slot, rank, *_ in node.leaves:
            if slot in self.fields:
                name = self.fields[slot]
                fields[name] = fields.get(name, False) or (name, self.path(slot, rank)) in fed
            else:
                fields |= dict.fromkeys(self.qualified.get(slot, ()), value not in (None, ""))
        took = tuple(name for name, does in fields.items() if does)
        return Claim(path, value, took, tuple(name for name in fields if name not in took))


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
    tree, opening = candidate_tree(rules, readers), opening_tree(rules, readers)
    own = rules.own
    of_candidate = _origin(CANDIDATE, _field_of_candidate, own)
    for name in own.keys() - {OPENINGS}:
        of_candidate.fields.setdefault(name, name)
    of_opening = _origin(OPENING, lambda fact: _OPENING_FIELDS[fact.name], own)
    strip = compile_strip(rules.exclude_fields) if rules.exclude_fields else dict

    def trace(record: dict[str, object]) -> Provenance:
        misread.clear()
        received = flat(strip(record))
        found = walk(tree, received)
        read_custom(tree, received, found, rules.exclude_fields)  # configured paths lead into them
        sources = list(_sources(found, of_candidate))
        for element in found.get(OPENINGS, ()):
            if isinstance(element, dict):
                sources += _sources(walk(opening, element), of_opening)
        fed = {(source.field, source.path) for source in sources}
        claimant = _Claimant(of_candidate, fed, (_Claimant(of_opening, fed), opening))
        claims = claimant.inside(tree, received, "", MAX_DEPTH)
        return Provenance(sources, misread.copy(), list(claims))

    return trace


def _keeping(read: Callable[[object], object], misread: list[object]) -> Callable[[object], object]:
    """Return a reader that decides as another does, and keeps the value as received."""

    def keep(value: object) -> object:
        result = read(value)
        if result is NOT_UNDERSTOOD:
            misread.append(value)
        return result if result is None or result is NOT_UNDERSTOOD else (value,)

    return keep


def _field_of_candidate(fact: Fact) -> str:
    return next(iter(CANDIDATE.fields[fact.name]), STATUS)


def _origin(
    element: Element, field: Callable[[Fact], str], own: dict[str, tuple[str, ...]]
) -> _Origin:
    told = [fact for fact in element.facts if not fact.qualifies]
    return _Origin(
        {fact.name: field(fact) for fact in told},
        {fact.name: fact.paths for fact in told},
        own,
        {fact.name: element.fields[fact.name] for fact in element.facts if fact.qualifies},
    )


def _sources(found: Found, origin: _Origin) -> Iterator[Source]:
    for name, what in found.items():
        if name in _GROUP_NAMES:
            for element in what:
                yield from _sources(element, origin)
        elif name in origin.fields:
            for rank, (value,), *_ in what if isinstance(what, list) else [what]:
                yield Source(origin.fields[name], origin.path(name, rank), value)


class _Claimant(t.NamedTuple):
    """Tells of every value of one record what it is to the model."""

    origin: _Origin
    fed: Collection[Fed]
    opening: tuple[_Claimant, Node] | None = None
    """Tells it of openings, and the node that reads one."""

    def inside(self, node: Node, value: object, path: str, room: int) -> Iterator[Claim]:
        """Yield the claims on a value and on all within it."""
        if not room:
            return
        if node.custom:
            yield from self._in_container(node, value, path, room)
        elif self.opening and _is_opening(node, value):
            claimant, reader = self.opening
            yield from claimant.inside(reader, value, path, room)
        elif (inside := parts(node, value)) is not None:
            for key, child, item in inside:
                below = path if child is node else f"{path}.{key}" if path else key
                if is_attribute(key, item):
                    continue
                if child is not None:
                    yield from self.inside(child, item, below, room - 1)
                elif path or is_custom_key(key):
                    yield Claim(below, item, () if path else (CUSTOM,))
        elif path:
            yield self.origin.claim(path, node, value, self.fed)

    def _in_container(self, node: Node, value: object, path: str, room: int) -> Iterator[Claim]:
        """Yield a container's entries: custom fields, unless a configured path reads them."""
        for entry in entries(value, room):
            below = f"{path}.{entry.key}"
            child = node.claimed(entry.key)
            if child is None:
                yield Claim(below, entry.value, (CUSTOM,))
            else:
                yield from self.inside(child, entry.value, below, room - 1)


def _is_opening(node: Node, value: object) -> bool:
    """Whether an element is an opening, and neither a list nor a container of them."""
    if node.collected is None or not isinstance(value, dict):
        return False
    return node.elements(value) is None and not is_container(node, value)
