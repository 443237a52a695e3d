"""Everybody reads the same list."""

from __future__ import annotations

import statistics
import typing as t
from collections.abc import Mapping, Sequence

from benchmarks.contestants import CONTESTANTS, Contestant
from benchmarks.rounds import Result, compete
from benchmarks.scenarios.scene import TAP, Scene
from benchmarks.table import markdown, megabytes, verdict

HEAD = (
    "contestant", "time ÷ the tap's", "spread", "seconds", "CPU s", "start-up s", "records",
    "records/s", "peak MB", "SCHEMA", "STATE", "log lines",
)  # fmt: skip
LIMITS: t.Final[Mapping[str, float]] = {"usual": 14, "dlt": 6, "msdk": 4, "bare": 1}
"""What the time of each, divided by the tap's, is to reach."""


def measure(scene: Scene) -> str:
    """Return the table, what was to be reached, and how each one is configured."""
    who = [c for c in CONTESTANTS if c is TAP or not scene.only or c.name in scene.only]
    results = compete(who, scene.server, scene.candidates, scene.rounds, scene.tell)
    lead = (
        f"{scene.candidates:,} candidates, {scene.rounds} rounds in turns; medians, without "
        "the start-up of each, which is its run over an empty list."
    )
    table = markdown(HEAD, (row_of(result, results[0]) for result in results))
    notes = "\n".join(_note(contestant) for contestant in who)
    return "\n\n".join([lead, table, _limits(results), notes])


def row_of(result: Result, first: Result) -> list[str]:
    """Return the row of a contestant, compared with the first."""
    ratios, last = result.ratios(first), result.full[-1]
    return [
        result.contestant.title,
        f"{statistics.median(ratios):.2f}",
        f"{min(ratios):.2f} to {max(ratios):.2f}",
        f"{result.seconds:.2f}",
        f"{result.cpu_seconds:.2f}",
        f"{result.start_up:.2f}",
        f"{last.records:,}",
        f"{last.records / result.seconds:,.0f}",
        megabytes(max(run.peak_bytes for run in result.full)),
        f"{last.messages['SCHEMA']:,}",
        f"{last.messages['STATE']:,}",
        f"{last.log_lines:,}",
    ]


def _limits(results: Sequence[Result]) -> str:
    rows = []
    for result in results:
        if (limit := LIMITS.get(result.contestant.name)) is not None:
            ratio = statistics.median(result.ratios(results[0]))
            title = result.contestant.title
            rows.append([title, f"{limit:.2f}", f"{ratio:.2f}", verdict(holds=ratio >= limit)])
    return markdown(("time ÷ the tap's", "at least", "measured", ""), rows)


def _note(contestant: Contestant) -> str:
    version = f" ({contestant.version})" if contestant.version else ""
    return f"- {contestant.title}{version}: {contestant.how}."
