"""The ledger: every candidate, and its openings, that the warehouse may hold alive.

Without it a deletion could not be seen: a list of changes does not name what is
gone. In memory it is a dictionary; in the state it is one text value: columns
of small integers, deflated, checked (zlib's own Adler-32) and in base64, which
for dense numeric ids stays well under the 16 bytes a candidate that the design
allows for all streams together (``python -m benchmarks.ledger`` measures it).
"""

from __future__ import annotations

import base64
import binascii
import itertools
import operator
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

DAY = 86_400_000
"""Milliseconds of a day; a ledger knows each candidate's last update by its day."""

UNKNOWN_DAY = -1

LARGEST_BYTES = 1 << 27
"""No ledger inflates to more: it would know some 15 million candidates."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """What is known of one candidate.

    There may be millions: a structure without garbage collection takes half the
    time and memory of a tuple, and it cannot be part of a cycle.

    Attributes:
        day: UTC day of the last update, in days since 1970; -1 when unknown.
        openings: Remote ids of the openings on the candidate.
    """

    day: int
    openings: tuple[str, ...]


Ledger = dict[str, Entry]
"""Remote candidate id to what is known of the candidate."""

_FORMAT = "1:"
_HIGH = bytes(range(0x80, 0x100))
_CANONICAL = re.compile(r"0|[1-9][0-9]{0,17}").fullmatch
_VARINTS = re.compile(rb"[\x80-\xff]{0,8}[\x00-\x7f]").findall


class DamagedLedgerError(ValueError):
    """The text is not a ledger of this format, or was changed."""


def encode(ledger: Ledger) -> str:
    """Write a ledger as text; :func:`decode` reads it back to an equal one."""
    numeric, textual = _split(ledger)
    entries = [ledger[key] for key in itertools.chain(numeric, textual)]
    openings = list(itertools.chain.from_iterable(entry.openings for entry in entries))
    numeric_names, textual_names = _split(set(openings))
    names = itertools.chain(numeric_names, textual_names)
    index = {name: number for number, name in enumerate(names)}
    columns = (
        _varints(_deltas(numeric)),
        msgspec.json.encode(textual),
        _varints(_deltas(numeric_names)),
        msgspec.json.encode(textual_names),
        _varints(entry.day + 1 for entry in entries),
        _varints(len(entry.openings) for entry in entries),
        _varints(index[name] for name in openings),
    )
    # Higher levels take twice the time for half a percent.
    packed = zlib.compress(b"".join(map(_with_length, columns)), level=4)
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
        ids, texts, names, name_texts, days, counts, indexes = _columns(_inflate(packed))
        # Before anything grows, so that no text can fill the memory:
        if not _length(ids) <= _length(days) == _length(counts):
            raise DamagedLedgerError
        sizes = _integers(counts)
        if not _length(names) <= _length(indexes) == sum(sizes):
            raise DamagedLedgerError
        keys = [*_numbers(ids), *msgspec.json.decode(texts, type=list[str])]
        openings = [*_numbers(names), *msgspec.json.decode(name_texts, type=list[str])]
        carried = (openings[number] for number in _integers(indexes))
        return {
            key: Entry(day - 1, tuple(itertools.islice(carried, size)))
            for key, day, size in zip(keys, _integers(days), sizes, strict=True)
        }
    except (binascii.Error, zlib.error, ValueError, IndexError) as error:
        raise DamagedLedgerError from error


class KnownLedgers:
    """Ledgers with their texts: equal ones are read once, held once and written once.

    A run mostly leaves a ledger as it was, and jobs and applications mostly have the same.
    Nobody may change a ledger that is known.
    """

    def __init__(self, ledgers: Mapping[str, Ledger] | None = None) -> None:
        """Know some ledgers by their texts."""
        self._ledgers = dict(ledgers or {})

    def copy(self) -> KnownLedgers:
        """Know the same, and forget what is learned from here on."""
        return KnownLedgers(self._ledgers)

    def decode(self, text: str) -> Ledger:
        """Read a text, as :func:`decode` does."""
        if text not in self._ledgers:
            self._ledgers[text] = decode(text)
        return self._ledgers[text]

    def encode(self, ledger: Ledger) -> str:
        """Write a ledger, as :func:`encode` does."""
        for text, known in self._ledgers.items():
            if known == ledger:
                return text
        text = encode(ledger)
        self._ledgers[text] = ledger
        return text


def _split(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Separate short canonical numbers (no sign, no leading zero) from the rest."""
    numeric: list[str] = []
    textual: list[str] = []
    for text in texts:
        (numeric if _CANONICAL(text) else textual).append(text)
    return sorted(numeric, key=int), sorted(textual)


def _deltas(texts: Iterable[str]) -> Iterator[int]:
    numbers = list(map(int, texts))
    return map(operator.sub, numbers, itertools.chain([0], numbers))


def _numbers(packed: bytes) -> Iterator[str]:
    return map(str, itertools.accumulate(_integers(packed)))


def _varints(numbers: Iterable[int]) -> bytes:
    """Write numbers, seven bits a byte; each different one is worked out once."""
    every = list(numbers)
    written = {number: _varint(number) for number in set(every)}
    return b"".join(map(written.__getitem__, every))


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits a byte
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _integers(packed: bytes) -> Sequence[int]:
    """Read what :func:`_varints` wrote."""
    if packed.isascii():
        return packed
    every = _VARINTS(packed)
    if sum(map(len, every)) != len(packed):
        raise DamagedLedgerError
    read = {
        varint: sum((byte & 0x7F) << 7 * place for place, byte in enumerate(varint))
        for varint in set(every)
    }
    return list(map(read.__getitem__, every))


def _length(packed: bytes) -> int:
    """Count the numbers of a column without reading them."""
    return len(packed.translate(None, _HIGH))


def _inflate(packed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    columns = inflater.decompress(packed, LARGEST_BYTES)
    if not inflater.eof:
        raise DamagedLedgerError
    return columns


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
