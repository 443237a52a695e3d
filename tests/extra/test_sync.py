"""A list as a stream: catalog, records, increments, state, and what is left out."""

from __future__ import annotations

import itertools
import json
import typing as t
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from werkzeug import Request, Response

from tests.catalog import deselect, entry_of, select
from tests.extra.lists import Api
from tests.server import Reply, Server, reply
from tests.server import Request as Asked
from tests.singer import Message, Run, discover, run_tap

NOTES: Message = {
    "name": "notes",
    "path": "/notes",
    "primary_keys": ["Id"],
    "replication_key": "Changed",
}
WHOLE = {key: value for key, value in NOTES.items() if key != "replication_key"}
LOOKBACK = {"lookback_seconds": 3600}


def note(number: int, changed: object = "2026-11-02T10:00:00Z", **more: t.Any) -> Message:
    return {"Id": number, "Changed": changed, "Text": f"Notiz {number}", **more}


def expect_one_line(run: Run, *texts: str) -> None:
    assert run.exit_code == 1
    assert "Traceback" not in run.log
    (line,) = [line for line in run.log.splitlines() if "ERROR" in line]
    for text in texts:
        assert text in line


def ids(run: Run) -> list[int]:
    return [record["Id"] for record in run.records("notes")]


def bookmark(run: Run, stream: str = "notes") -> Message:
    return t.cast("Message", run.state["bookmarks"][stream])


def test_records_come_as_they_are_with_keys_as_given(api: Api, tmp_path: Path) -> None:
    author = {"Name": "Ada ", "tags": ["b", "a"], "x": {"Y": 1.5}}
    api.lists["/notes"] = [note(1, Author=author, empty=""), note(2, Author=None)]
    run = run_tap(api.config(NOTES), tmp_path)
    assert run.exit_code == 0, run.log
    (schema,) = run.of("SCHEMA", "notes")
    assert schema["key_properties"] == ["Id"]
    assert schema["bookmark_properties"] == ["Changed"]
    properties = schema["schema"]["properties"]
    assert properties["Id"] == {"type": ["integer"]}
    assert properties["Changed"] == {"type": ["string", "null"], "format": "date-time"}
    assert properties["Author"]["properties"]["tags"]["items"] == {"type": ["string", "null"]}
    assert run.records("notes") == [
        {
            "Id": 1,
            "Changed": "2026-11-02T10:00:00.000Z",
            "Text": "Notiz 1",
            "Author": author,
            "empty": "",
        },
        {
            "Id": 2,
            "Changed": "2026-11-02T10:00:00.000Z",
            "Text": "Notiz 2",
            "Author": None,
            "empty": None,
        },
    ]
    assert not [message for message in run.messages if message["type"] == "ACTIVATE_VERSION"]


def test_the_definition_decides_what_is_asked(api: Api, tmp_path: Path) -> None:
    api.lists["/v2/notes"] = [note(number) for number in range(5)]
    definition = {
        **WHOLE,
        "path": "/v2/notes",
        "page_size": 2,
        "params": {"filter.kind": "a&b", "deep": True},
    }
    run = run_tap(api.config(definition, page_size=3), tmp_path)
    assert ids(run) == [0, 1, 2, 3, 4]
    for params in api.requests("/v2/notes"):
        assert params.pop("page") in {"1", "2", "3", "4"}
        assert params == {"per_page": "2", "filter.kind": "a&b", "deep": "true"}
    assert {params["per_page"] for params in api.requests("/candidates")} == {"3"}


def test_the_session_is_that_of_the_tap(api: Api, tmp_path: Path) -> None:
    keys: list[str | None] = []

    def answer(request: Request) -> Response | None:
        keys.append(request.headers.get("X-Key"))
        return None

    api.before_answer = answer
    api.lists["/notes"] = [note(1)]
    run = run_tap(api.config(WHOLE, auth_method="header", auth_header="X-Key"), tmp_path)
    assert run.exit_code == 0, run.log
    assert set(keys) == {"k"}


def test_without_a_replication_key_everything_comes_each_run(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1), note(2, "nicht lesbar")]
    first = run_tap(api.config(WHOLE, start_date="2026-11-20"), tmp_path)
    second = run_tap(api.config(WHOLE), tmp_path, state=first.state)
    assert ids(first) == ids(second) == [1, 2]
    assert all("modified_since" not in params for params in api.requests("/notes"))
    assert bookmark(first)["replication_key_value"] is None


