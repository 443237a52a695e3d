"""The lines of ``persy fields --select-lines``, as Meltano understands them."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import yaml
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.documented import DEFAULT
from tests.meltano import make_project

CUSTOM = {"A.b": "1", "Ort [alt]": "x", "Größe": "2", "größe": "3", "O'Neil": "y", "Rest": "z"}


@pytest.mark.full
def test_only_the_chosen_fields_leave(httpserver: HTTPServer, tmp_path: Path) -> None:
    def answer(request: Request) -> Response:
        people = [{**DEFAULT, "UserArea": CUSTOM}] if request.args["page"] == "1" else []
        return Response(json.dumps(people), mimetype="application/json")

    httpserver.expect_request("/candidates").respond_with_handler(answer)
    project = make_project(
        tmp_path,
        {
            "TAP_COMPLEETPERSY_API_URL": httpserver.url_for("").rstrip("/"),
            "TAP_COMPLEETPERSY_API_KEY": "k",
        },
    )
    fields = ("A.b", "Ort [alt]", "größe", "O'Neil", "company", "location")
    words = [word for field in fields for word in ("--select-lines", field)]
    lines = project.attempt("invoke", "tap-compleetpersy:fields", *words)
    assert lines.returncode == 0, lines.stderr
    select(project.folder / "meltano.yml", yaml.safe_load(lines.stdout)["select"])

    done = project.attempt("invoke", "tap-compleetpersy")
    assert done.returncode == 0, done.stderr
    messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    record = next(
        m["record"] for m in messages if m.get("stream") == "candidates" and "record" in m
    )
    assert record.keys() == {
        "id", "remote_id", "changed_at", "remote_deleted_at", "company", "location",
        "custom_fields", "integration_fields", "remote_updated_at",
    }  # fmt: skip
    assert record["custom_fields"] == {"A.b": 1, "Ort [alt]": "x", "größe": 3, "O'Neil": "y"}
    assert record["location"]["city"] == "München"
    assert "Jürgen" not in done.stdout
    assert {m["stream"] for m in messages if m["type"] == "RECORD"} == {
        "candidates",
        "jobs",
        "applications",
    }


def select(project_file: Path, patterns: list[str]) -> None:
    project: dict[str, t.Any] = yaml.safe_load(project_file.read_text(encoding="utf-8"))
    project["plugins"]["extractors"][0]["select"] = patterns
    project_file.write_text(yaml.safe_dump(project, allow_unicode=True), encoding="utf-8")
