"""What a ledger is in the state: one text, small and exact, and damage is noticed.

It holds columns of numbers and of texts, deflated, checked (zlib's own Adler-32) and in base64. For
dense numeric ids that is well under the 16 bytes a candidate that the design allows for all
streams together (``python -m benchmarks.ledger`` measures it). There are three formats:

1. Numbers in seven bits a byte. A ledger without UUIDs, and without numbers from 2^59 on, is
   written so, as ever: older releases read it.
2. The same, and UUIDs beside it. It is read, and written again only as long as nothing changes.
3. Numbers and UUIDs in planes (`ledger_numbers`).
"""

from __future__ import annotations

import base64
import binascii
import heapq
import itertools
import operator
import zlib
from array import array
from collections.abc import Iterator, Sequence

import msgspec

from tap_compleetpersy.errors import PersyError
from tap_compleetpersy.sync.ledger_columns import (
    LEAST_HASH,
    Columns,
    Keys,
    Runs,
    is_canonical,
    is_uuid,
    numbers_of,
)
from tap_compleetpersy.sync.ledger_numbers import (
    DamagedLedgerError,
    count_in_planes,
    count_of_varints,
    cut,
    from_planes,
    from_varints,
    numbers_in,
    planes_of,
    to_planes,
    to_varints,
)

LARGEST_BYTES = 1 << 27
"""No ledger inflates to more: it would know some 15 million candidates."""

_VARINTS, _UUIDS_BESIDE, _PLANES = "1:", "2:", "3:"
_TOO_LARGE = 10**18

_FIRST, _REST = 4, 12
"""Bytes of a UUID that make a number, which differs little from the one before; all others."""
_SPELLED = 36
_DIGITS = (0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34)
"""Where the text of a UUID has its bytes, in two digits each."""
_LOW_DIGIT = b"0123456789abcdef" * 16
_HIGH_DIGIT = bytes(sorted(_LOW_DIGIT))


class TooLargeLedgerError(PersyError):
    """The text would be too long to be read back."""


def encode_columns(columns: Columns) -> str:
    """Return columns without spare names as text; :func:`decode_columns` reads equal ones back.

    Raises:
        TooLargeLedgerError: When it could not be read back.
    """
    ids, names = columns.keys.numbers, columns.names.numbers
    uuids, texts = _divided(columns.keys)
    name_uuids, name_texts = _divided(columns.names)
    rows = (columns.days, columns.carried.lengths, columns.openings)
    if uuids or name_uuids or max(ids, default=0) >= LEAST_HASH:
        # Random bytes do not repeat each other: to look for that takes longer, and finds less.
        kind, strategy = _PLANES, zlib.Z_RLE
        mine = _differences_in_planes(ids), *_to_uuid_planes(uuids), texts
        theirs = _differences_in_planes(names), *_to_uuid_planes(name_uuids), name_texts
        written = [*mine, *theirs, *map(to_planes, rows)]
    else:
        kind, strategy = _VARINTS, zlib.Z_DEFAULT_STRATEGY
        numbers = map(to_varints, (_differences(ids), _differences(names), *rows))
        written = [next(numbers), texts, next(numbers), name_texts, *numbers]
    packed = b"".join(len(column).to_bytes(8, "big") + column for column in written)
    if len(packed) >= LARGEST_BYTES:
        message = (
            f"state: a ledger of {len(columns.keys):,} candidates takes {len(packed):,} bytes, and "
            f"fewer than {LARGEST_BYTES:,} are read back. Divide the tenant, by start_date say"
        )
        raise TooLargeLedgerError(message)
    # Higher levels take twice the time for half a percent.
    deflater = zlib.compressobj(4, strategy=strategy)
    return kind + base64.b64encode(deflater.compress(packed) + deflater.flush()).decode("ascii")


def decode_columns(text: str) -> Columns:
    """Return the columns that :func:`encode_columns` wrote.

    Raises:
        DamagedLedgerError: When the text was cut, changed, or is of another format.
    """
    kind = text[: len(_PLANES)]
    if kind not in {_VARINTS, _UUIDS_BESIDE, _PLANES}:
        raise DamagedLedgerError
    try:
        packed = inflate(base64.b64decode(text[len(kind) :], validate=True))
        columns = _unpacked([*_columns(packed)], kind)
    except (binascii.Error, zlib.error, ValueError, OverflowError) as error:
        raise DamagedLedgerError from error
    is_whole = len(columns.keys) == len(columns.days)
    if not is_whole or max(columns.openings, default=-1) >= len(columns.names):
        raise DamagedLedgerError
    return columns


