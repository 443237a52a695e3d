"""What converters from XML and PHP put in the place of texts, lists and times.

Measured with PHP 7.4 to 8.5 and with the usual converters of PHP and JavaScript. One
function for each form: what reads a record, lists it, copies it or says what nothing
claims must take the same thing for the same thing.
"""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterable

TEXT_KEYS: t.Final = frozenset({
    "#text", "#", "#cdata", "#cdata-section", "$", "$t", "_", "_text", "_cdata", "__text",
    "__cdata", "@value", "@cdata", "@content", "_value", "$oid", "$date", "$numberLong",
    "$numberInt",
})  # fmt: skip
"""Keys under which converters from XML put the text of an element, and MongoDB an id or a time."""

VALUE_KEYS: t.Final = frozenset({"value", "Value", "wert", "Wert"})
"""Keys under which an object that has its label beside it says its value."""

ATTRIBUTE_KEYS: t.Final = frozenset({"@attributes", "@attr", "_attributes"})
"""Keys under which converters from XML put all attributes of an element."""

DATE_CHOICES: t.Final = ("AnyDate", "YearMonth", "Year", "StringDate")
"""HR-XML 2.5 says a date as an element with one of these in it."""

NOTHING: t.Final = object()
"""Stands for "it is no such thing", where every value may be one."""

_DATE_CHOICES: t.Final = frozenset(name.casefold() for name in DATE_CHOICES)
_LABELLED: t.Final = frozenset({"label", "bezeichnung"})
_BESIDE_LABEL: t.Final = _LABELLED | {"value", "wert", "type", "typ", "id", "key", "universal_id"}
_DATE_AND_ZONE: t.Final = frozenset({"date", "timezone"})
_SCRIPT_KEYS: t.Final = frozenset({"__text", "__cdata"})
"""Of a converter that marks attributes with `_`."""


def is_attribute(key: str, value: object) -> bool:
    """Whether a key holds one attribute of an element, or all of them (`$`: xml2js)."""
    if key in ATTRIBUTE_KEYS:
        return True
    return (key[:1] == "@" and key not in TEXT_KEYS) or (key == "$" and type(value) is dict)


def wrapped(value: dict[str, object]) -> object:
    """Return the text of an element that has attributes at most, else `NOTHING`.

    SimpleXML has the text under `"0"`, alone or beside `@attributes`. Of a text and a
    CDATA section beside each other, the one that is not blank counts. What has a label and a
    value is the value.
    """
    if not VALUE_KEYS.isdisjoint(value):
        names = {key.casefold() for key in value}
        if names <= _BESIDE_LABEL and not names.isdisjoint(_LABELLED):
            return next(item for key, item in value.items() if key in VALUE_KEYS)
        return NOTHING
    texts: list[object] = []
    marked = not _SCRIPT_KEYS.isdisjoint(value)
    for key, item in value.items():
        is_marked = marked and key[:1] == "_" and key not in TEXT_KEYS
        if is_marked or is_attribute(key, item) or is_comment(key, item):
            continue
        if key not in TEXT_KEYS and (
            key != "0" or (len(value) == 1 and type(item) in {dict, list})
        ):
            return NOTHING
        texts.append(item)
    if len(texts) > 1:
        texts = [text for text in texts if not isinstance(text, str) or text.strip()] or texts[:1]
    return texts[0] if len(texts) == 1 else NOTHING


def unwrapped(value: object) -> object:
    """Return what a wrapper is around, any other value as it is."""
    text = wrapped(value) if isinstance(value, dict) else NOTHING
    return value if text is NOTHING else text


def may_be_labelled(keys: t.Collection[str]) -> bool:
    """Whether an object with some of these keys may be a value that has its label beside it."""
    return not VALUE_KEYS.isdisjoint(keys) and any(key.casefold() in _LABELLED for key in keys)


def elements_of(value: dict[str, object]) -> list[object] | None:
    """Return the elements of an object that is a list: all its keys are digits.

    PHP writes so what `array_filter`, `unset` or `keyBy` left of a list, and SimpleXML
    several elements of one name, which may have attributes beside them.
    """
    elements: list[object] = []
    for key, item in value.items():
        if is_number(key):
            elements.append(item)
        elif not is_attribute(key, item):
            return None
    is_text = len(elements) == 1 and wrapped(value) is not NOTHING
    return elements if elements and not is_text else None


def is_number(key: str) -> bool:
    """Whether a key is one of a list of PHP's, where `array_fill(-2, …)` counts, too."""
    return (key[1:] if key[:1] == "-" else key).isdigit() and key.isascii()


def copies(value: t.Mapping[str, object]) -> frozenset[str]:
    """Return the numbered keys of a row that has its columns twice, by name and by number.

    PDO and mysqli fetch so by default. The numbers begin with 0 and leave none out, and
    most of them say what some name says: an application may have changed some values, and
    of two columns of one name only the last has it.
    """
    if "0" not in value:
        return frozenset()
    numbers = [key for key in value if is_number(key)]
    if len(numbers) == len(value) or any(str(n) not in value for n in range(len(numbers))):
        return frozenset()
    named = [item for key, item in value.items() if not is_number(key)]
    known = sum(value[key] in named or _text(value[key]) in map(_text, named) for key in numbers)
    return frozenset(numbers) if 2 * known > len(numbers) else frozenset()


