"""Edits of a running sandbox: those that the admin API is asked for, and those by themselves.

The admin API answers on loopback only, and only when asked for. Its times are ISO 8601 with an
offset; bodies use the names of :mod:`facts`, and each edit takes an optional ``updated_at``.

By themselves people are edited, apply, withdraw, and rarely vanish.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import typing as t
from collections.abc import Awaitable, Callable
from dataclasses import fields

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tap_compleetpersy.sandbox import words
from tap_compleetpersy.sandbox.facts import Attachment, Candidate, Moment, Opening
from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sandbox.state import Store, UnknownRecordError
from tap_compleetpersy.sandbox.words import Draw

if t.TYPE_CHECKING:
    from tap_compleetpersy.sandbox.state import Sandbox

PREFIX = "/__admin"
Body: t.TypeAlias = dict[str, t.Any]
Types: t.TypeAlias = dict[str, t.Any]
Action: t.TypeAlias = Callable[["Sandbox", dict[str, str], Body], t.Any]


def _types(facts: type, *in_path: str) -> Types:
    hints = t.get_type_hints(facts, include_extras=True)
    return {name: kind for name, kind in hints.items() if name not in in_path}


_CANDIDATE: Types = _types(Candidate)
_TIME: Types = {"updated_at": Moment | None}
_VALUE: Types = _TIME | {"value": t.Any}
_TOUCH: Types = _TIME | {"touch": bool}
_OPENING: Types = _types(Opening, "remote_id") | _TIME
_ATTACHMENT: Types = _types(Attachment, "remote_id") | _TOUCH


def routes(sandbox: Sandbox) -> list[Route]:
    """Return the admin API of one running sandbox."""
    return [
        Route(PREFIX + path, _endpoint(sandbox, action), methods=[method])
        for method, path, action in ACTIONS
    ]


def _endpoint(sandbox: Sandbox, action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if not _is_loopback(request):
            raise HTTPException(404, "Not found")
        try:
            result = action(sandbox, request.path_params, _object(await request.body()))
        except UnknownRecordError as unknown:
            raise HTTPException(404, str(unknown)) from None
        except (ValueError, TypeError) as mistake:
            raise HTTPException(422, str(mistake)) from None
        status = 201 if request.method == "POST" else 200
        content = msgspec.json.encode({} if result is None else result)
        return Response(content, status, media_type="application/json")

    return endpoint


def _is_loopback(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _object(body: bytes) -> Body:
    changes = json.loads(body or b"{}")
    if not isinstance(changes, dict):
        message = "the body must be a JSON object"
        raise TypeError(message)
    return changes


def _facts(body: Body, types: Types, *required: str) -> Body:
    """Return facts as their types say; raise `TypeError` for an unknown, missing or wrong one."""
    if unknown := body.keys() - types.keys():
        message = f"no such fact: {', '.join(sorted(unknown))}"
        raise TypeError(message)
    if missing := set(required) - body.keys():
        message = f"the body must have a {missing.pop()}"
        raise TypeError(message)
    return {name: msgspec.convert(value, types[name]) for name, value in body.items()}


def _store(method: Callable[..., t.Any], types: Types, *required: str) -> Action:
    """Return a method of the store as an action: ids from the path, facts from the body."""

    def action(sandbox: Sandbox, path: dict[str, str], body: Body) -> t.Any:  # noqa: ANN401 - the method's
        return method(sandbox.store, *path.values(), **_facts(body, types, *required))

    return action


def _overview(sandbox: Sandbox, _path: dict[str, str], _body: Body) -> Body:
    return {
        "candidates": len(sandbox.store),
        "now": sandbox.store.clock.now(),
        "requests": len(sandbox.requests),
    }


def _edit(sandbox: Sandbox, path: dict[str, str], body: Body) -> Candidate:
    """Merge objects (address, custom fields) into what is there; lists and values replace."""
    present = msgspec.to_builtins(sandbox.store.candidate(path["id"]))
    merged = {
        name: {**present[name], **value}
        if isinstance(value, dict) and isinstance(present.get(name), dict)
        else value
        for name, value in body.items()
    }
    return sandbox.store.edit(path["id"], **_facts(merged, _CANDIDATE))


def _rename_opening(sandbox: Sandbox, path: dict[str, str], body: Body) -> Body:
    facts = _facts(body, _TOUCH | {"title": str | None}, "title")
    return {"candidates": sandbox.store.rename_opening(path["opening_id"], **facts)}


def _faults(sandbox: Sandbox, _path: dict[str, str], _body: Body) -> Body:
    return {"faults": sandbox.faults.pending}


def _set_faults(sandbox: Sandbox, path: dict[str, str], body: Body) -> Body:
    faults = msgspec.convert(body.get("faults"), list[Fault])
    known = {part.name for part in fields(Fault)}
    if unknown := {name for fault in body["faults"] for name in fault} - known:
        message = f"no such part of a fault: {', '.join(sorted(unknown))}"
        raise TypeError(message)
    sandbox.faults.set(*faults)
    return _faults(sandbox, path, body)


def _set_clock(sandbox: Sandbox, path: dict[str, str], body: Body) -> Body:
    """Stop the clock at ``now``, let it run with null; ``advance_seconds`` moves and stops it."""
    change = _facts(body, {"now": Moment | None, "advance_seconds": float})
    if "now" in change:
        sandbox.store.clock.set(change["now"])
    if seconds := change.get("advance_seconds"):
        sandbox.store.clock.advance(seconds)
    return _overview(sandbox, path, body)


_OPENING_PATH = "/candidates/{id}/openings/{opening_id}"
_ATTACHMENT_PATH = "/candidates/{id}/attachments/{attachment_id}"
_FIELD_PATH = "/candidates/{id}/custom-fields/{key}"

ACTIONS: tuple[tuple[str, str, Action], ...] = (
    ("GET", "", _overview),
    ("POST", "/candidates", _store(Store.add, _CANDIDATE)),
    ("GET", "/candidates/{id}", _store(Store.candidate, {})),
    ("PATCH", "/candidates/{id}", _edit),
    ("DELETE", "/candidates/{id}", _store(Store.delete, {})),
    ("PUT", _OPENING_PATH, _store(Store.put_opening, _OPENING)),
    ("DELETE", _OPENING_PATH, _store(Store.remove_opening, _TIME)),
    ("PATCH", "/openings/{opening_id}", _rename_opening),
    ("PUT", _ATTACHMENT_PATH, _store(Store.put_attachment, _ATTACHMENT)),
    ("DELETE", _ATTACHMENT_PATH, _store(Store.remove_attachment, _TOUCH)),
    ("PUT", _FIELD_PATH, _store(Store.set_custom_field, _VALUE, "value")),
    ("DELETE", _FIELD_PATH, _store(Store.remove_custom_field, _TIME)),
    ("GET", "/requests", lambda sandbox, *_: {"requests": list(sandbox.requests)}),
    ("DELETE", "/requests", lambda sandbox, *_: sandbox.requests.clear()),
    ("GET", "/faults", _faults),
    ("PUT", "/faults", _set_faults),
    ("DELETE", "/faults", lambda sandbox, path, _: _set_faults(sandbox, path, {"faults": []})),
    ("PUT", "/clock", _set_clock),
)


# --- by themselves -------------------------------------------------------------------

Change = Callable[[Store, Draw, str], object]


def _edit_custom_field(store: Store, draw: Draw, remote_id: str) -> object:
    return store.set_custom_field(remote_id, "Gehaltswunsch", f"{28 + draw.below(50)}.000")


def _edit_source(store: Store, draw: Draw, remote_id: str) -> object:
    return store.edit(
        remote_id, source=draw.pick(words.SOURCES), status=draw.pick(words.CANDIDATE_STATUSES)
    )


def _apply(store: Store, draw: Draw, remote_id: str) -> object:
    index = draw.below(len(words.OPENING_TITLES))
    return store.put_opening(
        remote_id,
        str(words.FIRST_OPENING_ID + index),
        title=words.OPENING_TITLES[index],
        status="neu",
        applied_at=store.clock.now(),
    )


def _carried(store: Store, remote_id: str) -> list[str]:
    openings = store.candidate(remote_id).openings
    return [opening.remote_id for opening in openings if opening.remote_id is not None]


def _decide(store: Store, draw: Draw, remote_id: str) -> object:
    for carried in _carried(store, remote_id)[:1]:
        return store.put_opening(remote_id, carried, status=draw.pick(words.OPENING_STATUSES))
    return _apply(store, draw, remote_id)


def _withdraw(store: Store, draw: Draw, remote_id: str) -> object:
    if carried := _carried(store, remote_id):
        return store.remove_opening(remote_id, draw.pick(carried))
    return _apply(store, draw, remote_id)


def _attach(store: Store, draw: Draw, remote_id: str) -> object:
    name, kind, content_type = draw.pick(words.DOCUMENTS)
    return store.add_attachment(remote_id, file_name=name, type=kind, content_type=content_type)


def _detach(store: Store, draw: Draw, remote_id: str) -> object:
    if attachments := store.candidate(remote_id).attachments:
        return store.remove_attachment(remote_id, draw.pick(attachments).remote_id)
    return _attach(store, draw, remote_id)


# How often each change happens, in percent.
CHANGES: tuple[tuple[int, Change], ...] = (
    (28, _edit_custom_field),
    (18, _edit_source),
    (18, _decide),
    (4, _attach),
    (2, _detach),
    (12, _apply),
    (8, _withdraw),
    (8, lambda store, _draw, _remote_id: store.add()),
    (2, lambda store, _draw, remote_id: store.delete(remote_id)),
)


def step(store: Store, draw: Draw) -> None:
    """Let one thing happen; the same store and draws give the same change."""
    everybody = store.select()
    if not everybody:
        store.add()
        return
    remote_id = draw.pick(everybody)
    (change,) = draw.choices([change for _, change in CHANGES], [weight for weight, _ in CHANGES])
    change(store, draw, remote_id)


async def happen(store: Store, seed: int, seconds: float) -> None:
    """Let something happen every so many seconds, until cancelled."""
    draw = Draw(seed)
    while True:
        await asyncio.sleep(seconds)
        step(store, draw)
