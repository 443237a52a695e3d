"""Every answer takes a while: does the tap work meanwhile?"""

from __future__ import annotations

from benchmarks.scenarios.scene import Scene, median
from benchmarks.table import markdown, verdict

MILLISECONDS = 100
LIMIT = 1.2
HEAD = (
    "page size", "requests", "network s", "work s", "start-up s", "seconds", "ratio",
    f"at most {LIMIT}",
)  # fmt: skip


def measure(scene: Scene) -> str:
    """Return the table, for the usual page size and for one where work and network are close."""
    catalog = scene.catalog()
    rows = []
    for page_size in (100, 500):
        settings = {"page_size": page_size}
        start_up = median(scene.run_tap(catalog, 0))
        near = scene.run_tap(catalog, scene.candidates, settings)
        before = scene.server.served()
        far = scene.run_tap(catalog, scene.candidates, settings, MILLISECONDS)
        requests = (scene.server.served() - before) // scene.rounds
        network, work = requests * MILLISECONDS / 1000, median(near) - start_up
        ratio = median(far) / (max(network, work) + start_up)
        figures = (network, work, start_up, median(far), ratio)
        row = [str(page_size), str(requests), *(f"{figure:.2f}" for figure in figures)]
        rows.append([*row, verdict(holds=ratio <= LIMIT)])
        scene.tell(f"Pages of {page_size} with {MILLISECONDS} ms: {ratio:.2f}")
    lead = (
        f"{scene.candidates:,} candidates, {MILLISECONDS} ms for each answer. Work is the time "
        "without latency and start-up; the ratio is seconds ÷ (the larger of network and work "
        "+ start-up)."
    )
    return f"{lead}\n\n{markdown(HEAD, rows)}"
