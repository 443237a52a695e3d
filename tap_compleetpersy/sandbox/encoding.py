"""Facts to the bytes of a wire shape, and these to another encoding."""

from __future__ import annotations

import json
import re
import typing as t

from tap_compleetpersy.sandbox.shapes import Json, flat, german, hrxml, php

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_compleetpersy.sandbox.facts import Candidate

SHAPES: Mapping[str, Callable[[Candidate], Json]] = {
    "hrxml": hrxml,
    "flat": flat,
    "german": german,
    "php": php,
}

JSON_TYPE = "application/json"
# Bytes 0x80 to 0x9f are controls there, but letters to those who read Windows-1252.
_NOT_LATIN_1 = re.compile("[^\x00-\x7f\xa0-\xff]")


def encode(value: Json) -> bytes:
    """Return JSON in UTF-8; a lone surrogate, which UTF-8 cannot hold, stays an escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace")


def renderer(shape: str) -> Callable[[Candidate], bytes]:
    """Return what turns a candidate into the bytes of a shape."""
    write = SHAPES[shape]
    return lambda candidate: encode(write(candidate))


def reencode(body: bytes, encoding: str) -> tuple[bytes, str]:
    """Return a JSON body in another encoding, as old servers do.

    Args:
        body: UTF-8.
        encoding: One of ``options.ENCODINGS``. What ISO-8859-1 does not have becomes an escape.

    Returns:
        The bytes, and the value of ``Content-Type``.
    """
    if encoding == "utf-8-bom":
        return b"\xef\xbb\xbf" + body, JSON_TYPE
    if encoding == "iso-8859-1":
        text = _NOT_LATIN_1.sub(lambda letter: json.dumps(letter[0])[1:-1], body.decode())
        return text.encode("iso-8859-1"), f"{JSON_TYPE}; charset=ISO-8859-1"
    return body, JSON_TYPE
