"""Definitions of extra streams: what is bad is named before any request, by place and key."""

from __future__ import annotations

import typing as t
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from tap_compleetpersy.settings import Settings, SettingsError, read_settings
from tap_compleetpersy.settings.extra_streams import OVERRIDABLE, ExtraStream, stays_below
from tests.singer import run_tap

Definition = dict[str, t.Any]

GOOD: Definition = {"name": "notes", "path": "/notes"}
PATH = "path: must be a path below api_url that starts with one slash"
BRACES = "path: must not have braces other than {candidate_id}"
PARAMS = "params: must be an object of texts, numbers and booleans"
NAME = "name: must be small letters, digits and underscores, and start with a letter"


def read(*definitions: object, **settings: t.Any) -> list[ExtraStream]:
    return read_settings({"extra_streams": list(definitions), **settings}).extra_streams


def problems(*definitions: object, **settings: t.Any) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read(*definitions, **settings)
    return caught.value.problems


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        pytest.param({"name": None}, "name: missing", id="no-name"),
        pytest.param({"name": ""}, "name: missing", id="empty-name"),
        pytest.param({"name": "Notes"}, NAME, id="capital"),
        pytest.param({"name": "1notes"}, NAME, id="digit-first"),
        pytest.param({"name": "nötes"}, NAME, id="umlaut"),
        pytest.param({"name": "notes\n"}, "name: must not hold control characters", id="line-end"),
        pytest.param({"name": 7}, "name: must be text", id="name-is-a-number"),
        *(
            pytest.param(
                {"name": name},
                "name: must not be the name of one of the tap's own streams",
                id=f"reserved-{name}",
            )
            for name in ("candidates", "jobs", "applications", "candidate_attachments")
        ),
        pytest.param({"path": None}, "path: missing", id="no-path"),
        pytest.param({"path": "notes"}, PATH, id="no-slash"),
        pytest.param({"path": "https://elsewhere.example.org/notes"}, PATH, id="url"),
        pytest.param({"path": "//elsewhere.example.org/notes"}, PATH, id="other-host"),
        pytest.param({"path": "/a//b"}, PATH, id="two-slashes"),
        pytest.param({"path": "/../secret"}, PATH, id="up"),
        pytest.param({"path": "/a/..;/b"}, PATH, id="up-with-parameter"),
        pytest.param({"path": "/%2e%2E/secret"}, PATH, id="encoded-up"),
        pytest.param({"path": "/%252e%252e/secret"}, PATH, id="twice-encoded-up"),
        pytest.param({"path": "/a%2f..%2fb"}, PATH, id="encoded-slashes"),
        pytest.param({"path": "/%2felsewhere.example.org"}, PATH, id="encoded-host"),
        pytest.param({"path": "/a\\b"}, PATH, id="backslash"),
        pytest.param({"path": "/a%5c..%5cb"}, PATH, id="encoded-backslash"),
        pytest.param({"path": "/a%0d%0aX: y"}, PATH, id="encoded-line"),
        pytest.param({"path": "/jobs/{job_id}"}, BRACES, id="other-braces"),
        pytest.param({"path": "/jobs/{"}, BRACES, id="one-brace"),
        pytest.param({"path": "/jobs/%7bcandidate_id%7d"}, BRACES, id="encoded-braces"),
        pytest.param(
            {"path": "/notes?kind=1"},
            "path: must be without query and fragment; parameters belong into params",
            id="query",
        ),
        pytest.param({"primary_keys": "id"}, "primary_keys: must be a list of texts", id="text"),
        pytest.param({"primary_keys": [1]}, "primary_keys: must be a list of texts", id="number"),
        pytest.param({"primary_keys": [""]}, "primary_keys: must be a list of texts", id="empty"),
        pytest.param(
            {"primary_keys": ["id", "id"]},
            "primary_keys: must not hold a field twice",
            id="key-twice",
        ),
        pytest.param({"replication_key": ["id"]}, "replication_key: must be text", id="key-list"),
        pytest.param({"params": ["a"]}, PARAMS, id="params-list"),
        pytest.param({"params": {"a": {"b": 1}}}, PARAMS, id="nested-params"),
        pytest.param(
            {"params": {"page": 2}},
            "params: must not hold the parameter that page_param names",
            id="page",
        ),
        pytest.param(
            {"params": {"per_page": 2}},
            "params: must not hold the parameter that page_size_param names",
            id="page-size",
        ),
        pytest.param(
            {"params": {"after": "x"}, "pagination": "cursor", "cursor_param": "after"},
            "params: must not hold the parameter that cursor_param names",
            id="cursor-of-its-own",
        ),
        pytest.param(
            {"params": {"modified_since": "x"}, "replication_key": "changed"},
            "params: must not hold the parameter that modified_since_param names",
            id="filter",
        ),
        pytest.param(
            {"recods_path": "a"},
            "recods_path: unknown key, did you mean records_path?",
            id="unknown-key",
        ),
        pytest.param({"secret": "x"}, "secret: unknown key", id="no-wire-setting"),
        pytest.param(
            {"pagination": "pages"},
            "pagination: must be one of page, offset, cursor, link, none",
            id="choice",
        ),
        pytest.param({"page_size": 0}, "page_size: must be at least 1", id="minimum"),
        pytest.param(
            {"request_timeout": "long"}, "request_timeout: must be a number", id="a-number"
        ),
        pytest.param(
            {"time_zone": "Europe/Muenchen"},
            "time_zone: is not the name of a time zone, such as Europe/Berlin",
            id="zone",
        ),
    ],
)
def test_a_bad_definition_is_one_line(wrong: Definition, problem: str) -> None:
    assert problems({"name": "first", "path": "/first"}, GOOD | wrong) == (
        f"extra_streams[1].{problem}",
    )


