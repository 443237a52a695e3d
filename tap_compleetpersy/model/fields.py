"""Every field of candidates, jobs and applications, once, as data.

Schemas, the mapping and the documentation come from these tables. Names and
meanings are the public contract of the streams.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from tap_compleetpersy.model.attachments import ATTACHMENT_TYPES
from tap_compleetpersy.model.slots import (
    ATTACHMENT_SLOTS,
    CANDIDATE_SLOTS,
    LOCATION_PARTS,
    OPENING_SLOTS,
    paths_to,
)

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Schema: t.TypeAlias = dict[str, t.Any]
"""A fragment of JSON Schema."""


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a stream's records."""

    name: str
    type: Schema
    """JSON schema without description; nullable fields say so themselves."""
    description: str
    paths: tuple[str, ...] = ()
    """Where the wire may hold it: ordered, dotted; of an opening's field, within the opening."""
    read: str = "text"
    """How it is made: a reader of `slots`, the name of a composition, or `derived`."""
    personal: bool = False
    """Whether it tells something about a person, as the privacy page says."""


_STRING: t.Final = {"type": ["string", "null"]}
_TIME: t.Final = {"type": ["string", "null"], "format": "date-time"}
_OBJECT: t.Final = {"type": ["object", "null"], "additionalProperties": True}


def _list_of(**properties: Schema) -> Schema:
    return {"type": ["array", "null"], "items": {"type": "object", "properties": properties}}


def _one_of(*values: str) -> Schema:
    return {"type": ["string", "null"], "enum": [*values, None]}


_PHONES = _list_of(phone_number=_STRING, type=_one_of("MOBILE", "FAX", "HOME", "WORK"))
_EMAILS = _list_of(email_address=_STRING, type=_one_of("PRIVATE", "WORK"))
_LOCATION: Schema = {
    "type": ["object", "null"],
    "properties": dict.fromkeys(LOCATION_PARTS, _STRING),
}
_INTEGRATION_FIELDS = _list_of(
    id=_STRING, key=_STRING, type=_one_of("DEFAULT", "CUSTOM"), value=_STRING, label=_STRING
)


def _key(stream: str, remote: str, paths: tuple[str, ...]) -> tuple[Field, ...]:
    return (
        Field(
            "id",
            {"type": "string"},
            f"Key: UUID made of the account, `{stream}` and `remote_id`.",
            read="derived",
        ),
        Field("remote_id", {"type": "string"}, remote, paths, "id"),
    )


_CHANGED_AT = Field(
    "changed_at", _TIME, "When the tap observed this version; one value a run.", read="derived"
)
_DELETED_AT = Field(
    "remote_deleted_at",
    _TIME,
    "When a complete pass first missed the record; null for a live one.",
    read="derived",
)


def _remote_data(what: str) -> Field:
    return Field(
        "remote_data",
        _OBJECT,
        f"{what} as received, with `include_remote_data`.",
        read="derived",
        personal=True,
    )


def _candidate(
    name: str, schema: Schema, description: str, read: str = "text", *, personal: bool = True
) -> Field:
    return Field(name, schema, description, paths_to(CANDIDATE_SLOTS, name), read, personal)


CANDIDATE_FIELDS: t.Final = (
    *_key("candidates", "Id of the candidate in Persy.", paths_to(CANDIDATE_SLOTS, "remote_id")),
    _CHANGED_AT,
    _DELETED_AT,
    _candidate("first_name", _STRING, "Given name."),
    _candidate("last_name", _STRING, "Family name."),
    _candidate("company", _STRING, "Current employer, else the first one listed.", "company"),
    _candidate("title", _STRING, "Current job title, of the same employer.", "title"),
    _candidate(
        "confidential",
        {"type": ["boolean", "null"]},
        "Whether the application is confidential; null when unknown.",
        "boolean",
        personal=False,
    ),
    _candidate("source", _STRING, "Where the candidate came from.", personal=False),
    _candidate("phone_numbers", _PHONES, "Telephone numbers and their use.", "phones"),
    _candidate("email_addresses", _EMAILS, "Valid mail addresses and their use.", "emails"),
    _candidate("location", _LOCATION, "First postal address; null when empty.", "location"),
    Field(
        "custom_fields",
        {"type": ["object", "null"], "additionalProperties": True},
        "Custom fields by remote key, typed as discovered.",
        ("UserArea", "CustomFields"),
        "custom",
        personal=True,
    ),
    Field(
        "integration_fields",
        _INTEGRATION_FIELDS,
        "Every default and custom field of the remote record with its raw value.",
        read="derived",
        personal=True,
    ),
    _candidate("remote_created_at", _TIME, "When Persy created it.", "time", personal=False),
    _candidate("remote_updated_at", _TIME, "When Persy updated it last.", "time", personal=False),
    _remote_data("The candidate"),
)

