"""The ledger: every candidate, and its openings, that the warehouse may hold alive.

Without it a deletion could not be seen: a list of changes does not name what is
gone. In memory it is a mapping over sorted columns (`ledger_columns`), beside a small
dictionary of what changes in a run. In the state it is one text, small and exact, and damage is
noticed: columns of small integers, deflated, checked (zlib's own Adler-32) and in base64. For dense
numeric ids that is well under the 16 bytes a candidate that the design allows for all streams
together (``python -m benchmarks.ledger`` measures it). UUIDs are 16 bytes each before they are
deflated, in a second format; a ledger without any is written as ever.
"""

from __future__ import annotations

import base64
import binascii
import heapq
import itertools
import operator
import re
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence

import msgspec

from tap_compleetpersy.errors import PersyError
from tap_compleetpersy.sync.ledger_columns import (
    Columns,
    Keys,
    Pool,
    Runs,
    is_canonical,
    numbers_of,
)

LARGEST_BYTES = 1 << 27
"""No ledger inflates to more: it would know some 15 million candidates."""

_FORMAT = "1:"
_FORMAT_OF_UUIDS = "2:"
_UUID = 16
_is_uuid = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_HIGH = bytes(range(0x80, 0x100))
_VARINTS = re.compile(rb"[\x80-\xff]{0,8}[\x00-\x7f]").findall
_LONGEST_VARINT = 9
_TOO_LARGE = 10**18
_CHUNK = 1 << 14
"""Numbers that are objects at a time: a million of them would take more than all columns."""


class DamagedLedgerError(ValueError):
    """The text is not a ledger of this format, or was changed."""


class TooLargeLedgerError(PersyError):
    """The text would be too long to be read back."""


def encode_columns(columns: Columns) -> str:
    """Return columns without spare names as text; :func:`decode_columns` reads equal ones back.

    Raises:
        TooLargeLedgerError: When it could not be read back.
    """
    ids, id_uuids, texts = _keys(columns.keys)
    names, name_uuids, name_texts = _keys(columns.names)
    uuids = (id_uuids, name_uuids) if id_uuids or name_uuids else ()
    counts = map(_varints, (columns.days, columns.carried.lengths, columns.openings))
    packed = b"".join(map(_with_length, (ids, texts, names, name_texts, *counts, *uuids)))
    if len(packed) >= LARGEST_BYTES:
        message = (
            f"state: a ledger of {len(columns.keys):,} candidates takes {len(packed):,} bytes, and "
            f"fewer than {LARGEST_BYTES:,} are read back. Divide the tenant, by start_date say"
        )
        raise TooLargeLedgerError(message)
    # Higher levels take twice the time for half a percent.
    packed = zlib.compress(packed, level=4)
    return (_FORMAT_OF_UUIDS if uuids else _FORMAT) + base64.b64encode(packed).decode("ascii")


def decode_columns(text: str) -> Columns:
    """Return the columns that :func:`encode_columns` wrote.

    Raises:
        DamagedLedgerError: When the text was cut, changed, or is of another format.
    """
    if not text.startswith((_FORMAT, _FORMAT_OF_UUIDS)):
        raise DamagedLedgerError
    try:
        packed = base64.b64decode(text[len(_FORMAT) :], validate=True)
        ids, texts, names, name_texts, days, counts, indexes, *uuids = _columns(inflate(packed))
        id_uuids, name_uuids = uuids if text.startswith(_FORMAT_OF_UUIDS) else (b"", b"", *uuids)
        # Before anything grows, so that no text can fill the memory:
        if not _length(ids) <= _length(days) == _length(counts):
            raise DamagedLedgerError
        sizes = _integers(counts)
        if not _length(names) <= _length(indexes) == sum(sizes):
            raise DamagedLedgerError
        columns = Columns(
            _read_keys(ids, id_uuids, texts),
            _integers(days),
            Runs(sizes),
            _integers(indexes),
            _read_keys(names, name_uuids, name_texts),
        )
    except (binascii.Error, zlib.error, ValueError, OverflowError) as error:
        raise DamagedLedgerError from error
    if len(columns.keys) != len(columns.days):
        raise DamagedLedgerError
    if max(columns.openings, default=-1) >= len(columns.names):
        raise DamagedLedgerError
    return columns


