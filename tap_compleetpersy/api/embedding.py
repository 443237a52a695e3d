"""What records refer to, in its place: JSON:API's `included`, or a list beside theirs.

Some servers send an opening once a page and its id with each candidate. Nothing of the model
knows of pages, so the opening is put into the record before anybody reads it.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator, Mapping

from tap_compleetpersy.api.decode import decode_item
from tap_compleetpersy.model.paths import OPENINGS
from tap_compleetpersy.model.text import fold

_DEEPEST: t.Final = 3
"""A resource may refer to others, and they to it."""
_REFERENCE = re.compile(r"(\w+?)(?:_ids?|Ids?)")
_PLURALS: t.Final = ("", "s", "n", "en", "e")
_OPENINGS: t.Final = frozenset(fold(path.partition(".")[0]) for path in OPENINGS)
_Object = dict[str, t.Any]
_Resources = Mapping[tuple[object, str], _Object]


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
