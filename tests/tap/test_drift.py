"""The catalog is of yesterday, the custom fields are of today."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.singer import Message, Run, discover, run_tap

REFRESH = "Refresh the catalog: run --discover again, or `meltano run --refresh-catalog`"
YESTERDAY: list[Message] = [
    {"Eintritt": "01.02.2027", "Kinder": "2", "Alt": "x"},
    {"Eintritt": "", "Kinder": "0", "Alt": "y"},
]
TODAY: list[Message] = [
    {"Eintritt": "sofort", "Kinder": "2", "Neu": "1", "Größe": "M"},
    {"Eintritt": "demnächst", "Kinder": 3, "Neu": "007", "größe": "42"},
    {"Eintritt": "01.03.2027", "Kinder": ""},
]


class Tenant:
    """A server whose people change, and the settings for it."""

    def __init__(self, httpserver: HTTPServer) -> None:
        self.people: list[Message] = []
        self.requests = 0
        self.config = {"api_url": httpserver.url_for(""), "api_key": "k"}
        httpserver.expect_request("/candidates").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        self.requests += 1
        people = self.people if request.args["page"] == "1" else []
        records = [{"Id": number, "UserArea": custom} for number, custom in enumerate(people)]
        return Response(json.dumps(records), content_type="application/json")


@pytest.fixture
def tenant(httpserver: HTTPServer) -> Tenant:
    return Tenant(httpserver)


def drifted(tenant: Tenant, folder: Path, change: t.Callable[[Message], None] | None = None) -> Run:
    tenant.people = YESTERDAY
    catalog = discover(tenant.config, folder)
    if change is not None:
        change(catalog)
    tenant.people = TODAY
    return run_tap(tenant.config, folder, catalog=catalog)


def candidates(catalog: Message) -> Message:
    return next(entry for entry in catalog["streams"] if entry["stream"] == "candidates")


def warnings(run: Run) -> list[str]:
    return [line[line.index("Custom") :] for line in run.log.splitlines() if "Custom field" in line]


def test_each_field_that_drifts_is_one_warning_with_a_count(tenant: Tenant, tmp_path: Path) -> None:
    run = drifted(tenant, tmp_path)
    assert run.exit_code == 0
    told = "is not in the catalog; its {} values were emitted untyped."
    assert warnings(run) == [
        (
            "Custom field 'Eintritt': 2 values do not fit the type in the catalog and were left "
            f"null. {REFRESH}"
        ),
        f"Custom field 'Größe' {told.format(1)} {REFRESH}",
        f"Custom field 'Neu' {told.format(2)} {REFRESH}",
        f"Custom field 'größe' {told.format(1)} {REFRESH}",
        f"Custom field 'Alt' is gone: none of 3 candidates has it. {REFRESH}",
    ]
    for value in ("sofort", "demnächst"):
        assert value not in run.log


def test_what_does_not_fit_is_null_and_kept_raw(tenant: Tenant, tmp_path: Path) -> None:
    run = drifted(tenant, tmp_path)
    records = run.records("candidates")
    assert [record["custom_fields"] for record in records] == [
        {"Eintritt": None, "Kinder": 2, "Alt": None, "Neu": "1", "Größe": "M"},
        {"Eintritt": None, "Kinder": 3, "Alt": None, "Neu": "007", "größe": "42"},
        {"Eintritt": "2027-03-01", "Kinder": None, "Alt": None},
    ]
    raw = [{f["key"]: f["value"] for f in record["integration_fields"]} for record in records]
    assert [fields["Eintritt"] for fields in raw] == ["sofort", "demnächst", "01.03.2027"]


def test_every_record_validates_against_its_schema(tenant: Tenant, tmp_path: Path) -> None:
    run = drifted(tenant, tmp_path)
    (schema,) = run.of("SCHEMA", "candidates")
    validator = Draft7Validator(schema["schema"])
    assert len(run.records("candidates")) == 3
    for record in run.records("candidates"):
        validator.validate(record)


def test_where_a_field_is_deselected_new_ones_are_counted_and_left_out(
    tenant: Tenant, tmp_path: Path
) -> None:
    def deselect(catalog: Message) -> None:
        for entry in candidates(catalog)["metadata"]:
            entry["metadata"]["selected"] = "Kinder" not in entry["breadcrumb"]

    run = drifted(tenant, tmp_path, deselect)
    assert run.exit_code == 0
    assert "3 new custom fields were left out, because others are deselected" in run.log
    for record in run.records("candidates"):
        assert record["custom_fields"].keys() == {"Eintritt", "Alt"}
        assert {f["key"] for f in record["integration_fields"]} <= {"Id", "Eintritt", "Alt"}


def test_with_a_catalog_nothing_is_sampled(tenant: Tenant, tmp_path: Path) -> None:
    tenant.people = TODAY
    catalog = discover(tenant.config, tmp_path)
    tenant.requests = 0
    run_tap(tenant.config, tmp_path, catalog=catalog)
    assert tenant.requests == 2


def test_a_plain_pipe_samples_first(tenant: Tenant, tmp_path: Path) -> None:
    tenant.people = TODAY
    catalog = discover(tenant.config, tmp_path)
    piped = run_tap(tenant.config, tmp_path)
    (schema,) = piped.of("SCHEMA", "candidates")
    expected = candidates(catalog)["schema"]["properties"]["custom_fields"]["properties"]
    assert schema["schema"]["properties"]["custom_fields"]["properties"] == expected


def test_names_that_collide_are_told_with_the_map_that_parts_them(
    tenant: Tenant, tmp_path: Path
) -> None:
    tenant.people = TODAY
    (tmp_path / "config.json").write_text(json.dumps(tenant.config))
    run = run_tap(tenant.config, tmp_path, "--discover")
    (line,) = [line for line in run.log.splitlines() if "'Größe' and 'größe'" in line]
    maps = json.loads(line[line.index('{"stream_maps"') :])
    parted = run_tap({**tenant.config, **maps}, tmp_path)
    assert parted.exit_code == 0
    rows = parted.records("candidates")
    assert [row["custom_groesse"] for row in rows] == ["M", None, None]
    assert [row["custom_groesse_2"] for row in rows] == [None, 42, None]
    assert "custom_fields" not in rows[0]
