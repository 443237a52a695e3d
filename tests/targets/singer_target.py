"""A target: what is installed, how it is set, and how its rows are read."""

from __future__ import annotations

import contextlib
import json
import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.targets.story import ALL, Outcome, Tables
from tests.warehouse.postgres import Postgres, running_postgres

SCHEMA = "persy"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a target works.

    Attributes:
        folder: For its files; its name is unique.
        python: Of its environment.
        server: What it loads into, if it is a server.
    """

    folder: Path
    python: Path
    server: t.Any = None

    @property
    def output(self) -> Path:
        """A folder that exists, for what it writes."""
        folder = self.folder / "output"
        folder.mkdir(exist_ok=True)
        return folder


@contextlib.contextmanager
def no_server(_: Path) -> Iterator[None]:
    """Yield nothing: the target writes files."""
    yield None


@contextlib.contextmanager
def postgres(_: Path) -> Iterator[Postgres]:
    """Yield a PostgreSQL server."""
    with running_postgres() as server:
        yield server


@dataclass(frozen=True, slots=True)
class Target:
    """A target.

    Attributes:
        requirements: What is installed, pinned; the first is the target.
        program: Its command; `python`, where it is a script.
        config: Its settings.
        read: Its rows.
        outcome: What it makes of a tenant: the row of docs/targets.md.
        notes: What to expect, for docs/targets.md.
        server: What it loads into.
        tap: Settings of the tap that it needs.
        environment: Variables that it needs.
        fast: Whether it runs in `make test`.
        python: The version of Python that it needs, if that is not the tests' own.
        error: A part of what it says where it fails.
        label: What docs/targets.md calls it, where that is not its name on PyPI.
        script: The program that `python` runs, where it is one.
    """

    requirements: tuple[str, ...]
    program: str
    config: Callable[[Spot], Mapping[str, t.Any]]
    read: Callable[[Spot], Tables]
    outcome: Outcome = ALL
    notes: str = ""
    server: Callable[[Path], contextlib.AbstractContextManager[t.Any]] = no_server
    tap: Mapping[str, t.Any] = field(default_factory=dict)
    environment: Callable[[Spot], Mapping[str, str]] = lambda _: {}
    fast: bool = False
    python: str = ""
    error: str = ""
    label: str = ""
    script: Callable[[Spot], str] | None = None

    @property
    def title(self) -> str:
        """What docs/targets.md calls it."""
        return self.label or self.name

    @property
    def name(self) -> str:
        """Its name on PyPI."""
        return self.requirements[0].partition("==")[0].partition("[")[0]

    @property
    def version(self) -> str:
        """Its version."""
        return self.requirements[0].partition("==")[2]

    def command(self, spot: Spot) -> Sequence[str]:
        """Return its command, after writing what that reads."""
        config = spot.folder / "target.json"
        config.write_text(json.dumps(self.config(spot)), encoding="utf-8")
        words = [str(spot.python.parent / self.program)]
        if self.script is not None:
            program = spot.folder / "target.py"
            program.write_text(self.script(spot), encoding="utf-8")
            words.append(str(program))
        return [*words, "--config", str(config)]
