"""A delta sync when nothing changed."""

from __future__ import annotations

import json
import tempfile
import typing as t
from pathlib import Path

from benchmarks.contestants import Json, Place
from benchmarks.measure import measure as measure_command
from benchmarks.rounds import run
from benchmarks.scenarios.scene import TAP, Scene, median
from benchmarks.table import markdown, verdict

MOST_CANDIDATES = 10_000
"""Fewer than a page of them were updated in the hour that two syncs overlap."""
REQUESTS, RATIO = 2, 1.3
HEAD = (
    "candidates", "requests", "records", "seconds", "empty list s", "ratio",
    f"at most {REQUESTS}, {RATIO}",
)  # fmt: skip


def measure(scene: Scene) -> str:
    """Return the table: a delta against an empty list, which takes the start-up and a request."""
    candidates, catalog = min(scene.candidates, MOST_CANDIDATES), scene.catalog()
    url, empty_url = scene.server.url(candidates), scene.server.url(0)
    state = _state_after_all(catalog, url)
    empty, deltas, requests = [], [], 0
    for _ in range(scene.rounds):
        empty.append(run(TAP, empty_url, catalog))
        before = scene.server.served()
        deltas.append(run(TAP, url, catalog, {"state": state}))
        requests = scene.server.served() - before
    ratio = median(deltas) / median(empty)
    row = [
        f"{candidates:,}",
        str(requests),
        str(deltas[-1].records),
        f"{median(deltas):.2f}",
        f"{median(empty):.2f}",
        f"{ratio:.2f}",
        verdict(holds=requests <= REQUESTS and ratio <= RATIO),
    ]
    return markdown(HEAD, [row])


def _state_after_all(catalog: Json, url: str) -> Json:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure_command(TAP.command(Place(TAP.programs, url, folder), catalog), folder)
        last = (folder / "output").read_bytes().splitlines()[-1]
        return t.cast("Json", json.loads(last)["value"])
