"""Payloads that no server should send: real records, mutated, and JSON made of wire names."""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

T = t.TypeVar("T")
Json: t.TypeAlias = t.Any

NASTY: tuple[Json, ...] = (
    None, True, False, 0, 1, -1, 0.0, -0.0, 0.5, 1e308, 5e-324, 2**53 + 1, 2**63, -(2**64), 10**400,
    "", " ", "\u00a0", "\ufeff", "0", "1", "-0", "1_0", "007", "1e400", "NaN", "²", "\u0663",
    "\uff11\uff12",
    "\x00", "a\x00b", "\ud800", "x\udfff", "\U0001f41d", "Zoe\u0308", "\u200b", "\u2028",
    "&", "&amp;", "&#0;", "&#xD800;", "&#x110000;", "&nbsp;", "<![CDATA[x]]>", "<![CDATA[&amp;]]>",
    "ja", "nein", "true", "wahr", "off", "neu", "Absage", "eingestellt", "nicht abgelehnt",
    "DE", "Deutschland", "xx", "ZZ", "U.S.A.", "personal", "business", "fax",
    "0000-00-00 00:00:00", "0000-00-00", "00.00.0000", "-0001-11-30", "02.11.2026", "2-11-2026",
    "[02.11.2026", "29.02.2025", "2026-13-01", "2026-10-25 02:30:00", "2026-03-29 02:30:00",
    "2026-11-02T09:13:54+01:00", "2026-11-02 25:00", "2026-11-02 09:13:60", "20261102",
    "0001-01-01", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31",
    "\u0662\u0660\u0662\u0666-11-02", "1730000000", "1730000000000", "253402300800",
    "99999999999999", "1.5e9",
    "a@b", "a@example.org", "ü@exämple.org", "a@@example.org", '"a b"@example.org', "a@[1.2.3.4]",
    "0171/39200-00", "+", "x" * 5000, "é" * 300,
    [], {}, [None], [[]], [[[{}]]], [""], {"": ""}, {"#text": None}, {"$": []},
    {"#text": {"$": "x"}}, {"@attributes": {}}, {"@attributes": {"lang": "de"}, "0": "x"},
    {"@name": "x", "#text": "y"}, {"Key": "a", "Value": "b"}, {"Key": None, "Value": {}},
    {"Key": {"$": "a"}, "Label": [], "Value": 1}, {"Field": [{"@name": "a", "$": "b"}]},
    [{"Key": "a", "Value": "b"}, {"Key": "a", "Value": ["c"]}],
    {"date": "2026-11-02 09:13:54.000000", "timezone_type": 3, "timezone": "Europe/Berlin"},
    {"date": "2026-10-25 02:30:00", "timezone_type": 1, "timezone": "-03:30"},
    {"date": "-0001-11-30 00:00:00.000000", "timezone_type": 2, "timezone": "CET"},
    {"date": "x", "timezone_type": 3, "timezone": "Europe/"}, {"date": None, "timezone_type": 3},
    {"AnyDate": "2026-11-02"}, {"Year": 2026}, {"YearMonth": {"#": "2026-11"}}, {"StringDate": ""},
    {"0": "x"}, {"0": {"a": "b"}}, {"0": "x", "2": "y"}, {"88": {"Id": 88}, "90": {"Id": 90}},
    {"1": {"Key": "a", "Value": "b"}}, {"7": {"Label": "a", "Value": "b"}}, {"7": "x", "8": None},
    {"a": "x", "0": "x", "b": 1, "1": 1}, {"a": 1, "0": "1"}, {"0": 1, "a": 1, "1": 2, "a.b": 3},
    {"comment": {}}, {"comment": [{}, {}], "a": "x"}, {"0": {"comment": {}}}, {"comment": "x"},
    {"_": "x", "$": {"name": "a"}}, {"_text": ["x", "y"]}, {"_cdata": "x", "_attributes": {}},
    {"#": "x", "@name": "y"}, {"#text": "\n", "#cdata-section": "x"}, {"__text": "x", "_lang": ""},
    {"InternationalCountryCode": "49", "AreaCityCode": "089", "SubscriberNumber": "1234567"},
    {"NationalNumber": {"#": "089 1"}, "Extension": 12}, {"SubscriberNumber": []},
    "-0001-11-29T23:06:32.000000Z", "Mon, 02 Nov 2026 09:13:54 +0100", "2026-11-02+01:00",
)  # fmt: skip
KEYS = (
    "CandidateRecordInfo", "Id", "IdValue", "hr:Id", "@id", "Status", "Confidential", "CreatedDate",
    "LastModificationDate", "CandidateSupplier", "EntityName", "CandidateProfile", "PersonalData",
    "PersonName", "GivenName", "FamilyName", "ContactMethod", "Use", "Telephone", "Mobile", "Fax",
    "FormattedNumber", "InternetEmailAddress", "Email", "EmailWork", "PostalAddress", "AddressLine",
    "DeliveryAddress", "StreetName", "Municipality", "Ort", "Land", "Location", "PLZ", "Adresse",
    "EmploymentHistory", "EmployerOrg", "EmployerOrgName", "PositionHistory", "Title",
    "CurrentEmployer", "PositionOpening", "PositionOpenings", "Stellen", "Stelle", "Bewerbungen",
    "PositionRecordInfo", "PositionProfile", "PositionDetail", "PositionTitle", "ApplicationDate",
    "Bezeichnung", "UserArea", "CustomFields", "CustomField", "Field", "Key", "Label", "Value",
    "@attributes", "@name", "@lang", "#text", "$", "_", "#cdata", "0", "1", "", ".", "a.b", "A",
    "Vorname", "Nachname", "Telefon", "TelefonGeschaeftlich", "Firma", "Geaendert", "Größe", "\x00",
    "StartDate", "AnyDate", "YearMonth", "timezone_type", "timezone", "date", "comment", "2", "3",
    "Resume", "StructuredXMLResume", "ContactInfo", "OrgName", "OrganizationName", "attributes",
    "type", "relationships", "id", "AreaCityCode", "SubscriberNumber", "NationalNumber", "#",
    "_text", "_cdata", "Freifelder", "\ud800", "n", "t", "x", "y", "Anzeige", "xmlns:hr", "hr:",
    ":",
)  # fmt: skip


