"""What real targets refuse, or take without a word: the table of docs/targets.md.

A refused run leaves no state, and with what the table says to set the next one brings all.
"""

from __future__ import annotations

import contextlib
import functools
import re
import subprocess
import typing as t
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Store
from tests.meltano import ROOT
from tests.targets import stand_ins
from tests.targets.declared import FLAT, TARGETS
from tests.targets.destinations import BY_DLT
from tests.targets.environments import environment
from tests.targets.singer_target import Spot, Target
from tests.targets.story import Pipe, Row, TargetFailedError

pytestmark = pytest.mark.full

PAGE = (ROOT / "docs" / "targets.md").read_text(encoding="utf-8")
QUESTION = "Welche Führerscheine und Fahrerkarten besitzen Sie zurzeit: "
UTF8 = "convert to character set utf8mb4"
LONG = "alter table persy._dlt_pipeline_state modify state longtext"
NONE: Mapping[str, t.Any] = {}
MARIADB, SQLITE = "dlt, MariaDB", "dlt, SQLite"
POSTGRES, PIPELINEWISE = "meltanolabs-target-postgres", "pipelinewise-target-postgres"
DUCKDB, CLICKHOUSE = "target-duckdb", "shaped-target-clickhouse"
SNOWFLAKE = "meltanolabs-target-snowflake"


def two_questions(store: Store, who: str) -> None:
    """Give two custom fields that begin with the same 63 bytes."""
    store.set_custom_field(who, f"{QUESTION}Pkw", "eins")
    store.set_custom_field(who, f"{QUESTION}Lkw", "zwei")


def two_cases(store: Store, who: str) -> None:
    """Give two custom fields that differ in case only."""
    store.set_custom_field(who, "Wohnort", "eins")
    store.set_custom_field(who, "WOHNORT", "zwei")


def many_fields(store: Store, who: str) -> None:
    """Give more custom fields than PostgreSQL has columns."""
    for number in range(1_700):
        store.set_custom_field(who, f"Feld {number}", "eins zwei")


def smile(store: Store, who: str) -> None:
    """Give a name outside of the basic plane."""
    store.edit(who, last_name="eins zwei 😀")


def long_name(store: Store, who: str) -> None:
    """Give a name of more than 64 KiB."""
    store.edit(who, last_name="eins zwei " * 8_000)


