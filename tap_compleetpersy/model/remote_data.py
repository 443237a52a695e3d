"""The remote record without what must not leave."""

from __future__ import annotations

import functools
import typing as t
from collections import defaultdict

from tap_compleetpersy.model.custom_values import is_custom_key, listed_entry, members, named_entry
from tap_compleetpersy.model.reader import DISCARD, Node, parts, rebuilt
from tap_compleetpersy.model.rules import Rules, candidate_tree, opening_tree
from tap_compleetpersy.model.text import MAX_DEPTH, storable, storable_copy, without_unwanted
from tap_compleetpersy.model.wrappers import (
    CORE_MEMBERS,
    copies,
    core_of,
    elements_of,
    fields_of,
    is_number,
)

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from tap_compleetpersy.model.custom_values import Entry

Record: t.TypeAlias = dict[str, t.Any]

CUSTOM_PREFIX: t.Final = "custom_fields."
"""Stands before the keys of custom fields among the names of selected fields."""
_BESIDE: t.Final = CORE_MEMBERS - {"id", "_id"}
"""Beside the fields of a resource: what is nothing of the candidate's own."""


def compile_remote_data(
    rules: Rules, selected: Collection[str] | None = None
) -> Callable[[Mapping[str, object]], Record]:
    """Return the function that copies a record as `remote_data`.

    That is as received but for excluded keys and characters that no database takes. With
    `selected`, names of model fields (custom ones as `custom_fields.<key>`), only what the paths
    of these read is kept.
    """
    strip = compile_strip(rules.exclude_fields)
    if selected is None:
        return strip
    tree, chosen = candidate_tree(rules, ANYTHING, selected), frozenset(selected)
    return lambda record: _projected(tree, strip(record), chosen)


Keep: t.TypeAlias = "Callable[[object], object]"
"""Takes a value as received; gives what of it may leave, or `DISCARD`."""


def compile_places(
    rules: Rules, selected: Collection[str]
) -> Callable[[Sequence[str]], Keep | None]:
    """Return `compile_remote_data` for single places of plain records.

    It is a function from the keys that lead to a value to what keeps of it what is selected; None
    where nothing is kept.
    """
    tree, chosen = candidate_tree(rules, ANYTHING, selected), frozenset(selected)

    def keep(path: Sequence[str]) -> Keep | None:
        node: Node | None = tree
        for key in path:
            node = None if node is None else node.child(key)
        name = f"{CUSTOM_PREFIX}{path[0]}"
        if node is not None:
            room = MAX_DEPTH - len(path)
            return functools.partial(_project, node, room=room, selected=chosen)
        if len(path) == 1 and name in chosen:
            return functools.partial(selected_value, name, selected=chosen)
        return None

    return keep


def compile_opening_data(
    rules: Rules, selected: Collection[str] | None = None
) -> Callable[[Mapping[str, object]], Record]:
    """Return the function that copies an opening as `remote_data` of jobs or applications.

    `selected` are names of the selected fields of that stream, or None.
    """
    strip = compile_strip(within_openings(rules))
    if selected is None:
        return strip
    tree = opening_tree(rules, ANYTHING, selected)
    return lambda element: _projected(tree, strip(element), frozenset())


def excludes_openings(rules: Rules) -> bool:
    """Whether `exclude_fields` names the openings themselves."""
    return any(
        path in rules.exclude_fields or path.rpartition(".")[2] in rules.exclude_fields
        for path in rules.openings
    )


def within_openings(rules: Rules) -> frozenset[str]:
    """Return `exclude_fields` as they are seen from within an opening."""
    return rules.exclude_fields | {
        key[len(path) + 1 :]
        for key in rules.exclude_fields
        for path in rules.openings
        if key.startswith(f"{path}.")
    }


ANYTHING: t.Final[Mapping[str, Callable[[object], object]]] = defaultdict(
    lambda: lambda value: value
)
"""Readers for trees that only tell what is read."""


def compile_strip(
    exclude: frozenset[str], *, keeps_empty: bool = True
) -> Callable[[Mapping[str, object]], Record]:
    """Return the function that copies records without the excluded keys.

    A key is excluded by its exact name at any depth, by its full dotted path, and as the name
    that an entry of the custom fields gives itself. Neither the numbers of a list nor the
    `attributes` of a resource are part of a path. `keeps_empty`: an object stays of which nothing
    is left.
    """
    if not exclude:
        # The record itself is no level.
        return lambda record: t.cast("Record", storable_copy(record, MAX_DEPTH + 1))
    copy = _Exclusion(exclude, keeps_empty)
    return lambda record: copy.of_object(record, ("",), MAX_DEPTH)


