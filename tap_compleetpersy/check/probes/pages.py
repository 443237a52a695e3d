"""Whether the list is paged as the settings say."""

from __future__ import annotations

from dataclasses import replace

from tap_compleetpersy.api.errors import PagingFailure
from tap_compleetpersy.api.paginators import ByLink
from tap_compleetpersy.api.urls import joined
from tap_compleetpersy.check.asking import Asker, listing
from tap_compleetpersy.check.evidence import Evidence, Listing
from tap_compleetpersy.check.paging import (
    SIZE_NAMES,
    begins_like,
    has_moved,
    is_sized,
    named_size,
    sizes,
    small_size,
)
from tap_compleetpersy.settings import Settings


def ask_start(ask: Asker, evidence: Evidence) -> Evidence:
    """Ask for a short list without a page: is the size honoured, and is this the beginning?"""
    first, settings = evidence.first, evidence.settings
    if first is None or not len(first) or settings.pagination == "none":
        return evidence
    size = small_size(first)
    params = {settings.page_size_param: str(size)} if settings.page_size_param else {}
    if not params and settings.pagination != "page":
        return evidence
    start = ask.list(settings, params)
    sized = is_sized(first, start, size) if params else None
    if params and not start.is_usable and not evidence.attempts[-1].with_paging:
        settings = replace(settings, page_size_param="")  # the server refuses it
    return replace(evidence, settings=settings, size=size, start=start, sized=sized)


def find_page_size(ask: Asker, evidence: Evidence) -> Evidence:
    """Try other names for the page size, all at once, where the one given does nothing."""
    first, settings = evidence.first, evidence.settings
    refused = evidence.start is not None and evidence.differs("page_size_param")
    if first is None or not (evidence.sized is False or refused):
        return evidence
    asked = sizes([n for n in SIZE_NAMES if n != evidence.given.page_size_param], first)
    if not asked:
        return evidence
    answer = ask.list(settings, {name: str(size) for name, size in asked.items()})
    name = named_size(asked, answer) if answer.is_usable else None
    if name is None:
        return evidence
    return replace(evidence, settings=replace(settings, page_size_param=name), sized=True)


def find_start(ask: Asker, evidence: Evidence) -> Evidence:
    """Ask for the page before the first, where the list without a page begins otherwise."""
    first, start, settings = evidence.first, evidence.start, evidence.settings
    if first is None or start is None or not start.is_usable or not len(start):
        return evidence
    if settings.pagination != "page" or begins_like(first, start) or settings.first_page < 1:
        return evidence
    number = settings.first_page - 1
    before = ask.list(settings, page(evidence, number))
    if before.is_usable and begins_like(start, before):
        settings = replace(settings, first_page=number)
        return replace(evidence, settings=settings, before=before, moved=True)
    return replace(evidence, before=before)


def ask_second_page(ask: Asker, evidence: Evidence) -> Evidence:
    """Ask for the second page, as the settings say."""
    first, settings = evidence.first, evidence.settings
    if first is None or not len(first) or evidence.moved:
        return evidence
    second = second_page(ask, evidence, first)
    if second is None:
        return evidence
    moved = has_moved(first, second)
    if moved is False and settings.pagination == "page" and settings.first_page == 0:
        third = ask.list(settings, page(evidence, 2))
        if has_moved(first, third):
            settings = replace(settings, first_page=1)
            return replace(evidence, settings=settings, second=third, moved=True)
    return replace(evidence, second=second, moved=moved)


def page(evidence: Evidence, number: int) -> dict[str, str]:
    """Answer the parameters of one short page."""
    return {**short(evidence), evidence.settings.page_param: str(number)}


def short(evidence: Evidence) -> dict[str, str]:
    """Answer the parameter that asks for a short page, if there is one."""
    settings = evidence.settings
    if not settings.page_size_param or not evidence.size:
        return {}
    return {settings.page_size_param: str(evidence.size)}


def second_page(ask: Asker, evidence: Evidence, first: Listing) -> Listing | None:
    """Ask for what comes after the first page; None when nothing says where that is."""
    settings = evidence.settings
    if settings.pagination == "page":
        return ask.list(settings, page(evidence, settings.first_page + 1))
    if settings.pagination == "offset":
        offset = {settings.offset_param: str(small_size(first))}
        return ask.list(settings, {**short(evidence), **offset})
    if settings.pagination == "cursor":
        cursor = at_path(first.reply.document, settings.next_cursor_path)
        return None if cursor is None else ask.list(settings, with_cursor(evidence, cursor))
    if settings.pagination == "link":
        return linked_page(ask, settings, first)
    return None


def with_cursor(evidence: Evidence, cursor: str) -> dict[str, str]:
    """Answer the parameters of the page behind a cursor."""
    return {**short(evidence), evidence.settings.cursor_param: cursor}


def linked_page(ask: Asker, settings: Settings, first: Listing) -> Listing | None:
    """Follow the next link of the first page; None when it has none on the same server."""
    try:
        target = ByLink(settings).target(first.reply.headers, first.reply.document)
    except PagingFailure:
        return None
    base = settings.api_url.rstrip("/") + settings.candidates_path
    url = None if target is None else joined(base, target)
    return None if url is None else listing(ask(settings, url), settings)


def at_path(document: object, path: str) -> str | None:
    """Read a text or number at a dotted path; None for anything else."""
    value = document
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value) or None
