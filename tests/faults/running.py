"""Runs of the tap as processes of their own, which wait for nothing."""

from __future__ import annotations

import functools
import json
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.forkserver import ForkServer
from tests.singer import LATER, SCRIPTS, Message, Run, bare_environment

MEMORY = 2**30
"""Address space of a run in bytes: less than a bomb needs."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has ended.

    Attributes:
        run: What it wrote.
        stdout: The same as bytes.
    """

    run: Run
    stdout: bytes


@functools.cache
def tap() -> ForkServer:
    """Return a server of the tap that waits for nothing."""
    return ForkServer(SCRIPTS / "tap-compleetpersy", "tests.faults.impatient:main", *LATER)


def run_tap(  # noqa: PLR0913 - what a process is started with
    folder: Path,
    config: Mapping[str, t.Any],
    *arguments: str,
    state: Message | None = None,
    catalog: Message | None = None,
    environment: Mapping[str, str] | None = None,
    closed_stdout: bool = False,
    started: Callable[[int], object] = lambda _: None,
) -> Ended:
    """Run ``tap-compleetpersy`` to its end, with little memory.

    Args:
        folder: For files; also where it runs.
        config: Content of the config file.
        arguments: Further words of the command line.
        state: Content of the state file, if any.
        catalog: Content of the catalog file, if any.
        environment: Variables to add.
        closed_stdout: Whether nobody reads what it writes.
        started: Gets the number of its process.
    """
    words = list(arguments)
    for name, content in (("config", config), ("state", state), ("catalog", catalog)):
        if content is not None:
            (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
            words += [f"--{name}", f"{name}.json"]
    done = tap().run(
        words,
        cwd=folder,
        env=bare_environment() | dict(environment or {}),
        timeout=120,
        address_space=MEMORY,
        closed_stdout=closed_stdout,
        started=started,
    )
    messages = () if arguments else tuple(map(json.loads, done.stdout.splitlines()))
    return Ended(Run(messages, done.stderr.decode(), done.returncode), done.stdout)
