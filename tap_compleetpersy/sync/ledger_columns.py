"""Rows in sorted columns: what a ledger knows, in some twenty bytes a candidate.

A million entries as objects take most of a gigabyte. Here ids are one sorted array of numbers
and one of texts, days and openings arrays beside them, each as narrow as its largest value. Nothing
of it is ever changed: what changed makes new columns, and equal columns are kept once (`Pool`).
"""

from __future__ import annotations

import bisect
import functools
import hashlib
import itertools
import re
import typing as t
import weakref
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

is_canonical = re.compile(r"0|[1-9][0-9]{0,17}").fullmatch
"""Whether an id is a number that its digits say in one way only."""

is_uuid = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
"""Whether the text of an id is a UUID as most programs spell it."""

LEAST_HASH = 1 << 59
"""Hashes that stand for UUIDs are numbers from here on, which no database counts to."""

UNKNOWN_DAY = -1

_CODES = ((1 << 8, "B"), (1 << 16, "H"), (1 << 32, "I"))
_BLOCK = 64
_CHUNK = 8192

Pieces: t.TypeAlias = "Sequence[tuple[int, int, int, int]]"
"""Begin and end of rows, begin and end of those of others that replace them; in order."""

Edits: t.TypeAlias = "Sequence[tuple[int, int, array[int]]]"
"""Begin and end of what is replaced, and by what; in order."""


class Entry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What is known of one candidate.

    Attributes:
        day: UTC day of the last update, in days since 1970 (finer is not kept); -1 when unknown.
        children: Remote ids of what the candidate carries: openings, or attachments.
    """

    day: int
    children: tuple[str, ...]


def numbers_of(values: Sequence[int]) -> array[int]:
    """Return integers (not negative) as an array as narrow as the largest allows.

    Raises:
        OverflowError: For one of more than 63 bits.
    """
    largest = max(values, default=0)
    return array(next((code for limit, code in _CODES if largest < limit), "q"), values)


def hashed(key: str) -> str:
    """Return a hash in place of a UUID, as a number of a quarter of its size; other ids stay.

    Of a million, two get the same one with a probability of 7e-6.
    """
    raw = key.encode("utf-8", "surrogatepass")
    if not is_uuid(raw):
        return key
    return str(LEAST_HASH | int.from_bytes(hashlib.sha256(raw).digest()[:7], "big"))


@dataclass
class Runs:
    """Neighbouring pieces of one sequence, by their lengths."""

    lengths: array[int]
    _begins: array[int] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Find where each 64th piece begins."""
        lengths = self.lengths
        blocks = (lengths[at : at + _BLOCK] for at in range(0, len(lengths), _BLOCK))
        self._begins = numbers_of([*itertools.accumulate(map(sum, blocks), initial=0)])

    def span(self, row: int) -> tuple[int, int]:
        """Return where a piece begins and ends."""
        block = row // _BLOCK
        begin = self._begins[block] + sum(self.lengths[block * _BLOCK : row])
        return begin, begin + self.lengths[row]


