"""What is deselected or excluded leaves by no other door."""

from __future__ import annotations

import copy
import json
import typing as t
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.catalog import deselect
from tests.documented import DEFAULT
from tests.singer import discover, run_tap
from tests.thinning import thinned

Serve = t.Callable[[dict[str, t.Any]], dict[str, t.Any]]


@pytest.fixture
def serve(httpserver: HTTPServer) -> Serve:
    """Serve one candidate, and answer settings that fit."""

    def serve(candidate: dict[str, t.Any]) -> dict[str, t.Any]:
        def answer(request: Request) -> Response:
            records = [candidate] if request.args["page"] == "1" else []
            return Response(json.dumps({"data": records}), content_type="application/json")

        httpserver.expect_request("/candidates").respond_with_handler(answer)
        return {"api_url": httpserver.url_for(""), "api_key": "k", "include_remote_data": True}

    return serve


@pytest.mark.parametrize(
    ("stream", "path", "secrets"),
    thinned(
        [
            pytest.param("candidates", ("first_name",), ["Jürgen"], id="first-name"),
            pytest.param("candidates", ("phone_numbers",), ["1234567"], id="phone-numbers"),
            pytest.param("candidates", ("location", "city"), ["München"], id="city-and-its-line"),
            pytest.param("candidates", ("location", "zip_code"), ["80331"], id="zip-code"),
            pytest.param(
                "candidates", ("custom_fields", "Gehaltswunsch"), ["42.000"], id="custom-field"
            ),
            pytest.param("jobs", ("name",), ["Mechatroniker"], id="title-of-a-job"),
            pytest.param("applications", ("outcome",), ["interview", "PENDING"], id="outcome"),
            pytest.param("applications", ("remote_status",), ["interview"], id="status"),
        ],
        3,
    ),
)
def test_a_deselected_field_leaves_by_no_door(
    serve: Serve, tmp_path: Path, stream: str, path: tuple[str, ...], secrets: list[str]
) -> None:
    config = serve(DEFAULT)
    catalog = deselect(discover(config, tmp_path), stream, ".".join(path))
    run = run_tap(config, tmp_path, catalog=catalog)
    assert run.exit_code == 0, run.log
    written = json.dumps([m["record"] for m in run.of("RECORD")], ensure_ascii=False)
    for secret in secrets:
        assert secret not in written
    assert "Müller-Lüdenscheidt" in written


@pytest.mark.parametrize("form", [dict, lambda obj: [obj]], ids=["object", "one-element-list"])
def test_a_deselected_part_of_a_custom_object(
    serve: Serve, tmp_path: Path, form: t.Callable[[t.Any], t.Any]
) -> None:
    candidate = copy.deepcopy(DEFAULT)
    candidate["UserArea"]["Objekt"] = {"a": "GEHEIM", "b": "offen"}
    config = serve(candidate)
    catalog = deselect(discover(config, tmp_path), "candidates", "custom_fields.Objekt.a")
    candidate["UserArea"]["Objekt"] = form({"a": "GEHEIM", "b": "offen", "neu": "GEHEIM"})
    run = run_tap(config, tmp_path, catalog=catalog)
    (record,) = run.records("candidates")
    assert record["custom_fields"]["Objekt"] == {"b": "offen"}
    assert "GEHEIM" not in json.dumps(run.messages)


def test_a_field_that_was_taken_out_of_the_catalog(serve: Serve, tmp_path: Path) -> None:
    config = serve(DEFAULT)
    catalog = discover(config, tmp_path)
    (entry,) = [e for e in catalog["streams"] if e["stream"] == "candidates"]
    del entry["schema"]["properties"]["first_name"]
    run = run_tap(config, tmp_path, catalog=catalog)
    assert "first_name" not in run.records("candidates")[0]
    assert "Jürgen" not in json.dumps(run.messages, ensure_ascii=False)


def test_a_catalog_without_the_parent_writes_the_children(serve: Serve, tmp_path: Path) -> None:
    config = serve(DEFAULT)
    catalog = discover(config, tmp_path)
    catalog["streams"] = [e for e in catalog["streams"] if e["stream"] != "candidates"]
    run = run_tap(config, tmp_path, catalog=catalog)
    assert run.exit_code == 0, run.log
    assert [r["remote_id"] for r in run.records("applications")] == ["4711/88"]


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        pytest.param("Gehaltswunsch", "42.000", id="custom-field"),
        pytest.param("FormattedName", "Jürgen Müller-Lüdenscheidt", id="default-field"),
        pytest.param("PositionOpening", "interview", id="openings"),
    ],
)
def test_an_excluded_key_never_leaves(serve: Serve, tmp_path: Path, key: str, secret: str) -> None:
    run = run_tap(serve(DEFAULT) | {"exclude_fields": [key]}, tmp_path)
    assert run.exit_code == 0, run.log
    assert secret not in json.dumps(run.messages, ensure_ascii=False)


def test_the_fields_of_the_tap_itself_cannot_be_deselected(serve: Serve, tmp_path: Path) -> None:
    config = serve(DEFAULT)
    catalog = deselect(discover(config, tmp_path), "candidates", "remote_deleted_at")
    run = run_tap(config, tmp_path, catalog=catalog)
    assert "remote_deleted_at" in run.of("SCHEMA", "candidates")[0]["schema"]["properties"]
    assert "remote_deleted_at" in run.records("candidates")[0]


def test_a_filter_on_candidates_takes_what_follows_with_it(serve: Serve, tmp_path: Path) -> None:
    maps = {"candidates": {"__filter__": "record['confidential'] == True"}}
    run = run_tap(serve(DEFAULT) | {"stream_maps": maps}, tmp_path)
    assert run.exit_code == 0, run.log
    assert run.of("RECORD") == []


def test_a_removed_stream_of_candidates_leaves_the_others(serve: Serve, tmp_path: Path) -> None:
    run = run_tap(serve(DEFAULT) | {"stream_maps": {"candidates": None}}, tmp_path)
    assert run.exit_code == 0, run.log
    assert {message["stream"] for message in run.of("RECORD")} == {"jobs", "applications"}


def test_a_map_that_fails_is_one_line_without_data(serve: Serve, tmp_path: Path) -> None:
    maps = {"candidates": {"x": "int(record['first_name'])"}}
    run = run_tap(serve(DEFAULT) | {"stream_maps": maps}, tmp_path)
    assert run.exit_code == 1
    assert "stream_maps: an expression of candidates fails on a record" in run.log
    assert "Jürgen" not in run.log
    assert "Traceback" not in run.log
