"""What every scenario is given."""

from __future__ import annotations

import statistics
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.contestants import CONTESTANTS, Json
from benchmarks.measure import Measurement
from benchmarks.rounds import prepare, run
from benchmarks.server import Server

TAP = CONTESTANTS[0]


@dataclass(frozen=True, slots=True)
class Scene:
    """The server, and how much is measured.

    Attributes:
        server: Has the lists.
        candidates: Length of the usual list.
        sizes: Lengths of the lists of the scenario `scale`, ascending.
        rounds: How often each figure is measured.
        only: Names of the contestants beside the tap; empty for all.
        writes: Whether pictures are drawn, because the results are kept.
        tell: Takes a line about the progress.
    """

    server: Server
    candidates: int
    sizes: tuple[int, ...]
    rounds: int
    only: frozenset[str]
    writes: bool
    tell: Callable[[str], None]

    def catalog(self) -> Json:
        """Return the tap's catalog."""
        return prepare(TAP, self.server.url(self.candidates))

    def run_tap(
        self,
        catalog: Json,
        candidates: int,
        settings: Mapping[str, t.Any] | None = None,
        latency: int = 0,
    ) -> list[Measurement]:
        """Run the tap as often as wanted over a list."""
        url = self.server.url(candidates, latency)
        return [run(TAP, url, catalog, settings) for _ in range(self.rounds)]


def median(runs: list[Measurement]) -> float:
    """Return the median of seconds."""
    return statistics.median(taken.seconds for taken in runs)
