"""The package in MariaDB, ClickHouse and fakesnow: cutoffs, and what it does not do there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.dbt.elsewhere import elsewhere, teach_zones
from tests.singer import run_tap

pytestmark = pytest.mark.full

CUTOFF = "2100-01-01T00:00:00Z"


@pytest.mark.parametrize("kind", ["mariadb", "clickhouse", "snowflake"])
def test_who_is_past_the_cutoff_is_no_person(kind: str, tmp_path: Path) -> None:
    with running(Options(candidates=3)) as persy, elsewhere(kind, tmp_path) as (place, models):
        run = run_tap({"api_url": persy.url, "api_key": persy.api_key}, tmp_path)
        place.load(run.messages)
        for cutoff, people in (("", 3), (CUTOFF, 0)):
            words = ("run", "--select", "stg_persy__people", "stg_persy__contacts")
            built = models.dbt(*words, TAP_COMPLEETPERSY_CUTOFF_DATE=cutoff)
            assert built.returncode == 0, built.stdout.decode()
            counted = "select count(distinct candidate_id) from persy_models.stg_persy__"
            assert place.rows(f"{counted}people") == [(people,)]
            assert place.rows(f"{counted}contacts") == [(people,)]
        refused = models.dbt(
            "run-operation", "persy_remove_expired", TAP_COMPLEETPERSY_CUTOFF_DATE=CUTOFF
        )
        assert refused.returncode
        assert b"persy_remove_expired is for DuckDB and PostgreSQL" in refused.stdout


def test_the_first_build_in_fakesnow(tmp_path: Path) -> None:
    """The second one stops at dbt's merge of the snapshot, which fakesnow does not take."""
    with running(Options(candidates=40)) as persy, elsewhere("snowflake", tmp_path) as place:
        run = run_tap({"api_url": persy.url, "api_key": persy.api_key}, tmp_path)
        place[0].load(run.messages)
        built = place[1].dbt("build")
        assert built.returncode == 0, built.stdout.decode()
        counted = "select cast(sum(applications) as integer) from persy_models.persy__"
        for mart in ("funnel", "months", "openings", "sources"):
            assert place[0].rows(f"{counted}{mart}") == [(len(run.rows("applications")),)]


def test_a_zone_that_the_server_does_not_know_is_a_failing_test(tmp_path: Path) -> None:
    with elsewhere("mariadb", tmp_path) as (_, models):
        words = ("test", "--select", "time_zone_is_known")
        assert b"Got 1 result" in models.dbt(*words).stdout
        teach_zones(tmp_path / "server")
        assert models.dbt(*words).returncode == 0