def _keys(keys: Keys) -> tuple[bytes, bytes, bytes]:
    uuids, others = bytearray(), []
    for text in keys.texts():
        if _is_uuid(text):
            uuids += bytes.fromhex(text.replace("-", ""))
        else:
            others.append(text)
    # First bytes beside first bytes: in order they hardly differ, and deflate to next to nothing.
    planes = b"".join(uuids[place::_UUID] for place in range(_UUID))
    return _varints(_deltas(keys.numbers)), planes, msgspec.json.encode(others)


def _read_keys(packed: bytes, planes: bytes, texts: bytes) -> Keys:
    numbers = _joined(_sums(packed))
    if numbers and numbers[-1] >= _TOO_LARGE:
        raise DamagedLedgerError
    others = msgspec.json.decode(texts, type=list[str])
    if any(map(is_canonical, others)) or (planes and any(map(_is_uuid, others))):
        raise DamagedLedgerError
    if planes:
        others = [*heapq.merge(_uuids(planes), others)]
    if any(one >= two for one, two in itertools.pairwise(others)):
        raise DamagedLedgerError
    return Keys.sorted(numbers, others)


def _uuids(planes: bytes) -> Iterator[str]:
    count, rest = divmod(len(planes), _UUID)
    if rest:
        raise DamagedLedgerError
    for row in range(count):
        text = planes[row::count].hex()
        yield f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


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


def _integers(packed: bytes) -> array[int]:
    """Return the numbers that :func:`_varints` wrote."""
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
    """Return how many numbers a column has, without reading them."""
    return len(packed.translate(None, _HIGH))


def inflate(packed: bytes) -> bytes:
    """Return what was deflated, `LARGEST_BYTES` at most; raise `DamagedLedgerError`."""
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


UNKNOWN_DAY = -1

_MOST_CHANGES = 1 << 14
"""Changes that are kept beside the columns; more where the columns are long (a 64th)."""


