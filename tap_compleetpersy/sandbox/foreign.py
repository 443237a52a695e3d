"""The second port: another host, as it were, which serves files to whoever has the link."""

from __future__ import annotations

import typing as t

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tap_compleetpersy.sandbox.answers import file, http_error
from tap_compleetpersy.sandbox.links import FILES, ExpiredLinkError
from tap_compleetpersy.sandbox.store import UnknownRecordError

if t.TYPE_CHECKING:
    from starlette.types import ASGIApp

    from tap_compleetpersy.sandbox.state import Sandbox


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
