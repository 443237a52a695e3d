"""dbt over what the tap loaded: Meltano's environment of it, without Meltano's start."""

from __future__ import annotations

import functools
import subprocess
import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.forkserver import ForkServer
from tests.meltano import ROOT
from tests.singer import bare_environment

BIN = ROOT / ".meltano" / "utilities" / "dbt-duckdb" / "venv" / "bin"


@functools.cache
def program() -> ForkServer:
    """Return a server of dbt, started when it is first needed."""
    adapters = ("dbt.adapters.duckdb", "dbt.adapters.postgres")
    return ForkServer(BIN / "dbt", "dbt.cli.main:cli", *adapters)


Run = Callable[..., subprocess.CompletedProcess[bytes]]


def run_dbt(words: Sequence[str], **more: t.Any) -> subprocess.CompletedProcess[bytes]:
    """Run dbt with DuckDB's and PostgreSQL's adapters."""
    return program().run(words, **more)


@dataclass(frozen=True, slots=True)
class Models:
    """The package over one warehouse.

    Attributes:
        folder: What dbt compiles and logs.
        output: Of the profile.
        environment: Where the warehouse is.
        run: Runs dbt with its adapter.
    """

    folder: Path
    output: str
    environment: Mapping[str, str]
    run: Run = run_dbt

    def dbt(self, *words: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
        """Run dbt, whether it succeeds or not."""
        own = {
            "DBT_PROJECT_DIR": str(ROOT / "dbt"),
            "DBT_PROFILES_DIR": str(ROOT / "dbt"),
            "DBT_TARGET_PATH": str(self.folder / "dbt-target"),
            "DBT_LOG_PATH": str(self.folder / "dbt-logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DBT_VERSION_CHECK": "false",
            "DBT_USE_COLORS": "false",
            "PERSY_DBT_TARGET": self.output,
        }
        environment = bare_environment() | own | dict(self.environment) | variables
        return self.run(words, cwd=self.folder, env=environment, timeout=300)
