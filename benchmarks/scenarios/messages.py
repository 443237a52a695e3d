"""How much the tap says."""

from __future__ import annotations

import math

from benchmarks.scenarios.scene import Scene
from benchmarks.table import markdown, verdict

STREAMS, PAGE_SIZE = 3, 100
STATES_BESIDE_PAGES, LOG_LINES_BESIDE_PAGES = 2, 25


def measure(scene: Scene) -> str:
    """Return the table, of one run with everything selected."""
    said = scene.run_tap(scene.catalog(), scene.candidates)[-1]
    pages = math.ceil(scene.candidates / PAGE_SIZE)
    counts = (
        ("SCHEMA", said.messages["SCHEMA"], STREAMS),
        ("STATE", said.messages["STATE"], pages + STATES_BESIDE_PAGES),
        ("log lines", said.log_lines, pages + LOG_LINES_BESIDE_PAGES),
    )
    rows = [
        [name, f"{count:,}", f"{limit:,}", verdict(holds=count <= limit)]
        for name, count, limit in counts
    ]
    table = markdown(("messages", "count", "at most", ""), rows)
    return f"{scene.candidates:,} candidates, {pages:,} pages.\n\n{table}"
