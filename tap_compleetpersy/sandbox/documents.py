"""The content of attachments: PDFs, photos and texts that any reader opens.

The bytes are a function of the attachment's id, file name and content type: they hold
no time and no chance, so that each start serves the same.
"""

from __future__ import annotations

import io
import typing as t
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from tap_compleetpersy.sandbox import words
from tap_compleetpersy.sandbox.draw import Draw

if t.TYPE_CHECKING:
    from tap_compleetpersy.sandbox.facts import Attachment

KEPT_DOCUMENTS = 4096
PHOTO_SIZE = (240, 320)
SKINS = ("#f1c9a5", "#e0ac69", "#c68642", "#8d5524", "#ffdbac")
SHIRTS = ("#274060", "#5b2333", "#335c67", "#3d3d3d", "#7a9e7e")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_LEFT, _TOP, _LINE = 25, 30, 7


def content(attachment: Attachment) -> bytes:
    """Return the bytes of an attachment: its own, or generated ones of its content type."""
    if attachment.content is not None:
        return attachment.content
    return _generated(attachment.remote_id, attachment.file_name, attachment.content_type)


@lru_cache(maxsize=KEPT_DOCUMENTS)
def _generated(remote_id: str, file_name: str, content_type: str) -> bytes:
    draw = Draw(f"{remote_id}\0{file_name}\0{content_type}")
    return _WRITERS.get(content_type, _text)(draw, file_name)


def _lines(draw: Draw, file_name: str) -> list[str]:
    """Return what a document of this name would say, of nobody in particular."""
    year = 1985 + draw.below(30)
    city, company = draw.pick(words.PLACES)[1], draw.pick(words.EMPLOYERS)
    title = next((name for name in words.LETTERS if file_name.startswith(name)), "Lebenslauf")
    return [
        file_name,
        "",
        *(
            line.format(
                city=city,
                company=company,
                profession=draw.pick(words.PROFESSIONS),
                begin=year + 20,
                end=year + 21 + draw.below(10),
                grade=draw.pick(words.GRADES),
            )
            for line in words.LETTERS[title]
        ),
    ]


def _text(draw: Draw, file_name: str) -> bytes:
    return "\n".join(_lines(draw, file_name)).encode()


def _pdf(draw: Draw, file_name: str) -> bytes:
    from fpdf import FPDF  # noqa: PLC0415 - slow to import, and most never ask for a document

    document = FPDF()
    document.set_creation_date(_EPOCH)
    document.set_compression(False)
    document.add_page()
    for position, line in enumerate(_lines(draw, file_name)):
        document.set_font("Helvetica", size=11 if position else 18)
        # The fonts that each reader has itself know Latin-1 only.
        letters = line.encode("latin-1", "replace").decode("latin-1")
        document.text(_LEFT, _TOP + position * _LINE, letters)
    return bytes(document.output())


def _photo(kind: str) -> Callable[[Draw, str], bytes]:
    """Return what paints a portrait: a head and shoulders before a wall of a changing grey."""

    def painted(draw: Draw, _file_name: str) -> bytes:
        from PIL import Image, ImageDraw  # noqa: PLC0415 - as above

        width, height = PHOTO_SIZE
        image = Image.new("RGB", PHOTO_SIZE)
        brush = ImageDraw.Draw(image)
        darkest = 120 + draw.below(100)
        for row in range(height):
            grey = darkest + row * 30 // height
            brush.line((0, row, width, row), fill=(grey, grey, grey + draw.below(6)))
        brush.ellipse((20, 220, 220, 460), fill=draw.pick(SHIRTS))
        brush.ellipse((70, 60, 170, 200 + draw.below(20)), fill=draw.pick(SKINS))
        for eye in (102, 138):
            brush.ellipse((eye - 5, 120, eye + 5, 130), fill="#202020")
        brush.arc((95, 130, 145, 175), 20, 160, fill="#803030", width=4)
        picture = io.BytesIO()
        image.save(picture, kind)
        return picture.getvalue()

    return painted


_WRITERS: Mapping[str, Callable[[Draw, str], bytes]] = {
    "application/pdf": _pdf,
    "image/jpeg": _photo("JPEG"),
    "image/png": _photo("PNG"),
}
