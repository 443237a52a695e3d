"""Other ways to the second page, where the one given leads nowhere."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from dataclasses import replace

from tap_compleetpersy.api.messages import header
from tap_compleetpersy.api.paginators import LINK_PLACES
from tap_compleetpersy.api.urls import next_link
from tap_compleetpersy.check.asking import Asker
from tap_compleetpersy.check.evidence import PLACES, Evidence, Listing
from tap_compleetpersy.check.paging import (
    OFFSET_NAMES,
    PAGE_NAMES,
    has_moved,
    places,
    small_size,
    step_to,
)
from tap_compleetpersy.check.probes.pages import linked_page, short, with_cursor
from tap_compleetpersy.check.structure import (
    Place,
    cursor_names,
    is_address,
    next_places,
    parameter_with,
)

_MOST_CURSOR_NAMES = 3
_MOST_SINGLE_NAMES = 3

Way = t.Callable[[Asker, Evidence, Listing], Evidence]


def find_other_paging(ask: Asker, evidence: Evidence) -> Evidence:
    """Try what the answer itself points to, then the usual names."""
    first = evidence.first
    if first is None or not len(first) or not _is_wanted(evidence, first):
        return evidence
    for way in (_by_header, _by_cursor, _by_address, _by_body, _by_names):
        evidence = way(ask, evidence, first)
        if evidence.differs("pagination") or _parameter_found(evidence):
            return evidence
    # Only where the server says that these are all: `none` would end a sync quietly.
    if evidence.moved is False and _is_all(evidence, first):
        settings = replace(evidence.settings, pagination="none")
        return replace(evidence, settings=settings)
    return evidence


def _is_wanted(evidence: Evidence, first: Listing) -> bool:
    if evidence.moved:
        return False
    numbered = evidence.settings.pagination in {"page", "offset"}
    return numbered or not first.is_whole


def _is_all(evidence: Evidence, first: Listing) -> bool:
    """A total that follows the page size is the page's own."""
    start = evidence.start
    return first.is_whole and (start is None or start.total == first.total)


def _parameter_found(evidence: Evidence) -> bool:
    return any(evidence.differs(name) for name in PLACES)


def _tried(evidence: Evidence, *names: str) -> Evidence:
    return replace(evidence, tried=tuple(dict.fromkeys((*evidence.tried, *names))))


def _by_header(ask: Asker, evidence: Evidence, first: Listing) -> Evidence:
    if next_link(header(first.reply.headers, "Link")) is None:
        return evidence
    return _linked(ask, evidence, first, None)


def _by_body(ask: Asker, evidence: Evidence, first: Listing) -> Evidence:
    """Follow an address of the next page in the body, where no parameter of it can be named."""
    place = next((p for p in next_places(first.reply.document) if is_address(p.value)), None)
    if place is None:
        return evidence
    return _linked(ask, evidence, first, None if place.path in LINK_PLACES else place.path)


def _linked(ask: Asker, evidence: Evidence, first: Listing, path: str | None) -> Evidence:
    settings = replace(evidence.settings, pagination="link", next_link_path=path)
    if evidence.given.pagination == "link" and evidence.given.next_link_path == path:
        return evidence
    second = linked_page(ask, settings, first)
    if second is not None and has_moved(first, second):
        return replace(evidence, settings=settings, second=second)
    return _tried(evidence, path or "next link")


def _by_cursor(ask: Asker, evidence: Evidence, first: Listing) -> Evidence:
    place = next((p for p in next_places(first.reply.document) if not is_address(p.value)), None)
    if place is None:
        return evidence
    names = dict.fromkeys((evidence.given.cursor_param, *cursor_names(place.path)))
    for name in [*names][:_MOST_CURSOR_NAMES]:
        settings = replace(
            evidence.settings, pagination="cursor", cursor_param=name, next_cursor_path=place.path
        )
        asked = replace(evidence, settings=settings)
        second = ask.list(settings, with_cursor(asked, place.value))
        if has_moved(first, second):
            return replace(_tried(asked, place.path), second=second)
    return _tried(evidence, place.path, *names)


def _by_address(ask: Asker, evidence: Evidence, first: Listing) -> Evidence:
    """Take the parameter's name out of an address of the next page in the body."""
    for place in next_places(first.reply.document):
        for found in _parameters(place, len(first), evidence.given.first_page + 1):
            pagination, name = found
            change: dict[str, t.Any] = {"pagination": pagination, f"{pagination}_param": name}
            settings = replace(evidence.settings, **change)
            number = settings.first_page + 1 if pagination == "page" else small_size(first)
            second = ask.list(settings, {**short(evidence), name: str(number)})
            if has_moved(first, second):
                return replace(_tried(evidence, place.path), settings=settings, second=second)
            evidence = _tried(evidence, name)
    return evidence


def _parameters(
    place: Place, count: int, page: int
) -> Iterator[tuple[t.Literal["page", "offset"], str]]:
    if is_address(place.value):
        if name := parameter_with(place.value, str(page)):
            yield "page", name
        elif name := parameter_with(place.value, str(count)):
            yield "offset", name


def _by_names(ask: Asker, evidence: Evidence, first: Listing) -> Evidence:
    """Send the usual names all at once, each with another place."""
    settings = evidence.settings
    known = _proven_ignored(evidence)
    pages = [
        name for name in dict.fromkeys((settings.page_param, *PAGE_NAMES)) if name not in known
    ]
    offsets = [
        name for name in dict.fromkeys((settings.offset_param, *OFFSET_NAMES)) if name not in known
    ]
    single = {settings.page_size_param: "1"} if evidence.sized else {}
    asked, meant = places(pages, offsets, len(first))
    if not asked:
        return evidence
    answer = ask.list(settings, {**single, **{name: str(place) for name, place in asked.items()}})
    evidence = _tried(evidence, *asked)
    if not has_moved(first, answer):
        return evidence
    step = step_to(first, answer, meant)
    if step is not None and (evidence.sized or step.pagination == "offset"):
        changes: dict[str, t.Any] = {f"{step.pagination}_param": step.name}
        if step.pagination == "page":
            changes["first_page"] = step.first_page
        settings = replace(settings, pagination=step.pagination, **changes)
        return replace(evidence, settings=settings, second=answer)
    return _one_by_one(ask, evidence, first, [name for name in pages if name in asked])


def _proven_ignored(evidence: Evidence) -> frozenset[str]:
    if evidence.moved is not False:
        return frozenset()
    given = evidence.given
    name = {"page": given.page_param, "offset": given.offset_param}.get(given.pagination, "")
    return frozenset({name})


def _one_by_one(ask: Asker, evidence: Evidence, first: Listing, names: list[str]) -> Evidence:
    """Something of all names counts; find out which page number it is."""
    for name in names[:_MOST_SINGLE_NAMES]:
        settings = replace(evidence.settings, pagination="page", page_param=name)
        second = ask.list(settings, {name: str(settings.first_page + 1)})
        if has_moved(first, second):
            return replace(evidence, settings=settings, second=second)
    return evidence
