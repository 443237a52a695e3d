"""``persy`` by ``meltano invoke``, what a run of Meltano says, and tenants beside each other."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.meltano import ROOT, Project, make_project
from tests.singer import bare_environment
from tests.warehouse.postgres import running_postgres

RUNNING = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")


def test_the_check_runs_with_the_settings_of_the_project(tmp_path: Path) -> None:
    with running(Options(candidates=120, pagination="cursor")) as persy:
        project = make_project(
            tmp_path,
            {
                "TAP_COMPLEETPERSY_API_URL": persy.url,
                "TAP_COMPLEETPERSY_API_KEY": persy.api_key,
            },
        )
        done = project.attempt("invoke", "tap-compleetpersy:check", "--format", "json")
    assert done.returncode == 1, done.stdout + done.stderr
    findings = {finding["assumption"]: finding for finding in json.loads(done.stdout)}
    assert findings["authentication"]["verdict"] == "holds"
    assert findings["pagination"]["verdict"] == "fails"
    assert findings["pagination"]["value"] == "cursor"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, Path]]:
    """A project after its first run into DuckDB, and the file."""
    folder = tmp_path_factory.mktemp("loaded")
    warehouse = folder / "persy.duckdb"
    with running(Options(candidates=20, seed=3)) as persy:
        variables = {
            "TAP_COMPLEETPERSY_API_URL": persy.url,
            "TAP_COMPLEETPERSY_API_KEY": persy.api_key,
            "TARGET_DUCKDB_FILEPATH": warehouse,
        }
        project = make_project(folder, variables)
        project.meltano("run", "tap-compleetpersy", "target-duckdb")
        yield project, warehouse


@pytest.mark.full
def test_the_last_run_and_a_person_are_shown_by_meltano(loaded: tuple[Project, Path]) -> None:
    """The plugin has the drivers of both warehouses."""
    project, warehouse = loaded
    words = ("--warehouse", str(warehouse))
    shown = project.attempt("invoke", "tap-compleetpersy:show", *words)
    assert shown.returncode == 0, shown.stderr
    assert re.search(r"^candidates +20 +0 ", shown.stdout, re.MULTILINE)
    held = project.attempt("invoke", "tap-compleetpersy:person", *words, "1003")
    assert held.returncode == 0, held.stderr
    assert "candidates: 1 row\n" in held.stdout


@pytest.mark.full
def test_a_changed_setting_says_in_meltano_which_rows_change_and_when(
    loaded: tuple[Project, Path],
) -> None:
    project, _ = loaded
    words = ("run", "tap-compleetpersy", "target-duckdb")
    assert "change at the next complete pass" not in project.meltano(*words)
    said = project.meltano(*words, TAP_COMPLEETPERSY_OUTCOMES='{"Interview": "HIRED"}')
    assert "Rows of applications change at the next complete pass" in said
    assert "outcomes changed since the last one" in said


@pytest.mark.full
def test_two_tenants_run_at_once_as_the_page_has_it(tmp_path: Path) -> None:
    """Each plugin has its own folder, catalog and state; the tables are shared."""
    (given,) = re.findall(r"<!-- yaml: tenants -->\n```yaml\n(.*?)```", RUNNING, re.DOTALL)
    extractors = yaml.safe_load(given)["plugins"]["extractors"]
    names = [plugin["name"] for plugin in extractors]
    accounts = [plugin["config"]["account"] for plugin in extractors]
    with (
        running(Options(candidates=30, seed=1, latency_ms=400)) as one,
        running(Options(candidates=30, seed=2, latency_ms=400)) as other,
        running_postgres() as server,
    ):
        persys = dict(zip(names, (one, other), strict=True))
        # A custom field that only one of them knows: with one catalog for both it would be mixed.
        for person in one.store.candidates():
            one.store.set_custom_field(person.remote_id, "Nur hier", "ja")
        keys = {
            f"{name.replace('-', '_').upper()}_{setting}": value
            for name, persy in persys.items()
            for setting, value in (("API_URL", persy.url), ("API_KEY", persy.api_key))
        }
        project = make_project(tmp_path, {**keys, **server.variables})
        content = yaml.safe_load((tmp_path / "meltano.yml").read_text(encoding="utf-8"))
        content["plugins"]["extractors"] += extractors
        (tmp_path / "meltano.yml").write_text(yaml.safe_dump(content, sort_keys=False))
        project.meltano("state", "list")
        runs = [started(project, name) for name in names]
        while not all(persy.requests for persy in persys.values()):
            assert [run.poll() for run in runs] == [None, None]
        for run in runs:
            _, log = run.communicate(timeout=300)
            assert run.returncode == 0, log
        with server.connect() as connection:
            rows = connection.execute("select id, remote_id, last_name from persy.candidates")
            found = {row[0]: row[2] for row in rows}
        assert len(found) == 60
        catalogs = [tmp_path / ".meltano" / "run" / name / "tap.properties.json" for name in names]
        assert ["Nur hier" in path.read_text(encoding="utf-8") for path in catalogs] == [
            True,
            False,
        ]
        states = project.meltano("state", "list")
        assert {f"dev:{name}-to-target-postgres" for name in names} <= set(states.split())
    assert len(set(accounts)) == 2


def started(project: Project, name: str) -> subprocess.Popen[str]:
    """Start a run of one tenant, as a process of its own."""
    return subprocess.Popen(
        [ROOT / ".venv-meltano" / "bin" / "meltano", "run", name, "target-postgres"],
        cwd=project.folder,
        env=bare_environment() | dict(project.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
