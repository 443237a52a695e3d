"""The first records beside the model: what feeds each column, and what nothing claims."""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tap_compleetpersy.check.budgeted_client import listing
from tap_compleetpersy.check.evidence import Evidence
from tap_compleetpersy.check.examination import showable
from tap_compleetpersy.check.run import FIRST_STEPS, gather
from tap_compleetpersy.explorer.survey import Statistics
from tap_compleetpersy.model.fields import CANDIDATE, OPENING
from tap_compleetpersy.model.provenance import CUSTOM, Claim, compile_provenance
from tap_compleetpersy.model.rules import Rules, flat_field_paths
from tap_compleetpersy.model.text import MAX_DEPTH, clean_value
from tap_compleetpersy.model.times import format_time
from tap_compleetpersy.model.wrappers import is_date_object
from tap_compleetpersy.sync.reading import compile_read, rules_of

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.candidate import Candidate
    from tap_compleetpersy.settings import Settings

COLUMNS: t.Final = (*CANDIDATE.extensible, CUSTOM, *OPENING.extensible)
"""Columns of the three streams that something of a record feeds, as `field_paths` names them."""


@dataclass(frozen=True, slots=True)
class RemoteKey:
    """A key of the records, and what becomes of its values.

    Attributes:
        key: Dotted, as received; numbers of lists are left out.
        filled: Records in which it has a value.
        type: Of the values, as discovery would say.
        example: A value or its mask; empty without values.
        feeds: Columns that took a value of it.
        passed: Columns whose paths lead to it, and which did not take this value.
        guess: The column that it looks like, where nothing claims it.
    """

    key: str
    filled: int
    type: str
    example: str
    feeds: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    guess: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the model as `field_paths` names it, and what feeds it in how many records.

    Without any remote key that feeds it, it may have the path of one that looks like it.
    """

    name: str
    filled: int
    example: str
    keys: tuple[str, ...] = ()
    guess: str | None = None


@dataclass(frozen=True, slots=True)
class RecordMap:
    """Records beside the model: keys in the order in which they were first seen, and all columns.

    Names of keys that are hidden may be data.
    """

    records: int
    keys: tuple[RemoteKey, ...]
    columns: tuple[Column, ...]
    hidden: int = 0


def first_records(settings: Settings) -> Evidence:
    """Ask for the first page, and find the records in it, as `persy check` does.

    Raises:
        ApiError: When no list of candidates is found.
        SettingsError: When there is no key.
    """
    found = gather(settings, FIRST_STEPS)
    if not found.has_list:
        raise t.cast("Exception", found.attempts[0].reply.error)
    return found


def map_evidence(found: Evidence, *, show_values: bool = False) -> RecordMap:
    """Return the map of the records of a first page; arguments as of `map_records`."""
    given, guessed = (
        flat_field_paths(settings.field_paths) for settings in (found.given, found.settings)
    )
    guesses = {name: paths[-1] for name, paths in guessed.items() if paths != given.get(name)}
    rules = rules_of(found.given)
    given_paths = replace(
        found.settings,
        field_paths=found.given.field_paths,
        custom_fields_paths=found.given.custom_fields_paths,
    )
    first = listing(found.first.reply, given_paths)
    return map_records(first.records, rules, guesses, show_values=show_values)


def map_records(
    records: Iterable[object],
    rules: Rules,
    guesses: Mapping[str, str] | None = None,
    *,
    show_values: bool = False,
) -> RecordMap:
    """Return records beside the model.

    Args:
        records: As received; what is no object is left out.
        rules: How they are read.
        guesses: Column to the path of a key that looks like it.
        show_values: Show values as they are instead of their masks, and every key. Of others, those
            are shown that a path of the tap or the user leads to, and that cannot be data.
    """
    objects = [record for record in records if isinstance(record, dict)]
    trace = compile_provenance(rules)
    claims = [
        [leaf for claim in trace(record).claims for leaf in _opened(claim, MAX_DEPTH)]
        for record in objects
    ]
    named = {
        claim.path
        for of_record in claims
        for claim in of_record
        if show_values or {*claim.fields, *claim.passed} - {CUSTOM}
    }
    shown, hidden = showable([{claim.path for claim in of_record} - named for of_record in claims])
    guesses = guesses or {}
    keys = tuple(_keys(claims, named.union(shown), guesses, show_values=show_values))
    columns = tuple(_columns(objects, rules, keys, guesses, show_values=show_values))
    return RecordMap(len(objects), keys, columns, hidden)


def _opened(claim: Claim, room: int) -> Iterator[Claim]:
    """Yield the single values in what was claimed or left as a whole."""
    value = claim.value
    if isinstance(value, dict) and value and room and not is_date_object(value):
        for key, item in value.items():
            path = claim.path if key.isdigit() else f"{claim.path}.{key}"
            yield from _opened(claim._replace(path=path, value=item), room - 1)
    elif isinstance(value, list) and room and any(isinstance(item, dict) for item in value):
        for item in value:
            yield from _opened(claim._replace(value=item), room - 1)
    else:
        yield claim


def _keys(
    claims: Sequence[list[Claim]],
    shown: Collection[str],
    guesses: Mapping[str, str],
    *,
    show_values: bool,
) -> Iterator[RemoteKey]:
    """Yield what the records have under each key; a guess stands where no path leads."""
    by_path: dict[str, list[tuple[int, Claim]]] = {}
    for number, of_record in enumerate(claims):
        for claim in of_record:
            if claim.path in shown:
                by_path.setdefault(claim.path, []).append((number, claim))
    for path, of_key in by_path.items():
        statistics, filled = Statistics(), set()
        feeds: dict[str, bool] = {}
        for number, claim in of_key:
            value = clean_value(claim.value)
            statistics.add(value, path)
            if value is not None:
                filled.add(number)
            feeds = dict.fromkeys(claim.passed, False) | feeds | dict.fromkeys(claim.fields, True)
        is_free = not feeds.keys() - {CUSTOM}
        yield RemoteKey(
            path,
            len(filled),
            statistics.type,
            statistics.example(show_values=show_values),
            tuple(name for name, does in feeds.items() if does),
            tuple(name for name, does in feeds.items() if not does),
            next((name for name, guess in guesses.items() if guess == path and is_free), None),
        )


def _columns(
    records: Iterable[object],
    rules: Rules,
    keys: Sequence[RemoteKey],
    guesses: Mapping[str, str],
    *,
    show_values: bool,
) -> Iterator[Column]:
    read = compile_read(rules)
    rows = [_row(seen.candidate) for record in records if (seen := read(record))]
    for name in COLUMNS:
        values = [row[name] for row in rows if row.get(name) is not None]
        found = Statistics()
        for value in values[:1]:
            found.add(value, name)
        feeding = tuple(key.key for key in keys if name in key.feeds)
        guess = None if feeding else guesses.get(name)
        example = found.example(show_values=show_values)
        yield Column(name, len(values), example, feeding, guess)


def _row(candidate: Candidate) -> dict[str, t.Any]:
    """Return what the columns get of a candidate; of several openings the first with a value."""
    row: dict[str, t.Any] = {"remote_id": candidate.remote_id, **candidate.values}
    for part, value in (candidate.values.get("location") or {}).items():
        row[f"location.{part}"] = value
    row[CUSTOM] = candidate.custom or None
    for opening in candidate.openings:
        applied = opening.created_at and format_time(opening.created_at)
        told = {
            "jobs.remote_id": opening.remote_id,
            "jobs.name": opening.name,
            "applications.outcome": opening.outcome,
            "applications.remote_created_at": applied,
        }
        row |= {name: value for name, value in told.items() if row.get(name) is None}
    return row
