"""``meltano invoke tap-compleetpersy:check``: the same command with Meltano's settings."""

from __future__ import annotations

import json
from pathlib import Path

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.meltano import make_project


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
