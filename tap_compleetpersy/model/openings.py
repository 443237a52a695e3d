"""The position openings of a candidate: what jobs and applications are made of."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from tap_compleetpersy.model.reader import DOUBTS, walk

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tap_compleetpersy.model.reader import Found, Node
    from tap_compleetpersy.model.times import Instant


@dataclass(frozen=True, slots=True)
class Opening:
    """One position opening of one candidate: a job and an application."""

    remote_id: str
    name: str | None
    outcome: str | None
    created_at: Instant | None
    """The opening's `ApplicationDate`."""
    raw: dict[str, t.Any] = field(repr=False)
    """The element as received."""


def read_openings(
    received: Iterable[object],
    read: Callable[[dict[str, t.Any]], Found],
    outcome: Callable[[str], str | None],
    status: str | None,
    doubts: list[str],
) -> tuple[Opening, ...]:
    """Read the openings of a candidate, each id once.

    Args:
        received: The elements as received.
        read: Finds the slots of an element.
        outcome: Reads a status.
        status: The candidate's own status, for openings without one.
        doubts: Gets one short kind for everything not understood.
    """
    openings: dict[str, Opening] = {}
    for element in received:
        opening = None
        if isinstance(element, dict):
            opening = _opening(element, read(element), outcome, status, doubts)
        if opening is None:
            doubts.append("opening without id")
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
    return chosen if chosen.name else replace(chosen, name=other.name)


def _opening(
    element: dict[str, t.Any],
    found: Found,
    outcome: Callable[[str], str | None],
    status: str | None,
    doubts: list[str],
) -> Opening | None:
    if "remote_id" not in found:
        return None
    doubts += [
        f"applications.{slot}: unreadable" for slot in found.get(DOUBTS, ()) if slot not in found
    ]
    said = value_of(found, "outcome") or status
    read = None if said is None else outcome(said)
    if said is not None and read is None:
        doubts.append("outcome: unknown")
    return Opening(
        found["remote_id"][1],
        value_of(found, "name"),
        read,
        value_of(found, "remote_created_at"),
        element,
    )


def value_of(found: Found, slot: str) -> t.Any:  # noqa: ANN401  (the reader decides)
    """Give the value of a slot of one value, or None."""
    pair = found.get(slot)
    return None if pair is None else pair[1]


def reading(tree: Node) -> Callable[[dict[str, t.Any]], Found]:
    """Prepare the finding of slots for one tree."""
    return lambda record: walk(tree, record)