@dataclass
class Keys:
    """Different texts in order: canonical numbers by value, then all others by code points.

    Attributes:
        numbers: In order.
        blob: The other texts in UTF-8.
        runs: The bytes of each.
    """

    numbers: array[int]
    blob: bytes
    runs: Runs
    _merged: tuple[Keys, Sequence[str], Pieces, weakref.ref[Keys]] | None = field(
        default=None, init=False, compare=False
    )

    @classmethod
    def of(cls, texts: Iterable[str]) -> Keys:
        """Return different texts as keys."""
        return cls.sorted(*split(texts))

    @classmethod
    def sorted(cls, numbers: Sequence[int], texts: Iterable[str]) -> Keys:
        """Return keys whose parts are in order already."""
        raw = [text.encode("utf-8", "surrogatepass") for text in texts]
        return cls(numbers_of(numbers), b"".join(raw), Runs(numbers_of([*map(len, raw)])))

    def __len__(self) -> int:
        """Count them."""
        return len(self.numbers) + len(self.runs.lengths)

    def __getitem__(self, row: int) -> str:
        """Return the key of a row."""
        if row < len(self.numbers):
            return str(self.numbers[row])
        return self._raw(row - len(self.numbers)).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        """Go through them in order."""
        yield from map(str, self.numbers)
        yield from self.texts()

    def texts(self) -> Iterator[str]:
        """Go through those that are no canonical numbers."""
        return (raw.decode("utf-8", "surrogatepass") for raw in self.raws())

    def raws(self) -> Iterator[bytes]:
        """Go through the same in UTF-8."""
        ends = itertools.accumulate(self.runs.lengths, initial=0)
        return (self.blob[begin:end] for begin, end in itertools.pairwise(ends))

    def hashed(self) -> Keys:
        """Return the same with hashes in place of UUIDs."""
        if not any(map(is_uuid, self.raws())):
            return self
        numbers, texts = split(map(hashed, self.texts()))
        return Keys.sorted(sorted({*self.numbers, *numbers}), texts)

    def place(self, key: str) -> tuple[int, bool]:
        """Return the row of a key, or the one before which it belongs, and whether it is there."""
        if is_canonical(key):
            number = int(key)
            row = bisect.bisect_left(self.numbers, number)
            return row, row < len(self.numbers) and self.numbers[row] == number
        raw = key.encode("utf-8", "surrogatepass")
        every = range(len(self.runs.lengths))
        row = bisect.bisect_left(every, raw, key=self._raw)
        return len(self.numbers) + row, row < len(every) and self._raw(row) == raw

    def places(self, others: Keys) -> Iterator[tuple[int, bool]]:
        """Go through what `place` returns for each of others."""
        row, count = 0, len(self.numbers)
        for number in others.numbers:
            row = bisect.bisect_left(self.numbers, number, row)
            yield row, row < count and self.numbers[row] == number
        yield from map(self.place, others.texts())

    def absent(self, other: Keys) -> Iterator[str]:
        """Go through those that are not among others, in order."""
        for at in range(0, len(self.numbers), _CHUNK):
            chunk = self.numbers[at : at + _CHUNK]
            begin = bisect.bisect_left(other.numbers, chunk[0])
            end = bisect.bisect_right(other.numbers, chunk[-1])
            yield from map(str, sorted(set(chunk).difference(other.numbers[begin:end])))
        yield from (text for text in self.texts() if not other.place(text)[1])

    def picked(self, rows: Iterable[int]) -> Keys:
        """Return the keys of some rows, given in order."""
        every = [*rows]
        numbers = [self.numbers[row] for row in every if row < len(self.numbers)]
        return Keys.sorted(numbers, map(self.__getitem__, every[len(numbers) :]))

    def merged(self, fresh: Keys, removed: Sequence[str]) -> tuple[Pieces, Keys]:
        """Return how others come in and some go out, and the keys after that.

        The ledgers of several streams have the same keys and mostly change alike: asked again for
        the same, this answers at once, and with the same keys, while some ledger has them.
        """
        if (last := self._merged) and last[0] is fresh and last[1] == removed:
            keys = last[3]()
            if keys is not None:
                return last[2], keys
        edits = _edits(self, fresh, removed)
        keys = self._edited(edits, fresh)
        # Weak: keys of a bookmark live for the whole run, and would hold all that follow on them.
        self._merged = fresh, removed, edits, weakref.ref(keys)
        return edits, keys

    def _edited(self, edits: Pieces, fresh: Keys) -> Keys:
        """Return these keys with rows replaced by rows of others.

        Args:
            edits: Begin and end of rows, begin and end of those that replace them; in order.
            fresh: Whose rows replace them.
        """
        mine, theirs = len(self.numbers), len(fresh.numbers)
        numbers = [
            (begin, min(end, mine), fresh.numbers[new:until])
            for begin, end, new, until in edits
            if begin < mine or new < theirs
        ]
        texts = [
            (
                max(begin - mine, 0),
                max(end - mine, 0),
                max(new - theirs, 0),
                max(until - theirs, 0),
            )
            for begin, end, new, until in edits
            if end > mine or until > theirs
        ]
        lengths = [(begin, end, fresh.runs.lengths[new:until]) for begin, end, new, until in texts]
        blob, at = bytearray(), 0
        for begin, end, new, until in _pieces(self.runs, fresh.runs, texts):
            blob += self.blob[at:begin]
            blob += fresh.blob[new:until]
            at = end
        blob += self.blob[at:]
        runs = Runs(edited(self.runs.lengths, lengths))
        return Keys(edited(self.numbers, numbers), bytes(blob), runs)

    def _raw(self, row: int) -> bytes:
        begin, end = self.runs.span(row)
        return self.blob[begin:end]


