"""The custom fields of one record, whatever form their container has."""

from __future__ import annotations

import functools
import typing as t

from tap_compleetpersy.model.reader import DISCARD, Found, Node, parts, rebuilt, visit
from tap_compleetpersy.model.text import MAX_DEPTH, clean_value, fold, scalar_text, without_unwanted
from tap_compleetpersy.model.wrappers import (
    ATTRIBUTE_KEYS,
    NOTHING,
    TEXT_KEYS,
    elements_of,
    fields_of,
    is_attribute,
    is_comment,
    is_date_object,
    is_lost,
    is_number,
    unwrapped,
    wrapped,
)

if t.TYPE_CHECKING:
    from collections.abc import Iterator

_KEY_NAMES: t.Final = (
    "key", "name", "schluessel", "feldname", "fieldname", "field", "feld", "attribute", "attribut",
    "question", "frage", "id", "fieldid",
)  # fmt: skip
_LABEL_NAMES: t.Final = ("label", "title", "titel", "bezeichnung", "caption")
_VALUE_NAMES: t.Final = frozenset({
    "value", "values", "val", "wert", "werte", "fieldvalue", "feldwert", "inhalt", "content",
    "answer", "antwort",
})  # fmt: skip
_TYPE_NAMES: t.Final = frozenset({"type", "typ", "datatype"})
ENTRY_NAMES: t.Final = frozenset((*_KEY_NAMES, *_LABEL_NAMES, *_VALUE_NAMES, *_TYPE_NAMES)) | {
    "lang", "use",
}  # fmt: skip
"""Folded keys of an entry that says its own name."""
_LEAST_PART: t.Final = 4
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


def entries(container: object, room: int = MAX_DEPTH) -> Iterator[Entry]:
    """Yield the custom fields of a container.

    It may be an object of values, an object or list of entries that say their own name
    (`{"@name": …, "#text": …}`, `{"Key": …, "Label": …, "Value": …}`), or a list of such objects.
    A value may carry a label (`{"Label": …, "Value": …}`).
    """
    for _, entry, value in members(container) if room else ():
        if entry is None:
            yield from entries(value, room - 1)
        else:
            yield entry


def members(container: object) -> Iterator[tuple[str | None, Entry | None, object]]:
    """Yield the keys and values of a container, and which custom field each is.

    A key of None is for the container itself, an entry of None for what is around fields.
    """
    if isinstance(container, dict) and (entry := named_entry(container)) is not None:
        yield None, entry, container
    elif (items := items_of(container)) is not None:
        for key, item in items:
            yield key, listed_entry(item) if isinstance(item, dict) else None, item
    elif isinstance(container, dict):
        for key, value in fields_of(container):
            # Nearly every entry is a value under its name: one look suffices for it.
            if not _holds_objects(value) and (name := name_of(key)) is not None:
                yield key, Entry(name, None, value), value
            elif is_inside(key, value):
                yield key, None, value
            elif (name := name_of(key)) is not None:
                yield key, labelled(name, value), value


def items_of(container: object) -> list[tuple[str, object]] | None:
    """Return the parts of a container that is a list, in whichever form, else None.

    An object whose keys are digits may also be one of fields that have numbers for names:
    it is, where a value is a single one, or has a label and no name. No field is number 0.
    """
    if isinstance(container, list):
        return [("", item) for item in container]
    if not isinstance(container, dict):
        return None
    if (text := wrapped(container)) is not NOTHING:
        return [(key, item) for key, item in container.items() if item is text][:1]
    if elements_of(container) is None:
        return None
    items = [(key, item) for key, item in container.items() if is_number(key)]
    is_list = all(_holds_entries(item, is_listed="0" in container) for _, item in items)
    return items if is_list else None


def _holds_entries(item: object, *, is_listed: bool) -> bool:
    """Whether an element of a list may hold fields, and is no field with a label itself."""
    if not isinstance(item, dict):
        return isinstance(item, list)
    return is_listed or named_entry(item) is not None or labelled("", item).label is None


def is_inside(key: str, value: object) -> bool:
    """Whether a key of a container is around fields, and names none."""
    if key in TEXT_KEYS or fold(key) not in ELEMENT_NAMES:
        return key in TEXT_KEYS
    if isinstance(value, dict) and named_entry(value) is not None:
        return True
    items = items_of(value) or [("", value)]
    return all(isinstance(item, dict) and named_entry(item) is not None for _, item in items)


