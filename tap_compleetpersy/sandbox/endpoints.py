"""The endpoints of the API, which only the key opens; files and errors are those of both ports."""

from __future__ import annotations

import base64
import codecs
import json
import re
import secrets
import typing as t
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tap_compleetpersy.sandbox import words
from tap_compleetpersy.sandbox.attachments import content
from tap_compleetpersy.sandbox.listing import envelope, page, time_span
from tap_compleetpersy.sandbox.options import PREFIX, Options
from tap_compleetpersy.sandbox.shapes import Json, attachment, encode, note
from tap_compleetpersy.sandbox.state import UnknownRecordError

if t.TYPE_CHECKING:
    from tap_compleetpersy.sandbox.facts import Attachment, Candidate
    from tap_compleetpersy.sandbox.people import Recruiters
    from tap_compleetpersy.sandbox.state import Sandbox, Store


UNKNOWN_TYPE = "application/octet-stream"

Endpoint: t.TypeAlias = Callable[["Sandbox", Request], Awaitable[Response]]


def routes(sandbox: Sandbox) -> list[Route]:
    """Return the API of one running sandbox: one route a path, so `Allow` is whole."""
    return [
        Route(PREFIX + path, _guarded(sandbox, by_method), methods=[*by_method])
        for path, by_method in ENDPOINTS.items()
    ]


