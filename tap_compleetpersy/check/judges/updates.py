"""The filter on the updated time."""

from __future__ import annotations

from collections.abc import Iterator

from tap_compleetpersy.check.bounds import (
    lower_effect,
    shift_early,
    shift_late,
    upper_effect,
)
from tap_compleetpersy.check.evidence import Bounded, Evidence
from tap_compleetpersy.check.findings import Finding, fails, holds, unclear

_SECOND = 1000
_DEFAULT_LOOKBACK = 3600


def modified_since_param(evidence: Evidence) -> Iterator[Finding]:
    """The server keeps back what was updated before `modified_since_param`."""
    name, first, middle = "modified_since_param", evidence.first, evidence.middle
    if first is None:
        return
    given, found = evidence.given.modified_since_param, evidence.settings.modified_since_param
    if not given:
        if found:
            told = f"a filter is there, and honoured: {_brought(evidence.renamed)}"
            yield Finding(name, "fails", told, name, found)
        else:
            yield holds(name, f"none of {len(evidence.since)} usual names is honoured")
        return
    effect = lower_effect(first, middle)
    if effect == "ignored":
        yield fails(name, f"ignored: {_brought(middle)}", name, found)
    elif effect == "another":
        told = f"{_brought(middle)}, but newer ones are kept back, too: a filter on another time?"
        yield fails(name, told, name, found, loses_data=True)
    elif effect in {"honoured", "shifted"} or evidence.reformatted is not None:
        yield holds(name, f"honoured: {_brought(evidence.lower)}")
    elif effect in {"refused", "empty"}:
        told = f"{_brought(middle)}, whatever the format of the time"
        yield fails(name, told, name, found, loses_data=True)
    else:
        yield unclear(name, _brought(middle) if middle else "too few update times", name)


def _brought(asked: Bounded | None) -> str:
    if asked is None:
        return "not asked"
    if not asked.listing.is_usable:
        return asked.listing.reply.what
    older = sum(time is not None and time < asked.bound for time in asked.listing.times)
    return f"{len(asked.listing)} records, {older} of them older than asked for"


def inclusive(evidence: Evidence) -> Iterator[Finding]:
    """The lower bound lets through a record of exactly that time."""
    name, first, asked = "inclusive", evidence.first, (evidence.lower, evidence.newest)
    if first is None or not evidence.settings.modified_since_param or evidence.newest is None:
        return
    late = [shift for one in asked if (shift := shift_late(first, one)) is not None]
    lookback = evidence.given.lookback_seconds
    if late:
        seconds = max(late) // _SECOND
        told = f"records up to {seconds} s newer than the bound are kept back"
        if not seconds:
            told = "a record of exactly the time asked for is kept back"
        needed = seconds + _DEFAULT_LOOKBACK
        if lookback > seconds:
            yield Finding(name, "fails", f"{told}; lookback_seconds covers it")
        else:
            yield fails(name, told, "lookback_seconds", needed, loses_data=True)
    elif not any(_has_bound(one) for one in asked):
        yield unclear(name, "no answer holds the record of the time asked for, or all of them")
    else:
        yield holds(name, "a record of exactly the time asked for is there")


def _has_bound(asked: Bounded | None) -> bool:
    if asked is None or not asked.is_exact:
        return False
    seconds = {time // _SECOND for time in asked.listing.times if time is not None}
    return asked.bound // _SECOND in seconds


def date_format(evidence: Evidence) -> Iterator[Finding]:
    """Bounds are understood in `date_format`, in UTC or in `time_zone`."""
    name, first, middle = "date_format", evidence.first, evidence.middle
    if first is None or middle is None:
        return
    if evidence.differs(name):
        told = f"{_brought(middle)}; {_brought(evidence.reformatted)} in another format"
        yield fails(name, told, name, evidence.found(name), loses_data=True)
    elif lower_effect(first, evidence.lower) == "shifted" and evidence.lower is not None:
        minutes = -(-shift_early(evidence.lower) // (60 * _SECOND))
        told = f"the bound lets through what is up to {minutes} min older: another time zone?"
        yield unclear(name, told, "time_zone")
    elif lower_effect(first, evidence.lower) == "honoured":
        yield holds(name, "understood: nothing older than asked for")


def modified_until_param(evidence: Evidence) -> Iterator[Finding]:
    """The server keeps back what was updated after `modified_until_param`."""
    name, first = "modified_until_param", evidence.first
    if first is None or not evidence.given.modified_until_param:
        return
    effect, asked = upper_effect(first, evidence.until), evidence.until
    if asked is None:
        yield unclear(name, "too few update times", name)
    elif effect in {"honoured", "shifted"}:
        yield holds(name, f"honoured: {len(asked.listing)} records, none newer than asked for")
    elif effect == "ignored":
        yield fails(name, f"ignored: {len(asked.listing)} records, newer ones among them", name)
    elif effect == "refused":
        yield fails(name, asked.listing.reply.what, name, loses_data=True)
    else:
        yield unclear(name, "no records before a time in the middle", name)
