"""The bookmark of an extra stream: one position, and whose it is."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tap_compleetpersy.model.positions import (
    Kind,
    NotAPosition,
    Position,
    kind_of_position,
    read_position,
    write_position,
)
from tap_compleetpersy.sync.state import VERSION, WAY_OUT, StateError, check_origin, check_shape

if t.TYPE_CHECKING:
    from tap_compleetpersy.settings import ExtraStream

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class ExtraBookmark:
    """What an extra stream remembers.

    Attributes:
        position: The newest that was emitted; None before the first complete run, and
            without a replication key.
        kind: What the position is.
    """

    position: Position | None = None
    kind: Kind | None = None


def read_extra_bookmark(
    state: Mapping[str, t.Any], extra: ExtraStream, tenant: str
) -> ExtraBookmark:
    """Read the bookmark of a stream; an empty one where the state has none.

    Raises:
        StateError: When it is of another tenant, another replication key or a newer
            release, or was damaged.
    """
    check_shape(state)
    found = state.get("bookmarks", {}).get(extra.name)
    if not found:
        return ExtraBookmark()
    check_origin(extra.name, found, tenant)
    key, value = found.get("replication_key"), found.get("replication_key_value")
    if extra.replication_key is None or key is None:
        return ExtraBookmark()
    if key != extra.replication_key:
        message = (
            f"state: bookmark of {extra.name} is of another replication key than "
            f"{extra.place}.replication_key. Give the stream another name. Or: {WAY_OUT.lower()}"
        )
        raise StateError(message)
    try:
        kind = kind_of_position(value)
        position = None if kind is None else read_position(value, kind, _UTC)
    except NotAPosition:
        message = f"state: replication_key_value of {extra.name} cannot be read. {WAY_OUT}"
        raise StateError(message) from None
    return ExtraBookmark(position, None if position is None else kind)


def write_extra_bookmark(
    extra: ExtraStream, bookmark: ExtraBookmark, tenant: str
) -> dict[str, t.Any]:
    """Answer the keys of a bookmark as STATE carries them, null included."""
    value = None
    if bookmark.position is not None and bookmark.kind is not None:
        value = write_position(bookmark.position, bookmark.kind)
    return {
        "replication_key": extra.replication_key,
        "replication_key_value": value,
        "version": VERSION,
        "tenant": tenant,
    }
