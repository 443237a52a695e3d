"""The endpoints of the API, which only the key opens; files and errors are those of both ports."""

from __future__ import annotations

import base64
import codecs
import json
import re
import secrets
import typing as t
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tap_compleetpersy.sandbox import words
from tap_compleetpersy.sandbox.attachments import ExpiredLinkError, content
from tap_compleetpersy.sandbox.listing import BadQueryError, OrderKey, envelope, page, time_span
from tap_compleetpersy.sandbox.options import PREFIX, Options
from tap_compleetpersy.sandbox.shapes import Json, attachment, encode, note
from tap_compleetpersy.sandbox.store import UnknownRecordError

if t.TYPE_CHECKING:
    from tap_compleetpersy.sandbox.facts import Attachment
    from tap_compleetpersy.sandbox.state import Sandbox


UNKNOWN_TYPE = "application/octet-stream"

Endpoint: t.TypeAlias = Callable[[Request], Awaitable[Response]]
Endpoints: t.TypeAlias = tuple[tuple[str, str, Endpoint], ...]


class Listed(t.Protocol):
    """What can be listed in pages: candidates and recruiters."""

    def select(self, since: datetime | None, until: datetime | None) -> Sequence[str]:
        """Return the ids updated in a time span, in the order of the list."""

    def order_key(self, remote_id: str) -> OrderKey:
        """Return the place of an id in the list."""

    def body(self, remote_id: str) -> bytes:
        """Return the JSON of a record."""


def routes(sandbox: Sandbox) -> list[Route]:
    """Return the API of one running sandbox: one route a path, so `Allow` is whole."""

    async def get_candidate(request: Request) -> Response:
        return _answer(sandbox.store.body(request.path_params["id"]), sandbox.options)

    by_path: dict[str, dict[str, Endpoint]] = {}
    for method, path, endpoint in (
        ("GET", "/candidates", _paged(sandbox, sandbox.store)),
        ("GET", "/candidates/{id}", get_candidate),
        *_attachments(sandbox),
        *_notes(sandbox),
        ("GET", "/users", _paged(sandbox, sandbox.recruiters)),
        ("GET", "/sources", _sources(sandbox.options)),
    ):
        by_path.setdefault(PREFIX + path, {})[method] = _guarded(endpoint, sandbox.options)
    return [Route(path, _by_method(known), methods=[*known]) for path, known in by_path.items()]


def _by_method(endpoints: Mapping[str, Endpoint]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return await endpoints["GET" if request.method == "HEAD" else request.method](request)

    return endpoint


def _paged(sandbox: Sandbox, records: Listed) -> Endpoint:
    options = sandbox.options

    async def list_records(request: Request) -> Response:
        query = dict(request.query_params)
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

    return list_records


def _sources(options: Options) -> Endpoint:
    sources: list[Json] = [
        {"Id": str(number), "Name": name, "Active": name not in words.FORMER_SOURCES}
        for number, name in enumerate(words.SOURCES, start=1)
    ]

    async def list_sources(_request: Request) -> Response:
        return _answer(_data(sources), options)

    return list_sources


def _attachments(sandbox: Sandbox) -> Endpoints:
    store, options = sandbox.store, sandbox.options

    def metadata(candidate_id: str, document: Attachment, position: int) -> Json:
        url = sandbox.links.url(candidate_id, document, position)
        return attachment(document, url, len(content(document)))

    async def list_attachments(request: Request) -> Response:
        candidate = store.candidate(request.path_params["id"])
        documents = [
            metadata(candidate.remote_id, document, position)
            for position, document in enumerate(candidate.attachments)
        ]
        return _answer(_data(documents), options)

    async def get_content(request: Request) -> Response:
        return file(store.attachment(request.path_params["id"], request.path_params["attachment"]))

    async def upload(request: Request) -> Response:
        candidate = store.candidate(request.path_params["id"])
        async with request.form() as form:
            sent, kind = form.get("file"), form.get("Type")
            if not isinstance(sent, UploadFile) or not sent.filename:
                raise HTTPException(400, "file must be a file with a name")
            if not isinstance(kind, str) or not kind:
                raise HTTPException(400, "Type must be text")
            document = store.add_attachment(
                candidate.remote_id,
                file_name=sent.filename,
                type=kind,
                content_type=sent.content_type or UNKNOWN_TYPE,
                content=await sent.read(),
            )
        written = metadata(candidate.remote_id, document, len(candidate.attachments))
        return _answer(encode(written), options, status=201)

    return (
        ("GET", "/candidates/{id}/attachments", list_attachments),
        ("POST", "/candidates/{id}/attachments", upload),
        ("GET", "/candidates/{id}/attachments/{attachment}/content", get_content),
    )


def _notes(sandbox: Sandbox) -> Endpoints:
    store, options = sandbox.store, sandbox.options

    async def list_notes(request: Request) -> Response:
        candidate = store.candidate(request.path_params["id"])
        return _answer(_data([note(each) for each in sandbox.notes.of(candidate)]), options)

    async def write_note(request: Request) -> Response:
        candidate = store.candidate(request.path_params["id"])
        try:
            text = json.loads(await request.body())["Text"]
        except (ValueError, TypeError, KeyError):
            text = None
        if not isinstance(text, str) or not text:
            raise HTTPException(400, "the body must be a JSON object with a Text")
        written = sandbox.notes.add(candidate, text, store.clock.now())
        return _answer(encode(note(written)), options, status=201)

    return (
        ("GET", "/candidates/{id}/notes", list_notes),
        ("POST", "/candidates/{id}/notes", write_note),
    )


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


def _guarded(endpoint: Endpoint, options: Options) -> Endpoint:
    """Let only the key in."""

    async def guarded(request: Request) -> Response:
        if not is_authorised(request.headers, request.query_params, options):
            scheme = "Basic" if options.auth == "basic" else "Bearer"
            raise HTTPException(
                401, "Unauthorized", {"WWW-Authenticate": f'{scheme} realm="persy"'}
            )
        return await endpoint(request)

    return guarded


def is_authorised(headers: Mapping[str, str], query: Mapping[str, str], options: Options) -> bool:
    """Whether a request carries the key where it is expected; compared in constant time."""
    name, expected = _expected(options)
    given = query if options.auth == "query" else headers
    return secrets.compare_digest(given.get(name, "").encode(), expected.encode())


def _expected(options: Options) -> tuple[str, str]:
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
    match error:
        case HTTPException():
            told = error
        case UnknownRecordError():
            told = HTTPException(404, "Not found")
        case ExpiredLinkError():
            told = HTTPException(403, "Link expired")
        case _:
            told = HTTPException(400, str(error))
    body = {"error": {"status": told.status_code, "message": told.detail}}
    return JSONResponse(body, told.status_code, told.headers)


ERRORS: Mapping[t.Any, t.Any] = dict.fromkeys(
    (HTTPException, UnknownRecordError, ExpiredLinkError, BadQueryError), _error
)
"""What can go wrong on either port, and what answers then."""
