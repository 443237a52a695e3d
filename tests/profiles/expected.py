"""The records that facts must become, written without anything of the tap.

Identifiers come from the standard library, and words, countries and types from tables
that somebody wrote by hand for the fictional people of the local Persy.
"""

from __future__ import annotations

import json
import typing as t
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from tap_compleetpersy.sandbox.facts import (
    BERLIN,
    Address,
    Candidate,
    Email,
    Employment,
    Opening,
    Phone,
)

Record: t.TypeAlias = dict[str, t.Any]

OUTCOMES: t.Mapping[str | None, str | None] = {
    "neu": "PENDING",
    "eingegangen": "PENDING",
    "in Bearbeitung": "PENDING",
    "Interview": "PENDING",
    "interview": "PENDING",
    "Vorstellungsgespräch": "PENDING",
    "eingeladen": "PENDING",
    "Angebot": "PENDING",
    "offer": "PENDING",
    "Absage": "DECLINED",
    "abgelehnt": "DECLINED",
    "rejected": "DECLINED",
    "zurückgezogen": "DECLINED",
    "withdrawn": "DECLINED",
    "Zusage": "HIRED",
    "hired": "HIRED",
    "eingestellt": "HIRED",
    "Verfahren eingestellt": None,
    "Wiedervorlage": "PENDING",
    "nicht geeignet": "DECLINED",
    "active": None,
    "aktiv": None,
    "archiviert": None,
    "Bewerberpool": None,
    None: None,
}
COUNTRIES = {"Deutschland": "DE", "Germany": "DE", "Österreich": "AT"}
FOREIGN = {"AT": "Österreich", "CH": "Schweiz", "PL": "Polen"}
INVALID_MAILS = {
    "keine",
    "n/a",
    "bewerber@",
    "@example.org",
    "max mustermann@example.org",
    "wird@nachgereicht@example.de",
}
UNDIALLED = {"keine"}
INTEGERS = {"Schichtbereit", "Berufsjahre"}
YES_OR_NO = {"Staplerschein"}
DAYS = {"Eintrittsdatum"}
TIMES = {"Letzter Kontakt"}

# What a shape can say: flat ones have no use for what is personal.
PHONE_TYPES = {
    "nested": {"personal": "HOME", "business": "WORK", None: None},
    "flat": {"personal": None, "business": "WORK", None: None},
}
MAIL_TYPES = {
    "nested": {"personal": "PRIVATE", "business": "WORK", None: None},
    "flat": {"personal": None, "business": "WORK", None: None},
}
FAMILIES = {"hrxml": "nested", "php": "nested", "flat": "flat", "german": "flat"}
WALL_CLOCK_SHAPES = {"hrxml", "flat"}


def expected_candidates(people: Iterable[Candidate], shape: str) -> dict[str, Record]:
    """Return the candidate records by `id`, without `changed_at` and `integration_fields`."""
    records = (candidate_record(person, shape) for person in people)
    return {record["id"]: record for record in records}


def expected_jobs(people: Iterable[Candidate]) -> dict[str, Record]:
    """Return the last record of each job by `id`; the youngest carrier with a title names it."""
    titles: dict[str, str | None] = {}
    for person in sorted(people, key=lambda person: person.updated_at):
        for opening in openings_of(person):
            title = text(opening.title)
            titles[str(opening.remote_id)] = title or titles.get(str(opening.remote_id))
    return {
        identifier("jobs", remote_id): {
            "id": identifier("jobs", remote_id),
            "remote_id": remote_id,
            "remote_deleted_at": None,
            "name": title,
            "remote_data": None,
        }
        for remote_id, title in titles.items()
    }


def expected_applications(people: Iterable[Candidate], shape: str) -> dict[str, Record]:
    """Return the application records by `id`."""
    records = (
        application_record(person, opening, shape)
        for person in people
        for opening in openings_of(person)
    )
    return {record["id"]: record for record in records}


def candidate_record(person: Candidate, shape: str) -> Record:
    """Return the record of one candidate, but for `changed_at` and `integration_fields`."""
    current = [job for job in person.employments if job.current]
    job = next(iter((*current, *person.employments)), Employment(None))
    return {
        "id": identifier("candidates", person.remote_id),
        "remote_id": person.remote_id,
        "remote_deleted_at": None,
        "first_name": text(person.first_name),
        "last_name": text(person.last_name),
        "company": text(job.company),
        "title": text(job.title),
        "confidential": person.confidential,
        "source": text(person.source),
        "phone_numbers": phones(person.phones, FAMILIES[shape]),
        "email_addresses": mails(person.emails, FAMILIES[shape]),
        "location": location(person.address),
        "custom_fields": custom_fields(person),
        "remote_created_at": instant(person.created_at, shape),
        "remote_updated_at": instant(person.updated_at, shape),
        "remote_data": None,
    }


