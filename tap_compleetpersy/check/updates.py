"""Whether the server filters by the updated time, how exactly, and in which format."""

from __future__ import annotations

import math
import typing as t
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tap_compleetpersy.api.date_filter import DEFAULT_FORMAT, filters, lower_bound
from tap_compleetpersy.check import naming
from tap_compleetpersy.check.budgeted_client import BudgetedClient, first_page
from tap_compleetpersy.check.evidence import NOT_ASKED, Evidence, Listing, Say
from tap_compleetpersy.model.times import Instant, to_datetime, to_instant
from tap_compleetpersy.settings import Settings

_SECOND = 1000
_FILTERS: t.Final = ("honoured", "shifted")
_DEFAULT_LOOKBACK = 3600
DATE_FORMATS: t.Final = (
    DEFAULT_FORMAT, "YYYY-MM-DD HH:mm:ss", "DD.MM.YYYY HH:mm:ss", "X", "DD.MM.YYYY", "YYYY-MM-DD",
)  # fmt: skip
"""Tried in this order when the server refuses the format given."""
GROUP_FORMATS: t.Final = (
    DEFAULT_FORMAT, "DD.MM.YYYY", "X", "YYYY-MM-DD HH:mm:ss", "x", "YYYY-MM-DD", "YYYYMMDD",
    "DD.MM.YYYY HH:mm", "YYYYMMDDHHmmss",
)  # fmt: skip
"""Tried in this order with many names at once."""
FORMAT_OF: t.Final = {
    "Unix milliseconds": "x",
    "Unix seconds": "X",
    "dd.mm.yyyy hh:mm": "DD.MM.YYYY HH:mm",
    "dd.mm.yyyy hh:mm:ss": "DD.MM.YYYY HH:mm:ss",
    "dd.mm.yyyy": "DD.MM.YYYY",
    "yyyy-mm-dd hh:mm:ss": "YYYY-MM-DD HH:mm:ss",
    "yyyy-mm-dd hh:mm": "YYYY-MM-DD HH:mm",
    "yyyy-mm-dd": "YYYY-MM-DD",
}
"""Form of the records' times to the format of a bound that is written alike."""

LARGEST_SHIFT = 14 * 3600 * _SECOND
"""No time zone is further from UTC; what is older than that is no matter of zones."""

_BAD_REQUEST = frozenset(range(400, 500)) - {401, 403, 407, 408, 429}
"""Statuses that are about what was asked, and not about who asks, or how often."""

Effect = t.Literal["honoured", "ignored", "shifted", "another", "refused", "empty", "unknown"]


# --- what is asked ---------------------------------------------------------------


