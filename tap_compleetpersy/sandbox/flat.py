"""Facts to flat JSON, in English and in German."""

from __future__ import annotations

import typing as t

from tap_compleetpersy.sandbox.facts import BERLIN, Address, Candidate, Employment, Opening
from tap_compleetpersy.sandbox.shapes import Json, WriteTime, present, street_and_number, wall_clock

if t.TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

T = t.TypeVar("T")


class FlatNames(t.NamedTuple):
    """The keys of a flat shape; phones and mails of business use add a suffix."""

    id: str
    first_name: str
    last_name: str
    status: str
    confidential: str
    source: str
    created_at: str
    updated_at: str
    telephones: Mapping[str, str]
    email: str
    business: str
    company: str
    title: str
    street: str
    second_line: str
    zip_code: str
    city: str
    state: str
    country: str
    openings: str
    opening_title: str
    applied_at: str
    custom_fields: str | None


ENGLISH = FlatNames(
    id="Id",
    first_name="FirstName",
    last_name="LastName",
    status="Status",
    confidential="Confidential",
    source="Source",
    created_at="Created",
    updated_at="Modified",
    telephones={"phone": "Phone", "mobile": "Mobile", "fax": "Fax"},
    email="Email",
    business="Work",
    company="Company",
    title="JobTitle",
    street="Street",
    second_line="Street2",
    zip_code="ZipCode",
    city="City",
    state="State",
    country="Country",
    openings="PositionOpening",
    opening_title="Title",
    applied_at="ApplicationDate",
    custom_fields="CustomFields",
)
GERMAN = FlatNames(
    id="Id",
    first_name="Vorname",
    last_name="Nachname",
    status="Status",
    confidential="Vertraulich",
    source="Quelle",
    created_at="Erstellt",
    updated_at="Geaendert",
    telephones={"phone": "Telefon", "mobile": "Mobil", "fax": "Telefax"},
    email="Email",
    business="Geschaeftlich",
    company="Firma",
    title="Position",
    street="Strasse",
    second_line="Adresszusatz",
    zip_code="PLZ",
    city="Ort",
    state="Bundesland",
    country="Land",
    openings="Stellen",
    opening_title="Bezeichnung",
    applied_at="Bewerbungsdatum",
    custom_fields=None,
)


def with_offset(moment: datetime) -> str:
    """Return a time in ISO 8601 with Berlin's offset (``2026-11-02T09:13:54+01:00``)."""
    return moment.astimezone(BERLIN).isoformat()


def flat(candidate: Candidate) -> Json:
    """Return a candidate, flat and in English; ids of openings are JSON numbers."""
    return _flat(candidate, ENGLISH, confidential=candidate.confidential, write_time=wall_clock)


def german(candidate: Candidate) -> Json:
    """Return a candidate, flat and in German; custom fields stand among the other keys."""
    confidential = {True: "ja", False: "nein", None: ""}[candidate.confidential]
    return _flat(candidate, GERMAN, confidential=confidential, write_time=with_offset)


def _flat(
    candidate: Candidate,
    names: FlatNames,
    *,
    confidential: bool | str | None,
    write_time: WriteTime,
) -> Json:
    current = [employment for employment in candidate.employments if employment.current]
    employment = next(iter((*current, *candidate.employments)), Employment(company=None))
    address = candidate.address or Address()
    custom_fields = dict(candidate.custom_fields)
    return present(
        {
            names.id: candidate.remote_id,
            names.first_name: candidate.first_name,
            names.last_name: candidate.last_name,
            names.status: candidate.status,
            names.confidential: confidential,
            names.source: candidate.source,
            names.created_at: write_time(candidate.created_at),
            names.updated_at: write_time(candidate.updated_at),
            **_flat_contacts(candidate, names),
            names.company: employment.company,
            names.title: employment.title,
            names.street: street_and_number(address) or None,
            names.second_line: address.second_line,
            names.zip_code: address.zip_code,
            names.city: address.city,
            names.state: address.state,
            names.country: address.country,
            names.openings: _one_or_many(
                [_flat_opening(opening, names, write_time) for opening in candidate.openings]
            ),
            **({names.custom_fields: custom_fields} if names.custom_fields else custom_fields),
        }
    )


def _flat_contacts(candidate: Candidate, names: FlatNames) -> Json:
    found: dict[str, list[str]] = {}
    for phone in candidate.phones:
        key = names.telephones[phone.kind] + (names.business if phone.use == "business" else "")
        found.setdefault(key, []).append(phone.number)
    for email in candidate.emails:
        found.setdefault(
            names.email + (names.business if email.use == "business" else ""), []
        ).append(email.address)
    return {key: _one_or_many(values) for key, values in found.items()}


def _one_or_many(values: list[T]) -> T | list[T]:
    return values[0] if len(values) == 1 else values


def _flat_opening(opening: Opening, names: FlatNames, write_time: WriteTime) -> Json:
    remote_id = opening.remote_id
    return present(
        {
            names.id: int(remote_id)
            if remote_id and remote_id.isdecimal() and str(int(remote_id)) == remote_id
            else remote_id,
            names.opening_title: opening.title,
            names.status: opening.status,
            names.applied_at: write_time(opening.applied_at) if opening.applied_at else None,
        }
    )
