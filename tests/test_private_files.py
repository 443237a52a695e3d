"""Every file that a command writes is its user's alone, and so is every folder that it makes."""

from __future__ import annotations

import json
import stat
import subprocess
import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.state import Sandbox
from tests.catalog import select
from tests.singer import SCRIPTS, bare_environment, discover
from tests.thinning import thinned

BATCHES: t.Final = {
    "encoding": {"format": "jsonl", "compression": "gzip"},
    "storage": {"root": "file://{folder}/made", "prefix": ""},
}


def attachments_of(sandbox: Sandbox) -> str:
    """Return the id of a candidate who has an attachment."""
    someone = sandbox.store.candidates()[0].remote_id
    sandbox.store.put_attachment(someone, "9", file_name="cv.pdf", content=b"%PDF-1")
    return someone


COMMANDS: dict[str, Callable[[Sandbox], list[str]]] = {
    "batch files": lambda _: ["tap-compleetpersy", "--config", "batches.json"],
    "attachments of a sync": lambda _: [
        *("tap-compleetpersy", "--config", "files.json", "--catalog", "catalog.json")
    ],
    "persy check --write-config": lambda _: ["persy", "check", "--write-config", "made.json"],
    "persy fields --output": lambda _: ["persy", "fields", "--output", "made.txt"],
    "persy map --output": lambda _: ["persy", "map", "--output", "made.txt"],
    "persy request --output": lambda _: [
        *("persy", "request", "GET", "/candidates", "--output", "made.json")
    ],
    "persy attachments --download": lambda sandbox: [
        *("persy", "attachments", attachments_of(sandbox), "--download", "made")
    ],
}


@pytest.mark.parametrize("command", thinned(COMMANDS.values(), 3), ids=COMMANDS)
def test_whatever_is_written_is_private(
    sandbox: Sandbox,
    config: dict[str, t.Any],
    tmp_path: Path,
    command: Callable[[Sandbox], list[str]],
) -> None:
    name, *words = command(sandbox)
    attachments_of(sandbox)
    batches = json.loads(json.dumps(BATCHES).replace("{folder}", str(tmp_path)))
    catalog = select(discover(config | {"attachments_dir": str(tmp_path / "made")}, tmp_path))
    given: dict[str, t.Any] = {
        "batches.json": config | {"batch_config": batches},
        "files.json": config | {"attachments_dir": str(tmp_path / "made")},
        "catalog.json": catalog,
    }
    for file, content in given.items():
        (tmp_path / file).write_text(json.dumps(content), encoding="utf-8")
    environment = {f"TAP_COMPLEETPERSY_{key.upper()}": str(value) for key, value in config.items()}
    existing = {*tmp_path.rglob("*")}

    finished = subprocess.run(
        [str(SCRIPTS / name), *words],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env=bare_environment() | environment,
        umask=0,
    )

    made = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    modes = {path: mode for path, mode in made.items() if path not in existing}
    assert [path for path in modes if path.is_file()], finished.stderr.decode()
    for path, mode in modes.items():
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_output_into_a_pipe_is_written_there(config: dict[str, t.Any], tmp_path: Path) -> None:
    environment = {f"TAP_COMPLEETPERSY_{key.upper()}": str(value) for key, value in config.items()}
    done = subprocess.run(
        [SCRIPTS / "persy", "fields", "--format", "json", "--output", "/dev/stdout"],
        env=bare_environment() | environment,
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)
