"""An endpoint for each candidate: who is asked for, and whose the records are."""

from __future__ import annotations

import typing as t
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug import Request, Response

from tap_compleetpersy.model.ids import generated_id
from tests.catalog import entry_of, select
from tests.extra.lists import Api
from tests.singer import Message, Run, discover, run_tap
from tests.thinning import thinned

NOTES: Message = {
    "name": "notes",
    "path": "/candidates/{candidate_id}/notes",
    "primary_keys": ["candidate_id", "id"],
}
DELTA: Message = {**NOTES, "replication_key": "changed"}
LONG_AGO, LAST_YEAR, NEW = "2024-01-01 00:00:00", "2025-06-01 00:00:00", "2026-11-02 00:00:00"


def person(remote_id: str, updated: str = LAST_YEAR) -> Message:
    return {"Id": remote_id, "LastName": "Müller", "Updated": updated}


def note(number: int, changed: str = NEW, **more: t.Any) -> Message:
    return {"id": number, "changed": changed, **more}


@pytest.fixture
def people(api: Api) -> Api:
    """Two candidates with notes, and one without that endpoint."""
    api.lists = {
        "/candidates": [person("7"), person("a/b ä"), person("9")],
        "/candidates/7/notes": [note(1), note(2)],
        "/candidates/a/b ä/notes": [note(1, text="x")],
    }
    return api


def name_of(remote_id: str, account: str = "") -> str:
    return generated_id(account, "candidates", remote_id)


def asked(api: Api) -> list[str]:
    return [path for path, params in api.asked if params["page"] == "1" and "notes" in path]


def sync(api: Api, folder: Path, definition: Message = NOTES, **given: t.Any) -> Run:
    state, catalog = given.pop("state", None), given.pop("catalog", None)
    config = api.config(definition, **given)
    run = run_tap(config, folder, state=state, catalog=catalog)
    assert run.exit_code == 0, run.log
    return run


def test_each_record_has_the_id_of_its_candidate(people: Api, tmp_path: Path) -> None:
    run = sync(people, tmp_path, account="Nord")
    candidates = {r["remote_id"]: r["id"] for r in run.records("candidates")}
    assert [(r["candidate_id"], r["id"]) for r in run.records("notes")] == [
        (candidates["7"], 1),
        (candidates["7"], 2),
        (candidates["a/b ä"], 1),
    ]
    assert candidates["7"] == name_of("7", "Nord")
    (schema,) = run.of("SCHEMA", "notes")
    assert schema["key_properties"] == ["candidate_id", "id"]
    assert schema["schema"]["properties"]["candidate_id"]["type"] == ["string"]


def test_the_id_is_encoded_into_the_path(people: Api, tmp_path: Path) -> None:
    raw: list[str] = []

    def answer(request: Request) -> Response | None:
        raw.append(request.environ["REQUEST_URI"])
        return None

    people.before_answer = answer
    sync(people, tmp_path)
    assert any("/candidates/a%2Fb%20%C3%A4/notes?" in uri for uri in raw)


def test_an_endpoint_that_is_not_there_is_nothing(people: Api, tmp_path: Path) -> None:
    run = sync(people, tmp_path)
    (line,) = [line for line in run.log.splitlines() if "status 404" in line]
    assert "notes: there is nothing (status 404 or 410) for 1 of 3 candidates" in line


def test_any_other_fault_fails_the_run_and_shows_no_id(people: Api, tmp_path: Path) -> None:
    catalog = discover(people.config(NOTES), tmp_path)

    def fail(request: Request) -> Response | None:
        return Response(status=503) if "9/notes" in request.path else None

    people.before_answer = fail
    config = people.config(NOTES, max_retries=1)
    run = run_tap(config, tmp_path, catalog=select(catalog, "notes"))
    assert run.exit_code == 1
    assert "GET /candidates/{candidate_id}/notes: status 503" in run.log
    assert "/candidates/9/" not in run.log
    assert len(run.records("notes")) == 3
    assert run.state["bookmarks"]["notes"]["replication_key_value"] is None


def test_one_candidate_whose_records_are_refused_ends_nothing_and_is_asked_for_again(
    people: Api, tmp_path: Path
) -> None:
    catalog = discover(people.config(DELTA), tmp_path)
    refused = {"/candidates/7/notes"}

    def refuse(request: Request) -> Response | None:
        return Response(status=403) if request.path in refused else None

    people.before_answer = refuse
    run = sync(people, tmp_path, DELTA, catalog=catalog)
    assert len(run.records("notes")) == 1
    assert "notes: the records of 1 of 3 candidates are refused (status 403)" in run.log
    assert "/candidates/7/" not in run.log
    assert run.state["bookmarks"]["notes"]["replication_key_value"] is None
    refused.clear()
    again = sync(people, tmp_path, DELTA, state=run.state, catalog=catalog)
    assert len(again.records("notes")) == 3
    assert again.state["bookmarks"]["notes"]["replication_key_value"] is not None


