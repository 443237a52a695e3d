"""The end of a list, and proof that somebody is gone (`docs/guarantees.md`)."""

from __future__ import annotations

import json
import random
import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.singer import Message, Run, run_tap
from tests.thinning import thinned

SIZE = 10
COMPLETE: dict[str, t.Any] = {"full_sync_hours": 0.000_001}
Answer = Callable[[Request, list[Message]], Response]


def person(number: int, *openings: str, updated: str | None = "2026-11-20 10:00:00") -> Message:
    return {
        "Id": number,
        "LastModificationDate": updated,
        "PositionOpening": [{"Id": opening, "Title": "Dreher"} for opening in openings],
    }


def answer(content: object, status: int = 200) -> Response:
    return Response(json.dumps(content), status, mimetype="application/json")


def part(request: Request, people: list[Message], *, last: int | None = None) -> list[Message]:
    number = min(int(request.args["page"]), last or 10**9)
    return people[(number - 1) * SIZE : number * SIZE]


class Tenant:
    """A tenant whose list a test shapes, and runs that follow each other."""

    def __init__(self, server: HTTPServer, folder: Path) -> None:
        self.people: list[Message] = []
        self.answer: Answer = lambda request, people: answer({"data": part(request, people)})
        self.requests = 0
        self.folder, self.state = folder, t.cast("Message | None", None)
        self.config = {"api_url": server.url_for(""), "api_key": "k", "page_size": SIZE}
        server.expect_request("/candidates").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        self.requests += 1
        since = request.args.get("modified_since", "")[:10]
        found = [p for p in self.people if (p["LastModificationDate"] or "9")[:10] >= since]
        return self.answer(request, found)

    def tells(self, total: Callable[[], int]) -> None:
        """Have the server tell a total with each page."""
        self.answer = lambda request, people: answer(
            {"data": part(request, people), "meta": {"total": total()}}
        )

    def sync(self, *, exit_code: int = 0, **settings: t.Any) -> Run:
        """Run the tap, from where the last run ended."""
        self.requests = 0
        run = run_tap(self.config | settings, self.folder, state=self.state)
        assert run.exit_code == exit_code, run.log
        self.state = run.state if run.of("STATE") else self.state
        return run


@pytest.fixture
def tenant(httpserver: HTTPServer, tmp_path: Path) -> Tenant:
    return Tenant(httpserver, tmp_path)


def ids(run: Run) -> list[int]:
    return sorted({int(row["remote_id"]) for row in run.records("candidates")})


def gone(run: Run, stream: str = "candidates") -> set[str]:
    return {row["remote_id"] for row in run.records(stream) if row["remote_deleted_at"]}


