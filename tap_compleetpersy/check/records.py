"""Where the records are in an answer, and what the model makes of them: ids, times, fields."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tap_compleetpersy.api.messages import http_date
from tap_compleetpersy.check.budgeted_client import BudgetedClient, listing
from tap_compleetpersy.check.evidence import Evidence, Examination, Guess, Listing, Say
from tap_compleetpersy.check.examination import HAS_ZONE, examine
from tap_compleetpersy.check.guessing import CONTAINER, field_paths, guess
from tap_compleetpersy.check.structure import locate_records
from tap_compleetpersy.model.candidate import WITHOUT_ID
from tap_compleetpersy.model.fields import CANDIDATE, OPENING
from tap_compleetpersy.settings import Settings
from tap_compleetpersy.sync.reading import compile_read, rules_of

_ZONES = ("Europe/Berlin", "UTC")
_TOLERANCE = 120_000
_MOST_SHOWN = 6
_STATUSES_SHOWN = 40
FIELDS: t.Final = (*CANDIDATE.extensible, *OPENING.extensible)
_DERIVED: t.Final = frozenset({"location.raw", "location.street_2"})
"""Mostly composed of the other parts."""
_NAMES_SHOWN = 12
_HALF = 0.5
_OPENING_FIELDS: t.Final = ("openings", *OPENING.extensible)


def read_records(_ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Return the evidence with the records of the first page and what feeds the model."""
    first, settings = evidence.first, evidence.settings
    path = better_path(first, settings)
    if path is not None:
        settings = replace(settings, records_path=path)
        first = listing(replace(first.reply, error=None), settings)
    examination = examine(first.records, rules_of(settings))
    guesses = guess(first.records, examination.fed, _unread(first, examination))
    if guesses:
        settings = _learned(settings, guesses)
        first = listing(first.reply, settings)
        examination = examine(first.records, rules_of(settings))
    return replace(
        evidence, settings=settings, first=first, examination=examination, guesses=guesses
    )


def _learned(settings: Settings, guesses: Sequence[Guess]) -> Settings:
    """Return the settings with what is sure."""
    sure = [one.paths for one in guesses if one.field == CONTAINER and one.sureness == "sure"]
    containers = settings.custom_fields_paths or [path for paths in sure for path in paths]
    paths = {**settings.field_paths, **field_paths(guesses)}
    return replace(settings, field_paths=paths, custom_fields_paths=containers)


def _unread(first: Listing, examination: Examination) -> set[str]:
    """Return the fields that nothing feeds, or only something that makes no sense."""
    unread = {name for name in FIELDS if name not in examination.fed}
    if examination.distinct <= _HALF * examination.readable:
        unread.add("remote_id")
    if not first.known_times:
        unread.add("remote_updated_at")
    return unread


def better_path(first: Listing, settings: Settings) -> str | None:
    """Return where more records are than the settings found, if anywhere."""
    read = compile_read(rules_of(settings))
    document = first.reply.document
    path = locate_records(document, lambda records: sum(map(bool, map(read, records))))
    if path is None:
        return None
    other = listing(replace(first.reply, error=None), replace(settings, records_path=path))
    if not (first.is_usable and other.is_usable):
        return path if other.is_usable else None
    now, then = (sum(one is not None for one in each.ids) for each in (first, other))
    if 1 < len(first) <= now * 2:  # beside them may be what they refer to, and more of it
        return None
    # An envelope that is not understood is taken for one record, or for an empty list.
    is_longer = not then and not now and len(first) <= 1 and len(other) > len(first)
    return path if then > now or is_longer else None


# --- what it means -------------------------------------------------------------------


def records_path(evidence: Evidence, say: Say) -> None:
    """The records are in a list, or under one of the usual names, or at `records_path`."""
    first = evidence.first
    if evidence.differs("records_path"):
        say.unfit(f"{len(first)} records at {evidence.settings.records_path}")
    elif not first.is_usable:
        say.unfit(first.reply.what)
    elif not len(first):
        say("cannot tell", "no records: an empty list, or one that is not found", say.name)
    else:
        where = evidence.given.records_path or "found automatically"
        framework = framework_of(first.reply.document)
        like = f", as {framework} has them" if framework else ""
        say("holds", f"{len(first)} records, {where}{like}")


