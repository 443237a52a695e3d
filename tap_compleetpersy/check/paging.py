"""Whether the list is paged as the settings say: page size, beginning, second page, order."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence
from dataclasses import replace

from tap_compleetpersy.api.messages import Answer
from tap_compleetpersy.api.paginators import MAY_BE_PAST_END, Numbered, Received, paginator_of
from tap_compleetpersy.check import budgeted_client
from tap_compleetpersy.check.budgeted_client import BudgetedClient, listing
from tap_compleetpersy.check.evidence import NOT_ASKED, Evidence, Listing, Say
from tap_compleetpersy.errors import PagingFailure

PLACES = ("page_param", "offset_param", "cursor_param", "next_cursor_path", "next_link_path")
"""Settings that say where the next page is."""
SIZE_NAMES: t.Final = (
    "per_page", "limit", "page_size", "pageSize", "size", "anzahl", "count", "perPage",
    "page[size]", "page[limit]", "max", "proseite", "pro_seite", "per-page", "rows", "take",
    "results", "maxResults", "max_results", "seitengroesse", "itemsPerPage", "first", "n",
)  # fmt: skip
_SMALL = 25
_LONG_WAIT: t.Final = 0.15
"""Seconds for a page from which on a run mostly waits."""
_MANY_PAGES: t.Final = 10
_AT_A_TIME: t.Final = 4


def small_size(first: Listing) -> int:
    """Return a page size that shows within the first page whether it is honoured."""
    return max(1, min(_SMALL, len(first) // 2))


def begins_like(first: Listing, other: Listing) -> bool:
    """Whether another listing is the beginning of the first one.

    Most places must agree, and not all: people are edited while they are listed.
    """
    pairs = list(zip(first.marks, other.marks, strict=False))
    return bool(pairs) and 2 * sum(one == two for one, two in pairs) > len(pairs)


def has_moved(first: Listing, second: Listing) -> bool | None:
    """Whether a parameter led to other records; None when there is nothing to compare.

    An empty page counts: who ignores the parameter answers the first page.
    """
    if not second.is_usable or not len(first):
        return None
    return not begins_like(first, second)


def is_sized(first: Listing, other: Listing, size: int) -> bool | None:
    """Whether a listing has the size that was asked for."""
    if not other.is_usable or size >= len(first):
        return None
    return len(other) == size


def sizes(names: Sequence[str], first: Listing) -> dict[int, str]:
    """Return another page size for each name, so that the length of one answer tells which counts.

    None is as large as the first page.
    """
    return dict(enumerate(names[: max(0, len(first) - 1)], 1))


def ask_start(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Ask for a short list without a page: is the size honoured, and is this the beginning?"""
    first, settings = evidence.first, evidence.settings
    if not len(first) or not settings.paging_settings:
        return evidence
    size = small_size(first)
    params = {settings.page_size_param: str(size)} if settings.page_size_param else {}
    if not params and "first_page" not in settings.paging_settings:
        return evidence
    start = ask.list(settings, params)
    sized = is_sized(first, start, size) if params else None
    if params and not start.is_usable and not evidence.attempts[-1].with_paging:
        evidence = evidence.fit(page_size_param="")  # the server refuses it
    return replace(evidence, size=size, start=start, sized=sized)


