"""``docs/openapi.yaml`` is valid, and the local Persy answers as it says."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import requests
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tap_compleetpersy.sandbox.edits import ACTIONS
from tap_compleetpersy.sandbox.faults import Kind
from tap_compleetpersy.sandbox.options import ATTACHMENT_LINKS, Options

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from tap_compleetpersy.sandbox.state import Sandbox

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.yaml"
PATHS = {
    "/candidates": "/candidates?per_page=500",
    "/candidates/{candidate_id}": "/candidates/1008",
    "/candidates/{candidate_id}/attachments": "/candidates/1008/attachments",
    "/candidates/{candidate_id}/notes": "/candidates/1001/notes",
    "/users": "/users",
    "/sources": "/sources",
}
CONTENT = "/candidates/{candidate_id}/attachments/{attachment_id}/content"
UPLOAD = {"files": {"file": ("a.pdf", b"a", "application/pdf")}, "data": {"Type": "CV"}}
WRITES: dict[str, dict[str, t.Any]] = {
    "/candidates/{candidate_id}/attachments": UPLOAD,
    "/candidates/{candidate_id}/notes": {"json": {"Text": "Rückruf"}},
}


@pytest.fixture(scope="module")
def contract() -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", yaml.safe_load(DOCUMENT.read_text(encoding="utf-8")))


def resolved(contract: dict[str, t.Any], part: dict[str, t.Any]) -> dict[str, t.Any]:
    for key in part.get("$ref", "#").split("/")[1:]:
        part = contract[key] if key == "components" else part[key]
    return part


def validator(
    contract: dict[str, t.Any], path: str, status: int, method: str = "get"
) -> Draft202012Validator:
    """Return what checks the JSON of one answer against the document."""
    response = contract["paths"][path][method]["responses"][str(status)]
    schema = resolved(contract, response)["content"]["application/json"]["schema"]
    registry: Registry[t.Any] = Registry().with_resource(
        "contract", DRAFT202012.create_resource(contract)
    )
    return Draft202012Validator({"$ref": f"contract{schema['$ref']}"}, registry=registry)


def test_the_document_is_valid(contract: dict[str, t.Any]) -> None:
    validate(contract)


def test_every_path_of_the_document_is_tested(contract: dict[str, t.Any]) -> None:
    assert contract["paths"].keys() == {*PATHS, CONTENT}
    assert WRITES.keys() == {path for path, known in contract["paths"].items() if "post" in known}


@pytest.mark.parametrize("path", PATHS)
def test_answers_are_as_the_document_says(
    contract: dict[str, t.Any],
    shared: Callable[..., Sandbox],
    client: requests.Session,
    path: str,
) -> None:
    answer = client.get(shared(candidates=500).url + PATHS[path], timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    validator(contract, path, 200).validate(answer.json())


@pytest.mark.parametrize("path", WRITES)
def test_written_records_are_as_the_document_says(
    contract: dict[str, t.Any],
    start: Callable[..., Sandbox],
    client: requests.Session,
    path: str,
) -> None:
    url = start().url + PATHS[path]
    created = client.post(url, timeout=10, **WRITES[path])
    assert created.status_code == 201
    validator(contract, path, 201, "post").validate(created.json())
    refused = client.post(url, timeout=10)
    assert refused.status_code == 400
    validator(contract, path, 400, "post").validate(refused.json())
    assert set(client.put(url, timeout=10).headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_content_has_the_headers_of_the_document(
    contract: dict[str, t.Any], shared: Callable[..., Sandbox], client: requests.Session
) -> None:
    path = CONTENT.format(candidate_id="1008", attachment_id="10080")
    answer = client.get(shared().url + path, timeout=10)
    assert answer.status_code == 200
    promised = contract["paths"][CONTENT]["get"]["responses"]["200"]["headers"]
    assert promised.keys() <= answer.headers.keys()


def test_every_kind_of_fault_and_of_link_is_described(contract: dict[str, t.Any]) -> None:
    assert contract["x-sandbox-faults"]["kinds"].keys() == set(t.get_args(Kind))
    assert tuple(contract["x-sandbox-links"]["kinds"]) == ATTACHMENT_LINKS


def test_every_operation_of_the_admin_is_listed(contract: dict[str, t.Any]) -> None:
    listed = {
        (method, path.removeprefix("/__admin"))
        for operation in contract["x-sandbox-admin"]["operations"]
        for methods, _, path in [operation.rpartition(" ")]
        for method in methods.split(", ")
    }
    assert listed == {(method, path) for method, path, _ in ACTIONS}


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/candidates", "?page=0", 400),
        ("/candidates", "", 401),
        ("/candidates/{candidate_id}", "", 404),
        ("/candidates/{candidate_id}/attachments", "", 404),
        (CONTENT, "", 404),
        (CONTENT, "", 401),
        ("/candidates/{candidate_id}/notes", "", 404),
        ("/users", "?page=0", 400),
        ("/users", "", 401),
        ("/sources", "", 401),
    ],
)
def test_errors_are_as_the_document_says(
    contract: dict[str, t.Any],
    shared: Callable[..., Sandbox],
    path: str,
    query: str,
    status: int,
) -> None:
    key = "wrong" if status == 401 else "sandbox-key"
    headers = {"Authorization": f"Bearer {key}"}
    answer = requests.get(shared().url + path + query, headers=headers, timeout=10)
    assert answer.status_code == status
    validator(contract, path, status).validate(answer.json())


def test_the_schema_refuses_another_shape(contract: dict[str, t.Any]) -> None:
    flat = {"data": [{"Id": "1"}], "meta": {"total": 1, "page": 1, "per_page": 100}}
    assert not validator(contract, "/candidates", 200).is_valid(flat)


def test_parameters_and_defaults_are_those_of_the_sandbox(contract: dict[str, t.Any]) -> None:
    options = Options()
    parameters = contract["paths"]["/candidates"]["get"]["parameters"]
    assert parameters == contract["paths"]["/users"]["get"]["parameters"]
    schemas = {
        parameter["name"]: parameter["schema"]
        for parameter in (resolved(contract, reference) for reference in parameters)
    }
    assert set(schemas) == {
        options.page_param,
        options.page_size_param,
        options.modified_since_param,
    }
    assert schemas["page"]["default"] == options.first_page
    assert schemas["per_page"]["default"] == options.page_size


def test_every_endpoint_says_what_is_assumed(contract: dict[str, t.Any]) -> None:
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            assert "ASSUMED" in operation["description"], (method, path)