_SIGNS: t.Final = (
    ("API Platform (Hydra)", ("hydra:member",)),
    ("API Platform", ("member", "totalItems")),
    ("HAL", ("_embedded",)),
    ("HAL", ("_links", "page.totalElements")),
    ("Yii2", ("_meta.pageCount",)),
    ("CakePHP", ("pagination.pageCount",)),
    ("Fractal", ("meta.pagination",)),
    ("JSON:API", ("data.*.attributes",)),
    ("Laravel (cursorPaginate)", ("next_page_url", "next_cursor")),
    ("Laravel (paginate)", ("next_page_url", "last_page")),
    ("Laravel (simplePaginate)", ("next_page_url", "path")),
    ("Laravel (resources)", ("data", "meta.current_page")),
)
"""Framework to dotted names that must all be in an answer; the first that fits."""


def framework_of(document: object) -> str | None:
    """Return the framework whose envelope a document has; None for any other."""
    for name, signs in _SIGNS:
        if all(_has(document, sign.split(".")) for sign in signs):
            return name
    return None


def _has(document: object, path: list[str]) -> bool:
    if not path:
        return True
    if path[0] == "*":
        return isinstance(document, list) and any(_has(item, path[1:]) for item in document)
    return isinstance(document, dict) and path[0] in document and _has(document[path[0]], path[1:])


def ids(evidence: Evidence, say: Say) -> None:
    """Each record has an id of its own."""
    seen = evidence.examination
    told = f"{seen.readable} of {seen.records} records have an id, {seen.distinct} different ones"
    if guess := guessed(evidence, "remote_id"):
        say("fails", f"only found by guessing; {told}", "field_paths", guess, loses_data=True)
    elif seen.readable < seen.records:
        say("fails", told, "field_paths", loses_data=True)
    elif seen.distinct < seen.readable:
        say("fails", f"{told}: duplicates, or no ids of candidates", "field_paths")
    else:
        say("holds", told)


def guessed(evidence: Evidence, *fields: str) -> dict[str, t.Any]:
    """Return the change of `field_paths` that was found for some fields, empty for none."""
    found, given = evidence.settings.field_paths, evidence.given.field_paths
    return {each: found[each] for each in fields if found.get(each) != given.get(each)}


def times(evidence: Evidence, say: Say) -> None:
    """Times have one of the forms that are known."""
    seen, count = evidence.examination, len(evidence.first.times)
    guess = guessed(evidence, "remote_updated_at")
    if seen.misread:
        told = f"not understood: {_counts(seen.misread)}; understood: {_counts(seen.forms)}"
        say("fails", told, "field_paths", guess or None, loses_data=True)
    elif count and not evidence.first.known_times:
        told = f"none of {count} records has an update time that can be read"
        say("fails", told, "field_paths", loses_data=True)
    elif guess:
        told = f"the update time was only found by looking at values; {_counts(seen.forms)}"
        say("fails", told, "field_paths", guess, loses_data=True)
    elif seen.forms:
        say("holds", _counts(seen.forms))
    else:
        say("cannot tell", "no times")


def time_zone(evidence: Evidence, say: Say) -> None:
    """Times without an offset are wall clock of `time_zone`."""
    first, given = evidence.first, evidence.given.time_zone
    forms = evidence.examination.forms
    if not forms:
        return
    naive = sum(count for form, count in forms.items() if not HAS_ZONE.fullmatch(form))
    date = http_date(first.reply.headers.get("Date"))
    now = None if date is None else date.timestamp() * 1000
    newest = max(first.known_times, default=None)
    if not naive:
        say("holds", "every time says its zone")
    elif now is None or newest is None:
        told = f"{naive} times without a zone, and no header Date to compare"
        say("cannot tell", told, say.name)
    elif newest - now <= _TOLERANCE:
        told = f"{naive} times without a zone; none lies after the header Date"
        say("cannot tell", told, say.name)
    else:
        minutes = (newest - now) / 60_000
        told = f"read in {given}, a time lies {minutes:.0f} min after the header Date"
        say("fails", told, say.name, _fitting_zone(evidence, now))


def _fitting_zone(evidence: Evidence, now: float) -> str | None:
    """Return a usual zone in which no update lies in the future."""
    for zone in _ZONES:
        reread = listing(evidence.first.reply, replace(evidence.settings, time_zone=zone))
        newest = max(reread.known_times, default=now)
        if zone != evidence.given.time_zone and newest <= now + _TOLERANCE:
            return zone
    return None


