"""The dbt models of both warehouses: what analysts see equals the source, in SQL."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from tap_compleetpersy.sandbox.application import Sandbox
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.dbt.models import Models
from tests.meltano import Project, make_project
from tests.profiles.expected import expected_applications, expected_candidates
from tests.warehouse.postgres import running_postgres

Rows = list[tuple[t.Any, ...]]
TARGETS = {"duckdb": "target-duckdb", "postgres": "target-postgres"}


class Place(t.NamedTuple):
    """A tenant, its project, the models, and the warehouse that both fill."""

    persy: Sandbox
    project: Project
    models: Models
    query: Callable[[str], Rows]

    def run(self) -> None:
        """Let Meltano extract, load and build."""
        output = self.models.output
        self.project.meltano("run", "tap-compleetpersy", TARGETS[output], f"dbt-{output}:build")


@pytest.fixture(scope="module", params=TARGETS)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp(request.param)
    file = folder / "warehouse.duckdb"
    with running(Options(candidates=60, seed=5)) as persy, running_postgres() as server:

        def query(sql: str) -> Rows:
            if request.param == "postgres":
                with server.connect() as connection:
                    return connection.execute(sql.encode()).fetchall()
            with duckdb.connect(str(file)) as connection:
                return connection.execute(sql).fetchall()

        where = {"TARGET_DUCKDB_FILEPATH": str(file)} | server.variables
        source = {
            "TAP_COMPLEETPERSY_API_URL": persy.url,
            "TAP_COMPLEETPERSY_API_KEY": persy.api_key,
            "TAP_COMPLEETPERSY_FULL_SYNC_HOURS": "0.0000001",
        }
        place = Place(
            persy,
            make_project(folder, where | source),
            Models(folder, request.param, where),
            query,
        )
        place.run()
        yield place


def expected(place: Place) -> dict[str, Mapping[str, t.Any]]:
    people, shape = place.persy.store.candidates(), place.persy.options.shape
    return {
        "people": expected_candidates(people, shape),
        "applications": expected_applications(people, shape),
    }


def expect_the_source(place: Place) -> None:
    facts = expected(place)
    assert dict(place.query("select candidate_id, city from persy_models.stg_persy__people")) == {
        key: (person["location"] or {}).get("city") for key, person in facts["people"].items()
    }
    assert sorted(
        place.query("select candidate_id, kind, contact from persy_models.stg_persy__contacts")
    ) == sorted(
        (key, kind, contact[field])
        for key, person in facts["people"].items()
        for kind, column, field in (
            ("phone", "phone_numbers", "phone_number"),
            ("email", "email_addresses", "email_address"),
        )
        for contact in person[column]
    )
    assert {*place.query("select opening_id from persy_models.stg_persy__openings")} == {
        (one["job_id"],) for one in facts["applications"].values()
    }
    counted: dict[tuple[str, str], int] = {}
    for one in facts["applications"].values():
        key = (one["job_id"], one["outcome"] or "UNKNOWN")
        counted[key] = counted.get(key, 0) + 1
    funnel = """select opening_id, outcome, cast(sum(applications) as integer)
        from persy_models.persy__funnel group by 1, 2"""
    assert {(opening, outcome): n for opening, outcome, n in place.query(funnel)} == counted


def test_models_equal_the_source_and_erased_people_vanish(place: Place) -> None:
    expect_the_source(place)
    gone, *_ = place.persy.store.candidates()
    place.persy.store.delete(gone.remote_id)
    place.persy.store.add(last_name="Größter 🎉")
    place.run()
    expect_the_source(place)
    assert gone.remote_id not in str(
        place.query("select remote_id from persy_models.stg_persy__people")
    )


def test_expired_people_are_out_of_the_models_and_removed(place: Place) -> None:
    moments = sorted(one.updated_at for one in place.persy.store.candidates())
    cutoff = moments[len(moments) // 2].astimezone(UTC)
    kept = [one for one in place.persy.store.candidates() if one.updated_at >= cutoff]
    date = {"TAP_COMPLEETPERSY_CUTOFF_DATE": f"{cutoff:%Y-%m-%dT%H:%M:%S}"}

    everybody = place.query("select count(*) from persy.candidates")
    shown = place.models.dbt("run-operation", "persy_remove_expired", **date)
    assert f"Would delete {len(moments) - len(kept)} rows of candidates" in shown.stdout.decode()
    assert place.query("select count(*) from persy.candidates") == everybody

    done = place.models.dbt("build", PERSY_REMOVE_EXPIRED="true", **date)
    assert done.returncode == 0, done.stdout.decode()
    for table, column in (("persy.candidates", "id"), ("persy_models.stg_persy__people", "1")):
        rows = place.query(
            f"select count({column}) from {table} where remote_updated_at is not null"  # noqa: S608
        )
        assert rows == [(len(kept),)]
    orphans = """select count(*) from persy.applications where remote_deleted_at is null
        and candidate_id not in (select id from persy.candidates)"""
    assert place.query(orphans) == [(0,)]


def test_a_broken_relation_and_old_data_are_told(place: Place) -> None:
    assert place.models.dbt("source", "freshness").returncode == 0
    long_ago = datetime.now(UTC) - timedelta(days=4)
    place.query(f"update persy.candidates set changed_at = '{long_ago:%Y-%m-%d}' returning id")  # noqa: S608
    stale = place.models.dbt("source", "freshness")
    assert stale.returncode == 1
    assert "ERROR STALE freshness of persy.candidates" in stale.stdout.decode()

    funnel = "persy_models.persy__funnel"
    place.query(f"insert into {funnel} select * from {funnel} returning 1")  # noqa: S608
    broken = place.models.dbt("test", "--select", "persy__funnel")
    assert broken.returncode == 1
    assert "unique_persy__funnel_funnel_id" in broken.stdout.decode()