@dataclass(frozen=True)
class Columns:
    """What is known of many candidates; `trimmed` ones compare by what they say.

    Attributes:
        keys: Ids of the candidates; each is a row.
        days: Day of the last update, in days since 1970, and 1; 0 when unknown.
        carried: How many openings each has.
        openings: Rows of `names`, candidate after candidate.
        names: Ids of the openings.
    """

    keys: Keys
    days: array[int]
    carried: Runs
    openings: array[int]
    names: Keys = field(repr=False)

    @classmethod
    def of(cls, entries: Mapping[str, Entry]) -> Columns:
        """Return what is known, by id, as columns."""
        keys, order = _ordered(tuple(entries))
        rows = [*entries.values()]
        ordered = [rows[number] for number in order]
        every = [*itertools.chain.from_iterable([row.children for row in ordered])]
        names = Keys.of(set(every))
        numbered = {name: number for number, name in enumerate(names)}
        return cls(
            keys,
            numbers_of([row.day + 1 for row in ordered]),
            Runs(numbers_of([len(row.children) for row in ordered])),
            numbers_of([*map(numbered.__getitem__, every)]),
            names,
        )

    def row(self, row: int) -> Entry:
        """Return what is known of the candidate of a row."""
        openings: tuple[str, ...] = ()
        if self.openings and self.carried.lengths[row]:
            begin, end = self.carried.span(row)
            openings = tuple(map(self.names.__getitem__, self.openings[begin:end]))
        return Entry(self.days[row] - 1, openings)

    def edited(self, changes: Mapping[str, Entry | None]) -> Columns:
        """Return these rows with others, by id, and without those that are None."""
        fresh = Columns.of({key: entry for key, entry in changes.items() if entry})
        removed = [key for key, entry in changes.items() if entry is None]
        if not self.keys:
            return fresh
        rows, keys = self.keys.merged(fresh.keys, removed)
        names, mine, theirs = _together(self.names, fresh.names)
        days = [(begin, end, fresh.days[new:until]) for begin, end, new, until in rows]
        lengths = [
            (begin, end, fresh.carried.lengths[new:until]) for begin, end, new, until in rows
        ]
        others = _renumbered(fresh.openings, theirs)
        carrying = rows if self.openings or others else ()
        openings = [
            (begin, end, others[new:until])
            for begin, end, new, until in _pieces(self.carried, fresh.carried, carrying)
        ]
        return Columns(
            keys,
            edited(self.days, days),
            Runs(edited(self.carried.lengths, lengths)),
            edited(_renumbered(self.openings, mine), openings),
            names,
        )

    def hashed(self) -> Columns:
        """Return the same with hashes in place of UUIDs as keys."""
        if not any(map(is_uuid, self.keys.raws())):
            return self
        rows = {hashed(key): row for row, key in enumerate(self.keys)}
        keys = Keys.of(rows)
        order = [*map(rows.__getitem__, keys)]
        return Columns(
            keys,
            _picked(self.days, order),
            Runs(_picked(self.carried.lengths, order)),
            array(
                self.openings.typecode,
                itertools.chain.from_iterable(
                    self.openings[begin:end] for begin, end in map(self.carried.span, order)
                ),
            ),
            self.names,
        )

    def trimmed(self) -> Columns:
        """Return the same without names of openings that no candidate carries."""
        used = sorted(set(self.openings))
        if len(used) == len(self.names):
            return self
        numbered = {name: number for number, name in enumerate(used)}
        openings = _renumbered(self.openings, numbered)
        return Columns(self.keys, self.days, self.carried, openings, self.names.picked(used))


class Pool:
    """Keeps equal arrays once, for the ledgers of several streams are mostly equal."""

    def __init__(self) -> None:
        """Know none."""
        self._known: list[weakref.ref[array[int]]] = []
        self._last: tuple[Columns, Mapping[str, Entry | None], Columns] | None = None

    def edited(self, columns: Columns, changes: Mapping[str, Entry | None]) -> Columns:
        """Return edited columns, without doing the last edit again."""
        if self._last is None or self._last[0] is not columns or self._last[1] != changes:
            self._last = columns, changes, self.shared(columns.edited(changes))
        return self._last[2]

    def shared(self, columns: Columns) -> Columns:
        """Return equal columns, made of what is known where it is equal."""
        keys, names = columns.keys, columns.names
        for each in (keys, names):
            each.numbers = self._one(each.numbers)
        columns.carried.lengths = self._one(columns.carried.lengths)
        return Columns(
            keys, self._one(columns.days), columns.carried, self._one(columns.openings), names
        )

    def _one(self, column: array[int]) -> array[int]:
        """Return an equal array that some ledger has, else this one."""
        known = [(each, one) for each in self._known if (one := each()) is not None]
        self._known = [each for each, _ in known]
        for _, one in known:
            if one.typecode == column.typecode and one == column:
                return one
        self._known.append(weakref.ref(column))
        return column


