"""What a record holds elsewhere or in another form, put where the model reads it.

Some servers send an opening once a page and its id with each candidate: JSON:API's `included`, or
a list beside theirs. Nothing of the model knows of pages, so the opening is put into the record.

A path of a setting may end in brackets: `Zusatz[]` is JSON in a text, `zz[x=y]` a list of entries
with the name at `x` and the value at `y` (`merkmale[0=1]`: pairs), `[feld#_name=feld#_wert]`
numbered keys of one object, and `stellen[id]` an object by id. They become what the model reads
anyway, with `name` and `value`, or with the id in each element: whatever lists a record, keeps
some of it back or copies it has one form of it only.
"""

from __future__ import annotations

import functools
import re
import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from tap_compleetpersy.api.decode import decode_item
from tap_compleetpersy.api.envelope import records
from tap_compleetpersy.model.paths import OPENINGS
from tap_compleetpersy.model.text import fold
from tap_compleetpersy.model.wrappers import core_of
from tap_compleetpersy.settings import Settings
from tap_compleetpersy.settings.checks import MARKED

NUMBERED: t.Final = "CustomField"
"""Where the entries of numbered keys are put: a usual name of one."""
_DEEPEST: t.Final = 3
"""A resource may refer to others, and they to it."""
_REFERENCE = re.compile(r"(\w+?)(?:_ids?|Ids?)")
_PLURALS: t.Final = ("", "s", "n", "en", "e")
_OPENINGS: t.Final = frozenset(fold(path.partition(".")[0]) for path in OPENINGS)
_Object = dict[str, t.Any]
_Resources = Mapping[tuple[object, str], _Object]
_Change = Callable[[t.Any], t.Any]


def records_of(document: object, settings: Settings) -> list[object]:
    """Return the records of a document as the model reads them; raise as `envelope.records`."""
    found = records(document, settings.records_path)
    return unfolded(embedded(document, found), settings)


# --- what a record refers to ---------------------------------------------------------


def embedded(document: object, records: list[object]) -> list[object]:
    """Return records with what they refer to in the same document.

    `{"relationships": {"jobs": {"data": [{"type": "jobs", "id": "7"}]}}}` gets the resources of
    `included`, and `{"job_ids": [7]}` gets `jobs` from a list of that name: openings only, for
    what else a document lists (recruiters, say) is nobody's own.
    """
    if not isinstance(document, dict):
        return records
    included = document.get("included")
    resources = {
        (each.get("type"), str(each.get("id"))): each
        for each in (included if isinstance(included, list) else ())
        if isinstance(each, dict)
    }
    lists = dict(_lists(document, records))
    if not resources and not lists:
        return records
    return [_embedded(decode_item(record), resources, lists) for record in records]


def _lists(document: _Object, records: list[object]) -> Iterator[tuple[str, dict[str, _Object]]]:
    """Yield the lists of objects with ids beside the records, by name, each by id."""
    for name, value in document.items():
        if type(value) is list and value is not records and fold(name) in _OPENINGS:
            by_id = {
                str(each["id"]): each for each in value if isinstance(each, dict) and "id" in each
            }
            if by_id and len(by_id) == len(value):
                yield name, by_id


def _embedded(
    record: object, resources: _Resources, lists: Mapping[str, Mapping[str, _Object]]
) -> object:
    if not isinstance(record, dict):
        return record
    found: _Object = {}
    for key, value in record.items() if lists else ():
        stem = match[1] if (match := _REFERENCE.fullmatch(key)) else None
        name = next((f"{stem}{end}" for end in _PLURALS if f"{stem}{end}" in lists), None)
        if name is not None and name not in record:
            ids = map(str, value if isinstance(value, list) else [value])
            found[name] = [lists[name][each] for each in ids if each in lists[name]]
    if relationships := _relationships(record, resources, _DEEPEST):
        found["relationships"] = {name: {"data": data} for name, data in relationships.items()}
    return record | found


def _relationships(resource: _Object, resources: _Resources, room: int) -> _Object:
    """Return what the relationships of a resource are to, by their names."""
    related = resource.get("relationships")
    if not resources or not room or not isinstance(related, dict):
        return {}
    data = {
        name: relation.get("data")
        for name, relation in related.items()
        if isinstance(relation, dict)
    }
    return {
        name: [_resource(each, resources, room - 1) for each in value]
        if isinstance(value, list)
        else _resource(value, resources, room - 1)
        for name, value in data.items()
    }


