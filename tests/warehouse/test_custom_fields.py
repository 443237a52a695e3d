"""Custom fields in PostgreSQL and DuckDB: nested and as columns, typed, and erased again."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.facts import Address
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tests.meltano import ROOT, make_project
from tests.source import TOMBSTONE, Source
from tests.warehouse.documentation import recipe
from tests.warehouse.loading import DuckWarehouse, PostgresWarehouse, Warehouse

EVERY_TYPE: dict[str, t.Any] = {
    "Newsletter": True,
    "Entfernung_km": 12,
    "Stundenlohn": 17.25,
    "Eintrittsdatum": "01.02.2027",
    "Letzter Kontakt": "2026-11-02T09:13:54+01:00",
    "Gehaltswunsch": "42.000",
    "Größe": "groß",
    "Sprachen": ["Türkisch", "Deutsch"],
    "Kuendigungsfrist": {"Anzahl": 2, "Einheit": "Wochen"},
    "A.b": "mit Punkt",
}
"""One value of each type, under keys with an umlaut, a blank and a dot."""

TOLD = datetime(2026, 11, 2, 8, 13, 54)  # noqa: DTZ001 - targets store UTC without a zone

FLAT = recipe("One column for each custom field")


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Source]:
    """Two who have every custom field, and one who has none and no address."""
    with running(Options(candidates=0)) as persy:
        for city in ("Köln", "Bonn"):
            persy.store.add(custom_fields=EVERY_TYPE, address=Address(city=city))
        persy.store.add(custom_fields={}, address=None)
        yield Source(persy, tmp_path)


README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_query_of_the_readme(source: Source, warehouses: list[Warehouse]) -> None:
    found = re.search(r"<!-- run: custom-field -->\n```sql\n(.*?);\n```", README, re.DOTALL)
    assert found is not None
    source.persy.store.add(custom_fields={**EVERY_TYPE, "Berufsjahre": "9"})
    source.persy.store.add(custom_fields={**EVERY_TYPE, "Berufsjahre": "12"})
    run = source.sync()
    for warehouse in warehouses:
        warehouse.load(run.messages)
        assert warehouse.rows(found[1]) == [("2027-02-01", 1)]


@pytest.fixture
def warehouses(postgres: PostgresWarehouse, duck: DuckWarehouse) -> list[Warehouse]:
    return [postgres, duck]


def test_nested_they_are_read_with_any_type(source: Source, warehouses: list[Warehouse]) -> None:
    run = source.sync()
    for warehouse in warehouses:
        warehouse.load(run.messages)
        assert warehouse.columns("candidates")["custom_fields"].lower() in {"jsonb", "json"}
        assert warehouse.rows(
            """
            select (custom_fields->>'Newsletter')::boolean,
                   (custom_fields->>'Entfernung_km')::bigint,
                   (custom_fields->>'Stundenlohn')::numeric(9, 2),
                   (custom_fields->>'Eintrittsdatum')::date,
                   (custom_fields->>'Letzter Kontakt')::timestamp,
                   custom_fields->>'Gehaltswunsch',
                   custom_fields->>'Größe',
                   custom_fields->'Sprachen'->>0,
                   custom_fields->'Kuendigungsfrist'->>'Einheit',
                   custom_fields->>'A.b'
            from candidates where (custom_fields->>'Größe') = 'groß'
            """
        ) == 2 * [
            (
                True, 12, Decimal("17.25"), date(2027, 2, 1), TOLD, "42.000", "groß",
                "Türkisch", "Wochen", "mit Punkt",
            )
        ]  # fmt: skip


IN_POSTGRES = {
    "custom_fields__Newsletter": "boolean",
    "custom_fields__Entfernung_km": "bigint",
    "custom_fields__Stundenlohn": "numeric",
    "custom_fields__Eintrittsdatum": "date",
    "custom_fields__Letzter Kontakt": "timestamp without time zone",
    "custom_fields__Gehaltswunsch": "text",
    "custom_fields__Größe": "text",
    "custom_fields__Sprachen": "text",
    "custom_fields__Kuendigungsfrist": "text",
    "custom_fields__A.b": "text",
}
"""Names as they are."""

IN_DUCKDB = {
    "custom_fields__newsletter": "BOOLEAN",
    "custom_fields__entfernung_km": "HUGEINT",
    "custom_fields__stundenlohn": "DOUBLE",
    "custom_fields__eintrittsdatum": "VARCHAR",
    "custom_fields__letzter kontakt": "TIMESTAMP",
    "custom_fields__gehaltswunsch": "VARCHAR",
    "custom_fields__größe": "VARCHAR",
    "custom_fields__sprachen": "VARCHAR",
    "custom_fields__kuendigungsfrist": "VARCHAR",
    "custom_fields__a.b": "VARCHAR",
}
"""Names in small letters; target-duckdb makes text of a date."""

ROWS = """
select "custom_fields__Newsletter", "custom_fields__Entfernung_km", "custom_fields__Stundenlohn",
       "custom_fields__Eintrittsdatum"::date, "custom_fields__Letzter Kontakt",
       "custom_fields__Gehaltswunsch", "custom_fields__Größe", "custom_fields__Sprachen",
       "custom_fields__Kuendigungsfrist", "custom_fields__A.b", "location__city"