def _text(value: object) -> object:
    return str(value) if type(value) in {int, float} else value


def fields_of(value: t.Mapping[str, object]) -> Iterable[tuple[str, object]]:
    """Return the fields of an object without numbered copies and comments."""
    if "0" not in value and "comment" not in value:
        return value.items()
    numbered = copies(value)
    return [
        (key, item)
        for key, item in value.items()
        if key not in numbered and not is_comment(key, item)
    ]


def is_lost(value: object) -> bool:
    """Whether an element had something that PHP could not write, or nothing.

    `json_encode` writes an element with a CDATA section as `{}`, or as its attributes, and
    one with a comment as `{"comment": {}}`, whatever text it has.
    """
    return type(value) is dict and all(
        is_attribute(key, item) or is_comment(key, item) for key, item in value.items()
    )


def is_comment(key: str, value: object) -> bool:
    """Whether a key stands for comments that SimpleXML has found, and is no field."""
    if key != "comment":
        return False
    return value == {} or (
        type(value) is list and bool(value) and all(item == {} for item in value)
    )


def is_date_object(value: object) -> bool:
    """Whether an object is a time of PHP's.

    `{"date", "timezone_type", "timezone"}`, or `{"timestamp", "timezone"}` and more, as Symfony
    and Carbon write one. Its zone is a text, or an object that has a name.
    """
    if type(value) is not dict or "timezone" not in value:
        return False
    if type(value.get("timestamp")) in {int, float, str}:
        return type(value["timezone"]) in {str, dict} and value.keys() <= _OF_A_TIME
    is_date = type(value.get("date")) is str and type(value["timezone"]) is str
    return is_date and ("timezone_type" in value or value.keys() == _DATE_AND_ZONE)


_OF_A_TIME: t.Final = frozenset({
    "timestamp", "timezone", "offset", "year", "month", "day", "dayOfWeek", "dayOfYear", "hour",
    "minute", "second", "micro", "microsecond", "formatted", "lastErrors",
})  # fmt: skip
"""What Symfony and Carbon write of a time beside its number."""


def date_choice(value: dict[str, object]) -> object:
    """Return what an HR-XML date says, `{"AnyDate": "2026-11-02"}`, else `NOTHING`."""
    chosen = [key for key, item in value.items() if not is_attribute(key, item)]
    if len(chosen) == 1 and chosen[0].rpartition(":")[2].casefold() in _DATE_CHOICES:
        return value[chosen[0]]
    return NOTHING


Record = t.TypeVar("Record", bound=t.Mapping[str, t.Any])

ROWS: t.Final = (
    "Candidate", "candidate", "Applicant", "applicant", "Kandidat", "kandidat", "Bewerber",
    "bewerber",
)  # fmt: skip
"""Members that a row has its own columns in, with those of other tables beside it: CakePHP 2."""
_IDS: t.Final = frozenset({"id", "@id", "idvalue", "uuid", "candidateid", "candidaterecordinfo"})

CORES: t.Final = {
    "attributes": frozenset({"type", "id", "lid", "relationships", "links", "meta"}),
    "_source": frozenset({
        "_index", "_type", "_id", "_score", "_version", "_routing", "_ignored", "sort", "highlight",
    }),
    "node": frozenset({"cursor"}),
}  # fmt: skip
"""Member that is the record, to what may stand beside it: JSON:API, search engines, Relay."""
AROUND: t.Final = frozenset((*CORES, *ROWS))
"""All members that may be the record."""

CORE_MEMBERS: t.Final = frozenset().union(*CORES.values())
"""All of these."""


def core_of(record: t.Mapping[str, t.Any]) -> str | None:
    """Return the member of a record that holds its fields; None for a record of its own."""
    for name in ROWS:
        if type(record.get(name)) is dict:
            return None if any(key.casefold() in _IDS for key in record) else name
    for name, beside in CORES.items():
        if name in record and type(record[name]) is dict:
            if not all(key == name or key in beside for key in record):
                return None
            return name if name != "attributes" or "id" in record or "type" in record else None
    return None


def flat(record: Record) -> Record:
    """Return a record that has its fields in one member as them, with the id beside it.

    API Platform's id of a resource is its address, and `_id` among the attributes the id.
    What it refers to is named as the relationship is. Any other record comes back as it is.
    """
    core = core_of(record)
    if core is None:
        return record
    attributes: dict[str, t.Any] = record[core]
    if core in ROWS:
        beside = {key: item for key, item in record.items() if key != core}
        return t.cast("Record", beside | attributes)
    own = record.get("id", record.get("_id"))
    if isinstance(own, str) and own.startswith("/") and attributes.get("_id"):
        own = attributes["_id"]
    related = record.get("relationships")
    linked = {
        name: relation["data"]
        for name, relation in (related.items() if isinstance(related, dict) else ())
        if isinstance(relation, dict) and relation.get("data") and name not in attributes
    }
    if own is None:
        return t.cast("Record", attributes | linked)
    rest = {key: attributes[key] for key in attributes if key != "id"}
    return t.cast("Record", {"id": own} | rest | linked)
