"""Whether a request carries the key, in the one place where it is expected."""

from __future__ import annotations

import base64
import secrets
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_compleetpersy.sandbox.options import Options


def is_authorised(headers: Mapping[str, str], query: Mapping[str, str], options: Options) -> bool:
    """Compare the credentials of a request, in constant time, with the only ones that are right.

    Args:
        headers: Of the request; names are case-insensitive.
        query: Its parameters, decoded.
        options: Where the key is expected.
    """
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
