"""The marts, told as a story: somebody is hired, withdraws, is erased, and returns."""

from __future__ import annotations

import contextlib
import json
import typing as t
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.facts import BERLIN, Email, Opening
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.dbt.elsewhere import Elsewhere, elsewhere, teach_zones
from tests.dbt.models import Models
from tests.singer import Message, run_tap
from tests.thinning import thinned
from tests.warehouse.loading import DuckWarehouse, PostgresWarehouse, Row, Warehouse
from tests.warehouse.postgres import running_postgres

Loaded = Warehouse | Elsewhere
MARTS = ("persy__funnel", "persy__sources", "persy__openings", "persy__pending", "persy__months")
NOW = datetime.now(UTC).replace(microsecond=0)
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
COOK, SMITH = "Köch:in", "Schmied"


class Place:
    """A tenant with people of whom everything is known, and what dbt makes of them."""

    def __init__(self, persy: Sandbox, warehouse: Loaded, models: Models) -> None:
        """Take the places, and let the first day happen."""
        self.persy, self.warehouse, self.models = persy, warehouse, models
        self.state: Message | None = None

    def sync(self, *words: str) -> None:
        """Extract, load and build, with more words for dbt."""
        config = {
            "api_url": self.persy.url,
            "api_key": self.persy.api_key,
            "full_sync_hours": 0.0001,
        }
        run = run_tap(config, self.models.folder, state=self.state)
        assert run.exit_code == 0, run.log
        self.warehouse.load(run.messages)
        self.state = run.state
        built = self.models.dbt("build", *words)
        assert built.returncode == 0, built.stdout.decode()

    def ask(self, columns: str, model: str, order: str = "1") -> list[Row]:
        """Return some columns of a model."""
        return self.warehouse.rows(f"select {columns} from persy_models.{model} order by {order}")  # noqa: S608

    def applies(
        self, name: str, opening: str, status: str, days: int | None, source: str = "Xing"
    ) -> str:
        """Add a person who applied so many days ago, and answer the id."""
        applied = None if days is None else NOW - timedelta(days=days)
        added = self.persy.store.add(
            first_name=f"Vorname{name}",
            last_name=f"Nachname{name}",
            source=source,
            emails=(Email(f"post@{name.lower()}.example"),),
            openings=(Opening(opening[0], opening, status, applied),),
        )
        return added.remote_id


@contextlib.contextmanager
def _warehouse(kind: str, folder: Path) -> Iterator[tuple[Loaded, Models]]:
    if kind == "duckdb":
        duck = DuckWarehouse(folder)
        yield duck, Models(folder, kind, {"TARGET_DUCKDB_FILEPATH": str(duck.path)})
    elif kind == "postgres":
        with running_postgres() as server:
            yield (
                PostgresWarehouse(folder, server, schema="persy"),
                Models(folder, kind, server.variables),
            )
    else:
        with elsewhere(kind, folder) as place:
            if kind == "mariadb":
                teach_zones(folder / "server")
            yield place


