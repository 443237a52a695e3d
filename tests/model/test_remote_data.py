from __future__ import annotations

import typing as t

import pytest

from tap_compleetpersy.model.candidate import Rules, compile_reader
from tap_compleetpersy.model.fields import CANDIDATE_FIELDS
from tap_compleetpersy.model.remote_data import compile_opening_data, compile_remote_data

Json = dict[str, t.Any]

KEYS = {"id", "remote_id"}


def test_the_record_is_as_received(default_record: Json) -> None:
    assert compile_remote_data(Rules())(default_record) == default_record


def test_what_no_database_takes_is_left_out() -> None:
    record = {"A\x00": "\ud800x\x00", "B": [float("nan"), 2**70, {"C": float("inf")}]}
    assert compile_remote_data(Rules())(record) == {"A": "x", "B": [None, str(2**70), {"C": None}]}


def stable_id(case: object) -> str:
    """Name a case; the order of a set changes from process to process."""
    return repr(sorted(case)) if isinstance(case, set) else repr(case)


@pytest.mark.parametrize(
    ("record", "exclude", "rest"),
    [
        ({"A": 1, "B": {"A": 2, "C": 3}}, {"A"}, {"B": {"C": 3}}),
        ({"A": 1, "B": {"A": 2, "C": 3}}, {"B.A"}, {"A": 1, "B": {"C": 3}}),
        ({"B": [{"A": 1}, {"C": {"A": 2}}]}, {"B.C.A"}, {"B": [{"A": 1}, {"C": {}}]}),
        ({"A.b": 1, "a": 2}, {"A.b"}, {"a": 2}),
        ({"a": 1}, {"A"}, {"a": 1}),
        (
            {"UserArea": [{"@name": "A", "#text": 1}, {"Key": "B", "Value": 2}]},
            {"A"},
            {"UserArea": [{"Key": "B", "Value": 2}]},
        ),
        ({"UserArea": [{"@name": "A", "#text": 1}]}, {"UserArea.A"}, {"UserArea": []}),
        (
            {"UserArea": {"Field": {"@name": "A", "#text": 1}, "C": 1}},
            {"A"},
            {"UserArea": {"C": 1}},
        ),
    ],
    ids=stable_id,
)
def test_excluded_keys(record: Json, exclude: set[str], rest: Json) -> None:
    assert compile_remote_data(Rules(exclude_fields=frozenset(exclude)))(record) == rest


@pytest.mark.parametrize(
    ("selected", "rest"),
    [
        (
            {"first_name"},
            {"CandidateProfile": {"PersonalData": {"PersonName": {"GivenName": "J"}}}},
        ),
        (
            {"location.city"},
            {
                "CandidateProfile": {
                    "PersonalData": {"ContactMethod": [{"PostalAddress": {"Municipality": "Ulm"}}]}
                }
            },
        ),
        ({"custom_fields.A"}, {"UserArea": {"A": 1}}),
        ({"custom_fields.B", "custom_fields.B.x"}, {"UserArea": {"B": {"x": 1}}}),
        ({"custom_fields.D"}, {"D": 4}),
        ({"custom_fields", "integration_fields", "remote_data"}, {}),
    ],
    ids=stable_id,
)
def test_only_what_selected_fields_read(selected: set[str], rest: Json) -> None:
    record = {
        "Id": 1,
        "Status": "hired",
        "CandidateProfile": {
            "PersonalData": {
                "PersonName": {"GivenName": "J", "FormattedName": "J K"},
                "ContactMethod": [
                    {"Mobile": "1"},
                    {"PostalAddress": {"Municipality": "Ulm", "PostalCode": "89073"}},
                ],
            }
        },
        "UserArea": {"A": 1, "B": {"x": 1, "y": 2}},
        "D": 4,
        "PositionOpening": {"Id": 5},
    }
    assert compile_remote_data(Rules(), KEYS | selected)(record) == {"Id": 1, **rest}


