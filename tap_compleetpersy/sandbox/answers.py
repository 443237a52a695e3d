"""Answers that both ports give: files and errors."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tap_compleetpersy.sandbox.documents import content

if t.TYPE_CHECKING:
    from tap_compleetpersy.sandbox.facts import Attachment

_NOT_PLAIN = re.compile(r"[^ !#-\[\]-~]")
# Beside letters and digits, what RFC 5987 lets stand in a value as it is.
_ATTRIBUTE_CHARACTERS = "!#$&+-.^_`|~"


def file(attachment: Attachment) -> Response:
    """Return the content of an attachment, and its name in the headers."""
    headers = {
        "Content-Type": attachment.content_type,
        "Content-Disposition": disposition(attachment.file_name),
    }
    return Response(content(attachment), headers=headers)


def disposition(file_name: str) -> str:
    """Return a file name as RFC 6266 writes it: for old clients in ASCII, for others as it is."""
    plain = _NOT_PLAIN.sub("_", file_name)
    value = f'attachment; filename="{plain}"'
    if plain == file_name:
        return value
    return f"{value}; filename*=UTF-8''{quote(file_name, safe=_ATTRIBUTE_CHARACTERS)}"


async def http_error(_request: Request, error: Exception) -> Response:
    """Return an error in JSON."""
    if not isinstance(error, HTTPException):  # pragma: no cover - Starlette sends only these here
        raise error
    body = {"error": {"status": error.status_code, "message": error.detail}}
    return JSONResponse(body, error.status_code, error.headers)
