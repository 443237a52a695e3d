"""Every field of the remote record as text: nothing that Persy sent is lost."""

from __future__ import annotations

import typing as t

from tap_compleetpersy.model import paths
from tap_compleetpersy.model.custom_values import entries, is_custom_key, labelled
from tap_compleetpersy.model.reader import THROUGH, Node
from tap_compleetpersy.model.remote_data import ANYTHING, compile_remote_data
from tap_compleetpersy.model.rules import OPENINGS, Rules, candidate_tree, flat_field_paths
from tap_compleetpersy.model.text import (
    MAX_DEPTH,
    TEXT_KEYS,
    compact_json,
    fold,
    storable,
    without_unwanted,
    wraps_text,
)

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from tap_compleetpersy.model.custom_values import Entry

IntegrationField: t.TypeAlias = "dict[str, str | None]"


def compile_integration_fields(
    rules: Rules, selected: Collection[str] | None = None
) -> Callable[[Mapping[str, object]], list[IntegrationField]]:
    """Prepare `integration_fields` of candidates.

    A custom field is one entry under its remote key. A default field is one entry
    for each leaf under its dotted path; a list, and an element that may become
    one, is a single entry with compact JSON.

    Args:
        rules: For `exclude_fields` and `field_paths`.
        selected: As of `compile_remote_data`.

    Returns:
        A function from a record to its entries, in the order of the record.
    """
    # Without anything to leave out, the record needs no copy: its values are made storable.
    is_whole = selected is None and not rules.exclude_fields
    copy: Callable[[Mapping[str, object]], dict[str, t.Any]] = (
        dict if is_whole else compile_remote_data(rules, selected)
    )
    tree = candidate_tree(rules, ANYTHING)
    repeated = paths.REPEATED | {
        fold(path.rpartition(".")[2])
        for path in (*paths.OPENINGS, *flat_field_paths(rules.field_paths).get(OPENINGS, ()))
    }

    def list_fields(record: Mapping[str, object]) -> list[IntegrationField]:
        fields: list[IntegrationField] = []
        for key, value in copy(record).items():
            node = tree.child(key)
            if node is None and is_custom_key(key):
                fields.append(_custom(labelled(without_unwanted(key), value)))
            else:
                name = without_unwanted(key)
                _default(_Place(node, name, name, MAX_DEPTH), value, repeated, fields)
        return fields

    return list_fields


class _Place(t.NamedTuple):
    """Where in a record a value stands."""

    node: Node | None
    dotted: str
    label: str
    room: int


def _default(
    place: _Place, value: object, repeated: frozenset[str], fields: list[IntegrationField]
) -> None:
    node, dotted, label, room = place
    if node is not None and node.custom:
        _container(place, value, repeated, fields)
    elif not isinstance(value, dict) or not value or not room or fold(label) in repeated:
        fields.append(_field(dotted, "DEFAULT", value, label))
    else:
        wrapper = wraps_text(value)
        for key, item in value.items():
            if wrapper and (key in TEXT_KEYS or key == "0"):
                _default(_Place(node, dotted, label, room - 1), item, repeated, fields)
                continue
            child = None if node is None else node.child(key)
            name = without_unwanted(key)
            path = f"{dotted}.{name}"
            if type(item) is str and (child is None or child.is_plain):
                fields.append(_field(path, "DEFAULT", item, name))
            else:
                child = node if child is THROUGH else child
                _default(_Place(child, path, name, room - 1), item, repeated, fields)


def _container(
    place: _Place, value: object, repeated: frozenset[str], fields: list[IntegrationField]
) -> None:
    """List custom fields; what a path of the user's claims is a default field."""
    together: dict[str, Entry] = {}
    for entry in entries(value):
        child = None if place.node is None else place.node.child(entry.key)
        if child is not None and child is not THROUGH and child.leaves:
            name = _Place(None, f"{place.dotted}.{entry.key}", entry.label or entry.key, place.room)
            _default(name, entry.value, repeated, fields)
        elif entry.key in together:
            before = together[entry.key]
            both = [*_as_list(before.value), *_as_list(entry.value)]
            together[entry.key] = before._replace(value=both)
        else:
            together[entry.key] = entry
    fields.extend([_custom(entry) for entry in together.values()])


def _custom(entry: Entry) -> IntegrationField:
    value = entry.value
    if isinstance(value, dict) and wraps_text(value):
        value = next(value[key] for key in value if key in TEXT_KEYS or key == "0")
    return _field(entry.key, "CUSTOM", value, entry.label or entry.key)


def _field(key: str, kind: str, value: object, label: str) -> IntegrationField:
    text = without_unwanted(value) if type(value) is str else _text(value)
    return {"id": key, "key": key, "type": kind, "value": text, "label": label}


def _text(value: object) -> str | None:
    if not isinstance(value, (dict, list)):
        value = storable(value)
        if value is None or isinstance(value, str):
            return value
    return compact_json(value)


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
