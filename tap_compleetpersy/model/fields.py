"""Every field of every stream, once, as data.

The trees of paths, the values, the schemas, the names in `field_paths` and the privacy page come
from these tables. Names and meanings are the public contract of the streams. A field that one
value of a record says needs its line here and nothing else; one that is made of several facts has
a function in `composition`.
"""

from __future__ import annotations

import typing as t

from tap_compleetpersy.model import composition, paths
from tap_compleetpersy.model.address import LOCATION_PARTS
from tap_compleetpersy.model.attachment_types import ATTACHMENT_TYPES
from tap_compleetpersy.model.child_streams import CHILD_STREAMS
from tap_compleetpersy.model.declaration import Element, Fact, Field, Schema

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_STRING: t.Final = {"type": ["string", "null"]}
_BOOLEAN: t.Final = {"type": ["boolean", "null"]}
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


def _key(stream: str, remote: str, *facts: Fact) -> tuple[Field, ...]:
    return (
        Field(
            name="id",
            type={"type": "string"},
            description=f"Key: UUID made of the account, `{stream}` and `remote_id`.",
            facts=facts,
            derived=True,
        ),
        Field(
            name="remote_id",
            type={"type": "string"},
            description=remote,
            facts=facts,
            derived=not facts,
        ),
    )


_CHANGED_AT = Field(
    name="changed_at",
    type=_TIME,
    description="When the tap observed this version; one value a run.",
    derived=True,
)
_DELETED_AT = Field(
    name="remote_deleted_at",
    type=_TIME,
    description="When a complete pass first missed the record; null for a live one.",
    derived=True,
)


def _remote_data(what: str) -> Field:
    return Field(
        name="remote_data",
        type=_OBJECT,
        description=f"{what} as received, with `include_remote_data`.",
        personal=True,
        derived=True,
    )


_WHOLE_NAME = Fact("whole_name", paths.WHOLE_NAME, qualifies=True, tells_all=True)
_CURRENT = Fact(
    "current", (*paths.CURRENT_POSITION, *paths.CURRENT_EMPLOYER), "boolean", qualifies=True
)
_USES = (
    Fact("use", paths.USE, qualifies=True),
    Fact("at", paths.PLACE_OF_USE, qualifies=True),
)
_LAND = Fact("land", paths.LAND)
_ADDRESS_LINES = (
    Fact("address_lines", paths.ADDRESS_LINES, many=True),
    Fact("care_of", paths.CARE_OF),
    Fact("po_box", paths.PO_BOX),
)


def _part(name: str, *facts: Fact, repeats: bool = False) -> Field:
    return Field(
        name=name, type=_STRING, description="", facts=facts, personal=True, repeats=repeats
    )


_LOCATION_PARTS: t.Final = (
    _part("city", Fact("city", paths.CITY)),
    _part("country", Fact("country", paths.COUNTRY), _LAND),
    _part("state", Fact("state", paths.STATE), _LAND),
    _part(
        "street_1",
        Fact("street", paths.STREET),
        Fact("building_number", paths.BUILDING_NUMBER),
        *_ADDRESS_LINES,
    ),
    _part("street_2", *_ADDRESS_LINES),
    _part("zip_code", Fact("zip_code", paths.ZIP_CODE)),
)
_RAW_ADDRESS = _part(
    "raw",
    Fact("raw", paths.RAW_ADDRESS),
    *(fact for part in _LOCATION_PARTS for fact in part.facts),
    repeats=True,
)

