"""The admin API: edits a running sandbox. On loopback only, and only when asked for.

Times are ISO 8601 with an offset. Bodies use the names of :mod:`facts`, and each
edit takes an optional ``updated_at``.
"""

from __future__ import annotations

import ipaddress
import json
import typing as t
from collections.abc import Awaitable, Callable
from dataclasses import fields

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tap_compleetpersy.sandbox.facts import Attachment, Candidate, Moment, Opening
from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sandbox.store import UnknownRecordError

if t.TYPE_CHECKING:
    from tap_compleetpersy.sandbox.state import Sandbox

PREFIX = "/__admin"
Changes: t.TypeAlias = dict[str, t.Any]
Action: t.TypeAlias = Callable[["Sandbox", dict[str, str], Changes], t.Any]
Endpoint: t.TypeAlias = Callable[[Request], Awaitable[Response]]

_CANDIDATE_TYPES = t.get_type_hints(Candidate, include_extras=True)


def _part_types(part: type) -> dict[str, t.Any]:
    """Return the facts of a part of a candidate; its id stands in the path."""
    types = t.get_type_hints(part, include_extras=True)
    return {name: kind for name, kind in types.items() if name != "remote_id"}


_OPENING_TYPES = _part_types(Opening)
_ATTACHMENT_TYPES = _part_types(Attachment)


def error(status: int, message: str) -> JSONResponse:
    """Return an error that names what is wrong and nobody."""
    return JSONResponse({"error": {"status": status, "message": message}}, status)


def routes(sandbox: Sandbox) -> list[Route]:
    """Return the admin API of one running sandbox."""
    return [
        Route(PREFIX + path, _endpoint(sandbox, action, status), methods=[method])
        for method, path, action, status in ACTIONS
    ]


def _endpoint(sandbox: Sandbox, action: Action, status: int) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        if not _is_loopback(request):
            return error(404, "Not found")
        try:
            result = action(sandbox, request.path_params, _object(await request.body()))
        except UnknownRecordError as unknown:
            return error(404, str(unknown))
        except (ValueError, TypeError) as mistake:
            return error(422, str(mistake))
        return Response(msgspec.json.encode(result), status, media_type="application/json")

    return endpoint


