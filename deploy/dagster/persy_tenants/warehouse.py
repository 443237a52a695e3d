"""One warehouse with all tenants: a view for each, and how one of them leaves."""

from __future__ import annotations

import os
import re
import typing as t
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import duckdb
import psycopg
from psycopg.conninfo import make_conninfo

if t.TYPE_CHECKING:
    from collections.abc import Sequence

TABLES = """
select table_name from information_schema.columns
where table_schema = '{schema}' and column_name = 'account'
and table_name in (
    select table_name from information_schema.tables
    where table_schema = '{schema}' and table_type = 'BASE TABLE')
order by table_name
"""


FAILURES = (duckdb.Error, psycopg.Error)


class Connection(t.Protocol):
    """What the drivers of PostgreSQL and DuckDB have in common."""

    def execute(self, query: str, parameters: Sequence[str] = ...) -> t.Any: ...  # noqa: ANN401, D102


@contextmanager
def opened(loader: str, environment: Mapping[str, str] = os.environ) -> Iterator[Connection]:
    """Open the warehouse that a target loads into, for one transaction.

    Args:
        loader: `target-postgres` or `target-duckdb`.
        environment: Has the target's settings.
    """
    if loader == "target-duckdb":
        with duckdb.connect(environment["TARGET_DUCKDB_FILEPATH"]) as connection:
            connection.begin()
            yield connection
            connection.commit()
        return
    with psycopg.connect(_address(environment)) as connection:
        yield t.cast("Connection", connection)


def _address(environment: Mapping[str, str]) -> str:
    if url := environment.get("TARGET_POSTGRES_SQLALCHEMY_URL"):
        return re.sub(r"^postgresql\+\w+", "postgresql", url)
    names = ("host", "port", "user", "password", "database")
    found = {name: environment.get(f"TARGET_POSTGRES_{name.upper()}") for name in names}
    given = {"dbname" if name == "database" else name: value for name, value in found.items()}
    return make_conninfo(**{name: value for name, value in given.items() if value})


def schema_of(loader: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the schema of the shared tables."""
    variable = f"{loader.replace('-', '_').upper()}_DEFAULT_TARGET_SCHEMA"
    return environment.get(variable, "persy")


def tables(connection: Connection, schema: str) -> list[str]:
    """List the tables that hold rows of tenants."""
    return [row[0] for row in connection.execute(TABLES.format(schema=schema)).fetchall()]


def make_views(connection: Connection, schema: str, account: str) -> list[str]:
    """Make the schema of a tenant, in which each shared table shows its rows only."""
    views = tables(connection, schema)
    own = views_of(schema, account)
    connection.execute(f'create schema if not exists "{own}"')
    for table in views:
        connection.execute(
            f'create or replace view "{own}"."{table}" as select * {_rows(schema, table, account)}'
        )
    return views


def views_of(schema: str, account: str) -> str:
    """Name the schema of a tenant's views."""
    return f"{schema}_{account}"


def has_schema(connection: Connection, schema: str) -> bool:
    """Return whether a schema is there."""
    query = f"select 1 from information_schema.schemata where schema_name = '{schema}'"  # noqa: S608
    return bool(connection.execute(query).fetchall())


def count(connection: Connection, schema: str, account: str) -> dict[str, int]:
    """Count a tenant's rows by table."""
    return {
        table: connection.execute(f"select count(*) {_rows(schema, table, account)}").fetchall()[0][
            0
        ]
        for table in tables(connection, schema)
    }


def measures(
    connection: Connection, schema: str, account: str, since: datetime
) -> dict[str, dict[str, t.Any]]:
    """Measure a tenant's tables.

    Args:
        connection: To the warehouse.
        schema: Of the tables.
        account: Whose rows.
        since: Deletions after it are counted.

    Returns:
        Table to `rows` that live, `deletions`, and `newest`: the last update of candidates in
        Persy, and of the others the last observation.
    """
    found = {}
    for table in tables(connection, schema):
        newest = "remote_updated_at" if table == "candidates" else "changed_at"
        query = f"""
            select count(*) filter (where remote_deleted_at is null),
            count(*) filter (where remote_deleted_at >= '{since:%Y-%m-%d %H:%M:%S.%f}'),
            max({newest}) {_rows(schema, table, account)}"""
        row = connection.execute(query).fetchall()[0]
        found[table] = dict(zip(("rows", "deletions", "newest"), row, strict=True))
    return found


def remove(connection: Connection, schema: str, account: str) -> None:
    """Delete a tenant's rows and views."""
    for table in tables(connection, schema):
        connection.execute(f"delete {_rows(schema, table, account)}")
    connection.execute(f'drop schema if exists "{views_of(schema, account)}" cascade')


def _rows(schema: str, table: str, account: str) -> str:
    """Write which rows of a table are a tenant's; all three are names, never text of others."""
    return f'from "{schema}"."{table}" where account = \'{account}\''
