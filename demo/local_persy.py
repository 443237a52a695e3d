"""The local Persy of the demo, as a process of its own, and what has happened in it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CANDIDATES = 250
SECONDS_TO_END = 10


class DemoError(Exception):
    """The demo cannot go on; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Change:
    """One edit through the admin API.

    Attributes:
        what: The edit as a sentence, for people.
        method: HTTP method.
        path: Below `/__admin`.
        body: Sent as JSON.
        at: When it happens there, ISO 8601 with an offset.
    """

    what: str
    method: str
    path: str
    body: dict[str, t.Any]
    at: str


@dataclass(frozen=True, slots=True)
class History:
    """What makes the local Persy the same at every start.

    Attributes:
        now: Its first day, ISO 8601 with an offset.
        port: Where it listens. The address of a tenant is part of the tap's state, so
            it stays the same; 0 before the first start.
        changes: All edits of the days since, in their order.
    """

    now: str
    port: int = 0
    changes: tuple[Change, ...] = ()

    @classmethod
    def load(cls, path: Path) -> History:
        """Read what an earlier demo saved."""
        content = json.loads(path.read_text(encoding="utf-8"))
        content["changes"] = tuple(Change(**change) for change in content["changes"])
        return cls(**content)

    def save(self, path: Path) -> None:
        """Write it for the next demo."""
        text = json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=1)
        path.write_text(text, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class LocalPersy:
    """A running local Persy.

    Attributes:
        settings: What the tap needs to reach it, as environment variables.
    """

    settings: dict[str, str]

    @property
    def url(self) -> str:
        """The base URL of its API."""
        return self.settings["TAP_COMPLEETPERSY_API_URL"]

    @property
    def port(self) -> int:
        """Where it listens."""
        return t.cast("int", urlsplit(self.url).port)

    def apply(self, changes: Sequence[Change]) -> None:
        """Make edits, each at its time."""
        for change in changes:
            self._ask("PUT", "/clock", {"now": change.at})
            self._ask(change.method, change.path, change.body)

    def _ask(self, method: str, path: str, body: dict[str, t.Any]) -> None:
        address = f"http://{urlsplit(self.url).netloc}/__admin{path}"
        requests.request(method, address, json=body, timeout=60).raise_for_status()


@contextlib.contextmanager
def running(history: History) -> Iterator[LocalPersy]:
    """Start the local Persy as it was; it ends with the context, however that ends.

    Raises:
        DemoError: When it does not start.
    """
    command = [str(Path(sys.executable).with_name("persy")), "sandbox", "--admin"]
    options = [f"--candidates={CANDIDATES}", f"--now={history.now}", f"--port={history.port}"]
    process = subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        persy = LocalPersy(_announced(process))
        persy.apply(history.changes)
        yield persy
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _announced(process: subprocess.Popen[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for line in t.cast("t.IO[str]", process.stdout):
        if line.strip() == "ready":
            return settings
        name, _, value = line.strip().partition("=")
        settings[name] = value
    _, errors = process.communicate()
    message = f"The local Persy does not start. `make demo-reset` may help.\n{errors.strip()}"
    raise DemoError(message)