def test_a_name_is_there_once() -> None:
    assert problems(GOOD, {"name": "a", "path": "/a"}, GOOD) == (
        "extra_streams[2].name: extra_streams[0] has this name already",
    )


@pytest.mark.parametrize("item", ["notes", 3, None, ["notes"]])
def test_a_definition_is_an_object(item: object) -> None:
    assert problems(item) == ("extra_streams[0]: must be an object",)


@pytest.mark.parametrize("key", ["primary_keys", "replication_key"])
def test_a_key_cannot_be_excluded(key: str) -> None:
    value = ["id"] if key == "primary_keys" else "id"
    assert problems(GOOD | {key: value}, exclude_fields=["id"]) == (
        f"extra_streams[0].{key}: must not name what exclude_fields keeps back",
    )


def test_every_problem_is_told_at_once() -> None:
    assert len(problems({}, {"name": "jobs", "path": "x", "nonsense": 1}, page_size=0)) == 6


@pytest.mark.parametrize(
    "key", ["name", "path", "primary_keys", "replication_key", "params", "page_size", "pagination"]
)
def test_no_line_holds_a_value(key: str) -> None:
    marked = "Zq7{-marked\x07"
    for value in (marked, [marked, marked], {"a": [marked]}):
        try:
            text = repr(read(GOOD | {key: value}))
        except SettingsError as error:
            text = str(error)
        assert "Zq7" not in text


def test_a_definition_has_wire_settings_of_its_own() -> None:
    overrides: Definition = {
        "records_path": "notes",
        "pagination": "offset",
        "page_size": "5",
        "modified_since_param": "",
        "max_retries": 0,
    }
    (extra,) = read(GOOD | overrides, page_size=50, records_path="data.items")
    own = read_settings({"page_size": 50}).of_extra_stream(extra)
    assert (own.records_path, own.pagination, own.page_size) == ("notes", "offset", 5)
    assert (own.modified_since_param, own.max_retries) == ("", 0)
    assert own.request_timeout == 60


def test_every_wire_setting_can_be_overridden_with_its_own_default() -> None:
    defaults = {name: getattr(Settings(), name) for name in OVERRIDABLE}
    (extra,) = read(GOOD | defaults)
    assert Settings(page_size=7).of_extra_stream(extra) == Settings()


def test_an_empty_text_unsets_the_taps_own_setting() -> None:
    (extra,) = read(GOOD | {"records_path": "", "pagination": ""})
    own = Settings(records_path="data", pagination="link").of_extra_stream(extra)
    assert (own.records_path, own.pagination) == (None, "link")


def test_null_is_not_given() -> None:
    nothing = dict.fromkeys((*OVERRIDABLE, "primary_keys", "replication_key", "params"))
    assert read(GOOD | nothing) == read(GOOD)
    assert read(GOOD | {"params": {"a": None, "b": "x"}})[0].params == {"b": "x"}


def test_parameters_are_sent_as_text() -> None:
    (extra,) = read(GOOD | {"params": {"filter.kind": "a b", "n": 1, "x": 1.5, "deep": True}})
    assert extra.params == {"filter.kind": "a b", "n": "1", "x": "1.5", "deep": "true"}


@pytest.mark.parametrize(
    ("path", "is_child"),
    [("/notes", False), ("/v2/notes/", False), ("/candidates/{candidate_id}/notes", True)],
)
def test_a_path_with_the_candidate_makes_a_child(path: str, is_child: bool) -> None:
    (extra,) = read({"name": "notes", "path": path})
    assert extra.is_child is is_child


@settings(deadline=None)
@given(st.text(alphabet="./\\%25eEfFa", max_size=12))
def test_a_path_that_stays_below_has_no_step_up_however_it_is_decoded(path: str) -> None:
    if stays_below(path):
        for _ in range(8):
            assert ".." not in path.split("/")
            assert path.startswith("/")
            assert not path.startswith("//")
            path = unquote(path)


def test_nothing_is_asked_with_a_bad_definition(httpserver: HTTPServer, tmp_path: Path) -> None:
    config = {
        "api_url": httpserver.url_for(""),
        "api_key": "k",
        "extra_streams": [GOOD, {"name": "more", "path": "/geheim/../x"}],
    }
    for words in ((), ("--discover",)):
        run = run_tap(config, tmp_path, *words)
        assert run.exit_code == 1
        (line,) = [line for line in run.log.splitlines() if "ERROR" in line]
        assert f"extra_streams[1].{PATH}" in line
        assert "geheim" not in run.log
    assert httpserver.log == []
