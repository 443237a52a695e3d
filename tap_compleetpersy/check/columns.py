"""Unknown records as columns: what stands at each path, record by record."""

from __future__ import annotations

import functools
import re
import typing as t
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from tap_compleetpersy.check.examination import folded_path, showable
from tap_compleetpersy.check.naming import words_of
from tap_compleetpersy.model.custom_values import ENTRY_NAMES, listed_entry
from tap_compleetpersy.model.text import fold, scalar_text
from tap_compleetpersy.model.times import has_clock, read_date, read_time
from tap_compleetpersy.model.wrappers import NOTHING, elements_of, flat, is_date_object, wrapped

_UTC = ZoneInfo("UTC")
_DEEPEST = 5
_UNIX = re.compile(r"1\d{9}(?:\d{3})?")
_MOSTLY = 0.8
_LEAST_WORD = 3
_LEAST_PART = 4

Object = dict[str, t.Any]


@dataclass(frozen=True, eq=False)
class Column:
    """What stands at one path.

    Attributes:
        path: Dotted.
        values: Of each record in its order, as received; None where there is none.
    """

    path: str
    values: tuple[object, ...]
    _shares: dict[object, float] = field(default_factory=dict, init=False)

    def __repr__(self) -> str:
        """Show no value."""
        return f"Column({self.path!r})"

    def __lt__(self, other: Column) -> bool:
        """Compare by path."""
        return self.path < other.path

    @functools.cached_property
    def texts(self) -> list[str]:
        """The values that are not empty, as texts."""
        return [text for value in self.values if (text := scalar_text(value)) is not None]

    def share(self, holds: Callable[[str], object]) -> float:
        """Return the share of the texts for which something holds, asked once of each."""
        if holds not in self._shares:
            held = sum(map(bool, map(holds, self.texts)))
            self._shares[holds] = held / len(self.texts) if self.texts else 0
        return self._shares[holds]

    @functools.cached_property
    def moments(self) -> list[int | None]:
        """Of each record, in milliseconds: naive ones as if in UTC."""
        return [_moment(value) for value in self.values]

    @property
    def depth(self) -> int:
        """How many names lead to it."""
        return self.path.count(".")

    @property
    def parent(self) -> str:
        """The path without its last name."""
        return self.path.rpartition(".")[0]

    @property
    def filled(self) -> float:
        """Share of the records that have a value."""
        return sum(value is not None for value in self.values) / len(self.values)

    @property
    def is_everywhere(self) -> bool:
        """Whether each record has a text or number here."""
        return len(self.texts) == len(self.values)

    @property
    def is_unique(self) -> bool:
        """Whether no value is there twice."""
        return len(set(self.texts)) == len(self.texts)

    @functools.cached_property
    def is_time(self) -> bool:
        """Whether nearly all of the values are times."""
        there = sum(value is not None for value in self.values)
        return bool(there) and sum(one is not None for one in self.moments) >= _MOSTLY * there

    @property
    def has_clock(self) -> bool:
        """Whether some value says more than a day."""
        if any(isinstance(value, dict) for value in self.values):
            return True
        return any(
            has_clock(text) or _UNIX.fullmatch(text) or text.startswith("/Date(")
            for text in self.texts
        )

    def never_before(self, other: Column) -> bool:
        """Whether no time is before another one's of the same record, and some are after it."""
        pairs = [
            (one, two)
            for one, two in zip(self.moments, other.moments, strict=True)
            if one is not None and two is not None
        ]
        return all(one >= two for one, two in pairs) and any(one > two for one, two in pairs)

    def decides(self, other: Column) -> bool:
        """Whether one value always has the same other one beside it, and some come again."""
        beside: dict[str, set[str]] = {}
        pairs = 0
        for one, two in zip(self.values, other.values, strict=True):
            key, text = scalar_text(one), scalar_text(two)
            if key is not None and text is not None:
                beside.setdefault(key, set()).add(text)
                pairs += 1
        repeats = pairs > len(beside) > 1
        varied = len(set().union(*beside.values())) > 1 if beside else False
        return repeats and varied and all(len(texts) == 1 for texts in beside.values())


def _moment(value: object) -> int | None:
    if is_date_object(value):
        return read_time(value, _UTC)
    text = scalar_text(value)
    if text is None:
        return None
    is_written = has_clock(text) or read_date(text) is not None or text.startswith("/Date(")
    if not (is_written or _UNIX.fullmatch(text)):
        return None
    return read_time(text, _UTC)


