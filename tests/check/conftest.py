"""Runs of ``persy check`` in this process, against real servers."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.pages import read_pages
from tap_compleetpersy.check import budgeted_client, examination
from tap_compleetpersy.cli.check import command
from tap_compleetpersy.model.candidate import compile_reader
from tap_compleetpersy.settings import Settings, read_settings
from tap_compleetpersy.settings.declaration import ENVIRONMENT_PREFIX
from tap_compleetpersy.sync.reading import rules_of
from tests.compiling import compiled_once
from tests.server import Server


@dataclass(frozen=True)
class Checked:
    """What one run of the command said."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def findings(self) -> dict[str, dict[str, t.Any]]:
        """Assumption to finding."""
        return {finding["assumption"]: finding for finding in json.loads(self.stdout)}

    def failing(self) -> dict[str, dict[str, t.Any]]:
        """Assumption to setting and value, of what fails."""
        return {
            name: {finding["setting"]: finding["value"]}
            for name, finding in self.findings.items()
            if finding["verdict"] == "fails"
        }


@pytest.fixture(scope="package", autouse=True)
def _compiled_once() -> Iterator[None]:
    with (
        compiled_once(budgeted_client, "compile_read"),
        compiled_once(examination, "compile_read", "compile_provenance"),
    ):
        yield


class Run(t.Protocol):
    def __call__(self, config: Mapping[str, t.Any], *arguments: str) -> Checked: ...


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on a configuration, as JSON unless told otherwise."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.__dataclass_fields__:
        monkeypatch.delenv(f"{ENVIRONMENT_PREFIX}{name.upper()}", raising=False)

    def run_it(config: Mapping[str, t.Any], *arguments: str) -> Checked:
        path = tmp_path / "given.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        words = ["--config", str(path), *(arguments or ("--format", "json"))]
        result = CliRunner().invoke(command, words)
        return Checked(result.exit_code, result.stdout, result.stderr)

    return run_it


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


def ids_read(config: Mapping[str, t.Any]) -> list[str]:
    """Read all pages as the tap does, and answer the ids."""
    settings = read_settings(config)
    read = compile_reader(rules_of(settings))
    with Client(settings) as client:
        pages = read_pages(client)
        return [read(record).remote_id for page in pages for record in page.records]
