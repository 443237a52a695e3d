"""A tap piped into target-duckdb, through a pump that counts bytes.

The pump gives a kill an exact place: so many bytes have reached the target, and
not one more if the tap is killed. No sleeps, no guesses.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.singer import SCRIPTS, bare_environment

TAP = SCRIPTS / "tap-compleetpersy"
TARGET = (
    Path(__file__).resolve().parents[2] / ".meltano/loaders/target-duckdb/venv/bin/target-duckdb"
)
CHUNK = 1 << 16
SECONDS_TO_END = 60
"""From SIGTERM or SIGINT to the end of the tap, at most: a busy machine is no failure, and who
is held by the target would never end."""

State = dict[str, t.Any]


@dataclass(frozen=True, slots=True)
class Kill:
    """Who is killed, how and when.

    Attributes:
        after: Bytes that the target gets before, at least 1; when fewer come, nobody is killed.
        tap: Signal for the tap, if any.
        target: Signal for the target, if any.
    """

    after: int
    tap: signal.Signals | None = None
    target: signal.Signals | None = None

    @property
    def lets_the_tap_end(self) -> bool:
        """Whether the tap may write what it has to say before it ends."""
        return self.tap != signal.SIGKILL and self.target is None


VICTIMS: Mapping[str, Mapping[str, signal.Signals]] = {
    "tap": {"tap": signal.SIGKILL},
    "target": {"target": signal.SIGKILL},
    "both": {"tap": signal.SIGKILL, "target": signal.SIGKILL},
    "term": {"tap": signal.SIGTERM},
    "int": {"tap": signal.SIGINT},
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run through the pipe ended.

    Attributes:
        tap: Exit code of the tap; negative for a signal.
        target: Exit code of the target.
        bytes: How many went through the pipe.
        states: What the target said of the state, oldest first.
        log: What both wrote to stderr.
    """

    tap: int
    target: int
    bytes: int
    states: tuple[State, ...]
    log: str


@dataclass(frozen=True, slots=True)
class Pipe:
    """The files of both processes, and the warehouse between runs.

    Attributes:
        folder: Where they are.
        config: Settings of the tap.
        catalog: Its catalog.
    """

    folder: Path
    config: Mapping[str, t.Any]
    catalog: Mapping[str, t.Any]

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.folder / "warehouse.duckdb"

    def run(
        self,
        state: State,
        settings: Mapping[str, t.Any] | None = None,
        *,
        kill: Kill | None = None,
        target: Mapping[str, t.Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Ended:
        """Run the tap into the target, and kill when it is time.

        Args:
            state: What was kept of the runs before; empty for the first.
            settings: Settings of the tap for this run.
            kill: Whom to kill when; None for nobody.
            target: Settings of the target for this run.
            environment: Variables to add.
        """
        loader = {
            "filepath": str(self.warehouse),
            "default_target_schema": "persy",
            "temp_dir": str(self.folder),
        }
        files = {
            "config": {**self.config, **(settings or {})},
            "catalog": self.catalog,
            "state": state,
            "target": {**loader, **(target or {})},
        }
        for name, content in files.items():
            (self.folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        words = ["--config", "config.json", "--catalog", "catalog.json"]
        words += ["--state", "state.json"] if state else []
        with (
            (self.folder / "log.txt").open("wb") as log,
            (self.folder / "states.jsonl").open("wb") as states,
            subprocess.Popen(
                [str(TARGET), "--config", "target.json"],
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=states,
                stderr=log,
            ) as target_process,
            subprocess.Popen(
                [str(TAP), *words],
                cwd=self.folder,
                env=bare_environment() | dict(environment or {}),
                stdout=subprocess.PIPE,
                stderr=log,
            ) as tap_process,
        ):
            passed = _pump(tap_process, target_process, kill or Kill(after=0))
        return Ended(
            tap=tap_process.returncode,
            target=target_process.returncode,
            bytes=passed,
            states=tuple(_whole_lines(self.folder / "states.jsonl")),
            log=(self.folder / "log.txt").read_text(encoding="utf-8"),
        )


def _pump(tap: subprocess.Popen[bytes], target: subprocess.Popen[bytes], kill: Kill) -> int:
    """Pass the tap's output on, kill when it is time, and answer how much passed."""
    source, sink = t.cast("t.IO[bytes]", tap.stdout), t.cast("t.IO[bytes]", target.stdin)
    deadline = threading.Timer(SECONDS_TO_END, tap.kill)
    passed = 0
    try:
        while chunk := os.read(source.fileno(), _most(kill.after - passed)):
            rest = memoryview(chunk)
            while rest:
                rest = rest[os.write(sink.fileno(), rest) :]
            passed += len(chunk)
            if passed == kill.after:
                _strike(tap, kill.tap)
                _strike(target, kill.target)
                if not kill.lets_the_tap_end:
                    break
                deadline.start()
    finally:
        source.close()
        sink.close()
        tap.wait(60)
        deadline.cancel()
    return passed


def _most(left: int) -> int:
    """Return how many bytes may pass at once, so many being left before the kill."""
    return min(CHUNK, left) if left > 0 else CHUNK


def _strike(process: subprocess.Popen[bytes], number: signal.Signals | None) -> None:
    if number is not None:
        process.send_signal(number)


def _whole_lines(path: Path) -> t.Iterator[State]:
    """Read the STATE lines that are whole, as Meltano does."""
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)


def merged(old: State, new: State) -> State:
    """Merge a state into another at depth, as Meltano does with ``--full-refresh``.

    Keys that are missing in the new one stay; text, lists and null replace.
    """
    return old | {
        key: merged(old.get(key) or {}, value) if isinstance(value, dict) else value
        for key, value in new.items()
    }