@pytest.mark.parametrize(
    ("container", "rest"),
    [
        ({"": 1, "A": 2}, {"A": 2}),
        ({"A": 1, "B": [{"x": 1, "y": 2}, 3, {"x": 4}]}, {"A": 1, "B": [{"x": 1}, {"x": 4}]}),
        ({"B": [3]}, None),
    ],
    ids=repr,
)
def test_only_what_is_selected_of_a_container(container: Json, rest: Json | None) -> None:
    selected = KEYS | {"custom_fields.A", "custom_fields.B", "custom_fields.B.x"}
    projected = compile_remote_data(Rules(), selected)({"Id": 1, "UserArea": container})
    assert projected == {"Id": 1} | ({} if rest is None else {"UserArea": rest})


def test_wrappers_go_with_their_text_alone() -> None:
    record = {"Id": {"#text": 1, "@owner": "x"}, "Vorname": {"@attributes": {"a": "b"}, "$": "J"}}
    projected = compile_remote_data(Rules(), {*KEYS, "first_name"})(record)
    assert projected["Id"]["#text"] == 1
    assert projected["Vorname"]["$"] == "J"


@pytest.mark.parametrize(
    ("record", "selected", "rest"),
    [
        ({"Vorname": {"Value": "J", "Notiz": "x"}}, "first_name", {}),
        ({"Email": {"@use": "x", "0": "a", "1": "b"}}, "email_addresses", {"0": "a", "1": "b"}),
        ({"UserArea": {"@attributes": {"A": "x"}, "#text": {"B": 1}}}, "custom_fields.A", {}),
        (
            {"UserArea": {"0": {"Frage 1": "A", "Antwort 1": 1}, "1": {"Frage": "B", "Wert": 2}}},
            "custom_fields.A",
            {"0": {"Frage 1": "A", "Antwort 1": 1}},
        ),
    ],
    ids=["a value beside other things", "attributes of a list", "of a container", "listed entries"],
)
def test_only_what_is_read_there_is_kept(record: Json, selected: str, rest: Json) -> None:
    projected = compile_remote_data(Rules(), {*KEYS, selected})({"Id": 1, **record})
    assert projected == {"Id": 1} | ({next(iter(record)): rest} if rest else {})


@pytest.mark.parametrize(
    "dropped", [f.name for f in CANDIDATE_FIELDS if f.personal and not f.derived]
)
def test_what_is_read_after_a_deselection_is_the_rest(dropped: str, default_record: Json) -> None:
    read = compile_reader(Rules())
    selected = {field.name for field in CANDIDATE_FIELDS} - {dropped}
    selected |= {f"custom_fields.{key}" for key in default_record["UserArea"]}
    candidate = read(compile_remote_data(Rules(), selected)(default_record))
    before = read(default_record).values
    nothing: object = [] if isinstance(before.get(dropped), list) else None
    expected = before | ({dropped: nothing} if dropped in before else {})
    assert candidate.values == expected


OPENING: Json = {
    "PositionRecordInfo": {"Id": {"IdValue": "88"}},
    "PositionProfile": {"PositionDetail": {"PositionTitle": "Koch"}},
    "Status": "neu",
    "Notiz": "geheim",
    "ApplicationDate": "2026-01-01",
}


@pytest.mark.parametrize(
    ("selected", "keys"),
    [
        (None, list(OPENING)),
        ({"id", "remote_id", "name"}, ["PositionRecordInfo", "PositionProfile"]),
        ({"id", "remote_id", "outcome"}, ["PositionRecordInfo", "Status"]),
        (
            {"id", "remote_id", "job_id", "remote_created_at"},
            ["PositionRecordInfo", "ApplicationDate"],
        ),
    ],
    ids=stable_id,
)
def test_of_an_opening_only_its_element(selected: set[str] | None, keys: list[str]) -> None:
    assert list(compile_opening_data(Rules(), selected)(OPENING)) == keys


def test_excluded_keys_of_an_opening() -> None:
    rules = Rules(exclude_fields=frozenset({"Notiz", "PositionOpening.Status"}))
    data = compile_opening_data(rules)(OPENING)
    assert list(data) == ["PositionRecordInfo", "PositionProfile", "ApplicationDate"]
