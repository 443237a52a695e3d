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
from tap_compleetpersy.model.declaration import (
    STRING,
    ChildStream,
    Compose,
    Element,
    Fact,
    Field,
    Schema,
)
from tap_compleetpersy.model.outcomes import OUTCOMES

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_ID: t.Final = {"type": "string"}
_BOOLEAN: t.Final = {"type": ["boolean", "null"]}
_TIME: t.Final = {"type": ["string", "null"], "format": "date-time"}
_OBJECT: t.Final = {"type": ["object", "null"], "additionalProperties": True}


def _list_of(**properties: Schema) -> Schema:
    return {"type": ["array", "null"], "items": {"type": "object", "properties": properties}}


def _one_of(*values: str) -> Schema:
    return {"type": ["string", "null"], "enum": [*values, None]}


_PHONES = _list_of(phone_number=STRING, type=_one_of("MOBILE", "FAX", "HOME", "WORK"))
_EMAILS = _list_of(email_address=STRING, type=_one_of("PRIVATE", "WORK"))
_LOCATION: Schema = {
    "type": ["object", "null"],
    "properties": dict.fromkeys(LOCATION_PARTS, STRING),
}
_INTEGRATION_FIELDS = _list_of(
    id=STRING, key=STRING, type=_one_of("DEFAULT", "CUSTOM"), value=STRING, label=STRING
)


def _key(stream: str, remote: str, *facts: Fact) -> tuple[Field, ...]:
    what = f"Key: UUID made of the account, `{stream}` and `remote_id`."
    return (
        Field("id", what, type=_ID, facts=facts, derived=True),
        Field("remote_id", remote, type=_ID, facts=facts, derived=not facts),
    )


def _derived(name: str, kind: Schema, description: str, *, personal: bool = False) -> Field:
    """Return a field that follows from the run or from other fields."""
    return Field(name, description, type=kind, personal=personal, derived=True)


def _time(name: str, description: str, where: tuple[str, ...]) -> Field:
    """Return a field that is the time at one of its paths."""
    return Field(name, description, where, type=_TIME, read="time")


def _made(
    name: str,
    description: str,
    compose: Compose,
    *facts: Fact,
    kind: Schema = STRING,
    personal: bool = True,
) -> Field:
    """Return a field that is made of several facts."""
    return Field(name, description, type=kind, facts=facts, compose=compose, personal=personal)


_CHANGED_AT = _derived("changed_at", _TIME, "When the tap observed this version; one value a run.")
_DELETED_AT = _derived(
    "remote_deleted_at",
    _TIME,
    "When a complete pass first missed the record; null for a live one.",
)
_CANDIDATE_ID = _derived("candidate_id", STRING, "`id` of the candidate.")


def _remote_data(what: str) -> Field:
    description = f"{what} as received, with `include_remote_data`."
    return _derived("remote_data", _OBJECT, description, personal=True)


_WHOLE_NAME = Fact("whole_name", paths.WHOLE_NAME, qualifies=True, tells_all=True)
_CURRENT = Fact(
    "current", (*paths.CURRENT_POSITION, *paths.CURRENT_EMPLOYER), "boolean", qualifies=True
)
_USES = (
    Fact("use", paths.USE, qualifies=True),
    Fact("at", paths.PLACE_OF_USE, qualifies=True),
)
_LAND = Fact("land", paths.LAND, tells_all=True)
_RAW = Fact("raw", paths.RAW_ADDRESS, tells_all=True)
_ADDRESS_LINES = (
    Fact("address_lines", paths.ADDRESS_LINES, many=True, tells_all=True),
    Fact("care_of", paths.CARE_OF, tells_all=True),
    Fact("po_box", paths.PO_BOX, tells_all=True),
)


def _part(name: str, *facts: Fact) -> Field:
    return Field(name, "", facts=facts, personal=True)


_LOCATION_PARTS: t.Final = (
    _part("city", Fact("city", paths.CITY), _RAW),
    _part("country", Fact("country", paths.COUNTRY), _LAND, _RAW),
    _part("state", Fact("state", paths.STATE), _LAND),
    _part(
        "street_1",
        Fact("street", paths.STREET),
        Fact("building_number", paths.BUILDING_NUMBER),
        *_ADDRESS_LINES,
        _RAW,
    ),
    _part("street_2", *_ADDRESS_LINES, _RAW),
    _part("zip_code", Fact("zip_code", paths.ZIP_CODE), _RAW),
)
# Where a part is deselected, the line is composed without it: what feeds the others is not its own.
_RAW_ADDRESS = _part("raw", _RAW)

