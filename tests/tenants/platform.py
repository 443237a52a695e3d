"""A platform on this machine: local Persys, one PostgreSQL server, and Dagster over them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import typing as t
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tap_compleetpersy.sandbox.options import ENVIRONMENT_PREFIX, Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.meltano import ROOT
from tests.profiles.comparison import SHOWN, STREAMS, expected_facts
from tests.singer import bare_environment
from tests.warehouse.postgres import Postgres, running_postgres

DEPLOY = ROOT / "deploy" / "dagster"
SCRIPTS = ROOT / ".venv-dagster" / "bin"
MODULE = ("-m", "persy_tenants.definitions")

Rows = list[tuple[t.Any, ...]]
Facts = dict[str, dict[str, t.Any]]


@dataclass(frozen=True)
class Platform:
    """What runs, and what it is asked with.

    Attributes:
        folder: Everything that is written is in it.
        tenants: Account to local Persy.
        server: The warehouse.
        environment: Variables of Dagster, the keys of the tenants among them.
    """

    folder: Path
    tenants: Mapping[str, Sandbox]
    server: Postgres
    environment: dict[str, str]

    def write_tenants(
        self,
        accounts: Iterable[str],
        overrides: Mapping[str, Mapping[str, t.Any]] | None = None,
        **of_all: t.Any,
    ) -> None:
        """Write the tenants file.

        Args:
            accounts: Who is in it.
            overrides: Settings of some of them.
            of_all: What the file has beside its tenants.
        """
        tenants = [
            {
                "account": account,
                "key": f"env:{key_variable(account)}",
                "settings": settings_of(self.tenants[account])
                | dict((overrides or {}).get(account, {})),
            }
            for account in accounts
        ]
        content = {"tenants": tenants, **of_all}
        (self.folder / "tenants.yml").write_text(json.dumps(content), encoding="utf-8")

    def command(
        self, program: str, *words: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the code location's environment, whether it succeeds or not."""
        return subprocess.run(
            [SCRIPTS / program, *words],
            cwd=self.folder,
            env=self.environment | variables,
            capture_output=True,
            check=False,
            text=True,
            timeout=3600,
        )

    def execute(self, job: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a job through Dagster's multiprocess executor."""
        config = self.folder / "run.yaml"
        config.write_text("execution: {config: {multiprocess: {max_concurrent: 2}}}\n")
        words = ("job", "execute", *MODULE, "--job", job, "--config", str(config))
        return self.command("dagster", *words, **variables)

    def materialize(self, *accounts: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run some tenants' streams, one after the other."""
        return self.command("dagster", *asking_for(*accounts), **variables)

    @contextlib.contextmanager
    def running(
        self, program: str, *words: str, **variables: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Keep a program of the code location's environment running for the time of a block."""
        with (
            (self.folder / f"{program}.log").open("wb") as log,
            subprocess.Popen(
                [SCRIPTS / program, *words],
                cwd=self.folder,
                env={**self.environment, **variables},
                stdout=log,
                stderr=log,
            ) as process,
        ):
            try:
                yield process
            finally:
                process.terminate()

    @contextlib.contextmanager
    def started(self, *accounts: str) -> Iterator[subprocess.Popen[bytes]]:
        """Start the same, and do not wait for it."""
        with subprocess.Popen(
            [SCRIPTS / "dagster", *asking_for(*accounts)],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def rows(self, query: str) -> Rows:
        """Ask the warehouse."""
        with self.server.connect() as connection:
            return connection.execute(query).fetchall()

    def loaded(self, account: str) -> Facts:
        """Return what the warehouse has of a tenant."""
        condition = f" where remote_deleted_at is null and account = '{account}'"
        return {
            name: dict(self.rows(f"select remote_id, {column} from persy.{name}{condition}"))  # noqa: S608
            for name, column in SHOWN.items()
        }

    def states(self) -> dict[str, t.Any]:
        """Return Meltano's states by id."""
        with contextlib.closing(sqlite3.connect(self.folder / "runs" / "meltano.db")) as connection:
            return dict(connection.execute("select state_id, completed_state from state"))

    def expected(self, account: str) -> Facts:
        """Return what it must have, from nothing but the facts of the local Persy."""
        sandbox = self.tenants[account]
        return expected_facts(sandbox.store.candidates(), sandbox.options.shape)


def asking_for(*accounts: str) -> tuple[str, ...]:
    """Return the words of a command that materializes the streams of tenants."""
    keys = [f'key:"{account}/{stream}"' for account in accounts for stream in STREAMS]
    return ("asset", "materialize", *MODULE, "--select", " or ".join(keys))


def key_variable(account: str) -> str:
    """Name the variable that holds a key."""
    return f"PERSY_KEY_{account.upper()}"


def settings_of(sandbox: Sandbox) -> dict[str, str]:
    """Return the tap's settings that fit a local Persy, without the key."""
    variables = sandbox.options.environment(sandbox.url)
    settings = {name.removeprefix(ENVIRONMENT_PREFIX).lower(): v for name, v in variables.items()}
    return {name: value for name, value in settings.items() if name != "api_key"}


@contextlib.contextmanager
def platform(
    folder: Path, tenants: Mapping[str, Options], server: Postgres | None = None
) -> Iterator[Platform]:
    """Start a local Persy for each tenant, and a warehouse.

    Args:
        folder: What Dagster and Meltano keep is in it; a second platform may go on from there.
        tenants: Account to what its local Persy is like.
        server: Of the warehouse; None: one of its own.
    """
    with contextlib.ExitStack() as stack:
        server = server or stack.enter_context(running_postgres())
        sandboxes = {
            account: stack.enter_context(running(options)) for account, options in tenants.items()
        }
        home = folder / "home"
        home.mkdir(exist_ok=True)
        shutil.copyfile(DEPLOY / "dagster.yaml", home / "dagster.yaml")
        environment = {
            **bare_environment(),
            **server.variables,
            **{key_variable(account): box.api_key for account, box in sandboxes.items()},
            "DAGSTER_HOME": str(home),
            "PERSY_TENANTS": str(folder / "tenants.yml"),
            "PERSY_PROJECT": str(ROOT),
            "PERSY_FOLDERS": str(folder / "runs"),
            "PATH": f"{ROOT / '.venv-meltano' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        }
        environment = {k: v for k, v in environment.items() if k != "PYTHONPATH"}
        made = Platform(folder, sandboxes, server, environment)
        made.write_tenants(tenants)
        yield made