def test_without_keys_records_are_appended(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1), note(1)]
    run = run_tap(api.config({"name": "notes", "path": "/notes"}), tmp_path)
    (schema,) = run.of("SCHEMA", "notes")
    assert not schema.get("key_properties")
    assert ids(run) == [1, 1]


def test_a_second_run_brings_what_changed_and_the_overlap(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [
        note(1, "2026-11-01T10:00:00Z"),
        note(2, "02.11.2026 10:30"),
        note(3, "2026-11-02 11:00:00"),
    ]
    config = api.config(NOTES)
    first = run_tap(config, tmp_path)
    assert [r["Changed"] for r in first.records("notes")] == [
        "2026-11-01T10:00:00.000Z",
        "2026-11-02T09:30:00.000Z",
        "2026-11-02T10:00:00.000Z",
    ]
    assert bookmark(first) == {
        "replication_key": "Changed",
        "replication_key_value": "2026-11-02T10:00:00.000Z",
        "version": 1,
        "tenant": bookmark(first)["tenant"],
    }
    api.lists["/notes"].append(note(4, "2026-11-02T10:00:01Z"))
    api.asked.clear()
    second = run_tap(config, tmp_path, state=first.state)
    # The server of this test does not filter: what is older is dropped here.
    assert ids(second) == [2, 3, 4]
    sampled, *asked = [p.get("modified_since") for p in api.requests("/notes")]
    assert sampled is None
    assert asked[-1] == "2026-11-02T09:00:00Z"
    assert bookmark(second)["replication_key_value"] == "2026-11-02T10:00:01.000Z"


def test_a_server_without_a_filter_is_not_asked_for_one(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1), note(2, "2026-11-03T00:00:00Z")]
    config = api.config({**NOTES, "modified_since_param": ""}, start_date="2026-11-01", **LOOKBACK)
    first = run_tap(config, tmp_path)
    second = run_tap(config, tmp_path, state=first.state)
    assert (ids(first), ids(second)) == ([1, 2], [2])
    assert all("modified_since" not in params for params in api.requests("/notes"))
    assert any("modified_since" in params for params in api.requests("/candidates"))


def test_an_integer_is_a_replication_key(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(number, number * 10) for number in (3, 1, 2)]
    config = api.config(NOTES, lookback_seconds=5, start_date="2026-01-01")
    first = run_tap(config, tmp_path)
    assert [r["Changed"] for r in first.records("notes")] == [30, 10, 20]
    assert bookmark(first)["replication_key_value"] == 30
    second = run_tap(config, tmp_path, state=first.state)
    assert ids(second) == [3]
    assert api.requests("/notes")[-1]["modified_since"] == "25"


def test_start_and_end_are_bounds(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(day, f"2026-11-0{day}T00:00:00Z") for day in range(1, 6)]
    bounds = {"start_date": "2026-11-02T00:00:00Z", "end_date": "2026-11-04T00:00:00Z"}
    config = api.config({**NOTES, "modified_until_param": "until"}, **bounds)
    run = run_tap(config, tmp_path)
    assert ids(run) == [2, 3]
    assert bookmark(run)["replication_key_value"] == "2026-11-03T00:00:00.000Z"
    last = api.requests("/notes")[-1]
    assert (last["modified_since"], last["until"]) == (
        "2026-11-02T00:00:00Z",
        "2026-11-04T00:00:00Z",
    )


def test_a_record_of_the_future_does_not_move_the_bookmark(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1), note(2, "2199-01-01T00:00:00Z")]
    run = run_tap(api.config(NOTES), tmp_path)
    assert ids(run) == [1, 2]
    assert bookmark(run)["replication_key_value"] == "2026-11-02T10:00:00.000Z"


