"""SIGTERM, SIGINT and SIGHUP: whole lines, a true STATE, exit codes 143, 130 and 129."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import typing as t
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.state import Sandbox
from tests.singer import SCRIPTS, bare_environment, discover, run_tap
from tests.thinning import thinned


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize(
    ("number", "exit_code"),
    thinned([(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]),
    ids=["term", "int", "hup"],
)
def test_a_signal_while_a_page_is_awaited(  # noqa: PLR0913 - fixtures and cases
    sandbox: Sandbox,
    config: dict[str, t.Any],
    tmp_path: Path,
    number: int,
    exit_code: int,
    unbuffered: str,
) -> None:
    catalog = discover(config, tmp_path)
    config["page_size"] = 10  # what is written before the signal must fit into the pipe
    asked, answered = threading.Event(), threading.Event()

    def hold_the_second_page(request: t.Any) -> None:
        if "page=2" in request.query:
            asked.set()
            answered.wait(120)

    sandbox.before_answer.append(hold_the_second_page)
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "catalog.json").write_text(json.dumps(catalog), encoding="utf-8")
    with subprocess.Popen(
        [
            str(SCRIPTS / "tap-compleetpersy"),
            *("--config", "config.json"),
            *("--catalog", "catalog.json"),
        ],
        cwd=tmp_path,
        env=bare_environment() | {"PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        was_asked = asked.wait(120)
        process.send_signal(number if was_asked else signal.SIGKILL)
        stdout, stderr = process.communicate(timeout=60)
        answered.set()
    assert process.returncode == exit_code, stderr.decode()
    assert stdout.endswith(b"\n")
    messages = [json.loads(line) for line in stdout.splitlines()]
    state = messages[-1]["value"] if messages[-1]["type"] == "STATE" else {}
    for bookmark in state.get("bookmarks", {}).values():
        assert bookmark["position"] is None
    sandbox.before_answer.clear()
    resumed = run_tap(config, tmp_path, state=state, catalog=catalog)
    assert len(resumed.rows("candidates")) == 60


def test_a_closed_pipe_ends_the_run(config: dict[str, t.Any], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run(
        [str(SCRIPTS / "tap-compleetpersy"), "--config", "config.json"],
        check=False,
        cwd=tmp_path,
        env=bare_environment(),
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    os.close(writer)
    assert process.returncode != 0
    assert b"Traceback" not in process.stderr
