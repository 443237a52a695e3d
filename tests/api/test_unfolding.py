"""What records only refer to, and unusual forms that a setting says; what stays as it is."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from tap_compleetpersy.api.decode import decode_lightly
from tap_compleetpersy.api.messages import Answer
from tap_compleetpersy.api.unfolding import records_of, unfolded
from tap_compleetpersy.settings import Settings, SettingsError, read_settings
from tests.server import Server, reply
from tests.singer import run_tap

GIVEN = {"api_url": "http://127.0.0.1:1", "api_key": "k"}
ENTRIES: t.Final = [{"name": "Gehalt", "value": 42}, {"name": "Auto", "value": "ja"}]


def settings(**given: t.Any) -> Settings:
    return read_settings({**GIVEN, **given})


@pytest.mark.parametrize(
    ("path", "record", "wanted"),
    [
        ("zz[x=y]", {"zz": [{"x": "Gehalt", "y": 42}, {"x": "Auto", "y": "ja"}]}, {"zz": ENTRIES}),
        ("zz[0=1]", {"zz": [["Gehalt", 42], ["Auto", "ja"]]}, {"zz": ENTRIES}),
        ("zz[]", {"zz": json.dumps({"Gehalt": 42})}, {"zz": {"Gehalt": 42}}),
        ("zz[x=y]", {"zz": json.dumps([{"x": "Gehalt", "y": 42}])}, {"zz": ENTRIES[:1]}),
        (
            "[f#_n=f#_v]",
            {"Id": 7, "f1_n": "Gehalt", "f1_v": 42, "f2_n": "Auto", "f2_v": "ja"},
            {"Id": 7, "CustomField": ENTRIES},
        ),
        ("a.zz[x=y]", {"a": {"zz": [{"x": "Gehalt", "y": 42}]}}, {"a": {"zz": ENTRIES[:1]}}),
        ("zz[0=1]", {"zz": [["Gehalt"], []]}, {"zz": [{"name": "Gehalt", "value": None}, []]}),
        (
            "zz[x=y]",
            {"zz": [{"x": "Gehalt", "y": 42, "typ": 3}]},
            {"zz": [{"typ": 3, "name": "Gehalt", "value": 42}]},
        ),
        # JSON:API's fields are in `attributes`.
        (
            "zz[0=1]",
            {"type": "c", "id": 7, "attributes": {"zz": [["Gehalt", 42]]}},
            {"type": "c", "id": 7, "attributes": {"zz": ENTRIES[:1]}},
        ),
    ],
)  # fmt: skip
def test_a_path_with_brackets_says_the_form_of_what_stands_there(
    path: str, record: dict[str, t.Any], wanted: dict[str, t.Any]
) -> None:
    assert unfolded([record], settings(custom_fields_paths=[path])) == [wanted]


@pytest.mark.parametrize(
    ("path", "record"),
    [
        ("zz[x=y]", {"zz": None}),
        ("zz[x=y]", {"zz": [{"x": 7, "y": 42}, "text", None]}),
        ("zz[x=y]", {"other": []}),
        ("zz[]", {"zz": "{no JSON"}),
        ("zz[]", {"zz": "[" * 100_000}),
        ("zz[0=1]", {"zz": [[7, 42], []]}),
        ("[f#_n=f#_v]", {"f1_v": 42, "f_n": "Gehalt", "f1_n": None}),
        ("a.b.zz[]", {"a": ["text", {"b": 3}]}),
        ("zz[x=y]", "no object"),
    ],
)
def test_what_has_another_form_stays(path: str, record: object) -> None:
    assert unfolded([record], settings(custom_fields_paths=[path])) == [record]


def test_an_object_by_id_is_a_list_of_openings_with_their_ids() -> None:
    given = settings(field_paths={"openings": ["Stellen[id]"]})
    record = {"Stellen": {"311": {"Titel": "Pfleger"}, "J2": {"Titel": "Koch", "id": "own"}}}
    assert unfolded([record], given) == [
        {"Stellen": [{"id": "311", "Titel": "Pfleger"}, {"id": "own", "Titel": "Koch"}]}
    ]
    empty: list[object] = [{"Stellen": []}, {"Stellen": {}}]
    assert unfolded(empty, given) == [{"Stellen": []}, {"Stellen": []}]


def test_without_brackets_records_are_not_touched() -> None:
    records: list[object] = [{"zz": [["Gehalt", 42]]}]
    assert unfolded(records, settings(custom_fields_paths=["zz"])) is records


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"custom_fields_paths": ["zz[x=y"]}, "custom_fields_paths: brackets end a path"),
        ({"custom_fields_paths": ["zz[x=y].more"]}, "custom_fields_paths: brackets end a path"),
        ({"field_paths": {"openings": "a[b=c=d]"}}, "field_paths.openings: brackets end a path"),
        (
            {"custom_fields_paths": ["zz[x=y]"], "exclude_fields": ["y"]},
            "exclude_fields: name the field or its list",
        ),
    ],
)
def test_brackets_that_say_nothing_or_hide_what_must_not_leave_are_refused(
    given: dict[str, t.Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        settings(**given)


FORMS: t.Final[dict[str, t.Callable[[dict[str, t.Any]], dict[str, t.Any]]]] = {
    "zz[x=y]": lambda fields: {"zz": [{"x": key, "y": value} for key, value in fields.items()]},
    "zz[0=1]": lambda fields: {"zz": [[key, value] for key, value in fields.items()]},
    "zz[]": lambda fields: {"zz": json.dumps(fields)},
    "[f#_n=f#_v]": lambda fields: {
        name: text
        for number, (key, value) in enumerate(fields.items())
        for name, text in ((f"f{number}_n", key), (f"f{number}_v", value))
    },
}


@pytest.mark.parametrize("path", FORMS)
def test_in_every_form_fields_are_read_and_an_excluded_one_leaves_nowhere(
    path: str, tmp_path: Path
) -> None:
    server = Server()
    fields = {"Gehalt": "42.000 EUR", "Krankheit": "GEHEIM"}
    record = {"Id": 7, "LastModificationDate": "2026-11-02 09:13:54", **FORMS[path](fields)}
    server.answering = lambda request: reply([record] if request.query["page"] == "1" else [])
    given = {
        "api_url": server.url, "api_key": "k", "custom_fields_paths": [path],
        "exclude_fields": ["Krankheit"], "include_remote_data": True,
    }  # fmt: skip
    run = run_tap(given, tmp_path)
    server.stop()
    (row,) = run.records("candidates")
    assert row["custom_fields"] == {"Gehalt": "42.000 EUR"}
    listed = {each["key"]: each["value"] for each in row["integration_fields"]}
    assert "42.000 EUR" in listed.values()
    assert "42.000 EUR" in json.dumps(row["remote_data"])
    assert "GEHEIM" not in json.dumps(run.messages)
    assert "Krankheit" not in json.dumps(run.messages)


def read(document: object) -> list[object]:
    decoded = decode_lightly(Answer(200, {}, json.dumps(document).encode()))
    return records_of(decoded, settings())


def test_resources_of_json_api_stand_where_they_are_referred_to() -> None:
    job = {"type": "jobs", "id": "88"}
    document = {
        "data": [
            {
                "type": "people",
                "id": "7",
                "relationships": {
                    "applications": {"data": [{"type": "applications", "id": "1"}]},
                    "recruiter": {"data": {"type": "users", "id": "5"}},
                },
            }
        ],
        "included": [
            {"type": "applications", "id": "1", "attributes": {"status": "neu"},
             "relationships": {"job": {"data": job}}},
            {**job, "attributes": {"title": "Lagerist"},
             "relationships": {"applications": {"data": [{"type": "applications", "id": "1"}]}}},
        ],
    }  # fmt: skip
    (record,) = read(document)
    assert isinstance(record, dict)
    (application,) = record["relationships"]["applications"]["data"]
    assert application["status"] == "neu"
    assert (application["job"]["id"], application["job"]["title"]) == ("88", "Lagerist")
    assert record["relationships"]["recruiter"]["data"] == {"type": "users", "id": "5"}


def test_openings_of_a_list_beside_the_records_stand_in_them() -> None:
    stellen = [{"id": 88, "titel": "Lagerist"}, {"id": 89, "titel": "Koch"}]
    document = {"data": [{"id": 7, "stelle_ids": [89, 90]}, {"id": 8}], "stellen": stellen}
    assert read(document) == [{"id": 7, "stelle_ids": [89, 90], "stellen": [stellen[1]]}, {"id": 8}]


def test_other_lists_are_nobodys_own() -> None:
    document = {"data": [{"id": 7, "recruiter_id": 5}], "recruiters": [{"id": 5, "mail": "a@b.de"}]}
    (record,) = read(document)
    assert json.loads(bytes(record)) == {"id": 7, "recruiter_id": 5}  # type: ignore[call-overload] # still bytes
