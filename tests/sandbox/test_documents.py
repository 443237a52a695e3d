"""The content of attachments, read by other people's libraries."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import typing as t
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PIL import Image
from pypdf import PdfReader

from tap_compleetpersy.sandbox import words
from tap_compleetpersy.sandbox.attachments import PHOTO_SIZE, content
from tap_compleetpersy.sandbox.facts import Attachment

if t.TYPE_CHECKING:
    from tap_compleetpersy.sandbox.people import People

CREATED = datetime(2026, 3, 28, 13, 5, 11, tzinfo=UTC)
LETTERS = [document for document in words.DOCUMENTS if document[2] == "application/pdf"]
PHOTOS = {"image/jpeg": "JPEG", "image/png": "PNG"}
HASHES = """
import hashlib
from tests.sandbox.test_documents import each_document
from tap_compleetpersy.sandbox.attachments import content
print([hashlib.sha256(content(document)).hexdigest() for document in each_document()])
"""


def document(number: int = 0, remote_id: str = "10010") -> Attachment:
    return Attachment(remote_id, *words.DOCUMENTS[number], CREATED)


def each_document() -> list[Attachment]:
    return [document(number) for number in range(len(words.DOCUMENTS))]


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter[0])
def test_letters_are_pdfs_of_several_lines_with_umlauts(letter: tuple[str, str, str]) -> None:
    (page,) = PdfReader(io.BytesIO(content(Attachment("1", *letter, CREATED))), strict=True).pages
    text = page.extract_text()
    assert text.startswith(letter[0])
    assert len(text.splitlines()) > 5
    assert set(text) & set("äöüßÄÖÜ")
    assert "{" not in text
    assert "?" not in text


@pytest.mark.parametrize("number", words.PHOTOS)
def test_photos_are_images_of_their_type(number: int) -> None:
    photo = document(number)
    with Image.open(io.BytesIO(content(photo))) as image:
        image.load()
        assert (image.format, image.size) == (PHOTOS[photo.content_type], PHOTO_SIZE)


def test_other_types_are_text() -> None:
    other = replace(document(), content_type="text/plain", file_name="Notizen – Łódź.txt")
    assert content(other).decode().startswith("Notizen – Łódź.txt\n")


def test_a_pdf_is_named_as_far_as_its_font_goes() -> None:
    named = replace(document(), file_name="Łukasz Müller.pdf")
    (page,) = PdfReader(io.BytesIO(content(named))).pages
    assert page.extract_text().startswith("?ukasz Müller.pdf")


@pytest.mark.parametrize("each", each_document(), ids=lambda each: each.file_name)
def test_files_are_small(each: Attachment) -> None:
    assert 1000 <= len(content(each)) <= 30_000


def test_another_process_makes_the_same_bytes() -> None:
    here = [hashlib.sha256(content(document)).hexdigest() for document in each_document()]
    done = subprocess.run(
        [sys.executable, "-c", HASHES], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == str(here)


@pytest.mark.parametrize(
    "other",
    [
        document(remote_id="10020"),
        replace(document(), file_name="Lebenslauf neu.pdf"),
        document(1),
    ],
    ids=["id", "file name", "document"],
)
def test_another_attachment_has_other_bytes(other: Attachment) -> None:
    assert content(other) != content(document())


def test_a_change_of_other_facts_leaves_the_bytes() -> None:
    other = replace(document(), type="Sonstiges", updated_at=CREATED, opening_id="88")
    assert content(other) == content(document())


def test_content_that_is_given_wins_and_is_not_in_a_representation() -> None:
    given = replace(document(), content=b"geheim")
    assert content(given) == b"geheim"
    assert "geheim" not in repr(given)
    assert content(replace(given, content=b"")) == b""


def test_every_document_belongs_to_somebody(people: People) -> None:
    attachments = [each for n in range(1, 200) for each in people.candidate(n).attachments]
    assert {each.file_name for each in attachments} == {name for name, *_ in words.DOCUMENTS}
    assert len({each.remote_id for each in attachments}) == len(attachments)
