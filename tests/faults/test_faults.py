"""Each fault ends in everything, or in one clear line and nothing claimed.

The table of `docs/faults.md`, row by row, with real processes and a real server.
"""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.faults.cases import CASES, ENDS, NOBODY_READS, RETRIES, TIMEOUT, Case
from tests.faults.marked import KEY, MARKS, PATH, USER, Source
from tests.faults.running import MEMORY, Ended, run_tap
from tests.server import Server
from tests.singer import Run

LEVELS: dict[str, dict[str, str]] = {
    "INFO": {},
    "DEBUG": {"auth_method": "basic", "username": USER},
}
"""What the log has, and how the key is sent meanwhile."""

ELSEWHERE = [case for case in CASES if case.elsewhere]
ON_A_PAGE = [case for case in CASES if not case.elsewhere and case is not NOBODY_READS]
LASTING = [case for case in ON_A_PAGE if case.exit_code]


def rows(cases: t.Iterable[Case]) -> pytest.MarkDecorator:
    """Test each of these rows."""
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in cases])


class Play:
    """Runs the tap while something is wrong, and afterwards."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._broken: dict[tuple[str, str], tuple[Ended, Source | None]] = {}
        self.server = Server()
        honest = Source(self.server, lambda _source, _request: None, 1)
        self.discovered = self.tap(honest, {}, "--discover")
        self._catalog = json.loads(self.discovered.stdout)

    def tap(
        self, source: Source | None, settings: Mapping[str, t.Any], *arguments: str, **more: t.Any
    ) -> Ended:
        config = {
            "api_key": KEY,
            "api_url": self.server.url,
            "candidates_path": PATH,
            "max_retries": RETRIES,
            "request_timeout": TIMEOUT,
            **settings,
        }
        started = source.process.set_result if source else lambda _: None
        return run_tap(self._folder, config, *arguments, started=started, **more)

    def sync(self, case: Case, source: Source | None, level: str = "INFO", **more: t.Any) -> Ended:
        settings = {**LEVELS[level], **case.settings, **more.pop("settings", {})}
        environment = {"TAP_COMPLEETPERSY_LOGLEVEL": level}
        return self.tap(source, settings, environment=environment, catalog=self._catalog, **more)

    def broken(self, case: Case, level: str = "DEBUG") -> tuple[Ended, Source | None]:
        """Run the tap while the fault stays; the same run again is not made again."""
        key = case.name, level
        if key not in self._broken:
            self._broken[key] = self._break(case, level)
        return self._broken[key]

    def _break(self, case: Case, level: str) -> tuple[Ended, Source | None]:
        if case.elsewhere:
            with case.elsewhere() as settings:
                return self.sync(case, None, level, settings=settings), None
        source = Source(self.server, case.fault, case.pages)
        return self.sync(case, source, level, closed_stdout=case is NOBODY_READS), source


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    play = Play(tmp_path_factory.mktemp("faults"))
    yield play
    play.server.stop()


def people(*runs: Run) -> set[str]:
    return {record["remote_id"] for run in runs for record in run.records("candidates")}


def lines(run: Run, *levels: str) -> list[str]:
    """Return what was logged at these levels, without time, level and name."""
    found = [line.split(" | ", 3) for line in run.log.splitlines()]
    return [parts[3] for parts in found if len(parts) == 4 and parts[1].strip() in levels]


def says(line: str, expected: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, expected.split("…"))), line) is not None


def expect_no_mark(text: str) -> None:
    assert [mark for mark in MARKS if mark.casefold() in text.casefold()] == []


def expect_nothing_claimed(run: Run) -> None:
    for message in run.of("STATE"):
        for bookmark in message["value"].get("bookmarks", {}).values():
            assert bookmark.get("position") is None
            assert bookmark.get("full_sync_at") is None


def expect_the_end_of(case: Case, ended: Ended) -> None:
    run = ended.run
    assert run.exit_code == case.exit_code, run.log
    assert ended.stdout == b"" or ended.stdout.endswith(b"\n")
    assert "Traceback" not in run.log
    expect_nothing_claimed(run)
    if case not in ENDS:
        (line,) = lines(run, "ERROR", "CRITICAL")
        assert says(line, case.log), line


@rows(ELSEWHERE)
def test_a_server_that_cannot_be_asked_gives_nothing(play: Play, case: Case) -> None:
    ended, _ = play.broken(case)

    expect_the_end_of(case, ended)
    assert ended.run.of("RECORD") == []


@rows(LASTING)
def test_a_fault_that_stays_claims_nothing_and_the_next_run_completes(
    play: Play, case: Case
) -> None:
    broken, source = play.broken(case)

    assert source
    assert source.played
    expect_the_end_of(case, broken)
    assert people(broken.run) < source.ids

    honest = Source(play.server, lambda _source, _request: None, case.pages)
    mended = play.sync(case, honest, state=broken.run.state)
    assert mended.run.exit_code == 0, mended.run.log
    assert people(mended.run) == source.ids


@rows(case for case in ON_A_PAGE if case.tried_again)
def test_a_fault_that_passes_loses_nothing(play: Play, case: Case) -> None:
    source = Source(play.server, case.fault, case.pages, once=True)
    ended = play.sync(case, source)

    assert source.played == 1
    assert ended.run.exit_code == 0, ended.run.log
    assert people(ended.run) == source.ids
    what = case.log.split(" after ")[0]
    (line,) = lines(ended.run, "WARNING", "ERROR")
    assert says(line, f"{what}; waiting {case.wait} s before try 2 of {RETRIES + 1}"), line


@rows(case for case in ON_A_PAGE if not case.exit_code)
def test_what_is_no_fault_is_read(play: Play, case: Case) -> None:
    ended, source = play.broken(case)

    assert source
    assert source.played
    assert ended.run.exit_code == 0, ended.run.log
    assert people(ended.run) == source.ids
    assert lines(ended.run, "WARNING", "ERROR") == []


def test_a_closed_stdout_ends_the_run(play: Play) -> None:
    ended, _ = play.broken(NOBODY_READS)

    expect_the_end_of(NOBODY_READS, ended)


def test_a_bomb_does_not_fill_the_memory(play: Play) -> None:
    """No run may have more than 1 GiB, nor the bomb's."""
    (bomb,) = [case for case in CASES if "bomb" in case.name]
    ended, _ = play.broken(bomb)

    expect_the_end_of(bomb, ended)
    assert MEMORY <= 2**30


@pytest.mark.parametrize("level", [pytest.param("INFO", marks=pytest.mark.full), "DEBUG"])
@rows(CASES)
def test_no_fault_shows_the_key_or_a_person(play: Play, case: Case, level: str) -> None:
    ended, _ = play.broken(case, level)

    expect_no_mark(ended.run.log)
    expect_no_mark(json.dumps(ended.run.of("STATE")))
    assert ("DEBUG" in ended.run.log) == (level == "DEBUG")
    if level == "DEBUG":  # the key was sent, or would have been found
        assert ended.run.exit_code == case.exit_code


def test_neither_do_the_catalog_and_about(play: Play) -> None:
    about = play.tap(None, LEVELS["DEBUG"], "--about", "--format", "json")

    assert about.run.exit_code == 0
    for ended in (about, play.discovered):
        expect_no_mark(ended.run.log)
        expect_no_mark(ended.stdout.decode())