def test_records_that_are_refused_of_everybody_are_an_error(people: Api, tmp_path: Path) -> None:
    catalog = discover(people.config(NOTES), tmp_path)

    def refuse(request: Request) -> Response | None:
        return Response(status=403) if "/notes" in request.path else None

    people.before_answer = refuse
    run = run_tap(people.config(NOTES), tmp_path, catalog=select(catalog, "notes"))
    assert run.exit_code == 1
    assert "GET /candidates/{candidate_id}/notes: status 403" in run.log


def test_everybody_is_asked_for_in_each_run(people: Api, tmp_path: Path) -> None:
    catalog = discover(people.config(NOTES), tmp_path)
    first = sync(people, tmp_path, catalog=catalog)
    people.asked.clear()
    second = sync(people, tmp_path, state=first.state, catalog=catalog)
    assert asked(people) == [
        "/candidates/7/notes",
        "/candidates/a/b ä/notes",
        "/candidates/9/notes",
    ]
    assert len(second.records("notes")) == 3


def test_nobody_older_than_the_cutoff_is_asked_for(people: Api, tmp_path: Path) -> None:
    people.lists["/candidates"][0] = person("7", LONG_AGO)
    run = sync(people, tmp_path, cutoff_date="2025-01-01")
    assert not any("/candidates/7/" in path for path in asked(people))
    assert {r["candidate_id"] for r in run.records("notes")} == {name_of("a/b ä")}


def test_the_parents_need_not_be_selected(people: Api, tmp_path: Path) -> None:
    catalog = select(discover(people.config(NOTES), tmp_path), "notes")
    run = sync(people, tmp_path, catalog=catalog)
    assert {message["stream"] for message in run.messages if "stream" in message} == {"notes"}
    assert len(run.records("notes")) == 3


def test_a_delta_filters_at_every_endpoint(people: Api, tmp_path: Path) -> None:
    catalog = select(discover(people.config(DELTA), tmp_path), "notes")
    first = sync(people, tmp_path, DELTA, catalog=catalog)
    people.lists["/candidates/9/notes"] = [note(1, LAST_YEAR), note(2, NEW)]
    people.asked.clear()
    second = sync(people, tmp_path, DELTA, catalog=catalog, state=first.state)
    filters = [params["modified_since"] for path, params in people.asked if "notes" in path]
    assert set(filters) == {"2026-11-01T22:00:00Z"}  # midnight in Berlin, less an hour
    assert [(r["candidate_id"], r["id"]) for r in second.records("notes")] == [
        (name_of("7"), 1),
        (name_of("7"), 2),
        (name_of("a/b ä"), 1),
        (name_of("9"), 2),
    ]


def test_of_a_candidate_who_changed_everything_comes(people: Api, tmp_path: Path) -> None:
    catalog = select(discover(people.config(DELTA), tmp_path), "notes")
    first = sync(people, tmp_path, DELTA, catalog=catalog)
    now = datetime.now(UTC).isoformat()
    people.lists["/candidates"].append(person("10", now))
    people.lists["/candidates/10/notes"] = [note(1, LONG_AGO), note(2, LAST_YEAR)]
    second = sync(people, tmp_path, DELTA, catalog=catalog, state=first.state)
    new = [r["id"] for r in second.records("notes") if r["candidate_id"] == name_of("10")]
    assert new == [1, 2]
    third = sync(
        people,
        tmp_path,
        DELTA,
        catalog=catalog,
        state=first.state,
        start_date="2025-01-01",
    )
    new = [r["id"] for r in third.records("notes") if r["candidate_id"] == name_of("10")]
    assert new == [2]


def test_who_is_hidden_by_a_deletion_is_asked_for_by_a_second_look(
    people: Api, tmp_path: Path
) -> None:
    people.lists["/candidates"] = [person(str(number)) for number in range(4)]
    people.lists |= {f"/candidates/{number}/notes": [note(number)] for number in range(4)}
    config = people.config(DELTA, page_size=2)
    catalog = select(discover(config, tmp_path), "notes")

    def delete_the_first(request: Request) -> None:
        if request.path == "/candidates/1/notes":
            people.before_answer = lambda _request: None
            del people.lists["/candidates"][0]

    people.before_answer = delete_the_first
    run = run_tap(config, tmp_path, catalog=catalog)
    assert sorted(r["id"] for r in run.records("notes")) == [0, 1, 2, 3]


