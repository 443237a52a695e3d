"""``meltano run`` into PostgreSQL, DuckDB and Parquet: what two runs leave, checked in SQL."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.meltano import make_project
from tests.profiles.comparison import STREAMS
from tests.profiles.expected import Record, expected_integration_fields
from tests.source import ALWAYS_COMPLETE, TOMBSTONE
from tests.thinning import thinned
from tests.warehouse.documentation import types_in
from tests.warehouse.loading import DuckWarehouse, ParquetWarehouse, PostgresWarehouse, Warehouse
from tests.warehouse.odd_people import NAMES, Tenant, living_rows
from tests.warehouse.postgres import Postgres

JSON = {"phone_numbers", "email_addresses", "location", "custom_fields", "remote_data"}
SCOPE = timedelta(days=60)
"""Of the second run, so that not everything is loaded twice; `start_date` counts by day."""

SLOWEST = 16
"""Candidates a second, into all of them: a run that takes longer hangs."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A tenant after two runs into each warehouse.

    Attributes:
        tenant: As it is now.
        living: What each stream must have, by `id`.
        warehouses: By name.
    """

    tenant: Tenant
    living: t.Mapping[str, t.Mapping[str, Record]]
    warehouses: t.Mapping[str, Warehouse]


@pytest.fixture(scope="module", params=thinned([1_000, 100_000]))
def loaded(
    request: pytest.FixtureRequest, server: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("tables")
    parquet = ParquetWarehouse(folder)
    postgres = PostgresWarehouse(folder, server, schema=folder.name)
    with running(Options(candidates=request.param, seed=11, page_size=500)) as persy:
        tenant = Tenant(persy.store, [])
        tenant.becomes_odd()
        settings = {"API_URL": persy.url, "API_KEY": persy.api_key, "PAGE_SIZE": 500}
        project = make_project(
            folder,
            {f"TAP_COMPLEETPERSY_{name}": value for name, value in settings.items()}
            | parquet.variables
            | postgres.variables,
            timeout=max(300, request.param / SLOWEST),
        )
        words = [
            word for each in (parquet, postgres) for word in ("tap-compleetpersy", *each.blocks)
        ]
        project.meltano("run", *words)
        warehouses = {"duckdb": DuckWarehouse(folder), "parquet": parquet, "postgres": postgres}
        since = datetime.combine(datetime.now(UTC) - SCOPE, time(), UTC)
        tenant.changes(since)
        project.meltano(
            "run",
            *words,
            TAP_COMPLEETPERSY_FULL_SYNC_HOURS=f"{ALWAYS_COMPLETE:f}",
            TAP_COMPLEETPERSY_START_DATE=since.isoformat(),
        )
        yield Loaded(tenant, living_rows(persy.store.candidates()), warehouses)


@pytest.fixture(params=["duckdb", "parquet", "postgres"])
def warehouse(request: pytest.FixtureRequest, loaded: Loaded) -> Warehouse:
    return loaded.warehouses[request.param]


@pytest.mark.parametrize("stream", STREAMS)
def test_every_row_is_what_persy_has(loaded: Loaded, warehouse: Warehouse, stream: str) -> None:
    expected = loaded.living[stream]
    names = list(next(iter(expected.values())))
    columns = ", ".join(names)
    found = warehouse.rows(f"select {columns} from {stream} where remote_deleted_at is null")
    rows = {row[0]: plain(dict(zip(names, row, strict=True))) for row in found}
    assert rows.keys() == expected.keys()
    different = {
        (key, name): (rows[key][name], value)
        for key, row in expected.items()
        for name, value in row.items()
        if rows[key][name] != value
    }
    assert different == {}
    assert len(found) == len(expected)


def plain(row: Record) -> Record:
    """Write a row as records are: times as text, JSON as values, custom fields without null."""
    for name, value in row.items():
        if isinstance(value, datetime):
            moment = value.astimezone(UTC) if value.tzinfo else value
            row[name] = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
        elif name in JSON and isinstance(value, str):
            row[name] = json.loads(value)
    if "custom_fields" in row:
        fields = row["custom_fields"].items()
        row["custom_fields"] = {key: rounded(value) for key, value in fields if value is not None}
    return row


def rounded(value: t.Any) -> t.Any:
    """Read a number that jsonb keeps with all its digits as the float that it was."""
    return float(value) if isinstance(value, int) and abs(value) >= 2**63 else value


@pytest.mark.parametrize("stream", STREAMS)
def test_names_and_types_are_those_of_the_page(warehouse: Warehouse, stream: str) -> None:
    columns = warehouse.columns(stream)
    own = {name: kind for name, kind in columns.items() if not name.startswith("_sdc")}
    assert own == types_in(type(warehouse).__name__, stream)


@pytest.mark.parametrize("stream", STREAMS)
def test_keys_are_unique_texts(warehouse: Warehouse, stream: str) -> None:
    counts = "count(*) - count(distinct id), count(*) - count(distinct remote_id), min(length(id))"
    assert warehouse.rows(f"select {counts}, max(length(id)) from {stream}") == [(0, 0, 36, 36)]
    declared = warehouse.rows(
        f"""
        select constraint_type from information_schema.table_constraints
        where table_schema = current_schema() and table_name = '{stream}'
          and constraint_type = 'PRIMARY KEY'
        """
    )
    assert declared == ([] if isinstance(warehouse, ParquetWarehouse) else [("PRIMARY KEY",)])


def test_every_join_resolves(warehouse: Warehouse) -> None:
    unresolved = """
        select count(*) from applications a
        left join candidates c on c.id = a.candidate_id and c.remote_deleted_at is null
        left join jobs j on j.id = a.job_id and j.remote_deleted_at is null
        where a.remote_deleted_at is null and (c.id is null or j.id is null)
    """
    assert warehouse.rows(unresolved) == [(0,)]


def test_who_was_edited_is_one_row_of_the_second_run(warehouse: Warehouse) -> None:
    edited = "select location, changed_at from candidates where last_name = 'Groß-Geändert 🎉'"
    ((location, changed_at),) = warehouse.rows(edited)
    assert location is None
    moments = sorted(warehouse.rows("select distinct changed_at from candidates"))
    assert [moment for (moment,) in moments][1:] == [changed_at]


@pytest.mark.parametrize("stream", ["candidates", "applications"])
def test_a_deletion_leaves_nothing_but_the_tombstone(
    loaded: Loaded, warehouse: Warehouse, stream: str
) -> None:
    kinds = warehouse.columns(stream)
    names = [name for name in kinds if not name.startswith("_sdc")]
    # An object that is null is JSON's null in target-postgres.
    objects = {name for name in names if kinds[name] == "jsonb"}
    values = (f"nullif({name}, 'null')" if name in objects else name for name in names)
    counts = ", ".join(f"count({value})" for value in values)
    ((total, *counted),) = warehouse.rows(
        f"select count(*), {counts} from {stream} where remote_deleted_at is not null"
    )
    (deleted,) = loaded.tenant.deleted
    withdrawn = 1
    openings = len({opening.remote_id for opening in deleted.openings})
    expected = {"candidates": 1, "applications": openings + withdrawn}
    assert total == expected[stream]
    assert dict(zip(names, counted, strict=True)) == {
        name: total if name in TOMBSTONE else 0 for name in names
    }


def test_text_is_exact_in_sql(warehouse: Warehouse) -> None:
    zoe = "select count(*) from candidates where last_name = 'Zoë'"
    assert warehouse.rows(zoe) == [(1,)]
    family = """
        select count(*) from candidates
        where custom_fields->>'Familie' = '👩‍👩‍👧‍👦 🇩🇪'
          and (custom_fields->>'Größte ganze Zahl')::bigint = 9223372036854775807
          and (custom_fields->>'Letzter Tag')::date = date '9999-12-31'
    """
    assert warehouse.rows(family) == [(len(NAMES),)]


def test_integration_fields_hold_every_custom_field(loaded: Loaded, warehouse: Warehouse) -> None:
    people = {person.remote_id: person for person in loaded.tenant.store.candidates()}
    rows = warehouse.rows(
        "select remote_id, integration_fields from candidates"
        " where remote_id like '%77' and remote_deleted_at is null"
    )
    assert len(rows) >= len(people) // 100 - 1
    for remote_id, value in rows:
        fields = json.loads(value) if isinstance(value, str) else value
        custom = {field["key"]: field for field in fields if field["type"] == "CUSTOM"}
        assert custom == expected_integration_fields(people[remote_id])
