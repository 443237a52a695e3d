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
from collections.abc import Callable, Iterator, Mapping, Sequence
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
_SHOWABLE_KEY = re.compile(r"[^\W\d_][\w -]{0,39}|_\w{1,39}")
_UTC = ZoneInfo("UTC")
_DEEPEST = 5
_DEEPEST_FORM = 4
_MOSTLY = 0.8
_LEAST = 2
_UNIX = re.compile(r"1\d{9}(?:\d{3})?")
_OWN_IDS = ("id", "nr", "nummer", "number", "key", "code", "kennung", "kennziffer", "ref")
_NUMBERED = re.compile(r"([^\d.\[\]=#]*)(\d{1,3})([^\d.\[\]=#]*)")
_PLAIN = re.compile(r"[^\[\]=#]+")
"""What brackets can name."""
_PLAIN_KEY = re.compile(r"[^\[\]=#.]+")

Object = dict[str, t.Any]


# --- the document ---------------------------------------------------------------------


class Place(t.NamedTuple):
    """A dotted path into a document, and what stands there."""

    path: str
    value: t.Any


def places_in(
    value: Object, room: int = DEEPEST_PLACE, keys: re.Pattern[str] = _SHOWABLE_KEY, above: str = ""
) -> Iterator[Place]:
    """Yield what stands at each path of an object, but for what is in lists and objects by id."""
    for key, item in value.items():
        if keys.fullmatch(key):
            yield Place(f"{above}{key}", item)
            if room > 1 and isinstance(item, dict) and not (is_by_id(item) or is_date_object(item)):
                yield from places_in(item, room - 1, keys, f"{above}{key}.")


def locate_records(document: object, readable: Callable[[list[object]], int]) -> str | None:
    """Return the dotted path of the list that looks most like candidates.

    That is the one with most `readable` records. None when there is no list of objects, or the
    document is it.
    """
    if not isinstance(document, dict) or is_by_id(document):
        return None
    lists = []
    for path, value in places_in(document):
        items = [*value.values()] if isinstance(value, dict) and is_by_id(value) else value
        if isinstance(items, list) and any(isinstance(item, dict) for item in items):
            lists.append((readable(items), len(items), -path.count("."), path))
    return max(lists)[-1] if lists else None


