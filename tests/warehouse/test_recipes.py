"""The recipes of docs/recipes.md, as they stand there, with the living and with the deleted."""

from __future__ import annotations

import hashlib
import json
import re
import typing as t
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from tap_compleetpersy.sandbox.facts import Address, Email, Opening
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.meltano import make_project
from tests.singer import Message, Run
from tests.source import TOMBSTONE, Source, columns, deletion
from tests.warehouse.documentation import RECIPES, block, recipe, recipes
from tests.warehouse.loading import DuckWarehouse, PostgresWarehouse, Warehouse

CUSTOM: dict[str, t.Any] = {
    "Gehaltswunsch": "42.000",
    "Größe": "groß",
    "größe": "klein",
    "A b": 1,
    "a_b": 1.5,
    "Newsletter": False,
    "Entfernung_km": 12,
    "Eintrittsdatum": "01.02.2027",
    "Letzter Kontakt": "2026-11-02T08:13:54+00:00",
    "Sprachen": ["Türkisch", "Deutsch"],
    "Kuendigungsfrist": {"Anzahl": 2, "Einheit": "Wochen"},
}


MOMENT = datetime(2026, 11, 2, 8, 13, 54)  # noqa: DTZ001 - targets store UTC without a zone

NOBODY = (None, None, None, None, None, None)


def people(persy: Sandbox) -> None:
    """Add one who has everything, one who will be deleted, and one who has nothing."""
    for number in (1, 2):
        persy.store.add(
            last_name="Özdemir",
            confidential=False,
            address=Address(city="Köln"),
            emails=(Email(f" Person{number}@Example.org"),),
            openings=(Opening(f"8{number}", "Koch"),),
            custom_fields=CUSTOM,
        )
    nothing: dict[str, t.Any] = {"address": None, "emails": (), "openings": (), "custom_fields": {}}
    persy.store.add(last_name=None, confidential=None, **nothing)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Message:
    """What discovery finds; it is the same for every test."""
    with running(Options(candidates=0)) as persy:
        people(persy)
        return Source(persy, tmp_path_factory.mktemp("catalog")).discover()


@pytest.fixture
def source(catalog: Message, tmp_path: Path) -> Iterator[Source]:
    with running(Options(candidates=0)) as persy:
        people(persy)
        yield Source(persy, tmp_path, catalog)


def cook(source: Source, settings: dict[str, t.Any], *warehouses: Warehouse) -> tuple[Run, Run]:
    """Run a recipe twice, the second time without the second person, and load both runs."""
    first = source.sync(**settings)
    source.persy.store.delete("1002")
    second = source.sync(**settings)
    names = columns(first).keys()
    for run in (first, second):
        assert all(row.keys() == names for row in run.records("candidates"))
    assert {name for name, value in deletion(second).items() if value is not None} == TOMBSTONE
    for warehouse in warehouses:
        warehouse.load(first.messages)
        warehouse.load(second.messages)
    return first, second


def test_a_view_of_nested_fields(
    source: Source, postgres: PostgresWarehouse, duck: DuckWarehouse
) -> None:
    _, second = cook(source, {})
    query = block("Custom fields in SQL, without any setting", "sql").split(" as\n", 1)[1]
    for warehouse in (postgres, duck):
        warehouse.load(second.messages)
        assert warehouse.rows(f"{query} order by remote_id") == [
            ("1001", "Özdemir", "42.000", date(2027, 2, 1), 12, False, "Türkisch"),
            ("1003", *NOBODY),
        ]


def test_one_custom_field_as_a_column(source: Source, duck: DuckWarehouse) -> None:
    cook(source, recipe("One custom field as a column"), duck)
    assert duck.columns("candidates")["gehaltswunsch"] == "VARCHAR"
    rows = duck.rows("select gehaltswunsch from candidates order by remote_id")
    assert rows == [("42.000",), (None,), (None,)]


def test_columns_with_names_of_their_own(
    source: Source, postgres: PostgresWarehouse, duck: DuckWarehouse
) -> None:
    settings = recipe("Columns with names of your own")
    cook(source, settings, postgres, duck)
    names = [name for name in settings["stream_maps"]["candidates"] if name != "custom_fields"]
    types = {
        postgres: "text text bigint numeric boolean date timestamp text text",
        duck: "VARCHAR VARCHAR HUGEINT DOUBLE BOOLEAN VARCHAR TIMESTAMP VARCHAR VARCHAR",
    }
    for warehouse, expected in types.items():
        kinds = warehouse.columns("candidates")
        assert "custom_fields" not in kinds
        assert [kinds[name].removesuffix(" without time zone") for name in names] == (
            expected.split()
        )
        shown = ", ".join(names).replace("datum", "datum::date")
        assert warehouse.rows(f"select {shown} from candidates order by remote_id") == [  # noqa: S608
            (
                "groß", "klein", 1, 1.5, False, date(2027, 2, 1), MOMENT,
                '["Türkisch", "Deutsch"]', '{"Anzahl": 2, "Einheit": "Wochen"}',
            ),
            (None,) * len(names),
            (None,) * len(names),
        ]  # fmt: skip


