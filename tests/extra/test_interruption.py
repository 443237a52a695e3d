"""Kills and signals in the middle of an extra stream: whole lines, and nothing is lost."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from werkzeug import Request, Response

from tests.catalog import select
from tests.extra.lists import Api
from tests.singer import SCRIPTS, Message, bare_environment, discover, run_tap

NOTES: Message = {
    "name": "notes",
    "path": "/notes",
    "primary_keys": ["id"],
    "replication_key": "changed",
    "page_size": 2,
}


def note(number: int) -> Message:
    return {"id": number, "changed": f"2026-11-0{number + 1}T00:00:00Z"}


@pytest.mark.parametrize(
    ("number", "exit_code"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)],
    ids=["term", "int", "kill"],
)
def test_a_signal_while_a_page_is_awaited(
    api: Api, tmp_path: Path, number: int, exit_code: int
) -> None:
    api.lists["/notes"] = [note(each) for each in range(6)]
    config = api.config(NOTES)
    catalog = select(discover(config, tmp_path), "notes")
    first = run_tap(config, tmp_path, catalog=catalog)
    api.lists["/notes"] = [note(each) for each in range(5, 9)]
    asked, answered = threading.Event(), threading.Event()

    def hold_the_second_page(request: Request) -> Response | None:
        if request.args["page"] == "2":
            asked.set()
            answered.wait(30)
        return None

    api.before_answer = hold_the_second_page
    for name, content in (("config", config), ("catalog", catalog), ("state", first.state)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    words = [
        word for name in ("config", "catalog", "state") for word in (f"--{name}", f"{name}.json")
    ]
    with subprocess.Popen(
        [str(SCRIPTS / "tap-compleetpersy"), *words],
        bufsize=0,
        cwd=tmp_path,
        env=bare_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        was_asked = asked.wait(30)
        assert process.stdout is not None
        # The first page has left before the second arrives.
        lines = []
        while b'"RECORD"' not in (line := process.stdout.readline()):
            lines.append(line)
        process.send_signal(number if was_asked else signal.SIGABRT)
        rest, stderr = process.communicate(timeout=20)
        answered.set()
    assert process.returncode == exit_code, stderr.decode()
    assert b"Traceback" not in stderr
    messages = [json.loads(text) for text in b"".join([*lines, line, rest]).splitlines()]
    for message in messages:
        if message["type"] == "STATE":
            assert message["value"]["bookmarks"]["notes"] == first.state["bookmarks"]["notes"]
    assert [m["record"]["id"] for m in messages if m["type"] == "RECORD"] == [5, 6]
    api.before_answer = lambda _request: None
    resumed = run_tap(config, tmp_path, state=first.state, catalog=catalog)
    assert [record["id"] for record in resumed.records("notes")] == [5, 6, 7, 8]
