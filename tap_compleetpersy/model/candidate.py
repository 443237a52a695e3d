"""A remote record in, a candidate with its openings out."""

from __future__ import annotations

import functools
import operator
import typing as t

import msgspec

from tap_compleetpersy.model.composition import Notes
from tap_compleetpersy.model.custom_values import Custom, read_custom
from tap_compleetpersy.model.declaration import compile_values
from tap_compleetpersy.model.fields import (
    APPLICATION_FIELDS,
    CANDIDATE,
    CANDIDATE_FIELDS,
    JOB_FIELDS,
)
from tap_compleetpersy.model.generation import received
from tap_compleetpersy.model.outcomes import compile_outcomes
from tap_compleetpersy.model.paths import GROUPS
from tap_compleetpersy.model.quick import Plain, QuickReader, raw_items
from tap_compleetpersy.model.reader import (
    DOUBTS,
    LOST,
    THROUGH,
    Found,
    Node,
    leading,
    value_of,
    walk,
)
from tap_compleetpersy.model.remote_data import compile_strip, excludes_openings, within_openings
from tap_compleetpersy.model.rules import OPENINGS, Rules, candidate_tree, opening_tree
from tap_compleetpersy.model.text import fold
from tap_compleetpersy.model.times import Instant
from tap_compleetpersy.model.wrappers import AROUND, flat

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from tap_compleetpersy.model.custom_fields import Typing


WITHOUT_ID: t.Final = "opening without id"
"""The doubt of an opening of which nobody can tell which one it is."""


class Opening(msgspec.Struct, frozen=True, gc=False, array_like=True):
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
    """Return the openings of a candidate, each id once.

    `read` finds the slots of an element; None when it is no object.
    """
    openings: dict[str, Opening] = {}
    for element in received:
        found = read(element)
        if not found and (keyed := _keyed(element, read)):
            read_ones = read_openings(keyed, read, notes)
        else:
            opening = None if found is None else _opening(element, found, notes)
            read_ones = () if opening is None else (opening,)
            if opening is None:
                notes.doubts.append(WITHOUT_ID)
        for one in read_ones:
            before = openings.get(one.remote_id)
            openings[one.remote_id] = one if before is None else newest(before, one)
    return tuple(openings.values())


def _keyed(element: object, read: Callable[[t.Any], Found | None]) -> list[object]:
    """Return the openings of an object that has them by their ids: `{"J-88": {…}}`."""
    if type(element) is not dict:
        return []
    ids = ((key, value_of(read(item) or {}, "remote_id")) for key, item in element.items())
    return [*element.values()] if all(id_ and key.endswith(id_) for key, id_ in ids) else []


