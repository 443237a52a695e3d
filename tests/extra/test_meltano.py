"""Definitions arrive whole through Meltano, from its file and from the environment."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.extra.lists import Api
from tests.meltano import Project, make_project
from tests.singer import Message

DEFINITIONS: list[Message] = [
    {
        "name": "notes",
        "path": "/notes",
        "primary_keys": ["Id"],
        "records_path": None,
        "params": {"filter.kind": "a.b", "n": 1, "none": None},
    },
    {
        "name": "remarks",
        "path": "/candidates/{candidate_id}/remarks",
        "primary_keys": ["candidate_id", "Id"],
        "page_size": 7,
    },
]


def in_the_project_file(project: Project) -> dict[str, str]:
    path = project.folder / "meltano.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    (tap,) = content["plugins"]["extractors"]
    tap["config"] = {"extra_streams": DEFINITIONS}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return {}


def by_the_command(project: Project) -> dict[str, str]:
    text = json.dumps(DEFINITIONS)
    project.meltano("config", "set", "tap-compleetpersy", "extra_streams", text)
    return {}


def in_the_environment(_project: Project) -> dict[str, str]:
    return {"TAP_COMPLEETPERSY_EXTRA_STREAMS": json.dumps(DEFINITIONS)}


def in_the_dotenv_file(project: Project) -> dict[str, str]:
    line = f"TAP_COMPLEETPERSY_EXTRA_STREAMS='{json.dumps(DEFINITIONS)}'"
    (project.folder / ".env").write_text(line, encoding="utf-8")
    return {}


@pytest.mark.full
@pytest.mark.parametrize(
    "set_them",
    [
        in_the_project_file,
        by_the_command,
        in_the_environment,
        in_the_dotenv_file,
    ],
)
def test_definitions_reach_the_tap_whole(
    api: Api, tmp_path: Path, set_them: Callable[[Project], dict[str, str]]
) -> None:
    api.lists = {
        "/candidates": [{"Id": 7, "LastName": "Müller"}],
        "/notes": [{"Id": 1}, {"Id": 2}],
        "/candidates/7/remarks": [{"Id": 3}],
    }
    project = make_project(
        tmp_path,
        {
            "TAP_COMPLEETPERSY_API_URL": api.server.url_for(""),
            "TAP_COMPLEETPERSY_API_KEY": "k",
            "TARGET_JSONL_DESTINATION_PATH": tmp_path / "loaded",
            "TARGET_JSONL_DO_TIMESTAMP_FILE": "false",
        },
    )
    (tmp_path / "loaded").mkdir()
    environment = set_them(project)
    for stream in ("notes", "remarks"):
        project.meltano("select", "tap-compleetpersy", stream, "*", **environment)
    project.meltano("run", "tap-compleetpersy", "target-jsonl", **environment)
    assert [row["Id"] for row in loaded(tmp_path, "notes")] == [1, 2]
    (candidate,) = loaded(tmp_path, "candidates")
    (remark,) = loaded(tmp_path, "remarks")
    assert remark == {"candidate_id": candidate["id"], "Id": 3}
    for params in api.requests("/notes"):
        assert params.pop("page") in {"1", "2"}
        assert params == {"per_page": "100", "filter.kind": "a.b", "n": "1"}
    assert {params["per_page"] for params in api.requests("/candidates/7/remarks")} == {"7"}


def loaded(folder: Path, stream: str) -> list[dict[str, t.Any]]:
    lines = (folder / "loaded" / f"{stream}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
