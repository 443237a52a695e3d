"""Facts to the bytes of a wire shape: HR-XML names, flat in English or German, or PHP's from XML.

HR-XML is the default candidate of ``docs/wire.md``; a fact that is None leaves its key out. PHP's
has every hazard of that page, drawn from the candidate's id, so the same facts always give the
same bytes. The hazards lose nothing: a date form is used only where it can hold the time, and
custom fields keep their keys and values.
"""

from __future__ import annotations

import html.entities
import json
import typing as t
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime

from tap_compleetpersy.sandbox.facts import (
    BERLIN,
    Address,
    Attachment,
    Candidate,
    Employment,
    Note,
    Opening,
    Phone,
    Recruiter,
    is_first_pass,
)
from tap_compleetpersy.sandbox.words import Draw

if t.TYPE_CHECKING:
    from collections.abc import Mapping

Json: t.TypeAlias = dict[str, t.Any]
WriteTime: t.TypeAlias = Callable[[datetime], t.Any]

_TELEPHONES = {"phone": "Telephone", "mobile": "Mobile", "fax": "Fax"}
_BOOLEANS = {True: "1", False: "0", None: ""}


def wall_clock(moment: datetime) -> str:
    """Return a time as Persy shows it: Berlin wall clock, no offset (``2026-11-02 09:13:54``)."""
    return f"{moment.astimezone(BERLIN):%Y-%m-%d %H:%M:%S}"


def hrxml(candidate: Candidate, write_time: WriteTime = wall_clock) -> Json:
    """Return a candidate with HR-XML 2.x names, the default shape of ``docs/wire.md``."""
    name = [part for part in (candidate.first_name, candidate.last_name) if part]
    record = {
        "CandidateRecordInfo": {
            "Id": {"IdValue": candidate.remote_id},
            "Status": candidate.status,
            "Confidential": _BOOLEANS[candidate.confidential],
            "CreatedDate": write_time(candidate.created_at),
            "LastModificationDate": write_time(candidate.updated_at),
        },
        "CandidateSupplier": {"EntityName": candidate.source} if candidate.source else None,
        "CandidateProfile": {
            "PersonalData": {
                "PersonName": {
                    "GivenName": candidate.first_name,
                    "FamilyName": candidate.last_name,
                    "FormattedName": " ".join(name) or None,
                },
                "ContactMethod": [
                    *_phones(candidate.phones),
                    *(
                        {"Use": each.use, "InternetEmailAddress": each.address}
                        for each in candidate.emails
                    ),
                    *_address(candidate.address),
                ],
            },
            "EmploymentHistory": {
                "EmployerOrg": [_employer(each) for each in candidate.employments]
            },
        },
        "PositionOpening": [_opening(opening, write_time) for opening in candidate.openings],
    }
    return {**present(record), "UserArea": dict(candidate.custom_fields)}


def attachment(document: Attachment, url: str, size: int) -> Json:
    """Return the metadata of an attachment whose content is at a URL and has so many bytes."""
    record = {
        "Id": document.remote_id,
        "FileName": document.file_name,
        "Type": document.type,
        "ContentType": document.content_type,
        "Size": size,
        "Url": url,
        "CreatedDate": wall_clock(document.created_at),
        "LastModificationDate": document.updated_at and wall_clock(document.updated_at),
        "PositionOpeningId": document.opening_id,
    }
    return dict(present(record))


def note(written: Note) -> Json:
    """Return a note as Persy sends it."""
    return {
        "Id": written.remote_id,
        "Text": written.text,
        "Author": written.author,
        "CreatedDate": wall_clock(written.created_at),
        "LastModificationDate": wall_clock(written.updated_at),
    }


def recruiter(user: Recruiter) -> Json:
    """Return a user of Persy as it sends one."""
    return {
        "Id": user.remote_id,
        "FirstName": user.first_name,
        "LastName": user.last_name,
        "Email": user.email,
        "Role": user.role,
        "LastModificationDate": wall_clock(user.updated_at),
    }


def present(value: t.Any) -> t.Any:  # noqa: ANN401 - JSON
    """Return JSON without the keys, at any depth, whose value is None."""
    if isinstance(value, dict):
        return {key: present(item) for key, item in value.items() if item is not None}
    return [present(item) for item in value] if isinstance(value, list) else value


def _phones(phones: tuple[Phone, ...]) -> list[Json]:
    """Return contact methods: numbers of the same use share one, as the default candidate does."""
    methods: list[Json] = []
    for phone in phones:
        key = _TELEPHONES[phone.kind]
        if not methods or key in methods[-1] or methods[-1]["Use"] != phone.use:
            methods.append({"Use": phone.use})
        methods[-1][key] = {"FormattedNumber": phone.number}
    return methods


def _address(address: Address | None) -> Iterator[Json]:
    """Yield an address: street and number, or address lines when there is a second line."""
    if address is None:
        return
    delivery: Json | None = {
        "StreetName": address.street,
        "BuildingNumber": address.building_number,
    }
    if address.second_line:
        delivery = {"AddressLine": [street_and_number(address), address.second_line]}
    elif address.street is None and address.building_number is None:
        delivery = None
    postal = {
        "CountryCode": address.country,
        "PostalCode": address.zip_code,
        "Region": address.state,
        "Municipality": address.city,
        "DeliveryAddress": delivery,
    }
    yield {"Use": "personal", "PostalAddress": postal}


