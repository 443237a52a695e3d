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

from tests.thinning import thinned

ROOT = Path(__file__).resolve().parents[2]
Run: t.TypeAlias = "subprocess.CompletedProcess[str]"

TABLES = ("candidates", "jobs", "applications")


def demo(folder: Path) -> Run:
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
def first(folder: Path) -> Run:
    return demo(folder)


@pytest.fixture(scope="module")
def second(first: Run, folder: Path) -> Run:
    assert first.returncode == 0, first.stderr
    return demo(folder)


@pytest.mark.full
def test_the_first_shows_every_table_and_their_join(first: Run, folder: Path) -> None:
    assert (first.returncode, first.stderr) == (0, "")
    for table in TABLES:
        assert re.search(rf"^{table}: [1-9]\d* rows$", first.stdout, re.MULTILINE)
    assert "JOIN jobs ON jobs.id = applications.job_id" in first.stdout
    assert "persy.duckdb" in first.stdout
    expect_a_terminal_to_hold(first, folder)


@pytest.mark.full
def test_the_readme_shows_what_it_shows(first: Run) -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = page.split("<!-- output: demo -->\n```text\n")[1].split("```")[0]
    for line in shown.splitlines():
        assert re.split("[█▓░·]", line)[0] in first.stdout


@pytest.mark.full
def test_no_local_persy_is_left(first: Run, folder: Path) -> None:
    assert first.returncode == 0
    assert not is_listening(port_of(folder))


def expect_a_terminal_to_hold(run: Run, folder: Path) -> None:
    shown = run.stdout.replace(os.path.relpath(folder, ROOT), "folder")
    assert max(map(len, shown.splitlines())) <= 100


@pytest.mark.full
def test_the_next_brings_only_what_changed(second: Run, folder: Path) -> None:
    assert (second.returncode, second.stderr) == (0, "")
    expect_a_terminal_to_hold(second, folder)
    ((rows, travelled),) = re.findall(r"^candidates +(\d+) +(\d+)$", second.stdout, re.MULTILINE)
    assert int(rows) == 251
    assert 7 <= int(travelled) <= 20


@pytest.mark.full
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
def test_rows_are_updated_in_place(second: Run, line: str) -> None:
    assert re.search(rf"^  {line}", second.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    "number", thinned([signal.SIGTERM, signal.SIGINT]), ids=["terminated", "ctrl-c"]
)
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


@pytest.mark.full
def test_a_failure_shows_meltanos_log(tmp_path: Path) -> None:
    (tmp_path / "persy.duckdb").mkdir()
    failed = demo(tmp_path)
    assert failed.returncode == 1
    assert "Meltano failed with exit code 1" in failed.stderr
    assert not is_listening(port_of(tmp_path))
