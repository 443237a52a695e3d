"""Read what a target wrote: from databases, files, buckets and indices."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import typing as t
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb

from tests.targets.story import STREAMS, Row, Tables
from tests.warehouse.postgres import Postgres

csv.field_size_limit(1 << 24)

Contents = Mapping[str, bytes]
"""Files by path."""


def of_files(contents: Contents, read: Callable[[bytes], Iterator[Row]]) -> Tables:
    """Return the rows of files whose names hold the stream's, in the order of their names."""
    return {
        stream: [
            row
            for path in sorted(contents)
            if stream in path
            for row in read(_unpacked(path, contents[path]))
        ]
        for stream in STREAMS
    }


def of_folder(folder: Path, pattern: str) -> Contents:
    """Return the files below a folder, those written first by name first."""
    files = sorted(folder.rglob(pattern), key=lambda path: path.stat().st_mtime_ns)
    return {f"{number:04}-{path.name}": path.read_bytes() for number, path in enumerate(files)}


def json_lines(content: bytes) -> Iterator[Row]:
    """Yield a record a line."""
    return map(json.loads, filter(None, content.splitlines()))


def singer_lines(content: bytes) -> Iterator[Row]:
    """Yield the records of Singer messages."""
    return (message["record"] for message in json_lines(content) if message["type"] == "RECORD")


def comma_separated(content: bytes) -> Iterator[Row]:
    """Yield a record a line of CSV with a head; a row that is too long or short fails."""
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    head = next(reader)
    return (dict(zip(head, row, strict=True)) for row in reader)


def _unpacked(path: str, content: bytes) -> bytes:
    return gzip.decompress(content) if path.endswith(".gz") else content


def of_postgres(server: Postgres, schema: str, spelt: Callable[[str], str] = str.lower) -> Tables:
    """Return the rows of a schema, whose tables and columns are spelt in one way."""
    with server.connect() as connection:
        return {
            stream: [
                {name.lower(): value for name, value in row.items()}
                for (row,) in connection.execute(
                    f'select to_jsonb(rows) from "{schema}"."{spelt(stream)}" rows'  # noqa: S608
                )
            ]
            for stream in STREAMS
        }


def of_duckdb(path: Path, schema: str) -> Tables:
    """Return the rows of a DuckDB file."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            stream: _dicts(connection.execute(f'select * from "{path.stem}"."{schema}"."{stream}"'))  # noqa: S608
            for stream in STREAMS
        }


def _dicts(cursor: t.Any) -> list[Row]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


PRINT = "print(json.dumps({name: rows(name) for name in sys.argv[-3:]}, default=str))"
"""The end of such a program, which has a function `rows`."""


def by_program(python: Path, source: str, *arguments: str) -> Tables:
    """Return what a program prints that runs with the target's own packages, as JSON."""
    done = subprocess.run(
        [str(python), "-c", source, *arguments], check=True, capture_output=True, timeout=300
    )
    return t.cast("Tables", json.loads(done.stdout))
