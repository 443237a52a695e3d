"""Facts to JSON with HR-XML names, the default candidate of ``docs/wire.md``.

A fact that is None leaves its key out.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator
from datetime import datetime

from tap_compleetpersy.sandbox.facts import (
    BERLIN,
    Address,
    Attachment,
    Candidate,
    Email,
    Employment,
    Note,
    Opening,
    Phone,
    Recruiter,
)

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
    person = {
        "GivenName": candidate.first_name,
        "FamilyName": candidate.last_name,
        "FormattedName": " ".join(name) or None,
    }
    return present(
        {
            "CandidateRecordInfo": present(
                {
                    "Id": {"IdValue": candidate.remote_id},
                    "Status": candidate.status,
                    "Confidential": _BOOLEANS[candidate.confidential],
                    "CreatedDate": write_time(candidate.created_at),
                    "LastModificationDate": write_time(candidate.updated_at),
                }
            ),
            "CandidateSupplier": {"EntityName": candidate.source} if candidate.source else None,
            "CandidateProfile": {
                "PersonalData": {
                    "PersonName": present(person),
                    "ContactMethod": [
                        *_phones(candidate.phones),
                        *_emails(candidate.emails),
                        *_address(candidate.address),
                    ],
                },
                "EmploymentHistory": {
                    "EmployerOrg": [_employer(employment) for employment in candidate.employments]
                },
            },
            "PositionOpening": [_opening(opening, write_time) for opening in candidate.openings],
            "UserArea": dict(candidate.custom_fields),
        }
    )


def attachment(document: Attachment, url: str, size: int) -> Json:
    """Return the metadata of an attachment.

    Args:
        document: Which.
        url: Where its content is, relative to the API's base URL or absolute.
        size: Bytes of its content.
    """
    return present(
        {
            "Id": document.remote_id,
            "FileName": document.file_name,
            "Type": document.type,
            "ContentType": document.content_type,
            "Size": size,
            "Url": url,
            "CreatedDate": wall_clock(document.created_at),
            "LastModificationDate": wall_clock(document.updated_at)
            if document.updated_at
            else None,
            "PositionOpeningId": document.opening_id,
        }
    )


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


def present(values: Json) -> Json:
    """Return values without what is None."""
    return {key: value for key, value in values.items() if value is not None}


def _phones(phones: tuple[Phone, ...]) -> Iterator[Json]:
    """Yield contact methods: numbers of the same use share one, as the default candidate does."""
    methods: list[Json] = []
    for phone in phones:
        key, use = _TELEPHONES[phone.kind], present({"Use": phone.use})
        if not methods or key in methods[-1] or methods[-1].get("Use") != phone.use:
            methods.append(use)
        methods[-1][key] = {"FormattedNumber": phone.number}
    yield from methods


def _emails(emails: tuple[Email, ...]) -> Iterator[Json]:
    for email in emails:
        yield present({"Use": email.use, "InternetEmailAddress": email.address})


def _address(address: Address | None) -> Iterator[Json]:
    """Yield an address: street and number, or address lines when there is a second line."""
    if address is None:
        return
    if address.second_line:
        delivery: Json = {"AddressLine": [street_and_number(address), address.second_line]}
    else:
        delivery = present(
            {"StreetName": address.street, "BuildingNumber": address.building_number}
        )
    postal = {
        "CountryCode": address.country,
        "PostalCode": address.zip_code,
        "Region": address.state,
        "Municipality": address.city,
        "DeliveryAddress": delivery or None,
    }
    yield {"Use": "personal", "PostalAddress": present(postal)}


def street_and_number(address: Address) -> str:
    """Return a street and its number as a letter would."""
    return " ".join(part for part in (address.street, address.building_number) if part)


def _employer(employment: Employment) -> Json:
    position = {
        "Title": employment.title,
        "CurrentEmployer": "true" if employment.current else "false",
    }
    return present({"EmployerOrgName": employment.company, "PositionHistory": [present(position)]})


def _opening(opening: Opening, write_time: WriteTime) -> Json:
    return present(
        {
            "PositionRecordInfo": {"Id": {"IdValue": opening.remote_id}}
            if opening.remote_id is not None
            else None,
            "PositionProfile": {"PositionDetail": {"PositionTitle": opening.title}}
            if opening.title
            else None,
            "Status": opening.status,
            "ApplicationDate": write_time(opening.applied_at) if opening.applied_at else None,
        }
    )