def test_the_clock_of_the_server_says_what_the_future_is(tmp_path: Path) -> None:
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    hour = timedelta(hours=1)
    notes = [note(1, (now - hour).isoformat()), note(2, (now + hour).isoformat())]
    server = Server()

    def answer(request: Asked) -> Reply:
        is_first = request.path == "/notes" and request.query["page"] == "1"
        return reply(notes if is_first else [], headers={"Date": format_datetime(now, usegmt=True)})

    server.answering = answer
    config = {"api_url": server.url, "api_key": "k", "extra_streams": [NOTES]}
    run = run_tap(config, tmp_path)
    server.stop()
    assert ids(run) == [1, 2]
    value = bookmark(run)["replication_key_value"]
    assert datetime.fromisoformat(value) == now - hour


def test_who_has_no_replication_value_is_in_every_run(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1), note(2, None), note(3, "0000-00-00 00:00:00"), {"Id": 4}]
    config = api.config(NOTES)
    first = run_tap(config, tmp_path)
    second = run_tap(config, tmp_path, state=first.state)
    assert (ids(first), ids(second)) == ([1, 2, 3, 4], [1, 2, 3, 4])
    assert "notes: 3 records have no value for replication_key" in second.log


def test_a_replication_key_may_be_part_of_the_key(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1), note(2, changed=None)]
    run = run_tap(api.config(NOTES | {"primary_keys": ["Id", "Changed"]}), tmp_path)
    assert run.exit_code == 0, run.log
    assert ids(run) == [1]


def test_what_has_no_key_is_counted_and_left_out(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(0), {"Text": "x"}, note(1) | {"Id": None}, {"id": 3}, "y", None]
    run = run_tap(api.config(WHOLE), tmp_path)
    assert ids(run) == [0]
    assert "notes: 3 records without their key were left out" in run.log
    assert "notes: 2 records are no objects and were left out" in run.log


@pytest.mark.parametrize(
    ("records", "text"),
    [
        ([note(1, "gestern"), note(2, "vorgestern")], "extra_streams[0].replication_key: "),
        ([note(1, 1.5e300)], "extra_streams[0].replication_key: "),
        ([{"Id": 1}], "extra_streams[0].replication_key: none of 1 records of notes has"),
        ([{"id": 1, "Changed": None}], "extra_streams[0].primary_keys: none of 1 records of"),
        ([note(1) | {"Id": {"x": 1}}], "extra_streams[0].primary_keys: a key of notes is an"),
    ],
)
def test_a_definition_that_does_not_fit_the_records_is_one_line(
    api: Api, tmp_path: Path, records: list[Message], text: str
) -> None:
    api.lists["/notes"] = records
    run = run_tap(api.config(NOTES), tmp_path)
    expect_one_line(run, text)
    assert run.messages == ()
    assert "gestern" not in run.log


def test_a_value_that_is_no_time_any_more_ends_the_run(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1)]
    config = api.config(NOTES)
    catalog = discover(config, tmp_path)
    first = run_tap(config, tmp_path, catalog=catalog)
    api.lists["/notes"].append(note(2, "gestern"))
    run = run_tap(config, tmp_path, state=first.state, catalog=catalog)
    expect_one_line(run, "extra_streams[0].replication_key: ", "notes")
    assert "gestern" not in run.log
    assert run.state["bookmarks"].get("notes") == bookmark(first)


@pytest.mark.parametrize("words", [(), ("--discover",)], ids=["sync", "discover"])
def test_an_endpoint_that_fails_at_discovery_is_an_error(
    api: Api, tmp_path: Path, words: tuple[str, ...]
) -> None:
    run = run_tap(api.config(NOTES), tmp_path, *words)
    expect_one_line(run, "GET /notes: status 404", "extra_streams[0].path", "stream notes")
    assert run.messages == ()


def test_without_a_key_discovery_gives_keys_only(api: Api, tmp_path: Path) -> None:
    child = {**NOTES, "name": "more", "path": "/candidates/{candidate_id}/notes"}
    catalog = discover(api.config(NOTES, child, api_key=None), tmp_path)
    for name, fields in (
        ("notes", {"Id", "Changed"}),
        ("more", {"candidate_id", "Id", "Changed"}),
    ):
        entry = entry_of(catalog, name)
        assert set(entry["schema"]["properties"]) == fields
        assert entry["key_properties"] == ["Id"]
        assert entry["replication_key"] == "Changed"
    assert api.asked == []