def application_record(person: Candidate, opening: Opening, shape: str) -> Record:
    """Return the record of one application, but for `changed_at`."""
    job_id = str(opening.remote_id)
    remote_id = f"{quote(person.remote_id, safe='')}/{quote(job_id, safe='')}"
    return {
        "id": identifier("applications", remote_id),
        "remote_id": remote_id,
        "remote_deleted_at": None,
        "outcome": OUTCOMES[opening.status or person.status],
        "job_id": identifier("jobs", job_id),
        "candidate_id": identifier("candidates", person.remote_id),
        "remote_created_at": opening.applied_at and instant(opening.applied_at, shape),
        "remote_data": None,
        "remote_status": text(opening.status or person.status),
    }


def openings_of(person: Candidate) -> list[Opening]:
    """Return each opening with an id once: the newest application, else the last entry."""
    together: dict[str, list[Opening]] = {}
    for opening in person.openings:
        if opening.remote_id is not None:
            together.setdefault(opening.remote_id, []).append(opening)
    chosen = []
    for entries in together.values():
        dated = [entry for entry in entries if entry.applied_at]
        best = max(dated, key=lambda entry: t.cast("datetime", entry.applied_at), default=None)
        best = best or entries[-1]
        titles = [entry.title for entry in entries if entry.title]
        chosen.append(replace(best, title=best.title or next(iter(titles), None)))
    return chosen


def phones(numbers: Iterable[Phone], family: str) -> list[Record]:
    """Return numbers and types, in the order of the record where it has one."""
    kinds = {"mobile": "MOBILE", "fax": "FAX"}
    records = [
        {
            "phone_number": phone.number,
            "type": kinds.get(phone.kind, PHONE_TYPES[family][phone.use]),
        }
        for phone in numbers
        if phone.number not in UNDIALLED
    ]
    return in_order(records, family)


def mails(addresses: Iterable[Email], family: str) -> list[Record]:
    """Return the valid addresses and their types, in the order of the record where it has one."""
    records = [
        {"email_address": mail.address, "type": MAIL_TYPES[family][mail.use]}
        for mail in addresses
        if mail.address not in INVALID_MAILS
    ]
    return in_order(records, family)


def in_order(contacts: list[Record], family: str) -> list[Record]:
    """Sort the contacts of flat shapes, whose keys have no order."""
    if family == "nested":
        return contacts
    return sorted(contacts, key=lambda contact: str(list(contact.values())))


def location(address: Address | None) -> Record | None:
    """Return the postal address, and in one line as a German letter shows it."""
    if address is None:
        return None
    street = text(" ".join(part for part in (address.street, address.building_number) if part))
    country = address.country and COUNTRIES.get(address.country, address.country)
    town = " ".join(part for part in (address.zip_code, address.city) if part)
    land = None if country == "DE" else country and FOREIGN.get(country, country)
    return {
        "city": address.city,
        "country": country,
        "raw": ", ".join(part for part in (street, address.second_line, town, land) if part),
        "state": address.state,
        "street_1": street,
        "street_2": address.second_line,
        "zip_code": address.zip_code,
    }


def custom_fields(person: Candidate) -> Record:
    """Return the custom fields that have a value, in the types that all people show together."""
    typed = {key: custom_value(key, value) for key, value in person.custom_fields.items()}
    return {key: value for key, value in typed.items() if value is not None}


def custom_value(key: str, value: t.Any) -> t.Any:
    """Return one custom field in its type."""
    if key in INTEGERS:
        return int(value)
    if key in YES_OR_NO:
        return {"ja": True, "nein": False}[value]
    if key in DAYS:
        day, month, year = value.split(".")
        return f"{year}-{month}-{day}"
    if key in TIMES:
        return instant(datetime.fromisoformat(value), "")
    return text(value) if isinstance(value, str) else value


def expected_integration_fields(person: Candidate) -> dict[str, Record]:
    """Return the custom ones by key; text as received, all else as JSON."""
    return {
        key: {
            "id": key,
            "key": key,
            "type": "CUSTOM",
            "value": value if isinstance(value, str) else compact(value),
            "label": key,
        }
        for key, value in person.custom_fields.items()
    }


def values_in(value: t.Any) -> Iterator[str]:
    """Name every value that a JSON document holds, as text; empty ones say nothing."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from values_in(item)
    elif value not in (None, ""):
        yield value if isinstance(value, str) else compact(value)


def identifier(stream: str, remote_id: str) -> str:
    """Return the `id` of a record of a tenant without a label."""
    name = json.dumps(["", stream, remote_id], ensure_ascii=False, separators=(",", ":"))
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def instant(moment: datetime, shape: str) -> str:
    """Write a time as records do; a wall clock says the second of two times that look alike."""
    local = moment.astimezone(BERLIN)
    is_first = local.utcoffset() != local.replace(fold=1).utcoffset()
    if shape in WALL_CLOCK_SHAPES and is_first:
        moment += timedelta(hours=1)
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def text(value: str | None) -> str | None:
    """Write a text as records do: composed, trimmed, never empty."""
    return unicodedata.normalize("NFC", value or "").strip() or None


def compact(value: t.Any) -> str:
    """Write JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
