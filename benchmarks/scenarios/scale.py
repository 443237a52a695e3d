"""The tap reads longer and longer lists, without its ledger and with it."""

from __future__ import annotations

import json
import subprocess
import tempfile
import typing as t
from collections.abc import Sequence
from pathlib import Path

from benchmarks.environments import ROOT, programs
from benchmarks.rounds import run
from benchmarks.scenarios.scene import TAP, Scene, median
from benchmarks.table import markdown, megabytes, verdict

LINEAR, FLAT = 1.05, 1.3
# A run with an end keeps no ledger, for it finds no deletions.
LEDGERS: t.Final[dict[str, dict[str, str]]] = {
    "without ledger": {"end_date": "2100-01-01"},
    "with ledger": {},
}
HEAD = (
    "run", "candidates", "records", "seconds", "records/s", "peak MB", "time ÷ linear",
    "memory ÷ first", f"at most {LINEAR}, {FLAT}",
)  # fmt: skip


class Point(t.NamedTuple):
    """One run."""

    run: str
    candidates: int
    records: int
    seconds: float
    peak_bytes: int


def measure(scene: Scene) -> str:
    """Return the table: time against the list before, memory against the first."""
    series = [_points(scene, name) for name in LEDGERS]
    flat, whole = (points[-1] for points in series)
    ledger = (whole.peak_bytes - flat.peak_bytes) / whole.candidates
    lead = (
        f"Medians of {scene.rounds} runs, one of the longest list; start-up subtracted, output "
        "thrown away. The ledger is what finds deletions, together with the ids read; a run with "
        "`end_date` keeps none. Time is compared with the list before, memory with the first."
    )
    table = markdown(HEAD, (row for points in series for row in _rows(points)))
    cost = f"The ledger takes {ledger:,.0f} bytes of memory a candidate."
    text = f"{lead}\n\n{table}\n\n{cost}"
    if scene.writes:
        _draw([point for points in series for point in points])
        text += "\n\n![Records per second and memory by records](../docs/performance.svg)"
    return text


def _points(scene: Scene, name: str) -> list[Point]:
    catalog, settings = scene.catalog(), LEDGERS[name]
    start_up = median(scene.run_tap(catalog, 0, settings))
    points = []
    for candidates in scene.sizes:
        url = scene.server.url(candidates)
        runs = [
            run(TAP, url, catalog, settings, keep_output=False)
            for _ in range(1 if candidates == scene.sizes[-1] else scene.rounds)
        ]
        seconds, peak = median(runs) - start_up, max(taken.peak_bytes for taken in runs)
        points.append(Point(name, candidates, runs[0].records, seconds, peak))
        scene.tell(f"{candidates:,} candidates {name}: {seconds:.1f} s")
    return points


def _rows(points: Sequence[Point]) -> t.Iterator[list[str]]:
    for before, point in zip([points[0], *points], points, strict=False):
        expected = before.seconds * point.candidates / before.candidates
        time, memory = point.seconds / expected, point.peak_bytes / points[0].peak_bytes
        is_limited = point.run == "without ledger"
        yield [
            point.run,
            f"{point.candidates:,}",
            f"{point.records:,}",
            f"{point.seconds:.1f}",
            f"{point.records / point.seconds:,.0f}",
            megabytes(point.peak_bytes),
            f"{time:.2f}",
            f"{memory:.2f}",
            verdict(holds=time <= LINEAR and memory <= FLAT) if is_limited else "",
        ]


def _draw(points: Sequence[Point]) -> None:
    picture = str(ROOT / "docs" / "performance.svg")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "points.json"
        data.write_text(json.dumps([point._asdict() for point in points]), encoding="utf-8")
        python = str(programs("plot") / "python")
        command = [python, "-m", "benchmarks.plot", str(data), picture]
        subprocess.run(command, check=True, cwd=ROOT, env={"MPLCONFIGDIR": folder})
