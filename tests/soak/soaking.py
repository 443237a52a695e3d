"""``make soak``: the tap against a tenant that changes and fails, run after run.

Real processes in turn with one long-lived process that runs the same command line
again and again, both into one DuckDB by the real target-duckdb. The edits are those of
the kills, at all times: also between two pages, and while the target writes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import subprocess
import tempfile
import threading
import time
import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tap_compleetpersy.sandbox.faults import chaos
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.kills.edits import Life
from tests.kills.pipe import TAP, TARGET, State
from tests.kills.truth import expect_the_source
from tests.singer import bare_environment, discover
from tests.soak.again import LongLived, long_lived
from tests.soak.resources import GROWTH, Held, growth, held_by

COMPLETE, DELTA = {"full_sync_hours": 0.0000001}, {"full_sync_hours": 100_000}
RUNS_PER_PASS = 10
RUNS_PER_PROCESS = 3
"""One of so many runs is a process of its own."""
WARM = 2
"""Runs of the long-lived process after which it has all that it ever needs."""
LAST_TRIES = 20
WORDS = ("--config", "config.json", "--catalog", "catalog.json", "--state", "state.json")


@dataclass
class Soak:
    """A tenant, two ways of running the tap, and a warehouse.

    Attributes:
        persy: The tenant.
        life: What happens to its people.
        folder: For files.
        again: The process that lives on.
        state: What the target said last.
        edits: How many there were.
        complete: Runs that ended well.
        failed: Runs that failed loudly.
        held: What the long-lived process held after each of its runs.
        peaks: The most memory of each process that ran once, in KiB.
    """

    persy: Sandbox
    life: Life
    folder: Path
    again: LongLived
    state: State = field(default_factory=dict)
    edits: int = 0
    complete: int = 0
    failed: int = 0
    held: list[Held] = field(default_factory=list)
    peaks: list[int] = field(default_factory=list)

    @property
    def runs(self) -> int:
        """Runs so far."""
        return self.complete + self.failed

    @property
    def faults(self) -> int:
        """How often the tenant's server has failed."""
        options = self.persy.options
        asked = range(len(self.persy.requests))
        return sum(chaos(options.chaos, options.seed, n) is not None for n in asked)

    @contextlib.contextmanager
    def restless(self, seconds: float) -> Iterator[None]:
        """Let something happen every so many seconds during the block."""
        end = threading.Event()

        def live() -> None:
            while not end.wait(seconds):
                self.life.happens(self.state, self.persy.options.candidates)
                self.edits += 1

        thread = threading.Thread(target=live)
        thread.start()
        try:
            yield
        finally:
            end.set()
            thread.join()

    def sync(self, settings: Mapping[str, t.Any]) -> bool:
        """Run the tap into the warehouse, and tell whether it ended well.

        Raises:
            AssertionError: It neither ended well nor failed with one line.
        """
        (self.folder / "config.json").write_text(json.dumps(config_of(self.persy, settings)))
        (self.folder / "state.json").write_text(json.dumps(self.state))
        way = self._long_lived if self.runs % RUNS_PER_PROCESS else self._once
        code, states = way()
        log = (self.folder / "log.txt").read_text(encoding="utf-8")
        assert code in {0, 1}, log
        assert log.count(" ERROR ") == code, log
        assert "Traceback" not in log, log
        for line in states.splitlines():
            self.state = json.loads(line)
        self.complete += code == 0
        self.failed += code == 1
        return code == 0

    def _once(self) -> tuple[int, bytes]:
        """Pipe a process into the target."""
        with (
            (self.folder / "log.txt").open("wb") as log,
            subprocess.Popen(
                [TAP, *WORDS],
                cwd=self.folder,
                env=bare_environment(),
                stdout=subprocess.PIPE,
                stderr=log,
            ) as tap,
        ):
            output = t.cast("t.IO[bytes]", tap.stdout)
            with self._target(output) as target:
                output.close()
                self.peaks.append(_peak_of(tap))
                states, _ = target.communicate()
        assert target.returncode == 0, self._complaint()
        return tap.returncode, states

    def _long_lived(self) -> tuple[int, bytes]:
        """Have the long-lived process write a file, and the target read it."""
        path = self.folder / "output.jsonl"
        code = self.again.run(WORDS, path, self.folder / "log.txt")
        held = held_by(self.again.process.pid)
        assert held is not None
        self.held.append(held)
        with path.open("rb") as output, self._target(output) as target:
            states, _ = target.communicate()
        assert target.returncode == 0, self._complaint()
        return code, states

    def _target(self, source: t.IO[bytes]) -> subprocess.Popen[bytes]:
        with (self.folder / "target.txt").open("wb") as log:
            return subprocess.Popen(
                [TARGET, "--config", "target.json"],
                cwd=self.folder,
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def _complaint(self) -> str:
        return (self.folder / "target.txt").read_text(encoding="utf-8")

    def expect_flat(self) -> None:
        """Compare the end with the middle, once all is warm."""
        warm = self.held[WARM:]
        assert len({(held.descriptors, held.threads) for held in warm}) == 1, warm
        assert growth([held.memory for held in warm]) <= GROWTH, warm
        assert growth(self.peaks) <= GROWTH, self.peaks

    def expect_the_source(self) -> None:
        """With nobody editing, one pass that ends well leaves exactly what there is."""
        assert any(self.sync(COMPLETE) for _ in range(LAST_TRIES))
        expect_the_source(self.warehouse, self.persy.store, self.life.gone)

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.folder / "warehouse.duckdb"

    def __str__(self) -> str:
        """Return what was done and what is held, in one line."""
        held = self.held[-1]
        return (
            f"{self.runs} runs ({self.complete} complete, {self.failed} failed loudly), "
            f"{self.edits} edits, {self.faults} faults in {len(self.persy.requests)} requests; "
            f"held: {held.memory // 1024} MiB, {held.descriptors} descriptors, {held.threads} "
            f"threads; peak of one run: {self.peaks[-1] // 1024} MiB"
        )


def config_of(persy: Sandbox, settings: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return the settings of one run."""
    return {
        "api_url": persy.url,
        "api_key": persy.api_key,
        "page_size": 50,
        "lookback_seconds": 30,
        "deletion_limit_percent": 100,
        **settings,
    }


def _peak_of(process: subprocess.Popen[bytes]) -> int:
    """Watch a process to its end, and answer the most memory that it had, in KiB."""
    peak = 0
    while True:
        held = held_by(process.pid)
        peak = held.peak if held else peak
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
            return peak


@contextlib.contextmanager
def soaking(folder: Path, options: Options) -> Iterator[Soak]:
    """Start a tenant and the process that lives on."""
    with running(options) as persy, long_lived(folder) as again:
        (folder / "catalog.json").write_text(json.dumps(_catalog(persy, folder)))
        target = {
            "filepath": str(folder / "warehouse.duckdb"),
            "default_target_schema": "persy",
            "temp_dir": str(folder),
        }
        (folder / "target.json").write_text(json.dumps(target))
        soak = Soak(persy, Life(persy.store, random.Random(options.seed)), folder, again)
        try:
            yield soak
        finally:
            again.end()


def _catalog(persy: Sandbox, folder: Path) -> Mapping[str, t.Any]:
    """Discover, however often the server fails."""
    for _ in range(LAST_TRIES):
        with contextlib.suppress(subprocess.CalledProcessError):
            return discover(config_of(persy, {}), folder)
    message = "no catalog"
    raise RuntimeError(message)


def soak_for(
    seconds: float, soak: Soak, edit_seconds: float, tell: Callable[[Soak], object]
) -> None:
    """Sync until the time is over and at least some runs are compared; then expect the best."""
    end = time.monotonic() + seconds
    with soak.restless(edit_seconds):
        while time.monotonic() < end or len(soak.held) < 3 * WARM:
            soak.sync(DELTA if soak.runs % RUNS_PER_PASS else COMPLETE)
            tell(soak)
    soak.expect_the_source()
    soak.expect_flat()


def main(words: Sequence[str]) -> None:
    """Soak for a while, and show figures once a minute."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(words)
    started = time.monotonic()
    told = -1

    def tell(soak: Soak) -> None:
        nonlocal told
        minute = int((time.monotonic() - started) / 60)
        if minute > told and soak.held:
            told = minute
            print(f"{minute:3} min: {soak}", flush=True)

    options = Options(candidates=200, seed=chosen.seed, chaos=0.05)
    with tempfile.TemporaryDirectory() as name, soaking(Path(name), options) as soak:
        soak_for(chosen.seconds, soak, 0.5, tell)
        print(f"    end: {soak}")
        memory = growth([held.memory for held in soak.held[WARM:]])
        print(f"Flat: {memory:.3f} times the memory, {growth(soak.peaks):.3f} times the peak.")
        print("The warehouse equals its source.")
