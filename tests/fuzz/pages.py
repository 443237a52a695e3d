"""A record as bytes, in the forms in which a server may write it, among others on its page."""

from __future__ import annotations

import json
import typing as t
import zlib
from collections.abc import Callable, Iterator

import msgspec

Json: t.TypeAlias = t.Any

_COMPACT = (",", ":")


def _as_msgspec(record: Json) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=_COMPACT).encode(
        "utf-8", "surrogatepass"
    )


def _as_php(record: Json) -> bytes:
    return json.dumps(record, separators=_COMPACT).replace("/", "\\/").encode()


def _spaced(record: Json) -> bytes:
    return json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")


def _backwards(record: Json) -> bytes:
    turned = dict(reversed(record.items())) if isinstance(record, dict) else record
    return _as_msgspec(turned)


def _doubled(record: Json) -> bytes:
    text = _as_msgspec(record)
    return b"%b,%b" % (text[:-1], text[1:]) if text[:1] == b"{" and len(text) > 2 else text


def _other_numbers(record: Json) -> bytes:
    return _as_msgspec(record).replace(b":1,", b":1.0e0,").replace(b":0,", b":-0.0,")


FORMS: tuple[Callable[[Json], bytes], ...] = (
    _as_msgspec, _as_php, _spaced, _backwards, _doubled, _other_numbers,
)  # fmt: skip
_USUAL = b'{"Id":"1","FirstName":"Ada","Status":"neu","UserArea":{"A":"x"}}'


def pages_of(record: Json) -> Iterator[bytes]:
    """Write a record in two of its forms, alone and among others."""
    text = _as_msgspec(record)
    number = zlib.crc32(text)
    other = FORMS[number % len(FORMS)](record)
    for page in (b"[%b]" % text, b"[%b,%b,%b]" % (_USUAL, other, _USUAL)):
        try:
            msgspec.json.decode(page, type=list[msgspec.Raw])
        except (msgspec.MsgspecError, ValueError, RecursionError):
            continue  # decoded leniently, hence in the general way
        yield page