class Entry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What is known of one candidate.

    Attributes:
        day: UTC day of the last update, in days since 1970 (finer is not kept); -1 when unknown.
        children: Remote ids of what the candidate carries: openings, or attachments.
    """

    day: int
    children: tuple[str, ...]


class Ledger(MutableMapping[str, Entry]):
    """Remote candidate id to what is known of the candidate.

    Goes through numbers by value, then through other ids by code points.
    """

    def __init__(
        self,
        entries: Mapping[str, Entry] | None = None,
        *,
        columns: Columns | None = None,
        pool: Pool | None = None,
    ) -> None:
        """Begin with entries, by candidate, or with columns; other ledgers may share the pool."""
        self._pool = pool or Pool()
        self._columns = columns or Columns.of([])
        self._changes: dict[str, Entry | None] = {}
        self._size = len(self._columns.keys)
        self.update(entries or {})

    def __getitem__(self, candidate_id: str) -> Entry:
        """Return what is known of a candidate."""
        entry = self._find(candidate_id)
        if entry is None:
            raise KeyError(candidate_id)
        return entry

    def __contains__(self, candidate_id: object) -> bool:
        """Whether anything is known of a candidate."""
        if candidate_id in self._changes:
            return self._changes[candidate_id] is not None
        return isinstance(candidate_id, str) and self._columns.keys.place(candidate_id)[1]

    def __setitem__(self, candidate_id: str, entry: Entry) -> None:
        """Know this of a candidate."""
        self.put(candidate_id, entry)

    def __delitem__(self, candidate_id: str) -> None:
        """Forget a candidate."""
        if candidate_id not in self:
            raise KeyError(candidate_id)
        self._changes[candidate_id] = None
        self._size -= 1

    def __iter__(self) -> Iterator[str]:
        """Go through the candidates as they are now, whatever changes meanwhile."""
        return iter(self.columns.keys)

    def __len__(self) -> int:
        """Count the candidates."""
        return self._size

    def __eq__(self, other: object) -> bool:
        """Whether the same is known of the same candidates."""
        if isinstance(other, Ledger):
            return self.columns.trimmed() == other.columns.trimmed()
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]  # it changes

    def put(self, candidate_id: str, entry: Entry) -> Entry | None:
        """Know this of a candidate; return what was known before."""
        before, changes = self._find(candidate_id), self._changes
        if before is None or before != entry:
            changes[candidate_id] = entry
            self._size += before is None
            if len(changes) > _MOST_CHANGES and len(changes) > self._size >> 6:
                self._settle()
        return before

    def clear(self) -> None:
        """Forget all."""
        self._columns, self._changes, self._size = Columns.of([]), {}, 0

    def copy(self) -> Ledger:
        """Return another one that knows the same, for now; it takes no memory."""
        copy = Ledger(columns=self._columns, pool=self._pool)
        copy._changes, copy._size = self._changes.copy(), self._size
        return copy

    @property
    def columns(self) -> Columns:
        """All that is known, as columns."""
        if self._changes:
            self._settle()
        return self._columns

    @property
    def openings(self) -> int:
        """How many openings all candidates have together."""
        return len(self.columns.openings)

    def carried(self) -> set[str]:
        """Return the openings that anybody has."""
        columns = self.columns
        return set(map(columns.names.__getitem__, set(columns.openings)))

    def absent(self, other: Ledger) -> Iterator[str]:
        """Go through the candidates that another ledger does not know."""
        return self.columns.keys.absent(other.columns.keys)

    def _find(self, candidate_id: str) -> Entry | None:
        if candidate_id in self._changes:
            return self._changes[candidate_id]
        if not self._columns.days:
            return None
        row, is_there = self._columns.keys.place(candidate_id)
        return Entry(*self._columns.row(row)) if is_there else None

    def _settle(self) -> None:
        """Make columns of what changed; ledgers that are equal and change equally do it once."""
        before, changes = self._columns, self._changes
        self._columns, self._changes = self._pool.edited(before, changes, _edited), {}


def _edited(columns: Columns, changes: Mapping[str, Entry | None]) -> Columns:
    removed = [each for each, entry in changes.items() if entry is None]
    fresh = Columns.of([(k, e.day, e.children) for k, e in changes.items() if e])
    return columns.edited(fresh, removed)


def encode(ledger: Mapping[str, Entry]) -> str:
    """Return a ledger as text; :func:`decode` reads it back to an equal one."""
    whole = ledger if isinstance(ledger, Ledger) else Ledger(ledger)
    return encode_columns(whole.columns.trimmed())


def decode(text: object) -> Ledger:
    """Return the ledger that :func:`encode` wrote.

    Raises:
        DamagedLedgerError: When the text was cut, changed, or is of another format.
    """
    return KnownLedgers().decode(text)


class KnownLedgers:
    """Ledgers with their texts: equal ones are read once, held once and written once.

    A run mostly leaves a ledger as it was, and jobs and applications mostly have the same.
    """

    def __init__(self) -> None:
        """Know none."""
        self.pool = Pool()
        self._known: dict[str, Columns] = {}

    def copy(self) -> KnownLedgers:
        """Know the same, and forget what is learned from here on."""
        copy = KnownLedgers()
        copy.pool, copy._known = self.pool, dict(self._known)
        return copy

    def decode(self, text: object) -> Ledger:
        """Return the ledger of a text.

        Raises:
            DamagedLedgerError: When it was cut, changed, or is of another format.
        """
        if not isinstance(text, str):
            raise DamagedLedgerError
        if text not in self._known:
            self._known[text] = self.pool.shared(decode_columns(text))
        return Ledger(columns=self._known[text], pool=self.pool)

    def changeable(self, ledger: Ledger | None) -> Ledger:
        """Return one that knows the same, or nothing, and shares what it can with others."""
        return Ledger(pool=self.pool) if ledger is None else ledger.copy()

    def encode(self, ledger: Ledger) -> str:
        """Return a ledger as text, as :func:`encode` does."""
        columns = ledger.columns
        for text, known in self._known.items():
            if known is columns:
                return text
        columns = columns.trimmed()
        for text, known in self._known.items():
            if known == columns:
                return text
        text = encode_columns(columns)
        self._known[text] = columns
        return text