def test_discovery_reads_as_many_as_it_may(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(number, **{f"x{number}": 1}) for number in range(9)]
    config = api.config({**WHOLE, "page_size": 2}, discovery_sample_size=3)
    entry = entry_of(discover(config, tmp_path), "notes")
    assert set(entry["schema"]["properties"]) == {"Id", "Changed", "Text", "x0", "x1", "x2"}
    assert len(api.requests("/notes")) == 2


def test_a_sync_with_a_catalog_reads_no_sample(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1)]
    config = api.config({**WHOLE, "pagination": "none"})
    catalog = discover(config, tmp_path)
    api.asked.clear()
    run = run_tap(config, tmp_path, catalog=catalog)
    assert ids(run) == [1]
    assert len(api.requests("/notes")) == 1


def test_an_empty_list_is_a_schema_and_a_warning(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = []
    config = api.config(NOTES)
    run = run_tap(config, tmp_path)
    (schema,) = run.of("SCHEMA", "notes")
    assert set(schema["schema"]["properties"]) == {"Id", "Changed"}
    assert run.records("notes") == []
    assert "notes: there is no record to take a schema from" in run.log
    catalog = discover(config, tmp_path)
    for value, kind in (("02.11.2026", str), (17, int)):
        api.lists["/notes"] = [note(1, value)]
        later = run_tap(config, tmp_path, catalog=catalog, state=run.state)
        assert isinstance(bookmark(later)["replication_key_value"], kind)


def test_drift_is_told_once_for_each_field(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1, Count=1, Deep={"n": 1})]
    config = api.config(NOTES)
    catalog = discover(config, tmp_path)
    api.lists["/notes"] = [
        note(number, Count="viele", Deep={"n": [1, 2], "m": 5}, New={"x": 1}) for number in (1, 2)
    ]
    run = run_tap(config, tmp_path, catalog=catalog)
    assert [(r["Count"], r["Deep"], r["New"]) for r in run.records("notes")] == [
        (None, {"n": None, "m": 5}, {"x": 1})
    ] * 2
    for field in ("Count", "Deep"):
        assert f"notes: field '{field}': 2 values do not fit the type" in run.log
    assert "notes: field 'New' is not in the catalog; its 2 values were emitted" in run.log
    assert "viele" not in run.log


def test_a_key_that_does_not_fit_ends_the_run(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1)]
    config = api.config(NOTES)
    catalog = discover(config, tmp_path)
    api.lists["/notes"] = [note(1) | {"Id": "geheim"}]
    run = run_tap(config, tmp_path, catalog=catalog)
    expect_one_line(run, "extra_streams[0].primary_keys: a key of notes does not fit")
    assert "geheim" not in run.log


def test_a_deselected_field_makes_the_catalog_an_allowlist(api: Api, tmp_path: Path) -> None:
    tags = [{"Name": "Eilt"}, {"Name": "Neu"}]
    api.lists["/notes"] = [note(1, Author={"Name": "Ada", "Mail": "a@example.org"}, Tags=tags)]
    config = api.config(NOTES)
    catalog = deselect(discover(config, tmp_path), "notes", "Author.Mail")
    author = {"Name": "Ada", "Mail": "a@example.org", "Phone": "1"}
    of_now = [tags[0] | {"Mail": "b@example.org"}, tags[1]]
    api.lists["/notes"] = [note(1, Author=author, Tags=of_now, New="x")]
    run = run_tap(config, tmp_path, catalog=catalog)
    (record,) = run.records("notes")
    assert record == {
        "Id": 1,
        "Changed": "2026-11-02T10:00:00.000Z",
        "Text": "Notiz 1",
        "Author": {"Name": "Ada"},
        "Tags": tags,
    }
    assert "notes: 1 new fields were left out, because others are deselected" in run.log
    (schema,) = run.of("SCHEMA", "notes")
    assert set(schema["schema"]["properties"]["Author"]["properties"]) == {"Name"}


def test_keys_cannot_be_deselected(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1)]
    config = api.config(NOTES)
    catalog = deselect(discover(config, tmp_path), "notes", "Id", "Changed")
    run = run_tap(config, tmp_path, catalog=catalog)
    assert {"Id", "Changed"} <= run.records("notes")[0].keys()