@pytest.fixture(scope="module", params=thinned(["duckdb", "postgres", "mariadb", "clickhouse"]))
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Three syncs: at the first one, nobody knows since when somebody is hired."""
    folder = tmp_path_factory.mktemp(request.param)
    with contextlib.ExitStack() as stack:
        persy = stack.enter_context(running(Options(candidates=0)))
        place = Place(persy, *stack.enter_context(_warehouse(request.param, folder)))
        anna = place.applies("Anna", COOK, "neu", 40)
        place.applies("Bert", COOK, "Absage", 50)
        place.applies("Cem", SMITH, "eingestellt", 400, source="Messe")
        dora = place.applies("Dora", SMITH, "neu", 5)
        erik = place.applies("Erik", COOK, "Interview", 20)
        place.applies("Fay", SMITH, "neu", 9, source="Messe")
        place.applies("Gül", SMITH, "archiviert", None)
        place.sync(*WITHOUT_TESTS)

        persy.store.put_opening(anna, COOK[0], status="Zusage")
        persy.store.remove_opening(dora, SMITH[0])
        facts = persy.store.candidate(erik)
        persy.store.delete(erik)
        place.applies("Hans", COOK, "Zusage", -1)  # applied, and was hired, after the first sync
        place.sync(*WITHOUT_TESTS)
        assert place.ask("count(*)", "persy__outcome_history") == [(7,)]

        (opening,) = facts.openings
        returned = Opening(opening.remote_id, opening.title, "Zusage", opening.applied_at)
        persy.store.add(
            remote_id=erik, last_name="NachnameErik", source="Xing", openings=(returned,)
        )
        place.sync()
        yield place


def test_the_wide_row_knows_since_when(place: Place) -> None:
    rows = place.ask(
        "last_name, opening, outcome, remote_status, outcome_since is not null, days_pending",
        "persy__applications join persy_models.stg_persy__people using (candidate_id)",
    )
    assert rows == [
        ("NachnameAnna", COOK, "HIRED", "Zusage", True, None),
        ("NachnameBert", COOK, "DECLINED", "Absage", False, None),
        ("NachnameCem", SMITH, "HIRED", "eingestellt", False, None),
        ("NachnameErik", COOK, "HIRED", "Zusage", False, None),
        ("NachnameFay", SMITH, "PENDING", "neu", False, days_since(9)),
        ("NachnameGül", SMITH, "UNKNOWN", "archiviert", False, None),
        ("NachnameHans", COOK, "HIRED", "Zusage", True, None),
    ]


def test_the_time_to_hire_is_that_of_the_sync_which_saw_it(place: Place) -> None:
    seen = place.ask("applied_at, outcome_since, days_to_hire", "persy__applications", "applied_at")
    timed = [row for row in seen if row[1]]
    assert len(timed) == 2
    for applied, since, days in timed:
        assert days == (day_of(since) - day_of(applied)).days
    versions = place.ask(
        "outcome, dbt_valid_from, dbt_valid_to", "persy__outcome_history", "dbt_valid_from"
    )
    (pending,) = (row for row in versions if row[2])
    assert pending[0] == "PENDING"
    assert pending[2] == timed[0][1]


def test_who_was_erased_or_withdrew_has_no_history(place: Place) -> None:
    """And who returned begins anew."""
    untold = """persy__outcome_history where application_id not in
        (select application_id from persy_models.stg_persy__applications)"""
    assert place.ask("count(*)", untold) == [(0,)]
    assert place.ask("count(*)", "persy__outcome_history") == [(8,)]


def test_sources_say_what_they_bring(place: Place) -> None:
    columns = "source, applications, hired, pending, declined, unknown, hires_with_time"
    rows = place.ask(columns, "persy__sources")
    assert rows == [("Messe", 2, 1, 1, 0, 0, 0), ("Xing", 5, 3, 0, 1, 1, 2)]
    rates = place.ask("cast(hire_rate as float)", "persy__sources")
    assert rates == [(0.5,), (pytest.approx(0.6),)]
    days = [row[0] for row in place.ask("days_to_hire", "persy__applications", "1") if row[0]]
    (median,) = place.ask("median_days_to_hire", "persy__sources where source = 'Xing'")
    assert median == (sum(days) / 2,)


def test_openings_are_open_while_somebody_waits(place: Place) -> None:
    columns = "opening, hired, pending, first_seen_at, last_application_at, open_since, days_open"
    cook, smith = place.ask(columns, "persy__openings")
    assert cook == (COOK, 3, 0, ago(50), ago(-1), None, None)
    assert smith == (SMITH, 1, 1, ago(400), ago(9), ago(400), days_since(400))


def test_who_waits_is_counted_by_age(place: Place) -> None:
    row = ("08 to 14 days", SMITH, 1, days_since(9))
    assert place.ask("age, opening, applications, oldest_days", "persy__pending") == [row]


def test_a_month_has_its_applications_and_the_hires_seen_in_it(place: Place) -> None:
    applied = [40, 50, 400, 20, 9, -1]
    expected = {day_of(ago(days)).replace(day=1): 0 for days in applied}
    for days in applied:
        expected[day_of(ago(days)).replace(day=1)] += 1
    rows = place.ask("month, applications", "persy__months where applications > 0", "2, 1")
    assert {month: n for month, n in rows if month} == expected
    assert [n for month, n in rows if not month] == [1]
    (hires,) = place.ask("sum(hires_seen)", "persy__months")
    assert hires == (2,)


def test_no_mart_knows_anybody(place: Place) -> None:
    for mart in MARTS:
        rows = str(place.ask("*", mart)).lower()
        assert rows != "[]"
        for marker in ("vorname", "nachname", ".example"):
            assert marker not in rows
        assert {"candidate_id", "application_id", "remote_id"}.isdisjoint(columns(place, mart))
    assert "nachname" not in str(place.ask("*", "persy__applications")).lower()


def test_every_column_is_documented(place: Place) -> None:
    manifest = json.loads((place.models.folder / "dbt-target" / "manifest.json").read_text())
    documented = {
        node["name"]: {name for name, column in node["columns"].items() if column["description"]}
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"model", "snapshot"}
    }
    assert {name: columns(place, name) for name in documented} == documented
    exposed = str([one["depends_on"]["nodes"] for one in manifest["exposures"].values()])
    assert [mart for mart in MARTS if f"model.compleet_persy.{mart}" not in exposed] == []


def columns(place: Place, model: str) -> set[str]:
    """Return the columns of a model, as the warehouse has them."""
    found = place.warehouse.rows(
        "select column_name from information_schema.columns "  # noqa: S608
        f"where table_schema = 'persy_models' and table_name = '{model}'"
    )
    return {row[0] for row in found}


def ago(days: int) -> datetime:
    """Return an instant as the warehouse has it: UTC, without saying so."""
    return (NOW - timedelta(days=days)).replace(tzinfo=None)


def days_since(days: int) -> int:
    """Return the days on a calendar in Berlin."""
    return (datetime.now(BERLIN).date() - day_of(ago(days))).days


def day_of(instant: t.Any) -> date:
    """Return the day on a calendar in Berlin of an instant in UTC."""
    return t.cast("datetime", instant).replace(tzinfo=UTC).astimezone(BERLIN).date()