def _resource(reference: object, resources: _Resources, room: int) -> object:
    """Return a resource that is referred to as a record; the reference where it is not there."""
    if not isinstance(reference, dict):
        return reference
    found = resources.get((reference.get("type"), str(reference.get("id"))))
    if found is None:
        return reference
    attributes = found.get("attributes")
    own = attributes if isinstance(attributes, dict) else {}
    return {"id": found["id"]} | own | _relationships(found, resources, room)


# --- what has another form -----------------------------------------------------------


def unfolded(received: list[object], settings: Settings) -> list[object]:
    """Return records as the model reads them; as they are where no path has brackets."""
    paths = (*settings.custom_fields_paths, *opening_paths(settings.field_paths))
    marked = [path for path in paths if "[" in path]
    return [unfold(decode_item(record), marked) for record in received] if marked else received


def opening_paths(field_paths: Mapping[str, t.Any]) -> list[str]:
    """Return the paths of openings that `field_paths` gives, with their brackets."""
    given = field_paths.get("openings") or []
    return [given] if isinstance(given, str) else [*given]


def plain_path(path: str) -> str:
    """Return a path without its brackets, as the model knows it."""
    return path.partition("[")[0] or NUMBERED


def unfold(record: t.Any, marked: Sequence[str]) -> t.Any:  # noqa: ANN401 - JSON
    """Return a record with what stands at paths with brackets in the form that the model reads."""
    for path in marked:
        keys, change = _compiled(path)
        core = core_of(record) if isinstance(record, dict) else None
        record = _changed(record, keys if core is None else [core, *keys], change)
    return record


@functools.lru_cache(maxsize=64)
def _compiled(marked: str) -> tuple[list[str], _Change]:
    path, first, second = MARKED.fullmatch(marked).groups()  # type: ignore[union-attr] # checked
    keys = [key for key in path.split(".") if key]
    if first and second and "#" in first + second:
        return keys, functools.partial(_numbered, _number(first), _number(second))
    if second:
        return keys, functools.partial(_entries, first, second)
    return keys, functools.partial(_by_id, first) if first else opened


def _changed(value: t.Any, keys: Sequence[str], change: _Change) -> t.Any:  # noqa: ANN401 - JSON
    """Copy a value with a change of what stands at a path."""
    if not keys:
        return change(value)
    if isinstance(value, list):
        return [_changed(item, keys, change) for item in value]
    if not isinstance(value, dict) or keys[0] not in value:
        return value
    return value | {keys[0]: _changed(value[keys[0]], keys[1:], change)}


def opened(value: object) -> object:
    """Read JSON in a text; anything else stays."""
    if not isinstance(value, str) or value.lstrip()[:1] not in {"{", "["}:
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return value


def _entries(name: str, content: str, value: object) -> object:
    """Let each entry of a list say its name and value by these names."""
    value = opened(value)
    return [_entry(name, content, item) for item in value] if isinstance(value, list) else value


def _entry(name: str, content: str, item: object) -> object:
    members = item
    if isinstance(item, list):
        members = {str(place): each for place, each in enumerate(item)}
    if not isinstance(members, dict) or not isinstance(members.get(name), str):
        return item
    rest = {key: each for key, each in members.items() if key not in {name, content}}
    return {**rest, "name": members[name], "value": members.get(content)}


def _by_id(name: str, value: object) -> object:
    """Put the keys of an object of objects into these, as their ids."""
    if not isinstance(value, dict) or not all(isinstance(each, dict) for each in value.values()):
        return value
    return [{name: key, **element} for key, element in value.items()]


def _number(name: str) -> re.Pattern[str]:
    """Match keys such as `feld#_name`, with a number for `#`."""
    before, _, after = name.partition("#")
    return re.compile(rf"{re.escape(before)}(\d+){re.escape(after)}")


def _numbered(name: re.Pattern[str], content: re.Pattern[str], value: object) -> object:
    """Put what numbered keys say into entries, and take the keys away."""
    if not isinstance(value, dict):
        return value
    named = {match[1]: key for key in value if (match := name.fullmatch(key))}
    named = {number: key for number, key in named.items() if isinstance(value[key], str)}
    contents = {match[1]: key for key in value if (match := content.fullmatch(key))}
    taken = {*named.values(), *(contents[number] for number in named if number in contents)}
    entries = [
        {"name": value[key], "value": value.get(contents.get(number, ""))}
        for number, key in named.items()
    ]
    rest = {key: item for key, item in value.items() if key not in taken}
    return {**rest, NUMBERED: entries} if entries else value
