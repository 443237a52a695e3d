"""A target that dies, at its start or in the middle: the tap ends with 1 and one line."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import typing as t
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.singer import SCRIPTS, bare_environment
from tests.targets.declared import TARGETS
from tests.targets.environments import environment
from tests.targets.singer_target import Spot, Target

pytestmark = pytest.mark.full

SECONDS = 120.0
CANDIDATES = 400
MOMENTS = {"at its start": 0, "in the middle": 400_000}
"""Bytes that the target was given: of some 1,400,000."""


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize("target", TARGETS, ids=lambda each: each.title)
def test_the_tap_ends_with_one_line(target: Target, moment: int, tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    config = tmp_path / "tap.json"
    with (
        running(Options(candidates=CANDIDATES, seed=5, page_size=20)) as persy,
        target.server(tmp_path / "server") as server,
    ):
        spot = Spot(tmp_path, environment(target.name, target.python), server)
        given = {"api_url": persy.url, "api_key": persy.api_key, **target.tap}
        config.write_text(json.dumps(given), encoding="utf-8")
        loader = subprocess.Popen(
            target.command(spot),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=bare_environment() | dict(target.environment(spot)),
            cwd=tmp_path,
            start_new_session=True,  # a target may have children
        )
        tap = subprocess.Popen(
            [str(SCRIPTS / "tap-compleetpersy"), "--config", str(config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=bare_environment(),
        )
        written, read = t.cast("t.IO[bytes]", tap.stdout), t.cast("t.IO[bytes]", loader.stdin)
        with contextlib.suppress(BrokenPipeError):  # one target dies by itself
            read.write(written.read(moment))
            read.flush()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(loader.pid, signal.SIGKILL)
        written.close()
        _, log = tap.communicate(timeout=SECONDS)
        assert loader.wait() != 0
        with contextlib.suppress(BrokenPipeError):
            read.close()
    errors = [line for line in log.decode().splitlines() if "ERROR" in line or "CRITICAL" in line]
    assert tap.returncode == 1
    assert len(errors) == 1
    assert "Traceback" not in log.decode()