class Source(t.Protocol):
    """Where choices come from: a seeded generator, or the bytes of a guided fuzzer."""

    def randrange(self, stop: int, /) -> int:
        """Return a number from 0 up to but not including ``stop``."""


@dataclass(frozen=True, slots=True)
class Payload:
    """One record as decoded, and what must be found in it.

    Attributes:
        record: Any JSON value.
        openings: Ids that are in it for sure; with any, the record has an id too.
        without_id: How many openings in it have no id, at least.
    """

    record: Json = field(repr=False)
    openings: frozenset[str] = frozenset()
    without_id: int = 0


def make_payload(source: Source, records: Sequence[Json]) -> Payload:
    """Make one payload; the same choices give the same payload.

    Args:
        source: Makes every choice.
        records: Well-formed records to start from.
    """
    kind = source.randrange(10)
    if kind == 0:
        return Payload(any_json(source, 4))
    if kind == 1:
        return Payload({"Id": 1} | _any_object(source, 4))
    record = _mutated(source, _copied(pick(source, records)))
    return Payload(record) if kind < 6 else _with_openings(source, record)


def make_mild_payload(source: Source, records: Sequence[Json]) -> Json:
    """Make a record of which most can be read the quick way: other values, and keys more or less.

    Args:
        source: Makes every choice.
        records: Well-formed records to start from.
    """
    record = _copied(pick(source, records))
    for _ in range(1 + source.randrange(5)):
        holder, key = _place(source, record)
        if holder is not None:
            pick(source, MILD_MUTATIONS)(source, holder, key)
    return record


def _copied(record: Json) -> Json:
    """Return a copy of a well-formed record, faster than `copy.deepcopy` does."""
    return msgspec.json.decode(msgspec.json.encode(record))


def pick(source: Source, options: Sequence[T]) -> T:
    """Choose one of some values."""
    return options[source.randrange(len(options))]


def nasty(source: Source) -> Json:
    """Choose a value that breaks naive code; a copy, since payloads are mutated in place."""
    return copy.deepcopy(pick(source, NASTY))


def any_json(source: Source, depth: int) -> Json:
    """Make any JSON value with names of the wire."""
    kind = source.randrange(8) if depth else 0
    if kind < 4:
        return nasty(source)
    if kind == 4:
        return [any_json(source, depth - 1) for _ in range(source.randrange(4))]
    return _any_object(source, depth)


def _any_object(source: Source, depth: int) -> dict[str, Json]:
    return {pick(source, KEYS): any_json(source, depth - 1) for _ in range(source.randrange(6))}


def _mutated(source: Source, record: Json) -> Json:
    for _ in range(source.randrange(7)):
        holder, key = _place(source, record)
        if holder is not None:
            pick(source, MUTATIONS)(source, holder, key)
    return record


def _place(source: Source, value: Json) -> tuple[Json, t.Any]:
    """Walk down to some place: the object or list, and the key or position in it."""
    holder, key = None, None
    while isinstance(value, (dict, list)) and value and (holder is None or source.randrange(4)):
        holder = value
        key = pick(source, list(value) if isinstance(value, dict) else range(len(value)))
        value = value[key]
    return holder, key


def _replace(source: Source, holder: Json, key: t.Any) -> None:
    holder[key] = any_json(source, 3)


def _wrap(source: Source, holder: Json, key: t.Any) -> None:
    holder[key] = pick(source, WRAPPERS)(holder[key])


def _repeat(source: Source, holder: Json, key: t.Any) -> None:
    holder[key] = [copy.deepcopy(holder[key]) for _ in range(source.randrange(4))]