def early(store: Store, who: str) -> None:
    """Let somebody have been created before 1970."""
    store.edit(who, created_at=datetime(1965, 3, 1, 12, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that a target refuses.

    Attributes:
        title: Of the target.
        change: What is in Persy.
        reason: What the target says, part of a row of docs/targets.md.
        before: Settings of the tap with which it is refused.
        mend: What is done to the server in between.
    """

    title: str
    change: Callable[[Store, str], None]
    reason: str
    before: Mapping[str, t.Any] = field(default_factory=lambda: FLAT)
    mend: Callable[[Spot], None] = lambda _: None


def in_mariadb(spot: Spot, statement: str) -> None:
    """Run a statement with the target's own driver."""
    program = (
        "import pymysql, sys; pymysql.connect(host='127.0.0.1', port=int(sys.argv[1]),"
        " user='persy', password='any').cursor().execute(sys.argv[2])"
    )
    words = [str(spot.python), "-c", program, str(spot.server.port), statement]
    subprocess.run(words, check=True, capture_output=True)


def staging_takes_all(spot: Spot) -> None:
    """Give dlt's second database the character set of the first."""
    in_mariadb(spot, f"alter table persy_staging.candidates {UTF8}")


@contextlib.contextmanager
def loading(
    title: str, change: Callable[[Store, str], None], folder: Path, count: int = 12
) -> Iterator[tuple[Target, Spot, Pipe, str]]:
    """Yield a target, its place, a pipe into it, and who was changed."""
    target = next(each for each in TARGETS if each.title == title)
    if change is smile:
        server_of = functools.partial(stand_ins.mariadb, characters="latin1")
        target = replace(target, server=server_of)
    (folder / "server").mkdir()
    with (
        running(Options(candidates=count, seed=5, page_size=1000)) as persy,
        target.server(folder / "server") as server,
    ):
        spot = Spot(folder, environment(target.name, target.python), server)
        who = persy.store.candidates()[0].remote_id
        change(persy.store, who)
        variables = target.environment(spot)
        yield target, spot, Pipe(persy, NONE, target.command(spot), variables, folder), who


REFUSALS = (
    Refusal(POSTGRES, two_questions, "specified more than once"),
    Refusal(PIPELINEWISE, two_cases, "specified more than once"),
    Refusal(DUCKDB, two_cases, "already exists!"),
    Refusal(SNOWFLAKE, two_cases, "Duplicate stream properties"),
    Refusal(CLICKHOUSE, two_cases, "Duplicate stream properties"),
    Refusal(POSTGRES, many_fields, "tables can have at most 1600 columns"),
    Refusal(PIPELINEWISE, many_fields, "tables can have at most 1600 columns"),
    Refusal(MARIADB, smile, "Incorrect string value", NONE, staging_takes_all),
)


def _row(target: Target, spot: Spot, who: str) -> Row:
    (found,) = [row for row in target.read(spot)["candidates"] if row["remote_id"] == who]
    return found


@pytest.mark.parametrize(
    "refusal", REFUSALS, ids=lambda each: f"{each.title}-{each.change.__name__}"
)
def test_what_is_refused_says_why_and_is_loaded_once_it_can_be(
    refusal: Refusal, tmp_path: Path
) -> None:
    assert refusal.reason in PAGE
    with loading(refusal.title, refusal.change, tmp_path) as (target, spot, pipe, who):
        pipe.settings = refusal.before
        with pytest.raises(TargetFailedError, match=re.escape(refusal.reason)):
            pipe.run()
        assert pipe.state is None
        refusal.mend(spot)
        pipe.settings = NONE
        pipe.run()
        row = str(_row(target, spot, who))
        assert "eins" in row
        assert "zwei" in row


@pytest.mark.parametrize("title", [DUCKDB, PIPELINEWISE])
def test_long_names_of_columns_that_begin_alike_are_taken(title: str, tmp_path: Path) -> None:
    with loading(title, two_questions, tmp_path) as (target, spot, pipe, who):
        pipe.settings = FLAT
        pipe.run()
        assert {"eins", "zwei"} <= {*map(str, _row(target, spot, who).values())}


def test_dlt_keeps_one_of_two_columns_that_differ_in_case_only(tmp_path: Path) -> None:
    with loading(SQLITE, two_cases, tmp_path) as (target, spot, pipe, who):
        pipe.settings = FLAT
        pipe.run()
        values = {*map(str, _row(target, spot, who).values())}
        assert len(values & {"eins", "zwei"}) == 1


@pytest.mark.parametrize("target", BY_DLT, ids=lambda each: each.title)
def test_a_job_that_is_told_twice_in_a_run_is_there_once_as_it_was_last(
    target: Target, tmp_path: Path
) -> None:
    def renamed(store: Store, _: str) -> None:
        people = store.candidates()
        store.put_opening(people[0].remote_id, "9999", title="Koch")
        store.put_opening(people[-1].remote_id, "9999", title="Chefkoch")

    with loading(target.title, renamed, tmp_path, 30) as (_, spot, pipe, _):
        pipe.settings = {"page_size": 10}
        pipe.run()
        pipe.run(complete=True)
        jobs = [row["name"] for row in target.read(spot)["jobs"] if row["remote_id"] == "9999"]
        assert jobs == ["Chefkoch"]


def test_clickhouse_moves_what_was_before_1970(tmp_path: Path) -> None:
    with loading(CLICKHOUSE, early, tmp_path) as (target, spot, pipe, who):
        pipe.run()
        assert _row(target, spot, who)["remote_created_at"] == "1970-01-01 00:00:00"


def test_the_state_of_many_candidates_is_too_long_for_mariadb(tmp_path: Path) -> None:
    assert LONG in PAGE
    with loading(MARIADB, early, tmp_path, 8_000) as (target, spot, pipe, _):
        with pytest.raises(TargetFailedError, match="Data too long for column 'state'"):
            pipe.run()
        in_mariadb(spot, LONG)
        pipe.run()
        assert len(target.read(spot)["candidates"]) == 8_000


def test_mariadb_refuses_a_text_of_more_than_64_kib(tmp_path: Path) -> None:
    """The package stays, and is tried again by each run until it is given up."""
    with loading(MARIADB, long_name, tmp_path) as (target, spot, pipe, who):
        for _ in range(2):
            with pytest.raises(TargetFailedError, match="Data too long for column"):
                pipe.run()
            assert pipe.state is None
            pipe.persy.store.edit(who, last_name="Kurz")
        recipe = (tmp_path / "target.py").read_text(encoding="utf-8")
        abort = recipe.partition("pipeline.run()")[0] + "pipeline.abort_packages()"
        variables = dict(pipe.environment) | {"PATH": "/usr/bin:/bin"}
        words = [str(spot.python), "-c", abort]
        subprocess.run(words, check=True, capture_output=True, env=variables, cwd=tmp_path)
        pipe.run()
        assert _row(target, spot, who)["last_name"] == "Kurz"
