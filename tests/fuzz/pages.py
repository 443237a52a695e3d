"""Records as bytes, in the forms in which a server may write them, and pages of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from tests.fuzz.payloads import Json, Source, pick

Form = Callable[[Json], bytes]
OddForm = Callable[[Source, bytes], bytes]

_NUMBER = re.compile(rb"(?<=[:,\[])-?\d+(?=[,}\]])")
_OBJECT = re.compile(rb"(?<=[:,\[])\{[^{}]*\}")
_TEXT = re.compile(rb'(?<=[:,\[])"[^"\\]+"(?=[,}\]])')


def dense(record: Json) -> bytes:
    """Write a record as most servers do."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _as_php(record: Json) -> bytes:
    return json.dumps(record, separators=(",", ":")).replace("/", "\\/").encode()


def _spaced(record: Json) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _in_lines(record: Json) -> bytes:
    return json.dumps(record, indent=1).encode()


FORMS: Sequence[Form] = (dense, dense, _as_php, _spaced, _in_lines)
"""How a server writes all of a page."""


def _at_some_place(
    source: Source, text: bytes, places: re.Pattern[bytes], write: Callable[[bytes], bytes]
) -> bytes:
    """Write one of the places in another way, if there are any."""
    found = list(places.finditer(text))
    if not found:
        return text
    place = pick(source, found)
    return text[: place.start()] + write(place[0]) + text[place.end() :]


def _backwards(_source: Source, text: bytes) -> bytes:
    return dense(_turned(json.loads(text)))


def _turned(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _turned(item) for key, item in reversed(value.items())}
    return [_turned(item) for item in value] if isinstance(value, list) else value


def _doubled(source: Source, text: bytes) -> bytes:
    """Write each key of an object twice."""

    def twice(written: bytes) -> bytes:
        return b"%b,%b" % (written[:-1], written[1:]) if len(written) > 2 else written

    if source.randrange(2):
        return _at_some_place(source, text, _OBJECT, twice)
    return twice(text) if text.startswith(b"{") else text


def _begun_twice(source: Source, text: bytes) -> bytes:
    """Write a key of an object twice, with another value before the right one."""
    other = pick(source, (b"null", b"{}", b'"x"', b"7"))
    key = re.match(rb'\{("[^"\\]*"):', text)
    return text if key is None else b"{%b:%b,%b" % (key[1], other, text[1:])


def _other_number(source: Source, text: bytes) -> bytes:
    numbers = (b"1.0", b"1.0e0", b"-0.0", b"-0", b"1E400", b"0.10", b"1e2", b"9" * 30, b"5e-324")
    number = pick(source, numbers)
    return _at_some_place(source, text, pick(source, (_NUMBER, _TEXT, _OBJECT)), lambda _: number)


def _broken_letter(source: Source, text: bytes) -> bytes:
    letter = pick(source, (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f"))
    return _at_some_place(source, text, _TEXT, lambda found: found[:-1] + letter + b'"')


def _escaped(source: Source, text: bytes) -> bytes:
    escape = pick(source, (b"\\/", b"\\u00fc", b"\\u0000", b"\\ud83d\\udc1d", b"\\n", b"\\ud800"))
    return _at_some_place(source, text, _TEXT, lambda found: found[:-1] + escape + b'"')


def _emptied(source: Source, text: bytes) -> bytes:
    nothing = pick(source, (b"{}", b"null", b"[]", b'""', b"[{}]", b"[null]"))
    return _at_some_place(source, text, _OBJECT, lambda _: nothing)


def _in_a_list(source: Source, text: bytes) -> bytes:
    return _at_some_place(source, text, _OBJECT, lambda found: b"[%b]" % found)


ODD_FORMS: Sequence[OddForm] = (
    _backwards, _doubled, _begun_twice, _other_number, _broken_letter, _escaped, _emptied,
    _in_a_list,
)  # fmt: skip
"""What is odd about one record of a page."""


def oddly(source: Source, record: Json) -> bytes:
    """Write a record in one or more of the odd forms."""
    text = dense(record)
    for _ in range(1 + source.randrange(2)):
        try:
            text = pick(source, ODD_FORMS)(source, text)
        except ValueError:  # it cannot be read any more
            break
    return text


def page_of(texts: Iterable[bytes]) -> bytes:
    """Return a list of records as they are written."""
    return b"[%b]" % b",".join(texts)


def records_of(page: bytes) -> list[bytes]:
    """Return the records of a page as they are written; the page alone, if none can be told."""
    try:
        return [bytes(item) for item in msgspec.json.decode(page, type=list[msgspec.Raw])]
    except (msgspec.MsgspecError, ValueError):
        return [page[1:-1]]


def is_strict(text: bytes) -> bool:
    """Whether a strict reader takes a record."""
    try:
        text.decode()
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return True
