"""Progress: one live line on a terminal, one log line a page elsewhere, never a person."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import typing as t
from pathlib import Path

import pytest

from tap_compleetpersy.sync.report import Progress
from tests.singer import SCRIPTS, bare_environment


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def seconds() -> t.Callable[[], float]:
    ticks = iter([0.0, 2.0, 4.0])
    return lambda: next(ticks)


def test_a_terminal_has_one_line_that_is_written_over() -> None:
    terminal = Terminal()
    progress = Progress(terminal, seconds())
    progress.page(candidates=100, records=300, total=5000)
    progress.page(candidates=50, records=450, total=5000)
    progress.finish()
    assert terminal.getvalue() == (
        "\r\x1b[KPage 1: 100 of 5,000 candidates read, 300 records, 150 records/s"
        "\r\x1b[KPage 2: 150 of 5,000 candidates read, 450 records, 112 records/s"
        "\n"
    )


def test_elsewhere_a_page_is_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="tap-compleetpersy")
    stream = io.StringIO()
    progress = Progress(stream, seconds())
    progress.page(candidates=100, records=300, total=None)
    progress.finish()
    assert caplog.messages == ["Page 1: 100 candidates read, 300 records, 150 records/s"]
    assert stream.getvalue() == ""


def test_the_tap_draws_its_line_on_a_real_terminal(
    config: dict[str, t.Any], tmp_path: Path
) -> None:
    """Stderr is a pseudo-terminal, as in a shell, and stdout a file."""
    ours, theirs = pty.openpty()
    environment = {
        f"TAP_COMPLEETPERSY_{name.upper()}": str(value) for name, value in config.items()
    }
    with (tmp_path / "out").open("wb") as stdout, os.fdopen(ours, "rb", buffering=0) as screen:
        process = subprocess.Popen(
            [str(SCRIPTS / "tap-compleetpersy"), "--config=ENV"],
            cwd=tmp_path,
            env=bare_environment() | environment,
            stdout=stdout,
            stderr=theirs,
        )
        os.close(theirs)
        shown = bytearray()
        while chunk := read(screen):
            shown += chunk
        assert process.wait(60) == 0
    assert b"\r\x1b[KPage 3: 60 of 60 candidates read" in shown
    assert b"INFO     | tap-compleetpersy              | Page" not in shown


def read(screen: t.BinaryIO) -> bytes:
    """Read what is there; a terminal that was left reports an error on Linux."""
    try:
        return screen.read(4096)
    except OSError:
        return b""
