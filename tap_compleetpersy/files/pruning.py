"""Which files nobody who lives has any more."""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tap_compleetpersy.files.index import contents, entries

if t.TYPE_CHECKING:
    from tap_compleetpersy.files.index import Entry
    from tap_compleetpersy.files.store import Store


@dataclass(frozen=True, slots=True)
class Pruning:
    """What is to be removed.

    Attributes:
        entries: Entries of the index, by path: the attachment, or its candidate, is gone.
        contents: Paths of contents that no other entry needs, of any tenant.
        kept: How many entries of the tenant stay.
    """

    entries: Mapping[str, Entry]
    contents: tuple[str, ...]
    kept: int


def plan_pruning(store: Store, tenant: str, living: Mapping[str, Collection[str]]) -> Pruning:
    """Find what can go.

    Args:
        store: Where the files are.
        tenant: Whose; others' entries stay.
        living: Remote id of each candidate who lives, to the ids of his attachments.

    Raises:
        StoreError: When the index cannot be read.
    """
    every = list(contents(store))  # before the entries, since an entry is older than its content
    gone: dict[str, Entry] = {}
    needed: set[str] = set()
    kept = 0
    for owner, path, entry in entries(store):
        if owner == tenant and entry.attachment not in living.get(entry.candidate, ()):
            gone[path] = entry
        else:
            needed.add(entry.path)
            kept += owner == tenant
    return Pruning(gone, tuple(path for path in every if path not in needed), kept)


def prune(store: Store, pruning: Pruning) -> None:
    """Remove contents, then their entries: a kill in between leaves nothing unknown."""
    for path in (*pruning.contents, *pruning.entries):
        store.delete(path)
