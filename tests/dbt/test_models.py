"""The dbt models of both warehouses: what analysts see equals the source, in SQL."""

from __future__ import annotations

import json
import typing as t
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tap_compleetpersy.sandbox.facts import BERLIN, Opening
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.dbt.models import Models
from tests.meltano import Project, make_project
from tests.profiles.expected import (
    INVALID_MAILS,
    UNDIALLED,
    expected_applications,
    expected_candidates,
)
from tests.singer import run_tap
from tests.warehouse.loading import DuckWarehouse, PostgresWarehouse, Warehouse
from tests.warehouse.postgres import running_postgres

Rows = list[tuple[t.Any, ...]]


class DuckFile(DuckWarehouse):
    """A file with a name of its own, so that `persy.candidates` can only mean the schema."""

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / "warehouse.duckdb"


class Place(t.NamedTuple):
    """A tenant, its project, the models, and the warehouse that both fill."""

    persy: Sandbox
    project: Project
    models: Models
    warehouse: Warehouse
    query: Callable[[str], Rows]

    def begin(self, config: Mapping[str, t.Any]) -> None:
        """Do what the first `meltano run` does, and leave its state to Meltano."""
        first = run_tap(config, self.project.folder)
        assert first.exit_code == 0, first.log
        self.warehouse.load(first.messages)
        assert self.models.dbt("build").returncode == 0
        pipeline = f"dev:tap-compleetpersy-to-{self.warehouse.target}"
        state = json.dumps({"singer_state": first.state})
        self.project.meltano("state", "set", "--force", pipeline, state)

    def run(self, *words: str, **settings: str) -> None:
        """Let Meltano extract, load and build."""
        blocks = ("tap-compleetpersy", *self.warehouse.blocks, f"dbt-{self.models.output}:build")
        self.project.meltano("run", *words, *blocks, **settings)


@pytest.fixture(scope="module", params=["duckdb", pytest.param("postgres", marks=pytest.mark.full)])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp(request.param)
    with running(Options(candidates=60, seed=5)) as persy, running_postgres() as server:
        duck = DuckFile(folder)
        postgres = PostgresWarehouse(folder, server, schema="persy")

        def query(sql: str) -> Rows:
            if request.param == "postgres":
                with server.connect() as connection:
                    return connection.execute(sql.encode()).fetchall()
            with duckdb.connect(str(duck.path)) as connection:
                return connection.execute(sql).fetchall()

        where = {"TARGET_DUCKDB_FILEPATH": str(duck.path)} | server.variables
        config = {
            "api_url": persy.url,
            "api_key": persy.api_key,
            "full_sync_hours": 0.0001,
        }
        source = {f"TAP_COMPLEETPERSY_{name.upper()}": value for name, value in config.items()}
        place = Place(
            persy,
            make_project(folder, where | source),
            Models(folder, request.param, where),
            duck if request.param == "duckdb" else postgres,
            query,
        )
        place.begin(config)
        yield place


def expected(place: Place) -> dict[str, Mapping[str, t.Any]]:
    people, shape = place.persy.store.candidates(), place.persy.options.shape
    return {
        "people": expected_candidates(people, shape),
        "applications": expected_applications(people, shape),
    }


def expect_the_source(place: Place, schema: str = "persy_models") -> None:
    facts = expected(place)
    assert dict(place.query(f"select candidate_id, city from {schema}.stg_persy__people")) == {  # noqa: S608
        key: (person["location"] or {}).get("city") for key, person in facts["people"].items()
    }
    assert sorted(
        place.query(f"select candidate_id, kind, contact from {schema}.stg_persy__contacts")  # noqa: S608
    ) == sorted(
        (key, kind, contact[field])
        for key, person in facts["people"].items()
        for kind, column, field in (
            ("phone", "phone_numbers", "phone_number"),
            ("email", "email_addresses", "email_address"),
        )
        for contact in person[column]
    )
    assert {*place.query(f"select opening_id from {schema}.stg_persy__openings")} == {  # noqa: S608
        (one["job_id"],) for one in facts["applications"].values()
    }
    counted = Counter(
        (one["job_id"], month(one["remote_created_at"]), one["outcome"] or "UNKNOWN")
        for one in facts["applications"].values()
    )
    funnel = f"""select opening_id, month, outcome, cast(sum(applications) as integer)
        from {schema}.persy__funnel group by 1, 2, 3"""  # noqa: S608
    assert {tuple(key): n for *key, n in place.query(funnel)} == counted


