"""`persy fields`, as a user runs it, on the sandbox."""

from __future__ import annotations

import functools
import json
import re
import stat
import subprocess
import typing as t
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tap_compleetpersy.cli import COMMANDS
from tap_compleetpersy.cli.fields import as_table
from tests.documented import DEFAULT
from tests.forkserver import ForkServer
from tests.singer import SCRIPTS, bare_environment, discover, run_tap

Json = dict[str, t.Any]


@pytest.fixture
def config_file(config: Json, tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config))
    return path


@functools.cache
def server() -> ForkServer:
    return ForkServer(
        SCRIPTS / "persy",
        "tap_compleetpersy.cli:main",
        *(f"tap_compleetpersy.cli.{command}" for command in COMMANDS),
        *(f"tap_compleetpersy.explorer.{name}" for name in ("catalog", "page", "survey")),
        *("tap_compleetpersy.sync.catalog", "tap_compleetpersy.tap", "babel", "email_validator"),
    )


def persy(config: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    words = ["fields", "--config", str(config), *map(str, arguments)]
    done = server().run(words, cwd=config.parent, env=bare_environment(), timeout=120)
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def rows(config: Path, *arguments: str | Path) -> dict[str, Json]:
    found = persy(config, "--format", "json", *arguments)
    assert found.returncode == 0, found.stderr
    return {row["key"]: row for row in json.loads(found.stdout)}


def test_it_is_a_command() -> None:
    assert "fields" in COMMANDS


def test_a_field_as_json(config_file: Path) -> None:
    assert rows(config_file)["Eintrittsdatum"].keys() == {
        "key", "label", "model", "kind", "type", "fill_rate", "filled", "records", "distinct",
        "shortest", "longest", "examples", "feeds", "selected", "change", "part_of",
    }  # fmt: skip


def test_types_are_those_of_discovery(config_file: Path, config: Json, tmp_path: Path) -> None:
    catalog = discover(config, tmp_path)
    candidates = next(s for s in catalog["streams"] if s["tap_stream_id"] == "candidates")
    discovered = candidates["schema"]["properties"]["custom_fields"]["properties"]
    found = rows(config_file)
    shown = {
        key: row["type"]
        for key, row in found.items()
        if row["kind"] == "CUSTOM" and row["part_of"] is None
    }
    assert shown.keys() == discovered.keys()
    for key, schema in discovered.items():
        name = schema.get("format") or next(n for n in schema["type"] if n != "null")
        assert shown[key].startswith(name), key


def test_values_are_masked_unless_asked_for(config_file: Path) -> None:
    for form in ("table", "json", "html"):
        masked = persy(config_file, "--format", form)
        assert "99.999" in masked.stdout
        assert "@example" not in masked.stdout
    shown = rows(config_file, "--show-values")
    assert all(re.fullmatch(r"\d\d\.[05]00", e) for e in shown["Gehaltswunsch"]["examples"])
    assert shown["Fuehrerschein"]["examples"]


def test_the_table_names_key_kind_and_type(config_file: Path) -> None:
    found = persy(config_file)
    line = next(line for line in found.stdout.splitlines() if line.startswith("Eintrittsdatum"))
    assert {"CUSTOM", "date", "candidates"} <= set(line.split())
    assert found.stderr.startswith("Read ")


def test_a_sample_is_as_large_as_asked(config_file: Path) -> None:
    assert {r["records"] for r in rows(config_file, "--sample", "7").values()} >= {7}
    everyone = rows(config_file, "--sample", "0")["CandidateRecordInfo.Id.IdValue"]
    assert everyone["records"] == everyone["distinct"] == everyone["filled"]


def test_a_file_is_private(config_file: Path, tmp_path: Path) -> None:
    page = tmp_path / "fields.html"
    page.write_text("before")
    page.chmod(0o644)
    found = persy(config_file, "--format", "html", "--output", page)
    assert (found.returncode, found.stdout) == (0, "")
    assert page.read_text().startswith("<!doctype html>")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_against_a_catalog(config_file: Path, config: Json, tmp_path: Path) -> None:
    catalog = discover(config, tmp_path)
    candidates = next(s for s in catalog["streams"] if s["tap_stream_id"] == "candidates")
    properties = candidates["schema"]["properties"]["custom_fields"]["properties"]
    del properties["Newsletter"]
    properties["Haustier"] = {"type": ["string", "null"]}
    deselected = ["properties", "custom_fields", "properties", "Gehaltswunsch"]
    for entry in candidates["metadata"]:
        if entry["breadcrumb"] == deselected:
            entry["metadata"]["selected"] = False
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps(catalog))

    found = rows(config_file, "--catalog", path)
    assert found["Newsletter"]["change"] == "new"
    assert found["Haustier"]["change"] == "gone"
    assert found["Gehaltswunsch"]["selected"] is False
    assert found["Sprachen"]["selected"] is True
    # A list is an allowlist once something is deselected: what is new does not leave.
    assert found["Newsletter"]["selected"] is False