def test_streams_are_selected_by_default_and_can_be_deselected(api: Api, tmp_path: Path) -> None:
    api.lists |= {"/notes": [note(1)], "/more": [note(2)]}
    config = api.config(WHOLE, {**WHOLE, "name": "more", "path": "/more"})
    catalog = discover(config, tmp_path)
    both = run_tap(config, tmp_path, catalog=catalog)
    assert (len(both.records("notes")), len(both.records("more"))) == (1, 1)
    api.asked.clear()
    one = run_tap(config, tmp_path, catalog=select(catalog, "more"), state=both.state)
    assert {m["stream"] for m in one.messages if "stream" in m} == {"more"}
    assert {path for path, _ in api.asked} == {"/more"}
    assert bookmark(one) == bookmark(both)
    again = run_tap(config, tmp_path, catalog=catalog, state={"bookmarks": {"more": bookmark(one)}})
    assert again.exit_code == 0, again.log


def test_a_stream_that_the_catalog_does_not_have_is_not_selected(api: Api, tmp_path: Path) -> None:
    catalog = discover(api.config(), tmp_path)
    run = run_tap(api.config(NOTES), tmp_path, catalog=catalog)
    assert run.exit_code == 0, run.log
    assert run.of("SCHEMA", "notes") == []


def test_a_catalog_without_a_defined_key_is_refused(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1)]
    catalog = discover(api.config({"name": "notes", "path": "/notes"}), tmp_path)
    entry_of(catalog, "notes")["schema"]["properties"].pop("Id")
    run = run_tap(api.config(NOTES), tmp_path, catalog=catalog)
    expect_one_line(run, "extra_streams[0].primary_keys: not in the catalog of notes")


def test_a_catalog_may_ask_for_everything(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1, "2026-01-01T00:00:00Z"), note(2)]
    config = api.config(NOTES)
    catalog = discover(config, tmp_path)
    first = run_tap(config, tmp_path, catalog=catalog)
    for item in entry_of(catalog, "notes")["metadata"]:
        if not item["breadcrumb"]:
            item["metadata"]["replication-method"] = "FULL_TABLE"
    second = run_tap(config, tmp_path, catalog=catalog, state=first.state)
    assert ids(second) == [1, 2]
    assert bookmark(second) == bookmark(first)


def test_excluded_keys_are_nowhere(api: Api, tmp_path: Path) -> None:
    deep = {"Name": "Ada", "IBAN": "DE00", "list": [{"IBAN": "DE01", "ok": 1}]}
    api.lists["/notes"] = [note(1, Author=deep, IBAN="DE02")]
    run = run_tap(api.config(NOTES, exclude_fields=["IBAN"]), tmp_path)
    assert run.records("notes")[0]["Author"] == {"Name": "Ada", "list": [{"ok": 1}]}
    assert "IBAN" not in json.dumps(run.messages)
    assert "DE0" not in json.dumps(run.messages)


def test_stream_maps_and_flattening_and_files(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1, Author={"Name": "Ada"}), note(2, Author=None)]
    maps = {"notes": {"Text": "Text.upper()", "__filter__": "Id == 1", "__alias__": "remarks"}}
    settings: Message = {
        "stream_maps": maps,
        "flattening_enabled": True,
        "flattening_max_depth": 1,
    }
    run = run_tap(api.config(NOTES, **settings), tmp_path)
    expected = {
        "Id": 1,
        "Changed": "2026-11-02T10:00:00.000Z",
        "Text": "NOTIZ 1",
        "Author__Name": "Ada",
    }
    assert run.records("remarks") == [expected]
    assert "Author__Name" in run.of("SCHEMA", "remarks")[0]["schema"]["properties"]
    batch_config = {
        "encoding": {"format": "jsonl", "compression": "none"},
        "storage": {"root": (tmp_path / "batches").as_uri()},
    }
    files = run_tap(api.config(NOTES, **settings, batch_config=batch_config), tmp_path)
    assert files.of("RECORD") == []
    (message,) = files.of("BATCH", "remarks")
    (url,) = message["manifest"]
    lines = Path(url.removeprefix("file://")).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [expected]


def test_a_map_that_fails_shows_no_value(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1, Text="geheim")]
    run = run_tap(api.config(NOTES, stream_maps={"notes": {"x": "int(Text)"}}), tmp_path)
    expect_one_line(run, "stream_maps: an expression of notes fails")
    assert "geheim" not in run.log


