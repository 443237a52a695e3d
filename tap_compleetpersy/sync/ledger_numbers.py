"""Numbers as bytes, as a ledger's text has them: in seven bits a byte, or in planes.

Planes hold the lowest byte of every number, then the next one of each. Where numbers are random,
a plane either is random too or hardly differs: it deflates to little more than its random bits.
"""

from __future__ import annotations

import itertools
import re
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence

from tap_compleetpersy.sync.ledger_columns import numbers_of

_HIGH = bytes(range(0x80, 0x100))
_VARINTS = re.compile(rb"[\x80-\xff]{0,8}[\x00-\x7f]").findall
_LONGEST_VARINT = 9
_CHUNK = 1 << 14
"""Numbers that are objects at a time: a million of them would take more than all columns."""

_SIZES = {1: "B", 2: "H", 4: "I", 8: "q"}
"""Bytes of a number in an array of a type."""


class DamagedLedgerError(ValueError):
    """The text is not a ledger of this format, or was changed."""


def to_varints(numbers: Iterable[int]) -> bytes:
    """Return numbers in seven bits a byte; each different one of many is worked out once."""
    written = bytearray()
    every = iter(numbers)
    while chunk := [*itertools.islice(every, _CHUNK)]:
        varints = {number: _varint(number) for number in set(chunk)}
        written += b"".join(map(varints.__getitem__, chunk))
    return bytes(written)


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits a byte
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def from_varints(packed: bytes) -> array[int]:
    """Return the numbers that :func:`to_varints` wrote, in an array as wide as the largest."""
    if packed.isascii():
        return array("B", packed)
    read = array("B")
    at = 0
    while at < len(packed):
        end = at + _CHUNK
        while end < len(packed) and packed[end - 1] > 0x7F:  # noqa: PLR2004 - goes on
            end += 1
            if end - at > _CHUNK + _LONGEST_VARINT:
                raise DamagedLedgerError
        chunk = numbers_of(_read(packed[at:end]))
        if chunk.itemsize > read.itemsize:
            read = array(chunk.typecode, read)
        read.extend(array(read.typecode, chunk))
        at = end
    return read


def _read(packed: bytes) -> Sequence[int]:
    if packed.isascii():
        return packed
    every = _VARINTS(packed)
    if sum(map(len, every)) != len(packed):
        raise DamagedLedgerError
    read = {
        varint: sum((byte & 0x7F) << 7 * place for place, byte in enumerate(varint))
        for varint in set(every)
    }
    return [*map(read.__getitem__, every)]


def count_of_varints(packed: bytes) -> int:
    """Return how many numbers there are, without reading them."""
    return len(packed.translate(None, _HIGH))


def planes_of(numbers: array[int], width: int) -> Iterator[bytes]:
    """Yield the lowest byte of each number, the next one of each, and so on."""
    raw, size = numbers.tobytes(), numbers.itemsize
    return (raw[_at(place, size) :: size] for place in range(width))


def numbers_in(planes: Sequence[bytes]) -> array[int]:
    """Return the numbers whose bytes :func:`planes_of` gave; all planes are equally long."""
    size = next(size for size in _SIZES if size >= len(planes))
    raw = bytearray(size * len(planes[0]))
    for place, plane in enumerate(planes):
        raw[_at(place, size) :: size] = plane
    numbers = array(_SIZES[size])
    numbers.frombytes(raw)
    return numbers


def _at(place: int, size: int) -> int:
    """Return where the bytes of a number have one, counted from the lowest."""
    return place if sys.byteorder == "little" else size - 1 - place


def to_planes(numbers: array[int]) -> bytes:
    """Return numbers in as many planes as the largest needs, and before them how many."""
    width = (max(numbers, default=0).bit_length() + 7) // 8 or 1
    return b"".join((bytes([width]), *planes_of(numbers, width)))


def from_planes(packed: bytes) -> array[int]:
    """Return the numbers that :func:`to_planes` wrote."""
    if not packed or not 0 < packed[0] <= max(_SIZES):
        raise DamagedLedgerError
    numbers = numbers_in(cut(packed[1:], packed[0]))
    if numbers.typecode == "q" and min(numbers, default=0) < 0:
        raise DamagedLedgerError
    return numbers


def count_in_planes(packed: bytes) -> int:
    """Return how many numbers there are, without reading them."""
    return (len(packed) - 1) // packed[0] if packed and packed[0] else 0


def cut(planes: bytes, width: int) -> list[bytes]:
    """Return the planes of so many bytes a number, from one behind the other."""
    count, rest = divmod(len(planes), width)
    if rest:
        raise DamagedLedgerError
    return [planes[at * count : (at + 1) * count] for at in range(width)]