def _holds_objects(value: object) -> bool:
    """Whether a value may be or hold entries that say their own name or label."""
    if isinstance(value, list):
        return any(isinstance(item, (dict, list)) for item in value)
    return isinstance(value, dict)


@functools.lru_cache(maxsize=8192)
def name_of(key: str) -> str | None:
    """Return a key of a container, cleaned; None when it names no custom field."""
    if key in TEXT_KEYS or key in ATTRIBUTE_KEYS or not is_custom_key(key):
        return None
    return without_unwanted(key)


def named_entry(item: dict[str, object]) -> Entry | None:
    """Return the custom field that an object is, if it says its own name, else None."""
    return _named(item, _facts(item))


def listed_entry(item: dict[str, object]) -> Entry | None:
    """Return the custom field that an element of a list is, else None.

    There its label is a name too, and keys may have one of the usual names in them:
    `{"Label": …, "Val": …}`, `{"fragetext": …, "antworttext": …}`.
    """
    facts = _facts(item, loosely=True)
    entry = _named(item, facts)
    if entry is not None or facts is None or not _VALUE_NAMES & facts.keys():
        return entry
    label = _label(facts)
    return None if label is None else Entry(label, None, _value(facts))


def _named(item: dict[str, object], facts: dict[str, object] | None) -> Entry | None:
    if facts is None:
        return None
    names = ((name, _name_in(facts.get(name))) for name in _KEY_NAMES)
    name, key = next(((name, key) for name, key in names if key is not None), (None, None))
    marked = any(key == "@name" or key in TEXT_KEYS or key in ATTRIBUTE_KEYS for key in item)
    if name is None or key is None or not (marked or _VALUE_NAMES & facts.keys()):
        return None
    del facts[name]
    return Entry(key, _label(facts) or _text(facts.get("name")), _value(facts))


def _name_in(value: object) -> str | None:
    """Return the name that an entry gives itself: a text, or that of the field it refers to."""
    if (text := _text(value)) is not None or not isinstance(value, dict):
        return text
    facts = {fold(key): scalar_text(item) for key, item in value.items()}
    known = (facts.get(name) for name in ("key", "name", *_LABEL_NAMES, "id"))
    return next(filter(None, known), None)


def labelled(key: str, value: object) -> Entry:
    """Return one custom field under its key, whose value may carry a label."""
    facts = _facts(value) if isinstance(value, dict) else None
    if isinstance(value, dict) and facts is not None:
        label = _label(facts)
        text = label is not None and any(name in TEXT_KEYS for name in value)
        is_typed = len(facts) == len(value) > 1 and facts.keys() <= _VALUE_NAMES | _TYPE_NAMES
        if text or (_VALUE_NAMES & facts.keys() and (label is not None or is_typed)):
            return Entry(key, label, _value(facts))
    return Entry(key, None, value)


def _facts(item: dict[str, object], *, loosely: bool = False) -> dict[str, object] | None:
    """Return an object by folded keys if all of them are those of an entry.

    `loosely`, a key that begins or ends with one of these names is as good.
    """
    facts: dict[str, object] = {}
    for key, value in fields_of(item):
        is_attributes = key in ATTRIBUTE_KEYS or (key == "$" and is_attribute(key, value))
        if is_attributes and isinstance(value, dict):
            facts |= {fold(name): attribute for name, attribute in value.items()}
        elif key in TEXT_KEYS or (key == "0" and wrapped(item) is not NOTHING):
            # Beside a CDATA section converters keep white space.
            is_blank = isinstance(value, str) and not value.strip()
            if not (facts.get("value") and is_blank):
                facts["value"] = value
        elif (name := fold(key)) in ENTRY_NAMES or key.startswith("@"):
            facts.setdefault(name, value)
        elif loosely and (part := _name_around(name)) is not None:
            facts.setdefault(part, value)
        else:
            return None
    return facts


@functools.lru_cache(maxsize=1024)
def _name_around(name: str) -> str | None:
    """Return the name of an entry's keys that a longer one ends with, or begins with."""
    known = [each for each in ENTRY_NAMES if len(each) >= _LEAST_PART]
    ends = [each for each in known if name.endswith(each)]
    return max(ends or [each for each in known if name.startswith(each)], key=len, default=None)


