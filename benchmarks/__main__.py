"""`python -m benchmarks`: measure, print, and with `--write` keep the results."""

from __future__ import annotations

import argparse
import sys
import typing as t
from collections.abc import Callable, Mapping

from benchmarks import results
from benchmarks.contestants import CONTESTANTS
from benchmarks.scenarios import delta, latency, messages, race, scale, startup, ways
from benchmarks.scenarios.scene import Scene
from benchmarks.server import PEOPLE, Pages, serving


class Scenario(t.NamedTuple):
    """What is measured: over pages of one kind, under a title."""

    title: str
    measure: Callable[[Scene], str]
    pages: Pages = "usual"


SCENARIOS: t.Final[Mapping[str, Scenario]] = {
    "race": Scenario("The race", race.measure),
    "wide": Scenario("The race over wide pages", race.measure, "wide"),
    "ways": Scenario("Fields deselected, stream maps", ways.measure),
    "scale": Scenario("Longer lists", scale.measure),
    "latency": Scenario("A slow server", latency.measure),
    "delta": Scenario("A delta without change", delta.measure),
    "startup": Scenario("Start-up", startup.measure),
    "messages": Scenario("Messages and log lines", messages.measure),
}
SIZES, QUICK_SIZES = (10_000, 100_000, 1_000_000), (1_000, 4_000)
QUICK_CANDIDATES = 1_000


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--candidates", type=int, help=f"length of the list ({PEOPLE})")
    parser.add_argument("--rounds", type=int, help="how often (3)")
    peers = [contestant.name for contestant in CONTESTANTS[1:]]
    parser.add_argument(
        "--only", action="append", default=[], choices=peers, help="race these against the tap"
    )
    parser.add_argument("--quick", action="store_true", help="short lists, one round")
    parser.add_argument(
        "--scenario", action="append", default=[], choices=[*SCENARIOS, "all"], help="(race)"
    )
    parser.add_argument("--write", action="store_true", help="keep the results in RESULTS.md")
    return parser.parse_args()


def main() -> None:
    """Measure what was asked for."""
    asked = arguments()
    names = list(SCENARIOS) if "all" in asked.scenario else asked.scenario or ["race"]
    candidates = asked.candidates or (QUICK_CANDIDATES if asked.quick else PEOPLE)
    sections: dict[str, str] = {}
    for name in names:
        title, measure, pages = SCENARIOS[name]
        with serving(min(candidates, PEOPLE), pages) as server:
            scene = Scene(
                server=server,
                candidates=candidates,
                sizes=QUICK_SIZES if asked.quick else SIZES,
                rounds=asked.rounds or (1 if asked.quick else 3),
                only=frozenset(asked.only),
                writes=asked.write,
                tell=lambda line: print(line, file=sys.stderr, flush=True),
            )
            sections[name] = measure(scene)
        print(f"## {title}\n\n{sections[name]}\n", flush=True)
    if asked.write:
        command = " ".join(["python -m benchmarks", *sys.argv[1:]])
        results.keep(sections, {name: each.title for name, each in SCENARIOS.items()}, command)


if __name__ == "__main__":
    main()
