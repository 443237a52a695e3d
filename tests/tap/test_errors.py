"""Bad input: one clear line, no traceback, a non-zero exit, nothing claimed."""

from __future__ import annotations

import json
import socket
import subprocess
import typing as t
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sandbox.state import Sandbox
from tests.singer import SCRIPTS, Run, bare_environment, discover, run_tap, tap

STATE = {
    "bookmarks": {
        "candidates": {
            "replication_key": "remote_updated_at",
            "replication_key_value": "2026-11-01T00:00:00.000Z",
        }
    }
}


def errors(run: Run) -> list[str]:
    return [line for line in run.log.splitlines() if "ERROR" in line]


def expect_one_line(run: Run, text: str) -> None:
    assert run.exit_code == 1
    assert "Traceback" not in run.log
    (line,) = [line for line in errors(run) if "unhandled error" not in line]
    assert text in line
    assert run.of("RECORD") == []


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        pytest.param({"api_key": None}, "api_key: missing", id="missing-key"),
        pytest.param({"api_kee": "x"}, "api_kee: unknown setting", id="unknown"),
        pytest.param(
            {"cutoff_date": "2026-01-01", "cutoff_days": 1}, "cutoff_date", id="contradictory"
        ),
        pytest.param({"api_url": "http://persy.example.org"}, "api_url", id="plain-http"),
        pytest.param({"api_key": "wrong"}, "api_key", id="refused-key"),
        pytest.param({"field_paths": {"nonsense": "a"}}, "field_paths", id="field-paths"),
    ],
)
@pytest.mark.parametrize("state", [None, STATE], ids=["fresh", "with-state"])
def test_a_bad_setting(
    config: dict[str, t.Any],
    tmp_path: Path,
    settings: dict[str, t.Any],
    text: str,
    state: dict[str, t.Any] | None,
) -> None:
    run = run_tap(config | settings, tmp_path, state=state)
    expect_one_line(run, text)
    assert all(message["value"] == state for message in run.of("STATE"))


def test_a_server_that_cannot_be_reached(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    config = {"api_url": f"http://127.0.0.1:{port}", "api_key": "key", "max_retries": 0}
    expect_one_line(run_tap(config, tmp_path), "api_url")


@pytest.mark.parametrize(
    ("state", "text"),
    [
        pytest.param({"bookmarks": {"issues": {"a": 1}}}, "of this tap", id="another-tap"),
        pytest.param({"bookmarks": {"jobs": {"version": 9}}}, "newer release", id="newer"),
        pytest.param(
            {
                "bookmarks": {
                    "jobs": {"replication_key": "changed_at", "replication_key_value": "x"}
                }
            },
            "no time",
            id="no-time",
        ),
        pytest.param(
            {"bookmarks": {"jobs": {"version": 1, "tenant": "x"}}}, "another account", id="tenant"
        ),
        pytest.param([], "--state: the file is not a JSON object", id="list"),
    ],
)
def test_a_state_that_cannot_be_used(
    config: dict[str, t.Any], tmp_path: Path, state: dict[str, t.Any], text: str
) -> None:
    run = run_tap(config, tmp_path, state=state)
    expect_one_line(run, text)
    assert run.messages == ()


@pytest.mark.parametrize("name", ["config", "state", "catalog"])
@pytest.mark.parametrize("content", ["", "{broken", None], ids=["empty", "broken", "missing"])
def test_a_file_that_is_no_json(
    config: dict[str, t.Any], tmp_path: Path, name: str, content: str | None
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    words = ["--config", "config.json"] if name != "config" else []
    if content is not None:
        (tmp_path / "bad.json").write_text(content, encoding="utf-8")
    words += [f"--{name}", "bad.json"]
    finished = tap().run(words, cwd=tmp_path, env=bare_environment(), timeout=120)
    assert finished.returncode != 0
    assert b"Traceback" not in finished.stderr
    assert finished.stdout == b""


def test_a_page_that_cannot_be_read_claims_nothing(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    catalog = discover(config, tmp_path)
    sandbox.faults.set(Fault("status", times=None, status=410, page="2"))
    run = run_tap(config, tmp_path, catalog=catalog)
    assert run.exit_code == 1
    assert "Traceback" not in run.log
    assert len(run.records("candidates")) == 25
    for bookmark in run.state["bookmarks"].values():
        assert bookmark["position"] is None
        assert bookmark["full_sync_at"] is None


def test_discovery_without_a_key_gives_the_fixed_schema_and_says_so(tmp_path: Path) -> None:
    finished = subprocess.run(
        [str(SCRIPTS / "tap-compleetpersy"), "--discover"],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env=bare_environment(),
        text=True,
        timeout=60,
    )
    catalog = json.loads(finished.stdout)
    assert [entry["stream"] for entry in catalog["streams"]] == [
        "applications",
        "candidate_attachments",
        "candidate_notes",
        "candidates",
        "jobs",
    ]
    assert "No api_key is set" in finished.stderr


def test_discovery_with_a_refused_key_is_an_error(config: dict[str, t.Any], tmp_path: Path) -> None:
    run = run_tap(config | {"api_key": "wrong"}, tmp_path, "--discover")
    assert run.exit_code == 1
    assert "api_key" in run.log
    assert "Traceback" not in run.log


def test_about_shows_every_setting_but_no_value(tmp_path: Path) -> None:
    finished = subprocess.run(
        [str(SCRIPTS / "tap-compleetpersy"), "--about", "--format", "json"],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env=bare_environment() | {"TAP_COMPLEETPERSY_API_KEY": "marked-key-4711"},
        text=True,
        timeout=60,
    )
    about = json.loads(finished.stdout)
    assert "lookback_seconds" in about["settings"]["properties"]
    assert "marked-key-4711" not in finished.stdout + finished.stderr
