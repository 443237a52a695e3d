"""One page of each framework's list: what its documentation says, with our own records."""

from __future__ import annotations

import typing as t

Json = dict[str, t.Any]

URL = "https://persy.example/persy/api/v1/candidates"


def _laravel(found: list[t.Any], **more: object) -> Json:
    return {"current_page": 1, "data": found, "first_page_url": f"{URL}?page=1", "from": 1,
            "next_page_url": f"{URL}?page=2", "path": URL, "per_page": 20, "prev_page_url": None,
            "to": 2, **more}  # fmt: skip


def _resource(found: list[t.Any]) -> list[Json]:
    return [{"type": "candidates", "id": one.get("Id"), "attributes": one} for one in found]


def pages(found: list[t.Any]) -> dict[str, tuple[object, int | None]]:
    """Return some records as each framework wraps them, and the total that it tells."""
    return {
        "Laravel (paginate)": (_laravel(found, last_page=3, total=45), 45),
        "Laravel (simplePaginate)": (_laravel(found), None),
        "Laravel (cursorPaginate)": (
            {"data": found, "path": URL, "per_page": 20, "next_cursor": "eyJ", "prev_cursor": None,
             "next_page_url": f"{URL}?cursor=eyJ", "prev_page_url": None},
            None,
        ),
        "Laravel (resources)": (
            {"data": found, "links": {"first": URL, "next": f"{URL}?page=2"},
             "meta": {"current_page": 1, "last_page": 3, "per_page": 20, "total": 45}},
            45,
        ),
        "API Platform": (
            {"@context": "/contexts/Candidate", "@id": "/candidates", "@type": "hydra:Collection",
             "hydra:member": found, "hydra:totalItems": 45,
             "hydra:view": {"@id": "/candidates?page=1", "hydra:next": "/candidates?page=2"}},
            45,
        ),
        "API Platform (without prefix)": (
            {"@context": "/contexts/Candidate", "@id": "/candidates", "@type": "Collection",
             "totalItems": 45, "member": found, "view": {"next": "/candidates?page=2"}},
            45,
        ),
        "JSON:API": (
            {"jsonapi": {"version": "1.1"}, "data": _resource(found),
             "links": {"next": {"href": f"{URL}?page[number]=2"}},
             "meta": {"page": {"currentPage": 1, "lastPage": 3, "perPage": 20, "total": 45}}},
            45,
        ),
        "HAL": (
            {"_embedded": {"candidateList": found}, "_links": {"self": {"href": URL}},
             "page": {"size": 20, "totalElements": 45, "totalPages": 3, "number": 0}},
            45,
        ),
        "HAL (total at the top)": (
            {"_embedded": {"items": found}, "_links": {"self": {"href": URL}}, "total": 45}, 45,
        ),
        "fractal": (
            {"data": found, "meta": {"pagination": {"total": 45, "count": 20, "per_page": 20,
             "current_page": 1, "total_pages": 3, "links": {"next": f"{URL}?page=2"}}}},
            45,
        ),
        "Yii2": (
            {"items": found, "_links": {"next": {"href": f"{URL}?page=2"}},
             "_meta": {"totalCount": 45, "pageCount": 3, "currentPage": 1, "perPage": 20}},
            45,
        ),
        "CakePHP": (
            {"candidates": found, "pagination": {"count": 45, "current": 1, "pageCount": 3,
             "perPage": 20, "nextPage": True}},
            45,
        ),
        "Symfony": (found, None),
        "Spring": (
            {"content": found, "pageable": {"pageNumber": 0}, "totalElements": 45, "totalPages": 3,
             "last": False, "size": 20, "number": 0, "first": True, "empty": not found},
            45,
        ),
        "OData": ({"@odata.context": "$metadata#Candidates", "value": found}, None),
        "wrapped": ({"success": True, "data": _laravel(found, last_page=3, total=45)}, 45),
    }  # fmt: skip
