"""``persy check`` as people run it: configuration, formats, errors, files."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
import typing as t
from pathlib import Path

import pytest
from click.testing import CliRunner

from tap_compleetpersy.cli import main
from tap_compleetpersy.cli.check import command
from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.check.conftest import Run
from tests.singer import SCRIPTS, bare_environment

Config = dict[str, t.Any]


def test_the_table_fits_into_100_columns_and_starts_with_its_budget(
    run: Run, config: Config
) -> None:
    checked = run(config, "--format", "table")
    assert checked.stderr.startswith("Sending at most 20 requests")
    lines = checked.stdout.splitlines()
    assert lines[0].split() == ["assumption", "verdict", "evidence", "setting", "to", "change"]
    assert max(map(len, lines)) <= 100
    assert "CandidateProfile.PersonalData." in checked.stdout


def test_json_has_the_same_keys_for_each_finding(run: Run, config: Config) -> None:
    findings = json.loads(run(config, "--format", "json").stdout)
    keys = ["assumption", "verdict", "evidence", "setting", "value", "loses_data"]
    assert [list(finding) for finding in findings] == [keys] * len(findings)
    assert {finding["verdict"] for finding in findings} <= {"holds", "fails", "cannot tell"}


def test_a_check_of_a_server_as_assumed_needs_six_requests(
    run: Run, sandbox: Sandbox, config: Config
) -> None:
    run(config)
    assert [(r.path.rpartition("/")[2], r.query.count("modified")) for r in sandbox.requests] == [
        ("candidates", 0),
        ("candidates", 0),
        ("candidates", 0),
        ("candidates", 1),
        ("candidates", 1),
        ("attachments", 0),
    ]


FAILING = {
    "a wrong key": ({"api_key": "wrong"}, None, "status 401"),
    "a page that says 503": ({}, Fault("status", times=None), "status 503"),
    "a login page": ({}, Fault("html", times=None), "perhaps a login page"),
    "an error that says 200": ({}, Fault("error_body", times=None), "something failed"),
    "a broken connection": ({}, Fault("reset", times=None), "the connection failed"),
}


@pytest.mark.parametrize(("given", "fault", "what"), FAILING.values(), ids=FAILING)
@pytest.mark.parametrize("output", ["table", "json"])
def test_without_a_list_there_is_one_line_and_exit_1(  # noqa: PLR0913 - a table
    run: Run,
    sandbox: Sandbox,
    config: Config,
    tmp_path: Path,
    given: Config,
    fault: Fault | None,
    what: str,
    output: str,
) -> None:
    sandbox.faults.set(*([fault] if fault else []))
    target = tmp_path / "found.json"
    checked = run({**config, **given}, "--format", output, "--write-config", str(target))
    assert checked.exit_code == 1
    (line,) = [line for line in checked.stderr.splitlines() if line.startswith("Error: ")]
    assert what in line
    assert not target.exists()
    if output == "json":
        assert set(checked.findings) == {"authentication", "candidates_path"}


def test_a_refused_key_says_what_was_not_tried(run: Run, config: Config) -> None:
    finding = run({**config, "api_key": "wrong"}).findings["authentication"]
    assert finding["verdict"] == "fails"
    assert finding["setting"] == "auth_method"
    assert finding["evidence"] == (
        "bearer: status 401; header: status 401; query: status 401; 33 headers at once: status "
        "401; 137 headers at once: status 401; 12 parameters at once: status 401; "
        "120 parameters at once: status 401; basic: not tried, since username is not set"
    )


def test_a_server_that_is_not_there_is_one_line(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    checked = run({"api_url": f"http://127.0.0.1:{port}", "api_key": "k"})
    assert checked.exit_code == 1
    assert "Error: GET /candidates: the connection was refused" in checked.stderr


def test_the_written_file_is_private_complete_and_without_the_key(
    run: Run, config: Config, tmp_path: Path
) -> None:
    target = tmp_path / "found.json"
    given = {**config, "candidates_path": "/bewerber", "account": "Ä"}
    checked = run(given, "--write-config", str(target))
    assert checked.exit_code == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    kept = {name: value for name, value in given.items() if name != "api_key"}
    assert json.loads(target.read_text("utf-8")) == {**kept, "candidates_path": "/candidates"}


@pytest.mark.parametrize("kind", ["file", "dangling link"])
def test_an_existing_file_is_never_overwritten(
    run: Run, sandbox: Sandbox, config: Config, tmp_path: Path, kind: str
) -> None:
    target = tmp_path / "found.json"
    if kind == "file":
        target.write_text("mine")
    else:
        target.symlink_to(tmp_path / "nowhere")
    checked = run(config, "--write-config", str(target))
    assert checked.exit_code == 1
    assert "exists" in checked.stderr
    assert not sandbox.requests
    assert kind == "dangling link" or target.read_text() == "mine"


def test_a_folder_that_is_not_there_is_one_line(run: Run, config: Config, tmp_path: Path) -> None:
    checked = run(config, "--write-config", str(tmp_path / "no" / "found.json"))
    assert checked.exit_code == 1
    assert "No such file or directory" in checked.stderr


def test_later_files_win_and_files_win_over_the_environment(
    run: Run, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAP_COMPLEETPERSY_API_KEY", config.pop("api_key"))
    monkeypatch.setenv("TAP_COMPLEETPERSY_CANDIDATES_PATH", "/environment")
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    first.write_text(json.dumps({"page_size": 10, "candidates_path": "/first"}))
    second.write_text('\ufeff{"candidates_path": "/candidates"}', encoding="utf-8")
    words = ["--config", str(first), "--config", str(second), "--format", "json"]
    findings = run(config, *words).findings
    assert findings["candidates_path"]["evidence"] == "/candidates: status 200"
    assert findings["page_size"]["evidence"] == "asked for 10, got 10"


def test_the_environment_file_is_enough(run: Run, config: Config, tmp_path: Path) -> None:
    names = {f"TAP_COMPLEETPERSY_{name.upper()}": value for name, value in config.items()}
    lines = [f"{name}={value}" for name, value in names.items()]
    (tmp_path / ".env").write_text("\n".join(lines))
    assert run({}).findings["authentication"]["verdict"] == "holds"


def test_settings_of_the_sdk_are_no_mistake(run: Run, config: Config) -> None:
    given = {**config, "stream_maps": {"candidates": {}}, "flattening_enabled": True}
    assert run(given).exit_code == 0


BAD = {
    "no key": ('{"api_key": null}', "api_key: missing"),
    "an unknown setting": ('{"api_key": "k", "pagesize": 3}', "did you mean page_size"),
    "a bad value": ('{"api_key": "s3cret", "page_size": "s3cret"}', "page_size: must be a whole"),
    "no JSON": ("{", "the file is not a JSON object"),
    "no object": ("[]", "the file is not a JSON object"),
    "an unknown field": ('{"api_key": "k", "field_paths": {"x": "y"}}', "no model field"),
    "no file": (None, "No such file"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_a_mistake_is_one_line_before_any_request(
    run: Run, tmp_path: Path, content: str | None, message: str
) -> None:
    path = tmp_path / "bad.json"
    if content is not None:
        path.write_text(content)
    checked = run({}, "--config", str(path))
    assert checked.exit_code == 1
    (line,) = checked.stderr.splitlines()
    assert line.startswith("Error: ")
    assert message in line
    assert "s3cret" not in line


def test_an_unexpected_error_shows_no_text(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> t.NoReturn:
        message = "Jürgen"
        raise RuntimeError(message)

    monkeypatch.setattr("tap_compleetpersy.check.run.gather", break_down)
    path = tmp_path / "given.json"
    path.write_text(json.dumps(config))
    result = CliRunner().invoke(command, ["--config", str(path)])
    assert result.exit_code == 1
    assert "Unexpected RuntimeError" in result.stderr
    assert "Jürgen" not in result.output


def test_it_is_a_command_of_persy(tmp_path: Path) -> None:
    assert "check" in CliRunner().invoke(main, ["--help"]).output
    with running(Options(candidates=3)) as sandbox:
        done = subprocess.run(
            [SCRIPTS / "persy", "check", "--format", "json"],
            check=True,
            capture_output=True,
            cwd=tmp_path,
            env=bare_environment() | sandbox.options.environment(sandbox.url),
        )
    assert json.loads(done.stdout)[0]["assumption"] == "authentication"
    assert [*tmp_path.iterdir()] == []