def month(instant: str | None) -> date | None:
    """Return the first day of a month in Berlin."""
    if instant is None:
        return None
    return datetime.fromisoformat(instant).astimezone(BERLIN).date().replace(day=1)


def test_models_equal_the_source_and_erased_people_vanish(place: Place) -> None:
    expect_the_source(place)
    gone, *_ = place.persy.store.candidates()
    place.persy.store.delete(gone.remote_id)
    evening = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # in Berlin, it is November
    place.persy.store.add(
        last_name="Größter 🎉", openings=(Opening("81", "Köch:in", "neu", evening),)
    )
    place.run()
    expect_the_source(place)
    assert gone.remote_id not in str(
        place.query("select remote_id from persy_models.stg_persy__people")
    )


@pytest.mark.full
def test_flattened_columns_make_the_same_models(place: Place) -> None:
    place.run(
        "--state-id-suffix=flat",
        TAP_COMPLEETPERSY_FLATTENING_ENABLED="true",
        TAP_COMPLEETPERSY_FLATTENING_MAX_DEPTH="1",
        TARGET_DUCKDB_DEFAULT_TARGET_SCHEMA="flat",
        TARGET_POSTGRES_DEFAULT_TARGET_SCHEMA="flat",
        PERSY_SCHEMA="flat",
        PERSY_MODELS_SCHEMA="flat_models",
    )
    expect_the_source(place, "flat_models")


@pytest.mark.full
def test_expired_people_are_out_of_the_models_and_removed(place: Place) -> None:
    moments = sorted(one.updated_at for one in place.persy.store.candidates())
    cutoff = moments[len(moments) // 2].astimezone(UTC)
    kept = [one for one in place.persy.store.candidates() if one.updated_at >= cutoff]
    # Without an offset it is read as the tap reads it: in Berlin.
    wall_clock = cutoff.astimezone(BERLIN)
    given = {"TAP_COMPLEETPERSY_CUTOFF_DATE": f"{wall_clock:%Y-%m-%dT%H:%M:%S}"}

    everybody = place.query("select count(*) from persy.candidates")
    shown = place.models.dbt("run-operation", "persy_remove_expired", **given)
    assert f"Would delete {len(moments) - len(kept)} rows of candidates" in shown.stdout.decode()
    assert place.query("select count(*) from persy.candidates") == everybody

    done = place.models.dbt("build", PERSY_REMOVE_EXPIRED="true", **given)
    assert done.returncode == 0, done.stdout.decode()
    for table, column in (("persy.candidates", "id"), ("persy_models.stg_persy__people", "1")):
        rows = place.query(
            f"select count({column}) from {table} where remote_updated_at is not null"  # noqa: S608
        )
        assert rows == [(len(kept),)]
    orphans = """select count(*) from persy.applications where remote_deleted_at is null
        and candidate_id not in (select id from persy.candidates)"""
    assert place.query(orphans) == [(0,)]


def test_two_cutoffs_are_refused(place: Place) -> None:
    cutoffs = {"CUTOFF_DATE": "2026-01-01", "CUTOFF_DAYS": "730"}
    variables = {f"TAP_COMPLEETPERSY_{name}": value for name, value in cutoffs.items()}
    done = place.models.dbt("build", **variables)
    assert done.returncode != 0
    assert "contradictory, set only one of them" in done.stdout.decode()


@pytest.mark.full
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

    lost = """delete from persy.candidates where id in (
        select min(candidate_id) from persy.applications where remote_deleted_at is null
    ) returning id"""
    assert len(place.query(lost)) == 1
    incomplete = place.models.dbt("test", "--select", "source:persy")
    assert incomplete.returncode == 1
    assert "applications_candidate_id" in incomplete.stdout.decode()
    assert "returned 0 results" not in incomplete.stdout.decode()


def test_logs_name_nobody(place: Place) -> None:
    """Of all that ran above, failures included."""
    logs = [*place.models.folder.rglob("dbt.log*"), *place.project.folder.rglob("*.log")]
    written = "".join(log.read_text(encoding="utf-8") for log in logs)
    assert "persy__funnel" in written
    people = place.persy.store.candidates()
    personal = {mail.address for one in people for mail in one.emails} | {"Größter"}
    personal |= {phone.number for one in people for phone in one.phones}
    personal -= INVALID_MAILS | UNDIALLED
    assert {value for value in personal if value in written} == set()
