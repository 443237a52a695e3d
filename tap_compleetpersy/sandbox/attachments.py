"""Attachments: the content of a document, and the link that leads to it.

The bytes are a function of the attachment's id, file name and content type: they hold
no time and no chance, so that each start serves the same.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import io
import itertools
import json
import re
import typing as t
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from starlette.exceptions import HTTPException

from tap_compleetpersy.sandbox import words
from tap_compleetpersy.sandbox.words import Draw

if t.TYPE_CHECKING:
    from tap_compleetpersy.sandbox.facts import Attachment
    from tap_compleetpersy.sandbox.options import Options

FILES = "/files"
PHOTO_SIZE = (240, 320)
_KEPT_DOCUMENTS = 4096
_SKINS = ("#f1c9a5", "#e0ac69", "#c68642", "#8d5524", "#ffdbac")
_SHIRTS = ("#274060", "#5b2333", "#335c67", "#3d3d3d", "#7a9e7e")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_LEFT, _TOP, _LINE = 25, 30, 7
_KINDS = ("relative", "absolute", "foreign")
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
_SIGNATURE_BYTES = 16


def content(attachment: Attachment) -> bytes:
    """Return the bytes of an attachment: its own, or generated ones of its content type."""
    if attachment.content is not None:
        return attachment.content
    return _generated(attachment.remote_id, attachment.file_name, attachment.content_type)


@lru_cache(maxsize=_KEPT_DOCUMENTS)
def _generated(remote_id: str, file_name: str, content_type: str) -> bytes:
    draw = Draw(f"{remote_id}\0{file_name}\0{content_type}")
    return _WRITERS.get(content_type, _text)(draw, file_name)


def _lines(draw: Draw, file_name: str) -> list[str]:
    """Return what a document of this name would say, of nobody in particular."""
    year = 1985 + draw.below(30)
    city, company = draw.pick(words.PLACES)[1], draw.pick(words.EMPLOYERS)
    title = next((name for name in words.LETTERS if file_name.startswith(name)), "Lebenslauf")
    letter = [
        line.format(
            city=city,
            company=company,
            profession=draw.pick(words.PROFESSIONS),
            begin=year + 20,
            end=year + 21 + draw.below(10),
            grade=draw.pick(words.GRADES),
        )
        for line in words.LETTERS[title]
    ]
    return [file_name, "", *letter]


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


def _photo(draw: Draw, kind: str) -> bytes:
    """Return a portrait: a head and shoulders before a wall of a changing grey."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - as above

    width, height = PHOTO_SIZE
    image = Image.new("RGB", PHOTO_SIZE)
    brush = ImageDraw.Draw(image)
    darkest = 120 + draw.below(100)
    for row in range(height):
        grey = darkest + row * 30 // height
        brush.line((0, row, width, row), fill=(grey, grey, grey + draw.below(6)))
    brush.ellipse((20, 220, 220, 460), fill=draw.pick(_SHIRTS))
    brush.ellipse((70, 60, 170, 200 + draw.below(20)), fill=draw.pick(_SKINS))
    for eye in (102, 138):
        brush.ellipse((eye - 5, 120, eye + 5, 130), fill="#202020")
    brush.arc((95, 130, 145, 175), 20, 160, fill="#803030", width=4)
    picture = io.BytesIO()
    image.save(picture, kind)
    return picture.getvalue()


_WRITERS: Mapping[str, Callable[[Draw, str], bytes]] = {
    "application/pdf": _pdf,
    "image/jpeg": lambda draw, _: _photo(draw, "JPEG"),
    "image/png": lambda draw, _: _photo(draw, "PNG"),
}


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links and reads foreign ones again: their token says where they lead, signed.

    Attributes:
        api_url: Base URL of the API.
        foreign_url: Base URL of the second port, if there is one.
        now: The sandbox's clock.
    """

    options: Options
    api_url: str
    foreign_url: str | None
    now: Callable[[], datetime]
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, candidate_id: str, attachment: Attachment, position: int) -> str:
        """Return the link to an attachment's content; each foreign one is new.

        Mixed links are of one kind after the other, by the position in the list.
        """
        kind = self.options.attachment_links
        if kind == "mixed":
            kind = _KINDS[position % len(_KINDS)]
        if kind == "foreign":
            token = self._token(candidate_id, attachment.remote_id)
            return f"{self.foreign_url}{FILES}/{token}/{_UNSAFE.sub('_', attachment.file_name)}"
        path = f"candidates/{candidate_id}/attachments/{attachment.remote_id}/content"
        return path if kind == "relative" else f"{self.api_url}/{path}"

    def read(self, token: str) -> tuple[str, str]:
        """Return the ids of the candidate and the attachment that a foreign link leads to.

        It is refused when its time is over, or it was not made here.
        """
        text = b""
        with contextlib.suppress(ValueError):
            text = base64.urlsafe_b64decode(token.encode() + b"==")
        signature, message = text[:_SIGNATURE_BYTES], text[_SIGNATURE_BYTES:]
        if hmac.compare_digest(signature, self._signature(message)):
            candidate_id, attachment_id, expires, _ = json.loads(message)
            if self.now().timestamp() < expires:
                return candidate_id, attachment_id
        raise HTTPException(403, "Link expired")

    def _token(self, candidate_id: str, attachment_id: str) -> str:
        expires = self.now().timestamp() + self.options.link_seconds
        message = json.dumps([candidate_id, attachment_id, expires, next(self._numbers)]).encode()
        return base64.urlsafe_b64encode(self._signature(message) + message).decode().rstrip("=")

    def _signature(self, message: bytes) -> bytes:
        key = f"persy sandbox {self.options.seed}".encode()
        return hmac.digest(key, message, hashlib.sha256)[:_SIGNATURE_BYTES]
