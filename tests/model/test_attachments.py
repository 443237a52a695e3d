"""Documents of a candidate: what is read from which key, and what a document is."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.model.attachment_types import ATTACHMENT_TYPES, attachment_type
from tap_compleetpersy.model.children import Child, compile_child
from tap_compleetpersy.model.reader import value_of
from tap_compleetpersy.model.rules import Rules, flat_field_paths

DEFAULT = {
    "Id": "9",
    "FileName": "Lebenslauf.pdf",
    "Type": "CV",
    "ContentType": "application/pdf",
    "Url": "https://files.example.org/9",
    "CreatedDate": "2026-03-28 14:05:11",
    "PositionOpeningId": "88",
}


def listed(record: object, rules: Rules | None = None) -> tuple[Child | None, tuple[str, ...]]:
    return compile_child("candidate_attachments", rules or Rules())(record)


def read(record: object, rules: Rules | None = None) -> dict[str, t.Any]:
    attachment, doubts = listed(record, rules)
    assert attachment is not None
    assert doubts == ()
    size = value_of(attachment.facts, "size")
    return {"remote_id": attachment.remote_id, **attachment.values, "size": size}


def test_the_default_shape() -> None:
    attachment = read(DEFAULT)
    assert attachment["remote_id"] == "9"
    assert attachment["type"] == "CV"
    assert attachment["data_url"] == "https://files.example.org/9"
    assert attachment["file_name"] == "Lebenslauf.pdf"
    assert attachment["content_type"] == "application/pdf"
    assert attachment["application_id"] == "88"
    assert attachment["remote_created_at"] == "2026-03-28T13:05:11.000Z"
    assert attachment["remote_updated_at"] is None


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"id": 9}, {"remote_id": "9", "type": "OTHER", "data_url": None}),
        ({"Id": "007", "Name": "a.pdf"}, {"remote_id": "007", "file_name": "a.pdf"}),
        ({"hr:Id": {"#text": "9", "@x": "1"}}, {"remote_id": "9"}),
        ({"Id": {"IdValue": "9"}, "href": "x"}, {"remote_id": "9", "data_url": "x"}),
        (
            {
                "DokumentId": "9",
                "Dateiname": "x.doc",
                "Typ": "Anschreiben",
                "Geändert": "02.11.2026",
            },
            {"remote_id": "9", "file_name": "x.doc", "type": "COVER_LETTER"},
        ),
        ({"Id": 9, "PositionOpening": {"Id": 88}}, {"application_id": "88"}),
        (
            {"Id": 9, "MimeType": "image/png", "Size": 12},
            {"content_type": "image/png", "size": "12"},
        ),
        ({"Id": 9, "FileName": " M&uuml;ller\x00.pdf "}, {"file_name": "Müller.pdf"}),
    ],
)
def test_other_spellings(record: dict[str, t.Any], expected: dict[str, t.Any]) -> None:
    attachment = read(record)
    assert {name: attachment[name] for name in expected} == expected


@pytest.mark.parametrize("record", [{}, {"FileName": "x"}, "x", None, [], {"Id": ""}])
def test_a_record_without_id_is_no_attachment_and_is_counted(record: object) -> None:
    assert listed(record) == (None, ("attachment without id",))


@pytest.mark.parametrize(
    "record",
    [
        {"Attachment": DEFAULT},
        {"id": "9", "type": "files", "attributes": {k: v for k, v in DEFAULT.items() if k != "Id"}},
        {"type": "files", "attributes": DEFAULT},
    ],
    ids=["a row of CakePHP", "JSON:API", "attributes with the id among them"],
)
def test_a_record_is_read_in_the_member_that_has_its_fields(record: dict[str, t.Any]) -> None:
    assert read(record) == read(DEFAULT)


def test_a_time_that_makes_no_sense_is_a_doubt() -> None:
    attachment, doubts = listed({"Id": "9", "CreatedDate": "gestern"})
    assert attachment is not None
    assert attachment.values["remote_created_at"] is None
    assert doubts == ("candidate_attachments.remote_created_at: unreadable",)


def test_paths_of_ones_own() -> None:
    paths = {"candidate_attachments.file_name": "Meta.Original", "candidate_attachments.id": "x"}
    with pytest.raises(ValueError, match=r"candidate_attachments\.id"):
        flat_field_paths(paths)
    del paths["candidate_attachments.id"]
    rules = Rules(field_paths=paths)
    assert read({**DEFAULT, "Meta": {"Original": "x.pdf"}}, rules)["file_name"] == "x.pdf"


def test_what_is_excluded_is_not_read() -> None:
    rules = Rules(exclude_fields=frozenset({"FileName", "Id"}))
    attachment = read(DEFAULT, rules)
    assert attachment["file_name"] is None
    assert attachment["remote_id"] == "9"


def test_what_is_excluded_by_its_path_is_not_read_within_a_member_either() -> None:
    record = {"Attachment": {"id": "1", "file_name": "Anna.pdf"}}
    for path in ("Attachment.file_name", "file_name"):
        attachment = read(record, Rules(exclude_fields=frozenset({path})))
        assert (attachment["remote_id"], attachment["file_name"]) == ("1", None)


def test_a_repr_shows_nobody() -> None:
    attachment, _ = listed({**DEFAULT, "FileName": "Anna.pdf"})
    assert repr(attachment) == "Child('9')"


@pytest.mark.parametrize(
    ("remote_type", "file_name", "expected"),
    [
        ("CV", None, "CV"),
        ("cv", "Zeugnis.pdf", "CV"),
        ("Lebenslauf", None, "CV"),
        ("Lebensläufe", None, "CV"),
        ("Résumé", None, "CV"),
        ("resume", None, "CV"),
        ("Curriculum Vitae", None, "CV"),
        ("COVER_LETTER", None, "COVER_LETTER"),
        ("CoverLetter", None, "COVER_LETTER"),
        ("Cover Letter", None, "COVER_LETTER"),
        ("Anschreiben", None, "COVER_LETTER"),
        ("Motivationsschreiben", None, "COVER_LETTER"),
        ("Bewerbungsanschreiben", None, "COVER_LETTER"),
        ("Dokument", "CV_Max.pdf", "CV"),
        ("Sonstiges", "MaxMusterCV.pdf", "CV"),
        (None, "Lebenslauf_Müller-2026.docx", "CV"),
        (None, "ÜbersichtLebenslauf.pdf", "CV"),
        (None, "anschreiben.pdf", "COVER_LETTER"),
        (None, "Anschreiben und Lebenslauf.pdf", "CV"),
        ("7", "cover-letter.pdf", "COVER_LETTER"),
        ("Zeugnis", "Zeugnis zum Lebenslauf.pdf", "OTHER"),
        (None, "discover.pdf", "OTHER"),
        (None, "cvjm-Freizeit.pdf", "OTHER"),
        (None, "", "OTHER"),
        (None, None, "OTHER"),
    ],
)
def test_what_a_document_is(remote_type: str | None, file_name: str | None, expected: str) -> None:
    assert attachment_type(remote_type, file_name) == expected


@given(st.none() | st.text(), st.none() | st.text())
def test_every_document_is_something(remote_type: str | None, file_name: str | None) -> None:
    assert attachment_type(remote_type, file_name) in ATTACHMENT_TYPES
