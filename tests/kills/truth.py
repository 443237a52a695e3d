"""The warehouse and the source, compared in SQL."""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb

from tap_compleetpersy.sandbox.state import Store
from tests.profiles.comparison import expected_rows

Rows = set[tuple[t.Any, ...]]

COLUMNS: t.Mapping[str, t.Sequence[str]] = {
    "candidates": ("id", "remote_id", "first_name", "last_name", "company", "title", "source"),
    "jobs": ("id", "remote_id", "name"),
    "applications": ("id", "remote_id", "outcome", "remote_status", "job_id", "candidate_id"),
}
OF_EVERY_RECORD = {"id", "remote_id", "changed_at", "remote_deleted_at"}


def query(warehouse: Path, sql: str) -> list[tuple[t.Any, ...]]:
    """Ask the warehouse."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def living_rows(warehouse: Path, stream: str) -> Rows:
    """Return the rows of a stream that are not deleted."""
    columns = ", ".join(COLUMNS[stream])
    where = "remote_deleted_at is null"
    return set(query(warehouse, f"select {columns} from persy.{stream} where {where}"))  # noqa: S608 - our own names


def facts(store: Store) -> Mapping[str, Rows]:
    """Return what those rows must be."""
    return {
        stream: {tuple(row[column] for column in COLUMNS[stream]) for row in rows.values()}
        for stream, rows in expected_rows(store.candidates(), "hrxml").items()
    }


def expect_nothing_lost(warehouse: Path, store: Store, gone: Collection[str]) -> None:
    """See that a run that ended, be it a delta, left everything that lives as it is.

    Only a complete pass sees who is gone, and gives a job the title that its most
    recent carrier took away.
    """
    living = {stream: living_rows(warehouse, stream) for stream in COLUMNS}
    expected = facts(store)
    for stream in ("candidates", "applications"):
        assert expected[stream] <= living[stream], stream
        rest = {row[1].partition("/")[0] for row in living[stream] - expected[stream]}
        assert rest <= set(gone), stream
    assert {row[:2] for row in expected["jobs"]} <= {row[:2] for row in living["jobs"]}


def expect_the_source(warehouse: Path, store: Store, gone: Collection[str]) -> None:
    """Compare what lives, and see that the deleted left nothing but their tombstone."""
    for stream, expected in facts(store).items():
        assert living_rows(warehouse, stream) == expected, stream
        assert filled_tombstones(warehouse, stream) == [], stream
    buried = query(
        warehouse, "select remote_id from persy.candidates where remote_deleted_at is not null"
    )
    assert {remote_id for (remote_id,) in buried} == set(gone)


def filled_tombstones(warehouse: Path, stream: str) -> list[tuple[t.Any, ...]]:
    """Return the tombstones that still say something."""
    columns = query(warehouse, f"describe persy.{stream}")
    contents = [f'"{name}" is not null' for name, *_ in columns if name not in OF_EVERY_RECORD]
    where = f"remote_deleted_at is not null and ({' or '.join(contents)})"
    return query(warehouse, f"select remote_id from persy.{stream} where {where}")  # noqa: S608 - our own names
