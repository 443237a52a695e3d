"""What records only refer to, and the document has elsewhere."""

from __future__ import annotations

import json

from tap_compleetpersy.api.decode import decode_lightly
from tap_compleetpersy.api.envelope import records
from tap_compleetpersy.api.messages import Answer


def read(document: object) -> list[object]:
    return records(decode_lightly(Answer(200, {}, json.dumps(document).encode())), None)


def test_resources_of_json_api_stand_where_they_are_referred_to() -> None:
    job = {"type": "jobs", "id": "88"}
    document = {
        "data": [
            {
                "type": "people",
                "id": "7",
                "relationships": {
                    "applications": {"data": [{"type": "applications", "id": "1"}]},
                    "recruiter": {"data": {"type": "users", "id": "5"}},
                },
            }
        ],
        "included": [
            {"type": "applications", "id": "1", "attributes": {"status": "neu"},
             "relationships": {"job": {"data": job}}},
            {**job, "attributes": {"title": "Lagerist"},
             "relationships": {"applications": {"data": [{"type": "applications", "id": "1"}]}}},
        ],
    }  # fmt: skip
    (record,) = read(document)
    assert isinstance(record, dict)
    (application,) = record["relationships"]["applications"]["data"]
    assert application["status"] == "neu"
    assert (application["job"]["id"], application["job"]["title"]) == ("88", "Lagerist")
    assert record["relationships"]["recruiter"]["data"] == {"type": "users", "id": "5"}


def test_openings_of_a_list_beside_the_records_stand_in_them() -> None:
    stellen = [{"id": 88, "titel": "Lagerist"}, {"id": 89, "titel": "Koch"}]
    document = {"data": [{"id": 7, "stelle_ids": [89, 90]}, {"id": 8}], "stellen": stellen}
    assert read(document) == [{"id": 7, "stelle_ids": [89, 90], "stellen": [stellen[1]]}, {"id": 8}]


def test_other_lists_are_nobodys_own() -> None:
    document = {"data": [{"id": 7, "recruiter_id": 5}], "recruiters": [{"id": 5, "mail": "a@b.de"}]}
    (record,) = read(document)
    assert json.loads(bytes(record)) == {"id": 7, "recruiter_id": 5}  # type: ignore[call-overload] # still bytes