def _unpacked(packed: Sequence[bytes], kind: str) -> Columns:
    """Return the columns that were packed in a format."""
    if kind == _PLANES:
        count, read, uuids = count_in_planes, from_planes, _from_uuid_planes
        ids, firsts, rest, texts, names, name_firsts, name_rest, name_texts, *rows = packed
    else:
        count, read, uuids = count_of_varints, from_varints, _from_bytes_of_uuids
        ids, texts, names, name_texts, *others = packed
        rows, planes = others[:3], others[3:]
        firsts, name_firsts = b"", b""
        rest, name_rest = planes if kind == _UUIDS_BESIDE else (b"", b"", *planes)
    days, counts, openings = rows
    # Before anything grows, so that no text can fill the memory:
    if not count(ids) + count(firsts) <= count(days) == count(counts):
        raise DamagedLedgerError
    sizes = read(counts)
    if not count(names) + count(name_firsts) <= count(openings) == sum(sizes):
        raise DamagedLedgerError
    return Columns(
        _keys(_summed(read(ids)), uuids(firsts, rest), texts),
        read(days),
        Runs(sizes),
        read(openings),
        _keys(_summed(read(names)), uuids(name_firsts, name_rest), name_texts),
    )


def _divided(keys: Keys) -> tuple[bytes, bytes]:
    """Return the UUIDs among keys, one behind the other, and other texts in JSON."""
    uuids: list[bytes] = []
    others: list[bytes] = []
    for raw in keys.raws():
        (uuids if is_uuid(raw) else others).append(raw)
    texts = [raw.decode("utf-8", "surrogatepass") for raw in others]
    return b"".join(uuids), msgspec.json.encode(texts)


def _keys(numbers: array[int], uuids: bytes, texts: bytes) -> Keys:
    if numbers and numbers[-1] >= _TOO_LARGE:
        raise DamagedLedgerError
    others = msgspec.json.decode(texts, type=list[str])
    raws = [text.encode("utf-8", "surrogatepass") for text in others]
    if any(map(is_canonical, others)) or (uuids and any(map(is_uuid, raws))):
        raise DamagedLedgerError
    every = [uuids[at : at + _SPELLED] for at in range(0, len(uuids), _SPELLED)]
    if raws:
        every = [*heapq.merge(every, raws)]
    if any(one >= two for one, two in itertools.pairwise(every)):
        raise DamagedLedgerError
    return Keys(numbers, b"".join(every), Runs(numbers_of([*map(len, every)])))


def _to_uuid_planes(uuids: bytes) -> tuple[bytes, bytes]:
    """Return the first bytes of UUIDs as differences of numbers, and the rest."""
    planes = []
    for at in _DIGITS:
        digits = bytearray(len(uuids) // _SPELLED * 2)
        digits[::2], digits[1::2] = uuids[at::_SPELLED], uuids[at + 1 :: _SPELLED]
        planes.append(bytes.fromhex(digits.decode("ascii")))
    firsts = numbers_in(planes[_FIRST - 1 :: -1])
    return _differences_in_planes(firsts), b"".join(planes[_FIRST:])


def _from_uuid_planes(firsts: bytes, rest: bytes) -> bytes:
    numbers = array("I", itertools.accumulate(from_planes(firsts)))
    planes = [*planes_of(numbers, _FIRST)]
    return _spelled([*reversed(planes), *cut(rest, _REST)])


def _from_bytes_of_uuids(firsts: bytes, rest: bytes) -> bytes:
    return _spelled(cut(firsts + rest, _FIRST + _REST))


def _spelled(planes: Sequence[bytes]) -> bytes:
    """Return UUIDs as their texts, one behind the other."""
    uuids = bytearray(b"-") * (_SPELLED * len(planes[0]))
    for at, plane in zip(_DIGITS, planes, strict=True):
        uuids[at::_SPELLED] = plane.translate(_HIGH_DIGIT)
        uuids[at + 1 :: _SPELLED] = plane.translate(_LOW_DIGIT)
    return bytes(uuids)


def _differences(numbers: array[int]) -> Iterator[int]:
    return map(operator.sub, numbers, itertools.chain([0], numbers))


def _differences_in_planes(numbers: array[int]) -> bytes:
    return to_planes(array(numbers.typecode, _differences(numbers)))


def _summed(differences: array[int]) -> array[int]:
    """Return the numbers with these differences; only the first one may be 0."""
    if 0 in differences[1:]:
        raise DamagedLedgerError
    return numbers_of(array("q", itertools.accumulate(differences)))


def inflate(packed: bytes) -> bytes:
    """Return what was deflated, `LARGEST_BYTES` at most; raise `DamagedLedgerError`."""
    inflater = zlib.decompressobj()
    columns = inflater.decompress(packed, LARGEST_BYTES)
    if not inflater.eof:
        raise DamagedLedgerError
    return columns


def _columns(packed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(packed):
        end = at + 8 + int.from_bytes(packed[at : at + 8], "big")
        if end > len(packed):
            raise DamagedLedgerError
        yield packed[at + 8 : end]
        at = end
