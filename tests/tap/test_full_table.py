"""FULL_TABLE by the catalog's metadata: each run reads everything and finds deletions."""

from __future__ import annotations

import copy
import typing as t
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.state import Sandbox
from tests.singer import Message, discover, run_tap


def full_table(catalog: Message, *, as_meltano: bool) -> Message:
    """Ask for FULL_TABLE of every stream; Meltano says so in two places."""
    changed = copy.deepcopy(catalog)
    for entry in changed["streams"]:
        for item in entry["metadata"]:
            if item["breadcrumb"] == []:
                item["metadata"]["replication-method"] = "FULL_TABLE"
        if as_meltano:
            entry["replication_method"] = "FULL_TABLE"
    return changed


@pytest.mark.parametrize("as_meltano", [False, True], ids=["metadata", "as-meltano-writes-it"])
def test_each_run_reads_everything_and_finds_deletions(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path, as_meltano: bool
) -> None:
    catalog = full_table(discover(config, tmp_path), as_meltano=as_meltano)
    first = run_tap(config, tmp_path, catalog=catalog)
    assert first.exit_code == 0, first.log
    gone = next(c for c in sandbox.store.candidates() if c.openings)
    sandbox.store.delete(gone.remote_id)
    second = run_tap(config, tmp_path, state=first.state, catalog=catalog)
    assert second.exit_code == 0, second.log
    assert len(second.rows("candidates")) == 60
    buried = {r["remote_id"] for r in second.records("candidates") if r["remote_deleted_at"]}
    assert buried == {gone.remote_id}
    applications = {
        r["remote_id"] for r in second.records("applications") if r["remote_deleted_at"]
    }
    assert applications == {f"{gone.remote_id}/{o.remote_id}" for o in gone.openings}
    assert first.of("ACTIVATE_VERSION") == second.of("ACTIVATE_VERSION") == []
