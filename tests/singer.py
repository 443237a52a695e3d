"""Run the tap as its users do, as a process, and read what it says."""

from __future__ import annotations

import functools
import json
import os
import sys
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.forkserver import ForkServer

Message = dict[str, t.Any]

SCRIPTS = Path(sys.executable).parent

LATER = (
    *("tap_compleetpersy.api.transport", "tap_compleetpersy.sync.catalog"),
    *("tap_compleetpersy.sync.session", "multiprocessing.popen_fork"),
    *("babel.dates", "babel.numbers", "email.policy", "email_validator"),
)
"""What the tap imports when it needs it."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the tap wrote.

    Attributes:
        messages: The lines of stdout, decoded.
        log: All of stderr.
        exit_code: 0 for success.
    """

    messages: tuple[Message, ...]
    log: str
    exit_code: int

    def of(self, kind: str, stream: str | None = None) -> list[Message]:
        """Select messages by type and stream."""
        return [
            message
            for message in self.messages
            if message["type"] == kind and stream in {None, message.get("stream")}
        ]

    def records(self, stream: str) -> list[Message]:
        """Select the records of a stream, in order."""
        return [message["record"] for message in self.of("RECORD", stream)]

    def rows(self, stream: str) -> dict[str, Message]:
        """Upsert the records by id, as a target does."""
        return {record["id"]: record for record in self.records(stream)}

    @property
    def state(self) -> Message:
        """The last STATE."""
        return t.cast("Message", self.of("STATE")[-1]["value"])


def run_tap(
    config: Mapping[str, t.Any],
    folder: Path,
    *arguments: str,
    state: Message | None = None,
    catalog: Message | None = None,
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Run ``tap-compleetpersy`` in an environment without settings of its own.

    Args:
        config: Content of the config file.
        folder: For the files that are passed.
        arguments: Further words of the command line.
        state: Content of the state file, if any.
        catalog: Content of the catalog file, if any.
        environment: Variables to add.
    """
    words = [*arguments]
    for name, content in (("config", config), ("state", state), ("catalog", catalog)):
        if content is not None:
            path = folder / f"{name}.json"
            path.write_text(json.dumps(content), encoding="utf-8")
            words += [f"--{name}", str(path)]
    finished = tap().run(
        words, cwd=folder, env=bare_environment() | dict(environment or {}), timeout=120
    )
    lines = finished.stdout.splitlines()  # of bytes: text has more ends of lines than \n
    is_messages = "--discover" not in arguments and "--about" not in arguments
    return Run(
        messages=tuple(map(json.loads, lines)) if is_messages else (),
        log=finished.stderr.decode("utf-8"),
        exit_code=finished.returncode,
    )


def discover(config: Mapping[str, t.Any], folder: Path) -> Message:
    """Run ``tap-compleetpersy --discover`` and answer the catalog."""
    path = folder / "discover.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    words = ["--config", str(path), "--discover"]
    finished = tap().run(words, cwd=folder, env=bare_environment(), timeout=120)
    finished.check_returncode()
    return t.cast("Message", json.loads(finished.stdout))


@functools.cache
def tap() -> ForkServer:
    """Return a server of ``tap-compleetpersy``, started when it is first needed."""
    return ForkServer(
        SCRIPTS / "tap-compleetpersy",
        "tap_compleetpersy.tap:TapCompleetpersy.cli",
        *LATER,
    )


def bare_environment() -> dict[str, str]:
    """Return this process's environment without settings of the tap."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TAP_COMPLEETPERSY_", "MELTANO_"))
    }
