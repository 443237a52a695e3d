"""A Meltano project for one test: this repository's definitions and environments."""

from __future__ import annotations

import functools
import shutil
import subprocess
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.forkserver import ForkServer
from tests.singer import bare_environment

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with ``meltano.yml``, a state of its own, and the installed plugins.

    Attributes:
        folder: Where it is.
        environment: Variables of every run.
        timeout: Seconds until a run is killed.
    """

    folder: Path
    environment: Mapping[str, str]
    timeout: float

    def meltano(self, *words: str, **settings: str) -> str:
        """Run Meltano and answer what it printed.

        Raises:
            AssertionError: When Meltano fails, with its output.
        """
        done = self.attempt(*words, **settings)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def attempt(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run Meltano, whether it succeeds or not."""
        done = meltano().run(
            words,
            cwd=self.folder,
            env=bare_environment() | dict(self.environment) | settings,
            timeout=self.timeout,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )


@functools.cache
def meltano() -> ForkServer:
    """Return a server of Meltano, started when it is first needed; plugins start as ever."""
    return ForkServer(
        ROOT / ".venv-meltano" / "bin" / "meltano",
        "meltano.cli:main",
        *("alembic", "sqlalchemy.dialects.sqlite", "tomllib"),
        *(f"meltano.core.state_store.{store}" for store in ("azure", "google", "s3")),
    )


def make_project(folder: Path, environment: Mapping[str, t.Any], timeout: float = 300) -> Project:
    """Make a project that shares nothing with others but the plugins' environments."""
    for name in ("meltano.yml", "pyproject.toml"):
        shutil.copyfile(ROOT / name, folder / name)
    for name in ("dbt", "deploy", "requirements"):
        (folder / name).symlink_to(ROOT / name)
    for kind in ("extractors", "loaders", "utilities"):
        (folder / ".meltano").mkdir(exist_ok=True)
        (folder / ".meltano" / kind).symlink_to(ROOT / ".meltano" / kind)
    return Project(folder, {name: str(value) for name, value in environment.items()}, timeout)
