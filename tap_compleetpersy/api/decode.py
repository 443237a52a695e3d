"""Bytes to a JSON document: fast, and leniently where a page needs it."""

from __future__ import annotations

import codecs
import json
import math
import re
import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import msgspec

from tap_compleetpersy.api.messages import Answer
from tap_compleetpersy.errors import UnexpectedAnswer


class Records(list[msgspec.Raw]):
    """A list in a document whose items are still bytes."""


_Value: t.TypeAlias = list[msgspec.Raw] | dict[str, t.Any] | str | int | float | bool | None
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_members = msgspec.json.Decoder(dict[str, _Value]).decode

_ENVELOPES = frozenset({"data", "items", "results", "candidates"})
_NO_CONTENT = 204
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_LATIN_1 = frozenset({"iso-8859-1", "iso8859-1", "latin-1", "latin1", "windows-1252"})
_SURROGATE = re.compile("[\ud800-\udfff]")
_CLOSING = {"{": "}", "[": "]"}
_LONGEST_NUMBER = 100


def decode(answer: Answer, tell_guess: Callable[[], object] | None = None) -> object:
    """Return the document that is the content of an answer; None when it has none (204).

    What strict JSON forbids and lenient servers send is read, for that page alone
    (`docs/wire.md`, "What PHP makes of XML, and converters of both"): a BOM, the encoding
    that Content-Type says (where the content is not UTF-8, as JSON must be), raw control
    characters, lone surrogates (as U+FFFD), NaN and infinities (as None), and numbers beyond a
    float such as ``1e400`` (as text, digits kept).
    The type that Content-Type claims does not matter: PHP says HTML by default. Content
    that is not UTF-8, and whose encoding it does not name, is read as Windows-1252, and
    `tell_guess` is called.

    Raises:
        UnexpectedAnswer: When the content is no JSON; it may pass when the content
            ends too early.
    """
    if answer.status == _NO_CONTENT:
        return None
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    charset = charset_of(answer.headers)
    text = _text(answer.body, charset)
    if text is not None:
        return _read(text)
    if charset is not None:
        what = "the content is not UTF-8, and Content-Type names no encoding that fits"
        raise _unexpected(what)
    document = _read(answer.body.decode("windows-1252", "replace").strip())
    if tell_guess is not None:
        tell_guess()
    return document


def in_utf_8(answer: Answer, encoding: str | None) -> Answer:
    """Return an answer whose content is UTF-8; raise when it is not in the encoding of the setting.

    What Content-Type says, or a BOM, goes first.
    """
    body = answer.body
    # Even plain text is not written as in ASCII by some (UTF-16, say).
    if encoding is None or (body.isascii() and "[]".encode(encoding) == b"[]"):
        return answer
    if body.startswith(codecs.BOM_UTF8) or charset_of(answer.headers) is not None:
        return answer
    try:
        return replace(answer, body=body.decode(encoding).encode())
    except ValueError:
        what = "the content is not in the encoding that the setting names"
    raise _unexpected(what, "encoding")


def decode_lightly(answer: Answer, tell_guess: Callable[[], object] | None = None) -> object:
    """Do as `decode`, but return a list at the top or in a usual envelope there as `Records`."""
    body = answer.body
    try:
        body.decode()  # nobody has looked into the items
        if body[:1] == b"[":
            return Records(_items(body))
        return {key: _light(key, item) for key, item in _members(body).items()}
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return decode(answer, tell_guess)


def _light(key: str, value: object) -> object:
    if not isinstance(value, list):
        return value
    is_envelope = key.casefold() in _ENVELOPES
    return Records(value) if is_envelope else [msgspec.json.decode(item) for item in value]


Listed = Sequence[object] | bytes
"""The records of a page: as decoded, lightly or not, or all of them as JSON."""


def text_of(records: Listed) -> bytes:
    """Return records as JSON."""
    if isinstance(records, bytes):
        return records
    if isinstance(records, Records):
        return b"[%b]" % b",".join(records)
    return msgspec.json.encode(records)


def items_of(records: Listed) -> Sequence[object]:
    """Return records one by one."""
    return _items(records) if isinstance(records, bytes) else records


def decode_item(item: object) -> object:
    """Return an item of a list, decoded if it is not yet."""
    if not isinstance(item, msgspec.Raw):
        return item
    try:
        return msgspec.json.decode(item)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _read(bytes(item).decode())


def _unexpected(
    what: str, settings: str = "api_url and candidates_path", *, may_pass: bool = False
) -> UnexpectedAnswer:
    return UnexpectedAnswer(what, f"Check the settings {settings}.", may_pass=may_pass)


def charset_of(headers: Mapping[str, str]) -> str | None:
    """Return the encoding that Content-Type names, if any."""
    found = _CHARSET.search(headers.get("Content-Type", ""))
    return found[1].casefold() if found else None


def _text(body: bytes, charset: str | None) -> str | None:
    """Return a body as text; None when it is in no encoding that it may be in."""
    for encoding in _encodings(body, charset):
        try:
            return body.decode(encoding).removeprefix("\ufeff").strip()
        except UnicodeDecodeError as error:
            if error.reason == "unexpected end of data":  # cut short within a letter
                return body[: error.start].decode(encoding)
        except (LookupError, ValueError):
            continue
    return None


def _encodings(body: bytes, charset: str | None) -> tuple[str, ...]:
    detected = json.detect_encoding(body)  # UTF-8, or what a BOM or NULs show
    if charset in _LATIN_1:  # as browsers do: servers say Latin-1 and send its superset
        return detected, "windows-1252", "latin-1"
    return (detected,) if charset is None else (detected, charset)


def _read(text: str) -> object:
    if text.startswith("<"):
        what = "the answer is HTML or XML, perhaps a login page, and no JSON"
        raise _unexpected(what, "api_url, api_key and auth_method")
    truncated = False
    try:
        document = json.loads(
            text, strict=False, parse_constant=lambda _: None, parse_float=_number
        )
        may_hold_surrogates = "\\ud" in text or "\\uD" in text or _SURROGATE.search(text)
        return _without_surrogates(document) if may_hold_surrogates else document
    except json.JSONDecodeError as error:
        truncated = (
            error.pos >= len(text)
            or error.msg.startswith("Unterminated string")
            or text[-1] != _CLOSING.get(text[0], text[-1])
        )
        what = "the content ends too early" if truncated else "the content is no JSON"
    except RecursionError:
        what = "the content is nested too deeply"
    except ValueError:
        what = "the content holds a number of too many digits"
    raise _unexpected(what, may_pass=truncated)


def _number(text: str) -> float | str:
    number = float(text)
    if math.isfinite(number):
        return number
    if len(text) > _LONGEST_NUMBER:
        raise ValueError
    return text


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {
            _SURROGATE.sub("\ufffd", key): _without_surrogates(item) for key, item in value.items()
        }
    return value
