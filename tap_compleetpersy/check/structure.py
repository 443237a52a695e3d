"""How an unknown answer is built: where its records are, and what stands at each of their paths.

An unusual form is a path with brackets (see `api.unfolding`), known by what the values look like:
names of entries are texts, in no record twice and in many records again; JSON in a text can be
read; numbered keys have one name each in all records.
"""

from __future__ import annotations

import functools
import re
import typing as t
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from tap_compleetpersy.api.envelope import is_by_id
from tap_compleetpersy.api.unfolding import opened
from tap_compleetpersy.check.examination import folded_path, showable
from tap_compleetpersy.model.custom_values import ENTRY_NAMES, listed_entry
from tap_compleetpersy.model.text import fold, scalar_text
from tap_compleetpersy.model.times import has_clock, read_date, read_time
from tap_compleetpersy.model.wrappers import NOTHING, elements_of, flat, is_date_object, wrapped

DEEPEST_PLACE = 6
PLAIN_KEY = re.compile(r"[^\W\d_][\w -]{0,39}|_\w{1,39}")
_UTC = ZoneInfo("UTC")
_DEEPEST = 5
_DEEPEST_FORM = 3
_MOSTLY = 0.8
_LEAST = 2
_UNIX = re.compile(r"1\d{9}(?:\d{3})?")
_OWN_IDS = ("id", "nr", "nummer", "number", "key", "code", "kennung", "kennziffer", "ref")
_NUMBERED = re.compile(r"([^\d.\[\]=#]*)(\d{1,3})([^\d.\[\]=#]*)")
_PLAIN = re.compile(r"[^\[\]=#]+")
"""What brackets can name."""

Object = dict[str, t.Any]


# --- the document ---------------------------------------------------------------------


class Place(t.NamedTuple):
    """A dotted path into a document, and what stands there."""

    path: str
    value: t.Any


def locate_records(document: object, readable: Callable[[list[object]], int]) -> str | None:
    """Return the dotted path of the list that looks most like candidates.

    That is the one with most `readable` records. None when there is no list of objects, or the
    document is it.
    """
    lists = [
        (readable(place.value), len(place.value), -place.path.count("."), place.path)
        for place in _lists(document, "", DEEPEST_PLACE)
    ]
    return max(lists)[-1] or None if lists else None


def _lists(value: object, path: str, room: int) -> Iterator[Place]:
    if isinstance(value, list):
        if any(isinstance(item, dict) for item in value):
            yield Place(path, value)
        return
    if not isinstance(value, dict) or not room:
        return
    if value and is_by_id(value):
        yield Place(path, list(value.values()))
        return
    for key, item in value.items():
        if PLAIN_KEY.fullmatch(key):
            yield from _lists(item, f"{path}.{key}" if path else key, room - 1)


# --- columns and sections ------------------------------------------------------------


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
    leaves = [{path: value for path, value, where in each if where is of_lists} for each in found]
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


def _leaves(
    value: Object, prefix: str, room: int, element: int, *, is_listed: bool = False
) -> Iterator[tuple[str, object, bool]]:
    """Yield path and value of each text, number and time, and whether it stands in a list."""
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
                yield path, inner, within
            elif room:
                yield from _leaves(first, f"{path}.", room - 1, element, is_listed=within)
        elif is_date_object(first) or scalar_text(first) is not None:
            yield path, first, within


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


# --- unusual forms -------------------------------------------------------------------


def marked_fields(records: Sequence[Object]) -> list[str]:
    """Return the containers of custom fields whose entries have unknown names."""
    return [*_texts_and_lists(records), *_numbered(records)]


def marked_lists(records: Sequence[Object]) -> list[str]:
    """Return the objects by id, such as `{"J311": {"title": …}}`, whose elements lack it."""
    found = []
    for path, values in _places(records).items():
        objects = [value for value in values if isinstance(value, dict) and value]
        elements = [each for value in objects if is_by_id(value) for each in value.values()]
        keys = {fold(key) for each in elements for key in each}
        is_list = elements and all(map(is_by_id, objects)) and len(objects) >= _LEAST
        if is_list and not any(key.endswith(_OWN_IDS) for key in keys):
            found.append(f"{path}[id]")
    return found


