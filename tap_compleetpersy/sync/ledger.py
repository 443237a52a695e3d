"""The ledger: every candidate, and its openings, that the warehouse may hold alive.

Without it a deletion could not be seen: a list of changes does not name what is
gone. In memory it is a dictionary; in the state it is one text value: columns
of small integers, deflated, checked (zlib's own Adler-32) and in base64, which
for dense numeric ids stays well under the 16 bytes a candidate that the design
allows for all streams together.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import re
import typing as t
import zlib
from collections.abc import Iterable, Iterator

import msgspec

DAY = 86_400_000
"""Milliseconds of a day; a ledger knows each candidate's last update by its day."""

UNKNOWN_DAY = -1


class Entry(t.NamedTuple):
    """What is known of one candidate.

    Attributes:
        day: UTC day of the last update, in days since 1970; -1 when unknown.
        openings: Remote ids of the openings on the candidate.
    """

    day: int
    openings: tuple[str, ...]


Ledger = dict[str, Entry]
"""Remote candidate id to what is known of the candidate."""

_FORMAT = "1:"
_CANONICAL = re.compile(r"0|[1-9][0-9]{0,17}").fullmatch


class DamagedLedgerError(ValueError):
    """The text is not a ledger of this format, or was changed."""


def encode(ledger: Ledger) -> str:
    """Write a ledger as text; :func:`decode` reads it back to an equal one."""
    numeric, textual = _split(ledger)
    entries = [ledger[key] for key in itertools.chain(map(str, numeric), textual)]
    names = sorted({name for entry in entries for name in entry.openings})
    numeric_names, textual_names = _split(names)
    index = {
        name: number
        for number, name in enumerate(itertools.chain(map(str, numeric_names), textual_names))
    }
    columns = (
        _varints(_deltas(numeric)),
        msgspec.json.encode(textual),
        _varints(_deltas(numeric_names)),
        msgspec.json.encode(textual_names),
        _varints(entry.day + 1 for entry in entries),
        _varints(len(entry.openings) for entry in entries),
        _varints(index[name] for entry in entries for name in entry.openings),
    )
    packed = zlib.compress(b"".join(map(_with_length, columns)), level=9)
    return _FORMAT + base64.b64encode(packed).decode("ascii")


def decode(text: object) -> Ledger:
    """Read what :func:`encode` wrote.

    Raises:
        DamagedLedgerError: When the text was cut, changed, or is of another format.
    """
    if not isinstance(text, str) or not text.startswith(_FORMAT):
        raise DamagedLedgerError
    try:
        packed = base64.b64decode(text[len(_FORMAT) :], validate=True)
        columns = list(_columns(zlib.decompress(packed)))
        ids, texts, names, name_texts, days, counts, indexes = columns
        keys = [*_numbers(ids), *msgspec.json.decode(texts, type=list[str])]
        openings = [*_numbers(names), *msgspec.json.decode(name_texts, type=list[str])]
        rest = iter([openings[number] for number in _integers(indexes)])
        return {
            key: Entry(day - 1, tuple(itertools.islice(rest, count)))
            for key, day, count in zip(keys, _integers(days), _integers(counts), strict=True)
        }
    except (binascii.Error, zlib.error, ValueError, IndexError) as error:
        raise DamagedLedgerError from error


def _split(texts: Iterable[str]) -> tuple[list[int], list[str]]:
    """Separate short canonical numbers (no sign, no leading zero) from the rest."""
    numeric, textual = [], []
    for text in texts:
        if _CANONICAL(text):
            numeric.append(text)
        else:
            textual.append(text)
    return sorted(map(int, numeric)), sorted(textual)


def _deltas(numbers: Iterable[int]) -> Iterator[int]:
    previous = 0
    for number in numbers:
        yield number - previous
        previous = number


def _varints(numbers: Iterable[int]) -> bytes:
    written = bytearray()
    for number in numbers:
        rest = number
        while rest > 0x7F:  # noqa: PLR2004 - seven bits a byte
            written.append(rest & 0x7F | 0x80)
            rest >>= 7
        written.append(rest)
    return bytes(written)


def _integers(packed: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
        else:
            yield number
            number = shift = 0


def _numbers(packed: bytes) -> Iterator[str]:
    return map(str, itertools.accumulate(_integers(packed)))


def _with_length(column: bytes) -> bytes:
    return len(column).to_bytes(8, "big") + column


def _columns(packed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(packed):
        end = at + 8 + int.from_bytes(packed[at : at + 8], "big")
        if end > len(packed):
            raise DamagedLedgerError
        yield packed[at + 8 : end]
        at = end
