"""Ledgers as text: of this release, and as older ones wrote them.

Those have numbers in seven bits a byte, and UUIDs by their bytes.
"""

from __future__ import annotations

import base64
import itertools
import re
import zlib
from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from tap_compleetpersy.sync.ledger import KnownLedgers, Ledger
from tap_compleetpersy.sync.ledger_columns import Entry

_is_uuid = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_is_number = re.compile("0|[1-9][0-9]{0,17}").fullmatch


def encode(ledger: Mapping[str, Entry]) -> str:
    """Return a ledger as this release writes it."""
    return KnownLedgers().encode(Ledger(ledger))


def decode(text: object) -> Ledger:
    """Return what a text says; raise `DamagedLedgerError`."""
    return KnownLedgers().decode(text)


def written_before(ledger: Mapping[str, Entry]) -> str:
    """Return a ledger in format 1, or in format 2 where it has UUIDs."""
    ids = _ordered(ledger)
    openings = [opening for each in ids for opening in ledger[each].children]
    names = _ordered({*openings})
    integers = (
        [ledger[each].day + 1 for each in ids],
        [len(ledger[each].children) for each in ids],
        [names.index(opening) for opening in openings],
    )
    (numbers, texts, uuids), (other_numbers, other_texts, other_uuids) = _parts(ids), _parts(names)
    columns = [numbers, texts, other_numbers, other_texts, *map(_varints, integers)]
    if has_uuids := bool(uuids or other_uuids):
        columns += uuids, other_uuids
    packed = b"".join(len(column).to_bytes(8, "big") + column for column in columns)
    text = base64.b64encode(zlib.compress(packed, level=4)).decode()
    return ("2:" if has_uuids else "1:") + text


def _ordered(keys: Iterable[str]) -> list[str]:
    return sorted(keys, key=lambda key: (0, int(key), "") if _is_number(key) else (1, 0, key))


def _parts(keys: list[str]) -> tuple[bytes, bytes, bytes]:
    numbers = [0, *(int(key) for key in keys if _is_number(key))]
    others = [key for key in keys if not (_is_number(key) or _is_uuid(key))]
    uuids = b"".join(UUID(key).bytes for key in keys if _is_uuid(key))
    return (
        _varints(two - one for one, two in itertools.pairwise(numbers)),
        msgspec.json.encode(others),
        b"".join(uuids[place::16] for place in range(16)),
    )


def _varints(numbers: Iterable[int]) -> bytes:
    written = bytearray()
    for number in numbers:
        rest = number
        while rest > 0x7F:
            written.append(rest & 0x7F | 0x80)
            rest >>= 7
        written.append(rest)
    return bytes(written)
