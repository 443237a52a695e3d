"""What the tap adds to the start of any tap on the SDK."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure as measure_command
from benchmarks.scenarios.scene import Scene
from benchmarks.table import markdown, verdict

RUNS_A_ROUND = 5
LIMIT = 1.15
TAPS = {
    "tap-compleetpersy": "from tap_compleetpersy.tap import TapCompleetpersy as Tap",
    "an empty tap": "from benchmarks.peers.empty import TapEmpty as Tap",
}


def measure(scene: Scene) -> str:
    """Return the table: `--version` of both, in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in TAPS}
    with tempfile.TemporaryDirectory() as name:
        for _ in range(scene.rounds * RUNS_A_ROUND):
            for tap, statement in TAPS.items():
                command = [sys.executable, "-c", f"{statement}; Tap.cli()", "--version"]
                seconds[tap].append(measure_command(command, Path(name)).seconds)
    mine, empty = (statistics.median(taken) for taken in seconds.values())
    ratio = mine / empty
    row = [f"{mine:.3f}", f"{empty:.3f}", f"{ratio:.2f}", verdict(holds=ratio <= LIMIT)]
    return markdown(("`--version` s", "empty tap s", "ratio", f"at most {LIMIT}"), [row])
