"""One process that runs the tap's command line again and again.

Each line of stdin is a run, as JSON: the words of the command line, and the files for
its stdout and stderr. When it has ended, its exit code is the next line on stdout.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import typing as t
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tap_compleetpersy.tap import TapCompleetpersy
from tests.singer import bare_environment

ROOT = Path(__file__).resolve().parents[2]
STREAMS = (1, 2)


@dataclass(frozen=True, slots=True)
class LongLived:
    """The process, from outside."""

    process: subprocess.Popen[str]

    def run(self, words: Sequence[str], output: Path, log: Path) -> int:
        """Run the tap once more in the process, and answer its exit code."""
        task = {"words": list(words), "files": [str(output), str(log)]}
        sink, source = t.cast("t.IO[str]", self.process.stdin), self.process.stdout
        sink.write(json.dumps(task) + "\n")
        sink.flush()
        return int(t.cast("t.IO[str]", source).readline())

    def end(self) -> None:
        """Let the process end."""
        t.cast("t.IO[str]", self.process.stdin).close()


@contextlib.contextmanager
def long_lived(folder: Path) -> Iterator[LongLived]:
    """Start the process, and end it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.soak.again", str(folder)],
        cwd=ROOT,
        env=bare_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield LongLived(process)


def main(folder: str) -> None:
    """Run the tap as often as asked."""
    os.chdir(folder)
    with os.fdopen(os.dup(1), "w", encoding="ascii") as answers:
        for line in sys.stdin:
            task = json.loads(line)
            # The SDK adds a handler with each start, since a process starts once.
            logging.getLogger().handlers.clear()
            with _redirected(task["files"]):
                code = _exit_code(task["words"])
            answers.write(f"{code}\n")
            answers.flush()


def _exit_code(words: Sequence[str]) -> int:
    try:
        TapCompleetpersy.cli(args=list(words))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


@contextlib.contextmanager
def _redirected(files: Sequence[str]) -> Iterator[None]:
    """Have stdout and stderr be files, below what Python knows of them."""
    with contextlib.ExitStack() as stack:
        for number, path in zip(STREAMS, files, strict=True):
            before = os.dup(number)
            stack.callback(os.close, before)
            stack.callback(os.dup2, before, number)
            with Path(path).open("wb") as file:
                os.dup2(file.fileno(), number)
        yield
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
