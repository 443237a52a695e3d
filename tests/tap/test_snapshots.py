"""Catalog and messages of a small tenant, word for word."""

from __future__ import annotations

import json
import typing as t
from datetime import UTC, datetime
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.singer import discover, run_tap

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def json_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.fixture
def config() -> t.Iterator[dict[str, t.Any]]:
    with running(Options(candidates=4, seed=5, now=NOW)) as persy:
        yield {"api_url": persy.url, "api_key": persy.api_key, "account": "snapshot"}


def test_the_catalog(
    config: dict[str, t.Any], tmp_path: Path, json_snapshot: SnapshotAssertion
) -> None:
    assert discover(config, tmp_path) == json_snapshot


def test_the_messages(
    config: dict[str, t.Any], tmp_path: Path, json_snapshot: SnapshotAssertion
) -> None:
    run = run_tap(config, tmp_path)
    changed_at = run.records("candidates")[0]["changed_at"]
    # The tenant's name comes from the URL with its free port, and the bytes of a ledger
    # from the machine's zlib; all else of a run is repeatable.
    for bookmark in run.state["bookmarks"].values():
        bookmark |= {"tenant": "<tenant>", "ledger": "<ledger>"}
    text = json.dumps([m | {"time_extracted": "<now>"} for m in run.messages])
    text = text.replace(changed_at, "<changed_at>")
    assert json.loads(text) == json_snapshot
