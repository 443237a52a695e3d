"""Runs of ``persy request`` as people start it, against a server that answers as told."""

from __future__ import annotations

import json
import os
import re
import subprocess
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_httpserver import HTTPServer

from tap_compleetpersy.cli import main
from tests.singer import SCRIPTS, bare_environment

KEY = "KeyMarked/K+4711"
PREFIX = "/persy/api/v1"
ANY_PATH = re.compile(".*")


@dataclass(frozen=True)
class Done:
    """What one run left: exit code, and every byte that it printed."""

    exit_code: int
    body: bytes
    told: str

    @property
    def printed(self) -> bytes:
        """Stdout and stderr."""
        return self.body + self.told.encode()

    @property
    def error(self) -> str:
        """The only line of stderr."""
        (line,) = self.told.splitlines()
        return line


@dataclass
class Persy:
    """The command, with settings in its environment, in a folder of its own."""

    folder: Path
    server: HTTPServer
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> Mapping[str, str]:
        settings = {
            "api_url": self.server.url_for(PREFIX),
            "api_key": KEY,
            "max_retries": "0",
            **self.settings,
        }
        named = {f"TAP_COMPLEETPERSY_{name.upper()}": text for name, text in settings.items()}
        return bare_environment() | named

    @property
    def command(self) -> list[str]:
        return [str(SCRIPTS / "persy"), "request"]

    def __call__(self, *words: str | Path, stdin: bytes = b"") -> Done:
        done = subprocess.run(
            [*self.command, *map(str, words)],
            capture_output=True,
            check=False,
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            timeout=60,
        )
        return Done(done.returncode, done.stdout, done.stderr.decode())

    def inside(self, *words: str) -> Done:
        """Run the command in this process, which is quicker."""
        unset = dict.fromkeys(os.environ.keys() - self.environment.keys())
        done = CliRunner().invoke(main, ["request", *words], env={**self.environment, **unset})
        return Done(done.exit_code, done.stdout_bytes, done.stderr)

    def answers(self, body: object, status: int = 200, **headers: str) -> None:
        """Answer every request alike; what is not bytes becomes JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        self.server.expect_request(ANY_PATH).respond_with_data(content, status, named)

    @property
    def requests(self) -> list[t.Any]:
        """What arrived."""
        return [request for request, _ in self.server.log]


@pytest.fixture
def persy(tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Persy:
    """The command, with the settings of the server."""
    monkeypatch.chdir(tmp_path)
    return Persy(tmp_path, httpserver)
