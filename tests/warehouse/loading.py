"""Load runs of the tap into real warehouses, and ask these what they have.

The targets are the installed plugins, fed with the messages that the tap wrote.
"""

from __future__ import annotations

import abc
import functools
import json
import subprocess
import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
from psycopg import sql

from tests.forkserver import ForkServer
from tests.meltano import ROOT
from tests.singer import Message, bare_environment
from tests.warehouse.postgres import Postgres

Row = tuple[t.Any, ...]

COLUMNS = """
select column_name, data_type from information_schema.columns
where table_schema = current_schema() and table_name = '{}' order by ordinal_position
"""


@dataclass(frozen=True)
class Warehouse(abc.ABC):
    """A database and the target that loads into it.

    Attributes:
        folder: For files.
    """

    folder: Path

    target: t.ClassVar[str]
    entry: t.ClassVar[str]

    @property
    @abc.abstractmethod
    def settings(self) -> Mapping[str, t.Any]:
        """Settings of the target."""

    @property
    @abc.abstractmethod
    def words(self) -> tuple[str, ...]:
        """Words of a command line that lead `persy` to it."""

    @abc.abstractmethod
    def rows(self, query: str) -> list[Row]:
        """Return the rows that a query finds, in which tables need no schema."""

    def columns(self, table: str) -> dict[str, str]:
        """Return the columns of a table and their types, in the words of the database."""
        return dict(self.rows(COLUMNS.format(table)))

    @property
    def blocks(self) -> tuple[str, ...]:
        """What ``meltano run`` runs after the tap."""
        return (self.target,)

    @property
    def variables(self) -> dict[str, t.Any]:
        """The settings as Meltano reads them from the environment."""
        prefix = self.target.replace("-", "_").upper()
        return {f"{prefix}_{name.upper()}": value for name, value in self.settings.items()}

    def load(self, messages: Iterable[Message]) -> None:
        """Pipe the messages of one run through the target."""
        config = self.folder / f"{self.target}.json"
        config.write_text(json.dumps(self.settings), encoding="utf-8")
        done = loader(self.target, self.entry).run(
            ["--config", str(config)],
            cwd=self.folder,
            env=bare_environment(),
            stdin="".join(f"{json.dumps(message)}\n" for message in messages).encode(),
            timeout=120,
        )
        assert done.returncode == 0, done.stderr.decode()


@functools.cache
def loader(target: str, entry: str) -> ForkServer:
    """Return a server of an installed target, started when it is first needed."""
    return ForkServer(programs(target) / target, entry)


def programs(target: str) -> Path:
    """Return the folder of the programs of an installed target."""
    return ROOT / ".meltano" / "loaders" / target / "venv" / "bin"


@dataclass(frozen=True)
class PostgresWarehouse(Warehouse):
    """A schema of its own in a running server."""

    server: Postgres
    schema: str

    target = "target-postgres"
    entry = "target_postgres.target:TargetPostgres.cli"

    @property
    def words(self) -> tuple[str, ...]:
        """Words of a command line that lead `persy` to it."""
        url = f"postgresql://persy:any@127.0.0.1:{self.server.port}/postgres"
        return ("--warehouse", url, "--schema", self.schema)

    @property
    def settings(self) -> Mapping[str, t.Any]:
        """Settings of target-postgres."""
        own = {"default_target_schema": self.schema, "load_method": "upsert"}
        return {**self.server.settings, **own}

    def rows(self, query: str) -> list[Row]:
        """Return the rows that a query finds."""
        with self.server.connect() as connection:
            connection.execute(sql.SQL("set search_path to {}").format(sql.Identifier(self.schema)))
            return connection.execute(query).fetchall()


@dataclass(frozen=True)
class DuckWarehouse(Warehouse):
    """A file."""

    target = "target-duckdb"
    entry = "target_duckdb:main"

    @property
    def path(self) -> Path:
        """The file, named as its schema, as the README has it."""
        return self.folder / "persy.duckdb"

    @property
    def words(self) -> tuple[str, ...]:
        """Words of a command line that lead `persy` to it."""
        return ("--warehouse", str(self.path))

    @property
    def settings(self) -> Mapping[str, t.Any]:
        """Settings of target-duckdb."""
        return {"filepath": str(self.path), "default_target_schema": "persy"}

    def rows(self, query: str) -> list[Row]:
        """Return the rows that a query finds."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.execute("use persy.persy")
            return connection.execute(query).fetchall()


def in_duckdb(duck: DuckWarehouse, statement: str) -> None:
    """Change a file with the target's own version of DuckDB."""
    program = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(sys.argv[2])"
    subprocess.run(
        [programs(duck.target) / "python", "-c", program, duck.path, statement], check=True
    )


@dataclass(frozen=True)
class ParquetWarehouse(DuckWarehouse):
    """A folder of Parquet files, written from a DuckDB file."""

    @property
    def blocks(self) -> tuple[str, ...]:
        """What ``meltano run`` runs after the tap."""
        return (self.target, "parquet:write")

    @property
    def variables(self) -> dict[str, t.Any]:
        """The settings of both steps."""
        schema = self.settings["default_target_schema"]
        own = {"FILEPATH": self.path, "SCHEMA": schema, "FOLDER": self.folder}
        return super().variables | {f"PARQUET_{name}": value for name, value in own.items()}

    def rows(self, query: str) -> list[Row]:
        """Return the rows that a query finds, without any file but those."""
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            for file in self.folder.glob("*.parquet"):
                connection.read_parquet(str(file)).create_view(file.stem)
            return connection.execute(query).fetchall()