from candidates order by remote_id
"""
VALUES = (
    True, 12, 17.25, date(2027, 2, 1), TOLD, "42.000", "groß", '["Türkisch","Deutsch"]',
    '{"Anzahl":2,"Einheit":"Wochen"}', "mit Punkt",
)  # fmt: skip
NOTHING = (None,) * (len(VALUES) + 1)


def test_as_columns_they_have_their_types_and_are_erased(
    source: Source, warehouses: list[Warehouse]
) -> None:
    first = source.sync(**FLAT)
    source.persy.store.delete("1001")
    source.persy.store.edit("1002", address=None)
    second = source.sync(**FLAT)
    for warehouse, types in zip(warehouses, (IN_POSTGRES, IN_DUCKDB), strict=True):
        warehouse.load(first.messages)
        assert custom(warehouse) == types
        assert warehouse.rows(ROWS) == [(*VALUES, "Köln"), (*VALUES, "Bonn"), NOTHING]
        warehouse.load(second.messages)
        assert warehouse.rows(ROWS) == [NOTHING, (*VALUES, None), NOTHING]
        assert left_of_the_deleted(warehouse) == TOMBSTONE


def test_two_levels_deep(source: Source, duck: DuckWarehouse) -> None:
    duck.load(source.sync(**FLAT | {"flattening_max_depth": 2}).messages)
    types = {name: custom(duck)[name] for name in custom(duck) if "kuendigungsfrist" in name}
    assert types == {
        "custom_fields__kuendigungsfrist__anzahl": "HUGEINT",
        "custom_fields__kuendigungsfrist__einheit": "VARCHAR",
    }


def custom(warehouse: Warehouse) -> dict[str, str]:
    """Return the columns of custom fields."""
    types = warehouse.columns("candidates")
    return {name: kind for name, kind in types.items() if name.startswith("custom_fields")}


def left_of_the_deleted(warehouse: Warehouse) -> set[str]:
    """Name the columns that are not null in rows of deleted candidates, the target's own aside."""
    names = [name for name in warehouse.columns("candidates") if not name.startswith("_sdc")]
    counts = ", ".join(f'count("{name}")' for name in names)
    (row,) = warehouse.rows(
        f"select {counts} from candidates where remote_deleted_at is not null"  # noqa: S608 - own names
    )
    return {name for name, count in zip(names, row, strict=True) if count}


SELECTED = '["*.*", "!candidates.custom_fields.Gehaltswunsch", "!candidates.phone_numbers"]'
LEAKS = """
select count(*) from candidates
where integration_fields like '%Gehaltswunsch%' or integration_fields like '%FormattedNumber%'
"""


@pytest.mark.full
@pytest.mark.parametrize("target", ["target-postgres", "target-duckdb"])
def test_meltano_brings_what_is_selected(
    target: str, tmp_path: Path, postgres: PostgresWarehouse, duck: DuckWarehouse
) -> None:
    warehouse: Warehouse = {"target-postgres": postgres, "target-duckdb": duck}[target]
    with running(Options(candidates=30, seed=7)) as persy:
        settings = {
            "API_URL": persy.url,
            "API_KEY": persy.api_key,
            "FLATTENING_ENABLED": "true",
            "FLATTENING_MAX_DEPTH": "1",
            "_SELECT": SELECTED,
        }
        variables = {f"TAP_COMPLEETPERSY_{name}": value for name, value in settings.items()}
        project = make_project(tmp_path, variables | warehouse.variables)
        project.meltano("run", "tap-compleetpersy", target)
        people = persy.store.candidates()
    columns = {name.casefold(): kind.casefold() for name, kind in custom(warehouse).items()}
    assert columns["custom_fields__newsletter"] == "boolean"
    assert "custom_fields__gehaltswunsch" not in columns
    assert "phone_numbers" not in warehouse.columns("candidates")
    assert warehouse.rows(LEAKS) == [(0,)]
    newsletters = warehouse.rows('select remote_id, "custom_fields__Newsletter" from candidates')
    assert dict(newsletters) == {c.remote_id: c.custom_fields.get("Newsletter") for c in people}
