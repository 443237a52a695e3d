"""What a user does to a catalog: select streams, deselect fields."""

from __future__ import annotations

import copy
import typing as t

Message = dict[str, t.Any]


def select(catalog: Message, *streams: str) -> Message:
    """Return the catalog with these streams selected and no other; without a name: with all."""
    changed = copy.deepcopy(catalog)
    for entry in changed["streams"]:
        _metadata(entry, [])["selected"] = not streams or entry["stream"] in streams
    return changed


def deselect(catalog: Message, stream: str, *fields: str) -> Message:
    """Return the catalog without some fields of a stream, or without the stream.

    Args:
        catalog: As discovered.
        stream: Its name.
        fields: Such as ``custom_fields.Gehaltswunsch``; none for the whole stream.
    """
    changed = copy.deepcopy(catalog)
    entry = entry_of(changed, stream)
    for path in [field.split(".") for field in fields] or [[]]:
        breadcrumb = [word for name in path for word in ("properties", name)]
        _metadata(entry, breadcrumb)["selected"] = False
    return changed


def entry_of(catalog: Message, stream: str) -> Message:
    """Return what a catalog says of a stream."""
    (entry,) = [entry for entry in catalog["streams"] if entry["stream"] == stream]
    return t.cast("Message", entry)


def _metadata(entry: Message, breadcrumb: list[str]) -> Message:
    (found,) = [item for item in entry["metadata"] if item["breadcrumb"] == breadcrumb]
    return t.cast("Message", found["metadata"])