def _label(facts: dict[str, object]) -> str | None:
    labels = (_text(facts.get(name)) for name in _LABEL_NAMES)
    return next((label for label in labels if label is not None), None)


def _text(value: object) -> str | None:
    """Return a text that may stand in a wrapper, or alone in a list."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return scalar_text(unwrapped(value))


def _value(facts: dict[str, object]) -> object:
    return next((facts[name] for name in facts if name in _VALUE_NAMES), None)


class Custom(t.NamedTuple):
    """The custom fields of a candidate, cleaned."""

    values: dict[str, object]
    labels: dict[str, str]
    doubts: list[str]
    """One text for each container that is text, and for each field that PHP lost."""


def read_custom(
    root: Node, record: dict[str, object], found: Found, exclude: frozenset[str]
) -> Custom:
    """Return what no path claims, from the containers and from the top of the record.

    What a configured path claims in a container is read into `found` instead.
    """
    custom = Custom({}, {}, [])
    for node, container in found.pop("custom", ()):
        texts = filter(_is_text, as_list(container))
        custom.doubts.extend("custom_fields: unreadable" for _ in texts)
        for entry in entries(container):
            if entry.key not in exclude:
                child = node.claimed(entry.key)
                if child is not None:
                    visit(child, entry.value, found, MAX_DEPTH)
                _add(custom, entry, child)
    children, folded = root.children, root.folded
    for key, value in fields_of(record):
        child = children.get(key) or folded[key]
        if key in exclude:
            continue
        if child is None:
            if is_custom_key(key):
                _add(custom, labelled(without_unwanted(key), value), None)
        elif child.own and child.is_plain:
            _add(custom, Entry(without_unwanted(key), None, value), child)
    return custom


def _is_text(part: object) -> bool:
    """Whether a part of a container is a text, which names no field."""
    is_entry = isinstance(part, dict) and listed_entry(part) is not None
    return not is_entry and _text(part) is not None


def is_custom_key(key: str) -> bool:
    """Whether an unknown key at the top of a record names a custom field."""
    return bool(without_unwanted(key)) and not key.startswith(("@", "#", "xmlns", "xsi:"))


def _takes_whole(node: Node, value: object) -> bool:
    """Whether nothing of a value is left once the paths of a node have read it."""
    date = node.child("date") if isinstance(value, dict) and not is_date_object(value) else None
    return bool(node.leaves) and not (date is not None and date.leaves)


def without_claimed(node: Node, value: object, room: int = MAX_DEPTH) -> object:
    """Return a value without what the paths of a node read, or `DISCARD`."""
    if not room or node.collected is not None:
        return DISCARD
    inside = None if is_date_object(value) else parts(node, value)
    if inside is None:
        return DISCARD if node.leaves or value is None else value
    kept = [
        (key, rest)
        for key, child, item in inside
        if (rest := item if child is None else without_claimed(child, item, room - 1))
        is not DISCARD
    ]
    return rebuilt(value, kept)


def _add(custom: Custom, entry: Entry, node: Node | None) -> None:
    """Add what the paths of a node leave of a field; a key that occurs twice keeps both values."""
    if node is not None:
        is_whole = _takes_whole(node, entry.value)
        rest = DISCARD if is_whole else without_claimed(node, entry.value)
        if rest is DISCARD:
            return
        entry = entry._replace(value=rest)
    value = clean_value(entry.value)
    if _has_lost(entry.value, MAX_DEPTH):
        custom.doubts.append("custom_fields: lost")
    if entry.label is not None and entry.label != entry.key:
        custom.labels[entry.key] = entry.label
    before = custom.values.get(entry.key)
    if before is None:
        custom.values[entry.key] = value
    elif value is not None:
        custom.values[entry.key] = as_list(before) + as_list(value)


def _has_lost(value: object, room: int) -> bool:
    """Whether PHP lost a value, or one within it."""
    if is_lost(value) or not room:
        return is_lost(value)
    if isinstance(value, dict):
        value = [item for key, item in value.items() if not is_comment(key, item)]
    return isinstance(value, list) and any(_has_lost(item, room - 1) for item in value)


def as_list(value: object) -> list[object]:
    """Return a list as it is, and anything else as a list of one."""
    return value if isinstance(value, list) else [value]
