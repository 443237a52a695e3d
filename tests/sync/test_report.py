"""What was not understood is told once, by kind; progress is a line; never a value or a person."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import typing as t
from pathlib import Path

import pytest

from tap_compleetpersy.sync.report import Progress, Report
from tests.singer import SCRIPTS, bare_environment, run_tap

REFRESH = "Refresh the catalog: run --discover again, or `meltano run --refresh-catalog`"


def test_nothing_to_tell() -> None:
    assert list(Report().lines()) == []


def test_doubts_are_counted_by_kind() -> None:
    report = Report()
    report.doubts.update(["outcome: unknown", "email_addresses: invalid", "outcome: unknown"])
    assert list(report.lines()) == [
        "Not understood and left null: email_addresses: invalid (1), outcome: unknown (2)"
    ]


def test_drift_is_one_line_for_each_field() -> None:
    report = Report()
    report.drift((), [("misfit", "Eintritt"), ("unknown", "Neu")])
    report.drift((), [("misfit", "Eintritt"), ("unknown", "Auch neu")])
    assert list(report.lines()) == [
        (
            "Custom field 'Eintritt': 2 values do not fit the type in the catalog and were "
            f"left null. {REFRESH}"
        ),
        (
            f"Custom field 'Auch neu' is not in the catalog; its 1 values were emitted untyped. "
            f"{REFRESH}"
        ),
        f"Custom field 'Neu' is not in the catalog; its 1 values were emitted untyped. {REFRESH}",
    ]


def test_new_fields_are_only_counted_where_the_catalog_is_an_allowlist() -> None:
    report = Report(is_allowlist=True)
    report.drift((), [("unknown", "Neu"), ("unknown", "Auch neu")])
    assert list(report.lines()) == [
        f"2 new custom fields were left out, because others are deselected. {REFRESH}"
    ]


def test_fields_that_nobody_has_any_more_are_told_by_a_complete_pass_only() -> None:
    report = Report(catalog=["Gehalt", "Eintritt", "Leer"])
    report.drift(["Eintritt"], [])
    report.drift(["Leer"], [])
    assert list(report.lines()) == []
    report.is_whole = True
    assert list(report.lines()) == [
        f"Custom field 'Gehalt' is gone: none of 2 candidates has it. {REFRESH}"
    ]


def test_an_empty_list_tells_nothing_about_fields() -> None:
    assert list(Report(catalog=["Gehalt"], is_whole=True).lines()) == []


def test_unreadable_records_are_told_by_position() -> None:
    report = Report(unreadable=[(1, number) for number in range(1, 24)])
    (line,) = report.lines()
    assert line.startswith("23 records were not understood and left out")
    assert "page 1 record 20 …" in line
    assert "record 21" not in line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def seconds() -> t.Callable[[], float]:
    ticks = iter([0.0, 2.0, 4.0])
    return lambda: next(ticks)


def test_a_terminal_has_one_line_that_is_written_over() -> None:
    terminal = Terminal()
    progress = Progress(terminal, seconds())
    progress.page(read=100, records=300, total=5000)
    progress.page(read=50, records=450, total=5000)
    progress.finish()
    assert terminal.getvalue() == (
        "\r\x1b[KPage 1: 100 of 5,000 candidates read, 300 records, 150 records/s, about 98 s left"
        "\r\x1b[KPage 2: 150 of 5,000 candidates read, 450 records, 112 records/s, about 129 s left"
        "\n"
    )


def test_elsewhere_a_page_is_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="tap-compleetpersy")
    stream = io.StringIO()
    progress = Progress(stream, seconds())
    progress.page(read=100, records=300, total=None)
    progress.finish()
    assert caplog.messages == ["Page 1: 100 candidates read, 300 records, 150 records/s"]
    assert stream.getvalue() == ""


def test_the_tap_draws_its_line_on_a_real_terminal(
    config: dict[str, t.Any], tmp_path: Path
) -> None:
    shown = on_a_terminal(config, tmp_path, "tap-compleetpersy", "--config=ENV")
    assert b"\r\x1b[KPage 3: 60 of 60 candidates read" in shown
    assert b"INFO     | tap-compleetpersy              | Page" not in shown


@pytest.mark.parametrize(
    "words", [("tap-compleetpersy", "--config=ENV", "--discover"), ("persy", "fields")]
)
def test_who_samples_candidates_shows_on_a_terminal_how_far_it_is(
    config: dict[str, t.Any], tmp_path: Path, words: tuple[str, ...]
) -> None:
    shown = on_a_terminal(config | {"discovery_sample_size": 40}, tmp_path, *words)
    assert re.search(rb"Candidates \(40 at most\) +\[#+\] +40\b", shown)
    assert b"at most" not in (tmp_path / "out").read_bytes()


def test_discovery_in_a_pipe_shows_no_progress(config: dict[str, t.Any], tmp_path: Path) -> None:
    assert "Candidates" not in run_tap(config, tmp_path, "--discover").log


def on_a_terminal(config: dict[str, t.Any], folder: Path, *words: str) -> bytes:
    """Run a command whose stderr is a pseudo-terminal, as in a shell, and stdout a file."""
    ours, theirs = pty.openpty()
    environment = {
        f"TAP_COMPLEETPERSY_{name.upper()}": str(value) for name, value in config.items()
    }
    with (folder / "out").open("wb") as stdout, os.fdopen(ours, "rb", buffering=0) as screen:
        process = subprocess.Popen(
            [str(SCRIPTS / words[0]), *words[1:]],
            cwd=folder,
            env=bare_environment() | environment,
            stdout=stdout,
            stderr=theirs,
        )
        os.close(theirs)
        shown = bytearray()
        while chunk := read(screen):
            shown += chunk
        assert process.wait(60) == 0
    return bytes(shown)


def read(screen: t.BinaryIO) -> bytes:
    """Read what is there; a terminal that was left reports an error on Linux."""
    try:
        return screen.read(4096)
    except OSError:
        return b""
