"""``meltano invoke tap-compleetpersy:request``: the same command with Meltano's settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.meltano import make_project


@pytest.mark.full
def test_a_request_is_sent_with_the_settings_of_the_project(tmp_path: Path) -> None:
    with running(Options(candidates=3)) as persy:
        project = make_project(
            tmp_path,
            {
                "TAP_COMPLEETPERSY_API_URL": persy.url,
                "TAP_COMPLEETPERSY_API_KEY": persy.api_key,
            },
        )
        words = ["invoke", "tap-compleetpersy:request", "GET", "/candidates?per_page=2", "-v"]
        done = project.attempt(*words)
        refused = project.attempt("invoke", "tap-compleetpersy:request", "DELETE", "/candidates/1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(json.loads(done.stdout)["data"]) == 2
    assert "> Authorization: ***" in done.stderr
    assert persy.api_key not in done.stdout + done.stderr
    assert refused.returncode == 1
    assert "repeat with --write" in refused.stderr
