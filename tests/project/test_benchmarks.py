"""Whoever the tap is compared with does the same work, over a server that says the same."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
import typing as t
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.contestants import CONTESTANTS, Contestant, Place
from benchmarks.measure import measure
from benchmarks.results import renewed
from benchmarks.server import NOW, SEED, Server, serving
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running

ROOT = Path(__file__).resolve().parents[2]
CANDIDATES = 250
BY_NAME = {contestant.name: contestant for contestant in CONTESTANTS}
OF_THE_RUN = re.compile(rb'"(changed_at|time_extracted)":"[^"]*"')
Row = dict[str, t.Any]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(CANDIDATES) as server:
        yield server


def output(contestant: Contestant, server: Server, folder: Path) -> list[bytes]:
    """Run a contestant and answer its lines."""
    place = Place(contestant.programs, server.url(CANDIDATES), folder)
    command = contestant.command(place, contestant.prepare(place))
    measure(command, folder, contestant.variables)
    paths = folder.glob(contestant.records) if contestant.records else [folder / "output"]
    return [line for path in sorted(paths) for line in path.read_bytes().splitlines()]


def here(name: str) -> Contestant:
    """Take one of our peers into the environment of the tests, which has all it needs."""
    return dataclasses.replace(BY_NAME[name], environment=None)


def records(lines: list[bytes]) -> dict[str, dict[str, Row]]:
    """Return the records by stream and id, without what differs from run to run."""
    found: dict[str, dict[str, Row]] = {"candidates": {}, "jobs": {}, "applications": {}}
    for line in lines:
        message = json.loads(line)
        if message["type"] == "RECORD":
            record = message["record"] | {"changed_at": None}
            found[message["stream"]][record["id"]] = record
    return found


def record_lines(lines: list[bytes]) -> list[bytes]:
    return [OF_THE_RUN.sub(b"", line) for line in lines if line.startswith(b'{"type":"RECORD"')]


@pytest.fixture(scope="module")
def by_the_tap(server: Server, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    return output(BY_NAME["tap"], server, tmp_path_factory.mktemp("tap"))


def test_the_bare_loop_writes_the_same_bytes(
    server: Server, by_the_tap: list[bytes], tmp_path: Path
) -> None:
    lines = output(here("bare"), server, tmp_path)
    assert len(lines) > CANDIDATES
    assert record_lines(lines) == record_lines(by_the_tap)


@pytest.mark.full
@pytest.mark.parametrize("name", ["usual", pytest.param("tuned", marks=pytest.mark.full)])
def test_the_usual_design_writes_the_same_records(
    server: Server, by_the_tap: list[bytes], tmp_path: Path, name: str
) -> None:
    assert records(output(here(name), server, tmp_path)) == records(by_the_tap)


@pytest.mark.full
def test_dlt_has_the_same_fields_but_those_that_are_null(
    server: Server, by_the_tap: list[bytes], tmp_path: Path
) -> None:
    rows = {row["id"]: row for row in map(json.loads, output(BY_NAME["dlt"], server, tmp_path))}
    expected = {k: row for rows in records(by_the_tap).values() for k, row in rows.items()}
    times = {"changed_at", "remote_created_at", "remote_updated_at"}
    assert rows.keys() == expected.keys()
    for key, row in expected.items():
        plain = {name: v for name, v in row.items() if v is not None and name not in times}
        assert {name: rows[key].get(name) for name in plain} == plain


@pytest.mark.full
def test_dlt_unmapped_has_the_same_candidates_and_applications(
    server: Server, by_the_tap: list[bytes], tmp_path: Path
) -> None:
    rows = list(map(json.loads, output(BY_NAME["dlt-raw"], server, tmp_path)))
    expected = records(by_the_tap)
    infos = [row["candidate_record_info"] for row in rows if "candidate_record_info" in row]
    assert {info["Id"]["IdValue"] for info in infos} == remote_ids(expected["candidates"])
    openings = {row["remote_id"] for row in rows if "job_id" in row}
    assert openings == remote_ids(expected["applications"])


@pytest.mark.full
def test_the_generic_tap_has_the_same_candidates_and_as_many_applications(
    server: Server, by_the_tap: list[bytes], tmp_path: Path
) -> None:
    messages = [json.loads(line) for line in output(BY_NAME["msdk"], server, tmp_path)]
    rows = [(m["stream"], m["record"]) for m in messages if m["type"] == "RECORD"]
    expected = records(by_the_tap)
    people = {row["CandidateRecordInfo_Id_IdValue"] for name, row in rows if name == "candidates"}
    assert people == remote_ids(expected["candidates"])
    openings = Counter(
        row["PositionRecordInfo_Id_IdValue"] for name, row in rows if name == "applications"
    )
    applications = expected["applications"].values()
    assert openings == Counter(row["remote_id"].split("/")[1] for row in applications)


def remote_ids(rows: dict[str, Row]) -> set[str]:
    return {row["remote_id"] for row in rows.values()}


@pytest.mark.parametrize(
    "query", ["page=1&per_page=100", "page=3&per_page=100", "modified_since=2026-10-01T00:00:00Z"]
)
def test_the_server_answers_as_the_local_persy(server: Server, query: str) -> None:
    with running(Options(candidates=CANDIDATES, seed=SEED, now=NOW)) as sandbox:
        key = {"Authorization": f"Bearer {sandbox.api_key}"}
        expected = answer(f"{sandbox.url}/candidates?{query}", key)
    assert answer(f"{server.url(CANDIDATES)}/candidates?{query}") == expected


def answer(url: str, headers: dict[str, str] | None = None) -> Row:
    request = urllib.request.Request(url, headers=headers or {})  # noqa: S310 - a server of ours
    with urllib.request.urlopen(request) as received:  # noqa: S310
        return t.cast("Row", json.loads(received.read()))


def test_a_longer_list_repeats_people_under_further_ids(server: Server) -> None:
    url = f"{server.url(2 * CANDIDATES)}/candidates?per_page=1&page="
    (first,), (again,) = (answer(f"{url}{page}")["data"] for page in (1, 1 + CANDIDATES))
    ids = [row["CandidateRecordInfo"].pop("Id")["IdValue"] for row in (first, again)]
    assert int(ids[1]) == int(ids[0]) + CANDIDATES
    assert first == again


def test_a_scenario_measured_again_replaces_its_own_section_only() -> None:
    titles = {"race": "The race", "delta": "A delta"}
    page = renewed("", {"delta": "old delta"}, titles, "first")
    page = renewed(page, {"race": "old race"}, titles, "second")
    page = renewed(page, {"race": "new race"}, titles, "third")
    assert "old race" not in page
    assert page.index("## The race\n\nnew race") < page.index("## A delta\n\nold delta")


@pytest.mark.parametrize(
    "lock", sorted((ROOT / "benchmarks" / "requirements").glob("*.txt")), ids=lambda p: p.stem
)
def test_what_is_compared_is_pinned_with_hashes(lock: Path) -> None:
    blocks = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
    packages = [block for block in blocks if not block.startswith("#")]
    assert packages
    assert [block for block in packages if "==" not in block or "--hash=sha256:" not in block] == []
    assert "://" not in lock.read_text(encoding="utf-8")


@pytest.mark.full
def test_every_scenario_prints_its_table() -> None:
    command = [sys.executable, "-m", "benchmarks", "--quick", "--scenario", "all"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    headings = re.findall(r"^## (.+)$", done.stdout, re.MULTILINE)
    assert headings == [
        "The race",
        "Longer lists",
        "A slow server",
        "A delta without change",
        "Start-up",
        "Messages and log lines",
    ]