def ask_since_middle(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Ask for what was updated since a time in the middle of those seen."""
    middle = _middle_time(evidence)
    if middle is None or not evidence.settings.modified_since_param:
        return evidence
    asked = _since(ask, evidence.settings, middle)
    return replace(evidence, middle=asked, lower=asked)


def find_date_format(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Try other forms of the bound, where the one given is refused or brings nothing.

    Without any that works, the tap must filter by itself.
    """
    first, middle = evidence.first, evidence.middle
    if lower_effect(first, middle) not in {"refused", "empty"}:
        return evidence
    for date_format in DATE_FORMATS:
        if date_format == evidence.given.date_format:
            continue
        fitted = evidence.fit(date_format=date_format)
        asked = _since(ask, fitted.settings, middle.bound)
        if lower_effect(first, asked) in _FILTERS:
            return replace(fitted, lower=asked)
    return evidence.fit(modified_since_param="")


def find_filter(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Try other names for the lower bound, all at once, where there is none that works."""
    settings, seen = evidence.settings, evidence.examination
    given = settings.modified_since_param
    if given and lower_effect(evidence.first, evidence.middle) not in {"ignored", "another"}:
        return evidence
    feeding = seen.fed.get("remote_updated_at", {})
    keys = sorted({path.rpartition(".")[2] for path in feeding})
    usual = [*(name for key in keys for name in naming.filters_on(key)), *naming.FILTERS]
    if "[" in settings.page_param:  # JSON:API
        usual = [*(f"filter[{name}]" for name in usual if "[" not in name), *usual]
    names = [name for name in dict.fromkeys(usual) if name != given]
    # Bounds are often written as the records write their times, most of all in the usual form.
    forms = sorted(seen.forms, key=lambda form: -seen.forms[form])
    alike = [FORMAT_OF[form] for form in forms if form in FORMAT_OF]
    formats = dict.fromkeys((settings.date_format, *alike, *GROUP_FORMATS))
    ways = [*_expressions(evidence.first, keys), *((one, names) for one in formats)]
    evidence = replace(evidence, since=tuple(name for name in (given, *names) if name))
    for date_format, asked in ways:
        if found := _name_filter(ask, evidence.fit(date_format=date_format), asked):
            return found
    return evidence.fit(modified_since_param="")


def _expressions(first: Listing, keys: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the bound as OData says it, an expression, where the list is OData's: 4, then 2."""
    document = first.reply.document
    names = list(document) if isinstance(document, dict) else []
    for key in keys:
        if any(name.startswith("@odata.") for name in names):
            yield f"[{key} ge ]{DEFAULT_FORMAT}", ["$filter"]
        elif names == ["d"]:
            yield f"[{key} ge datetimeoffset']{DEFAULT_FORMAT}[']", ["$filter"]


def _name_filter(ask: BudgetedClient, evidence: Evidence, names: Sequence[str]) -> Evidence | None:
    """Send all names at once, then those that one bound stood for, until one is left.

    Returns:
        The evidence with the settings that filter; None where nothing filters.
    """
    first, settings = evidence.first, evidence.settings
    latest_first = reversed(distinct_times(first))
    times = sorted({_written(time, settings): time for time in latest_first}.values())
    is_exact_format = is_exact(times[0], settings) if times else False
    while asked := thresholds(times, names, between=1 if is_exact_format else 0):
        params = first_page(settings)
        for name, bound in asked.items():
            named = replace(settings, modified_since_param=name)
            params |= filters(named, to_datetime(bound), None)
        answer = ask.list(settings, params)
        left = named_thresholds(asked, answer) if answer.is_usable else []
        if not left or len(left) == len(names) > 1:
            break
        if len(left) == 1:
            renamed = _bounded(answer, asked[left[0]], settings)
            if lower_effect(first, renamed) != "honoured":
                break
            return replace(evidence.fit(modified_since_param=left[0]), lower=renamed)
        names = left
    return None


def ask_since_newest(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Ask for what was updated since the newest time seen: that record, if nothing else."""
    first, settings = evidence.first, evidence.settings
    is_filtered = lower_effect(first, evidence.lower) in _FILTERS
    if not settings.modified_since_param or not is_filtered:
        return evidence
    newest = _since(ask, settings, distinct_times(first)[-1])
    given = evidence.given.modified_since_param
    if settings.modified_since_param != given and lower_effect(first, newest) == "ignored":
        return replace(evidence.fit(modified_since_param=given), lower=evidence.middle)
    return replace(evidence, newest=newest)


def ask_until(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Ask for what was updated before a time in the middle, if the server is said to be able."""
    middle, settings = _middle_time(evidence), evidence.settings
    if middle is None or not settings.modified_until_param:
        return evidence
    listing = ask.list(settings, first_page(settings, until=middle))
    return replace(evidence, until=_bounded(listing, middle, settings))


def _middle_time(evidence: Evidence) -> Instant | None:
    """Return an update time with older and newer ones; None when there is no such time."""
    times = distinct_times(evidence.first)
    return times[len(times) // 2] if len(times) > 1 else None


def _since(ask: BudgetedClient, settings: Settings, bound: Instant) -> Listing:
    """Ask for the first page with a lower bound."""
    listing = ask.list(settings, first_page(settings, since=bound))
    return replace(_bounded(listing, bound, settings), bound=said(bound, settings))


def _bounded(listing: Listing, bound: Instant, settings: Settings) -> Listing:
    return replace(listing, bound=bound, is_exact=is_exact(bound, settings))


# --- what a listing with a bound says about that bound ---------------------------


def distinct_times(listing: Listing) -> list[Instant]:
    """Return the update times of a listing, each once, in whole seconds, oldest first."""
    return sorted({time - time % _SECOND for time in listing.known_times})


def is_exact(instant: Instant, settings: Settings) -> bool:
    """Whether the format of bounds has seconds."""
    return _written(instant, settings) != _written(instant + _SECOND, settings)


def _written(instant: Instant, settings: Settings) -> str:
    """Return a bound as the settings write it."""
    return lower_bound(to_datetime(instant), settings.date_format, settings.zone)


def said(instant: Instant, settings: Settings) -> Instant:
    """Return the earliest time that is written as this one: midnight, where only days are."""
    local = to_datetime(instant).astimezone(settings.zone)
    minute = local.replace(second=0, microsecond=0)
    for start in (to_instant(minute.replace(hour=0, minute=0)), to_instant(minute)):
        if _written(start, settings) == _written(instant, settings):
            return start
    return instant


def lower_effect(first: Listing, asked: Listing) -> Effect:
    """Return what a lower bound did.

    ``shifted`` is a bound that lets older records through, though not by more than a
    time zone; ``another`` one that also keeps back newer records here and there, as a
    filter on the time of creation would; ``empty`` one that keeps back everything.
    """
    if not len(asked):
        return _no_effect(asked)
    early = shift_early(asked)
    known = [time for time in first.known_times if time < asked.bound]
    if early:
        reaches = min(known, default=asked.bound) >= asked.bound - LARGEST_SHIFT
        everything = reaches and asked.marks == first.marks
        return "ignored" if early > LARGEST_SHIFT or everything else "shifted"
    expected = _expected(first, asked)
    missing = sum(not is_there for _, is_there in expected)
    # So many may have been deleted meanwhile.
    if missing > max(1, len(expected) // 10) and shift_late(first, asked) is None:
        return "another"
    return "honoured" if known or len(asked) < len(first) else "unknown"


def _no_effect(asked: Listing) -> Effect:
    """Return what it means that there are no records."""
    if asked.is_usable:
        return "empty"
    return "refused" if asked.reply.status in _BAD_REQUEST else "unknown"


def shift_early(asked: Listing) -> int:
    """Return by how many milliseconds the oldest record is older than the lower bound."""
    return max(0, asked.bound - min(asked.known_times, default=asked.bound))


def shift_late(first: Listing, asked: Listing) -> int | None:
    """Return how far behind the lower bound records are kept back.

    Returns:
        None when nothing is kept back, or nobody can tell; 0 when only records of exactly
        that second are: the bound is exclusive. Else milliseconds.
    """
    if not asked.is_exact or not asked.is_usable:
        return None
    expected = _expected(first, asked)
    missing = [time for time, is_there in expected if not is_there]
    if not missing or any(is_there and time <= max(missing) for time, is_there in expected):
        return None
    return (max(missing) - asked.bound) // _SECOND * _SECOND


def _expected(first: Listing, asked: Listing) -> list[tuple[Instant, bool]]:
    """Return the times that a lower bound should let through, and whether the record is there.

    Nothing is expected of an answer that may have another page.
    """
    if len(asked) >= min(len(first), asked.page_size):
        return []
    return [
        (time, mark in asked.marks)
        for time, mark in zip(first.times, first.marks, strict=True)
        if time is not None and time >= asked.bound
    ]


def upper_effect(first: Listing, asked: Listing) -> Effect:
    """Return what an upper bound did; whether it is inclusive does not matter."""
    if not asked.known_times:
        return _no_effect(asked)
    newer = max(asked.known_times) - asked.bound
    if newer < _SECOND:
        return "honoured"
    is_same = asked.marks == first.marks
    return "ignored" if is_same or newer > LARGEST_SHIFT else "shifted"


def thresholds(
    times: Sequence[Instant], names: Sequence[str], *, between: int = 1
) -> dict[str, Instant]:
    """Return each name a lower bound, so that the oldest record answered tells which counts.

    Bounds are some of the times, which come oldest first and which bounds can say; names share
    them where there are more names. Between two bounds is a time for bounds that are exclusive.
    """
    count = min(len(names), (len(times) - 1) // (1 + between))
    if count < 1:
        return {}
    gap = (len(times) - 1) // count
    return {name: times[1 + rank % count * gap] for rank, name in enumerate(names)}


def named_thresholds(asked: dict[str, Instant], answer: Listing) -> list[str]:
    """Return the parameters that share the bound which an answer to :func:`thresholds` keeps."""
    oldest = min(answer.known_times, default=-math.inf)
    kept = max((bound for bound in asked.values() if bound <= oldest), default=None)
    return [name for name, bound in asked.items() if bound == kept]


# --- what it means ---------------------------------------------------------------


def modified_since_param(evidence: Evidence, say: Say) -> None:
    """The server keeps back what was updated before `modified_since_param`."""
    middle, told = evidence.middle, _brought(evidence.middle)
    given, found = evidence.given.modified_since_param, evidence.settings.modified_since_param
    effect = lower_effect(evidence.first, middle)
    slower = "" if found else "; without a filter each run reads the whole list"
    if not given and found:
        told = f"a filter is there, and honoured: {_brought(evidence.lower)}"
        say("fails", told, say.name, found)
    elif not given:
        say("holds", f"none of {len(evidence.since)} usual names is honoured")
    elif effect == "ignored":
        say("fails", f"ignored: {told}{slower}", say.name, found)
    elif effect == "another":
        told += f", but newer ones are kept back, too: a filter on another time?{slower}"
        say("fails", told, say.name, found, loses_data=True)
    elif effect in _FILTERS or (evidence.lower is not middle and found == given):
        say("holds", f"honoured: {_brought(evidence.lower)}")
    elif effect in {"refused", "empty"}:
        told += f", whatever the format of the time{slower}"
        say("fails", told, say.name, found, loses_data=True)
    else:
        say("cannot tell", "too few update times" if middle is NOT_ASKED else told, say.name)


def _brought(asked: Listing) -> str:
    if not asked.is_usable:
        return asked.reply.what
    older = sum(time < asked.bound for time in asked.known_times)
    return f"{len(asked)} records, {older} of them older than asked for"


def inclusive(evidence: Evidence, say: Say) -> None:
    """The lower bound lets through a record of exactly that time."""
    asked = (evidence.lower, evidence.newest)
    if not evidence.settings.modified_since_param or evidence.newest is NOT_ASKED:
        return
    shifts = [shift_late(evidence.first, one) for one in asked]
    late = max((shift // _SECOND for shift in shifts if shift is not None), default=None)
    if late is None and any(map(_has_bound, asked)):
        say("holds", "a record with exactly the time asked for is there")
    elif late is None:
        say("cannot tell", "no answer holds the record of the time asked for, or all of them")
    else:
        told = f"records up to {late} s newer than the bound are kept back"
        if not late:
            told = "a record with exactly the time asked for is missing"
        if evidence.given.lookback_seconds > late:
            say("fails", f"{told}; lookback_seconds covers it")
        else:
            say("fails", told, "lookback_seconds", late + _DEFAULT_LOOKBACK, loses_data=True)


def _has_bound(asked: Listing) -> bool:
    seconds = {time // _SECOND for time in asked.known_times}
    return asked.is_exact and asked.bound // _SECOND in seconds


def date_format(evidence: Evidence, say: Say) -> None:
    """Bounds are understood in `date_format`, in UTC or in `time_zone`."""
    middle, lower = evidence.middle, evidence.lower
    effect = lower_effect(evidence.first, lower)
    if middle is NOT_ASKED:
        return
    if evidence.differs("date_format"):
        say.unfit(f"{_brought(middle)}; {_brought(lower)} in another format")
    elif effect == "shifted":
        minutes = -(-shift_early(lower) // (60 * _SECOND))
        told = f"the bound lets through what is up to {minutes} min older: another time zone?"
        say("cannot tell", told, "time_zone")
    elif effect == "honoured":
        say("holds", "understood: nothing older than the time asked for")


def modified_until_param(evidence: Evidence, say: Say) -> None:
    """The server keeps back what was updated after `modified_until_param`."""
    asked, effect = evidence.until, upper_effect(evidence.first, evidence.until)
    if not evidence.given.modified_until_param:
        return
    if asked is NOT_ASKED:
        say("cannot tell", "too few update times", say.name)
    elif effect in _FILTERS:
        say("holds", f"honoured: {len(asked)} records, none newer than asked for")
    elif effect == "ignored":
        say("fails", f"ignored: {len(asked)} records, newer ones among them", say.name)
    elif effect == "refused":
        say("fails", asked.reply.what, say.name, loses_data=True)
    else:
        say("cannot tell", "no records before a time in the middle", say.name)
