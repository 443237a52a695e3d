"""The local Persy keeps ``docs/openapi.yaml`` under requests that Schemathesis makes of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.state import Sandbox
from tests.sandbox.test_openapi import DOCUMENT

RELEASE = "schemathesis==4.32.5"


@pytest.mark.full
def test_requests_made_of_the_document_find_nothing(
    start: Callable[..., Sandbox], tmp_path: Path
) -> None:
    sandbox = start(candidates=20)
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("uv")), "tool", "run", "--from", RELEASE),
            *("schemathesis", "run", str(DOCUMENT), "--url", sandbox.url),
            *("--header", f"Authorization: Bearer {sandbox.api_key}"),
            *("--max-examples", "20", "--seed", "1"),
        ],
        check=False,
        capture_output=True,
        cwd=tmp_path,
        text=True,
    )
    assert done.returncode == 0, done.stdout