def _guarded(
    sandbox: Sandbox, endpoints: Mapping[str, Endpoint]
) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers by method, and lets only the key in, compared in constant time."""
    name, expected = _credential(sandbox.options)

    async def guarded(request: Request) -> Response:
        is_parameter = sandbox.options.auth == "query"
        given: Mapping[str, str] = request.query_params if is_parameter else request.headers
        if not secrets.compare_digest(given.get(name, "").encode(), expected.encode()):
            scheme = "Basic" if sandbox.options.auth == "basic" else "Bearer"
            realm = f'{scheme} realm="persy"'
            raise HTTPException(401, "Unauthorized", {"WWW-Authenticate": realm})
        method = "GET" if request.method == "HEAD" else request.method
        return await endpoints[method](sandbox, request)

    return guarded


async def _page(sandbox: Sandbox, request: Request, records: Store | Recruiters) -> Response:
    options, query = sandbox.options, dict(request.query_params)
    with sandbox.store.lock:
        selected = records.select(*time_span(query, options))
        listed = page(selected, query, options, records.order_key)
        body = envelope([records.body(remote_id) for remote_id in listed.ids], listed, options)
    headers: dict[str, str] = {}
    if options.envelope == "list" and options.total:
        headers["X-Total-Count"] = str(listed.meta["total"])
    if options.pagination == "link" and listed.next_query:
        following = request.url.include_query_params(**listed.next_query)
        headers["Link"] = f'<{following}>; rel="next"'
    return _answer(body, options, headers=headers)


async def _get_candidate(sandbox: Sandbox, request: Request) -> Response:
    return _answer(sandbox.store.body(request.path_params["id"]), sandbox.options)


async def _list_sources(sandbox: Sandbox, _request: Request) -> Response:
    sources: list[Json] = [
        {"Id": str(number), "Name": name, "Active": name not in words.FORMER_SOURCES}
        for number, name in enumerate(words.SOURCES, start=1)
    ]
    return _answer(_data(sources), sandbox.options)


async def _list_attachments(sandbox: Sandbox, request: Request) -> Response:
    candidate = sandbox.store.candidate(request.path_params["id"])
    documents = [
        _metadata(sandbox, candidate, document, position)
        for position, document in enumerate(candidate.attachments)
    ]
    return _answer(_data(documents), sandbox.options)


def _metadata(sandbox: Sandbox, owner: Candidate, document: Attachment, position: int) -> Json:
    url = sandbox.links.url(owner.remote_id, document, position)
    return attachment(document, url, len(content(document)))


async def _get_content(sandbox: Sandbox, request: Request) -> Response:
    path = request.path_params
    return file(sandbox.store.attachment(path["id"], path["attachment"]))


async def _upload(sandbox: Sandbox, request: Request) -> Response:
    candidate = sandbox.store.candidate(request.path_params["id"])
    async with request.form() as form:
        sent, kind = form.get("file"), form.get("Type")
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise HTTPException(400, "file must be a file with a name")
        if not isinstance(kind, str) or not kind:
            raise HTTPException(400, "Type must be text")
        document = sandbox.store.add_attachment(
            candidate.remote_id,
            file_name=sent.filename,
            type=kind,
            content_type=sent.content_type or UNKNOWN_TYPE,
            content=await sent.read(),
        )
    written = _metadata(sandbox, candidate, document, len(candidate.attachments))
    return _answer(encode(written), sandbox.options, status=201)


async def _list_notes(sandbox: Sandbox, request: Request) -> Response:
    notes = sandbox.notes.of(sandbox.store.candidate(request.path_params["id"]))
    return _answer(_data([note(each) for each in notes]), sandbox.options)


async def _write_note(sandbox: Sandbox, request: Request) -> Response:
    candidate = sandbox.store.candidate(request.path_params["id"])
    try:
        text = json.loads(await request.body())["Text"]
    except (ValueError, TypeError, KeyError):
        text = None
    if not isinstance(text, str) or not text:
        raise HTTPException(400, "the body must be a JSON object with a Text")
    written = sandbox.notes.add(candidate, text, sandbox.store.clock.now())
    return _answer(encode(note(written)), sandbox.options, status=201)


ENDPOINTS: Mapping[str, Mapping[str, Endpoint]] = {
    "/candidates": {"GET": lambda sandbox, request: _page(sandbox, request, sandbox.store)},
    "/candidates/{id}": {"GET": _get_candidate},
    "/candidates/{id}/attachments": {"GET": _list_attachments, "POST": _upload},
    "/candidates/{id}/attachments/{attachment}/content": {"GET": _get_content},
    "/candidates/{id}/notes": {"GET": _list_notes, "POST": _write_note},
    "/users": {"GET": lambda sandbox, request: _page(sandbox, request, sandbox.recruiters)},
    "/sources": {"GET": _list_sources},
}


def _data(records: Sequence[Json]) -> bytes:
    return b'{"data":[' + b",".join(map(encode, records)) + b"]}"


def _answer(
    body: bytes, options: Options, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    written, media_type = reencode(body, options.encoding)
    return Response(written, status, headers, media_type)


# Bytes 0x80 to 0x9f are controls there, but letters to those who read Windows-1252.
_NOT_LATIN_1 = re.compile("[^\x00-\x7f\xa0-\xff]")


def reencode(body: bytes, encoding: str) -> tuple[bytes, str]:
    """Return UTF-8 JSON in one of ``options.ENCODINGS``, as old servers do, and its content type.

    What ISO-8859-1 does not have becomes an escape.
    """
    media_type = "application/json"
    if encoding == "utf-8-bom":
        return codecs.BOM_UTF8 + body, media_type
    if encoding == "iso-8859-1":
        text = _NOT_LATIN_1.sub(lambda letter: json.dumps(letter[0])[1:-1], body.decode())
        return text.encode("iso-8859-1"), f"{media_type}; charset=ISO-8859-1"
    return body, media_type


def _credential(options: Options) -> tuple[str, str]:
    """Return the header or parameter that carries the key, and its value."""
    if options.auth == "header":
        return options.auth_header, options.api_key
    if options.auth == "query":
        return options.auth_param, options.api_key
    if options.auth == "basic":
        credentials = base64.b64encode(f"{options.username}:{options.api_key}".encode()).decode()
        return "Authorization", f"Basic {credentials}"
    return "Authorization", f"Bearer {options.api_key}"


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


async def _error(_request: Request, error: Exception) -> Response:
    """Return an error in JSON without personal data."""
    told = error if isinstance(error, HTTPException) else HTTPException(404, "Not found")
    body = {"error": {"status": told.status_code, "message": told.detail}}
    return JSONResponse(body, told.status_code, told.headers)


ERRORS: Mapping[t.Any, t.Any] = {HTTPException: _error, UnknownRecordError: _error}
"""What can go wrong on either port, and what answers then."""