def _remove(_source: Source, holder: Json, key: t.Any) -> None:
    del holder[key]


def _rename(source: Source, holder: Json, key: t.Any) -> None:
    if isinstance(key, str):
        holder[pick(source, SPELLINGS)(key)] = holder.pop(key)


def _add(source: Source, holder: Json, _key: t.Any) -> None:
    if isinstance(holder, dict):
        holder[pick(source, KEYS)] = any_json(source, 3)
    else:
        holder.insert(source.randrange(len(holder) + 1), any_json(source, 3))


def _revalue(source: Source, holder: Json, key: t.Any) -> None:
    if not isinstance(holder[key], (dict, list)):
        holder[key] = pick(source, SCALARS)


def _add_mildly(source: Source, holder: Json, _key: t.Any) -> None:
    if isinstance(holder, dict):
        value = pick(source, SCALARS)
        values = (value, value, [value], {"Anzahl": value}, [{"Anzahl": value}, {"Einheit": value}])
        holder[pick(source, MILD_KEYS)] = pick(source, values)


def _numbered(value: Json) -> Json:
    """Write a list as PHP does once something was taken out of it."""
    items = value if isinstance(value, list) else [value]
    return {str(2 * number): item for number, item in enumerate(items)}


def _twice(value: Json) -> Json:
    """Write an object as PDO fetches a row: each column by name and by number."""
    if not isinstance(value, dict):
        return value
    return value | {str(number): item for number, item in enumerate(list(value.values()))}


MUTATIONS: Sequence[Callable[[Source, Json, t.Any], None]] = (
    _replace, _replace, _wrap, _repeat, _remove, _rename, _add,
)  # fmt: skip
MILD_MUTATIONS: Sequence[Callable[[Source, Json, t.Any], None]] = (
    _revalue, _revalue, _revalue, _remove, _repeat, _add_mildly, _add_mildly,
)  # fmt: skip
MILD_KEYS = tuple(key for key in KEYS if key[:1].isalpha() and "." not in key and ":" not in key)
SCALARS = tuple(value for value in NASTY if not isinstance(value, (dict, list)))
WRAPPERS: Sequence[Callable[[Json], Json]] = (
    lambda value: [value],
    lambda value: {"#text": value},
    lambda value: {"$": value, "@lang": "de"},
    lambda value: {"0": value, "@attributes": {"x": "y"}},
    lambda value: {"Value": value, "Label": "Etikett"},
    lambda value: {"": value},
    lambda value: {"#": value, "@name": "x"},
    lambda value: {"_": value, "$": {"lang": "de"}},
    lambda value: {"0": value},
    lambda value: {"0": value, "3": copy.deepcopy(value)},
    _numbered,
    _twice,
    lambda value: {"comment": {}, "x": value},
)
SPELLINGS: Sequence[Callable[[str], str]] = (
    str.lower,
    str.upper,
    lambda key: f"hr:{key}",
    lambda key: f"@{key}",
    lambda key: key[:1].lower() + key[1:],
    lambda key: f" {key}\u0308",
)

# --- openings that must be found, in every form that means the same -------------------


def _with_openings(source: Source, record: Json) -> Payload:
    """Put openings into a record, whatever else is in it."""
    if not isinstance(record, dict):
        return Payload(record)
    ids = [pick(source, ("88", "007", "a/b", "9007199254740993", "Ä", None)) for _ in range(3)]
    ids = ids[: source.randrange(4)]
    elements = [_opening(source, remote_id) for remote_id in ids]
    alone = len(elements) == 1 and source.randrange(2)
    record["CandidateRecordInfo"] = {"Id": {"IdValue": _said(source, "4711")}}
    written = pick(source, (elements, elements, _numbered(elements)))
    record["PositionOpening"] = elements[0] if alone else written
    known = frozenset(remote_id for remote_id in ids if remote_id is not None)
    return Payload(record, known, ids.count(None))


def _opening(source: Source, remote_id: str | None) -> Json:
    opening: dict[str, Json] = {
        "PositionProfile": {"PositionDetail": {"PositionTitle": nasty(source)}},
        "Status": nasty(source),
        "ApplicationDate": nasty(source),
    }
    if remote_id is not None:
        flat = {"Id": _said(source, remote_id)}
        info = {"PositionRecordInfo": {"Id": {"IdValue": _said(source, remote_id)}}}
        opening |= pick(source, (flat, info))
    return opening


def _said(source: Source, text: str) -> Json:
    """Return a text in one of the ways of the wire."""
    plain = int(text) if text.isascii() and text.isdigit() and not text.startswith("0") else text
    return pick(
        source,
        (
            text,
            plain,
            {"#text": text},
            {"$": text, "@x": "y"},
            [text],
            f" {text}\n",
            {"0": text},
            {"#": text, "@name": "x"},
            {"_": text, "$": {"x": "y"}},
        ),
    )
