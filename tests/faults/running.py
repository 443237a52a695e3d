"""Runs of the tap as processes of their own, one after the other, without their start-up."""

from __future__ import annotations

import json
import subprocess
import sys
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.meltano import ROOT
from tests.singer import Message, Run, bare_environment


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has ended.

    Attributes:
        run: What it wrote.
        stdout: The same as bytes.
        peak_mib: Most memory that it had.
    """

    run: Run
    stdout: bytes
    peak_mib: float


class Taps:
    """Starts the tap, as often as wanted."""

    def __init__(self) -> None:
        """Start the process that all runs are copies of."""
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"],
            cwd=ROOT,
            env=bare_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End that process."""
        self._zygote.communicate()

    def run(  # noqa: PLR0913 - what a process is started with
        self,
        folder: Path,
        config: Mapping[str, t.Any],
        *arguments: str,
        state: Message | None = None,
        catalog: Message | None = None,
        environment: Mapping[str, str] | None = None,
        memory: int | None = None,
        closed_stdout: bool = False,
        started: Callable[[int], object] = lambda _: None,
    ) -> Ended:
        """Run ``tap-compleetpersy`` to its end.

        Args:
            folder: For files; also where it runs.
            config: Content of the config file.
            arguments: Further words of the command line.
            state: Content of the state file, if any.
            catalog: Content of the catalog file, if any.
            environment: Variables to add.
            memory: Limit of its address space, in bytes.
            closed_stdout: Whether nobody reads what it writes.
            started: Gets the number of its process.
        """
        words = list(arguments)
        for name, content in (("config", config), ("state", state), ("catalog", catalog)):
            if content is not None:
                (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
                words += [f"--{name}", f"{name}.json"]
        wanted = {
            "folder": str(folder),
            "arguments": words,
            "environment": dict(environment or {}),
            "memory": memory,
            "closed_stdout": closed_stdout,
        }
        started(self._ask(json.dumps(wanted))[0])
        exit_code, peak = self._ask()
        stdout = (folder / "stdout").read_bytes()
        is_messages = not arguments
        messages = tuple(map(json.loads, stdout.splitlines())) if is_messages else ()
        log = (folder / "stderr").read_text(encoding="utf-8")
        return Ended(Run(messages, log, exit_code), stdout, peak / 1024)

    def _ask(self, line: str = "") -> list[int]:
        assert self._zygote.stdin
        assert self._zygote.stdout
        if line:
            self._zygote.stdin.write(f"{line}\n")
            self._zygote.stdin.flush()
        return [int(number) for number in self._zygote.stdout.readline().split()]
