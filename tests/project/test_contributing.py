"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the package."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import typing as t
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.catalog import select
from tests.documented import DEFAULT
from tests.server import Reply, Request, Server, reply
from tests.singer import bare_environment

ROOT = Path(__file__).resolve().parents[2]
STEP = re.compile(
    r"(?P<where>[Aa]bove|[Bb]elow|[Ii]n place of) `(?P<line>[^\n]+?)`\s+in `(?P<path>[\w/.]+)`"
    r"|New `(?P<new>[\w/.]+)`"
)
ROW = re.compile(r"^\| \d+ \| `([\w/]+\.py)` \|", re.MULTILINE)
TRACED = """
import sys, threading
from tap_compleetpersy.tap import TapCompleetpersy

entered = {}

def note(frame, event, _):
    if event == "call":
        entered.setdefault(frame.f_code.co_filename)

sys.setprofile(note)
threading.setprofile(note)
try:
    TapCompleetpersy.cli()
finally:
    sys.setprofile(None)
    print(*entered, sep="\\n", file=sys.stderr)
"""
BLOCK = re.compile(
    r"(?P<prose>.*?)<!-- recipe: (?P<name>[\w ]+) -->\n```python\n(?P<code>.*?)```", re.DOTALL
)


def follow(recipe: str, folder: Path) -> None:
    """Copy the package into a folder, and put each block of a recipe where its sentence says."""
    shutil.copytree(
        ROOT / "tap_compleetpersy",
        folder / "tap_compleetpersy",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = [block for block in BLOCK.finditer(page) if block["name"] == recipe]
    assert blocks
    for block in blocks:
        *_, step = STEP.finditer(block["prose"])
        path = folder / (step["new"] or step["path"])
        if step["new"]:
            path.write_text(block["code"], encoding="utf-8")
            continue
        line = f"{step['line']}\n"
        whole = path.read_text(encoding="utf-8")
        assert whole.count(f"\n{line}") == 1, line
        above, below = {
            "above": (block["code"], line),
            "below": (line, block["code"]),
            "in place of": ("", block["code"]),
        }[step["where"].lower()]
        path.write_text(whole.replace(f"\n{line}", f"\n{above}{below}"), encoding="utf-8")


def run(folder: Path, program: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a function of the copy, `module:name`, as a command."""
    module, path = program.split(":")
    name, *_ = path.split(".")
    return subprocess.run(
        [sys.executable, "-c", f"from {module} import {name}; {path}()", *words],
        capture_output=True,
        check=False,
        cwd=folder,
        env=bare_environment() | {"PYTHONPATH": str(folder)},
        text=True,
        timeout=120,
    )


def tap(folder: Path, config: Mapping[str, t.Any], *words: str) -> str:
    """Run the tap of the copy, and return what it wrote."""
    (folder / "settings.json").write_text(json.dumps(config), encoding="utf-8")
    program = "tap_compleetpersy.tap:TapCompleetpersy.cli"
    done = run(folder, program, "--config", "settings.json", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def records(output: str, stream: str) -> list[dict[str, t.Any]]:
    messages = map(json.loads, output.splitlines())
    return [m["record"] for m in messages if m["type"] == "RECORD" and m["stream"] == stream]


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def config(server: Server) -> dict[str, t.Any]:
    return {"api_url": server.url, "api_key": "k", "pagination": "none"}


def test_a_field_that_was_declared_is_read(
    server: Server, config: dict[str, t.Any], tmp_path: Path
) -> None:
    follow("field", tmp_path)
    server.answers(reply([{"Id": 1, "Rufname": "Jo"}]))
    (record,) = records(tap(tmp_path, config), "candidates")
    assert record["nickname"] == "Jo"


def test_a_setting_that_was_declared_is_read_checked_and_told(
    config: dict[str, t.Any], tmp_path: Path
) -> None:
    follow("setting", tmp_path)
    about = tap(tmp_path, config, "--about", "--format", "json")
    assert '"greeting"' in about
    program = "tap_compleetpersy.tap:TapCompleetpersy.cli"
    (tmp_path / "settings.json").write_text(json.dumps(config | {"greeting": "moin"}))
    refused = run(tmp_path, program, "--config", "settings.json")
    assert refused.returncode == 1
    assert "greeting" in refused.stderr
    assert "moin" not in refused.stderr


def test_a_child_stream_that_was_declared_is_synced(
    server: Server, config: dict[str, t.Any], tmp_path: Path
) -> None:
    def answer(request: Request) -> Reply:
        is_list = request.path.endswith("/interviews")
        return reply([{"Id": 9, "Raum": "Isar"}] if is_list else [{"Id": 1}])

    follow("child stream", tmp_path)
    server.answering = answer
    catalog = select(json.loads(tap(tmp_path, config, "--discover")))
    catalog["streams"] = [
        entry
        for entry in catalog["streams"]
        if entry["stream"] in {"candidates", "candidate_interviews"}
    ]
    (tmp_path / "properties.json").write_text(json.dumps(catalog), encoding="utf-8")
    written = tap(tmp_path, config, "--catalog", "properties.json")
    (interview,) = records(written, "candidate_interviews")
    (candidate,) = records(written, "candidates")
    assert (interview["room"], interview["candidate_id"]) == ("Isar", candidate["id"])


def test_a_pagination_style_that_was_added_reads_every_page(
    server: Server, config: dict[str, t.Any], tmp_path: Path
) -> None:
    def answer(request: Request) -> Reply:
        last = int(request.query.get("cursor", 0))
        found = [{"Id": last + 1}] if last < 3 else []
        return reply({"data": found, "last_id": last + 1})

    follow("pagination", tmp_path)
    server.answering = answer
    people = records(tap(tmp_path, config | {"pagination": "after"}), "candidates")
    assert [record["remote_id"] for record in people] == ["1", "2", "3"]


def test_a_command_that_was_added_runs(config: dict[str, t.Any], tmp_path: Path) -> None:
    follow("command", tmp_path)
    (tmp_path / "settings.json").write_text(json.dumps(config), encoding="utf-8")
    program = "tap_compleetpersy.cli:main"
    done = run(tmp_path, program, "greet", "--config", "settings.json")
    assert (done.returncode, done.stdout) == (0, f"Hello, {config['api_url']}\n")
    assert "greet" in run(tmp_path, program, "--help").stdout


def test_one_candidate_goes_through_the_files_that_are_named(
    server: Server, config: dict[str, t.Any], tmp_path: Path
) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.split("## The way of one candidate")[1].split("\n## ")[0]
    named = ROW.findall(section)
    server.answers(reply([DEFAULT]))
    (tmp_path / "settings.json").write_text(json.dumps(config), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", TRACED, "--config", "settings.json"],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env=bare_environment(),
        text=True,
    )
    assert len(records(done.stdout, "candidates")) == 1
    entered = done.stderr.splitlines()
    assert [each for each in named if str(ROOT / "tap_compleetpersy" / each) not in entered] == []
    assert 0 < len(named) <= 10
