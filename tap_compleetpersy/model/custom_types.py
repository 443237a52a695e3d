"""Types of what a sample has shown, the narrowest that hold it all; and columns for custom fields.

Nested, a key is kept exactly. Where custom fields become columns (flattening, stream maps),
targets fold names: `Größe` and `größe`, `A b` and `a_b` become one.
"""

from __future__ import annotations

import itertools
import re
import typing as t
import unicodedata
from collections import defaultdict

from typing_extensions import override

from tap_compleetpersy.model.times import has_clock, is_zero_date, read_date

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tap_compleetpersy.model.declaration import Schema

INTEGER_TEXT: t.Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_MAX_PROPERTIES: t.Final = 200
_MAX_LEVELS: t.Final = 8
_WORDS: t.Final = {"true": "true", "false": "false", "ja": "ja", "nein": "nein"}
_PAIRS: t.Final = (frozenset({"true", "false"}), frozenset({"ja", "nein"}))

# Which kinds of values together make which type; every other mixture is text.
_TYPES: t.Final = (
    (frozenset({"boolean"}), {"type": ["boolean", "null"]}),
    (frozenset({"integer", "integer text"}), {"type": ["integer", "null"]}),
    (frozenset({"integer", "number"}), {"type": ["number", "null"]}),
    (frozenset({"date", "no time"}), {"type": ["string", "null"], "format": "date"}),
    (frozenset({"date-time", "no time"}), {"type": ["string", "null"], "format": "date-time"}),
)
_TEXT: t.Final = {"type": ["string", "null"]}


class Evidence:
    """What values a field has had; its size does not depend on their number."""

    __slots__ = ("inner", "is_list", "kinds", "levels", "properties")

    def __init__(self, levels: int = _MAX_LEVELS) -> None:
        """Begin without evidence.

        Args:
            levels: Levels of nesting that are told apart; what is deeper is text.
        """
        self.levels = levels
        self.kinds: set[str] = set()
        self.is_list = False
        self.inner: Evidence | None = None
        self.properties: dict[str, Evidence] | None = None

    def add(self, value: object) -> None:
        """Take note of one cleaned value; null says nothing."""
        self.is_list = self.is_list or isinstance(value, list)
        for item in value if isinstance(value, list) else (value,):
            self._add_one(item)

    def schema(self) -> Schema:
        """Return the type as a nullable JSON schema."""
        one = self._type_of_one()
        return {"type": ["array", "null"], "items": one} if self.is_list else one

    def _add_one(self, value: object) -> None:
        if not isinstance(value, (dict, list)):
            if (kind := self._kind_of(value)) is not None:
                self.kinds.add(kind)
        elif not self.levels:
            self.kinds.add("text")
        elif isinstance(value, list):  # within a list
            self.inner = self.inner or type(self)(self.levels - 1)
            self.inner.add(value)
        else:
            self.properties = {} if self.properties is None else self.properties
            for key, item in value.items():
                if key in self.properties or len(self.properties) < _MAX_PROPERTIES:
                    self.properties.setdefault(key, type(self)(self.levels - 1)).add(item)

    def _kind_of(self, value: object) -> str | None:
        return kind_of(value)

    def _type_of_one(self) -> Schema:
        shapes = (bool(self.kinds), self.properties is not None, self.inner is not None)
        if sum(shapes) != 1:
            return dict(_TEXT)
        if self.inner is not None:
            return self.inner.schema()
        if self.properties is not None:
            properties = {key: evidence.schema() for key, evidence in self.properties.items()}
            return {
                "type": ["object", "null"],
                "properties": properties,
                "additionalProperties": True,
            }
        return type_of_kinds(self.kinds)


