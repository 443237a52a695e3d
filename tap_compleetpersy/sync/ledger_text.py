"""A ledger as one text of the state: small, exact, and damage is noticed.

Columns of small integers, deflated, checked (zlib's own Adler-32) and in base64: for dense numeric
ids well under the 16 bytes a candidate that the design allows for all streams together
(``python -m benchmarks.ledger`` measures it).
"""

from __future__ import annotations

import base64
import binascii
import itertools
import operator
import re
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tap_compleetpersy.sync.ledger_columns import Columns, Keys, Runs, is_canonical, numbers_of

LARGEST_BYTES = 1 << 27
"""No ledger inflates to more: it would know some 15 million candidates."""

_FORMAT = "1:"
_HIGH = bytes(range(0x80, 0x100))
_VARINTS = re.compile(rb"[\x80-\xff]{0,8}[\x00-\x7f]").findall
_LONGEST_VARINT = 9
_TOO_LARGE = 10**18
_CHUNK = 1 << 14
"""Numbers that are objects at a time: a million of them would take more than all columns."""


class DamagedLedgerError(ValueError):
    """The text is not a ledger of this format, or was changed."""


def encode(columns: Columns) -> str:
    """Write columns as text; :func:`decode` reads equal ones back.

    Args:
        columns: Without spare names.
    """
    packed = b"".join(
        map(
            _with_length,
            (
                *_keys(columns.keys),
                *_keys(columns.names),
                _varints(columns.days),
                _varints(columns.carried.lengths),
                _varints(columns.openings),
            ),
        )
    )
    # Higher levels take twice the time for half a percent.
    packed = zlib.compress(packed, level=4)
    return _FORMAT + base64.b64encode(packed).decode("ascii")


def decode(text: str) -> Columns:
    """Read what :func:`encode` wrote.

    Raises:
        DamagedLedgerError: When the text was cut, changed, or is of another format.
    """
    if not text.startswith(_FORMAT):
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
        columns = Columns(
            _read_keys(ids, texts),
            _integers(days),
            Runs(sizes),
            _integers(indexes),
            _read_keys(names, name_texts),
        )
    except (binascii.Error, zlib.error, ValueError, OverflowError) as error:
        raise DamagedLedgerError from error
    if len(columns.keys) != len(columns.days):
        raise DamagedLedgerError
    if max(columns.openings, default=-1) >= len(columns.names):
        raise DamagedLedgerError
    return columns


def _keys(keys: Keys) -> tuple[bytes, bytes]:
    return _varints(_deltas(keys.numbers)), msgspec.json.encode([*keys.texts()])


def _read_keys(packed: bytes, texts: bytes) -> Keys:
    numbers = _joined(_sums(packed))
    if numbers and numbers[-1] >= _TOO_LARGE:
        raise DamagedLedgerError
    others = msgspec.json.decode(texts, type=list[str])
    if any(one >= two for one, two in itertools.pairwise(others)):
        raise DamagedLedgerError
    if any(map(is_canonical, others)):
        raise DamagedLedgerError
    return Keys.sorted(numbers, others)


def _sums(packed: bytes) -> Iterator[array[int]]:
    """Yield the numbers whose differences were packed."""
    last = -1
    for chunk in _chunks(packed):
        # Sums go on from the last one; the first number of all may be 0, no other difference.
        if 0 in chunk[last < 0 :]:
            raise DamagedLedgerError
        sums = [*itertools.accumulate(chunk, initial=max(last, 0))][1:]
        last = sums[-1]
        yield numbers_of(sums)


def _deltas(numbers: array[int]) -> Iterator[int]:
    return map(operator.sub, numbers, itertools.chain([0], numbers))


def _varints(numbers: Iterable[int]) -> bytes:
    """Write numbers, seven bits a byte; each different one of many is worked out once."""
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


def _integers(packed: bytes) -> array[int]:
    """Read what :func:`_varints` wrote."""
    if packed.isascii():
        return array("B", packed)
    return _joined(map(numbers_of, _chunks(packed)))


def _joined(chunks: Iterable[array[int]]) -> array[int]:
    """Return one array of several, as wide as the widest."""
    read = array("B")
    for chunk in chunks:
        if chunk.itemsize > read.itemsize:
            read = array(chunk.typecode, read)
        read.extend(chunk if chunk.itemsize == read.itemsize else array(read.typecode, chunk))
    return read


def _chunks(packed: bytes) -> Iterator[Sequence[int]]:
    at = 0
    while at < len(packed):
        end = at + _CHUNK
        while end < len(packed) and packed[end - 1] > 0x7F:  # noqa: PLR2004 - goes on
            end += 1
            if end - at > _CHUNK + _LONGEST_VARINT:
                raise DamagedLedgerError
        yield _read(packed[at:end])
        at = end


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
