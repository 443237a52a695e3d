"""Contestants in turns, A B C A B C, so that the machine's moods meet all of them."""

from __future__ import annotations

import statistics
import tempfile
import typing as t
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.contestants import Contestant, Json, Place
from benchmarks.measure import Measurement, measure

if t.TYPE_CHECKING:
    from benchmarks.server import Server


@dataclass(frozen=True, slots=True)
class Result:
    """What the rounds of one contestant took.

    Attributes:
        contestant: Who.
        empty: Runs over an empty list: the start-up.
        full: Runs over the whole list, each after one of `empty`.
    """

    contestant: Contestant
    empty: list[Measurement] = field(default_factory=list)
    full: list[Measurement] = field(default_factory=list)

    @property
    def net(self) -> list[float]:
        """Seconds of each round without the start-up."""
        pairs = zip(self.full, self.empty, strict=True)
        return [full.seconds - empty.seconds for full, empty in pairs]

    @property
    def seconds(self) -> float:
        """Median of `net`."""
        return statistics.median(self.net)

    @property
    def start_up(self) -> float:
        """Median seconds of an empty run."""
        return statistics.median(run.seconds for run in self.empty)

    @property
    def cpu_seconds(self) -> float:
        """Median of the processor's seconds without the start-up."""
        pairs = zip(self.full, self.empty, strict=True)
        return statistics.median(full.cpu_seconds - empty.cpu_seconds for full, empty in pairs)

    @property
    def peak_bytes(self) -> int:
        """Largest peak of a run."""
        return max(run.peak_bytes for run in self.full)

    @property
    def last(self) -> Measurement:
        """The last full run, for what is the same in all."""
        return self.full[-1]

    def ratios(self, other: Result) -> list[float]:
        """How many times as long as another one it took, round by round."""
        return [mine / its for mine, its in zip(self.net, other.net, strict=True)]


def run(
    contestant: Contestant,
    url: str,
    prepared: Json,
    settings: Mapping[str, t.Any] | None = None,
    *,
    keep_output: bool = True,
) -> Measurement:
    """Run a contestant once, in a folder of its own.

    Args:
        contestant: Who.
        url: Of the list.
        prepared: What its `prepare` answered.
        settings: More for its `command`, as the tap takes.
        keep_output: As of `measure`.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        place = Place(contestant.programs, url, folder)
        command = contestant.command(place, prepared, **(settings or {}))
        taken = measure(command, folder, contestant.variables, keep_output=keep_output)
        if contestant.records:
            return replace(taken, counted=_lines(folder.glob(contestant.records)))
        return taken


def prepare(contestant: Contestant, url: str) -> Json:
    """Find out what the contestant may know before the clock starts."""
    with tempfile.TemporaryDirectory() as name:
        return contestant.prepare(Place(contestant.programs, url, Path(name)))


def compete(
    contestants: Sequence[Contestant],
    server: Server,
    candidates: int,
    rounds: int,
    tell: Callable[[str], None],
) -> list[Result]:
    """Let the contestants read the same list, round by round.

    Args:
        contestants: Who, in order.
        server: Has the lists.
        candidates: Length of the list.
        rounds: How often.
        tell: Takes a line about the progress.
    """
    empty, full = server.url(0), server.url(candidates)
    prepared = {contestant.name: prepare(contestant, full) for contestant in contestants}
    for contestant in contestants:  # what a first run compiles and caches
        run(contestant, empty, prepared[contestant.name])
    results = [Result(contestant) for contestant in contestants]
    for number in range(1, rounds + 1):
        for result in results:
            known = prepared[result.contestant.name]
            result.empty.append(run(result.contestant, empty, known))
            result.full.append(run(result.contestant, full, known))
            tell(f"Round {number} of {rounds}: {result.contestant.title} {result.net[-1]:.2f} s")
    return results


def _lines(paths: Iterable[Path]) -> int:
    return sum(sum(1 for _ in path.open("rb")) for path in paths)
