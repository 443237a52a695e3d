"""The custom fields of one record, whatever form their container has."""

from __future__ import annotations

import functools
import typing as t

from tap_compleetpersy.model.reader import THROUGH, Found, Node, visit
from tap_compleetpersy.model.text import (
    ATTRIBUTE_KEYS,
    MAX_DEPTH,
    TEXT_KEYS,
    clean_value,
    fold,
    scalar_text,
    without_unwanted,
)

if t.TYPE_CHECKING:
    from collections.abc import Iterator

_KEY_NAMES: t.Final = ("key", "name", "schluessel", "feldname", "fieldname", "id", "fieldid")
_LABEL_NAMES: t.Final = ("label", "title", "titel", "bezeichnung", "caption")
_VALUE_NAMES: t.Final = frozenset({"value", "values", "wert", "werte"})
ENTRY_NAMES: t.Final = frozenset((*_KEY_NAMES, *_LABEL_NAMES, *_VALUE_NAMES)) | {
    "type", "typ", "datatype", "lang", "use",
}  # fmt: skip
"""Folded keys of an entry that says its own name."""
ELEMENT_NAMES: t.Final = frozenset({
    "customfield", "field", "feld", "item", "entry", "property", "parameter", "userfield",
    "zusatzfeld",
})  # fmt: skip
"""Folded names under which a container may hold such entries."""


class Entry(t.NamedTuple):
    """One custom field as received."""

    key: str
    label: str | None
    value: object
    source: object
    """What stands for the whole entry in its container."""


def entries(container: object, room: int = MAX_DEPTH) -> Iterator[Entry]:
    """List the custom fields of a container.

    It may be an object of values, an object or list of entries that say their own
    name (`{"@name": …, "#text": …}`, `{"Key": …, "Label": …, "Value": …}`), or a list
    of such objects. A value may carry a label (`{"Label": …, "Value": …}`).
    """
    if not room:
        return
    if isinstance(container, list):
        for item in container:
            yield from entries(item, room - 1)
    elif isinstance(container, dict):
        entry = named_entry(container)
        if entry is not None:
            yield entry
            return
        for key, value in container.items():
            # Nearly every entry is a value under its name: one look suffices for it.
            if not _holds_objects(value) and (name := _name_of(key)) is not None:
                yield Entry(name, None, value, value)
            elif key in TEXT_KEYS or is_list_of_entries(key, value):
                yield from entries(value, room - 1)
            elif (name := _name_of(key)) is not None:
                yield labelled(name, value)


def _holds_objects(value: object) -> bool:
    """Tell whether a value may be or hold entries that say their own name or label."""
    if isinstance(value, list):
        return any(isinstance(item, (dict, list)) for item in value)
    return isinstance(value, dict)


@functools.lru_cache(maxsize=8192)
def _name_of(key: str) -> str | None:
    """Clean a key of a container; None when it names no custom field."""
    if key in TEXT_KEYS or key in ATTRIBUTE_KEYS or not is_custom_key(key):
        return None
    return without_unwanted(key)


def named_entry(item: dict[str, object]) -> Entry | None:
    """Read an object that is one custom field and says its own name, else None."""
    facts = _facts(item)
    if facts is None:
        return None
    name = next((n for n in _KEY_NAMES if scalar_text(facts.get(n)) is not None), None)
    marked = any(key == "@name" or key in TEXT_KEYS or key in ATTRIBUTE_KEYS for key in item)
    if name is None or not (marked or _VALUE_NAMES & facts.keys()):
        return None
    key = scalar_text(facts.pop(name)) or ""
    return Entry(key, _label(facts) or scalar_text(facts.get("name")), _value(facts), item)


def is_list_of_entries(key: str, value: object) -> bool:
    """Tell whether `key` is the element name of entries, not a field of its own."""
    if fold(key) not in ELEMENT_NAMES:
        return False
    items = value if isinstance(value, list) else [value]
    return bool(items) and all(isinstance(i, dict) and named_entry(i) is not None for i in items)


def labelled(key: str, value: object) -> Entry:
    """Read one custom field under its key, whose value may carry a label."""
    facts = _facts(value) if isinstance(value, dict) else None
    if isinstance(value, dict) and facts is not None and (label := _label(facts)) is not None:
        text = any(name in TEXT_KEYS for name in value)
        if text or _VALUE_NAMES & facts.keys():
            return Entry(key, label, _value(facts), value)
    return Entry(key, None, value, value)


