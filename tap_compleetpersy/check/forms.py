"""Parts of records whose form is unusual, as paths with brackets: see `api.unfolding`.

By what the values look like: names of entries are texts, in no record twice and in many records
again; JSON in a text can be read; numbered keys have one name each in all records.
"""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from collections.abc import Iterator, Sequence

from tap_compleetpersy.api.envelope import is_by_id
from tap_compleetpersy.api.unfolding import opened
from tap_compleetpersy.check.examination import showable
from tap_compleetpersy.model.custom_values import listed_entry
from tap_compleetpersy.model.text import fold, scalar_text
from tap_compleetpersy.model.wrappers import is_date_object

_DEEPEST = 3
_MOSTLY = 0.8
_LEAST = 2
_TWO = 2
_OWN_IDS = ("id", "nr", "nummer", "number", "key", "code", "kennung", "kennziffer", "ref")
_NUMBERED = re.compile(r"([^\d.\[\]=#]*)(\d{1,3})([^\d.\[\]=#]*)")
_PLAIN = re.compile(r"[^\[\]=#]+")
"""What brackets can name."""

Object = dict[str, t.Any]


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
        walk(record, "", _DEEPEST)
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
    if len(two) != _TWO or not all(map(_PLAIN.fullmatch, two)):
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