def split(texts: Iterable[str]) -> tuple[list[int], list[str]]:
    """Return canonical numbers and all other texts, both sorted."""
    numeric: list[int] = []
    textual: list[str] = []
    for text in texts:
        if is_canonical(text):
            numeric.append(int(text))
        else:
            textual.append(text)
    return sorted(numeric), sorted(textual)


def edited(column: array[int], edits: Edits) -> array[int]:
    """Return a column with pieces replaced, as narrow as before where that suffices."""
    codes = {column.typecode, *(new.typecode for _, _, new in edits if new)}
    code = max(codes, key="BHIq".index)
    result, at = array(code), 0
    for begin, end, new in [*edits, (len(column), 0, array(code))]:
        for part in range(at, begin, _CHUNK):
            result += array(code, column[part : min(part + _CHUNK, begin)])
        result += array(code, new)
        at = end
    return result


def _picked(column: array[int], rows: Iterable[int]) -> array[int]:
    return array(column.typecode, map(column.__getitem__, rows))


@functools.lru_cache(maxsize=2)  # ids, and hashes of them
def _ordered(texts: tuple[str, ...]) -> tuple[Keys, list[int]]:
    """Return different texts as keys, and where each of these was; the same again at once."""
    numbers, others = split(texts)
    places = {text: place for place, text in enumerate(texts)}
    order = map(places.__getitem__, itertools.chain(map(str, numbers), others))
    return Keys.sorted(numbers, others), [*order]


def _edits(mine: Keys, fresh: Keys, removed: Iterable[str]) -> Pieces:
    """Return which rows are replaced by which, in as few pieces as there can be."""
    out = sorted(row for row, is_there in map(mine.place, removed) if is_there)
    steps = [(row, 1, 0, 0) for row in out]
    for new, (row, is_there) in enumerate(mine.places(fresh)):
        steps.append((row, int(is_there), new, 1))
    pieces: list[tuple[int, int, int, int]] = []
    for row, width, new, count in sorted(steps, key=lambda step: (step[0], -step[3], step[2])):
        begin, end, first, until = pieces[-1] if pieces else (0, 0, 0, 0)
        if end == row and (until == new or not count):
            pieces[-1:] = [(begin, row + width, first, until + count)]
        else:
            pieces.append((row, row + width, until, until + count))
    return pieces


def _pieces(mine: Runs, fresh: Runs, edits: Pieces) -> Iterator[tuple[int, int, int, int]]:
    """Return the edits of rows as edits of what the runs cut into pieces."""
    row = at = new_row = new_at = 0
    for begin, end, new, until in edits:
        at += sum(mine.lengths[row:begin])
        after = at + sum(mine.lengths[begin:end])
        new_at += sum(fresh.lengths[new_row:new])
        new_after = new_at + sum(fresh.lengths[new:until])
        yield at, after, new_at, new_after
        row, at, new_row, new_at = end, after, until, new_after


def _together(mine: Keys, fresh: Keys) -> tuple[Keys, dict[int, int] | None, dict[int, int] | None]:
    """Return all keys of two, and the row of each one's rows among them; None: as they were."""
    if mine == fresh:
        return mine, None, None
    places = [*mine.places(fresh)]
    if all(is_there for _, is_there in places):
        return mine, None, {new: row for new, (row, _) in enumerate(places)}
    every = Keys.of({*mine, *fresh})
    numbered = {key: row for row, key in enumerate(every)}
    return (
        every,
        {row: numbered[key] for row, key in enumerate(mine)},
        {row: numbered[key] for row, key in enumerate(fresh)},
    )


def _renumbered(openings: array[int], numbers: dict[int, int] | None) -> array[int]:
    if numbers is None:
        return openings
    return numbers_of([*map(numbers.__getitem__, openings)])