def find_page_size(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Try other names for the page size, all at once, where the one given does nothing.

    Where it does something, the size of pages that are cut is the largest.
    """
    first, settings = evidence.first, evidence.settings
    refused = evidence.start is not NOT_ASKED and evidence.differs("page_size_param")
    if evidence.sized and not refused:
        is_cut = _is_short(first) and len(first) < settings.page_size
        return evidence.fit(page_size=len(first)) if is_cut else evidence
    asked = sizes([n for n in SIZE_NAMES if n != evidence.given.page_size_param], first)
    if not asked or not (evidence.sized is False or refused):
        return evidence
    answer = ask.list(settings, {name: str(size) for size, name in asked.items()})
    name = asked.get(len(answer))
    return evidence if name is None else replace(evidence.fit(page_size_param=name), sized=True)


def advise_speed(_ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Take more requests at a time where waiting is what a run would do; asks nothing."""
    first, settings = evidence.first, evidence.settings
    is_numbered = paginator_of(settings).is_numbered
    if not len(first) or not is_numbered or settings.prefetch_pages != 1:
        return evidence
    has_many = (first.total or 0) // len(first) >= _MANY_PAGES
    waits = has_many and _least_wait(evidence) >= _LONG_WAIT
    return evidence.fit(prefetch_pages=_AT_A_TIME) if waits else evidence


def _least_wait(evidence: Evidence) -> float:
    """Return the seconds that a page takes at least, by the quickest of those seen."""
    asked = (evidence.first, evidence.start, evidence.second)
    return min(one.reply.seconds for one in asked if one.is_usable)


def ask_past_end(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Ask for a page behind the last, where the list is paged otherwise than given."""
    first, settings = evidence.first, evidence.settings
    paginator = paginator_of(settings)
    if not first.total or not len(first) or not evidence.differs("pagination", *PLACES):
        return evidence
    if not isinstance(paginator, Numbered):
        return evidence
    number = first.total // len(first) + 2
    request = paginator.nth(paginator.first("", {}), number, len(first))
    reply = ask(settings, settings.candidates_path, request.params)
    if reply.status in MAY_BE_PAST_END and reply.status not in settings.past_end_statuses:
        evidence = evidence.fit(past_end_statuses=[*settings.past_end_statuses, reply.status])
    return replace(evidence, past_end=reply)


def find_start(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Ask for the page before the first, where the list without a page begins otherwise."""
    first, start, settings = evidence.first, evidence.start, evidence.settings
    if not len(start) or begins_like(first, start):
        return evidence
    if "first_page" not in settings.paging_settings or settings.first_page < 1:
        return evidence
    number = settings.first_page - 1
    fitted = evidence.fit(first_page=number)
    first = ask.list(fitted.settings, budgeted_client.first_page(fitted.settings))
    return replace(fitted, first=first, moved=True) if begins_like(start, first) else evidence


def ask_second_page(ask: BudgetedClient, evidence: Evidence) -> Evidence:
    """Ask for the second page, as the settings say."""
    first, settings = evidence.first, evidence.settings
    if not len(first) or evidence.moved:
        return evidence
    second = second_page(ask, evidence)
    moved = has_moved(first, second)
    if moved is False and "first_page" in settings.paging_settings and settings.first_page == 0:
        third = ask.list(settings, _page(evidence, 2))
        if has_moved(first, third):
            return replace(evidence.fit(first_page=1), second=third, moved=True)
    return replace(evidence, second=second, moved=moved)


def _page(evidence: Evidence, number: int) -> dict[str, str]:
    """Return the parameters of one short page."""
    return {**short(evidence), evidence.settings.page_param: str(number)}


def short(evidence: Evidence) -> dict[str, str]:
    """Return the parameter that asks for a short page, if there is one."""
    name = evidence.settings.page_size_param
    return {name: str(evidence.size)} if name and evidence.size else {}


def second_page(ask: BudgetedClient, evidence: Evidence) -> Listing:
    """Ask for what comes after the first page, if something says where that is."""
    first, settings = evidence.first, evidence.settings
    paginator = paginator_of(settings)
    request = paginator.first(settings.candidates_path, {})
    params = {k: v for k, v in request.params.items() if k != settings.page_size_param}
    request = replace(request, params={**params, **short(evidence)})
    url = settings.api_url.rstrip("/") + settings.candidates_path
    answer = Answer(200, first.reply.headers, b"", url=url)
    received = Received(request, answer, first.reply.document, small_size(first))
    try:
        following = paginator.following(received)
    except PagingFailure:
        return NOT_ASKED
    if following is None:
        return NOT_ASKED
    return listing(ask(settings, following.path_or_url, following.params), settings)


def pagination(evidence: Evidence, say: Say) -> None:
    """The list is paged as `pagination` says, and the parameter is honoured."""
    first, told = evidence.first, _what_happened(evidence)
    is_paged = bool(evidence.given.paging_settings)
    if evidence.differs("pagination"):
        if not evidence.settings.paging_settings:
            told += "; the server says that these are all"
        say.unfit(told)
    elif evidence.differs(*PLACES):
        say("holds", f"{evidence.given.pagination}, with another parameter")
    elif evidence.moved:
        say("holds", told)
    elif evidence.moved is False or (not is_paged and _is_short(first)):
        if evidence.tried:
            told += f"; in vain: {', '.join(evidence.tried)}"
        if first.total is None:
            told += "; only if these are all: none"
        say.unfit(told)
    elif first.is_whole and not is_paged:
        say("holds", f"one answer has all {len(first)} records")
    else:
        say("cannot tell", told, say.name)


def _what_happened(evidence: Evidence) -> str:
    first, second = evidence.first, evidence.second
    seen = f"{len(first)} records{_of_total(first)}"
    if evidence.moved is not None:
        repeats = f"repeats the first ({seen})"
        return f"the second page {'has other records' if evidence.moved else repeats}"
    if second is not NOT_ASKED and not second.is_usable:
        return f"second page: {second.reply.what}"
    is_paged = bool(evidence.given.paging_settings)
    return f"the first page ({seen}) says no next one" if is_paged else seen


def _of_total(first: Listing) -> str:
    return "" if first.total is None else f" of {first.total}"


def _is_short(first: Listing) -> bool:
    return first.total is not None and len(first) < first.total


def parameters(evidence: Evidence, say: Say) -> None:
    """Page, offset and cursor are asked for and found under the names that the settings give."""
    for name in filter(evidence.differs, PLACES):
        say.about(name).unfit(f"{getattr(evidence.given, name)} has no effect, this has")


def first_page(evidence: Evidence, say: Say) -> None:
    """The list begins at page `first_page`."""
    first, start = evidence.first, evidence.start
    given, found = evidence.given.first_page, evidence.settings.first_page
    if "first_page" not in evidence.settings.paging_settings:
        return
    if found > given:
        say.unfit(f"page {given} is the same as page {found}")
    elif found < given:
        say.unfit(f"page {given} is not the beginning of the list")
    elif not len(start):
        say("cannot tell", "no list without a page to compare with", say.name)
    elif begins_like(first, start):
        say("holds", f"page {given} starts like the list without a page number")
    else:
        told = f"page {given} begins otherwise than the list without a page"
        say("cannot tell", told, say.name)


def page_size_param(evidence: Evidence, say: Say) -> None:
    """The page size that is asked for is answered."""
    start, is_other = evidence.start, evidence.differs("page_size_param")
    if start is NOT_ASKED or not evidence.given.page_size_param:
        return
    told = f"asked for {evidence.size}, got {len(start)}" if start.is_usable else start.reply.what
    if is_other:
        say.unfit(told, loses_data=False)
    elif evidence.sized is None:
        say("cannot tell", "too few records" if start.is_usable else told, say.name)
    elif evidence.sized:
        say("holds", told)
    else:
        say("fails", f"{told}: the server decides", say.name)


def page_size(evidence: Evidence, say: Say) -> None:
    """A page may be as large as `page_size`."""
    first, asked = evidence.first, evidence.given.page_size
    told = f"asked for {asked}, got {len(first)}"
    if not evidence.sized or evidence.differs("page_size_param"):
        return
    if len(first) >= asked:
        say("holds", told)
    elif first.is_whole:
        say("cannot tell", f"the list has only {len(first)} records")
    elif _is_short(first):
        say("fails", f"{told}{_of_total(first)}: larger pages are cut", say.name, len(first))
    else:
        say("cannot tell", f"{told}: the end, or a cut page")


def total(evidence: Evidence, say: Say) -> None:
    """The server may say how many records there are; for progress and as a cross-check."""
    first = evidence.first
    told = f"{first.total} told, {len(first)} on the first page"
    if first.total is None:
        say("cannot tell", "not told; deletions are found without a cross-check")
    elif first.total < len(first):
        say("cannot tell", f"{told}: not to be trusted")
    else:
        say("holds", told)


def past_end(evidence: Evidence, say: Say) -> None:
    """A page behind the last one is empty, or has a status of `past_end_statuses`."""
    reply = evidence.past_end
    if reply is None:
        return
    told = f"{reply.what} behind the last page"
    if evidence.differs("past_end_statuses"):
        say.unfit(told)
    elif reply.error is None or reply.status in evidence.given.past_end_statuses:
        say("holds", told)
    else:
        say("cannot tell", f"{told}; as an end it would hide failures")


def speed(evidence: Evidence, say: Say) -> None:
    """A run of the whole list takes as long as its pages."""
    setting, first = "prefetch_pages", evidence.first
    if not first.total or not len(first):
        return
    pages, wait = -(-first.total // len(first)), _least_wait(evidence)
    told = f"{pages} pages, each of which takes at least {wait * 1000:.0f} ms"
    if not evidence.differs(setting):
        say("holds", told)
        return
    told += f": {_AT_A_TIME} requests at a time take a quarter of the waiting; 1 is gentler"
    if evidence.sized and len(first) >= evidence.given.page_size:
        told += ". A larger page_size may help more"
    say("holds", told, setting, evidence.found(setting))


def order(evidence: Evidence, say: Say) -> None:
    """No order is promised, and none is needed."""
    first = evidence.first
    if len(first) < len("ab"):
        return
    times = first.known_times
    ids = [(len(one), one) for one in first.ids if one is not None]
    orders = (("oldest first", times), ("newest first", times[::-1]), ("by id", ids))
    sorted_by = (name for name, keys in orders if len({*keys}) > 1 and [*keys] == sorted(keys))
    say("holds", next(sorted_by, "none to be seen"))
