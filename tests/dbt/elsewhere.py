"""The package in MariaDB, ClickHouse and fakesnow, loaded by targets, built by adapters."""

from __future__ import annotations

import contextlib
import functools
import json
import pickle
import re
import shutil
import subprocess
import typing as t
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tests.dbt.models import Models
from tests.forkserver import ForkServer
from tests.meltano import ROOT
from tests.singer import Message, bare_environment
from tests.stores import servers
from tests.targets.declared import TARGETS
from tests.targets.environments import environment
from tests.targets.singer_target import Spot, Target
from tests.targets.stand_ins import PROGRAMS
from tests.warehouse.loading import Row

HEADING = "\n## MariaDB, MySQL, ClickHouse, Snowflake\n"
TITLES = {
    "mariadb": "dlt, MariaDB",
    "clickhouse": "shaped-target-clickhouse",
    "snowflake": "meltanolabs-target-snowflake",
}
ADAPTERS = {kind: f"dbt-{kind}" for kind in TITLES} | {"mariadb": "dbt-mysql"}

_CURSORS = {
    "mariadb": """
import pymysql
cursor = pymysql.connect(host="127.0.0.1", port=int(place), user="persy", password="any",
    database="persy", charset="utf8mb4").cursor()
""",
    "snowflake": """
import fakesnow, snowflake.connector
patched = fakesnow.patch(db_path=place)
patched.__enter__()
cursor = snowflake.connector.connect(
    user="any", password="any", account="any", database="WAREHOUSE", schema="PERSY").cursor()
""",
}
_ASK = """
import pickle, sys
place, query = sys.argv[1:]
{}
cursor.execute(query)
sys.stdout.buffer.write(pickle.dumps(list(cursor.fetchall())))
"""
_READERS: Mapping[str, Callable[[str], t.Any]] = {
    "DateTime": datetime.fromisoformat,
    "Date": date.fromisoformat,
    "UInt64": int,
    "Int64": int,
}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A warehouse, loaded by a target of docs/targets.md.

    Attributes:
        kind: `mariadb`, `clickhouse` or `snowflake`.
    """

    kind: str
    target: Target
    spot: Spot

    def load(self, messages: Iterable[Message]) -> None:
        """Pipe the messages of one run through the target."""
        done = subprocess.run(
            self.target.command(self.spot),
            check=False,
            capture_output=True,
            input="".join(f"{json.dumps(message)}\n" for message in messages).encode(),
            env=bare_environment() | dict(self.target.environment(self.spot)),
            cwd=self.spot.folder,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr.decode()

    def rows(self, query: str) -> list[Row]:
        """Return the rows that a query finds, in which tables need no schema."""
        if self.kind in _CURSORS:
            place = self.spot.server.port if self.spot.server else self.spot.output
            program = _ASK.format(_CURSORS[self.kind])
            words = [str(self.spot.python), "-c", program, str(place), query]
            answer = subprocess.run(words, check=True, capture_output=True).stdout
            return t.cast("list[Row]", pickle.loads(answer))  # noqa: S301 - made by that program
        found = json.loads(self.spot.server.ask(f"{query} format JSONCompact"))
        readers = [_reader(column["type"]) for column in found["meta"]]
        return [
            tuple(
                value if value is None else read(value)
                for read, value in zip(readers, row, strict=True)
            )
            for row in found["data"]
        ]


def _reader(kind: str) -> Callable[[t.Any], t.Any]:
    plain = kind.removeprefix("Nullable(").partition("(")[0].removesuffix(")")
    return _READERS.get(plain, lambda value: value)


@contextlib.contextmanager
def elsewhere(kind: str, folder: Path) -> Iterator[tuple[Elsewhere, Models]]:
    """Yield a warehouse, and the package with the profile of docs/dbt.md for it."""
    target = next(each for each in TARGETS if each.title == TITLES[kind])
    (folder / "server").mkdir()
    with target.server(folder / "server") as server:
        spot = Spot(folder, environment(target.name, target.python), server)
        yield Elsewhere(kind, target, spot), models(kind, spot)


def models(kind: str, spot: Spot) -> Models:
    """Return the package in a project as docs/dbt.md has it."""
    project = shutil.copytree(ROOT / "dbt", spot.folder / "project")
    page = (ROOT / "docs" / "dbt.md").read_text(encoding="utf-8")
    profile, snapshots = re.findall(r"```yaml\n(.*?)```", page.partition(HEADING)[2], re.DOTALL)
    where = {name: str(project) for name in ("DBT_PROJECT_DIR", "DBT_PROFILES_DIR")}
    if spot.server:
        profile = re.sub("3306|8123", str(spot.server.port), profile)
        profile = profile.replace("warehouse.example", "127.0.0.1")
    else:
        where |= {"SNOWFLAKE": str(spot.output), "PERSY_SCHEMA": "PERSY"}
    (project / "profiles.yml").write_text(profile, encoding="utf-8")
    if kind == "mariadb":
        with (project / "dbt_project.yml").open("a", encoding="utf-8") as file:
            file.write(snapshots)
    return Models(spot.folder, kind, where, _in_fakesnow if kind == "snowflake" else _dbt(kind).run)


@functools.cache
def _dbt(kind: str) -> ForkServer:
    folder = environment(ADAPTERS[kind]).parent
    return ForkServer(folder / "dbt", "dbt.cli.main:cli", f"dbt.adapters.{kind}")


def _in_fakesnow(words: Sequence[str], **more: t.Any) -> subprocess.CompletedProcess[bytes]:
    python = str(environment(ADAPTERS["snowflake"]))
    command = [python, str(PROGRAMS / "fakesnow_dbt.py"), *words]
    done: subprocess.CompletedProcess[bytes] = subprocess.run(
        command, check=False, capture_output=True, **more
    )
    return done


def teach_zones(server: Path) -> None:
    """Fill MariaDB's tables of time zones, as its manual says."""
    client = f"{servers.program('mariadb')} --no-defaults --socket={server}/socket -u root mysql"
    teach = f"{servers.program('mariadb-tzinfo-to-sql')} /usr/share/zoneinfo | {client}"
    subprocess.run(teach, shell=True, check=True, capture_output=True)  # noqa: S602 - own words
