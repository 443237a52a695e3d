"""What is read from where: the declarative table behind every model field.

A slot is one fact of the wire. Most model fields are one slot; a few are made of
several (`company` is an employer's name or a flat key) or share one (`Use` decides
the type of numbers and addresses alike).
"""

from __future__ import annotations

import typing as t

from tap_compleetpersy.model import paths


class Slot(t.NamedTuple):
    """One fact and the ordered paths to it."""

    name: str
    read: str
    """Reader of the value: `text`, `id`, `boolean` or `time`."""
    fields: tuple[str, ...]
    """Model fields that need it."""
    paths: tuple[str, ...]
    many: bool = False
    qualifies: bool = False
    """Whether it only says how to understand other slots of the same element."""
    joined: bool = False
    """Several values at one path are one, joined by blanks: `GivenName` of HR-XML."""
    tells_all: bool = False
    """Whether it repeats all of its fields, so that who may not see one may not see it."""


CANDIDATE_SLOTS: t.Final = (
    Slot("remote_id", "id", ("id", "remote_id"), paths.REMOTE_ID),
    Slot("first_name", "text", ("first_name",), paths.FIRST_NAME, joined=True),
    Slot("last_name", "text", ("last_name",), paths.LAST_NAME, joined=True),
    Slot(
        "whole_name",
        "text",
        ("first_name", "last_name"),
        paths.WHOLE_NAME,
        qualifies=True,
        tells_all=True,
    ),
    Slot("name_prefix", "text", ("last_name",), paths.NAME_PREFIX, qualifies=True),
    Slot("employer", "text", ("company",), paths.EMPLOYER_NAME),
    Slot("company", "text", ("company",), paths.FLAT_COMPANY),
    Slot("position", "text", ("title",), paths.POSITION_TITLE),
    Slot("title", "text", ("title",), paths.FLAT_TITLE),
    Slot("current", "boolean", ("company", "title"), paths.CURRENT_POSITION, qualifies=True),
    Slot("current", "boolean", ("company", "title"), paths.CURRENT_EMPLOYER, qualifies=True),
    Slot("confidential", "boolean", ("confidential",), paths.CONFIDENTIAL),
    Slot("source", "text", ("source",), paths.SOURCE),
    Slot("phone_numbers", "text", ("phone_numbers",), paths.PHONES, many=True),
    Slot("email_addresses", "text", ("email_addresses",), paths.EMAILS, many=True),
    Slot("use", "text", ("phone_numbers", "email_addresses"), paths.USE, qualifies=True),
    Slot("at", "text", ("phone_numbers", "email_addresses"), paths.PLACE_OF_USE, qualifies=True),
    Slot("city", "text", ("location.city", "location.raw"), paths.CITY),
    Slot("country", "text", ("location.country", "location.raw"), paths.COUNTRY),
    Slot("land", "text", ("location.country", "location.state", "location.raw"), paths.LAND),
    Slot("raw", "text", ("location.raw",), paths.RAW_ADDRESS),
    Slot("state", "text", ("location.state", "location.raw"), paths.STATE),
    Slot("street", "text", ("location.street_1", "location.raw"), paths.STREET),
    Slot("building_number", "text", ("location.street_1", "location.raw"), paths.BUILDING_NUMBER),
    Slot(
        "address_lines",
        "text",
        ("location.street_1", "location.street_2", "location.raw"),
        paths.ADDRESS_LINES,
        many=True,
    ),
    Slot(
        "care_of",
        "text",
        ("location.street_1", "location.street_2", "location.raw"),
        paths.CARE_OF,
    ),
    Slot(
        "po_box", "text", ("location.street_1", "location.street_2", "location.raw"), paths.PO_BOX
    ),
    Slot("zip_code", "text", ("location.zip_code", "location.raw"), paths.ZIP_CODE),
    Slot("remote_created_at", "time", ("remote_created_at",), paths.CREATED),
    Slot("remote_updated_at", "time", ("remote_updated_at",), paths.UPDATED),
    Slot("status", "text", (), paths.CANDIDATE_STATUS),
)

OPENING_SLOTS: t.Final = (
    Slot("remote_id", "id", ("id", "remote_id", "job_id"), paths.OPENING_ID),
    Slot("name", "text", ("name",), paths.OPENING_NAME),
    Slot("outcome", "text", ("outcome", "remote_status"), paths.OPENING_STATUS),
    Slot("remote_created_at", "time", ("remote_created_at",), paths.APPLICATION_DATE),
)

ATTACHMENT_SLOTS: t.Final = (
    Slot("remote_id", "id", ("id", "remote_id"), paths.ATTACHMENT_ID),
    Slot("type", "text", ("type",), paths.ATTACHMENT_TYPE),
    Slot("data_url", "text", ("data_url",), paths.DATA_URL),
    Slot("file_name", "text", ("file_name",), paths.FILE_NAME),
    Slot("content_type", "text", ("content_type",), paths.CONTENT_TYPE),
    Slot("size", "text", (), paths.SIZE),
    Slot("opening_id", "id", ("application_id",), paths.ATTACHMENT_OPENING),
    Slot("remote_created_at", "time", ("remote_created_at",), paths.CREATED),
    Slot("remote_updated_at", "time", ("remote_updated_at",), paths.UPDATED),
)

GROUPS: t.Final = (
    ("employers", paths.EMPLOYERS),
    ("positions", paths.POSITIONS),
    ("contacts", (*paths.CONTACTS, *paths.PHONE_LISTS, *paths.EMAIL_LISTS)),
    ("addresses", paths.ADDRESSES),
)
"""Lists whose elements each belong together."""

LOCATION_PARTS: t.Final = ("city", "country", "raw", "state", "street_1", "street_2", "zip_code")

OWN_CANDIDATE: t.Final = (
    "remote_id", "first_name", "last_name", "company", "title", "confidential", "source",
    "phone_numbers", "email_addresses", *(f"location.{part}" for part in LOCATION_PARTS),
    "remote_created_at", "remote_updated_at",
)  # fmt: skip
"""Fields of a candidate that `field_paths` may extend."""

OWN_OPENING: t.Final = {
    "jobs.remote_id": "remote_id",
    "jobs.name": "name",
    "applications.outcome": "outcome",
    "applications.remote_created_at": "remote_created_at",
}
"""Fields of an opening that `field_paths` may extend, and the slot of each."""

OWN_ATTACHMENT: t.Final = {
    f"candidate_attachments.{field}": slot.name
    for slot in ATTACHMENT_SLOTS
    for field in slot.fields[-1:]
}
"""Fields of an attachment that `field_paths` may extend, and the slot of each."""


def paths_to(slots: tuple[Slot, ...], field: str) -> tuple[str, ...]:
    """Collect the built-in paths of a model field, in the order in which they are tried."""
    return tuple(
        path
        for slot in slots
        if not slot.qualifies and any(f == field or f.startswith(f"{field}.") for f in slot.fields)
        for path in slot.paths
    )
