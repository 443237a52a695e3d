"""The recipes of docs/engines.md, with the real engines and mappers, each with its own packages."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import duckdb
import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.singer import SCRIPTS, bare_environment
from tests.source import Source
from tests.targets.declared import TARGETS
from tests.targets.environments import environment, run_with
from tests.targets.recipes import PAGE, recipe

pytestmark = pytest.mark.full

JSONL = next(target for target in TARGETS if target.name == "target-jsonl")


def run_engine(
    requirement: str, *words: str, folder: Path, given: str = "", path: tuple[Path, ...] = ()
) -> str:
    """Return what an engine or a mapper prints, which finds the tap and more programs."""
    environment = bare_environment()
    environment["PATH"] = ":".join([*map(str, (*path, SCRIPTS)), environment["PATH"]])
    environment |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": str(folder / "dlt")}
    return run_with(requirement, *words, folder=folder, given=given, environment=environment)


@pytest.fixture
def source(tmp_path: Path) -> t.Iterator[Source]:
    with running(Options(candidates=12, seed=3)) as persy:
        source = Source(persy, tmp_path)
        (tmp_path / "config.json").write_text(json.dumps(source.config), encoding="utf-8")
        yield source


def test_dlt_reads_the_tap_and_deletes_who_is_deleted(source: Source) -> None:
    (source.folder / "recipe.py").write_text(recipe("dlt"), encoding="utf-8")
    seen = []
    deleted, edited = (person.remote_id for person in source.persy.store.candidates()[:2])
    for change in (
        None,
        lambda: source.persy.store.edit(edited, last_name="Edited"),
        lambda: source.persy.store.delete(deleted),
    ):
        if change:
            change()
        run_engine("dlt[duckdb]==1.31.0", "python", "recipe.py", folder=source.folder)
        with duckdb.connect(str(source.folder / "warehouse.duckdb"), read_only=True) as base:
            seen.append(
                dict(base.execute("select remote_id, last_name from persy.candidates").fetchall())
            )
    first, second, third = seen
    assert first.keys() == second.keys() == {deleted, *third}
    assert second == first | {edited: "Edited"}
    assert deleted not in third


def test_elx_resumes_from_what_the_target_confirmed(source: Source) -> None:
    (source.folder / "recipe.py").write_text(recipe("elx"), encoding="utf-8")
    config = source.config | {"full_sync_hours": 24}
    (source.folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    target = environment(JSONL.name).parent
    edited = source.persy.store.candidates()[0].remote_id
    for name in ("", "Edited"):
        if name:
            source.persy.store.edit(edited, last_name=name)
        run_engine("elx==0.2.2", "python", "recipe.py", folder=source.folder, path=(target,))
    rows = [
        json.loads(line)
        for path in sorted((source.folder / "output").glob("candidates*"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len(rows) < 2 * 12
    assert {row["remote_id"]: row["last_name"] for row in rows}[edited] == "Edited"


@pytest.mark.parametrize(
    ("name", "version", "program"),
    [
        ("pipelinewise-transform-field", "2.3.0", "transform-field"),
        ("meltano-map-transform", "0.12.3", "meltano-map-transform"),
    ],
)
def test_a_mapper_changes_names_and_leaves_a_tombstone_one(
    source: Source, name: str, version: str, program: str
) -> None:
    assert f"{name} {version}" in PAGE
    config = source.folder / "mapper.json"
    config.write_text(recipe(name), encoding="utf-8")
    source.sync()
    kept, deleted = (person.remote_id for person in source.persy.store.candidates()[:2])
    source.persy.store.edit(kept, last_name="Edited")
    source.persy.store.delete(deleted)
    lines = "".join(f"{json.dumps(message)}\n" for message in source.sync().messages)
    written = run_engine(
        f"{name}=={version}", program, "--config", str(config), folder=source.folder, given=lines
    )
    messages = [json.loads(line) for line in written.splitlines()]
    names = {
        message["record"]["remote_id"]: message["record"]["last_name"]
        for message in messages
        if message["type"] == "RECORD" and message["stream"] == "candidates"
    }
    assert names[deleted] is None
    assert names[kept] not in {None, "Edited"}
    assert messages[-1]["type"] == "STATE"