def street_and_number(address: Address) -> str:
    """Return a street and its number as a letter would."""
    return " ".join(part for part in (address.street, address.building_number) if part)


def _employer(employment: Employment) -> Json:
    is_current = "true" if employment.current else "false"
    position = {"Title": employment.title, "CurrentEmployer": is_current}
    return {"EmployerOrgName": employment.company, "PositionHistory": [position]}


def _opening(opening: Opening, write_time: WriteTime) -> Json:
    return {
        "PositionRecordInfo": {"Id": {"IdValue": opening.remote_id}}
        if opening.remote_id is not None
        else None,
        "PositionProfile": {"PositionDetail": {"PositionTitle": opening.title}}
        if opening.title
        else None,
        "Status": opening.status,
        "ApplicationDate": opening.applied_at and write_time(opening.applied_at),
    }


T = t.TypeVar("T")

_FLAT: Mapping[str, tuple[str, str]] = {
    "id": ("Id", "Id"),
    "first_name": ("FirstName", "Vorname"),
    "last_name": ("LastName", "Nachname"),
    "status": ("Status", "Status"),
    "confidential": ("Confidential", "Vertraulich"),
    "source": ("Source", "Quelle"),
    "created_at": ("Created", "Erstellt"),
    "updated_at": ("Modified", "Geaendert"),
    "phone": ("Phone", "Telefon"),
    "mobile": ("Mobile", "Mobil"),
    "fax": ("Fax", "Telefax"),
    "email": ("Email", "Email"),
    "business": ("Work", "Geschaeftlich"),
    "company": ("Company", "Firma"),
    "title": ("JobTitle", "Position"),
    "street": ("Street", "Strasse"),
    "second_line": ("Street2", "Adresszusatz"),
    "zip_code": ("ZipCode", "PLZ"),
    "city": ("City", "Ort"),
    "state": ("State", "Bundesland"),
    "country": ("Country", "Land"),
    "openings": ("PositionOpening", "Stellen"),
    "opening_title": ("Title", "Bezeichnung"),
    "applied_at": ("ApplicationDate", "Bewerbungsdatum"),
}
"""Keys of the flat shapes, in English and in German; `business` is a suffix."""
_ENGLISH, _GERMAN = ({fact: keys[each] for fact, keys in _FLAT.items()} for each in (0, 1))


def with_offset(moment: datetime) -> str:
    """Return a time in ISO 8601 with Berlin's offset (``2026-11-02T09:13:54+01:00``)."""
    return moment.astimezone(BERLIN).isoformat()


def flat(candidate: Candidate) -> Json:
    """Return a candidate, flat and in English; ids of openings are JSON numbers."""
    custom_fields = {"CustomFields": dict(candidate.custom_fields)}
    return _flat(candidate, _ENGLISH, candidate.confidential, wall_clock, custom_fields)


def german(candidate: Candidate) -> Json:
    """Return a candidate, flat and in German; custom fields stand among the other keys."""
    confidential = {True: "ja", False: "nein", None: ""}[candidate.confidential]
    fields = candidate.custom_fields.items()
    custom_fields = {key: value for key, value in fields if value is not None}
    return _flat(candidate, _GERMAN, confidential, with_offset, custom_fields)


def _flat(
    candidate: Candidate,
    names: Mapping[str, str],
    confidential: object,
    write_time: WriteTime,
    custom_fields: Mapping[str, t.Any],
) -> Json:
    current = [employment for employment in candidate.employments if employment.current]
    employment = next(iter((*current, *candidate.employments)), Employment(company=None))
    address = candidate.address or Address()
    facts = {
        "id": candidate.remote_id,
        "first_name": candidate.first_name,
        "last_name": candidate.last_name,
        "status": candidate.status,
        "confidential": confidential,
        "source": candidate.source,
        "created_at": write_time(candidate.created_at),
        "updated_at": write_time(candidate.updated_at),
    }
    further = {
        "company": employment.company,
        "title": employment.title,
        "street": street_and_number(address) or None,
        "second_line": address.second_line,
        "zip_code": address.zip_code,
        "city": address.city,
        "state": address.state,
        "country": address.country,
        "openings": _one_or_many(
            [_flat_opening(opening, names, write_time) for opening in candidate.openings]
        ),
    }
    written = _named(facts, names) | _flat_contacts(candidate, names) | _named(further, names)
    return written | dict(custom_fields)


def _named(facts: Json, names: Mapping[str, str]) -> Json:
    return {names[fact]: value for fact, value in facts.items() if value is not None}


def _flat_contacts(candidate: Candidate, names: Mapping[str, str]) -> Json:
    found: dict[str, list[str]] = {}
    contacts = (
        *((phone.kind, phone.use, phone.number) for phone in candidate.phones),
        *(("email", email.use, email.address) for email in candidate.emails),
    )
    for kind, use, text in contacts:
        key = names[kind] + (names["business"] if use == "business" else "")
        found.setdefault(key, []).append(text)
    return {key: _one_or_many(values) for key, values in found.items()}