def last_page_for_ever(request: Request, people: list[Message]) -> Response:
    return answer({"data": part(request, people, last=max(1, -(-len(people) // SIZE)))})


def not_found(request: Request, people: list[Message], status: int = 404) -> Response:
    found = part(request, people)
    return answer({"data": found}) if found else answer({"message": "no such page"}, status)


@pytest.mark.parametrize("count", thinned([4, 10, 23, 30], 2))
@pytest.mark.parametrize(
    "ending",
    [
        pytest.param(last_page_for_ever, id="the last page for ever"),
        pytest.param(not_found, id="404"),
        pytest.param(lambda r, p: not_found(r, p, 416), id="416"),
    ],
)
def test_a_list_that_does_not_end_with_an_empty_page_is_read_to_its_end(
    tenant: Tenant, ending: Answer, count: int
) -> None:
    if ending is last_page_for_ever and count == SIZE:
        count += 1  # a full page that repeats looks like a number that is ignored
    tenant.people = [person(number, "88") for number in range(count)]
    tenant.answer = ending
    assert ids(tenant.sync()) == list(range(count))
    pages = -(-count // SIZE)
    assert tenant.requests <= 2 * (2 * pages + 20)  # the sample, and the sync
    for settings in (COMPLETE, {"modified_since_param": "", **COMPLETE}):
        run = tenant.sync(**settings)
        assert (ids(run), gone(run)) == (list(range(count)), set())


def test_a_full_first_page_that_is_the_whole_list_by_its_total_may_repeat(tenant: Tenant) -> None:
    tenant.people = [person(number) for number in range(SIZE)]
    tenant.answer = lambda _, people: answer({"data": people, "total": SIZE})
    assert ids(tenant.sync()) == list(range(SIZE))


def test_another_status_past_the_end_is_a_setting(tenant: Tenant) -> None:
    tenant.people = [person(number) for number in range(12)]
    tenant.answer = lambda request, people: not_found(request, people, 400)
    assert "status 400" in tenant.sync(exit_code=1).log
    assert ids(tenant.sync(past_end_statuses=[400])) == list(range(12))


def test_the_first_page_is_never_past_the_end(tenant: Tenant) -> None:
    tenant.answer = not_found
    assert "status 404" in tenant.sync(exit_code=1).log


def test_a_list_that_goes_round_in_circles_in_any_order_is_an_error(tenant: Tenant) -> None:
    tenant.people = [person(number) for number in range(SIZE)]
    dice = random.Random(7)
    tenant.answer = lambda _, people: answer({"data": dice.sample(people, len(people))})
    run = tenant.sync(exit_code=1)
    assert "a page repeats" in run.log
    assert tenant.requests <= 4


def test_a_short_list_deletes_nobody_however_often_it_is_read(tenant: Tenant) -> None:
    """A server shows the newest only, and tells the true total."""
    everyone = [person(n, "88", updated=f"2026-11-{10 + n // 10} 10:00:00") for n in range(60)]
    tenant.people = everyone[20:]
    tenant.tells(lambda: 40)
    tenant.sync()
    tenant.people = everyone[25:]
    tenant.tells(lambda: 45)
    for _ in range(3):
        run = tenant.sync(**COMPLETE)
        assert (gone(run), gone(run, "applications"), gone(run, "jobs")) == (set(), set(), set())
        assert "10 candidates more than could be read" in run.log


def test_a_total_that_was_always_wrong_by_as_much_hides_no_deletion(tenant: Tenant) -> None:
    tenant.people = [person(number) for number in range(30)]
    tenant.tells(lambda: len(tenant.people) + 3)
    tenant.sync()
    tenant.people.pop(4)
    assert gone(tenant.sync(**COMPLETE)) == {"4"}


def test_a_total_that_becomes_wrong_while_everybody_is_there_is_learned(tenant: Tenant) -> None:
    tenant.people = [person(number) for number in range(30)]
    tenant.tells(lambda: len(tenant.people))
    tenant.sync()
    tenant.tells(lambda: len(tenant.people) + 2)
    assert gone(tenant.sync(**COMPLETE)) == set()
    tenant.people.pop(4)
    assert gone(tenant.sync(**COMPLETE)) == {"4"}


def test_the_totals_of_windows_are_added_up(tenant: Tenant) -> None:
    tenant.people = [person(n, updated=f"2026-{1 + n % 6:02}-15 10:00:00") for n in range(40)]

    def windowed(request: Request, people: list[Message]) -> Response:
        until = request.args.get("until", "9")[:10]
        found = [p for p in people if p["LastModificationDate"][:10] < until]
        return answer({"data": part(request, found), "total": len(found)})

    tenant.answer = windowed
    settings: dict[str, t.Any] = {
        "start_date": "2026-01-01",
        "window_days": 40,
        "modified_until_param": "until",
        "date_format": "YYYY-MM-DD",
    }
    tenant.sync(**settings)
    tenant.people = tenant.people[:35]
    run = tenant.sync(**settings, **COMPLETE)
    assert gone(run) == {str(number) for number in range(35, 40)}
    assert "were read, twice" not in run.log


@pytest.mark.parametrize("settings", thinned([{}, COMPLETE]), ids=["delta", "complete pass"])
def test_openings_that_vanish_for_all_withdraw_nothing(
    tenant: Tenant, settings: dict[str, t.Any]
) -> None:
    whole = [person(n, "88", str(100 + n)) for n in range(30)]
    tenant.people = whole
    tenant.sync()
    tenant.people = [person(n, updated="2026-11-21 10:00:00") for n in range(30)]
    run = tenant.sync(exit_code=1, **settings)
    assert "60 of 60 known applications would be withdrawn" in run.log
    assert ids(run) == list(range(30))
    assert not gone(run, "applications") | gone(run, "jobs")

    tenant.people = [p | {"LastModificationDate": "2026-11-22 10:00:00"} for p in whole]
    assert not gone(tenant.sync(**COMPLETE), "applications")
    tenant.people = [person(n, updated="2026-11-23 10:00:00") for n in range(30)]
    approved = tenant.sync(deletion_limit_percent=100, **COMPLETE)
    assert len(gone(approved, "applications")) == 60
    assert len(gone(approved, "jobs")) == 31


def test_ten_withdrawals_always_pass(tenant: Tenant) -> None:
    tenant.people = [person(n, "88") for n in range(10)]
    tenant.sync()
    tenant.people = [person(n, updated="2026-11-21 10:00:00") for n in range(10)]
    run = tenant.sync()
    assert len(gone(run, "applications")) == 10
    assert gone(run, "jobs") == {"88"}


@pytest.mark.parametrize("unreadable", thinned([{"Title": "x"}, {"Id": 88.5}, "88"]), ids=str)
def test_an_opening_that_cannot_be_told_may_be_any_that_was_known(
    tenant: Tenant, unreadable: object
) -> None:
    tenant.people = [person(n, "88", "89") for n in range(3)]
    tenant.sync()
    for day, settings in ((21, {}), (22, COMPLETE)):
        later = [person(n, "89", updated=f"2026-11-{day} 10:00:00") for n in range(3)]
        tenant.people = [
            p | {"PositionOpening": [*p["PositionOpening"], unreadable]} for p in later
        ]
        run = tenant.sync(**settings)
        assert "opening without id (3)" in run.log
        assert not gone(run, "applications") | gone(run, "jobs")
    tenant.people = [person(n, "89", updated="2026-11-23 10:00:00") for n in range(3)]
    run = tenant.sync()
    assert (len(gone(run, "applications")), gone(run, "jobs")) == (3, {"88"})


def test_an_opening_that_is_back_in_the_same_run_was_not_withdrawn(tenant: Tenant) -> None:
    tenant.people = [person(n, "88") for n in range(12)]
    tenant.sync()

    def edited(request: Request, _: list[Message]) -> Response:
        first = [person(n, updated="2026-11-21 10:00:00") for n in range(10)]
        second = [person(n, "88", updated="2026-11-22 10:00:00") for n in range(12)]
        return answer({"data": {"1": first, "2": second}.get(request.args["page"], [])})

    tenant.answer = edited
    assert not gone(tenant.sync(), "applications")


def test_without_an_update_time_nobody_passes_a_cutoff(tenant: Tenant) -> None:
    tenant.people = [person(1), person(2, updated=None), person(3, updated="irgendwann")]
    run = tenant.sync(cutoff_days=36_500)
    assert ids(run) == [1]
    assert "2 candidates have no update time that can be read and were left out" in run.log


@pytest.mark.parametrize("words", [[], ["--discover"]], ids=["sync", "discover"])
def test_a_cutoff_that_cannot_be_kept_is_an_error(tenant: Tenant, words: list[str]) -> None:
    tenant.people = [person(n, updated="irgendwann") for n in range(3)]
    run = run_tap(tenant.config | {"cutoff_days": 730}, tenant.folder, *words)
    assert run.exit_code == 1
    assert "field_paths: no candidate of the first page has an update time" in run.log
    assert not run.records("candidates")


def test_the_second_reading_has_a_count_of_its_own(tenant: Tenant) -> None:
    tenant.people = [person(n) for n in range(25)]
    tenant.tells(lambda: len(tenant.people))
    tenant.sync()
    tenant.people.pop()
    log = tenant.sync(**COMPLETE).log
    assert "Second reading, page 3: 24 of 24 candidates read" in log
