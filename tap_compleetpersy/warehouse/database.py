"""DuckDB and PostgreSQL behind four methods."""

from __future__ import annotations

import contextlib
import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tap_compleetpersy.errors import PersyError

INSTALL = "install the tap with its extra, as in: pip install '.[warehouse]'"
_URLS: t.Final = ("postgresql://", "postgres://")
_COLUMNS: t.Final = """
select c.table_name, c.column_name, c.data_type
from information_schema.columns c
join information_schema.tables t
  on t.table_catalog = c.table_catalog and t.table_schema = c.table_schema
  and t.table_name = c.table_name
where t.table_type = 'BASE TABLE' and c.table_schema = ? and c.table_catalog = current_database()
order by c.table_name, c.ordinal_position
"""

Row: t.TypeAlias = dict[str, t.Any]
Tables: t.TypeAlias = Mapping[str, Mapping[str, str]]
"""Table to column to type, in the words of the database."""


class WarehouseError(PersyError):
    """The warehouse cannot be used; the message is one line and names the option."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open connection to the schema that a target loaded into.

    Attributes:
        kind: Which database it is.
        catalog: Name of the database itself.
        schema: Of the tables.
    """

    kind: t.Literal["duckdb", "postgres"]
    catalog: str
    schema: str
    _connection: t.Any

    def tables(self) -> dict[str, dict[str, str]]:
        """Return the tables of the schema and their columns."""
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in self.run(_COLUMNS, [self.schema]).fetchall():
            found.setdefault(table, {})[column] = kind
        return found

    def rows(self, query: str, values: t.Sequence[object] = ()) -> list[Row]:
        """Return what a query finds, by column; `?` stands for a value."""
        cursor = self.run(query, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def name(self, table: str) -> str:
        """Return a table's name for SQL: whole, since a DuckDB file may be named as its schema."""
        return ".".join(map(quoted, (self.catalog, self.schema, table)))

    def run(self, text: str, values: t.Sequence[object]) -> t.Any:  # noqa: ANN401 - a cursor
        """Run a statement; a change holds once the `with` block of `open_database` ends well."""
        if self.kind == "postgres":
            text = text.replace("%", "%%").replace("?", "%s")
        return self._connection.execute(text, list(values))


def quoted(name: str) -> str:
    """Return an identifier for SQL, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


@contextlib.contextmanager
def open_database(warehouse: str, schema: str, *, write: bool = False) -> Iterator[Database]:
    """Connect for the length of a block: all changes in it hold, or none.

    Args:
        warehouse: Path of a DuckDB file, or URL of a PostgreSQL database.
        schema: Of the tables.
        write: Allow changes.

    Raises:
        WarehouseError: When there is no such warehouse, or no driver for it.
    """
    kind: t.Literal["duckdb", "postgres"]
    kind, opened = ("postgres", _postgres) if warehouse.startswith(_URLS) else ("duckdb", _duckdb)
    try:
        with opened(warehouse, write=write) as connection:
            (catalog,) = connection.execute("select current_database()").fetchone()
            yield Database(kind, str(catalog), schema, connection)
    except ModuleNotFoundError as missing:
        message = f"--warehouse: needs {missing.name}: {INSTALL}"
        raise WarehouseError(message) from None


@contextlib.contextmanager
def _duckdb(path: str, *, write: bool) -> Iterator[t.Any]:
    import duckdb  # noqa: PLC0415 - an extra

    if not Path(path).is_file():
        message = "--warehouse: there is no such file, nor is it the URL of a PostgreSQL database"
        raise WarehouseError(message)
    try:
        connection = duckdb.connect(path, read_only=not write)
    except duckdb.Error as error:
        reason = "another program has it open" if "lock" in str(error).lower() else "no DuckDB file"
        message = f"--warehouse: the file cannot be opened: {reason}"
        raise WarehouseError(message) from None
    with connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("begin")
        yield connection
        connection.execute("commit")


@contextlib.contextmanager
def _postgres(url: str, *, write: bool) -> Iterator[t.Any]:
    import psycopg  # noqa: PLC0415 - an extra

    try:
        connection = psycopg.connect(url, connect_timeout=10)
    except psycopg.Error as error:
        message = (
            f"--warehouse: no connection to PostgreSQL ({type(error).__name__}). Check host, "
            "port, user, password and database in the URL"
        )
        raise WarehouseError(message) from None
    with connection:
        connection.read_only = not write
        connection.execute("set time zone 'UTC'")
        yield connection
