"""A copy of a fork server does what the program does that it stands for."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import typing as t
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.state import Sandbox
from tests.singer import SCRIPTS, bare_environment, tap
from tests.thinning import thinned

OF_THE_RUN = re.compile(
    rb'"(changed_at|time_extracted|full_sync_at|replication_key_value)":"[^"]*"'
    rb"|^[-\d]+ [\d:,]+|[\d,]+ records/s(, about [\d,]+ s left)?|METRIC: .*",
    re.MULTILINE,
)


@pytest.mark.parametrize(
    "words",
    thinned(
        [
            ["--config=config.json"],
            ["--config=config.json", "--discover"],
            ["--config=ENV"],
            ["--config=missing.json"],
            ["--version"],
            ["--nonsense"],
        ],
        3,
    ),
    ids=lambda words: words[-1].strip("-"),
)
def test_it_says_the_same_and_ends_the_same(
    config: dict[str, t.Any], tmp_path: Path, words: list[str]
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    environment = bare_environment() | {"TAP_COMPLEETPERSY_API_URL": "ftp://example.org"}
    command = [str(SCRIPTS / "tap-compleetpersy"), *words]
    expected = subprocess.run(
        command, capture_output=True, check=False, cwd=tmp_path, env=environment, timeout=120
    )
    found = tap().run(words, cwd=tmp_path, env=environment, timeout=120)
    assert found.returncode == expected.returncode
    for name in ("stdout", "stderr"):
        said, by_the_program = (
            OF_THE_RUN.sub(b"", getattr(done, name)).splitlines() for done in (found, expected)
        )
        assert said == by_the_program


def test_a_run_that_hangs_is_an_error(
    sandbox: Sandbox, config: dict[str, t.Any], tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    may_go_on = threading.Event()
    sandbox.before_answer.append(lambda _request: may_go_on.wait())
    with pytest.raises(TimeoutError):
        tap().run(["--config=config.json"], cwd=tmp_path, env=bare_environment(), timeout=0.1)
    may_go_on.set()


def test_memory_can_be_scarce(tmp_path: Path) -> None:
    large = tmp_path / "config.json"
    large.write_text(json.dumps({"account": "x" * 50_000_000}))

    def about(address_space: int | None) -> int:
        return (
            tap()
            .run(
                ["--about", "--config", str(large)],
                cwd=tmp_path,
                env=bare_environment(),
                timeout=120,
                address_space=address_space,
            )
            .returncode
        )

    assert about(None) == 0
    assert about(1 << 20) != 0
