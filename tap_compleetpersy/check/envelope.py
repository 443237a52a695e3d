"""Where the records are in an answer of unknown form, and whose form that is."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Iterator
from dataclasses import replace

from tap_compleetpersy.api.envelope import is_by_id
from tap_compleetpersy.check.budgeted_client import listing
from tap_compleetpersy.check.evidence import Evidence, Finding, Listing, fails, holds, unclear
from tap_compleetpersy.check.examination import examine
from tap_compleetpersy.settings import Settings
from tap_compleetpersy.sync.reading import rules_of


def better_path(first: Listing, settings: Settings) -> str | None:
    """Return where more records are than the settings found, if anywhere."""
    document = first.reply.document

    def readable(records: list[object]) -> int:
        return examine(records, rules_of(settings)).readable

    path = locate_records(document, readable)
    if path is None:
        return None
    other = listing(replace(first.reply, error=None), replace(settings, records_path=path))
    if not other.is_usable:
        return None
    if not first.is_usable:
        return path
    now, then = readable(list(first.records)), readable(list(other.records))
    if 1 < len(first) <= now * 2:  # beside them may be what they refer to, and more of it
        return None
    # An envelope that is not understood is taken for one record, or for an empty list.
    is_longer = not then and not now and len(first) <= 1 and len(other) > len(first)
    return path if then > now or is_longer else None


DEEPEST = 6
PLAIN_KEY = re.compile(r"[^\W\d_][\w -]{0,39}|_\w{1,39}")


class Place(t.NamedTuple):
    """A dotted path into a document, and what stands there."""

    path: str
    value: t.Any


def locate_records(document: object, readable: Callable[[list[object]], int]) -> str | None:
    """Return the dotted path of the list that looks most like candidates.

    That is the one with most `readable` records. None when there is no list of objects, or the
    document is it.
    """
    lists = [
        (readable(place.value), len(place.value), -place.path.count("."), place.path)
        for place in _lists(document, "", DEEPEST)
    ]
    return max(lists)[-1] or None if lists else None


def _lists(value: object, path: str, room: int) -> Iterator[Place]:
    if isinstance(value, list):
        if any(isinstance(item, dict) for item in value):
            yield Place(path, value)
        return
    if not isinstance(value, dict) or not room:
        return
    if value and is_by_id(value):
        yield Place(path, list(value.values()))
        return
    for key, item in value.items():
        if PLAIN_KEY.fullmatch(key):
            yield from _lists(item, f"{path}.{key}" if path else key, room - 1)


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
        if all(any(True for _ in _at(document, sign.split("."))) for sign in signs):
            return name
    return None


def _at(document: object, path: list[str]) -> Iterator[object]:
    if not path:
        yield document
    elif path[0] == "*":
        items = document if isinstance(document, list) else ()
        yield from (found for item in items for found in _at(item, path[1:]))
    elif isinstance(document, dict) and path[0] in document:
        yield from _at(document[path[0]], path[1:])


def records_path(evidence: Evidence) -> Iterator[Finding]:
    """The records are in a list, or under one of the usual names, or at `records_path`."""
    name, first = "records_path", evidence.first
    if evidence.differs(name):
        told = f"{len(first)} records at {evidence.settings.records_path}"
        yield fails(name, told, name, evidence.settings.records_path, loses_data=True)
    elif not first.is_usable:
        yield fails(name, first.reply.what, name, loses_data=True)
    elif not len(first):
        yield unclear(name, "no records: an empty list, or one that is not found", name)
    else:
        where = evidence.given.records_path or "found automatically"
        framework = framework_of(first.reply.document)
        like = f", as {framework} has them" if framework else ""
        yield holds(name, f"{len(first)} records, {where}{like}")