def test_the_state_of_another_tenant_is_refused(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1)]
    first = run_tap(api.config(NOTES), tmp_path)
    state = {"bookmarks": {"notes": bookmark(first)}}
    run = run_tap(api.config(NOTES, account="other"), tmp_path, state=state)
    expect_one_line(run, "state: bookmark of notes belongs to another account or api_url")
    assert run.messages == ()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"replication_key": "Created"}, "is of another replication key than extra_streams[0]"),
        ({"replication_key_value": "gestern"}, "replication_key_value of notes cannot be read"),
        ({"version": 99}, "was written by a newer release"),
        ({"version": None}, "bookmark of notes is not of this tap"),
        ({"replication_key_value": 5}, "replication_key_value of notes is no time"),
    ],
)
def test_a_state_that_cannot_be_used_is_one_line(
    api: Api, tmp_path: Path, change: Message, text: str
) -> None:
    api.lists["/notes"] = [note(1)]
    first = run_tap(api.config(NOTES), tmp_path)
    state = {"bookmarks": {"notes": bookmark(first) | change}}
    run = run_tap(api.config(NOTES), tmp_path, state=state)
    expect_one_line(run, text)
    assert run.records("notes") == []


def test_a_dry_run_ends_early_and_claims_nothing(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(1), note(2)]
    run = run_tap(api.config(NOTES), tmp_path, "--test")
    assert run.exit_code == 0, run.log
    assert ids(run) == [1]
    states = run.of("STATE")
    assert all(
        not (s["value"]["bookmarks"].get("notes") or {}).get("replication_key_value")
        for s in states
    )


def test_records_leave_a_page_at_a_time(api: Api, tmp_path: Path) -> None:
    api.lists["/notes"] = [note(number) for number in range(6)]
    config = api.config({**NOTES, "page_size": 2})
    catalog = discover(config, tmp_path)

    def fail_on_the_third_page(request: Request) -> Response | None:
        is_third = request.path == "/notes" and request.args["page"] == "3"
        return Response(status=500) if is_third else None

    api.before_answer = fail_on_the_third_page
    run = run_tap(config, tmp_path, catalog=catalog)
    expect_one_line(run, "GET /notes: status 500", "It is the stream notes")
    assert ids(run) == [0, 1, 2, 3]
    assert bookmark(run)["replication_key_value"] is None
    api.before_answer = lambda _request: None
    resumed = run_tap(config, tmp_path, catalog=catalog, state=run.state)
    assert ids(resumed) == [0, 1, 2, 3, 4, 5]


def test_a_list_that_fails_does_not_keep_the_candidates_away(api: Api, tmp_path: Path) -> None:
    api.lists |= {"/candidates": [{"Id": 1, "FirstName": "Ada"}], "/notes": [note(1)]}
    first_by_name = api.config(NOTES | {"name": "absences"})
    catalog = discover(first_by_name, tmp_path)

    def fails(request: Request) -> Response | None:
        return Response(status=500) if request.path == "/notes" else None

    api.before_answer = fails
    run = run_tap(first_by_name, tmp_path, catalog=catalog)
    expect_one_line(run, "GET /notes: status 500", "It is the stream absences")
    assert [record["remote_id"] for record in run.records("candidates")] == ["1"]
    assert run.state["bookmarks"].keys() >= {"candidates", "jobs", "applications"}


@pytest.mark.parametrize("page_size", [3, 100])
def test_records_that_look_new_in_each_answer_lead_to_an_end(
    api: Api, tmp_path: Path, page_size: int
) -> None:
    links = itertools.count()

    def ignore_the_page(request: Request) -> Response | None:
        if request.path != "/notes" or len(api.asked) > 50:
            return None
        found = [note(number, Link=f"/files?signature={next(links)}") for number in range(3)]
        return Response(json.dumps({"data": found}), content_type="application/json")

    api.before_answer = ignore_the_page
    config = api.config({**NOTES, "page_size": page_size}, discovery_sample_size=0)
    expect_one_line(run_tap(config, tmp_path), "a page repeats", "It is the stream notes")
    assert len(api.requests("/notes")) <= 22