@pytest.mark.parametrize("own", ["candidate_id", "Candidate_ID"])
def test_a_field_of_that_name_keeps_it(people: Api, tmp_path: Path, own: str) -> None:
    people.lists["/candidates/7/notes"] = [note(1) | {own: 7}]
    definition = {**NOTES, "primary_keys": ["_candidate_id", "id"]}
    run = sync(people, tmp_path, definition)
    first, second = run.records("notes")
    assert first == {"_candidate_id": name_of("7"), "id": 1, "changed": NEW, own: 7, "text": None}
    assert second["_candidate_id"] == name_of("a/b ä")
    assert second[own] is None


def test_a_field_of_that_name_that_comes_later_gives_way(people: Api, tmp_path: Path) -> None:
    catalog = discover(people.config(NOTES), tmp_path)
    people.lists["/candidates/7/notes"] = [note(1, candidate_id=7)]
    run = sync(people, tmp_path, catalog=catalog)
    assert run.records("notes")[0]["candidate_id"] == name_of("7")
    assert "notes: 1 records have a field of their own where the id of the" in run.log


def test_who_has_no_id_for_a_path_is_counted(people: Api, tmp_path: Path) -> None:
    people.lists["/candidates"] += [{"LastName": "Nobody"}, person("..")]
    run = sync(people, tmp_path)
    assert "notes: 2 records in the list of candidates have no id that a path can" in run.log
    assert len(run.records("notes")) == 3


def test_a_wrong_path_is_an_error_at_discovery(people: Api, tmp_path: Path) -> None:
    definition = {**NOTES, "path": "/candidates/{candidate_id}/nots"}
    run = run_tap(people.config(definition), tmp_path, "--discover")
    assert run.exit_code == 1
    (line,) = [line for line in run.log.splitlines() if "ERROR" in line]
    assert "extra_streams[0].path: the endpoint of notes, /candidates/{candidate_id}/nots" in line
    unsampled = discover(people.config(definition, discovery_sample_size=0), tmp_path)
    assert set(entry_of(unsampled, "notes")["schema"]["properties"]) == {"candidate_id", "id"}


def test_discovery_asks_for_fifty_at_most(people: Api, tmp_path: Path) -> None:
    people.lists["/candidates"] = [person(str(number)) for number in range(70)]
    people.lists |= {f"/candidates/{number}/notes": [note(1)] for number in range(70)}
    discover(people.config(NOTES), tmp_path)
    assert len([path for path, _ in people.asked if "notes" in path]) == 50


@pytest.mark.parametrize(
    "maps",
    [
        {"candidates": {"__filter__": "last_name != 'Nobody'"}},
        {"candidates": None, "known": {"__source__": "candidates",
                                       "__filter__": "last_name != 'Nobody'"}},
    ],
    ids=["filter", "filtered copy alone"],
)  # fmt: skip
@pytest.mark.parametrize("definition", thinned([NOTES, DELTA]), ids=["all", "incremental"])
def test_whom_the_filter_of_candidates_drops_nobody_asks_for(
    people: Api, tmp_path: Path, maps: Message, definition: Message
) -> None:
    people.lists["/candidates"].append({**person("11"), "LastName": "Nobody"})
    people.lists["/candidates/11/notes"] = [note(1, mood="x")]
    run = sync(people, tmp_path, definition, stream_maps=maps)
    assert "/candidates/11/notes" not in asked(people)  # neither for the schema nor for records
    assert name_of("11") not in {r["candidate_id"] for r in run.records("notes")}
    assert len(run.records("notes")) == 3
    (schema,) = run.of("SCHEMA", "notes")
    assert "mood" not in schema["schema"]["properties"]


@pytest.mark.parametrize(
    "others",
    thinned(
        [{"stream_maps": {"candidates": {"__filter__": "remote_id != '7'"}}},
         {"cutoff_date": "2026-01-01"}],
        1,
    ),
)  # fmt: skip
def test_whom_another_filter_or_cutoff_lets_in_has_a_history(
    people: Api, tmp_path: Path, others: Message
) -> None:
    people.lists["/candidates/7/notes"] = [note(1, LONG_AGO)]
    people.lists["/candidates"][1]["Updated"] = NEW
    catalog = discover(people.config(DELTA), tmp_path)
    first = sync(people, tmp_path, DELTA, catalog=catalog, **others)
    assert [row["id"] for row in first.records("notes")] == [1]
    second = sync(people, tmp_path, DELTA, catalog=catalog, state=first.state)
    assert name_of("7") in {row["candidate_id"] for row in second.records("notes")}
    third = sync(people, tmp_path, DELTA, catalog=catalog, state=second.state)
    assert name_of("7") not in {row["candidate_id"] for row in third.records("notes")}


def test_a_filter_fails_as_it_does_for_candidates(people: Api, tmp_path: Path) -> None:
    maps = {"candidates": {"__filter__": "last_name.lower() != 'x'"}}
    run = run_tap(people.config(NOTES, stream_maps=maps), tmp_path)
    assert run.exit_code == 1
    assert "stream_maps: an expression of candidates fails" in run.log
    assert "Traceback" not in run.log
