"""Which framework an answer looks like, by the names in it."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

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
    """Name the framework whose envelope a document has; None when it is none of them."""
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
