"""A `__filter__` holds at every door: each table has its own, and nothing stays that it drops."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.catalog import deselect, select
from tests.singer import Message, Run, discover, run_tap
from tests.thinning import thinned

ALWAYS_COMPLETE = 0.000_001
OPEN = {"__filter__": "confidential is False"}
CLOSED = {"__source__": "candidates", "__filter__": "confidential is True"}
COPY = {"__source__": "candidates", **OPEN}
HIRED = {"applications": {"__filter__": "outcome == 'HIRED'"}}
BOTH_KINDS = pytest.mark.parametrize("hours", [ALWAYS_COMPLETE, 24], ids=["complete", "delta"])


class Tenant:
    """People whom a test changes, and the warehouse that the runs lead to."""

    def __init__(self, server: HTTPServer, folder: Path) -> None:
        self.people: list[Message] = []
        self.attachments: dict[str, list[Message]] = {}
        self.state: Message | None = None
        self.warehouse: dict[str, dict[str, Message]] = {}
        self._server, self._folder = server, folder

    def sync(self, maps: Message | None, hours: float = ALWAYS_COMPLETE, **given: t.Any) -> Run:
        """Run the tap from where the last run ended, and load what it wrote."""
        self._server.clear()
        self._server.expect_request("/candidates").respond_with_json({"data": self.people})
        for each in self.people:
            found = self.attachments.get(str(each["Id"]), [])
            path = f"/candidates/{each['Id']}/attachments"
            self._server.expect_request(path).respond_with_json({"data": found})
        config = {
            "api_url": self._server.url_for(""),
            "api_key": "k",
            "pagination": "none",
            "discovery_sample_size": 0,
            "full_sync_hours": hours,
            "stream_maps": maps,
        }
        catalog = given.pop("catalog", None)
        run = run_tap(config | given, self._folder, state=self.state, catalog=catalog)
        for message in run.of("RECORD"):
            table = self.warehouse.setdefault(message["stream"], {})
            table[message["record"]["remote_id"]] = message["record"]
        self.state = run.state
        return run

    def with_attachments(self) -> Message:
        """Return a catalog that selects the attachments, too."""
        self._server.expect_request("/candidates").respond_with_json({"data": self.people})
        config = {"api_url": self._server.url_for(""), "api_key": "k", "pagination": "none"}
        streams = ("candidates", "jobs", "applications", "candidate_attachments")
        return select(discover(config, self._folder), *streams)

    def alive(self, table: str) -> set[str]:
        """Return the remote ids of the rows that are no tombstones."""
        rows = self.warehouse.get(table, {})
        return {key for key, row in rows.items() if row["remote_deleted_at"] is None}


@pytest.fixture
def tenant(httpserver: HTTPServer, tmp_path: Path) -> Tenant:
    return Tenant(httpserver, tmp_path)


def person(
    number: int,
    confidential: str = "0",
    *,
    status: str = "neu",
    title: str = "Koch",
    updated: str = "2026-03-01 10:00:00",
) -> Message:
    return {
        "Id": number,
        "Updated": updated,
        "Confidential": confidential,
        "PositionOpening": [{"Id": f"8{number}", "Title": title, "Status": status}],
    }


def written(run: Run, table: str) -> list[tuple[str, bool]]:
    """Return remote id, and whether it is a tombstone, of what a run wrote to a table."""
    return [(r["remote_id"], r["remote_deleted_at"] is not None) for r in run.records(table)]


class TestCopies:
    def test_each_table_has_its_own_filter(self, tenant: Tenant) -> None:
        tenant.people = [person(1), person(2, "1")]
        run = tenant.sync({"candidates": OPEN, "closed": CLOSED})
        assert written(run, "candidates") == [("1", False)]
        assert written(run, "closed") == [("2", False)]
        assert written(run, "applications") == [("1/81", False)]

    @BOTH_KINDS
    def test_who_moves_from_one_table_to_the_other_is_erased_in_the_first_alone(
        self, tenant: Tenant, hours: float
    ) -> None:
        maps = {"candidates": OPEN, "closed": CLOSED}
        tenant.people = [person(1), person(2, "1")]
        tenant.sync(maps)
        tenant.people = [person(1, "1"), person(2, "1")]
        run = tenant.sync(maps, hours)
        assert written(run, "candidates") == [("1", True)]
        assert written(run, "closed") == [("1", False), ("2", False)]
        tombstone = tenant.warehouse["candidates"]["1"]
        assert {key for key, value in tombstone.items() if value is not None} == {
            "id",
            "remote_id",
            "changed_at",
            "remote_deleted_at",
        }
        assert tenant.alive("applications") == set()
        again = tenant.sync(maps, hours)
        assert written(again, "candidates") == []
        tenant.people = [person(1), person(2, "1")]
        tenant.sync(maps, hours)
        assert (tenant.alive("candidates"), tenant.alive("closed")) == ({"1"}, {"2"})
        assert tenant.alive("applications") == {"1/81"}

    def test_who_is_deleted_is_erased_where_there_was_a_row_and_nowhere_else(
        self, tenant: Tenant
    ) -> None:
        maps = {"candidates": OPEN, "closed": CLOSED}
        tenant.people = [person(1), person(2, "1"), person(3)]
        tenant.sync(maps)
        tenant.people = [person(3)]
        run = tenant.sync(maps)
        assert written(run, "candidates") == [("3", False), ("1", True)]
        assert written(run, "closed") == [("2", True)]

    def test_beside_a_copy_the_streams_own_table_has_everybody_and_so_have_the_others(
        self, tenant: Tenant
    ) -> None:
        tenant.people = [person(1), person(2, "1")]
        tenant.sync({"public": COPY})
        assert (tenant.alive("candidates"), tenant.alive("public")) == ({"1", "2"}, {"1"})
        assert tenant.alive("applications") == {"1/81", "2/82"}

    @pytest.mark.parametrize("maps", [{"candidates": None}, {"__else__": None, "jobs": {}}])
    def test_without_the_streams_own_table_jobs_follow_the_copies(
        self, tenant: Tenant, maps: Message
    ) -> None:
        tenant.people = [person(1), person(2, "1")]
        tenant.sync({**maps, "public": COPY})
        assert tenant.alive("public") == {"1"}
        assert tenant.alive("jobs") == {"81"}
        assert "candidates" not in tenant.warehouse


@BOTH_KINDS
@pytest.mark.parametrize(
    ("maps", "before", "after", "table", "remote_id"),
    thinned(
        [
            (HIRED, {"status": "hired"}, {"status": "abgelehnt"}, "applications", "1/81"),
            ({"jobs": {"__filter__": "name == 'Koch'"}}, {}, {"title": "Maler"}, "jobs", "81"),
            (
                {"hires": {"__source__": "applications", **HIRED["applications"]}},
                {"status": "hired"},
                {"status": "neu"},
                "hires",
                "1/81",
            ),
        ],
        3,
    ),
    ids=["applications", "jobs", "a copy of applications"],
)
def test_what_stops_passing_is_erased_and_returns(  # noqa: PLR0913 - one argument for each fact
    tenant: Tenant,
    maps: Message,
    before: dict[str, str],
    after: dict[str, str],
    table: str,
    remote_id: str,
    hours: float,
) -> None:
    tenant.people = [person(1, **before), person(2, status="neu", title="Maler")]
    first = tenant.sync(maps)
    assert written(first, table) == [(remote_id, False)]
    tenant.people[0] = person(1, **after)
    assert written(tenant.sync(maps, hours), table) == [(remote_id, True)]
    assert written(tenant.sync(maps, hours), table) == []
    tenant.people[0] = person(1, **before)
    tenant.sync(maps, hours)
    assert tenant.alive(table) == {remote_id}


@BOTH_KINDS
def test_an_attachment_that_stops_passing_is_erased(tenant: Tenant, hours: float) -> None:
    maps = {"candidate_attachments": {"__filter__": "type == 'CV'"}}
    tenant.people = [person(1)]
    tenant.attachments = {"1": [{"Id": "a", "Type": "CV"}, {"Id": "b", "Type": "Anschreiben"}]}
    catalog = tenant.with_attachments()
    tenant.sync(maps, catalog=catalog)
    assert tenant.alive("candidate_attachments") == {"a"}
    tenant.attachments["1"][0]["Type"] = "Anschreiben"
    tenant.people = [person(1, updated="2026-03-02 10:00:00")]
    run = tenant.sync(maps, hours, catalog=catalog)
    assert written(run, "candidate_attachments") == [("a", True)]


class TestAnotherFilter:
    def test_has_a_complete_pass_ask_for_the_attachments_of_everybody(self, tenant: Tenant) -> None:
        tenant.people = [person(1)]
        tenant.attachments = {"1": [{"Id": "a", "Type": "CV"}, {"Id": "b", "Type": "Anschreiben"}]}
        catalog = tenant.with_attachments()
        for wanted, alive in (("CV", {"a"}), ("COVER_LETTER", {"b"})):
            maps = {"candidate_attachments": {"__filter__": f"type == '{wanted}'"}}
            tenant.sync(maps, catalog=catalog)
            assert tenant.alive("candidate_attachments") == alive

    def test_erases_at_the_next_complete_pass_what_it_does_not_let_through(
        self, tenant: Tenant
    ) -> None:
        tenant.people = [person(1, status="hired"), person(2)]
        tenant.sync(None)
        tenant.sync(HIRED)
        assert tenant.alive("applications") == {"1/81"}
        tenant.sync({"applications": {"__filter__": "outcome != 'HIRED'"}})
        assert tenant.alive("applications") == {"2/82"}

    def test_asks_first_when_it_erases_much(self, tenant: Tenant) -> None:
        tenant.people = [person(number) for number in range(1, 15)]
        tenant.sync(None)
        refused = tenant.sync(HIRED)
        assert refused.exit_code == 1
        assert "14 of 14 records in applications pass its __filter__ no more" in refused.log
        assert len(tenant.alive("applications")) == 14
        approved = tenant.sync(HIRED, deletion_limit_percent=100)
        assert approved.exit_code == 0
        assert tenant.alive("applications") == set()

    def test_erases_after_an_upgrade_what_an_older_release_has_left(self, tenant: Tenant) -> None:
        tenant.people = [person(1, status="hired"), person(2, status="hired")]
        tenant.sync(HIRED)
        tenant.people[0] = person(1)
        state = t.cast("Message", tenant.state)
        del state["bookmarks"]["applications"]["tables"]
        tenant.sync(HIRED)
        assert tenant.alive("applications") == {"2/82"}

    def test_a_new_copy_gets_no_tombstones(self, tenant: Tenant) -> None:
        tenant.people = [person(1), person(2, "1")]
        tenant.sync(None)
        run = tenant.sync({"closed": CLOSED})
        assert written(run, "closed") == [("2", False)]


def test_a_filter_of_whom_a_deselected_stream_would_drop_holds_for_its_children(
    tenant: Tenant,
) -> None:
    tenant.people = [person(1), person(2, "1")]
    catalog = deselect(tenant.with_attachments(), "candidates")
    tenant.sync({"candidates": OPEN}, catalog=catalog)
    assert tenant.alive("applications") == {"1/81"}
    assert "candidates" not in tenant.warehouse
