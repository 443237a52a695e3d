"""The second port: another host, as it were, which serves files to whoever has the link."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tap_compleetpersy.sandbox.answers import file, http_error
from tap_compleetpersy.sandbox.links import FILES, ExpiredLinkError
from tap_compleetpersy.sandbox.store import UnknownRecordError

if t.TYPE_CHECKING:
    from starlette.types import ASGIApp, Scope

    from tap_compleetpersy.sandbox.application import Sandbox


@dataclass(frozen=True, slots=True)
class ForeignRequest:
    """A request that reached the second port, with all that it gave away.

    Attributes:
        method: In capitals.
        path: Without the query.
        headers: Names in small letters; values of the same name are joined by commas.
    """

    method: str
    path: str
    headers: Mapping[str, str]

    @classmethod
    def of(cls, scope: Scope) -> ForeignRequest:
        """Record what an ASGI server received."""
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            text = value.decode("latin-1")
            key = name.decode("latin-1").lower()
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
        return cls(scope["method"], scope["path"], headers)


def files(sandbox: Sandbox) -> ASGIApp:
    """Return the ASGI application of the second port. It asks for no key: the link is one."""

    async def get_file(request: Request) -> Response:
        try:
            link = sandbox.links.read(request.path_params["token"])
            return file(sandbox.store.attachment(link.candidate_id, link.attachment_id))
        except ExpiredLinkError:
            raise HTTPException(403, "Link expired") from None
        except UnknownRecordError:
            raise HTTPException(404, "Not found") from None

    return Starlette(
        routes=[Route(FILES + "/{token}/{name}", get_file, methods=["GET"])],
        exception_handlers={HTTPException: http_error},
    )
