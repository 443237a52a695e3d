"""``make simulation``: fifty tenants through Dagster's executor on this machine, and figures.

Each tenant is a local Persy in this process, with a wire format of its own, whose requests
fail at random. The first pass is complete, the second a delta; after each, the warehouse must
equal every source. What thousands of tenants need follows from the figures by a formula.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import platform as machine
import re
import resource
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.table import markdown
from tap_compleetpersy.sandbox.options import AUTHENTICATIONS, SHAPES, Options
from tests.meltano import ROOT
from tests.profiles.comparison import STREAMS
from tests.soak.resources import held_by
from tests.tenants.platform import Platform, platform

PAGE = ROOT / "docs" / "dagster.md"
MARKED = re.compile(r"(?<=<!-- simulation -->\n).*?(?=<!-- /simulation -->)", re.DOTALL)
CHAOS = 0.05
EDITED = 0.01
HOURS = 3
TENANTS_OF_THE_PLAN = 5_000
DAY = 86_400
BUSY = 0.6
"""Part of the time that a worker is planned to work: schedules come in waves."""

SECONDS_BETWEEN_LOOKS = 0.5
KIND = {
    "tap-compleetpersy": "tap",
    "target-postgres": "target",
    "meltano": "Meltano",
    "dagster": "Dagster",
}
"""A word of the command to what the process is."""


class NotExactError(Exception):
    """The warehouse is not what the tenants have."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one run of all tenants took.

    Attributes:
        seconds: Of the clock.
        cpu_seconds: Of all processes but the local Persys.
        records: Rows that it wrote.
        requests: That the local Persys answered, faults included.
        retries: Runs of a tenant that failed and were tried again.
        memory: Kind of process to the most that one of it held, in bytes; `all` is their sum.
    """

    seconds: float
    cpu_seconds: float
    records: int
    requests: int
    retries: int
    memory: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured.

    Attributes:
        tenants: How many.
        candidates: Of each.
        complete: The first pass.
        delta: The second.
        state_bytes: Of one tenant in Meltano's database, on average.
        catalog_bytes: Of one tenant in its folder, on average.
    """

    tenants: int
    candidates: int
    complete: Pass
    delta: Pass
    state_bytes: float
    catalog_bytes: float


def profiles(tenants: int, candidates: int, seed: int) -> dict[str, Options]:
    """Make the options of each tenant: shapes, credentials and paging in turn."""
    wires = itertools.product(("page", "offset", "cursor", "link"), AUTHENTICATIONS, SHAPES)
    return {
        f"tenant_{number:03}": Options(
            candidates=candidates,
            seed=seed + number,
            chaos=CHAOS,
            shape=shape,
            auth=auth,
            pagination=pagination,
        )
        for number, (pagination, auth, shape) in zip(
            range(1, tenants + 1), itertools.cycle(wires), strict=False
        )
    }


def simulate(folder: Path, tenants: int, candidates: int, seed: int) -> Figures:
    """Run a complete pass and a delta of all tenants.

    Raises:
        NotExactError: When a run fails, or the warehouse is not exact after it.
    """
    with platform(folder, profiles(tenants, candidates, seed)) as place:
        place.write_tenants(
            place.tenants, retries=5, retry_seconds=1, settings={"request_timeout": 5}
        )
        complete = measured(place)
        for persy in place.tenants.values():
            for person in persy.store.candidates()[:: round(1 / EDITED)]:
                persy.store.edit(person.remote_id, last_name=f"{person.last_name}-Neu")
        delta = measured(place)
        states = place.states().values()
        catalogs = [*(folder / "runs").glob("*/.meltano/run/tap-*/tap.properties.json")]
        return Figures(
            tenants,
            candidates,
            complete,
            delta,
            sum(len(state) for state in states) / tenants,
            sum(catalog.stat().st_size for catalog in catalogs) / tenants,
        )


def measured(place: Platform) -> Pass:
    """Run the job `sync` of all tenants, and see that the warehouse equals them."""
    begun = datetime.now(UTC)
    for persy in place.tenants.values():
        persy.requests.clear()
    with watched() as memory:
        start, used = time.perf_counter(), cpu_seconds()
        done = place.execute("sync")
        seconds, cpu = time.perf_counter() - start, cpu_seconds() - used
    if done.returncode:
        raise NotExactError(done.stderr[-5000:])
    if wrong := [one for one in place.tenants if place.loaded(one) != place.expected(one)]:
        raise NotExactError(", ".join(wrong))
    observed = f"where changed_at >= '{begun:%Y-%m-%d %H:%M:%S}'"
    counts = (f"select count(*) from persy.{name} {observed}" for name in STREAMS)  # noqa: S608
    return Pass(
        seconds,
        cpu,
        sum(place.rows(count)[0][0] for count in counts),
        sum(len(persy.requests) for persy in place.tenants.values()),
        done.stderr.count("STEP_UP_FOR_RETRY"),
        memory,
    )


