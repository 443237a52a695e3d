"""Paging, page size, total and order of the list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tap_compleetpersy.check.evidence import PLACES, Evidence, Listing
from tap_compleetpersy.check.findings import Finding, fails, holds, unclear
from tap_compleetpersy.check.paging import begins_like


def pagination(evidence: Evidence) -> Iterator[Finding]:
    """The list is paged as `pagination` says, and the parameter is honoured."""
    name, first = "pagination", evidence.first
    if first is None:
        return
    given = evidence.given.pagination
    told = _what_happened(evidence, first)
    if evidence.differs(name):
        found = evidence.settings.pagination
        if found == "none":
            told += "; the server says that these are all"
        yield fails(name, told, name, found, loses_data=True)
    elif any(evidence.differs(parameter) for parameter in PLACES):
        yield holds(name, f"{given}, with another parameter")
    elif evidence.moved:
        yield holds(name, told)
    elif evidence.moved is False or (given == "none" and _is_short(first)):
        if evidence.tried:
            told += f"; in vain: {', '.join(evidence.tried)}"
        if first.total is None:
            told += "; only if these are all: none"
        yield fails(name, told, name, loses_data=True)
    elif first.is_whole and given == "none":
        yield holds(name, f"one answer has all {len(first)} records")
    else:
        yield unclear(name, told, name)


def _what_happened(evidence: Evidence, first: Listing) -> str:
    given = evidence.given.pagination
    if evidence.moved:
        return "the second page has other records"
    if evidence.second is not None and not evidence.second.is_usable and evidence.moved is None:
        return f"second page: {evidence.second.reply.what}"
    if evidence.moved is False:
        return f"the second page repeats the first ({len(first)} records{_of_total(first)})"
    if given == "none":
        return f"{len(first)} records{_of_total(first)}"
    return f"the first page ({len(first)} records{_of_total(first)}) says no next one"


def _of_total(first: Listing) -> str:
    return "" if first.total is None else f" of {first.total}"


def _is_short(first: Listing) -> bool:
    return first.total is not None and len(first) < first.total


def parameters(evidence: Evidence) -> Iterator[Finding]:
    """Page, offset and cursor are asked for and found under the names that the settings give."""
    for name in PLACES:
        if evidence.differs(name):
            told = f"{getattr(evidence.given, name)} has no effect, this has"
            yield fails(name, told, name, evidence.found(name), loses_data=True)


def first_page(evidence: Evidence) -> Iterator[Finding]:
    """The list begins at page `first_page`."""
    name, first, start = "first_page", evidence.first, evidence.start
    if first is None or evidence.settings.pagination != "page":
        return
    given = evidence.given.first_page
    if evidence.differs(name):
        told = f"page {given} is not the beginning of the list"
        if evidence.settings.first_page > given:
            told = f"page {given} is the same as page {evidence.settings.first_page}"
        yield fails(name, told, name, evidence.found(name), loses_data=True)
    elif start is None or not start.is_usable or not len(start):
        yield unclear(name, "no list without a page to compare with", name)
    elif begins_like(first, start):
        yield holds(name, f"page {given} begins as the list without a page does")
    else:
        told = f"page {given} begins otherwise than the list without a page"
        yield unclear(name, told, name)


def page_size_param(evidence: Evidence) -> Iterator[Finding]:
    """The page size that is asked for is answered."""
    name, first, start = "page_size_param", evidence.first, evidence.start
    if first is None or start is None or not evidence.given.page_size_param:
        return
    asked = f"asked for {evidence.size}, got {len(start)}" if start.is_usable else start.reply.what
    if evidence.differs(name):
        yield fails(name, asked, name, evidence.found(name))
    elif evidence.sized is None:
        yield unclear(name, asked if not start.is_usable else "too few records", name)
    elif evidence.sized:
        yield holds(name, asked)
    else:
        yield fails(name, f"{asked}: the server decides", name)


def page_size(evidence: Evidence) -> Iterator[Finding]:
    """A page may be as large as `page_size`."""
    name, first, asked = "page_size", evidence.first, evidence.given.page_size
    if first is None or not evidence.sized or evidence.differs("page_size_param"):
        return
    if len(first) >= asked:
        yield holds(name, f"asked for {asked}, got {len(first)}")
    elif first.is_whole:
        yield unclear(name, f"the list has only {len(first)} records")
    elif _is_short(first):
        told = f"asked for {asked}, got {len(first)}{_of_total(first)}: larger pages are cut"
        yield fails(name, told, name, len(first))
    else:
        yield unclear(name, f"asked for {asked}, got {len(first)}: the end, or a cut page")


def total(evidence: Evidence) -> Iterator[Finding]:
    """The server may say how many records there are; for progress and as a cross-check."""
    name, first = "total", evidence.first
    if first is None:
        return
    if first.total is None:
        yield unclear(name, "not told; deletions are found without a cross-check")
    elif first.total < len(first):
        yield unclear(
            name, f"{first.total} told, {len(first)} on the first page: not to be trusted"
        )
    else:
        yield holds(name, f"{first.total} told, {len(first)} on the first page")


def order(evidence: Evidence) -> Iterator[Finding]:
    """No order is promised, and none is needed."""
    first = evidence.first
    if first is None or len(first) < len("ab"):
        return
    times = [time for time in first.times if time is not None]
    ids = [(len(one), one) for one in first.ids if one is not None]
    orders = (("oldest first", times), ("newest first", times[::-1]), ("by id", ids))
    found = next((name for name, keys in orders if _is_sorted(keys)), "none to be seen")
    yield holds("order", found)


def _is_sorted(keys: Sequence[int] | Sequence[tuple[int, str]]) -> bool:
    return len(set(keys)) > 1 and all(one <= two for one, two in pairwise(keys))  # type: ignore[operator] # of one type
