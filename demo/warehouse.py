"""What the DuckDB file holds: shown as tables, and compared before and after a run."""

from __future__ import annotations

import contextlib
import textwrap
import typing as t

import duckdb

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SCHEMA = "persy"
WIDTH = 99

LOOKS = {
    "candidates": """
        SELECT remote_id, last_name, first_name, company, location->>'$.city' AS city, source
        FROM candidates WHERE remote_deleted_at IS NULL AND company IS NOT NULL
        ORDER BY remote_updated_at DESC LIMIT 4""",
    "jobs": """
        SELECT remote_id, name FROM jobs WHERE remote_deleted_at IS NULL
        ORDER BY remote_id LIMIT 4""",
    "applications": """
        SELECT remote_id, outcome, remote_created_at FROM applications
        WHERE remote_deleted_at IS NULL ORDER BY remote_created_at DESC NULLS LAST LIMIT 4""",
}
JOIN = """\
SELECT jobs.name AS job, count(*) AS applications,
       count(*) FILTER (outcome = 'HIRED') AS hired,
       max(candidates.last_name) FILTER (outcome = 'HIRED') AS for_example
FROM applications
JOIN candidates ON candidates.id = applications.candidate_id
JOIN jobs ON jobs.id = applications.job_id
WHERE applications.remote_deleted_at IS NULL
GROUP BY ALL ORDER BY applications DESC, job LIMIT 5"""

COMPARED = {
    "candidates": "remote_id, first_name, last_name, company, title, location->>'$.city' AS city",
    "jobs": "remote_id, name",
    "applications": "remote_id, outcome",
}

Rows: t.TypeAlias = dict[str, dict[str, t.Any]]
Snapshot: t.TypeAlias = dict[str, Rows]


@contextlib.contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the file for reading, in the schema of the tap's tables."""
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute(f"USE {SCHEMA}")
        yield connection


def show_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Print the number of rows and a few rows of each table, and a join of the three."""
    for table, query in LOOKS.items():
        print(f"\n{table}: {_count(connection, table)} rows\n")
        _show(connection, query)
    print(f"\nThe three in one:\n\n{textwrap.indent(JOIN, '  ')};\n")
    _show(connection, JOIN)


def snapshot(connection: duckdb.DuckDBPyConnection) -> Snapshot:
    """Read what a change can be seen in: table to id to columns."""
    return {table: _rows(connection, table, columns) for table, columns in COMPARED.items()}


def show_travelled(connection: duckdb.DuckDBPyConnection, before: Snapshot) -> None:
    """Print how many records the last run brought, and which rows they changed how.

    Args:
        connection: The file after the run.
        before: The file before it.
    """
    after = snapshot(connection)
    seen_until = max(row["changed_at"] for rows in before.values() for row in rows.values())
    print(f"\n{'':14}{'rows':>8}{'travelled':>12}")
    for table, rows in after.items():
        travelled = sum(row["changed_at"] > seen_until for row in rows.values())
        print(f"{table:14}{len(rows):>8}{travelled:>12}")
    print(f"\n{_why(after['candidates'], seen_until)}")
    print("\nWhat that did to the rows, in place:\n")
    for table, rows in after.items():
        for key, row in rows.items():
            for difference in _differences(before[table].get(key), row):
                print(f"  {table:13} {row['remote_id']:9} {difference}")


def _why(candidates: Rows, seen_until: object) -> str:
    if all(row["changed_at"] > seen_until for row in candidates.values()):
        return "The last complete pass was a day ago, so this run was one (full_sync_hours)."
    return "The last hour before travelled again, for late writes (lookback_seconds)."


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    rows = connection.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608 - own names
    return t.cast("int", rows[0][0])


def _show(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    cursor = connection.execute(query)
    head = tuple(column[0] for column in cursor.description or ())
    rows = [tuple(map(cell, row)) for row in [head, *cursor.fetchall()]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in [rows[0], tuple("-" * width for width in widths), *rows[1:]]:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(f"  {'  '.join(cells)}".rstrip()[:WIDTH])


def cell(value: object, width: int = 46) -> str:
    """Write a value in so many columns at most."""
    text = "-" if value is None else str(value)
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _rows(connection: duckdb.DuckDBPyConnection, table: str, columns: str) -> Rows:
    cursor = connection.execute(
        f"SELECT id, changed_at, remote_deleted_at, {columns} FROM {table} ORDER BY remote_id"  # noqa: S608 - own names
    )
    names = [column[0] for column in cursor.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def _differences(before: Mapping[str, t.Any] | None, after: Mapping[str, t.Any]) -> Iterator[str]:
    facts = [name for name in after if name not in {"changed_at", "id", "remote_id"}]
    if before is None:
        yield ", ".join(["new", *(cell(after[name], 20) for name in facts if after[name])])
    elif after["remote_deleted_at"] and not before["remote_deleted_at"]:
        yield "deleted: nothing but its keys, changed_at and remote_deleted_at is left"
    else:
        for name in facts:
            if before[name] != after[name]:
                yield f"{name}: {cell(before[name], 30)} -> {cell(after[name], 30)}"