def cpu_seconds() -> float:
    """Return what all processes have used that were started here and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@contextlib.contextmanager
def watched() -> Iterator[Mapping[str, int]]:
    """Look at the memory of all processes below this one for the time of a block."""
    most: dict[str, int] = {}
    over = threading.Event()
    thread = threading.Thread(target=look, args=(most, over))
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def look(most: dict[str, int], over: threading.Event) -> None:
    """Keep the most that one process of each kind holds, and all of them together."""
    while not over.wait(SECONDS_BETWEEN_LOOKS):
        together = 0
        for process in below(os.getpid()):
            kind, held = kind_of(process), held_by(process)
            if kind and held:
                together += held.memory * 1024
                most[kind] = max(most.get(kind, 0), held.memory * 1024)
        most["all"] = max(most.get("all", 0), together)


def below(process: int) -> Iterator[int]:
    """List the processes that a process has started, and those that they have."""
    try:
        listed = [path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children")]
    except (FileNotFoundError, ProcessLookupError):
        return
    for child in map(int, " ".join(listed).split()):
        yield child
        yield from below(child)


def kind_of(process: int) -> str | None:
    """Return what a process is by its command; None when it is nothing of a run."""
    try:
        words = Path(f"/proc/{process}/cmdline").read_text(errors="replace").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return None
    programs = {Path(word).name for word in words[:2]}
    return next((kind for program, kind in KIND.items() if program in programs), None)


def table(figures: Figures) -> str:
    """Write the figures as Markdown."""
    tenants, both = figures.tenants, (figures.complete, figures.delta)
    edited = f"{figures.candidates * EDITED:.0f} of {figures.candidates:,} edited"
    head = f"{tenants} tenants of {figures.candidates:,} candidates"
    kinds = (*KIND.values(), "all")
    return markdown(
        [head, "complete pass", f"delta, {edited}"],
        [
            ["seconds", *(f"{one.seconds:,.0f}" for one in both)],
            ["records", *(f"{one.records:,}" for one in both)],
            ["records a second", *(f"{one.records / one.seconds:,.0f}" for one in both)],
            ["CPU seconds for a tenant", *(f"{one.cpu_seconds / tenants:.1f}" for one in both)],
            ["requests for a tenant", *(f"{one.requests / tenants:.1f}" for one in both)],
            ["runs that failed and were tried again", *(f"{one.retries}" for one in both)],
            *(
                [
                    f"most memory, {kind}",
                    *(f"{one.memory.get(kind, 0) / 1e6:.0f} MB" for one in both),
                ]
                for kind in kinds
            ),
        ],
    )


def plan(figures: Figures, tenants: int) -> str:
    """Write what many tenants need, as Markdown; docs/dagster.md has the formula."""
    runs = 24 // HOURS
    complete, delta = figures.complete, figures.delta

    def a_day(whole: float, part: float) -> list[float]:
        of_one = [passes * whole + (runs - passes) * part for passes in (1, runs)]
        return [tenants * used / figures.tenants for used in of_one]

    seconds = a_day(complete.cpu_seconds, delta.cpu_seconds)
    requests = a_day(complete.requests, delta.requests)
    return markdown(
        [
            f"{tenants:,} tenants, {runs} runs a day",
            f"one complete pass, {runs - 1} deltas",
            f"{runs} complete passes",
        ],
        [
            ["processors", *(f"{used / DAY / BUSY:,.0f}" for used in seconds)],
            ["requests a second, on average", *(f"{made / DAY:.1f}" for made in requests)],
            ["states, MB", f"{tenants * figures.state_bytes / 1e6:,.0f}", "the same"],
            ["catalogs, MB", f"{tenants * figures.catalog_bytes / 1e6:,.0f}", "the same"],
        ],
    )


def described(figures: Figures) -> str:
    """Write all of it, with the day and the machine."""
    sizes = f"{figures.state_bytes / 1e3:.0f} kB of state, {figures.catalog_bytes / 1e3:.0f} kB"
    return (
        f"{table(figures)}\n\nEach tenant keeps {sizes} of catalog. {datetime.now(UTC):%Y-%m-%d},"
        f" {os.cpu_count()} processors, Python {machine.python_version()}, chaos {CHAOS}.\n\n"
        f"{plan(figures, TENANTS_OF_THE_PLAN)}\n"
    )


def main() -> None:
    """Run it, print the tables, and put them into the page when asked to."""
    parser = argparse.ArgumentParser(prog="make simulation")
    parser.add_argument("--tenants", type=int, default=50)
    parser.add_argument("--candidates", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="into docs/dagster.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tenants-") as folder:
        figures = simulate(Path(folder), asked.tenants, asked.candidates, asked.seed)
    text = described(figures)
    print(text)
    if asked.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(MARKED.sub(lambda _: text, page), encoding="utf-8")


if __name__ == "__main__":
    main()
