"""The position openings of a candidate: what jobs and applications are made of."""

from __future__ import annotations

import typing as t

import msgspec

from tap_compleetpersy.model.reader import DOUBTS, LOST, walk
from tap_compleetpersy.model.slots import CANDIDATE_SLOTS, GROUPS
from tap_compleetpersy.model.times import Instant

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tap_compleetpersy.model.reader import Found, Node


WITHOUT_ID: t.Final = "opening without id"
"""The doubt of an opening of which nobody can tell which one it is."""


class Opening(msgspec.Struct, frozen=True, gc=False):
    """One position opening of one candidate: a job and an application.

    Attributes:
        remote_id: Id of the opening.
        name: Its title.
        outcome: Of the application.
        status: The text that it was read from.
        created_at: The opening's `ApplicationDate`.
        raw: The element as received; of a plain record a structure of `layout`, and what
            was found in it.
    """

    remote_id: str
    name: str | None
    outcome: str | None
    created_at: Instant | None
    raw: t.Any
    status: str | None = None

    def __repr__(self) -> str:
        """Show no person."""
        return f"Opening({self.remote_id!r})"


def read_openings(
    received: Iterable[t.Any],
    read: Callable[[t.Any], Found | None],
    outcome: Callable[[str], str | None],
    status: str | None,
    doubts: list[str],
) -> tuple[Opening, ...]:
    """Read the openings of a candidate, each id once.

    Args:
        received: The elements as received.
        read: Finds the slots of an element; None when it is no object.
        outcome: Reads a status.
        status: The candidate's own status, for openings without one.
        doubts: Gets one short kind for everything not understood.
    """
    openings: dict[str, Opening] = {}
    for element in received:
        found = read(element)
        opening = None
        if found is not None:
            opening = _opening(element, found, outcome, status, doubts)
        if opening is None:
            doubts.append(WITHOUT_ID)
        elif opening.remote_id in openings:
            openings[opening.remote_id] = newest(openings[opening.remote_id], opening)
        else:
            openings[opening.remote_id] = opening
    return tuple(openings.values())


def newest(before: Opening, after: Opening) -> Opening:
    """Choose between two entries of one opening: the newest application, else the last.

    A title that only the other entry has is not lost.
    """
    first, second = before.created_at, after.created_at
    chosen, other = after, before
    if first is not None and (second is None or first > second):
        chosen, other = before, after
    return chosen if chosen.name else msgspec.structs.replace(chosen, name=other.name)


def _opening(
    element: object,
    found: Found,
    outcome: Callable[[str], str | None],
    status: str | None,
    doubts: list[str],
) -> Opening | None:
    if "remote_id" not in found:
        return None
    doubts += [f"applications.{doubt}" for doubt in doubts_of(found)]
    said = found["outcome"][1] if "outcome" in found else status
    read = None if said is None else outcome(said)
    if said is not None and read is None:
        doubts.append("outcome: unknown")
    return Opening(
        found["remote_id"][1],
        found["name"][1] if "name" in found else None,
        read,
        found["remote_created_at"][1] if "remote_created_at" in found else None,
        element,
        said,
    )


def doubts_of(found: Found) -> list[str]:
    """Return one short kind for each slot that nothing was understood for.

    Either there was a value, or a trace of what PHP lost: then "lost".
    """
    doubts: list[str] = []
    if DOUBTS in found:
        doubts += [f"{slot}: unreadable" for slot in found[DOUBTS] if slot not in found]
    for slot in dict.fromkeys(found[LOST]) if LOST in found else ():
        is_missed = slot not in found or slot in _MANY
        if is_missed and slot not in _NO_FACTS:
            doubts += [f"{slot}: lost"]
    for group in _GROUPS:
        for element in found.get(group, ()):
            if nested := doubts_of(element):
                doubts += [doubt for doubt in nested if doubt.endswith(": lost")]
    return doubts


_GROUPS: t.Final = tuple(dict.fromkeys(name for name, _ in GROUPS))
_NO_FACTS: t.Final = frozenset({
    *(slot.name for slot in CANDIDATE_SLOTS if slot.qualifies), "raw", "status",
})  # fmt: skip
"""Slots that say nothing by themselves."""
_MANY: t.Final = frozenset(slot.name for slot in CANDIDATE_SLOTS if slot.many)
"""Slots of which one value does not replace another."""


def value_of(found: Found, slot: str) -> t.Any:  # noqa: ANN401  (the reader decides)
    """Give the value of a slot of one value, or None."""
    pair = found.get(slot)
    return None if pair is None else pair[1]


def reading(tree: Node) -> Callable[[dict[str, t.Any]], Found]:
    """Prepare the finding of slots for one tree."""
    return lambda record: walk(tree, record)
