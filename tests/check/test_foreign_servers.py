"""Servers that the local Persy does not play: each rule broken in its own way."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tap_compleetpersy.check.budgeted_client import MOST_REQUESTS
from tests.check.conftest import Run, ids_read
from tests.server import Reply, Request, Server, reply
from tests.thinning import thinned

Record = dict[str, t.Any]
Answer = Callable[[Request], Reply]

NEWEST = datetime(2026, 11, 2, 8, 13, 54, tzinfo=UTC)
DATE = {"Date": "Mon, 02 Nov 2026 09:00:00 GMT"}


def person(number: int, **more: object) -> Record:
    updated = NEWEST - timedelta(days=number)
    return {"Id": str(1000 + number), "Modified": f"{updated:%Y-%m-%dT%H:%M:%SZ}", **more}


PEOPLE = [person(number) for number in range(30)]


def pages(
    people: list[Record],
    query: t.Mapping[str, str],
    *,
    keep: Callable[[Record, str], bool] = lambda one, since: one["Modified"] >= since,
) -> list[Record]:
    """The list as the defaults of the tap assume it."""
    since = query.get("modified_since", "")
    found = [one for one in people if keep(one, since)]
    size, page = int(query.get("per_page", 20)), int(query.get("page", 1))
    return found[(page - 1) * size : page * size]


def serve(server: Server, answer: Callable[[Request], object]) -> None:
    """Answer lists of candidates as told; there are no attachments."""

    def answering(request: Request) -> Reply:
        if "attachments" in request.path:
            return reply({"error": "none"}, 404)
        content = answer(request)
        return content if isinstance(content, Reply) else reply(content, headers=DATE)

    server.answering = answering


def given(server: Server, **more: object) -> dict[str, t.Any]:
    return {"api_url": server.url, "api_key": "s3cret", "page_size": 20, **more}


def test_an_exclusive_bound_is_covered_by_the_lookback(run: Run, server: Server) -> None:
    serve(server, lambda r: pages(PEOPLE, r.query, keep=lambda one, s: one["Modified"] > s))
    checked = run(given(server))
    assert checked.failing() == {"inclusive": {None: None}}
    assert checked.exit_code == 0
    checked = run(given(server, lookback_seconds=0))
    assert checked.failing() == {"inclusive": {"lookback_seconds": 3600}}
    assert checked.exit_code == 1


def test_a_filter_on_the_time_of_creation_loses_data(run: Run, server: Server) -> None:
    people = [
        {**one, "Created": one["Modified"] if number % 3 else "2020-01-01T00:00:00Z"}
        for number, one in enumerate(PEOPLE)
    ]
    serve(server, lambda r: pages(people, r.query, keep=lambda one, s: one["Created"] >= s))
    checked = run(given(server))
    assert checked.failing()["modified_since_param"] == {"modified_since_param": ""}
    assert checked.exit_code == 1


def test_a_total_of_the_page_is_not_taken_for_all(run: Run, server: Server) -> None:
    def answer(request: Request) -> object:
        found = PEOPLE[: int(request.query.get("per_page", 20))]
        return {"data": found, "total": len(found)}

    serve(server, answer)
    assert run(given(server)).failing()["pagination"] == {"pagination": None}


def test_a_bound_in_another_zone_is_noticed(run: Run, server: Server) -> None:
    recent = [
        person(0, Modified=f"{NEWEST - timedelta(minutes=20 * n):%Y-%m-%dT%H:%M:%SZ}", Id=n)
        for n in range(1, 90)
    ]

    def two_hours_early(one: Record, since: str) -> bool:
        if not since:
            return True
        bound = datetime.fromisoformat(since) - timedelta(hours=2)
        return bool(datetime.fromisoformat(one["Modified"]) >= bound)

    serve(server, lambda r: pages(recent, r.query, keep=two_hours_early))
    checked = run(given(server, page_size=100))
    finding = checked.findings["date_format"]
    assert (finding["verdict"], finding["setting"]) == ("cannot tell", "time_zone")
    assert "120 min older" in finding["evidence"]


@pytest.mark.parametrize("ignores", ["every page", "every parameter"])
def test_pages_that_all_are_the_first(run: Run, server: Server, ignores: str) -> None:
    def answer(request: Request) -> object:
        size = 20 if ignores == "every parameter" else int(request.query.get("per_page", 20))
        return {"data": PEOPLE[:size], "meta": {"total": 30}}

    serve(server, answer)
    checked = run(given(server, modified_since_param=""))
    finding = checked.findings["pagination"]
    assert (finding["verdict"], finding["setting"], finding["value"]) == (
        "fails",
        "pagination",
        None,
    )
    assert "repeats the first (20 records of 30)" in finding["evidence"]
    assert checked.exit_code == 1


def test_a_next_address_in_the_body_tells_the_parameter(
    run: Run, server: Server, tmp_path: Path
) -> None:
    def answer(request: Request) -> object:
        number, size = int(request.query.get("seitennr", 1)), 20
        following = f"{server.url}/candidates?seitennr={number + 1}"
        found = PEOPLE[(number - 1) * size : number * size]
        return {"data": found, "links": {"next": following if len(found) == size else None}}

    serve(server, answer)
    target = tmp_path / "found.json"
    checked = run(given(server), "--format", "json", "--write-config", str(target))
    assert checked.failing()["page_param"] == {"page_param": "seitennr"}
    found = json.loads(target.read_text())
    assert ids_read({**found, "api_key": "k"}) == [one["Id"] for one in PEOPLE]


@pytest.mark.parametrize(
    ("envelope", "changes"),
    [
        pytest.param(lambda url: {"next_page_url": url}, {}, id="Laravel"),
        pytest.param(lambda url: {"links": {"next": url and {"href": url}}}, {}, id="an object"),
        pytest.param(
            lambda url: {"seiten": {"nextUrl": url}}, {"next_link_path": "seiten.nextUrl"}, id="odd"
        ),
    ],
)
def test_a_cursor_that_stands_in_the_next_address_only_is_followed(
    run: Run,
    server: Server,
    tmp_path: Path,
    envelope: Callable[[str | None], Record],
    changes: Record,
) -> None:
    def answer(request: Request) -> object:
        since, at = request.query.get("modified_since", ""), int(request.query.get("x", "p0")[1:])
        found = [one for one in PEOPLE if one["Modified"] >= since]
        more = f"{server.url}/candidates?x=p{at + 9}&modified_since={since}"
        return {"data": found[at : at + 9], **envelope(more if at + 9 < len(found) else None)}

    serve(server, answer)
    target = tmp_path / "found.json"
    checked = run(given(server), "--format", "json", "--write-config", str(target))
    assert checked.failing()["pagination"] == {"pagination": "link"}
    found = json.loads(target.read_text())
    assert {name: found[name] for name in found if name == "next_link_path"} == changes
    assert ids_read({**found, "api_key": "k"}) == [one["Id"] for one in PEOPLE]


def test_a_server_that_refuses_unknown_parameters(run: Run, server: Server, tmp_path: Path) -> None:
    def answer(request: Request) -> object:
        if request.query.keys() - {"page"}:
            return reply({"error": "unknown parameter"}, 400)
        number = int(request.query.get("page", 1))
        return PEOPLE[(number - 1) * 10 : number * 10]

    serve(server, answer)
    target = tmp_path / "found.json"
    checked = run(given(server), "--format", "json", "--write-config", str(target))
    assert checked.failing() == {
        "page_size_param": {"page_size_param": ""},
        "modified_since_param": {"modified_since_param": ""},
    }
    assert checked.exit_code == 1
    found = json.loads(target.read_text())
    assert ids_read({**found, "api_key": "k"}) == [one["Id"] for one in PEOPLE]


def test_a_redirect_holds_and_costs(run: Run, server: Server) -> None:
    def answer(request: Request) -> object:
        if request.path != "/candidates/":
            return reply(b"", 301, {"Location": "/candidates/"})
        return pages(PEOPLE, request.query)

    serve(server, answer)
    finding = run(given(server)).findings["candidates_path"]
    assert (finding["verdict"], finding["value"]) == ("holds", "/candidates/")


STRANGE = [
    {
        "Kennung": f"K{number:03}",
        "Stand_Aenderung": f"{NEWEST - timedelta(days=number):%d.%m.%Y %H:%M}",
        "Anlagedatum": "01.02.2026 10:00",
        "BewVorname": f"Vor{'abc'[number % 3]}",
        "BewNachname": f"Nach{'abcd'[number % 4]}",
        "BewMailAdr": f"n{number}@example.org",
        "Geburt": "1990-01-01",
    }
    for number in range(30)
]


def test_unknown_keys_are_guessed_by_name_and_form(
    run: Run, server: Server, tmp_path: Path
) -> None:
    serve(
        server, lambda r: {"antwort": {"bewerber": pages(STRANGE, r.query, keep=lambda *_: True)}}
    )
    target = tmp_path / "found.json"
    checked = run(given(server), "--format", "json", "--write-config", str(target))
    assert checked.exit_code == 1
    found = json.loads(target.read_text())
    assert found["records_path"] == "antwort.bewerber"
    assert found["field_paths"] == {
        "remote_id": "Kennung",
        "remote_updated_at": "Stand_Aenderung",
        "remote_created_at": "Anlagedatum",
        "first_name": "BewVorname",
        "last_name": "BewNachname",
        "email_addresses": "BewMailAdr",
    }
    assert checked.failing()["ids"] == {"field_paths": {"remote_id": "Kennung"}}
    assert ids_read({**found, "api_key": "k"}) == [one["Kennung"] for one in STRANGE]


@pytest.mark.parametrize(
    ("people", "evidence"),
    [
        ([*PEOPLE[:5], {"Name": "x"}, "text"], "5 of 7 records have an id, 5 different ones"),
        ([*PEOPLE[:5], *PEOPLE[:2]], "7 of 7 records have an id, 5 different ones"),
    ],
    ids=["missing", "twice"],
)
def test_ids_that_are_missing_or_repeat(
    run: Run, server: Server, people: list[Record], evidence: str
) -> None:
    serve(server, lambda _: people)
    finding = run(given(server)).findings["ids"]
    assert finding["verdict"] == "fails"
    assert finding["evidence"].startswith(evidence)


def test_times_that_nobody_reads_are_shown_by_their_form(run: Run, server: Server) -> None:
    people = [{**one, "Modified": "KW 45/2026"} for one in PEOPLE]
    serve(server, lambda r: pages(people, r.query, keep=lambda *_: True))
    finding = run(given(server)).findings["times"]
    assert finding["verdict"] == "fails"
    assert "xx 99/9999 (20)" in finding["evidence"]


def test_a_time_after_the_servers_clock_hints_at_the_zone(run: Run, server: Server) -> None:
    people = [{**one, "Modified": one["Modified"][:-1].replace("T", " ")} for one in PEOPLE]
    people[0]["Modified"] = "2026-11-02 09:59:00"  # 08:59 UTC, a minute before the answer
    serve(server, lambda r: pages(people, r.query, keep=lambda *_: True))
    assert run(given(server)).findings["time_zone"]["verdict"] == "cannot tell"
    checked = run(given(server, time_zone="UTC"))
    assert checked.failing()["time_zone"] == {"time_zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("status", "verdict"), [(404, "cannot tell"), (403, "fails"), (500, "fails")]
)
def test_attachments_elsewhere(run: Run, server: Server, status: int, verdict: str) -> None:
    serve(server, lambda r: pages(PEOPLE, r.query))
    listed = server.answering
    server.answering = lambda r: reply({}, status) if "attachments" in r.path else listed(r)
    finding = run(given(server)).findings["attachments_path"]
    assert (finding["verdict"], finding["evidence"][:10]) == (verdict, f"status {status}")


def test_a_sudden_403_on_attachments_says_nothing_of_the_list(run: Run, server: Server) -> None:
    serve(server, lambda r: pages(PEOPLE, r.query))
    listed = server.answering
    server.answering = lambda r: reply({}, 403) if "attachments" in r.path else listed(r)
    checked = run(given(server))
    assert checked.findings["authentication"]["verdict"] == "holds"
    assert checked.exit_code == 0


def test_attachments_beside_a_list_that_moved(run: Run, server: Server) -> None:
    def answering(request: Request) -> Reply:
        if request.path == "/applicants/1000/attachments":
            return reply([])
        known = request.path == "/applicants"
        return reply(pages(PEOPLE, request.query)) if known else reply({}, 404)

    server.answering = answering
    failing = run(given(server)).failing()
    assert failing == {
        "candidates_path": {"candidates_path": "/applicants"},
        "attachments_path": {"attachments_path": "/applicants/{candidate_id}/attachments"},
    }


def test_the_budget_holds_when_everything_is_broken(
    run: Run, server: Server, tmp_path: Path
) -> None:
    def answer(request: Request) -> object:
        if "authorization" in request.headers:
            return reply({}, 401)
        if request.path != "/applicants":
            return reply({}, 404)
        number = int(request.query.get("blatt", 1))
        return {"a": {"b": PEOPLE[(number - 1) * 10 : number * 10]}}

    serve(server, answer)
    target = tmp_path / "found.json"
    checked = run(given(server), "--format", "json", "--write-config", str(target))
    assert len(server.requests) <= MOST_REQUESTS
    assert checked.exit_code == 1
    found = json.loads(target.read_text())
    assert found["auth_method"] == "header"
    assert found["candidates_path"] == "/applicants"
    assert found["records_path"] == "a.b"
    server.requests.clear()
    again = run({**found, "api_key": "k"})
    assert again.findings["authentication"]["verdict"] == "holds"
    assert len(server.requests) <= MOST_REQUESTS


MOODS: dict[str, Reply] = {
    **{
        str(status): reply({"message": "Ida Muster, 0171 1234567"}, status, {"Retry-After": "3600"})
        for status in (400, 401, 403, 404, 405, 422, 429, 500, 503)
    },
    "a page for people": reply(
        b"<html>Ida Muster, please log in</html>", headers={"Content-Type": "text/html"}
    ),
    "a page for people, and 403": reply(b"<html>Ida Muster</html>", 403),
    "nothing": reply(b"", 204),
    "half of something": Reply(reply(PEOPLE).data[:-9], "close"),
    "a text": reply("Ida Muster"),
    "an error that says 200": reply({"error": {"message": "Ida Muster"}}),
}


@pytest.mark.parametrize("name", thinned(MOODS, 4))
@pytest.mark.parametrize("lets_in", ["the first request", "no request", "known parameters"])
def test_whatever_is_answered_to_a_question_is_an_answer(
    run: Run, server: Server, tmp_path: Path, name: str, lets_in: str
) -> None:
    """A finding, at most 20 requests, no waiting, and nothing of what the answer says."""
    people = [{**one, "FirstName": "Ida", "LastName": "Muster"} for one in PEOPLE]
    usual = {"page": "1", "per_page": "20"}

    def answer(request: Request) -> object:
        is_in = {
            "the first request": dict(request.query) == usual,
            "no request": False,
            "known parameters": request.query.keys() <= usual.keys(),
        }[lets_in]
        return pages(people, request.query) if is_in else MOODS[name]

    serve(server, answer)
    target = tmp_path / "found.json"
    checked = run(given(server), "--format", "json", "--write-config", str(target))
    assert len(server.requests) <= MOST_REQUESTS
    assert checked.exit_code in {0, 1}
    found = [*checked.findings.values()]
    assert all(one["evidence"] for one in found)
    assert ("ids" in checked.findings) is (lets_in != "no request")
    written = target.read_text(encoding="utf-8") if target.exists() else ""
    is_about_the_filter = name in {"400", "404", "405", "422", "nothing"}
    assert ('"modified_since_param": ""' in written) <= is_about_the_filter
    for text in (checked.stdout, checked.stderr, written):
        assert "Muster" not in text
        assert "1234567" not in text
        assert "s3cret" not in text
        assert "Traceback" not in text
