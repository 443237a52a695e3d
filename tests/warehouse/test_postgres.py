"""The tests' own PostgreSQL server."""

from __future__ import annotations

import psycopg
import pytest

from tests.warehouse.postgres import installed, running_postgres


def test_the_wheel_is_enough() -> None:
    with running_postgres(installed()["wheel"]) as server, server.connect() as connection:
        assert connection.execute("select 1 + 1").fetchone() == (2,)


def test_a_test_that_fails_leaves_no_server() -> None:
    servers = []

    def failing_test() -> None:
        with running_postgres() as server:
            server.connect().close()
            servers.append(server)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing_test()
    with pytest.raises(psycopg.OperationalError):
        servers[0].connect()
