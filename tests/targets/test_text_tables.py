"""target-duckdb and a table of text only: which rows are there, by batch and setting."""

from __future__ import annotations

import json
import subprocess
import typing as t
from pathlib import Path

import duckdb
import pytest
from pytest_httpserver import HTTPServer

from tests.catalog import select
from tests.singer import discover, run_tap
from tests.targets.environments import environment

pytestmark = pytest.mark.full

ROWS = 5
STREAM = "salutations"


def stored(folder: Path, lines: str, **settings: t.Any) -> set[str]:
    """Return the codes that are in the table after a load."""
    path = folder / "extra.duckdb"
    config = folder / "target.json"
    given = {"filepath": str(path), "default_target_schema": "persy", **settings}
    config.write_text(json.dumps(given), encoding="utf-8")
    program = environment("target-duckdb").parent / "target-duckdb"
    words = [str(program), "--config", str(config)]
    subprocess.run(words, check=True, capture_output=True, text=True, input=lines, cwd=folder)
    with duckdb.connect(str(path), read_only=True) as base:
        found = base.execute(f"select code from extra.persy.{STREAM}").fetchall()  # noqa: S608
    return {code for (code,) in found}


@pytest.mark.parametrize("batch", [1, 2, ROWS - 1, ROWS, ROWS + 1])
@pytest.mark.parametrize("is_saved", [True, False], ids=["add_metadata_columns", "without"])
def test_metadata_columns_save_the_first_row_of_a_batch(
    batch: int, *, is_saved: bool, httpserver: HTTPServer, tmp_path: Path
) -> None:
    codes = [f"c{number}" for number in range(ROWS)]
    records = [{"code": code, "text": f"Guten Tag {code}"} for code in codes]
    httpserver.expect_request("/candidates").respond_with_json({"data": []})
    httpserver.expect_request("/salutations").respond_with_json({"data": records})
    config = {
        "api_url": httpserver.url_for("").rstrip("/"),
        "api_key": "any",
        "pagination": "none",
        "extra_streams": [{"name": STREAM, "path": "/salutations", "primary_keys": ["code"]}],
    }
    catalog = select(discover(config, tmp_path), STREAM)
    run = run_tap(config, tmp_path, catalog=catalog)
    lines = "".join(f"{json.dumps(message)}\n" for message in run.messages)
    found = stored(tmp_path, lines, batch_size_rows=batch, add_metadata_columns=is_saved)
    lost = set() if is_saved else set(codes[::batch])
    assert found == {*codes} - lost