def kind_of(value: object) -> str | None:
    """Return the kind of one cleaned scalar; None for null."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if not isinstance(value, str):
        return "text"
    return _kind_of_text(value)


def _kind_of_text(text: str) -> str:
    # "-0" would come back as "0".
    if INTEGER_TEXT.fullmatch(text) and text != "-0":
        return "integer text"
    if (word := text.casefold()) in _WORDS:
        return word
    if is_zero_date(text):
        return "no time"
    if read_date(text) is not None:
        return "date"
    return "date-time" if has_clock(text) else "text"


def type_of_kinds(kinds: set[str]) -> Schema:
    """Return the narrowest type in which every kind keeps its value, else text."""
    if kinds in _PAIRS:
        return {"type": ["boolean", "null"]}
    if kinds != {"no time"}:
        for members, schema in _TYPES:
            if kinds and kinds <= members:
                return {**schema, "type": list(schema["type"])}
    return {**_TEXT, "type": list(_TEXT["type"])}


def type_name(schema: Schema) -> str:
    """Return the name of a discovered type: `integer`, `date`, `array of string`."""
    types = schema.get("type", "any")
    names = [types] if isinstance(types, str) else [name for name in types if name != "null"]
    if "array" in names:
        items = type_name(schema.get("items", {}))
        names[names.index("array")] = f"array of {items}"
    return " or ".join(
        str(schema["format"]) if n == "string" and "format" in schema else n for n in names
    )


class Sample:
    """Custom fields of many candidates, seen one after the other in flat memory.

    Attributes:
        size: How many candidates.
    """

    def __init__(self, evidence: type[Evidence] = Evidence) -> None:
        """Begin without candidates."""
        self.size = 0
        self._new = evidence
        self._evidence: dict[str, Evidence] = {}
        self._labels: dict[str, str] = {}

    def add(self, custom: Mapping[str, object], labels: Mapping[str, str] | None = None) -> None:
        """Take note of one candidate: its `custom` and its `labels`."""
        self.size += 1
        for key, value in custom.items():
            evidence = self._evidence.get(key)
            if evidence is None:
                evidence = self._evidence[key] = self._new()
            evidence.add(value)
        if labels:
            self._labels.update(labels)

    def types(self) -> dict[str, Schema]:
        """Return the type of each field, nullable, in the order of their first sight.

        One type is kept as it is, also nested; integers with other numbers are numbers; one
        beside several is several; every other mixture is text, and so is a field without any
        value, since something must be selectable.
        """
        return {key: evidence.schema() for key, evidence in self._evidence.items()}

    def properties(self) -> dict[str, Schema]:
        """Return the same with descriptions, as the properties of `custom_fields`."""
        return {
            key: {**schema, "description": self._labels.get(key, key)}
            for key, schema in self.types().items()
        }


class JsonEvidence(Evidence):
    """What values a field has had, by their types in JSON: text is text, whatever it says.

    An empty list says nothing beside other values, since PHP writes an empty object so.
    """

    was_empty = False

    @override
    def add(self, value: object) -> None:
        """Take note of one value; null says nothing."""
        if value == []:
            self.was_empty = True
        else:
            super().add(value)

    @override
    def schema(self) -> Schema:
        """Return the type as a nullable JSON schema."""
        if self.was_empty and not (self.kinds or self.properties is not None):
            self.is_list = True
        return super().schema()

    @override
    def _kind_of(self, value: object) -> str | None:
        return "text" if isinstance(value, str) else kind_of(value)


def required(schema: Schema) -> Schema:
    """Return the same type without null, as keys have it."""
    types = schema.get("type", [])
    return {**schema, "type": [name for name in types if name != "null"]}


def is_scalar(schema: Schema) -> bool:
    """Whether values of a type can be a key."""
    return not {"object", "array"} & set(schema.get("type", []))


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
    """Return groups of keys that some target would make one column of, in their order."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for key in dict.fromkeys(keys):
        groups[_folded(key)].append(key)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _folded(key: str) -> str:
    return _SEPARATORS.sub("_", unicodedata.normalize("NFKC", key).casefold()).strip("_")


def column_map(types: Mapping[str, str], reserved: Collection[str] = ()) -> dict[str, str]:
    """Return a stream map of candidates that gives every custom field a column of its own.

    Every expression is null where `custom_fields` is, as in a tombstone.

    Args:
        types: Names of the custom fields' types (`type_name`) by remote key.
        reserved: Column names that are taken.
    """
    taken = set(reserved)
    columns: dict[str, str] = {}
    for key, type_name in types.items():
        name = _free_name(_PREFIX + column_name(key), taken)
        taken.add(name)
        columns[name] = expression(key, type_name)
    return {**columns, "custom_fields": "__NULL__"}


def column_name(key: str) -> str:
    """Return a key in lower-case ASCII letters, digits and underscores."""
    text = unicodedata.normalize("NFC", key).casefold().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", text)
    return _NOT_ASCII.sub("_", plain.encode("ascii", "ignore").decode()).strip("_") or "field"


def _free_name(name: str, taken: Collection[str]) -> str:
    ends = itertools.chain([""], (f"_{number}" for number in itertools.count(2)))
    names = (name[: _LONGEST - len(end)] + end for end in ends)
    return next(free for free in names if free not in taken)


def expression(key: str, type_name: str) -> str:
    """Return the expression that takes one custom field out of `custom_fields`."""
    value = f"(custom_fields or {{}}).get({key!r})"  # null in a tombstone
    is_json = type_name == "object" or type_name.startswith("array of")
    form = _JSON if is_json else _FORMS.get(type_name, "{}")
    return value if form == "{}" else f"{form.format(value)} if {value} is not None else None"
