"""Serve what real converters made as real frameworks page it, and compare what the tap reads."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import tempfile
import time
import typing as t
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from tap_compleetpersy.cli.check import command
from tap_compleetpersy.sandbox.facts import Candidate
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.profiles.comparison import (
    Difference,
    Score,
    differences,
    expected_rows,
    score,
    written_rows,
)
from tests.profiles.people import FICTIONAL, NOW, PAGE_SIZE, add_hard_people
from tests.singer import run_tap
from tests.wire.makers import HERE, SERVERS, Maker

KEY = "wire-key"
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """What came of one maker's records behind one framework.

    Attributes:
        score: Fields that are right, with the settings that were found.
        found: Names of the settings that `persy check` found.
        wrong: What is not right.
    """

    score: Score
    found: tuple[str, ...]
    wrong: tuple[Difference, ...]


def everybody() -> list[Candidate]:
    """Return the people: those of a local Persy, and seven who are hard to read."""
    options = Options(candidates=FICTIONAL, seed=3, now=NOW, port=0)
    with running(options) as sandbox:
        add_hard_people(sandbox.store)
        return list(sandbox.store.candidates())


def measure(maker: Maker, framework: str, people: Sequence[Candidate]) -> Cell:
    """Check a server of these records, sync with what was found, and compare.

    Raises:
        RuntimeError: When a converter or the tap fails, with what it said.
    """
    written = [person for one in people if (person := maker.narrow(one)) is not None]
    left = [maker.loses(person) for person in written]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records = folder / "records.json"
        made = made_by(maker, written)
        listed = [
            (person.updated_at.timestamp(), record, person.remote_id)
            for person, record in zip(written, made, strict=True)
        ]
        records.write_text(json.dumps(listed), encoding="utf-8")
        with serving(records, framework) as url:
            given = {"api_url": url, "api_key": KEY, "page_size": PAGE_SIZE}
            found = found_by_check(given, folder)
            run = run_tap({**given, **found}, folder)
    if run.exit_code:
        raise RuntimeError(run.log)
    rows, wanted = written_rows(run, maker.shape), expected_rows(left, maker.shape)
    return Cell(score(rows, wanted), tuple(found), tuple(differences(rows, wanted)))


def made_by(maker: Maker, people: Sequence[Candidate]) -> list[str]:
    """Return each record as JSON text."""
    done = subprocess.run(
        maker.command, input=maker.write(people).encode(), capture_output=True, check=False
    )
    if done.returncode:
        message = f"{maker.name}: {done.stderr.decode(errors='replace')}"
        raise RuntimeError(message)
    return [json.dumps(record) for record in json.loads(done.stdout)]


def found_by_check(given: dict[str, t.Any], folder: Path) -> dict[str, t.Any]:
    """Return the settings that `persy check` writes beside those given."""
    config, found = folder / "given.json", folder / "found.json"
    config.write_text(json.dumps(given), encoding="utf-8")
    words = ["--config", str(config), "--write-config", str(found)]
    result = CliRunner().invoke(command, words)
    if not found.exists():
        raise RuntimeError(result.stderr)
    settings = json.loads(found.read_text(encoding="utf-8"))
    return {name: value for name, value in settings.items() if given.get(name) != value}


@contextlib.contextmanager
def serving(records: Path, framework: str) -> Iterator[str]:
    """Run PHP's own server, Python's or Node's; yield the URL of its API."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = SERVERS.get(framework.partition("-")[0])
    words = [*server, str(port)] if server else [
        "php", "-d", "display_errors=stderr", "-S", f"127.0.0.1:{port}", str(HERE / "serve.php"),
    ]  # fmt: skip
    process = subprocess.Popen(
        words,
        env={**os.environ, "WIRE_RECORDS": str(records), "WIRE_FRAMEWORK": framework},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/persy/api/v1"
    finally:
        process.terminate()
        process.wait(SECONDS)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), SECONDS):
            return
    message = "the server did not start"
    raise RuntimeError(message)
