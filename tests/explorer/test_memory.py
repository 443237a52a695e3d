"""The Explorer streams: its memory does not follow the number of candidates."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.singer import bare_environment

EXPLORE = """
import re, sys
from tap_compleetpersy.cli import main
main(sys.argv[1:], standalone_mode=False)
print(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1], file=sys.stderr)
"""


def peak_memory(candidates: int, folder: Path) -> int:
    """Explore everyone in a process of its own, and answer its peak memory in kilobytes."""
    with running(Options(candidates=candidates, seed=5)) as persy:
        config = folder / f"{candidates}.json"
        settings = {"api_url": persy.url, "api_key": persy.api_key}
        config.write_text(json.dumps(settings))
        words = ["fields", "--config", str(config), "--sample", "0", "--format", "json"]
        done = subprocess.run(
            [sys.executable, "-c", EXPLORE, *words],
            capture_output=True,
            check=True,
            cwd=folder,
            env=bare_environment(),
            text=True,
        )
    records = {field["records"] for field in json.loads(done.stdout)}
    assert candidates in records
    return int(done.stderr.split()[-1])


@pytest.mark.full
def test_memory_is_flat_over_100_000_candidates(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    small, large = peak_memory(1_000, tmp_path), peak_memory(100_000, tmp_path)
    record_property("kilobytes", (small, large))
    assert large <= 1.3 * small, (small, large)