CANDIDATE_FIELDS: t.Final = (
    *_key("candidates", "Id of the candidate in Persy.", Fact("remote_id", paths.REMOTE_ID, "id")),
    _CHANGED_AT,
    _DELETED_AT,
    _made(
        "first_name",
        "Given name.",
        composition.names,
        Fact("first_name", paths.FIRST_NAME, joined=True),
        _WHOLE_NAME,
    ),
    _made(
        "last_name",
        "Family name.",
        composition.names,
        Fact("last_name", paths.LAST_NAME, joined=True),
        _WHOLE_NAME,
        Fact("name_prefix", paths.NAME_PREFIX, "particles", joined=True, qualifies=True),
    ),
    _made(
        "company",
        "Current employer, else the first one listed.",
        composition.employment,
        Fact("employer", paths.EMPLOYER_NAME),
        Fact("company", paths.FLAT_COMPANY),
        _CURRENT,
    ),
    _made(
        "title",
        "Current job title, of the same employer.",
        composition.employment,
        Fact("position", paths.POSITION_TITLE),
        Fact("title", paths.FLAT_TITLE),
        _CURRENT,
    ),
    Field(
        "confidential",
        "Whether the application is confidential; null when unknown.",
        paths.CONFIDENTIAL,
        type=_BOOLEAN,
        read="boolean",
    ),
    Field("source", "Where the candidate came from.", paths.SOURCE),
    _made(
        "phone_numbers",
        "Telephone numbers and their use.",
        composition.reach,
        Fact("phone_numbers", paths.PHONES, many=True),
        *_USES,
        kind=_PHONES,
    ),
    _made(
        "email_addresses",
        "Valid mail addresses and their use.",
        composition.reach,
        Fact("email_addresses", paths.EMAILS, many=True),
        *_USES,
        kind=_EMAILS,
    ),
    Field(
        "location",
        "First postal address; null when empty.",
        type=_LOCATION,
        personal=True,
        parts=(*_LOCATION_PARTS[:2], _RAW_ADDRESS, *_LOCATION_PARTS[2:]),
        compose=composition.residence,
    ),
    _derived(
        "custom_fields",
        _OBJECT,
        "Custom fields by remote key, typed as discovered.",
        personal=True,
    ),
    _derived(
        "integration_fields",
        _INTEGRATION_FIELDS,
        "Every default and custom field of the remote record with its raw value.",
        personal=True,
    ),
    _time("remote_created_at", "When Persy created it.", paths.CREATED),
    _time("remote_updated_at", "When Persy updated it last.", paths.UPDATED),
    _remote_data("The candidate"),
)

_OPENING_ID = Fact("remote_id", paths.OPENING_ID, "id")
_OUTCOME = Fact("outcome", paths.OPENING_STATUS)

JOB_FIELDS: t.Final = (
    *_key("jobs", "Id of the position opening in Persy.", _OPENING_ID),
    _CHANGED_AT,
    _DELETED_AT,
    Field("name", "Title of the opening.", paths.OPENING_NAME),
    _remote_data("The opening's element"),
)