def outcomes(evidence: Evidence, say: Say) -> None:
    """Statuses say whether somebody was hired, declined, or waits.

    Unknown ones are listed, with a block of `outcomes` to fill in: they are words of the
    system. Long ones and such with a number or an address are only counted, since they may
    be about somebody.
    """
    seen = evidence.examination
    told = f"{seen.unknown} of {seen.applications} applications: "
    told += f"{seen.unknown_statuses} unknown statuses"
    if not seen.applications:
        say("cannot tell", "no applications", say.name)
    elif not seen.unknown:
        say("holds", f"{seen.applications} applications, no unknown status")
    elif not seen.statuses:
        say("cannot tell", told, say.name)
    else:
        listed = _counts(seen.statuses, most=_STATUSES_SHOWN)
        block = {**evidence.given.outcomes, **dict.fromkeys(seen.statuses, "PENDING")}
        told += f": {listed}; null now: put PENDING, HIRED or DECLINED for each"
        say("cannot tell", told, say.name, block)


def openings(evidence: Evidence, say: Say) -> None:
    """Candidates carry the openings that they applied for, each with an id."""
    seen = evidence.examination
    guess = guessed(evidence, *_OPENING_FIELDS)
    rivals = [one for one in evidence.guesses if one.field in _OPENING_FIELDS[:2]]
    without_id = seen.doubts.get(WITHOUT_ID, 0)
    told = f"{seen.applications} in {seen.records} records"
    if guess:
        told += "; only found by looking at values"
        say("fails", told, "field_paths", guess, loses_data=True)
    elif any(one.sureness == "perhaps" for one in rivals):
        either = " or ".join(path for one in rivals for path in one.paths)
        say("fails", f"{told}; perhaps {either}", "field_paths", loses_data=True)
    elif without_id and not seen.applications:
        told = f"{without_id} openings, none with an id that can be read"
        say("fails", told, "field_paths", loses_data=True)
    elif seen.applications:
        say("holds", told)
    else:
        say("cannot tell", "none, and no list that looks like them", "field_paths")


def values(evidence: Evidence, say: Say) -> None:
    """What stands in a known place is understood."""
    if doubts := evidence.examination.doubts:
        say("cannot tell", f"not understood: {_counts(doubts)}")
    else:
        say("holds", "all understood")


def _counts(counts: Mapping[str, int], most: int = _MOST_SHOWN) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    told = ", ".join(f"{name} ({count})" for name, count in ordered[:most])
    return told + (", …" if len(ordered) > most else "")


def model_fields(evidence: Evidence, say: Say) -> None:
    """Each model field has a path that feeds it."""
    seen = evidence.examination
    unfed = [field for field in FIELDS if field not in seen.fed and field not in _DERIVED]
    if unfed:
        told = f"{', '.join(unfed)}: nothing in {seen.records} records"
        say.about("unfed fields")("cannot tell", told, "field_paths")
    for one in evidence.guesses:
        if one.sureness == "perhaps" and one.field != CONTAINER:
            told = f"perhaps {' or '.join(one.paths)}: the evidence is equal"
            say.about(f"guess {one.field}")("cannot tell", told, "field_paths")
    for field in filter(seen.fed.get, FIELDS):
        change, of_field = guessed(evidence, field), say.about(f"field {field}")
        ordered = sorted(seen.fed[field].items(), key=lambda item: -item[1])
        told = "; ".join(f"{path}: {count} of {seen.records}" for path, count in ordered)
        if change:
            of_field("fails", f"{told}; sure, by values and names", "field_paths", change)
        else:
            of_field("holds", told)


def custom_fields(evidence: Evidence, say: Say) -> None:
    """What the tenant defined itself becomes custom fields."""
    setting, told = "custom_fields_paths", _names(evidence.examination.custom) or "none"
    rivals = [path for one in evidence.guesses if one.field == CONTAINER for path in one.paths]
    if found := evidence.found(setting):
        say("fails", f"in a container of another name: {told}", setting, found)
    elif rivals and not evidence.given.custom_fields_paths:
        told += f"; perhaps these hold some, too: {', '.join(rivals)}"
        say("cannot tell", told, setting)
    else:
        say("holds", told)


def unclaimed_keys(evidence: Evidence, say: Say) -> None:
    """No key is left that a model field should take."""
    seen = evidence.examination
    hidden = f"; {seen.hidden} rare names of keys are not shown" if seen.hidden else ""
    if seen.unclaimed:
        told = f"{_names(seen.unclaimed)} (in integration_fields only){hidden}"
        say("cannot tell", told, "field_paths")
    else:
        say("holds", f"none{hidden}")


def _names(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    return f"{shown} and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else shown
