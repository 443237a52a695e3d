"""A fault of the program itself, with somebody in its text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.marked import KEY, LAST, MARKS, QUERY
from tests.singer import bare_environment
from tests.thinning import thinned

PROGRAM = f"""
from tap_compleetpersy.api.client import Client
from tap_compleetpersy.tap import TapCompleetpersy

def fail(*_):
    try:
        raise ValueError({LAST!r})
    except ValueError as error:
        raise RuntimeError("https://host/?name={QUERY}&key={KEY}") from error

Client.get_document = fail
TapCompleetpersy.cli()
"""


@pytest.mark.parametrize("level", thinned(["INFO", "DEBUG"]))
@pytest.mark.parametrize("words", [[], ["--discover"]], ids=["sync", "discover"])
def test_an_error_that_nobody_expected_shows_no_text(
    tmp_path: Path, words: list[str], level: str
) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"api_key": KEY, "api_url": "http://127.0.0.1:1"}))
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--config", str(config), *words],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env=bare_environment() | {"TAP_COMPLEETPERSY_LOGLEVEL": level},
        text=True,
    )

    assert finished.returncode == 1
    assert "Unexpected RuntimeError" in finished.stderr
    printed = finished.stdout + finished.stderr
    assert [mark for mark in MARKS if mark in printed] == []