APPLICATION_FIELDS: t.Final = (
    *_key("applications", "Candidate id and opening id, both percent-encoded, joined by `/`."),
    _CHANGED_AT,
    _DELETED_AT,
    _made(
        "outcome",
        "By either side; null when the status is unknown.",
        composition.judgement,
        _OUTCOME,
        kind=_one_of(*OUTCOMES),
    ),
    Field("job_id", "`id` of the job.", facts=(_OPENING_ID,), derived=True),
    _CANDIDATE_ID,
    _time("remote_created_at", "When the candidate applied.", paths.APPLICATION_DATE),
    _remote_data("The opening's element"),
    _made(
        "remote_status",
        "The status that `outcome` was read from, as received.",
        composition.judgement,
        _OUTCOME,
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
    _CANDIDATE_ID,
    Field(
        "application_id",
        "`id` of the application that it was sent for, when Persy names its opening.",
        paths.ATTACHMENT_OPENING,
        read="id",
    ),
    _made(
        "type",
        "From the remote type, else from the words of the file name.",
        composition.kind_of_attachment,
        Fact("type", paths.ATTACHMENT_TYPE),
        _FILE_NAME,
        kind=_one_of(*ATTACHMENT_TYPES),
        personal=False,
    ),
    Field(
        "data_url",
        "Where the content is; it may need the key, or expire.",
        paths.DATA_URL,
        personal=True,
    ),
    Field("file_name", "As it was uploaded.", facts=(_FILE_NAME,), personal=True),
    Field("content_type", "Media type, as the list says.", paths.CONTENT_TYPE),
    _time("remote_created_at", "When Persy got it.", paths.CREATED),
    _time("remote_updated_at", "When it was replaced last.", paths.UPDATED),
    _DELETED_AT,
)

CONTENT_FIELDS: t.Final = (
    _derived(
        "file_path",
        STRING,
        "Where the content was stored below `attachments_dir`; null when it was not.",
    ),
    _derived("sha256", STRING, "SHA-256 of the content, hexadecimal."),
    _derived("size_bytes", {"type": ["integer", "null"]}, "Size of the content."),
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
    _CANDIDATE_ID,
    Field(
        "type",
        "What kind of note it is, as received.",
        (
            *paths.within(("Type", "NoteType", "Category", "Kind"), ("Name", "")),
            *("Typ", "Notiztyp", "Notizart", "Kategorie", "Art"),
        ),
    ),
    Field(
        "subject",
        "Its headline.",
        ("Subject", "Title", "Headline", "Betreff", "Titel", "Überschrift"),
        personal=True,
    ),
    Field(
        "text",
        "What was written.",
        (
            *("Text", "NoteText", "Note", "Content", "Body", "Comment", "Message", "Description"),
            *("Notiz", "Notiztext", "Bemerkung", "Kommentar", "Inhalt", "Nachricht"),
        ),
        personal=True,
    ),
    Field(
        "author",
        "Who wrote it.",
        paths.within(
            ("Author", "CreatedBy", "User", "Owner", "Autor", "Verfasser", "Ersteller", "Benutzer"),
            _BY,
        ),
        personal=True,
    ),
    _time("remote_created_at", "When it was written.", paths.CREATED),
    _time("remote_updated_at", "When it was changed last.", paths.UPDATED),
    _DELETED_AT,
)

ATTACHMENTS: t.Final = ChildStream(
    "candidate_attachments",
    "attachments_path",
    frozenset(
        {"attachments", "attachment", "documents", "document", "files", "file"}
        | {"anhänge", "anhaenge", "anhang", "dokumente", "dokument", "dateien", "datei"}
    ),
    (*ATTACHMENT_FIELDS, *CONTENT_FIELDS),
    has_content=True,
)

NOTES: t.Final = ChildStream(
    "candidate_notes",
    "notes_path",
    frozenset({"notes", "note", "comments", "comment"})
    | {"notizen", "notiz", "bemerkungen", "bemerkung", "kommentare", "kommentar"},
    NOTE_FIELDS,
    is_independent=True,
)

CHILD_STREAMS: t.Final[Mapping[str, ChildStream]] = {
    each.name: each for each in (ATTACHMENTS, NOTES)
}
"""By name."""

FIELDS: t.Final[Mapping[str, tuple[Field, ...]]] = {
    "candidates": CANDIDATE_FIELDS,
    "jobs": JOB_FIELDS,
    "applications": APPLICATION_FIELDS,
    **{name: child.fields for name, child in CHILD_STREAMS.items()},
}
"""Fields of each stream, in the order of its records."""


CANDIDATE: t.Final = Element({"": CANDIDATE_FIELDS}, Fact("status", paths.CANDIDATE_STATUS))
"""The status is for applications that have none of their own."""
OPENING: t.Final = Element({"jobs.": JOB_FIELDS, "applications.": APPLICATION_FIELDS})
CHILDREN: t.Final = {
    name: Element(
        {f"{name}.": child.fields}, *((Fact("size", paths.SIZE),) if child.has_content else ())
    )
    for name, child in CHILD_STREAMS.items()
}
"""Records of the child streams, by name."""


def record_schema(
    fields: Sequence[Field], custom_fields: Mapping[str, Schema] | None = None
) -> Schema:
    """Return the JSON schema of a stream's records.

    Everything but the two ids is nullable, since a deletion is a record of nulls.
    `custom_fields` are its discovered properties, by remote key.
    """
    properties = {
        field.name: {**_copy(field.type), "description": field.description} for field in fields
    }
    if "custom_fields" in properties:
        properties["custom_fields"]["properties"] = _copy(dict(custom_fields or {}))
    return {"type": "object", "properties": properties, "required": ["id"]}


def _copy(schema: t.Any) -> t.Any:  # noqa: ANN401  (JSON of any shape)
    """Return a deep copy: the SDK changes schemas in place."""
    if isinstance(schema, dict):
        return {key: _copy(value) for key, value in schema.items()}
    return [_copy(item) for item in schema] if isinstance(schema, list) else schema
