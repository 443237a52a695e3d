"""The soak itself, for some seconds; `make soak` takes half an hour."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tests.singer import bare_environment
from tests.soak.resources import GROWTH, growth
from tests.soak.soaking import soak_for, soaking


@pytest.mark.full
def test_nothing_adds_up_and_the_warehouse_equals_its_source(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    options = Options(candidates=60, seed=3, chaos=0.05)
    with soaking(tmp_path, options) as soak:
        soak_for(5, soak, 0.5, tell=lambda _: None)
        record_property("runs", soak.runs)
        record_property("edits", soak.edits)


def test_growth_is_seen() -> None:
    assert growth([10, 11, 10, 11, 10, 11]) <= GROWTH
    assert growth([7, 8, 10, 10, 10, 10]) <= GROWTH, "caches that fill are no leak"
    assert growth([10, 11, 12, 13, 14, 15]) > GROWTH


RUNS = """
import gc, sys
from tap_compleetpersy.tap import TapCompleetpersy

def run():
    try:
        TapCompleetpersy.cli(args=["--about"])
    except SystemExit:
        return gc.get_freeze_count()

sys.exit(run() < max(run(), run()))
"""


def test_what_a_run_leaves_in_a_process_can_be_collected(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUNS]
    done = subprocess.run(
        command, cwd=tmp_path, env=bare_environment(), capture_output=True, check=False
    )
    assert done.returncode == 0
