"""The position openings of a candidate: what jobs and applications are made of."""

from __future__ import annotations

import typing as t

import msgspec

from tap_compleetpersy.model.declaration import compile_values
from tap_compleetpersy.model.fields import APPLICATION_FIELDS, CANDIDATE, JOB_FIELDS
from tap_compleetpersy.model.paths import GROUPS
from tap_compleetpersy.model.reader import DOUBTS, LOST, value_of
from tap_compleetpersy.model.times import Instant

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tap_compleetpersy.model.composition import Notes
    from tap_compleetpersy.model.reader import Found


WITHOUT_ID: t.Final = "opening without id"
"""The doubt of an opening of which nobody can tell which one it is."""


class Opening(msgspec.Struct, frozen=True, gc=False):
    """One position opening of one candidate: a job and an application.

    Attributes:
        remote_id: Id of the opening.
        created_at: The opening's `ApplicationDate`.
        job: Fields of the job that the opening itself says, as emitted.
        application: The same of the application.
        raw: The element as received; of a plain record a structure of `layout`, and what
            was found in it.
    """

    remote_id: str
    created_at: Instant | None
    job: dict[str, t.Any]
    application: dict[str, t.Any]
    raw: t.Any

    @property
    def name(self) -> str | None:
        """Title of the job."""
        return t.cast("str | None", self.job["name"])

    @property
    def outcome(self) -> str | None:
        """Outcome of the application."""
        return t.cast("str | None", self.application["outcome"])

    @property
    def status(self) -> str | None:
        """Text that the outcome was read from."""
        return t.cast("str | None", self.application["remote_status"])

    def __repr__(self) -> str:
        """Show no person."""
        return f"Opening({self.remote_id!r})"


def read_openings(
    received: Iterable[t.Any],
    read: Callable[[t.Any], Found | None],
    notes: Notes,
) -> tuple[Opening, ...]:
    """Read the openings of a candidate, each id once.

    Args:
        received: The elements as received.
        read: Finds the slots of an element; None when it is no object.
        notes: Gets a doubt for everything not understood.
    """
    openings: dict[str, Opening] = {}
    for element in received:
        found = read(element)
        opening = None
        if found is not None:
            opening = _opening(element, found, notes)
        if opening is None:
            notes.doubts.append(WITHOUT_ID)
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
    return chosen if chosen.name else msgspec.structs.replace(chosen, job=other.job)


def _opening(element: object, found: Found, notes: Notes) -> Opening | None:
    if "remote_id" not in found:
        return None
    notes.doubts += [f"applications.{doubt}" for doubt in doubts_of(found)]
    return Opening(
        found["remote_id"][1],
        value_of(found, "remote_created_at"),
        _job(found, notes),
        _application(found, notes),
        element,
    )


_job: t.Final = compile_values(JOB_FIELDS)
_application: t.Final = compile_values(APPLICATION_FIELDS)


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
    *(fact.name for fact in CANDIDATE.facts if fact.qualifies), "raw", "status",
})  # fmt: skip
"""Slots that say nothing by themselves."""
_MANY: t.Final = frozenset(fact.name for fact in CANDIDATE.facts if fact.many)
"""Slots of which one value does not replace another."""