def test_the_selected_are_those_that_leave(config_file: Path, config: Json, tmp_path: Path) -> None:
    catalog = discover(config, tmp_path)
    candidates = next(s for s in catalog["streams"] if s["tap_stream_id"] == "candidates")
    for entry in candidates["metadata"]:
        if entry["breadcrumb"] == ["properties", "phone_numbers"]:
            entry["metadata"]["selected"] = False
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps(catalog))
    left = {
        field["key"]
        for record in run_tap(config, tmp_path, catalog=catalog).records("candidates")
        for field in record["integration_fields"]
    }
    shown = rows(config_file, "--catalog", path, "--sample", "0")
    of_candidates = {
        key for key, row in shown.items() if row["model"] == "candidates" and row["part_of"] is None
    }
    assert {key for key in of_candidates if shown[key]["selected"]} == left & of_candidates
    assert any(not shown[key]["selected"] for key in of_candidates)


def test_a_table_of_no_fields_is_empty() -> None:
    assert as_table([]) == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--select-lines", "Gehaltswunsch", "--select-lines", "Sprachen"],
        ["--select-lines", "Gehaltswunsch,Sprachen"],
        ["--select-lines", "Gehaltswunsch", "Sprachen"],
    ],
    ids=["repeated", "commas", "words"],
)
def test_select_lines(config_file: Path, arguments: list[str]) -> None:
    found = persy(config_file, *arguments)
    assert found.returncode == 0
    lines = [line for line in found.stdout.splitlines() if ".custom_fields." in line]
    assert [line for line in lines if not line.endswith(".*'")] == [
        "- 'candidates.custom_fields.Gehaltswunsch'",
        "- 'candidates.custom_fields.Sprachen'",
    ]


def test_collisions_come_with_the_map_that_parts_them(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    person = {**DEFAULT, "UserArea": {"Größe": "1", "größe": "zwei"}}
    httpserver.expect_request(
        "/candidates", query_string={"per_page": "100", "page": "1"}
    ).respond_with_json([person])
    httpserver.expect_request("/candidates").respond_with_json([])
    config = {"api_url": httpserver.url_for("").rstrip("/"), "api_key": "k"}
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config))
    told = persy(path).stderr
    assert "'Größe' and 'größe'" in told
    assert '"custom_groesse_2": "(custom_fields or {}).get(\'größe\')"' in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--select-lines", "Gehalt"], "no field of candidates is named 'Gehalt'"),
        (["Gehaltswunsch"], "FIELD goes with --select-lines"),
        (["--catalog", "missing.json"], "--catalog: missing.json: the file cannot be read"),
        (["--catalog", "config.json"], "--catalog: the file is not a Singer catalog"),
        (["--output", "missing/fields.html"], "--output: missing/fields.html"),
        (["--sample", "-1"], "--sample"),
    ],
)
def test_mistakes_are_one_clear_line(config_file: Path, arguments: list[str], told: str) -> None:
    found = persy(config_file, *arguments)
    assert found.returncode != 0
    assert told in found.stderr.splitlines()[-1]
    assert "Traceback" not in found.stderr


def test_a_server_that_refuses_is_an_error(config: Json, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({**config, "api_key": "wrong"}))
    found = persy(path)
    assert found.returncode == 1
    assert "401" in found.stderr
    assert "wrong" not in found.stderr
