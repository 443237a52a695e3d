"""Lists as the usual frameworks page them: found by the check, and read to their end."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tap_compleetpersy.check.records import framework_of
from tests.api.frameworks import pages
from tests.check.conftest import Run, ids_read
from tests.check.test_foreign_servers import PEOPLE, Record, given, serve
from tests.server import Request, Server, reply

Query = Mapping[str, str]
List = Callable[[str, Query, list[Record]], object]


def number(query: Query, name: str, default: int) -> int:
    return int(query.get(name) or default)


def cut(found: list[Record], query: Query, page: str, size: str, usual: int = 9) -> list[Record]:
    length = number(query, size, usual)
    at = (number(query, page, 1) - 1) * length
    return found[at : at + length]


def laravel(_url: str, query: Query, found: list[Record]) -> object:
    part = cut(found, query, "page", "per_page")
    return {"current_page": 1, "data": part, "last_page": 4, "next_page_url": None,
            "path": "/", "total": len(found)}  # fmt: skip


def laravel_cursor(url: str, query: Query, found: list[Record]) -> object:
    at = number(query, "cursor", 0)
    more = at + 9 if at + 9 < len(found) else None
    link = None if more is None else f"{url}?cursor={more}"
    return {"data": found[at : at + 9], "path": url, "next_cursor": more, "next_page_url": link}


def api_platform(_url: str, query: Query, found: list[Record]) -> object:
    part = cut(found, query, "page", "itemsPerPage")
    return {"@type": "hydra:Collection", "hydra:member": part, "hydra:totalItems": len(found)}


def json_api(url: str, query: Query, found: list[Record]) -> object:
    part = cut(found, query, "page[number]", "page[size]")
    following = number(query, "page[number]", 1) + 1
    links = {"next": {"href": f"{url}?page[number]={following}"} if len(part) == 9 else None}
    return {"data": [as_resource(one) for one in part], "links": links}


def json_api_after(url: str, query: Query, found: list[Record]) -> object:
    ids = [one["Id"] for one in found]
    at = ids.index(query["page[after]"]) + 1 if query.get("page[after]") else 0
    part = found[at : at + 9]
    link = f"{url}?page[after]={part[-1]['Id']}" if at + 9 < len(found) else None
    return {"data": [as_resource(one) for one in part], "links": {"next": link}}


def json_api_offset(_url: str, query: Query, found: list[Record]) -> object:
    at, size = number(query, "page[offset]", 0), number(query, "page[limit]", 20)
    return {"data": [as_resource(one) for one in found[at : at + size]]}


def hal(_url: str, query: Query, found: list[Record]) -> object:
    part = cut(found, query, "page", "limit")
    inside = {"_embedded": {"candidateList": part}} if part else {}
    return {**inside, "_links": {"self": {"href": "/"}}, "total": len(found)}


def yii(_url: str, query: Query, found: list[Record]) -> object:
    part = cut(found, query, "page", "per-page")
    return {"items": part, "_links": {}, "_meta": {"totalCount": len(found), "pageCount": 4}}


def cake(_url: str, query: Query, found: list[Record]) -> object:
    part = cut(found, query, "page", "limit")
    if not part:
        return reply({"message": "Not Found"}, 404)
    return {"candidates": part, "pagination": {"count": len(found), "pageCount": 4}}


def fractal(_url: str, query: Query, found: list[Record]) -> object:
    part = cut(found, query, "page", "per_page")
    return {"data": part, "meta": {"pagination": {"total": len(found), "count": len(part)}}}


def feathers(_url: str, query: Query, found: list[Record]) -> object:
    """Any parameter but its own, and the filter of this server, is a filter on a field."""
    others = query.keys() - {"$limit", "$skip", "modified_since"}
    found = [one for one in found if all(one.get(name) == query[name] for name in others)]
    at, size = number(query, "$skip", 0), min(number(query, "$limit", 9), 20)
    return {"total": len(found), "limit": size, "skip": at, "data": found[at : at + size]}


def fastapi_cursors(_url: str, query: Query, found: list[Record]) -> object:
    """The whole list is in the first page, unless a shorter one is asked for."""
    at, size = number(query, "cursor", 0), number(query, "size", 50)
    more = str(at + size) if at + size < len(found) else None
    part = found[at : at + size]
    return {"items": part, "total": len(found), "current_page": str(at), "next_page": more}


def as_resource(one: Record) -> Record:
    attributes = {key: value for key, value in one.items() if key != "Id"}
    return {"type": "candidates", "id": one["Id"], "attributes": attributes}


LISTS: dict[str, List] = {
    each.__name__: each
    for each in (
        laravel, laravel_cursor, api_platform, json_api, json_api_after, json_api_offset, hal, yii,
        cake, fractal, feathers, fastapi_cursors,
    )
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_found_and_read_to_its_end(
    run: Run, server: Server, tmp_path: Path, name: str
) -> None:
    def answer(request: Request) -> object:
        since = request.query.get("modified_since", "")
        found = [one for one in PEOPLE if one["Modified"] >= since]
        return LISTS[name](f"{server.url}/candidates", request.query, found)

    serve(server, answer)
    target = tmp_path / "found.json"

    checked = run(given(server), "--format", "json", "--write-config", str(target))

    assert checked.findings["records_path"]["verdict"] == "holds"
    found = json.loads(target.read_text()) if target.exists() else given(server)
    assert "records_path" not in found
    assert ids_read({**found, "api_key": "k"}) == [one["Id"] for one in PEOPLE]


def test_a_list_that_fits_into_a_page_is_paged_where_a_short_page_says_the_next(
    run: Run, server: Server
) -> None:
    serve(server, lambda request: fastapi_cursors("", request.query, PEOPLE))
    failing = run(given(server)).failing()
    assert failing["pagination"] == {"pagination": "cursor"}
    assert failing["next_cursor_path"] == {"next_cursor_path": "next_page"}


@pytest.mark.parametrize(("name", "document"), [(n, d) for n, (d, _) in pages(PEOPLE).items()])
def test_the_framework_is_named(name: str, document: object) -> None:
    expected = {
        "API Platform": "API Platform (Hydra)",
        "API Platform (without prefix)": "API Platform",
        "HAL (total at the top)": "HAL",
        "fractal": "Fractal",
        "Symfony": None, "Spring": None, "OData": None, "wrapped": None,
    }.get(name, name)  # fmt: skip
    assert framework_of(document) == expected