JOB_FIELDS: t.Final = (
    *_key("jobs", "Id of the position opening in Persy.", paths_to(OPENING_SLOTS, "remote_id")),
    _CHANGED_AT,
    _DELETED_AT,
    Field("name", _STRING, "Title of the opening.", paths_to(OPENING_SLOTS, "name")),
    _remote_data("The opening's element"),
)

APPLICATION_FIELDS: t.Final = (
    *_key("applications", "Candidate id and opening id, both percent-encoded, joined by `/`.", ()),
    _CHANGED_AT,
    _DELETED_AT,
    Field(
        "outcome",
        _one_of("PENDING", "HIRED", "DECLINED"),
        "By either side; null when the status is unknown.",
        paths_to(OPENING_SLOTS, "outcome"),
        "outcome",
        personal=True,
    ),
    Field("job_id", _STRING, "`id` of the job.", read="derived"),
    Field("candidate_id", _STRING, "`id` of the candidate.", read="derived"),
    Field(
        "remote_created_at",
        _TIME,
        "When the candidate applied.",
        paths_to(OPENING_SLOTS, "remote_created_at"),
        "time",
    ),
    _remote_data("The opening's element"),
    Field(
        "remote_status",
        _STRING,
        "The status that `outcome` was read from, as received.",
        paths_to(OPENING_SLOTS, "remote_status"),
        "outcome",
        personal=True,
    ),
)


def _attachment(
    name: str, schema: Schema, description: str, read: str = "text", *, personal: bool = True
) -> Field:
    return Field(name, schema, description, paths_to(ATTACHMENT_SLOTS, name), read, personal)


ATTACHMENT_FIELDS: t.Final = (
    *_key(
        "candidate_attachments",
        "Id of the attachment in Persy.",
        paths_to(ATTACHMENT_SLOTS, "remote_id"),
    ),
    _CHANGED_AT,
    Field("candidate_id", _STRING, "`id` of the candidate.", read="derived"),
    Field(
        "application_id",
        _STRING,
        "`id` of the application that it was sent for, when Persy names its opening.",
        paths_to(ATTACHMENT_SLOTS, "application_id"),
        read="derived",
    ),
    _attachment(
        "type",
        _one_of(*ATTACHMENT_TYPES),
        "From the remote type, else from the words of the file name.",
        "attachment type",
        personal=False,
    ),
    _attachment("data_url", _STRING, "Where the content is; it may need the key, or expire."),
    _attachment("file_name", _STRING, "As it was uploaded."),
    _attachment("content_type", _STRING, "Media type, as the list says.", personal=False),
    _attachment("remote_created_at", _TIME, "When Persy got it.", "time", personal=False),
    _attachment("remote_updated_at", _TIME, "When it was replaced last.", "time", personal=False),
    _DELETED_AT,
)

CONTENT_FIELDS: t.Final = (
    Field(
        "file_path",
        _STRING,
        "Where the content was stored below `attachments_dir`; null when it was not.",
        read="derived",
    ),
    Field("sha256", _STRING, "SHA-256 of the content, hexadecimal.", read="derived"),
    Field("size_bytes", {"type": ["integer", "null"]}, "Size of the content.", read="derived"),
)
"""Further fields of an attachment, with `attachments_dir`."""


def record_schema(
    fields: Sequence[Field], custom_fields: Mapping[str, Schema] | None = None
) -> Schema:
    """Make the JSON schema of a stream's records.

    Args:
        fields: One of the tables of this module.
        custom_fields: Discovered properties of `custom_fields`, by remote key.

    Returns:
        A schema in which everything but the two ids is nullable, since a deletion
        is a record of nulls.
    """
    properties = {
        field.name: {**_copy(field.type), "description": field.description} for field in fields
    }
    if "custom_fields" in properties:
        properties["custom_fields"]["properties"] = _copy(dict(custom_fields or {}))
    return {"type": "object", "properties": properties, "required": ["id"]}


def _copy(schema: t.Any) -> t.Any:  # noqa: ANN401  (JSON of any shape)
    """Copy deeply: the SDK changes schemas in place."""
    if isinstance(schema, dict):
        return {key: _copy(value) for key, value in schema.items()}
    return [_copy(item) for item in schema] if isinstance(schema, list) else schema


FIELDS: t.Final = {
    "candidates": CANDIDATE_FIELDS,
    "jobs": JOB_FIELDS,
    "applications": APPLICATION_FIELDS,
    "candidate_attachments": (*ATTACHMENT_FIELDS, *CONTENT_FIELDS),
}
"""Fields of each stream, in the order of its records."""