# --- columns and sections ------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Column:
    """What stands at one dotted path: of each record in its order, None where there is none."""

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

    @functools.cached_property
    def is_time(self) -> bool:
        """Whether nearly all of the values are times."""
        there = sum(value is not None for value in self.values)
        return bool(there) and sum(one is not None for one in self.moments) >= _MOSTLY * there

    @property
    def has_clock(self) -> bool:
        """Whether some value says more than a day."""
        return any(isinstance(value, dict) for value in self.values) or any(
            map(_says_clock, self.texts)
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
        texts = zip(map(scalar_text, self.values), map(scalar_text, other.values), strict=True)
        pairs = [(one, two) for one, two in texts if one is not None and two is not None]
        beside = dict(pairs)
        repeats = len(pairs) > len(beside) > 1
        return repeats and len({*pairs}) == len(beside) and len({*beside.values()}) > 1


def _says_clock(text: str) -> bool:
    return has_clock(text) or bool(_UNIX.fullmatch(text)) or text.startswith("/Date(")


def _moment(value: object) -> int | None:
    if is_date_object(value):
        return read_time(value, _UTC)
    text = scalar_text(value)
    is_time = text is not None and (_says_clock(text) or read_date(text) is not None)
    return read_time(text, _UTC) if is_time else None


def columns_of(records: Sequence[Object], element: int | None = None) -> list[Column]:
    """Return what stands at each path that may be shown: in no list, or in one element of lists."""
    leaves: list[dict[str, object]] = []
    for record in records:
        found = _leaves(record, "", _DEEPEST, element or 0)
        wanted = (each for each in found if each[2] is (element is not None))
        leaves.append({path: value for path, value, _ in wanted})
    shown, _ = showable([set(leaf) for leaf in leaves])
    folded = [_by_folded_path(leaf) for leaf in leaves]
    by_path = {folded_path(path): path for path in shown}
    return [Column(path, tuple(leaf.get(key) for leaf in folded)) for key, path in by_path.items()]


def _by_folded_path(leaf: dict[str, object]) -> dict[str, object]:
    """Return the leaves of one record; what has two spellings is left out."""
    spellings = Counter(map(folded_path, leaf))
    folded = ((folded_path(path), value) for path, value in leaf.items())
    return {key: value for key, value in folded if spellings[key] == 1}


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
    """The objects of all records at one path, in a list in some; and how many records have any."""

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
    by_path = {path: parts[folded_path(path)] for path in shown}
    return {
        path: Section(
            [element for part in of_path for element in part.elements],
            any(part.is_list for part in of_path),
            len(of_path),
        )
        for path, of_path in by_path.items()
    }


def _sections(value: Object, prefix: str, room: int) -> Iterator[tuple[str, Section]]:
    for key, item in value.items():
        path = f"{prefix}{key}"
        if "." in key or is_date_object(item):
            continue
        items = wrapped(item) if isinstance(item, dict) else item
        if isinstance(item, dict) and not isinstance(items, list):
            items = elements_of(item)
        if isinstance(items, list):
            if elements := [flat(each) for each in items if isinstance(each, dict)]:
                yield path, Section(elements, is_list=True)
        elif isinstance(item, dict) and item and wrapped(item) is NOTHING:
            yield path, Section([item], is_list=False)
            if room:
                yield from _sections(item, f"{path}.", room - 1)


# --- unusual forms -------------------------------------------------------------------


def marked_fields(records: Sequence[Object]) -> list[str]:
    """Return the containers of custom fields whose entries have unknown names."""
    places = _places(records)
    return [*_texts_and_lists(places), *_numbered({"": records, **places})]


def marked_lists(records: Sequence[Object]) -> list[str]:
    """Return the objects by id, such as `{"J311": {"title": …}}`, whose elements lack it."""
    found = []
    for path, values in _places(records).items():
        objects = [value for value in values if isinstance(value, dict) and value]
        if len(objects) < _LEAST or not all(map(is_by_id, objects)):
            continue
        keys = {fold(key) for value in objects for each in value.values() for key in each}
        if not any(key.endswith(_OWN_IDS) for key in keys):
            found.append(f"{path}[id]")
    return found


def _places(records: Sequence[Object]) -> dict[str, Sequence[object]]:
    """Return what stands at each path, but for what is within lists."""
    found: dict[str, list[object]] = {}
    for record in records:
        for path, value in places_in(record, _DEEPEST_FORM, _PLAIN_KEY):
            if value is not None and not is_date_object(value):
                found.setdefault(path, []).append(value)
    shown, _ = showable([{path} for path, values in found.items() for _ in values])
    return {path: found[path] for path in shown if path in found}


def _texts_and_lists(places: Mapping[str, Sequence[object]]) -> Iterator[str]:
    for path, values in places.items():
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
    two = tuple(entries[0][0])
    if len(two) != 2 or not all(map(_PLAIN.fullmatch, two)):  # noqa: PLR2004 - name and value
        return None
    for entry in (entry for each in entries for entry in each):
        if tuple(entry) != two or any(
            scalar_text(one) is None for one in entry.values() if one is not None
        ):
            return None
    if all(isinstance(each, dict) and listed_entry(each) for one in lists for each in one):
        return None
    named = [
        f"{name}={other}"
        for name, other in (two, two[::-1])
        if _are_names([[entry[name] for entry in each] for each in entries])
    ]
    return named[0] if len(named) == 1 else None


def _members(entry: object) -> Object:
    if isinstance(entry, list):
        return {str(place): each for place, each in enumerate(entry)}
    return entry if isinstance(entry, dict) else {}


def _are_names(lists: Sequence[Sequence[object]]) -> bool:
    """Whether values are names of fields: texts, in no record twice, in many records again."""
    if not all(isinstance(name, str) and name for each in lists for name in each):
        return False
    shown, hidden = showable([{str(name) for name in each} for each in lists])
    is_once = all(len(set(each)) == len(each) for each in lists)
    return is_once and not hidden and len(shown) * _LEAST <= sum(map(len, lists))


def _numbered(places: Mapping[str, Sequence[object]]) -> Iterator[str]:
    """Yield keys such as `feld1_name` and `feld1_wert` at the top of records, or below."""
    for path, values in places.items():
        columns: dict[tuple[str, str], dict[str, list[object]]] = {}
        for value in values:
            for key, item in value.items() if isinstance(value, dict) else ():
                if (match := _NUMBERED.fullmatch(key)) and item is not None:
                    column = columns.setdefault((match[1], match[3]), {})
                    column.setdefault(match[2], []).append(item)
        names = [key for key, each in columns.items() if _are_labels(each)]
        pairs = [
            f"{path}[{'#'.join(name)}={'#'.join(other)}]"
            for name in names
            for other, each in columns.items()
            if other not in names and other[0] == name[0] and each.keys() <= columns[name].keys()
        ]
        yield from pairs if len(pairs) == 1 else ()


def _are_labels(column: dict[str, list[object]]) -> bool:
    """Whether each number has one text in all records, and each another one."""
    values = column.values()
    if not all(isinstance(value, str) for each in values for value in each):
        return False
    is_repeated = all(len(each) >= _LEAST and len({*each}) == 1 for each in values)
    return is_repeated and len({each[0] for each in values}) == len(column) >= _LEAST