class _Exclusion(t.NamedTuple):
    """Copies JSON without the excluded keys."""

    exclude: frozenset[str]
    keeps_empty: bool

    def of(self, value: object, prefixes: tuple[str, ...], room: int) -> t.Any:  # noqa: ANN401  (JSON)
        """Return the copy of a value whose path begins so; what lies too deep is null."""
        if not isinstance(value, (dict, list)):
            return storable(value)
        if not room:
            return None
        if isinstance(value, dict):
            return self.of_object(value, prefixes, room - 1)
        kept = (item for item in value if not self._names(item, listed_entry, prefixes))
        return [self.of(item, prefixes, room - 1) for item in kept]

    def of_object(
        self, value: Mapping[str, object], prefixes: tuple[str, ...], room: int
    ) -> Record:
        """Return the copy of an object."""
        kept: Record = {}
        # What has no name may be what is excluded by its name.
        numbered = copies(value)
        is_list = elements_of(dict(value)) is not None
        core = core_of(value)
        for key, item in value.items():
            dotted = tuple(f"{prefix}{key}" for prefix in prefixes)
            inside = prefixes if is_list and is_number(key) else tuple(f"{d}." for d in dotted)
            if key == core:  # what is in it may be named with it, and without
                inside += prefixes
            if not self.exclude.isdisjoint((key, *dotted)) or key in numbered:
                continue
            if self._names(item, named_entry, inside):
                continue
            part = self.of(item, inside, room)
            is_emptied = isinstance(item, (dict, list)) and item and not part
            if self.keeps_empty or not is_emptied:
                kept[without_unwanted(key)] = part
        return kept

    def _names(
        self,
        item: object,
        read: Callable[[dict[str, object]], Entry | None],
        prefixes: tuple[str, ...],
    ) -> bool:
        """Whether an item is an entry that gives itself an excluded name."""
        entry = read(item) if isinstance(item, dict) else None
        return entry is not None and not self.exclude.isdisjoint(
            (entry.key, *(f"{prefix}{entry.key}" for prefix in prefixes))
        )


def _projected(tree: Node, record: Record, selected: frozenset[str]) -> Record:
    """Return a copy of a record with only what a tree reads and the selected custom fields."""
    if (core := core_of(record)) is not None:
        top = {key: record[key] for key in record if key != core and key not in _BESIDE}
        inside = _projected(tree, record[core], selected)
        return _projected(tree, top, selected) | {core: inside}
    kept = _project(tree, record, MAX_DEPTH, selected)
    result: Record = kept if isinstance(kept, dict) else {}
    for key, value in fields_of(record):
        if tree.child(key) is None and is_custom_key(key):
            rest = selected_value(f"{CUSTOM_PREFIX}{key}", value, selected)
            if rest is not DISCARD:
                result[key] = rest
    return result


def _project(node: Node, value: object, room: int, selected: frozenset[str]) -> object:
    if not room:
        return DISCARD
    if node.custom:
        return _project_custom(node, value, room, selected)
    inside = parts(node, value)
    if inside is None:
        return value if node.leaves else DISCARD
    kept = [
        (key, part)
        for key, child, item in inside
        if child is not None and (part := _project(child, item, room - 1, selected)) is not DISCARD
    ]
    return rebuilt(value, kept)


def _project_custom(node: Node, value: object, room: int, selected: frozenset[str]) -> object:
    """Return the selected and the claimed fields of a container, in its own form."""
    kept: list[tuple[str, object]] = []
    for key, entry, item in members(value) if room else ():
        if entry is None:
            part = _project_custom(node, item, room - 1, selected)
        else:
            part = _project_entry(node, entry, item, selected)
        if key is None:
            return part
        if part is not DISCARD:
            kept.append((key, part))
    return rebuilt(value, kept)


def _project_entry(node: Node, entry: Entry, whole: object, selected: frozenset[str]) -> object:
    rest = selected_value(f"{CUSTOM_PREFIX}{entry.key}", entry.value, selected)
    if rest is DISCARD and (child := node.claimed(entry.key)) is not None:
        rest = _project(child, entry.value, MAX_DEPTH, selected)
    return whole if rest is entry.value or rest == entry.value else rest


def selected_value(name: str, value: object, selected: Collection[str]) -> object:
    """Return a custom field, what of it is selected by property, or `DISCARD`.

    Names are as of `compile_remote_data`.
    """
    if name not in selected:
        return DISCARD
    if not any(other.startswith(f"{name}.") for other in selected):
        return value
    if isinstance(value, list):
        items = (selected_value(name, item, selected) for item in value)
        return [item for item in items if item is not DISCARD] or DISCARD
    if not isinstance(value, dict):
        return DISCARD  # an object was expected: nobody can say which part this is
    parts = {key: selected_value(f"{name}.{key}", item, selected) for key, item in value.items()}
    return {key: part for key, part in parts.items() if part is not DISCARD}