def _facts(item: dict[str, object]) -> dict[str, object] | None:
    """Give an object by folded keys if all of them are those of an entry."""
    facts: dict[str, object] = {}
    for key, value in item.items():
        if key in TEXT_KEYS:
            facts["value"] = value
        elif key in ATTRIBUTE_KEYS and isinstance(value, dict):
            facts |= {fold(name): attribute for name, attribute in value.items()}
        elif (name := fold(key)) in ENTRY_NAMES or key.startswith("@"):
            facts.setdefault(name, value)
        else:
            return None
    return facts


def _label(facts: dict[str, object]) -> str | None:
    labels = (scalar_text(facts.get(name)) for name in _LABEL_NAMES)
    return next((label for label in labels if label is not None), None)


def _value(facts: dict[str, object]) -> object:
    return next((facts[name] for name in facts if name in _VALUE_NAMES), None)


class Custom(t.NamedTuple):
    """The custom fields of a candidate, cleaned."""

    values: dict[str, object]
    labels: dict[str, str]
    doubts: list[str]
    """One text for each container that is text."""


def read_custom(
    root: Node, record: dict[str, object], found: Found, exclude: frozenset[str]
) -> Custom:
    """Collect what no path claims, from the containers and from the top of the record.

    What a path of the user's claims in a container is read into `found` instead.
    """
    custom = Custom({}, {}, [])
    for node, container in found.pop("custom", ()):
        if scalar_text(container) is not None:
            custom.doubts.append("custom_fields: unreadable")
        for entry in entries(container):
            if entry.key not in exclude:
                rest = _unclaimed(node, entry, found)
                if rest is not None:
                    _add(custom, rest)
    children, folded = root.children, root.folded
    for key, value in record.items():
        child = children.get(key) or folded[key]
        if (child is None or child.own) and key not in exclude:
            rest = _from_top(child, key, value)
            if rest is not None:
                _add(custom, rest)
    return custom


def _from_top(node: Node | None, key: str, value: object) -> Entry | None:
    """Read an unknown key of the record, or what the user's paths leave of one."""
    if node is None:
        return labelled(without_unwanted(key), value) if is_custom_key(key) else None
    if node.leaves or not node.is_plain:
        return None
    rest = without_claimed(node, value)
    return None if rest is None else Entry(without_unwanted(key), None, rest, value)


def is_custom_key(key: str) -> bool:
    """Tell whether an unknown key at the top of a record names a custom field."""
    return bool(without_unwanted(key)) and not key.startswith(("@", "#", "xmlns", "xsi:"))


def _unclaimed(node: Node, entry: Entry, found: Found) -> Entry | None:
    child = node.children.get(entry.key)
    if child is None:
        child = node.folded[entry.key] if node.folded.nodes else None
    if child is None or child is THROUGH:
        return entry
    visit(child, entry.value, found, MAX_DEPTH)
    if child.leaves:
        return None
    rest = without_claimed(child, entry.value)
    return None if rest is None else entry._replace(value=rest)


def without_claimed(node: Node, value: object, room: int = MAX_DEPTH) -> object:
    """Leave out of a value what the paths of a node read; None when nothing remains."""
    if not room:
        return None
    if isinstance(value, list):
        items = (without_claimed(node, item, room - 1) for item in value)
        return [item for item in items if item is not None] or None
    if node.collected is not None:
        return None
    if not isinstance(value, dict):
        return None if node.leaves else value
    rest: dict[str, object] = {}
    for key, item in value.items():
        child = node.child(key)
        kept = item
        if child is not None:
            kept = without_claimed(node if child is THROUGH else child, item, room - 1)
        if child is None or kept is not None:
            rest[key] = kept
    return rest or None


def _add(custom: Custom, entry: Entry) -> None:
    """Add a field; a key that occurs twice keeps the list of both values."""
    value = clean_value(entry.value)
    if entry.label is not None and entry.label != entry.key:
        custom.labels[entry.key] = entry.label
    before = custom.values.get(entry.key)
    if before is None:
        custom.values[entry.key] = value
    elif value is not None:
        custom.values[entry.key] = _as_list(before) + _as_list(value)


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