def _places(records: Sequence[Object]) -> dict[str, list[object]]:
    """Return what stands at each path, but for what is within lists."""
    found: dict[str, list[object]] = {}

    def walk(value: Object, prefix: str, room: int) -> None:
        for key, item in value.items():
            if item is None or is_date_object(item) or "." in key or not _PLAIN.fullmatch(key):
                continue
            found.setdefault(f"{prefix}{key}", []).append(item)
            if isinstance(item, dict) and room and not is_by_id(item):
                walk(item, f"{prefix}{key}.", room - 1)

    for record in records:
        walk(record, "", _DEEPEST_FORM)
    shown, _ = showable([{path} for path, values in found.items() for _ in values])
    return {path: found[path] for path in shown if path in found}


def _texts_and_lists(records: Sequence[Object]) -> Iterator[str]:
    for path, values in _places(records).items():
        read = [opened(value) for value in values]
        lists = [value for value in read if isinstance(value, list) and value]
        is_json = all(isinstance(value, str) for value in values) and len(values) >= _LEAST
        if lists and len(lists) >= _MOSTLY * len([value for value in read if value]):
            names = _entry_names(lists)
            if names is not None:
                yield f"{path}[{names}]"
            elif is_json:
                yield f"{path}[]"
        elif is_json and all(isinstance(value, dict) for value in read):
            yield f"{path}[]"


def _entry_names(lists: Sequence[list[t.Any]]) -> str | None:
    """Return which of two members is the name and which the value, where one can be it only."""
    entries = [[_members(entry) for entry in each] for each in lists]
    every = [entry for each in entries for entry in each]
    two = tuple(every[0])
    if len(two) != 2 or not all(map(_PLAIN.fullmatch, two)):  # noqa: PLR2004 - name and value
        return None
    if any(tuple(each) != two or not _is_plain(each) for each in every):
        return None
    if all(isinstance(each, dict) and listed_entry(each) for one in lists for each in one):
        return None
    names = [key for key in two if _are_names([[entry[key] for entry in each] for each in entries])]
    if len(names) != 1:
        return None
    (other,) = (key for key in two if key != names[0])
    return f"{names[0]}={other}"


def _members(entry: object) -> Object:
    if isinstance(entry, list):
        return {str(place): each for place, each in enumerate(entry)}
    return entry if isinstance(entry, dict) else {}


def _is_plain(entry: Object) -> bool:
    return all(value is None or scalar_text(value) is not None for value in entry.values())


def _are_names(lists: Sequence[Sequence[object]]) -> bool:
    """Whether values are names of fields: texts, in no record twice, in many records again."""
    if not all(isinstance(name, str) and name for each in lists for name in each):
        return False
    counted = Counter(name for each in lists for name in each)
    shown, hidden = showable([{str(name) for name in each} for each in lists])
    is_once = all(len(set(each)) == len(each) for each in lists)
    return is_once and not hidden and len(shown) * _LEAST <= counted.total()


def _numbered(records: Sequence[Object]) -> Iterator[str]:
    """Yield keys such as `feld1_name` and `feld1_wert` at the top of records, or below."""
    below = {f"{path}.": values for path, values in _places(records).items()}
    places: dict[str, Sequence[object]] = {"": records, **below}
    for prefix, values in places.items():
        objects = [value for value in values if isinstance(value, dict)]
        columns: dict[str, dict[str, list[object]]] = {}
        for value in objects:
            for key, item in value.items():
                if (match := _NUMBERED.fullmatch(key)) and item is not None:
                    column = columns.setdefault(f"{match[1]}#{match[3]}", {})
                    column.setdefault(match[2], []).append(item)
        names = [key for key, each in columns.items() if _are_labels(each)]
        pairs = [
            (name, other)
            for name in names
            for other, each in columns.items()
            if other != name and each.keys() <= columns[name].keys() and other not in names
            and other.partition("#")[0] == name.partition("#")[0]
        ]  # fmt: skip
        if len(pairs) == 1:
            yield f"{prefix.rstrip('.')}[{pairs[0][0]}={pairs[0][1]}]"


def _are_labels(column: dict[str, list[object]]) -> bool:
    """Whether each number has one text in all records, and each another one."""
    texts = {number: set(map(str, values)) for number, values in column.items()}
    different = {min(each) for each in texts.values()}
    repeated = all(len(values) >= _LEAST for values in column.values())
    is_text = all(isinstance(value, str) for values in column.values() for value in values)
    single = all(len(each) == 1 for each in texts.values())
    return is_text and single and repeated and len(different) == len(texts) >= _LEAST
