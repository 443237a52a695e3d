"""Settings that are objects arrive whole, though Meltano takes keys with dots apart.

In the config file that Meltano writes, an object from ``meltano.yml`` has such keys split into
objects, and one from the environment has lost them.
"""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tap_compleetpersy.sandbox.facts import Address, Opening
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.meltano import Project, make_project
from tests.thinning import thinned

OUTCOMES = {
    "abgelehnt (Tel.)": "HIRED",
    "z. B. offen": "DECLINED",
    "z.": "PENDING",
    "Auf der Bank": "HIRED",
}
FIELD_PATHS = {
    "location.city": "UserArea.Wohnort",
    "jobs.name": ["Anzeige.Titel", "PositionProfile.PositionDetail.PositionTitle"],
    "company": "UserArea.Firma.Name",
}
STATUSES = ("Abgelehnt (Tel.)", "z. B. offen", "Z", "auf der bank", "Absage")


@pytest.fixture(scope="module")
def persy() -> Iterator[Sandbox]:
    """A local Persy with one candidate: five statuses, and custom fields to read from."""
    with running(Options(candidates=0)) as sandbox:
        sandbox.store.add(
            address=Address(city="Nirgends"),
            employments=(),
            openings=tuple(
                Opening(str(number), f"Stelle {number}", status)
                for number, status in enumerate(STATUSES)
            ),
            custom_fields={"Wohnort": "Köln", "Firma": {"Name": "Huber GmbH"}},
        )
        yield sandbox


def in_the_project_file(project: Project) -> dict[str, str]:
    path = project.folder / "meltano.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    (tap,) = content["plugins"]["extractors"]
    tap["config"] = {"outcomes": OUTCOMES, "field_paths": FIELD_PATHS}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return {}


def by_the_command(project: Project) -> dict[str, str]:
    for name, value in (("outcomes", OUTCOMES), ("field_paths", FIELD_PATHS)):
        project.meltano("config", "set", "tap-compleetpersy", name, json.dumps(value))
    return {}


def by_the_command_key_by_key(project: Project) -> dict[str, str]:
    for name, setting in (("outcomes", OUTCOMES), ("field_paths", FIELD_PATHS)):
        for key, value in setting.items():
            text = value if isinstance(value, str) else json.dumps(value)
            project.meltano("config", "set", "tap-compleetpersy", f"{name}.{key}", text)
    return {}


def in_the_environment(_project: Project) -> dict[str, str]:
    return {
        "TAP_COMPLEETPERSY_OUTCOMES": json.dumps(OUTCOMES),
        "TAP_COMPLEETPERSY_FIELD_PATHS": json.dumps(FIELD_PATHS),
    }


def in_the_dotenv_file(project: Project) -> dict[str, str]:
    lines = [f"{name}='{value}'" for name, value in in_the_environment(project).items()]
    (project.folder / ".env").write_text("\n".join(lines), encoding="utf-8")
    return {}


@pytest.mark.parametrize(
    "set_them",
    thinned(
        [
            in_the_project_file,
            by_the_command,
            by_the_command_key_by_key,
            in_the_environment,
            in_the_dotenv_file,
        ]
    ),
)
def test_object_settings_reach_the_tap_whole(
    persy: Sandbox, tmp_path: Path, set_them: Callable[[Project], dict[str, str]]
) -> None:
    project = make_project(
        tmp_path,
        {
            "TAP_COMPLEETPERSY_API_URL": persy.url,
            "TAP_COMPLEETPERSY_API_KEY": persy.api_key,
            "TARGET_JSONL_DESTINATION_PATH": tmp_path / "loaded",
            "TARGET_JSONL_DO_TIMESTAMP_FILE": "false",
        },
    )
    (tmp_path / "loaded").mkdir()
    environment = set_them(project)
    project.meltano("run", "tap-compleetpersy", "target-jsonl", **environment)
    (candidate,) = loaded(tmp_path, "candidates")
    assert candidate["location"]["city"] == "Köln"
    assert candidate["company"] == "Huber GmbH"
    assert {job["remote_id"]: job["name"] for job in loaded(tmp_path, "jobs")} == {
        str(number): f"Stelle {number}" for number in range(len(STATUSES))
    }
    outcomes = {a["remote_id"]: a["outcome"] for a in loaded(tmp_path, "applications")}
    assert [outcomes[f"1001/{number}"] for number in range(len(STATUSES))] == [
        "HIRED",
        "DECLINED",
        "PENDING",
        "HIRED",
        "DECLINED",
    ]


def loaded(folder: Path, stream: str) -> list[dict[str, t.Any]]:
    lines = (folder / "loaded" / f"{stream}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