def newest(before: Opening, after: Opening) -> Opening:
    """Return one of two entries of one opening: the newest application, else the last.

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
    if not notes.is_plain:
        notes.doubts += [f"applications.{doubt}" for doubt in doubts_of(found)]
    return Opening(
        found["remote_id"][1],
        value_of(found, "remote_created_at"),
        _job_values(found, notes),
        _application_values(found, notes),
        element,
    )


_job_values: t.Final = compile_values(JOB_FIELDS)
_application_values: t.Final = compile_values(APPLICATION_FIELDS)


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
    for group in GROUPS:
        for element in found.get(group, ()):
            doubts += [doubt for doubt in doubts_of(element) if doubt.endswith(": lost")]
    return doubts


_NO_FACTS: t.Final = frozenset({
    *(fact.name for fact in CANDIDATE.facts.values() if fact.qualifies), "raw", "status",
})  # fmt: skip
"""Slots that say nothing by themselves."""
_MANY: t.Final = frozenset(fact.name for fact in CANDIDATE.facts.values() if fact.many)
"""Slots of which one value does not replace another."""


__all__ = [
    "Candidate",
    "Opening",
    "ReadCandidate",
    "Rules",
    "UnreadableRecord",
    "compile_quick_reader",
    "compile_reader",
    "leaves_structure",
]

# Without these there is no sync, so `exclude_fields` does not reach them.
_STRUCTURE: t.Final = ("remote_id", "remote_created_at", "remote_updated_at")


class UnreadableRecord(ValueError):  # noqa: N818  (the name is the contract)
    """A record that is no candidate; the message says why, never what it holds."""


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """One candidate, read.

    Attributes:
        remote_id: Id in Persy.
        updated_at: Last update.
        created_at: When Persy created it.
        values: The fields `first_name` to `location`, `remote_created_at` and
            `remote_updated_at`, as emitted.
        custom: Custom fields by remote key: cleaned, not typed.
        labels: Labels of custom fields, where they differ from the key.
        openings: Each opening once.
        doubts: One short kind for everything not understood; never a value.
    """

    remote_id: str
    updated_at: Instant | None
    created_at: Instant | None
    values: dict[str, t.Any]
    custom: dict[str, t.Any]
    labels: dict[str, str]
    openings: tuple[Opening, ...]
    doubts: tuple[str, ...]

    def __repr__(self) -> str:
        """Show no person."""
        return f"Candidate({self.remote_id!r})"


class ReadCandidate(msgspec.Struct, frozen=True, gc=False):
    """A candidate as it was read: the model's view, and the record as received.

    Attributes:
        candidate: The model's view.
        raw: The record; None when nobody wants it.
        plain: What reading a plain record gives beside the candidate.
    """

    candidate: Candidate
    raw: t.Any
    plain: Plain | None = None

    @property
    def custom(self) -> Collection[str]:
        """Names of the custom fields."""
        return self.candidate.custom if self.plain is None else self.plain.custom


def compile_reader(rules: Rules) -> Callable[[object], Candidate]:
    """Return the function that reads decoded JSON as a candidate.

    It raises `UnreadableRecord` for anything without an id, and nothing else.

    Raises:
        ValueError: If `field_paths` names an unknown field.
    """
    tree, opening = _trees(rules)
    find = _excluding(tree, rules.exclude_fields, (*_STRUCTURE, OPENINGS))
    find_in_opening = _excluding(
        opening, within_openings(rules), ("remote_id", "remote_created_at")
    )
    compose = _compile_composition(
        rules, lambda e: find_in_opening(e)[0] if isinstance(e, dict) else None
    )

    def read(record: object) -> Candidate:
        if not isinstance(record, dict):
            message = "not an object"
            raise UnreadableRecord(message)
        found, received = find(record)
        return compose(found, read_custom(tree, received, found, rules.exclude_fields))

    return read


@functools.lru_cache(maxsize=1)
def _trees(rules: Rules) -> tuple[Node, Node]:
    """Return the trees of candidates and of openings, made once for both ways of reading."""
    return candidate_tree(rules), opening_tree(rules)


def compile_quick_reader(
    rules: Rules,
    typing: Typing,
    patience: float = 250,
    *,
    selected: Collection[str] | None = None,
    keeps_raw: bool = False,
) -> Callable[[bytes], list[ReadCandidate | None]]:
    """Return the function that reads the plain records of a page, a list as JSON.

    Candidates come without their custom fields; None is for `compile_reader`.

    Args:
        rules: What they exclude `leaves_structure`.
        typing: Of custom fields.
        patience: As of `QuickReader`.
        selected: As of `compile_integration_fields`.
        keeps_raw: Records and openings are wanted as received, too.
    """
    quick = QuickReader(*_trees(rules), rules, typing, patience=patience, selected=selected)
    compose = _compile_composition(rules, operator.itemgetter(1))
    nothing = Custom({}, {}, [])
    strip = compile_strip(rules.exclude_fields) if rules.exclude_fields else None

    def read(records: bytes) -> list[ReadCandidate | None]:
        return [
            None if plain is None or "remote_id" not in plain.found else made(plain)
            for plain in quick.page(records if strip is None else _stripped(records, strip))
        ]

    def made(plain: Plain) -> ReadCandidate:
        candidate = compose(plain.found, nothing, is_plain=not plain.has_claimed)
        if not keeps_raw:
            return ReadCandidate(candidate, None, plain)
        openings = (
            msgspec.structs.replace(each, raw=received(each.raw[0])) for each in candidate.openings
        )
        candidate = msgspec.structs.replace(candidate, openings=tuple(openings))
        return ReadCandidate(candidate, received(plain.record), plain)

    return read


def leaves_structure(rules: Rules) -> bool:
    """Whether `exclude_fields` names nothing that rows are made by, or that is looked through.

    Then a record is what it would be if it had come without the excluded keys.
    """
    tree, opening = _trees(rules)
    needed = _names_to(tree, _STRUCTURE) | _names_to(opening, _STRUCTURE) | set(map(fold, AROUND))
    for key in rules.exclude_fields:
        first, *_, last = key.split(".") if "." in key else ("", key)
        is_within_opening = opening.child(first) is not None
        if fold(last) in needed or tree.child(last) is THROUGH or is_within_opening:
            return False
    return True


def _names_to(root: Node, slots: Collection[str]) -> set[str]:
    """Return the folded names on all paths to some slots, or to openings."""
    ends = leading(
        root, lambda node: bool(node.collected) or any(leaf.slot in slots for leaf in node.leaves)
    )
    return {
        fold(name)
        for node in ends
        for name, child in (*node.children.items(), *node.folded.nodes.items())
        if child in ends
    }


def _stripped(records: bytes, strip: Callable[[dict[str, t.Any]], object]) -> bytes:
    """Return a list without what is excluded; all is null where that cannot be read."""
    try:
        every = msgspec.json.decode(records)
        return msgspec.json.encode([strip(e) if isinstance(e, dict) else e for e in every])
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
        return msgspec.json.encode([None] * len(raw_items(records)))


def _compile_composition(
    rules: Rules, read_opening: Callable[[t.Any], Found | None]
) -> Callable[..., Candidate]:
    """Return the function that makes a candidate of what was found."""
    outcome = compile_outcomes(rules.outcomes)
    # Of excluded openings only what makes rows of them is read, and no text.
    hides_status = excludes_openings(rules)

    def compose(found: Found, custom: Custom, *, is_plain: bool = False) -> Candidate:
        if "remote_id" not in found:
            message = "no id"
            raise UnreadableRecord(message)
        doubts = [] if is_plain else [*custom.doubts, *doubts_of(found)]
        notes = Notes(doubts, outcome, value_of(found, "status"), is_plain)
        values = _values(found, notes)
        openings = read_openings(found.get(OPENINGS, ()), read_opening, notes)
        if hides_status:
            for opening in openings:
                opening.application["remote_status"] = None
        return Candidate(
            found["remote_id"][1],
            value_of(found, "remote_updated_at"),
            value_of(found, "remote_created_at"),
            values,
            custom.values,
            custom.labels,
            openings,
            tuple(doubts),
        )

    return compose


def _excluding(
    tree: Node, exclude: frozenset[str], structure: tuple[str, ...]
) -> Callable[[dict[str, t.Any]], tuple[Found, dict[str, t.Any]]]:
    """Return the walk in which excluded keys feed nothing but the structure."""
    # What nothing is left of was not lost by PHP.
    strip = compile_strip(exclude, keeps_empty=False)

    def find(record: dict[str, t.Any]) -> tuple[Found, dict[str, t.Any]]:
        received = flat(record)
        whole = walk(tree, received)
        if not exclude:
            return whole, received
        stripped = flat(strip(record))
        found = walk(tree, stripped)
        return found | {slot: whole[slot] for slot in structure if slot in whole}, stripped

    return find


_values: t.Final = compile_values(CANDIDATE_FIELDS)