def _one_or_many(values: list[T]) -> T | list[T]:
    return values[0] if len(values) == 1 else values


def _flat_opening(opening: Opening, names: Mapping[str, str], write_time: WriteTime) -> Json:
    remote_id = opening.remote_id or ""
    is_number = remote_id.isdecimal() and str(int(remote_id)) == remote_id
    facts = {
        "id": int(remote_id) if is_number else opening.remote_id,
        "opening_title": opening.title,
        "status": opening.status,
        "applied_at": opening.applied_at and write_time(opening.applied_at),
    }
    return _named(facts, names)


_ENTITIES = {
    code: f"&{name};" for code, name in html.entities.codepoint2name.items() if code > ord("&")
} | {38: "&amp;"}
_EMPTY: tuple[object, ...] = (None, "", [], ...)
_KEYS: tuple[Callable[[str], str], ...] = (
    str,
    str,
    str.lower,
    lambda key: key[:1].lower() + key[1:],
)
_ZERO_TIMES = ("0000-00-00 00:00:00", "", None)


def php(candidate: Candidate) -> Json:
    """Return a candidate with one style of keys and with hazards drawn from its id."""
    draw = Draw(zlib.crc32(candidate.remote_id.encode()))
    record = hrxml(candidate, write_time=lambda moment: _time(moment, draw))
    custom_fields = record.pop("UserArea")
    for opening in record["PositionOpening"]:
        opening.setdefault("ApplicationDate", draw.pick(_ZERO_TIMES))
    style = _Style(draw)
    return {**style.mapping(record), style.key("UserArea"): custom_fields}


def _time(moment: datetime, draw: Draw) -> str | int | Json:
    """Return a time in one of the forms that lose nothing of it."""
    local, timestamp = moment.astimezone(BERLIN), int(moment.timestamp())
    forms: list[str | int | Json] = [
        local.isoformat(),
        f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        str(timestamp),
        timestamp * 1000,
        f"{local:%a, %d %b %Y %H:%M:%S %z}",
        {"date": f"{moment:%Y-%m-%d %H:%M:%S}.000000", "timezone_type": 3, "timezone": "UTC"},
        {
            "date": f"{local:%Y-%m-%d %H:%M:%S}.000000",
            "timezone_type": 1,
            "timezone": f"{local:%z}"[:3] + ":" + f"{local:%z}"[3:],
        },
    ]
    if not is_first_pass(local):
        forms += [wall_clock(moment)] * 4
        if not local.second:
            forms += [f"{local:%d.%m.%Y %H:%M}"] * 4
        if not (local.hour or local.minute or local.second):
            forms += [
                f"{local:%Y-%m-%d}",
                f"{local:%d.%m.%Y}",
                f"{local:%d-%m-%Y}",
                f"[{local:%d.%m.%Y}",
            ] * 2
    return draw.pick(forms)


class _Style:
    """How one record is written: its keys, and where wrappers and entities appear."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._namespace = "hr:" if draw.chance(0.2) else ""
        self._case = draw.pick(_KEYS)

    def key(self, name: str) -> str:
        """Return the key as this record spells it."""
        return self._namespace + self._case(name)

    def mapping(self, values: Json) -> Json:
        """Return an object; an empty list is null, empty text, an empty list or no key at all."""
        written = {self.key(name): self._value(value) for name, value in values.items()}
        return {key: value for key, value in written.items() if value is not ...}

    def _value(self, value: object) -> object:
        if isinstance(value, dict):
            return value if "timezone_type" in value else self.mapping(value)
        if isinstance(value, list):
            items = [self._value(item) for item in value]
            if items and self._draw.chance(0.2):  # what array_filter leaves
                return {str(2 * number): item for number, item in enumerate(items)}
            return items if len(items) > 1 else items[0] if items else self._draw.pick(_EMPTY)
        return self._text(value) if isinstance(value, str) and value else value

    def _text(self, value: str) -> str | int | Json:
        if self._draw.chance(0.3):
            value = value.translate(_ENTITIES)
        if self._draw.chance(0.8):
            return int(value) if value in {"0", "1"} and self._draw.chance(0.3) else value
        wrapped: tuple[Json, ...] = (
            {"#text": value, "@attributes": {"lang": "de"}},
            {"@lang": "de", "#text": value},
            {"$": value, "@name": "value"},
            {"#": value, "@name": "value"},
            {"_": value, "$": {"lang": "de"}},
            {"_text": value},
            {"0": value},
        )
        return self._draw.pick(wrapped)


SHAPES: Mapping[str, Callable[[Candidate], Json]] = {
    "hrxml": hrxml,
    "flat": flat,
    "german": german,
    "php": php,
}


def renderer(shape: str) -> Callable[[Candidate], bytes]:
    """Return what turns a candidate into the bytes of a shape."""
    return lambda candidate: encode(SHAPES[shape](candidate))


def encode(value: Json) -> bytes:
    """Return JSON in UTF-8; a lone surrogate, which UTF-8 cannot hold, stays an escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace")