CANDIDATE_FIELDS: t.Final = (
    *_key("candidates", "Id of the candidate in Persy.", Fact("remote_id", paths.REMOTE_ID, "id")),
    _CHANGED_AT,
    _DELETED_AT,
    Field(
        name="first_name",
        type=_STRING,
        description="Given name.",
        personal=True,
        facts=(Fact("first_name", paths.FIRST_NAME, joined=True), _WHOLE_NAME),
        compose=composition.names,
    ),
    Field(
        name="last_name",
        type=_STRING,
        description="Family name.",
        personal=True,
        facts=(
            Fact("last_name", paths.LAST_NAME, joined=True),
            _WHOLE_NAME,
            Fact("name_prefix", paths.NAME_PREFIX, "particles", joined=True, qualifies=True),
        ),
        compose=composition.names,
    ),
    Field(
        name="company",
        type=_STRING,
        description="Current employer, else the first one listed.",
        personal=True,
        facts=(
            Fact("employer", paths.EMPLOYER_NAME),
            Fact("company", paths.FLAT_COMPANY),
            _CURRENT,
        ),
        compose=composition.employment,
    ),
    Field(
        name="title",
        type=_STRING,
        description="Current job title, of the same employer.",
        personal=True,
        facts=(
            Fact("position", paths.POSITION_TITLE),
            Fact("title", paths.FLAT_TITLE),
            _CURRENT,
        ),
        compose=composition.employment,
    ),
    Field(
        name="confidential",
        type=_BOOLEAN,
        description="Whether the application is confidential; null when unknown.",
        paths=paths.CONFIDENTIAL,
        read="boolean",
    ),
    Field(
        name="source",
        type=_STRING,
        description="Where the candidate came from.",
        paths=paths.SOURCE,
    ),
    Field(
        name="phone_numbers",
        type=_PHONES,
        description="Telephone numbers and their use.",
        personal=True,
        facts=(Fact("phone_numbers", paths.PHONES, many=True), *_USES),
        compose=composition.reach,
    ),
    Field(
        name="email_addresses",
        type=_EMAILS,
        description="Valid mail addresses and their use.",
        personal=True,
        facts=(Fact("email_addresses", paths.EMAILS, many=True), *_USES),
        compose=composition.reach,
    ),
    Field(
        name="location",
        type=_LOCATION,
        description="First postal address; null when empty.",
        personal=True,
        parts=(*_LOCATION_PARTS[:2], _RAW_ADDRESS, *_LOCATION_PARTS[2:]),
        compose=composition.residence,
    ),
    Field(
        name="custom_fields",
        type={"type": ["object", "null"], "additionalProperties": True},
        description="Custom fields by remote key, typed as discovered.",
        personal=True,
        derived=True,
    ),
    Field(
        name="integration_fields",
        type=_INTEGRATION_FIELDS,
        description="Every default and custom field of the remote record with its raw value.",
        personal=True,
        derived=True,
    ),
    Field(
        name="remote_created_at",
        type=_TIME,
        description="When Persy created it.",
        paths=paths.CREATED,
        read="time",
    ),
    Field(
        name="remote_updated_at",
        type=_TIME,
        description="When Persy updated it last.",
        paths=paths.UPDATED,
        read="time",
    ),
    _remote_data("The candidate"),
)

_OPENING_ID = Fact("remote_id", paths.OPENING_ID, "id")
_OUTCOME = Fact("outcome", paths.OPENING_STATUS)

JOB_FIELDS: t.Final = (
    *_key("jobs", "Id of the position opening in Persy.", _OPENING_ID),
    _CHANGED_AT,
    _DELETED_AT,
    Field(name="name", type=_STRING, description="Title of the opening.", paths=paths.OPENING_NAME),
    _remote_data("The opening's element"),
)

APPLICATION_FIELDS: t.Final = (
    *_key("applications", "Candidate id and opening id, both percent-encoded, joined by `/`."),
    _CHANGED_AT,
    _DELETED_AT,
    Field(
        name="outcome",
        type=_one_of("PENDING", "HIRED", "DECLINED"),
        description="By either side; null when the status is unknown.",
        personal=True,
        facts=(_OUTCOME,),
        compose=composition.judgement,
    ),
    Field(
        name="job_id",
        type=_STRING,
        description="`id` of the job.",
        facts=(_OPENING_ID,),
        derived=True,
    ),
    Field(name="candidate_id", type=_STRING, description="`id` of the candidate.", derived=True),
    Field(
        name="remote_created_at",
        type=_TIME,
        description="When the candidate applied.",
        paths=paths.APPLICATION_DATE,
        read="time",
    ),
    _remote_data("The opening's element"),
    Field(
        name="remote_status",
        type=_STRING,
        description="The status that `outcome` was read from, as received.",
        personal=True,
        facts=(_OUTCOME,),
        compose=composition.judgement,
    ),
)

_FILE_NAME = Fact("file_name", paths.FILE_NAME)