def _is_loopback(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _object(body: bytes) -> Changes:
    changes = json.loads(body or b"{}")
    if not isinstance(changes, dict):
        message = "the body must be a JSON object"
        raise TypeError(message)
    return changes


def _facts(changes: Changes, types: dict[str, t.Any]) -> Changes:
    """Return facts, read as their types say.

    Raises:
        TypeError: A fact is unknown or not of its type.
    """
    if unknown := changes.keys() - types.keys():
        message = f"no such fact: {', '.join(sorted(unknown))}"
        raise TypeError(message)
    return {name: msgspec.convert(value, types[name]) for name, value in changes.items()}


def _merged(sandbox: Sandbox, remote_id: str, body: Changes) -> Changes:
    """Merge objects (address, custom fields) into what is there; lists and values replace."""
    present = msgspec.to_builtins(sandbox.store.candidate(remote_id))
    merged = {
        name: {**present[name], **value}
        if isinstance(value, dict) and isinstance(present.get(name), dict)
        else value
        for name, value in body.items()
    }
    return _facts(merged, _CANDIDATE_TYPES)


def _updated_at(body: Changes) -> Moment | None:
    return msgspec.convert(body.pop("updated_at", None), Moment | None)


def _touch(body: Changes) -> bool:
    return msgspec.convert(body.pop("touch", True), bool)


def _overview(sandbox: Sandbox, _path: dict[str, str], _body: Changes) -> Changes:
    return {
        "candidates": len(sandbox.store),
        "now": sandbox.store.clock.now(),
        "requests": len(sandbox.requests),
    }


def _get(sandbox: Sandbox, path: dict[str, str], _body: Changes) -> Candidate:
    return sandbox.store.candidate(path["id"])


def _add(sandbox: Sandbox, _path: dict[str, str], body: Changes) -> Candidate:
    return sandbox.store.add(**_facts(body, _CANDIDATE_TYPES))


def _edit(sandbox: Sandbox, path: dict[str, str], body: Changes) -> Candidate:
    return sandbox.store.edit(path["id"], **_merged(sandbox, path["id"], body))


def _delete(sandbox: Sandbox, path: dict[str, str], _body: Changes) -> Changes:
    sandbox.store.delete(path["id"])
    return {}


def _put_opening(sandbox: Sandbox, path: dict[str, str], body: Changes) -> Candidate:
    moment = _updated_at(body)
    return sandbox.store.put_opening(
        path["id"], path["opening_id"], updated_at=moment, **_facts(body, _OPENING_TYPES)
    )


def _remove_opening(sandbox: Sandbox, path: dict[str, str], body: Changes) -> Candidate:
    return sandbox.store.remove_opening(
        path["id"], path["opening_id"], updated_at=_updated_at(body)
    )


def _put_attachment(sandbox: Sandbox, path: dict[str, str], body: Changes) -> Candidate:
    moment, touch = _updated_at(body), _touch(body)
    facts = _facts(body, _ATTACHMENT_TYPES)
    return sandbox.store.put_attachment(
        path["id"], path["attachment_id"], updated_at=moment, touch=touch, **facts
    )


def _remove_attachment(sandbox: Sandbox, path: dict[str, str], body: Changes) -> Candidate:
    return sandbox.store.remove_attachment(
        path["id"], path["attachment_id"], updated_at=_updated_at(body), touch=_touch(body)
    )


def _rename_opening(sandbox: Sandbox, path: dict[str, str], body: Changes) -> Changes:
    wanted = msgspec.convert(body, _Rename)
    carriers = sandbox.store.rename_opening(
        path["opening_id"], wanted.title, updated_at=wanted.updated_at, touch=wanted.touch
    )
    return {"candidates": carriers}


class _Rename(msgspec.Struct, forbid_unknown_fields=True):
    title: str | None
    updated_at: Moment | None = None
    touch: bool = True


def _set_custom_field(sandbox: Sandbox, path: dict[str, str], body: Changes) -> Candidate:
    if "value" not in body:
        message = "the body must have a value"
        raise TypeError(message)
    return sandbox.store.set_custom_field(
        path["id"], path["key"], body["value"], updated_at=_updated_at(body)
    )


def _remove_custom_field(sandbox: Sandbox, path: dict[str, str], body: Changes) -> Candidate:
    return sandbox.store.remove_custom_field(path["id"], path["key"], updated_at=_updated_at(body))


def _requests(sandbox: Sandbox, _path: dict[str, str], _body: Changes) -> Changes:
    return {"requests": list(sandbox.requests)}


def _forget_requests(sandbox: Sandbox, _path: dict[str, str], _body: Changes) -> Changes:
    sandbox.requests.clear()
    return {}


def _faults(sandbox: Sandbox, _path: dict[str, str], _body: Changes) -> Changes:
    return {"faults": sandbox.faults.pending}


def _set_faults(sandbox: Sandbox, path: dict[str, str], body: Changes) -> Changes:
    faults = msgspec.convert(body.get("faults"), list[Fault])
    if unknown := {name for fault in body["faults"] for name in fault} - {
        part.name for part in fields(Fault)
    }:
        message = f"no such part of a fault: {', '.join(sorted(unknown))}"
        raise TypeError(message)
    sandbox.faults.set(*faults)
    return _faults(sandbox, path, body)


def _clear_faults(sandbox: Sandbox, path: dict[str, str], body: Changes) -> Changes:
    sandbox.faults.set()
    return _faults(sandbox, path, body)


class _ClockChange(msgspec.Struct, forbid_unknown_fields=True):
    """``now`` stops the clock there, null lets it run; ``advance_seconds`` moves and stops it."""

    now: Moment | msgspec.UnsetType | None = msgspec.UNSET
    advance_seconds: float = 0


def _set_clock(sandbox: Sandbox, path: dict[str, str], body: Changes) -> Changes:
    change = msgspec.convert(body, _ClockChange)
    if change.now is not msgspec.UNSET:
        sandbox.store.clock.set(change.now)
    if change.advance_seconds:
        sandbox.store.clock.advance(change.advance_seconds)
    return _overview(sandbox, path, body)


ACTIONS: tuple[tuple[str, str, Action, int], ...] = (
    ("GET", "", _overview, 200),
    ("POST", "/candidates", _add, 201),
    ("GET", "/candidates/{id}", _get, 200),
    ("PATCH", "/candidates/{id}", _edit, 200),
    ("DELETE", "/candidates/{id}", _delete, 200),
    ("PUT", "/candidates/{id}/openings/{opening_id}", _put_opening, 200),
    ("DELETE", "/candidates/{id}/openings/{opening_id}", _remove_opening, 200),
    ("PATCH", "/openings/{opening_id}", _rename_opening, 200),
    ("PUT", "/candidates/{id}/attachments/{attachment_id}", _put_attachment, 200),
    ("DELETE", "/candidates/{id}/attachments/{attachment_id}", _remove_attachment, 200),
    ("PUT", "/candidates/{id}/custom-fields/{key}", _set_custom_field, 200),
    ("DELETE", "/candidates/{id}/custom-fields/{key}", _remove_custom_field, 200),
    ("GET", "/requests", _requests, 200),
    ("DELETE", "/requests", _forget_requests, 200),
    ("GET", "/faults", _faults, 200),
    ("PUT", "/faults", _set_faults, 200),
    ("DELETE", "/faults", _clear_faults, 200),
    ("PUT", "/clock", _set_clock, 200),
)
