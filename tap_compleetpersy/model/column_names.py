"""Custom fields as columns of their own: which names collide, and a map that parts them.

Nested, a key is kept exactly. Where custom fields become columns (flattening, stream
maps), targets fold names: `Größe` and `größe`, `A b` and `a_b` become one.
"""

from __future__ import annotations

import itertools
import re
import typing as t
import unicodedata
from collections import defaultdict

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_SEPARATORS: t.Final = re.compile(r"[\W_]+")
_NOT_ASCII: t.Final = re.compile(r"[^0-9a-z]+")
_LETTERS: t.Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_PREFIX: t.Final = "custom_"
_LONGEST: t.Final = 63  # PostgreSQL's limit

# How the SDK tells a column's type from the beginning of an expression.
_FORMS: t.Final = {
    "integer": "int({})",
    "number": "float({})",
    "boolean": "bool({})",
    "date": "datetime.date.fromisoformat({})",
    "date-time": "datetime.datetime.fromisoformat({})",
    "string": "{}",
}
_JSON: t.Final = "json.dumps({}, ensure_ascii=False)"


def collisions(keys: Iterable[str]) -> list[tuple[str, ...]]:
    """Group the keys that some target would make one column of.

    Args:
        keys: Remote keys of custom fields.

    Returns:
        Groups of two or more keys, in the order of `keys`.
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for key in dict.fromkeys(keys):
        groups[_folded(key)].append(key)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _folded(key: str) -> str:
    return _SEPARATORS.sub("_", unicodedata.normalize("NFKC", key).casefold()).strip("_")


def column_map(types: Mapping[str, str], reserved: Collection[str] = ()) -> dict[str, str]:
    """Make a stream map of candidates that gives every custom field a column of its own.

    Every expression is null where `custom_fields` is, as in a tombstone.

    Args:
        types: Names of the custom fields' types (`type_name`) by remote key.
        reserved: Column names that are taken.

    Returns:
        Column name to expression of the SDK's stream maps, `custom_fields` removed.
    """
    taken = set(reserved)
    columns: dict[str, str] = {}
    for key, type_name in types.items():
        name = _free_name(_PREFIX + column_name(key), taken)
        taken.add(name)
        columns[name] = expression(key, type_name)
    return {**columns, "custom_fields": "__NULL__"}


def column_name(key: str) -> str:
    """Write a key in lower-case ASCII letters, digits and underscores."""
    text = unicodedata.normalize("NFC", key).casefold().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", text)
    return _NOT_ASCII.sub("_", plain.encode("ascii", "ignore").decode()).strip("_") or "field"


def _free_name(name: str, taken: Collection[str]) -> str:
    ends = itertools.chain([""], (f"_{number}" for number in itertools.count(2)))
    names = (name[: _LONGEST - len(end)] + end for end in ends)
    return next(free for free in names if free not in taken)


def expression(key: str, type_name: str) -> str:
    """Write the expression that takes one custom field out of `custom_fields`."""
    value = f"(custom_fields or {{}}).get({key!r})"  # null in a tombstone
    is_json = type_name == "object" or type_name.startswith("array of")
    form = _JSON if is_json else _FORMS.get(type_name, "{}")
    return value if form == "{}" else f"{form.format(value)} if {value} is not None else None"
