"""Real warehouses: a PostgreSQL server for the session, and a file for each test."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.thinning import thinned
from tests.warehouse.loading import DuckWarehouse, PostgresWarehouse, Warehouse
from tests.warehouse.postgres import Postgres, running_postgres


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A PostgreSQL server."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres(server: Postgres, tmp_path: Path) -> PostgresWarehouse:
    """An empty schema."""
    return PostgresWarehouse(tmp_path, server, schema=tmp_path.name)


@pytest.fixture
def duck(tmp_path: Path) -> DuckWarehouse:
    """A DuckDB file that does not exist yet."""
    return DuckWarehouse(tmp_path)


@pytest.fixture(params=thinned(["duck", "postgres"]))
def warehouse(request: pytest.FixtureRequest) -> Warehouse:
    """Each of them, empty."""
    return t.cast("Warehouse", request.getfixturevalue(request.param))
