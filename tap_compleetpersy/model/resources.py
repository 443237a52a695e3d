"""JSON:API: a resource has its id beside its attributes, and what it refers to beside both."""

from __future__ import annotations

import typing as t

Record = t.TypeVar("Record", bound=t.Mapping[str, t.Any])

_MEMBERS: t.Final = frozenset({
    "type", "id", "lid", "attributes", "relationships", "links", "meta"
})  # fmt: skip


def is_resource(record: t.Mapping[str, t.Any]) -> bool:
    """Whether a record is a resource of JSON:API."""
    return (
        "attributes" in record
        and "id" in record
        and isinstance(record["attributes"], dict)
        and _MEMBERS.issuperset(record)
    )


def flat(record: Record) -> Record:
    """Return a resource as a record: its attributes, with the id beside them.

    API Platform's id of a resource is its address, and `_id` among the attributes the id.
    What it refers to is named as the relationship is. Any other record comes back as it is.
    """
    if not is_resource(record):
        return record
    attributes: dict[str, t.Any] = record["attributes"]
    own = record["id"]
    if isinstance(own, str) and own.startswith("/") and attributes.get("_id"):
        own = attributes["_id"]
    linked = {
        name: relation["data"]
        for name, relation in _relationships(record).items()
        if isinstance(relation, dict) and relation.get("data") and name not in attributes
    }
    rest = {key: attributes[key] for key in attributes if key != "id"}
    return t.cast("Record", {"id": own} | rest | linked)


def _relationships(record: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    found = record.get("relationships")
    return found if isinstance(found, dict) else {}
