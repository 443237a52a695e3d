"""The commands of the README, and of the pages that go on from it, do what these say."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from pathlib import Path

import duckdb
import pytest
import yaml

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.meltano import make_project
from tests.singer import SCRIPTS, bare_environment

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = {
    page: page.read_text(encoding="utf-8") for page in [README, *sorted(ROOT.glob("docs/*.md"))]
}
TEXT = "\n".join(PAGES.values())


def block(name: str, kind: str = "run", language: str = "sh") -> str:
    """Return what stands below a marker."""
    found = re.search(rf"<!-- {kind}: {name} -->\n```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    return found[1]


def port_of(commands: str) -> str:
    """Return the port that the commands name."""
    return str(re.findall(r"--port (\d+)", commands)[0])


def run(commands: str, folder: Path) -> str:
    """Run shell commands as somebody who installed the package, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    environment = bare_environment()
    environment["PATH"] = f"{SCRIPTS}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        [
            "/bin/bash",
            "-eu",
            "-o",
            "pipefail",
            "-m",
            "-c",
            commands.replace(port_of(commands), str(port)),
        ],
        capture_output=True,
        check=False,
        cwd=folder,
        env=environment,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_the_readme_is_short() -> None:
    assert len(README.read_bytes()) <= 10_000


def test_the_minute_prints_what_the_readme_shows(tmp_path: Path) -> None:
    printed = run(block("minute"), tmp_path)
    for line in block("minute", "output", "text").splitlines():
        assert line in printed


def test_the_pipe(tmp_path: Path) -> None:
    run(block("pipe"), tmp_path)
    lines = (tmp_path / "messages.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines if '"type":"RECORD"' in line]
    assert {record["stream"] for record in records} == {"candidates", "jobs", "applications"}
    delta = (tmp_path / "delta.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(delta) < len(lines) / 5


@pytest.mark.full
def test_a_pipe_into_target_jsonl(tmp_path: Path) -> None:
    target = ROOT / ".meltano/loaders/target-jsonl/venv/bin/target-jsonl"
    (tmp_path / "target.json").write_text('{"do_timestamp_file": false}', encoding="utf-8")
    written = "--catalog catalog.json > messages.jsonl"
    piped = f"--catalog catalog.json | tee messages.jsonl | {target} --config target.json"
    assert written in block("pipe")
    run(block("pipe").replace(written, piped), tmp_path)
    rows = (tmp_path / "candidates.jsonl").read_text(encoding="utf-8").splitlines()
    assert len({json.loads(row)["id"] for row in rows}) == 250


@pytest.mark.full
def test_attachments(tmp_path: Path) -> None:
    project = make_project(tmp_path, {})
    run(block("attachments"), project.folder)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as warehouse:
        warehouse.execute("set schema = 'persy'")
        rows = warehouse.execute(block("attachments", language="sql")).fetchall()
    assert rows
    assert all((tmp_path / row[-1]).read_bytes().startswith(b"%PDF") for row in rows)
    assert any(job is not None for *_, job, _name, _path in rows)
    assert list((tmp_path / "documents/1001").iterdir())


@pytest.mark.full
def test_other_endpoints(tmp_path: Path) -> None:
    project = make_project(tmp_path, {})
    run(block("endpoint"), project.folder)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as warehouse:
        warehouse.execute("set schema = 'persy'")
        (users,) = warehouse.execute("select count(*) from users").fetchall()[0]
        (orphans,) = warehouse.execute(
            "select count(*) from notes n anti join candidates c on c.id = n.candidate_id"
        ).fetchall()[0]
        (notes,) = warehouse.execute("select count(*) from notes").fetchall()[0]
    assert users == 30
    assert orphans == 0 < notes


@pytest.fixture(scope="module")
def commands() -> list[str]:
    """Every line that the README and docs/running.md show after a prompt."""
    text = PAGES[README] + PAGES[ROOT / "docs/running.md"]
    return re.findall(r"^\$ (.+?)(?:\s{2,}#.*)?$", text, re.MULTILINE)


def test_make_targets_exist(commands: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in commands:
        if command.startswith("make "):
            assert re.search(rf"^{command.split()[1]}:", makefile, re.MULTILINE), command


def test_selections_are_words_that_meltano_takes(commands: list[str], tmp_path: Path) -> None:
    project = make_project(tmp_path, {})
    selections = [command for command in commands if command.startswith("meltano select")]
    assert selections
    for command in selections:
        project.meltano(*command.replace("'", "").split()[1:])
    written = yaml.safe_load((tmp_path / "meltano.yml").read_text(encoding="utf-8"))
    tap = next(p for p in written["plugins"]["extractors"] if p["name"] == "tap-compleetpersy")
    assert tap["select"] == [
        "candidates.*",
        "jobs.*",
        "applications.*",
        "!candidates.phone_numbers",
        "!candidates.custom_fields.Gehaltswunsch",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", PAGES[page])
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_index_names_every_page() -> None:
    index = PAGES[ROOT / "docs/README.md"]
    assert [page.name for page in PAGES if f"({page.name})" not in index] == ["README.md"] * 2


def test_meltano_adds_the_plugin_with_its_selection(tmp_path: Path) -> None:
    project = make_project(tmp_path, {})
    (tmp_path / "meltano.yml").write_text("version: 1\n", encoding="utf-8")
    plugin = str(ROOT / "plugin.yml")
    words = ("add", "--no-install", "--plugin-type", "extractor", "--from-ref", plugin)
    project.meltano(*words, "tap-compleetpersy")
    project.meltano("select", "tap-compleetpersy", "--exclude", "candidates", "source")
    written = yaml.safe_load((tmp_path / "meltano.yml").read_text(encoding="utf-8"))
    (tap,) = written["plugins"]["extractors"]
    assert tap["select"] == ["candidates.*", "jobs.*", "applications.*", "!candidates.source"]
    assert set(tap["commands"]) >= {"check", "map", "person", "show", "fields"}


@pytest.mark.full
def test_meltano_el_loads_into_a_fresh_project(tmp_path: Path) -> None:
    with running(Options(candidates=40)) as persy:
        settings = {
            "TAP_COMPLEETPERSY_API_URL": persy.url,
            "TAP_COMPLEETPERSY_API_KEY": persy.options.api_key,
            "TARGET_DUCKDB_FILEPATH": tmp_path / "warehouse.duckdb",
        }
        make_project(tmp_path, settings).meltano("el", "tap-compleetpersy", "target-duckdb")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as warehouse:
        counted = warehouse.execute("select count(*) from persy.candidates").fetchall()
    assert counted == [(40,)]