def columns_of(
    records: Sequence[Object], *, of_lists: bool = False, element: int = 0
) -> list[Column]:
    """Return what stands at each path that may be shown.

    Args:
        records: Objects.
        of_lists: Collect only what an element of lists holds, else only what is in none.
        element: Which one, from 0.
    """
    found = [_leaves(record, "", _DEEPEST, element) for record in records]
    leaves = [
        {leaf.path: leaf.value for leaf in each if leaf.is_listed is of_lists} for each in found
    ]
    shown, _ = showable([set(leaf) for leaf in leaves])
    by_path = {folded_path(path): path for path in shown}
    folded = [_once(leaf) for leaf in leaves]
    return [Column(path, tuple(leaf.get(key) for leaf in folded)) for key, path in by_path.items()]


def _once(leaf: dict[str, object]) -> dict[str, object]:
    """Return the leaves by folded path; what has two spellings is left out."""
    folded: dict[str, object] = {}
    twice: set[str] = set()
    for path, value in leaf.items():
        key = folded_path(path)
        if key in folded:
            twice.add(key)
        folded[key] = value
    return {key: value for key, value in folded.items() if key not in twice}


class _Leaf(t.NamedTuple):
    """A text, a number or a time, and whether it stands in a list."""

    path: str
    value: object
    is_listed: bool


def _leaves(
    value: Object, prefix: str, room: int, element: int, *, is_listed: bool = False
) -> Iterator[_Leaf]:
    for key, item in value.items():
        path = f"{prefix}{key}"
        if "." in key:
            continue
        first, within = item, is_listed
        if isinstance(item, list):
            first, within = next(iter(item[element:]), None), True
            first = flat(first) if isinstance(first, dict) else first
        if isinstance(first, dict) and not is_date_object(first):
            inner = wrapped(first)
            if inner is not NOTHING and scalar_text(inner) is not None:
                yield _Leaf(path, inner, within)
            elif room:
                yield from _leaves(first, f"{path}.", room - 1, element, is_listed=within)
        elif is_date_object(first) or scalar_text(first) is not None:
            yield _Leaf(path, first, within)


class Section(t.NamedTuple):
    """The objects that stand at one path.

    Attributes:
        elements: Of all records.
        is_list: Whether some record has a list of them, in whichever form.
        records: How many records have some.
    """

    elements: list[Object]
    is_list: bool
    records: int = 1

    @property
    def keys(self) -> frozenset[str]:
        """All keys of the elements."""
        return frozenset().union(*self.elements)

    @property
    def holds_entries(self) -> bool:
        """Whether it is of values under their names, or of entries that say their own names."""
        if self.is_list:
            return all(listed_entry(each) is not None for each in self.elements)
        return not all(fold(key) in ENTRY_NAMES for key in self.keys)


def sections_of(records: Sequence[Object]) -> dict[str, Section]:
    """Return the objects at each path that may be shown, alone or in a list."""
    found = [dict(_sections(record, "", _DEEPEST)) for record in records]
    shown, _ = showable([set(one) for one in found])
    parts: dict[str, list[Section]] = {}
    for path, section in (item for one in found for item in one.items()):
        parts.setdefault(folded_path(path), []).append(section)
    return {path: _together(parts[folded_path(path)]) for path in shown}


def _together(parts: Sequence[Section]) -> Section:
    elements = [element for part in parts for element in part.elements]
    return Section(elements, any(part.is_list for part in parts), len(parts))


def _sections(value: Object, prefix: str, room: int) -> Iterator[tuple[str, Section]]:
    for key, item in value.items():
        path = f"{prefix}{key}"
        if "." in key or is_date_object(item):
            continue
        inner = wrapped(item) if isinstance(item, dict) else item
        items = inner if isinstance(inner, list) else None
        if isinstance(item, dict) and items is None:
            items = elements_of(item)
        if items is not None:
            elements = [flat(each) for each in items if isinstance(each, dict)]
            if elements:
                yield path, Section(elements, is_list=True)
        elif isinstance(item, dict) and item and wrapped(item) is NOTHING:
            yield path, Section([item], is_list=False)
            if room:
                yield from _sections(item, f"{path}.", room - 1)


def name_rank(path: str, names: Sequence[str]) -> int | None:
    """Return the place of the name that the last key of a path has in it; None for none.

    A word of the key may be a name cut short (`KD_NACHN`), and short names must be words. Of
    `employer.name` both keys count.
    """
    before, _, last = path.rpartition(".")
    own = _rank(last, names)
    return _rank(before.rpartition(".")[2], names) if own is None and fold(last) == "name" else own


def _rank(last: str, names: Sequence[str]) -> int | None:
    whole, words = fold(last), {fold(word) for word in words_of(last)}
    for rank, name in enumerate(names):
        if len(name) >= _LEAST_PART and name in whole:
            return rank
        if name in words or (whole.endswith(name) and len(name) == _LEAST_WORD):
            return rank
        if any(len(word) >= _LEAST_WORD and name.startswith(word) for word in words):
            return rank
    return None


def is_named(path: str, names: Collection[str]) -> bool:
    """Whether the last key of a path has one of the names in it."""
    whole = fold(path.rpartition(".")[2])
    return any(name in whole for name in names)
