"""`make demo`: all at first, then only what changed; nothing is left running."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Runs: t.TypeAlias = "list[subprocess.CompletedProcess[str]]"

TABLES = ("candidates", "jobs", "applications")


def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "demo", str(folder)]
    misleading = {"TAP_COMPLEETPERSY_API_KEY": "somebody's own", "TARGET_DUCKDB_FILEPATH": "x"}
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | misleading, capture_output=True, text=True, check=False
    )


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def port_of(folder: Path) -> int:
    return t.cast("int", json.loads((folder / "history.json").read_text(encoding="utf-8"))["port"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def runs(folder: Path) -> Runs:
    return [demo(folder), demo(folder)]


def test_every_run_succeeds_quietly(runs: Runs) -> None:
    assert [(run.returncode, run.stderr) for run in runs] == [(0, "")] * 2


def test_the_first_shows_every_table_and_their_join(runs: Runs) -> None:
    for table in TABLES:
        assert re.search(rf"^{table}: [1-9]\d* rows$", runs[0].stdout, re.MULTILINE)
    assert "JOIN jobs ON jobs.id = applications.job_id" in runs[0].stdout
    assert "persy.duckdb" in runs[0].stdout


def test_the_readme_shows_what_it_shows(runs: Runs) -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = page.split("<!-- output: demo -->\n```text\n")[1].split("```")[0]
    for line in shown.splitlines():
        assert re.split("[█▓░·]", line)[0] in runs[0].stdout


def test_the_next_brings_only_what_changed(runs: Runs) -> None:
    ((rows, travelled),) = re.findall(r"^candidates +(\d+) +(\d+)$", runs[1].stdout, re.MULTILINE)
    assert int(rows) == 251
    assert 7 <= int(travelled) <= 20


@pytest.mark.parametrize(
    "line",
    [
        r"candidates +\d+ +city: .+ -> Leipzig",
        r"candidates +\d+ +company: .+ -> Windkraft Nordsee GmbH",
        r"candidates +\d+ +new, ",
        r"jobs +\d+ +name: .+ -> Teilzeit möglich",
        r"applications +\d+/\d+ +outcome: PENDING -> HIRED",
        r"applications +\d+/\d+ +deleted",
    ],
    ids=["moved", "employer", "new", "renamed", "hired", "withdrawn"],
)
def test_rows_are_updated_in_place(runs: Runs, line: str) -> None:
    assert re.search(rf"^  {line}", runs[1].stdout, re.MULTILINE)


def test_it_fits_a_terminal(runs: Runs, folder: Path) -> None:
    shown = "".join(run.stdout for run in runs).replace(os.path.relpath(folder, ROOT), "folder")
    assert max(map(len, shown.splitlines())) <= 100


def test_no_local_persy_is_left(runs: Runs, folder: Path) -> None:
    assert runs
    assert not is_listening(port_of(folder))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminated"])
def test_no_local_persy_survives_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-u", "-m", "demo", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        for line in t.cast("t.IO[str]", process.stdout):
            if line.startswith("$ meltano run"):
                break
        assert is_listening(port_of(tmp_path))
        os.killpg(process.pid, number)
        assert process.wait() == 128 + number
    assert not is_listening(port_of(tmp_path))


def test_a_failure_shows_meltanos_log(tmp_path: Path) -> None:
    (tmp_path / "persy.duckdb").mkdir()
    failed = demo(tmp_path)
    assert failed.returncode == 1
    assert "Meltano failed with exit code 1" in failed.stderr
    assert not is_listening(port_of(tmp_path))