def test_the_expression_of_each_type(source: Source) -> None:
    keys = {
        "string": "Gehaltswunsch",
        "integer": "Entfernung_km",
        "number": "a_b",
        "boolean": "Newsletter",
        "date": "Eintrittsdatum",
        "date-time": "Letzter Kontakt",
        "array, object": "Sprachen",
    }
    lines = re.findall(r"^\| ([a-z, -]+) \| `(.*…?.*)` \|$", RECIPES, re.MULTILINE)
    templates = {kind: text for kind, text in lines if "…" in text}
    assert templates.keys() == keys.keys()
    definition = {
        kind: template.replace("…", f"(custom_fields or {{}}).get({keys[kind]!r})")
        for kind, template in templates.items()
    }
    first, _ = cook(source, {"stream_maps": {"candidates": definition}})
    kinds = {kind: columns(first)[kind] for kind in keys}
    text = {"type": ["string", "null"]}
    assert kinds == {
        "string": text,
        "integer": {"type": ["integer", "null"]},
        "number": {"type": ["number", "null"]},
        "boolean": {"type": ["boolean", "null"]},
        "date": text | {"format": "date"},
        "date-time": text | {"format": "date-time"},
        "array, object": text,
    }
    assert [first.records("candidates")[0][kind] for kind in keys] == [
        "42.000", 12, 1.5, False, "2027-02-01", "2026-11-02T08:13:54Z", '["Türkisch", "Deutsch"]',
    ]  # fmt: skip


def test_a_hash_instead_of_the_mail_address(source: Source, duck: DuckWarehouse) -> None:
    settings = recipe("A hash instead of the mail address")
    first, second = cook(source, settings | {"include_remote_data": True}, duck)
    salted = f"{settings['stream_map_config']['salt']}person1@example.org"
    rows = duck.rows("select email_sha256 from candidates order by remote_id")
    assert rows == [(hashlib.sha256(salted.encode()).hexdigest(),), (None,), (None,)]
    assert not {"email_addresses", "integration_fields", "remote_data"} & columns(first).keys()
    said = json.dumps([first.messages, second.messages]).casefold() + first.log.casefold()
    assert "example.org" not in said
    assert settings["stream_map_config"]["salt"] not in said


def test_only_these_fields(source: Source, duck: DuckWarehouse) -> None:
    settings = recipe("Only these fields")
    cook(source, settings, duck)
    names = settings["stream_maps"]["candidates"].keys() - {"__else__"}
    assert duck.columns("candidates").keys() == names
    joined = "select city, name from candidates c join applications a on a.candidate_id = c.id"
    rows = duck.rows(f"{joined} join jobs j on j.id = a.job_id where a.remote_deleted_at is null")
    assert rows == [("Köln", "Koch")]


def test_nobody_who_is_confidential(source: Source, duck: DuckWarehouse) -> None:
    settings = recipe("Nobody whose application is confidential")
    cook(source, settings, duck)
    assert living(duck) == {"candidates": ["1001"], "applications": ["1001/81"], "jobs": ["81"]}
    source.persy.store.edit("1001", confidential=True)
    duck.load(source.sync(**settings).messages)
    assert living(duck) == {"candidates": [], "applications": [], "jobs": []}
    assert duck.rows("select count(last_name), count(custom_fields) from candidates") == [(0, 0)]


def test_meltano_hands_them_on_whole(tmp_path: Path) -> None:
    """It leaves out what is null in an object, hence `__NULL__`."""
    project = make_project(tmp_path, {})
    file = tmp_path / "meltano.yml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    (tap,) = content["plugins"]["extractors"]
    definition = {
        name: expression
        for each in recipes()
        for name, expression in each.get("stream_maps", {}).get("candidates", {}).items()
    }
    tap["config"] = {
        "stream_maps": {"candidates": definition},
        "stream_map_config": {"salt": "$PERSY_SALT"},
    }
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    printed = project.meltano("config", "print", tap["name"], PERSY_SALT="a long secret")
    given = json.JSONDecoder().raw_decode(printed, printed.index("{"))[0]
    assert given["stream_maps"] == {"candidates": definition}
    assert given["stream_map_config"] == {"salt": "a long secret"}


def living(warehouse: Warehouse) -> dict[str, list[str]]:
    """Return the remote ids of rows that are not deleted."""
    query = "select remote_id from {} where remote_deleted_at is null order by 1"
    return {
        table: [row[0] for row in warehouse.rows(query.format(table))]
        for table in ("candidates", "applications", "jobs")
    }
