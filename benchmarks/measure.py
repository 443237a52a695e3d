"""One run of one command: what it takes, and what it says."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.environments import ROOT

_KIND = re.compile(rb'^\{"type": ?"([A-Z_]+)"')
_COUNT = re.compile(rb'"metric": ?"record_count", ?"value": ?(\d+)')


class FailedRunError(Exception):
    """A contestant did not end well; the end of its log says why."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one process took.

    Attributes:
        seconds: Wall clock, start and end of the process included.
        cpu_seconds: User and system, of its own processes too.
        peak_bytes: Largest resident set of one process.
        messages: Lines on stdout by their type; lines without one are empty text.
        log_lines: Lines on stderr.
        counted: Records by its own metrics, where the output was thrown away.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    messages: Counter[str] = field(default_factory=Counter)
    log_lines: int = 0
    counted: int = 0

    @property
    def records(self) -> int:
        """Records written."""
        return self.messages["RECORD"] or self.counted


def measure(
    command: Sequence[str],
    folder: Path,
    variables: Mapping[str, str] | None = None,
    *,
    keep_output: bool = True,
) -> Measurement:
    """Run a command with its output in a file.

    The kernel counts the memory of the process that starts another one towards the
    other's peak, so this one must stay smaller than any contestant.

    Args:
        command: Program and arguments.
        folder: Takes the output, and is home and working folder.
        variables: Environment variables beside the usual few.
        keep_output: Count its messages; otherwise they go nowhere.

    Raises:
        FailedRunError: When the exit code is not 0.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        **(variables or {}),
    }
    output, log = folder / "output", folder / "log"
    with (output if keep_output else Path(os.devnull)).open("wb") as out, log.open("wb") as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, cwd=folder, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{command[0]} ended with {process.returncode}:\n{log.read_text()[-2000:]}"
        raise FailedRunError(message)
    lines, counted = _read_log(log)
    return Measurement(
        seconds,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss * 1024,
        _messages(output) if keep_output else Counter(),
        lines,
        counted,
    )


def _messages(output: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    with output.open("rb") as lines:
        for line in lines:
            kind = _KIND.match(line)
            found[kind[1].decode() if kind else ""] += 1
    return found


def _read_log(log: Path) -> tuple[int, int]:
    number, counted = 0, 0
    with log.open("rb") as lines:
        for line in lines:
            number += 1
            counted += sum(int(count) for count in _COUNT.findall(line))
    return number, counted