ATTACHMENT_FIELDS: t.Final = (
    *_key(
        "candidate_attachments",
        "Id of the attachment in Persy.",
        Fact("remote_id", paths.ATTACHMENT_ID, "id"),
    ),
    _CHANGED_AT,
    Field(name="candidate_id", type=_STRING, description="`id` of the candidate.", derived=True),
    Field(
        name="application_id",
        type=_STRING,
        description="`id` of the application that it was sent for, when Persy names its opening.",
        paths=paths.ATTACHMENT_OPENING,
        read="id",
    ),
    Field(
        name="type",
        type=_one_of(*ATTACHMENT_TYPES),
        description="From the remote type, else from the words of the file name.",
        facts=(Fact("type", paths.ATTACHMENT_TYPE), _FILE_NAME),
        compose=composition.kind_of_attachment,
    ),
    Field(
        name="data_url",
        type=_STRING,
        description="Where the content is; it may need the key, or expire.",
        personal=True,
        paths=paths.DATA_URL,
    ),
    Field(
        name="file_name",
        type=_STRING,
        description="As it was uploaded.",
        personal=True,
        facts=(_FILE_NAME,),
    ),
    Field(
        name="content_type",
        type=_STRING,
        description="Media type, as the list says.",
        paths=paths.CONTENT_TYPE,
    ),
    Field(
        name="remote_created_at",
        type=_TIME,
        description="When Persy got it.",
        paths=paths.CREATED,
        read="time",
    ),
    Field(
        name="remote_updated_at",
        type=_TIME,
        description="When it was replaced last.",
        paths=paths.UPDATED,
        read="time",
    ),
    _DELETED_AT,
)

CONTENT_FIELDS: t.Final = (
    Field(
        name="file_path",
        type=_STRING,
        description="Where the content was stored below `attachments_dir`; null when it was not.",
        derived=True,
    ),
    Field(
        name="sha256",
        type=_STRING,
        description="SHA-256 of the content, hexadecimal.",
        derived=True,
    ),
    Field(
        name="size_bytes",
        type={"type": ["integer", "null"]},
        description="Size of the content.",
        derived=True,
    ),
)
"""Further fields of an attachment, with `attachments_dir`."""

_BY = ("Name", "FullName", "DisplayName", "UserName", "")

NOTE_FIELDS: t.Final = (
    *_key(
        "candidate_notes",
        "Id of the note in Persy.",
        Fact(
            "remote_id",
            ("NoteId.IdValue", "NoteId", "CommentId", "Id.IdValue", "Id", "NotizId"),
            "id",
        ),
    ),
    _CHANGED_AT,
    Field(name="candidate_id", type=_STRING, description="`id` of the candidate.", derived=True),
    Field(
        name="type",
        type=_STRING,
        description="What kind of note it is, as received.",
        paths=(
            *paths.within(("Type", "NoteType", "Category", "Kind"), ("Name", "")),
            *("Typ", "Notiztyp", "Notizart", "Kategorie", "Art"),
        ),
    ),
    Field(
        name="subject",
        type=_STRING,
        description="Its headline.",
        personal=True,
        paths=("Subject", "Title", "Headline", "Betreff", "Titel", "Überschrift"),
    ),
    Field(
        name="text",
        type=_STRING,
        description="What was written.",
        personal=True,
        paths=(
            *("Text", "NoteText", "Note", "Content", "Body", "Comment", "Message", "Description"),
            *("Notiz", "Notiztext", "Bemerkung", "Kommentar", "Inhalt", "Nachricht"),
        ),
    ),
    Field(
        name="author",
        type=_STRING,
        description="Who wrote it.",
        personal=True,
        paths=paths.within(
            ("Author", "CreatedBy", "User", "Owner", "Autor", "Verfasser", "Ersteller", "Benutzer"),
            _BY,
        ),
    ),
    Field(
        name="remote_created_at",
        type=_TIME,
        description="When it was written.",
        paths=paths.CREATED,
        read="time",
    ),
    Field(
        name="remote_updated_at",
        type=_TIME,
        description="When it was changed last.",
        paths=paths.UPDATED,
        read="time",
    ),
    _DELETED_AT,
)

FIELDS: t.Final[Mapping[str, tuple[Field, ...]]] = {
    "candidates": CANDIDATE_FIELDS,
    "jobs": JOB_FIELDS,
    "applications": APPLICATION_FIELDS,
    "candidate_attachments": (*ATTACHMENT_FIELDS, *CONTENT_FIELDS),
    "candidate_notes": NOTE_FIELDS,
}
"""Fields of each stream, in the order of its records."""


CANDIDATE: t.Final = Element({"": CANDIDATE_FIELDS}, Fact("status", paths.CANDIDATE_STATUS))
"""The status is for applications that have none of their own."""
OPENING: t.Final = Element({"jobs.": JOB_FIELDS, "applications.": APPLICATION_FIELDS})
CHILDREN: t.Final = {
    name: Element(
        {f"{name}.": FIELDS[name]}, *((Fact("size", paths.SIZE),) if child.has_content else ())
    )
    for name, child in CHILD_STREAMS.items()
}
"""Records of the child streams, by name."""


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
