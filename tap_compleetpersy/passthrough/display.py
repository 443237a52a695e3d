"""A body on a terminal: JSON indented and coloured, other text as it is, nothing binary."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

import click
import msgspec

from tap_compleetpersy.api.messages import header

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")  # escape sequences, too
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_TOKEN = re.compile(
    r"(?P<string>\"(?:[^\"\\]|\\.)*\")(?P<key>(?=:))?"
    r"|(?P<word>true|false|null)"
    r"|(?P<number>-?\d[\d.eE+-]*)"
)
_INVISIBLE = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class BinaryBodyError(ValueError):
    """A body that is no text."""


def readable(chunks: Iterator[bytes], headers: Mapping[str, str], *, colour: bool) -> str:
    """Return a body as a terminal can show it.

    The digits of numbers stay as they are; escaped letters become letters.

    Args:
        chunks: The body, which is read to its end.
        headers: Of the answer; Content-Type names the encoding.
        colour: Whether JSON is coloured.

    Raises:
        BinaryBodyError: As soon as a byte is read that no text has.
    """
    body: list[bytes] = []
    for chunk in chunks:
        if _CONTROL.search(chunk):
            raise BinaryBodyError
        body.append(chunk)
    text = _decoded(b"".join(body), header(headers, "Content-Type") or "")
    try:
        indented = msgspec.json.format(text.encode(), indent=2).decode()
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return visible(text)
    return _TOKEN.sub(lambda token: _shown(token, colour=colour), indented)


def _decoded(body: bytes, content_type: str) -> str:
    named = _CHARSET.search(content_type)
    for encoding in ("utf-8-sig", named[1] if named else "utf-8"):
        try:
            return body.decode(encoding)
        except (LookupError, ValueError):
            continue
    raise BinaryBodyError


def _shown(token: re.Match[str], *, colour: bool) -> str:
    text = token[0]
    if token["string"]:
        text = visible(json.dumps(json.loads(text), ensure_ascii=False))
    if not colour:
        return text
    if token["key"] is not None:
        return click.style(text, fg="blue", bold=True)
    if token["string"]:
        return click.style(text, fg="green")
    return click.style(text, fg="cyan" if token["number"] else "magenta")


def visible(text: str) -> str:
    """Write out what a terminal would obey, or not show at all."""
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
