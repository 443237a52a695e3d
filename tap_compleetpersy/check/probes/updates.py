"""Whether the server filters by the updated time, and how exactly."""

from __future__ import annotations

from dataclasses import replace

from tap_compleetpersy.api.date_filter import filters
from tap_compleetpersy.check.asking import Asker, first_page
from tap_compleetpersy.check.bounds import (
    DATE_FORMATS,
    SINCE_NAMES,
    distinct_times,
    is_exact,
    lower_effect,
    moment,
    named_threshold,
    thresholds,
)
from tap_compleetpersy.check.evidence import Bounded, Evidence, Instant, Listing
from tap_compleetpersy.settings import Settings


def ask_since_middle(ask: Asker, evidence: Evidence) -> Evidence:
    """Ask for what was updated since a time in the middle of those seen."""
    middle = middle_time(evidence)
    if middle is None or not evidence.settings.modified_since_param:
        return evidence
    return replace(evidence, middle=since(ask, evidence.settings, middle))


def find_date_format(ask: Asker, evidence: Evidence) -> Evidence:
    """Try other forms of the bound, where the one given is refused or brings nothing.

    Without any that works, the tap must filter by itself.
    """
    first, middle = evidence.first, evidence.middle
    if first is None or middle is None or not is_misunderstood(evidence):
        return evidence
    for date_format in DATE_FORMATS:
        if date_format == evidence.given.date_format:
            continue
        settings = replace(evidence.settings, date_format=date_format)
        asked = since(ask, settings, middle.bound)
        if lower_effect(first, asked) in {"honoured", "shifted"}:
            return replace(evidence, settings=settings, reformatted=asked)
    settings = replace(evidence.settings, modified_since_param="")
    return replace(evidence, settings=settings)


def is_misunderstood(evidence: Evidence) -> bool:
    """Tell whether the server refuses the lower bound, or keeps everything back for it."""
    first = evidence.first
    return first is not None and lower_effect(first, evidence.middle) in {"refused", "empty"}


def find_filter(ask: Asker, evidence: Evidence) -> Evidence:
    """Try other names for the lower bound, all at once, where there is none that works."""
    first, settings = evidence.first, evidence.settings
    given = settings.modified_since_param
    if first is None:
        return evidence
    if given and lower_effect(first, evidence.middle) not in {"ignored", "another"}:
        return evidence
    asked = thresholds(distinct_times(first), [name for name in SINCE_NAMES if name != given])
    if not asked:
        return evidence
    params: dict[str, str] = {}
    for name, bound in asked.items():
        named = replace(settings, modified_since_param=name)
        params |= filters(named, moment(bound), None)
    answer = ask.list(settings, {**first_page(settings), **params})
    found = named_threshold(asked, answer) or ""
    renamed = None
    if found:
        renamed = _bounded(asked[found], answer, settings)
    if lower_effect(first, renamed) != "honoured":
        found, renamed = "", None
    settings = replace(settings, modified_since_param=found)
    names = tuple(name for name in (given, *asked) if name)
    return replace(evidence, settings=settings, since=names, renamed=renamed)


def ask_since_newest(ask: Asker, evidence: Evidence) -> Evidence:
    """Ask for what was updated since the newest time seen: that record, if nothing else."""
    first, settings = evidence.first, evidence.settings
    if first is None or not settings.modified_since_param:
        return evidence
    if lower_effect(first, evidence.lower) not in {"honoured", "shifted"}:
        return evidence
    return replace(evidence, newest=since(ask, settings, distinct_times(first)[-1]))


def ask_until(ask: Asker, evidence: Evidence) -> Evidence:
    """Ask for what was updated before a time in the middle, if the server is said to be able."""
    middle, settings = middle_time(evidence), evidence.settings
    if middle is None or not settings.modified_until_param:
        return evidence
    listing = ask.list(settings, first_page(settings, until=moment(middle)))
    return replace(evidence, until=_bounded(middle, listing, settings))


def middle_time(evidence: Evidence) -> Instant | None:
    """Choose an update time with older and newer ones; None when there is no such time."""
    times = distinct_times(evidence.first) if evidence.first is not None else []
    return times[len(times) // 2] if len(times) > 1 else None


def since(ask: Asker, settings: Settings, bound: Instant) -> Bounded:
    """Ask for the first page with a lower bound."""
    listing = ask.list(settings, first_page(settings, since=moment(bound)))
    return _bounded(bound, listing, settings)


def _bounded(bound: Instant, listing: Listing, settings: Settings) -> Bounded:
    return Bounded(bound, listing, is_exact(bound, settings), settings.page_size)
