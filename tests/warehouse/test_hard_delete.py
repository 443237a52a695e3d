"""Rows instead of tombstones: what the page of guarantees says of each target."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tap_compleetpersy.sandbox.state import Sandbox
from tests.singer import Message, discover
from tests.warehouse.guarantees import COMPLETE, Flow, block, facts
from tests.warehouse.loading import DuckWarehouse, PostgresWarehouse

PLUGINS = yaml.safe_load(block("yaml", "hard-delete"))["plugins"]
TAP = PLUGINS["extractors"][0]["config"]
TARGET = PLUGINS["loaders"][0]["config"]


@dataclass(frozen=True)
class DeletingDuck(DuckWarehouse):
    """A file whose target deletes rows."""

    @property
    def settings(self) -> Mapping[str, t.Any]:
        return {**super().settings, **TARGET}


@dataclass(frozen=True)
class DeletingPostgres(PostgresWarehouse):
    """A schema whose target has the same setting."""

    @property
    def settings(self) -> Mapping[str, t.Any]:
        return {**super().settings, **TARGET}


@pytest.fixture
def lonely(sandbox: Sandbox) -> str:
    """Somebody who is the only one to carry an opening."""
    someone = sandbox.store.candidates()[0].remote_id
    sandbox.store.put_opening(someone, "9999", title="Einzelstück")
    return someone


def test_target_duckdb_removes_the_row(
    sandbox: Sandbox, config: Message, tmp_path: Path, lonely: str
) -> None:
    flow = Flow(config | TAP, discover(config, tmp_path), DeletingDuck(tmp_path))
    first = flow.run()
    assert flow.rows("true") == facts(sandbox)
    sandbox.store.delete(lonely)
    second = flow.run(first.state, **COMPLETE)
    assert flow.rows("true") == facts(sandbox)
    sandbox.store.add(remote_id=lonely, last_name="Wieder")
    flow.run(second.state)
    assert flow.rows("true") == facts(sandbox)


@pytest.mark.full
def test_target_postgres_keeps_the_tombstone(
    sandbox: Sandbox, config: Message, tmp_path: Path, lonely: str, postgres: PostgresWarehouse
) -> None:
    warehouse = DeletingPostgres(tmp_path, postgres.server, postgres.schema)
    flow = Flow(config | TAP, discover(config, tmp_path), warehouse)
    first = flow.run()
    sandbox.store.delete(lonely)
    flow.run(first.state, **COMPLETE)
    assert flow.rows() == facts(sandbox)
    assert flow.rows("_sdc_deleted_at = remote_deleted_at")["candidates"] == {(lonely, None)}
